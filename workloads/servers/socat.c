/* socat: takes connections on a port and passes each on to another address. */
#include "servers.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static char to_host[256];
static int to_port;
static bool forks;
/** Without fork: the one connection came to nothing. */
static bool failed;

static int complain(const char *format, ...) {
  va_list values;
  va_start(values, format);
  stream_printf(standard_stream(2), "socat: ");
  stream_vprintf(standard_stream(2), format, values);
  stream_printf(standard_stream(2), " (podstep's stand-in has tcp-listen:PORT[,fork][,reuseaddr] tcp-connect:HOST:PORT)\n");
  va_end(values);
  return 1;
}

/* What follows the address's name, if it is one of these; null otherwise. */
static const char *address_of(const char *text, const char *const *names) {
  for (; *names != NULL; names++) {
    size_t length = strlen(*names);
    if (strncasecmp(text, *names, length) == 0 && text[length] == ':') return text + length + 1;
  }
  return NULL;
}

/* The options behind an address; false names one that this program does not have. */
static bool take_options(const char *text, const char **unknown) {
  static char option[64];
  for (text = strchr(text, ','); text != NULL; text = strchr(text, ',')) {
    text++;
    size_t length = strcspn(text, ",=");
    snprintf(option, sizeof option, "%.*s", (int)(length < 63 ? length : 63), text);
    if (strcasecmp(option, "fork") == 0) forks = true;
    else if (strcasecmp(option, "reuseaddr") != 0 && strcasecmp(option, "nodelay") != 0) {
      *unknown = option;
      return false;
    }
  }
  return true;
}

static void nothing(struct peer *peer) { (void)peer; }

static void end_with_last(struct peer *peer) {
  (void)peer;
  if (!forks) end_serving(0);
}

static void accepted(struct peer *peer) {
  if (!forks) serve_no_more();
  uint8_t addresses[1][4];
  struct connection connection;
  int failure = network_resolve(to_host, addresses, 1);
  if (failure > 0) failure = network_connect(addresses[0], to_port, 10 * NANOSECONDS, &connection);
  if (failure < 0) {
    stream_printf(standard_stream(2), "socat[%d] E connect(%s:%d): %s\n", (int)process_current(), to_host, to_port, network_error(failure));
    peer->closing = true;
    failed = true;
    return;
  }
  struct peer *partner = add_peer(&connection);
  partner->partner = peer;
  peer->partner = partner;
}

int socat(int argc, char **argv) {
  const char *from = NULL, *to = NULL;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-V") == 0) {
      stream_printf(standard_stream(1), "socat by podstep: a stand-in, not socat itself\n");
      return 0;
    }
    if (argv[i][0] == '-' && argv[i][1] != '\0') continue; /* -d, -v: how much it tells */
    if (from == NULL) from = argv[i];
    else if (to == NULL) to = argv[i];
    else return complain("too many addresses: \"%s\"", argv[i]);
  }
  if (from == NULL || to == NULL) return complain("exactly 2 addresses required");
  const char *port = address_of(from, (const char *const[]){"tcp-listen", "tcp4-listen", "tcp-l", NULL});
  if (port == NULL || !isdigit((unsigned char)*port)) return complain("unknown device/address \"%s\"", from);
  const char *target = address_of(to, (const char *const[]){"tcp-connect", "tcp4-connect", "tcp", "tcp4", NULL});
  const char *colon = target == NULL ? NULL : strrchr(target, ':');
  if (colon == NULL || colon == target || (size_t)(colon - target) >= sizeof to_host) return complain("unknown device/address \"%s\"", to);
  memcpy(to_host, target, (size_t)(colon - target));
  to_port = atoi(colon + 1);
  const char *unknown = NULL;
  if (!take_options(from, &unknown) || !take_options(to, &unknown)) return complain("unknown option \"%s\"", unknown);
  struct server server = {atoi(port), accepted, nothing, .lost = end_with_last};
  int number = serve(&server, 1);
  if (number == 0) return failed ? 1 : 0;
  return number < 0 ? 1 : 128 + number;
}
