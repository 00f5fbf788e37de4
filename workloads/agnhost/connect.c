/* connect: tries once, and says in one word why it failed. */
#include "agnhost.h"
#include <stdlib.h>

/* How long Linux tries to connect when nobody told it. */
#define PATIENCE (127 * NANOSECONDS)

static int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int complain(const char *format, ...) {
  va_list values;
  va_start(values, format);
  stream_vprintf(standard_stream(2), format, values);
  va_end(values);
  return 1;
}

static int over_tcp(const char *host, int port, const uint8_t address[4], int64_t timeout) {
  struct connection connection;
  int failure = network_connect(address, port, timeout > 0 ? timeout : PATIENCE, &connection);
  if (failure == 0) {
    connection_close(&connection);
    return 0;
  }
  if (failure == -1 - NET_TIMEOUT) return complain("TIMEOUT\n");
  if (failure == -1 - NET_CONNECTION_REFUSED) return complain("REFUSED\n");
  return complain("OTHER: dial tcp %s:%d: %s\n", host, port, network_error(failure));
}

static int over_udp(int port, const uint8_t address[4], int64_t timeout, const char *data) {
  struct datagrams datagrams;
  int failure = datagrams_open(0, &datagrams);
  if (failure < 0) return complain("OTHER: %s\n", network_error(failure));
  char *line = must_malloc(strlen(data) + 2);
  strcat(strcpy(line, data), "\n");
  failure = datagrams_send(&datagrams, address, port, line, strlen(line));
  if (failure < 0) return complain("UNKNOWN: %s\n", network_error(failure));
  handle waits[2] = {wasi_incoming_datagrams_subscribe(datagrams.in), timeout > 0 ? wasi_monotonic_subscribe_duration(timeout) : 0};
  struct datagram datagram;
  while (!datagrams_take(&datagrams, &datagram)) {
    if (wait_any(waits, timeout > 0 ? 2 : 1) == 1) return complain("TIMEOUT: read udp: i/o timeout\n");
  }
  if (datagram.length > 0) return 0;
  return complain("OTHER: No data received from the server. Cannot guarantee the server received the request.\n");
}

int connect_command(int argc, char **argv) {
  int64_t timeout = 0, port;
  const char *protocol = "tcp", *udp_data = "hostname", *sctp_data = "hostname";
  const struct flag flags[] = {{"timeout", 0, FLAG_DURATION, &timeout}, {"protocol", 0, FLAG_TEXT, &protocol},
                               {"udp-data", 0, FLAG_TEXT, &udp_data}, {"sctp-data", 0, FLAG_TEXT, &sctp_data}};
  char *target = must_take_flags(argc, argv, flags, 4, 1)[0];
  bool is_udp = strcmp(protocol, "udp") == 0;
  if (strcmp(protocol, "sctp") == 0) return complain("OTHER: podstep's stand-in has no SCTP\n");
  if (!is_udp && *protocol != '\0' && strcmp(protocol, "tcp") != 0) return complain("Unsupported protocol\n");
  char *colon = strrchr(target, ':');
  if (colon == NULL) return complain("%s: address %s: missing port in address\n", is_udp ? "DNS" : "UNKNOWN", target);
  *colon = '\0';
  if (!number_of(colon + 1, 0, 65535, &port)) return complain("DNS: lookup tcp/%s: unknown port\n", colon + 1);
  uint8_t addresses[1][4];
  int failure = *target == '\0' ? network_resolve("127.0.0.1", addresses, 1) : network_resolve(target, addresses, 1);
  if (failure < 0) return complain("DNS: lookup %s: %s\n", target, failure == -1 - NET_TEMPORARY_RESOLVER_FAILURE ? "server misbehaving" : "no such host");
  return is_udp ? over_udp((int)port, addresses[0], timeout, udp_data) : over_tcp(target, (int)port, addresses[0], timeout);
}
