/* What each command does. */
#include "redis.h"
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

typedef void action(struct peer *peer, const struct words *words);

static void ok(struct peer *peer) { reply(peer, "+OK"); }
static void nil(struct peer *peer) { reply(peer, "$-1"); }
static void text(struct peer *peer, const char *value) { reply_bulk(peer, value, strlen(value)); }

static bool number_of(const char *value, int64_t *number) {
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
  if (entry == NULL) nil(peer);
  else reply_bulk(peer, entry->value, entry->length);
}

static void mget(struct peer *peer, const struct words *words) {
  reply(peer, "*%zu", words->count - 1);
  for (size_t i = 1; i < words->count; i++) get(peer, &(struct words){words->items + i - 1, words->lengths + i - 1, 2});
}

static void set(struct peer *peer, const struct words *words) {
  int64_t ends_ms = 0;
  bool keeps = false, if_new = false, if_there = false;
  for (size_t i = 3; i < words->count; i++) {
    const char *option = words->items[i];
    int64_t number = 0;
    bool in_seconds = strcasecmp(option, "EX") == 0;
    if (in_seconds || strcasecmp(option, "PX") == 0) {
      if (++i >= words->count || !number_of(words->items[i], &number)) return reply(peer, "-ERR syntax error");
      if (number <= 0) return reply(peer, "-ERR invalid expire time in set");
      ends_ms = now_ms() + number * (in_seconds ? 1000 : 1);
    } else if (strcasecmp(option, "NX") == 0) if_new = true;
    else if (strcasecmp(option, "XX") == 0) if_there = true;
    else if (strcasecmp(option, "KEEPTTL") == 0) keeps = true;
    else return reply(peer, "-ERR syntax error");
  }
  const struct entry *before = store_find(words->items[1]);
  if ((if_new && before != NULL) || (if_there && before == NULL)) return nil(peer);
  if (keeps && before != NULL) ends_ms = before->expires_ms;
  if (!has_room(peer)) return;
  store_put(words->items[1], words->items[2], words->lengths[2])->expires_ms = ends_ms;
  store_make_room();
  ok(peer);
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
  if (entry != NULL && !number_of(entry->value, &number)) return reply(peer, "-ERR value is not an integer or out of range");
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
  if (!number_of(words->items[2], &by)) return reply(peer, "-ERR value is not an integer or out of range");
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
  int64_t number;
  if (!number_of(words->items[2], &number)) return reply(peer, "-ERR value is not an integer or out of range");
  struct entry *entry = store_find(words->items[1]);
  if (entry != NULL) entry->expires_ms = now_ms() + number * (strcasecmp(words->items[0], "PEXPIRE") == 0 ? 1 : 1000);
  reply(peer, ":%d", entry != NULL);
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

static void info(struct peer *peer, const struct words *words) {
  (void)words;
  char made[768];
  snprintf(made, sizeof made,
           "# Server\r\nredis_version:5.0.14\r\nredis_mode:standalone\r\npodstep_stand_in:1\r\nprocess_id:%d\r\ntcp_port:%s\r\n"
           "uptime_in_seconds:%lld\r\n\r\n# Memory\r\nused_memory:%zu\r\nmaxmemory:%zu\r\nmaxmemory_policy:%s\r\n\r\n"
           "# Persistence\r\nloading:0\r\n\r\n# Replication\r\nrole:master\r\nconnected_slaves:0\r\n\r\n# Keyspace\r\ndb0:keys=%zu\r\n",
           (int)process_current(), setting("port"), (long long)((now_ms() - started_ms) / 1000), store_bytes(), max_memory(),
           setting("maxmemory-policy"), store_count());
  text(peer, made);
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
    {"COMMAND", -1, empty_list}, {"QUIT", -1, quit},   {"SHUTDOWN", -1, shut_down},
};

void run_command(struct peer *peer, const struct words *words) {
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    const struct command *command = &commands[i];
    if (strcasecmp(command->name, words->items[0]) != 0) continue;
    int count = (int)words->count;
    if (command->arity > 0 ? count != command->arity : count < -command->arity) {
      reply(peer, "-ERR wrong number of arguments for '%s' command", words->items[0]);
    } else command->action(peer, words);
    return;
  }
  reply(peer, "-ERR unknown command `%s` (podstep's stand-in for Redis has only strings)", words->items[0]);
}
