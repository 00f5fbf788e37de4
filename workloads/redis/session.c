/* Commands about the server and the connection: INFO, CONFIG, AUTH, CLIENT and the end. */
#include "redis.h"
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

size_t clients_connected;
uint64_t connections_received, commands_processed, hits, misses;

static void ok(struct peer *peer) { reply(peer, "+OK"); }
static void text(struct peer *peer, const char *value) { reply_bulk(peer, value, strlen(value)); }

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

void info(struct peer *peer, const struct words *words) {
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

void config(struct peer *peer, const struct words *words) {
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

void select_database(struct peer *peer, const struct words *words) {
  if (strcmp(words->items[1], "0") == 0) ok(peer);
  else reply(peer, "-ERR DB index is out of range");
}

void empty_list(struct peer *peer, const struct words *words) {
  (void)words;
  reply(peer, "*0");
}

void tell_time(struct peer *peer, const struct words *words) {
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
void client(struct peer *peer, const struct words *words) {
  const char *what = words->items[1];
  if (strcasecmp(what, "ID") == 0) reply(peer, ":%u", peer->number);
  else if (strcasecmp(what, "GETNAME") == 0) reply(peer, "$-1");
  else if (strcasecmp(what, "SETNAME") == 0 || strcasecmp(what, "SETINFO") == 0) ok(peer);
  else reply(peer, "-ERR unknown subcommand '%s'. Try CLIENT HELP.", what);
}

void auth(struct peer *peer, const struct words *words) {
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

void quit(struct peer *peer, const struct words *words) {
  (void)words;
  ok(peer);
  peer->closing = true;
}

void shut_down(struct peer *peer, const struct words *words) {
  (void)words;
  peer->closing = true;
  wants_shutdown = true;
}
