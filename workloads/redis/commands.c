/* What each command does to keys; what is about the server itself is in session.c. */
#include "redis.h"
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

typedef void action(struct peer *peer, const struct words *words);

static void ok(struct peer *peer) { reply(peer, "+OK"); }
static void nil(struct peer *peer) { reply(peer, "$-1"); }

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
