/* redis-server: its start, its log, and its end. */
#include "redis.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int64_t started_ms;
bool wants_shutdown;

void log_redis(char level, const char *format, ...) {
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  int64_t now = now_ms();
  time_t seconds = (time_t)(now / 1000);
  struct tm utc;
  gmtime_r(&seconds, &utc);
  va_list values;
  va_start(values, format);
  stream_printf(standard_stream(1), "%d:M %02d %.3s %04d %02d:%02d:%02d.%03d %c ", (int)process_current(), utc.tm_mday, months + 3 * utc.tm_mon,
                utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec, (int)(now % 1000), level);
  stream_vprintf(standard_stream(1), format, values);
  stream_printf(standard_stream(1), "\n");
  va_end(values);
}

static void accepted(struct peer *peer) {
  (void)peer;
  clients_connected++;
  connections_received++;
}

static void lost(struct peer *peer) {
  (void)peer;
  clients_connected--;
}

static void received(struct peer *peer) {
  struct words words;
  int taken = 0;
  while (!peer->closing && (taken = take_words(&peer->input, &words)) > 0) {
    if (words.count > 0) run_command(peer, &words);
    words_free(&words);
  }
  if (taken < 0) {
    reply(peer, "-ERR Protocol error");
    peer->closing = true;
  }
  if (peer->at_end) peer->closing = true;
  if (!wants_shutdown) return;
  log_redis('*', "User requested shutdown...");
  log_redis('#', "Redis is now ready to exit, bye bye...");
  program_exit(0);
}

/* `redis.conf --maxmemory 1mb`: a file first, then settings; null when all is well. */
static char *take_arguments(int argc, char **argv) {
  int at = 1;
  if (argc > 1 && argv[1][0] != '-') {
    char *error = read_settings(argv[at++]);
    if (error != NULL) return error;
  }
  for (; at < argc; at += 2) {
    if (strncmp(argv[at], "--", 2) == 0 && at + 1 < argc && change_setting(argv[at] + 2, argv[at + 1])) continue;
    char *made = must_malloc(strlen(argv[at]) + 64);
    sprintf(made, "*** FATAL CONFIG FILE ERROR ***\n>>> '%s'\nBad directive", argv[at]);
    return made;
  }
  return NULL;
}

int redis_server(int argc, char **argv) {
  if (argc > 1 && (strcmp(argv[1], "-v") == 0 || strcmp(argv[1], "--version") == 0)) {
    stream_printf(standard_stream(1), "Redis server v=" REDIS_VERSION " (podstep's stand-in, not Redis itself)\n");
    return 0;
  }
  started_ms = now_ms();
  char *error = take_arguments(argc, argv);
  if (error != NULL) {
    stream_printf(standard_stream(2), "%s\n", error);
    return 1;
  }
  struct server server = {atoi(setting("port")), .accepted = accepted, .received = received, .lost = lost};
  log_redis('*', "podstep's stand-in for Redis, not Redis itself: strings only, nothing is kept on disk");
  if (!serve_on(&server)) {
    log_redis('#', "Failed listening on port %s (tcp), aborting.", setting("port"));
    return 1;
  }
  log_redis('*', "Running mode=standalone, port=%s.", setting("port"));
  log_redis('*', "Ready to accept connections tcp");
  int number = serve_until_end();
  stream_printf(standard_stream(1), "%d:signal-handler (%lld) Received SIG%s scheduling shutdown...\n", (int)process_current(), (long long)(now_ms() / 1000), signal_name(number));
  log_redis('*', "User requested shutdown...");
  log_redis('#', "Redis is now ready to exit, bye bye...");
  return 0;
}
