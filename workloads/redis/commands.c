/* What each command does. */
#include "redis.h"
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

size_t clients_connected;
uint64_t connections_received;
static uint64_t commands_processed, hits, misses;

typedef void action(struct peer *peer, const struct words *words);

static void ok(struct peer *peer) { reply(peer, "+OK"); }
static void nil(struct peer *peer) { reply(peer, "$-1"); }
static void text(struct peer *peer, const char *value) { reply_bulk(peer, value, strlen(value)); }

static bool integer_of(const char *value, int64_t *number) {
  char *rest;
  *number = strtoll(value, &rest, 10);
  return *value != '\0' && *rest == '\0';
}

static bool has_room(struct peer *peer) {
  if (store_make_room()) return true;
  reply(peer, "-OOM command not allowed when used memory > 'maxmemory'.");
  return false;
}

static void ping(struct peer *peer, const struct words *words) {
  if (words->count > 1) reply_bulk(peer, words->items[1], words->lengths[1]);
  else reply(peer, "+PONG");
}

static void echo(struct peer *peer, const struct words *words) { reply_bulk(peer, words->items[1], words->lengths[1]); }

static void get(struct peer *peer, const struct words *words) {
  const struct entry *entry = store_find(words->items[1]);
  if (entry != NULL) hits++;
  else misses++;
  if (entry == NULL) nil(peer);
  else reply_bulk(peer, entry->value, entry->length);
}

static void mget(struct peer *peer, const struct words *words) {
  reply(peer, "*%zu", words->count - 1);
  for (size_t i = 1; i < words->count; i++) get(peer, &(struct words){words->items + i - 1, words->lengths + i - 1, 2});
}

static void set(struct peer *peer, const struct words *words) {
  int64_t ends_ms = 0;
  bool keeps = false, if_new = false, if_there = false, gives_old = false;
  for (size_t i = 3; i < words->count; i++) {
    const char *option = words->items[i];
    int64_t number = 0;
    bool in_seconds = strcasecmp(option, "EX") == 0;
    if (in_seconds || strcasecmp(option, "PX") == 0) {
      if (++i >= words->count || !integer_of(words->items[i], &number)) return reply(peer, "-ERR syntax error");
      if (number <= 0) return reply(peer, "-ERR invalid expire time in set");
      ends_ms = now_ms() + number * (in_seconds ? 1000 : 1);
    } else if (strcasecmp(option, "NX") == 0) if_new = true;
    else if (strcasecmp(option, "XX") == 0) if_there = true;
    else if (strcasecmp(option, "KEEPTTL") == 0) keeps = true;
    else if (strcasecmp(option, "GET") == 0) gives_old = true;
    else return reply(peer, "-ERR syntax error");
  }
  const struct entry *before = store_find(words->items[1]);
  bool refused = (if_new && before != NULL) || (if_there && before == NULL);
  if (keeps && before != NULL) ends_ms = before->expires_ms;
  if (!refused && !has_room(peer)) return;
  if (gives_old) get(peer, &(struct words){words->items, words->lengths, 2});
  else if (refused) nil(peer);
  else ok(peer);
  if (refused) return;
  store_put(words->items[1], words->items[2], words->lengths[2])->expires_ms = ends_ms;
  store_make_room();
}

/* SETEX and PSETEX: key, time, value. */
static void setex(struct peer *peer, const struct words *words) {
  int64_t number;
  bool in_seconds = strcasecmp(words->items[0], "SETEX") == 0;
  if (!integer_of(words->items[2], &number)) return reply(peer, "-ERR value is not an integer or out of range");
  if (number <= 0) return reply(peer, "-ERR invalid expire time in '%s' command", in_seconds ? "setex" : "psetex");
  if (!has_room(peer)) return;
  store_put(words->items[1], words->items[3], words->lengths[3])->expires_ms = now_ms() + number * (in_seconds ? 1000 : 1);
  store_make_room();
  ok(peer);
}

static void getset(struct peer *peer, const struct words *words) {
  if (!has_room(peer)) return;
  get(peer, words);
  store_put(words->items[1], words->items[2], words->lengths[2]);
  store_make_room();
}

static void getdel(struct peer *peer, const struct words *words) {
  get(peer, words);
  store_remove(words->items[1]);
}

static void setnx(struct peer *peer, const struct words *words) {
  bool is_new = store_find(words->items[1]) == NULL;
  if (is_new && !has_room(peer)) return;
  if (is_new) store_put(words->items[1], words->items[2], words->lengths[2]);
  reply(peer, ":%d", is_new);
}

static void mset(struct peer *peer, const struct words *words) {
  if (words->count % 2 == 0) return reply(peer, "-ERR wrong number of arguments for MSET");
  if (!has_room(peer)) return;
  for (size_t i = 1; i + 1 < words->count; i += 2) store_put(words->items[i], words->items[i + 1], words->lengths[i + 1]);
  store_make_room();
  ok(peer);
}

static void del(struct peer *peer, const struct words *words) {
  int count = 0;
  for (size_t i = 1; i < words->count; i++) count += store_remove(words->items[i]);
  reply(peer, ":%d", count);
}

static void exists(struct peer *peer, const struct words *words) {
  int count = 0;
  for (size_t i = 1; i < words->count; i++) count += store_find(words->items[i]) != NULL;
  reply(peer, ":%d", count);
}

static void add(struct peer *peer, const char *key, int64_t by) {
  const struct entry *entry = store_find(key);
  int64_t number = 0;
  if (entry != NULL && !integer_of(entry->value, &number)) return reply(peer, "-ERR value is not an integer or out of range");
  if (__builtin_add_overflow(number, by, &number)) return reply(peer, "-ERR increment or decrement would overflow");
  if (!has_room(peer)) return;
  int64_t ends_ms = entry != NULL ? entry->expires_ms : 0;
  char made[24];
  int length = snprintf(made, sizeof made, "%lld", (long long)number);
  store_put(key, made, (size_t)length)->expires_ms = ends_ms;
  reply(peer, ":%s", made);
}

static void incr(struct peer *peer, const struct words *words) { add(peer, words->items[1], 1); }
static void decr(struct peer *peer, const struct words *words) { add(peer, words->items[1], -1); }

static void incrby(struct peer *peer, const struct words *words) {
  int64_t by;
  if (!integer_of(words->items[2], &by)) return reply(peer, "-ERR value is not an integer or out of range");
  add(peer, words->items[1], strcasecmp(words->items[0], "DECRBY") == 0 ? -by : by);
}

static void append(struct peer *peer, const struct words *words) {
  const struct entry *entry = store_find(words->items[1]);
  if (!has_room(peer)) return;
  struct buffer made = {0};
  int64_t ends_ms = entry != NULL ? entry->expires_ms : 0;
  if (entry != NULL) buffer_add(&made, entry->value, entry->length);
  buffer_add(&made, words->items[2], words->lengths[2]);
  store_put(words->items[1], made.data, made.length)->expires_ms = ends_ms;
  reply(peer, ":%zu", made.length);
  buffer_free(&made);
}

static void length(struct peer *peer, const struct words *words) {
  const struct entry *entry = store_find(words->items[1]);
  reply(peer, ":%zu", entry != NULL ? entry->length : 0);
}

static void expire(struct peer *peer, const struct words *words) {
  const char *name = words->items[0];
  int64_t number;
  if (!integer_of(words->items[2], &number)) return reply(peer, "-ERR value is not an integer or out of range");
  bool in_ms = *name == 'p' || *name == 'P', is_moment = strcasecmp(name + strlen(name) - 2, "AT") == 0;
  if (number > INT64_MAX / 2000 || number < INT64_MIN / 2000) return reply(peer, "-ERR invalid expire time in '%s' command", name);
  struct entry *entry = store_find(words->items[1]);
  bool was_there = entry != NULL;
  int64_t ends_ms = (is_moment ? 0 : now_ms()) + number * (in_ms ? 1 : 1000);
  /* A moment that is over already is a deletion. */
  if (was_there && ends_ms <= now_ms()) store_remove(words->items[1]);
  else if (was_there) entry->expires_ms = ends_ms;
  reply(peer, ":%d", was_there);
}

static void persist(struct peer *peer, const struct words *words) {
  struct entry *entry = store_find(words->items[1]);
  bool ended = entry != NULL && entry->expires_ms != 0;
  if (ended) entry->expires_ms = 0;
  reply(peer, ":%d", ended);
}

static void ttl(struct peer *peer, const struct words *words) {
  const struct entry *entry = store_find(words->items[1]);
  if (entry == NULL || entry->expires_ms == 0) return reply(peer, ":%d", entry == NULL ? -2 : -1);
  int64_t left = entry->expires_ms - now_ms();
  reply(peer, ":%lld", (long long)(strcasecmp(words->items[0], "PTTL") == 0 ? left : (left + 500) / 1000));
}

static void type(struct peer *peer, const struct words *words) {
  reply(peer, "+%s", store_find(words->items[1]) != NULL ? "string" : "none");
}

bool glob_matches(const char *pattern, const char *value) {
  for (; *pattern != '\0'; pattern++, value++) {
    if (*pattern == '*') {
      while (pattern[1] == '*') pattern++;
      for (;; value++) {
        if (glob_matches(pattern + 1, value)) return true;
        if (*value == '\0') return false;
      }
    }
    if (*value == '\0' || (*pattern != '?' && *pattern != *value)) return false;
  }
  return *value == '\0';
}

struct found {
  const char *pattern;
  struct buffer lines;
  size_t count;
};

static void find_key(const struct entry *entry, void *context) {
  struct found *found = context;
  if (!glob_matches(found->pattern, entry->key)) return;
  char head[32];
  found->count++;
  buffer_add(&found->lines, head, (size_t)snprintf(head, sizeof head, "$%zu\r\n", strlen(entry->key)));
  buffer_add_string(&found->lines, entry->key);
  buffer_add_string(&found->lines, "\r\n");
}

static void keys(struct peer *peer, const struct words *words) {
  struct found found = {.pattern = words->items[1]};
  store_each(find_key, &found);
  reply(peer, "*%zu", found.count);
  buffer_add(&peer->output, found.lines.data, found.lines.length);
  buffer_free(&found.lines);
}

static void dbsize(struct peer *peer, const struct words *words) {
  (void)words;
  reply(peer, ":%zu", store_count());
}

static void flush(struct peer *peer, const struct words *words) {
  (void)words;
  store_clear();
  ok(peer);
}

/* One section of INFO; false when it was not asked for. */
static bool begins_section(struct buffer *text, const char *asked, const char *name) {
  bool wanted = *asked == '\0' || strcasecmp(asked, "default") == 0 || strcasecmp(asked, "all") == 0 || strcasecmp(asked, "everything") == 0;
  if (!wanted && strcasecmp(asked, name) != 0) return false;
  if (text->length > 0) buffer_add_string(text, "\r\n");
  buffer_add_string(text, "# ");
  buffer_add_string(text, name);
  buffer_add_string(text, "\r\n");
  return true;
}

static void add_line(struct buffer *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add_line(struct buffer *text, const char *format, ...) {
  char line[160];
  va_list values;
  va_start(values, format);
  vsnprintf(line, sizeof line, format, values);
  va_end(values);
  buffer_add_string(text, line);
  buffer_add_string(text, "\r\n");
}

static size_t ending;
static void count_ending(const struct entry *entry, void *context) {
  (void)context;
  ending += entry->expires_ms != 0;
}

static void info(struct peer *peer, const struct words *words) {
  const char *asked = words->count > 1 ? words->items[1] : "";
  struct buffer made = {0};
  int64_t seconds = (now_ms() - started_ms) / 1000;
  if (begins_section(&made, asked, "Server")) {
    add_line(&made, "redis_version:" REDIS_VERSION "\r\nredis_mode:standalone\r\npodstep_stand_in:1\r\nprocess_id:%d", (int)process_current());
    add_line(&made, "tcp_port:%s\r\nuptime_in_seconds:%lld\r\nuptime_in_days:%lld", setting("port"), (long long)seconds, (long long)(seconds / 86400));
  }
  if (begins_section(&made, asked, "Clients")) add_line(&made, "connected_clients:%zu", clients_connected);
  if (begins_section(&made, asked, "Memory")) {
    add_line(&made, "used_memory:%zu\r\nused_memory_human:%zu.%02zuK\r\nmaxmemory:%zu", store_bytes(), store_bytes() / 1024, store_bytes() % 1024 * 100 / 1024, max_memory());
    add_line(&made, "maxmemory_policy:%s", setting("maxmemory-policy"));
  }
  if (begins_section(&made, asked, "Persistence")) add_line(&made, "loading:0");
  if (begins_section(&made, asked, "Stats")) {
    add_line(&made, "total_connections_received:%llu\r\ntotal_commands_processed:%llu", (unsigned long long)connections_received, (unsigned long long)commands_processed);
    add_line(&made, "keyspace_hits:%llu\r\nkeyspace_misses:%llu", (unsigned long long)hits, (unsigned long long)misses);
  }
  if (begins_section(&made, asked, "Replication")) add_line(&made, "role:master\r\nconnected_slaves:0");
  ending = 0;
  store_each(count_ending, NULL);
  if (begins_section(&made, asked, "Keyspace") && store_count() > 0) add_line(&made, "db0:keys=%zu,expires=%zu,avg_ttl=0", store_count(), ending);
  reply_bulk(peer, made.length > 0 ? made.data : "", made.length);
  buffer_free(&made);
}

static void config(struct peer *peer, const struct words *words) {
  if (strcasecmp(words->items[1], "SET") == 0 && words->count == 4) {
    if (change_setting(words->items[2], words->items[3])) return ok(peer);
    return reply(peer, "-ERR Unsupported CONFIG parameter or value: %s", words->items[2]);
  }
  if (strcasecmp(words->items[1], "GET") != 0 || words->count != 3) return reply(peer, "-ERR Unknown subcommand or wrong number of arguments for '%s'", words->items[1]);
  size_t count = 0;
  for (const struct setting *one = settings; one->name != NULL; one++) count += glob_matches(words->items[2], one->name);
  reply(peer, "*%zu", 2 * count);
  for (const struct setting *one = settings; one->name != NULL; one++) {
    if (!glob_matches(words->items[2], one->name)) continue;
    text(peer, one->name);
    text(peer, one->value);
  }
}

static void select_database(struct peer *peer, const struct words *words) {
  if (strcmp(words->items[1], "0") == 0) ok(peer);
  else reply(peer, "-ERR DB index is out of range");
}

static void empty_list(struct peer *peer, const struct words *words) {
  (void)words;
  reply(peer, "*0");
}

static void tell_time(struct peer *peer, const struct words *words) {
  (void)words;
  char made[24];
  int64_t now = now_ms();
  reply(peer, "*2");
  snprintf(made, sizeof made, "%lld", (long long)(now / 1000));
  text(peer, made);
  snprintf(made, sizeof made, "%d", (int)(now % 1000 * 1000));
  text(peer, made);
}

/* What client libraries say of themselves. */
static void client(struct peer *peer, const struct words *words) {
  const char *what = words->items[1];
  if (strcasecmp(what, "ID") == 0) reply(peer, ":%u", peer->number);
  else if (strcasecmp(what, "GETNAME") == 0) nil(peer);
  else if (strcasecmp(what, "SETNAME") == 0 || strcasecmp(what, "SETINFO") == 0) ok(peer);
  else reply(peer, "-ERR unknown subcommand '%s'. Try CLIENT HELP.", what);
}

static void auth(struct peer *peer, const struct words *words) {
  const char *password = setting("requirepass");
  if (*password == '\0' && words->count == 2) {
    return reply(peer, "-ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?");
  }
  bool is_default = words->count == 2 || strcmp(words->items[1], "default") == 0;
  if (!is_default || (*password != '\0' && strcmp(words->items[words->count - 1], password) != 0)) {
    return reply(peer, "-WRONGPASS invalid username-password pair or user is disabled.");
  }
  peer->protocol = AUTHENTICATED;
  ok(peer);
}

static void quit(struct peer *peer, const struct words *words) {
  (void)words;
  ok(peer);
  peer->closing = true;
}

static void shut_down(struct peer *peer, const struct words *words) {
  (void)words;
  peer->closing = true;
  wants_shutdown = true;
}

static const struct command {
  const char *name;
  /** With the name itself; negative: at least. */
  int arity;
  action *action;
} commands[] = {
    {"PING", -1, ping},       {"ECHO", 2, echo},       {"GET", 2, get},          {"MGET", -2, mget},       {"SET", -3, set},
    {"SETNX", 3, setnx},      {"MSET", -3, mset},      {"DEL", -2, del},         {"UNLINK", -2, del},      {"EXISTS", -2, exists},
    {"INCR", 2, incr},        {"DECR", 2, decr},       {"INCRBY", 3, incrby},    {"DECRBY", 3, incrby},    {"APPEND", 3, append},
    {"STRLEN", 2, length},    {"EXPIRE", 3, expire},   {"PEXPIRE", 3, expire},   {"PERSIST", 2, persist},  {"TTL", 2, ttl},
    {"PTTL", 2, ttl},         {"TYPE", 2, type},       {"KEYS", 2, keys},        {"DBSIZE", 1, dbsize},    {"FLUSHALL", -1, flush},
    {"FLUSHDB", -1, flush},   {"INFO", -1, info},      {"CONFIG", -2, config},   {"SELECT", 2, select_database},
    {"COMMAND", -1, empty_list}, {"QUIT", -1, quit},   {"SHUTDOWN", -1, shut_down}, {"AUTH", -2, auth},    {"CLIENT", -2, client},
    {"TIME", 1, tell_time},   {"SETEX", 4, setex},     {"PSETEX", 4, setex},     {"GETSET", 3, getset},    {"GETDEL", 2, getdel},
    {"EXPIREAT", 3, expire},  {"PEXPIREAT", 3, expire},
};

static const char *lower_case(const char *name) {
  static char text[32];
  size_t i = 0;
  for (; name[i] != '\0' && i < sizeof text - 1; i++) text[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] | 32) : name[i];
  text[i] = '\0';
  return text;
}

void run_command(struct peer *peer, const struct words *words) {
  commands_processed++;
  bool is_known = peer->protocol == AUTHENTICATED || *setting("requirepass") == '\0';
  if (!is_known && strcasecmp(words->items[0], "AUTH") != 0 && strcasecmp(words->items[0], "QUIT") != 0) {
    return reply(peer, "-NOAUTH Authentication required.");
  }
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    const struct command *command = &commands[i];
    if (strcasecmp(command->name, words->items[0]) != 0) continue;
    int count = (int)words->count;
    if (command->arity > 0 ? count != command->arity : count < -command->arity) {
      reply(peer, "-ERR wrong number of arguments for '%s' command", lower_case(words->items[0]));
    } else command->action(peer, words);
    return;
  }
  struct buffer begins = {0};
  for (size_t i = 1; i < words->count && begins.length < 128; i++) {
    buffer_add_string(&begins, " '");
    buffer_add(&begins, words->items[i], words->lengths[i] < 128 ? words->lengths[i] : 128);
    buffer_add_string(&begins, "'");
  }
  reply(peer, "-ERR unknown command '%.128s', with args beginning with:%s (podstep's stand-in for Redis has only strings)", words->items[0], begins.length > 0 ? begins.data : "");
  buffer_free(&begins);
}
