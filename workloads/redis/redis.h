/* A store of strings that speaks Redis' protocol: keys with an end, limits, a configuration file. */
#pragma once
#include "serve.h"

/* ---- store.c ---- */

struct entry {
  char *key;
  char *value;
  size_t length;
  /** Milliseconds of the wall clock; 0: never. */
  int64_t expires_ms;
  /** Counts uses: the smallest was used longest ago. */
  uint64_t used;
  struct entry *next;
};

int64_t now_ms(void);
/** The live entry of a key; null when there is none, or its time is over. Counts as a use. */
struct entry *store_find(const char *key);
/** Puts a value in place; keeps no end. */
struct entry *store_put(const char *key, const char *value, size_t length);
bool store_remove(const char *key);
void store_clear(void);
size_t store_count(void);
size_t store_bytes(void);
/** Calls `each` for every live entry. */
void store_each(void (*each)(const struct entry *entry, void *context), void *context);
/** Makes room for a write by the configured policy; false when there is none to make. */
bool store_make_room(void);

/* ---- config.c ---- */

struct setting {
  const char *name;
  char *value;
};
extern struct setting settings[];
/** `maxmemory` in bytes; 0: no limit. */
size_t max_memory(void);
const char *setting(const char *name);
/** False when there is no such setting, or the value is none. */
bool change_setting(const char *name, const char *value);
/** Reads `name value` lines; null when all is well, else the message. */
char *read_settings(const char *path);

/* ---- commands.c ---- */

#define REDIS_VERSION "7.2.5"
/** A peer's `protocol` once it has said the password. */
enum { AUTHENTICATED = 1 };
extern size_t clients_connected;
extern uint64_t connections_received, commands_processed, hits, misses;

struct words {
  char **items;
  size_t *lengths;
  size_t count;
};
void run_command(struct peer *peer, const struct words *words);
bool glob_matches(const char *pattern, const char *text);

/* ---- session.c: each answers one command ---- */

void info(struct peer *peer, const struct words *words);
void config(struct peer *peer, const struct words *words);
void select_database(struct peer *peer, const struct words *words);
void empty_list(struct peer *peer, const struct words *words);
void tell_time(struct peer *peer, const struct words *words);
void client(struct peer *peer, const struct words *words);
void auth(struct peer *peer, const struct words *words);
void quit(struct peer *peer, const struct words *words);
void shut_down(struct peer *peer, const struct words *words);

/* ---- server.c, client.c ---- */

/** Takes one command from the input: 1 taken, 0 more must come, -1 it is none. Freed with words_free. */
int take_words(struct buffer *input, struct words *words);
void words_free(struct words *words);
void reply(struct peer *peer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void reply_bulk(struct peer *peer, const char *data, size_t length);
void log_redis(char level, const char *format, ...) __attribute__((format(printf, 2, 3)));
extern int64_t started_ms;
extern bool wants_shutdown;
int redis_server(int argc, char **argv);
int redis_cli(int argc, char **argv);
