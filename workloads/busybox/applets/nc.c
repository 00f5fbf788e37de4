/* nc and nslookup. */
#include "transfer.h"
#include <stdlib.h>

/* Both ways at once, until the other side ends; our end of input is told to it. */
static int converse(struct connection *connection, int64_t idle) {
  char chunk[4096];
  bool reads = fds[0] != NULL;
  for (;;) {
    handle waits[3];
    size_t count = 0;
    waits[count++] = wasi_input_subscribe(connection->in);
    bool waits_input = reads && fds[0]->kind == STREAM_INPUT;
    size_t input = count;
    if (waits_input) waits[count++] = wasi_input_subscribe(fds[0]->handle);
    size_t timer = count;
    if (idle > 0) waits[count++] = wasi_monotonic_subscribe_duration(idle);
    bool ready[3] = {false};
    flush_output();
    bool local = reads && !waits_input;
    if (!local) wait_flags(waits, count, ready);
    for (size_t i = 0; i < count; i++) wasi_pollable_drop(waits[i]);
    if (local || (waits_input && ready[input])) {
      ssize_t length = stream_read(fds[0], chunk, sizeof chunk);
      if (length > 0) {
        if (!transmit(connection->out, chunk, (size_t)length)) return 1;
      } else {
        reads = false;
        wasi_output_drop(connection->out);
        connection->out = 0;
        struct result_code ignored;
        wasi_tcp_shutdown(connection->socket, SHUTDOWN_SEND, &ignored);
      }
    }
    if (ready[0]) {
      ssize_t length = receive(connection->in, chunk, sizeof chunk, 0);
      if (length <= 0) return length < 0;
      out_bytes(chunk, (size_t)length);
      if (out_failed()) return 1;
    } else if (idle > 0 && ready[timer] && !(waits_input && ready[input])) {
      return 1;
    }
  }
}

static int nc_listen(int port, bool again, int64_t idle) {
  int socket = network_listen((uint8_t[4]){0}, port);
  if (socket < 0) return complain("nc", "bind: %s", network_error(socket));
  int status;
  do {
    struct connection connection;
    int failure;
    while ((failure = network_accept(socket, &connection)) == -1 - NET_WOULD_BLOCK) {
      handle pollable = wasi_tcp_subscribe(socket);
      flush_output();
      wasi_pollable_block(pollable);
      wasi_pollable_drop(pollable);
    }
    if (failure != 0) return complain("nc", "accept: %s", network_error(failure));
    status = converse(&connection, idle);
    connection_close(&connection);
  } while (again);
  wasi_tcp_drop(socket);
  return status;
}

APPLET(nc) {
  bool listens = false, again = false, scans = false, verbose = false;
  int port = 0;
  int64_t timeout = 0;
  struct options options = options_of(argc, argv, "lkzvnp:w:");
  for (int letter; (letter = next_option(&options)) != -1;) {
    switch (letter) {
    case 'l': listens = true; break;
    case 'k': again = true; break;
    case 'z': scans = true; break;
    case 'v': verbose = true; break;
    case 'n': break;
    case 'p': port = atoi(options.value); break;
    case 'w':
      timeout = parse_duration(options.value, false);
      if (timeout < 0) return complain("nc", "invalid number '%s'", options.value);
      break;
    default: return 1;
    }
  }
  char **rest = argv + options.index;
  int count = argc - options.index;
  if (listens) {
    if (port == 0 && count > 0) port = atoi(rest[count - 1]);
    if (port < 1 || port > 65535) return complain("nc", "a port to listen on is needed: -p PORT");
    return nc_listen(port, again, timeout);
  }
  if (count != 2) return complain("nc", "expects HOST PORT");
  port = atoi(rest[1]);
  if (port < 1 || port > 65535) return complain("nc", "bad port '%s'", rest[1]);
  uint8_t addresses[1][4];
  int found = network_resolve(rest[0], addresses, 1);
  if (found < 0) return complain("nc", "bad address '%s'", rest[0]);
  struct connection connection;
  flush_output();
  int failure = network_connect(addresses[0], port, timeout, &connection);
  const uint8_t *a = addresses[0];
  if (failure < 0) {
    bool says = !scans || verbose;
    if (says) complain("nc", "%s (%d.%d.%d.%d:%d): %s", rest[0], a[0], a[1], a[2], a[3], port, network_error(failure));
    return 1;
  }
  if (verbose) stream_printf(fds[2], "%s (%d.%d.%d.%d:%d) open\n", rest[0], a[0], a[1], a[2], a[3], port);
  int status = scans ? 0 : converse(&connection, timeout);
  connection_close(&connection);
  return status;
}

APPLET(nslookup) {
  if (argc != 2) return bad_usage("nslookup", "expects one name: the pod's own resolver is asked");
  uint8_t addresses[16][4];
  flush_output();
  int count = network_resolve(argv[1], addresses, 16);
  if (count < 0) return complain("nslookup", "can't resolve '%s': %s", argv[1], network_error(count));
  out_format("Name:\t%s\n", argv[1]);
  for (int i = 0; i < count; i++) {
    out_format("Address: %d.%d.%d.%d\n", addresses[i][0], addresses[i][1], addresses[i][2], addresses[i][3]);
  }
  return 0;
}
