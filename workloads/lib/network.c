/* TCP over IPv4 as the pod's network gives it. */
#include "program.h"
#include <string.h>

static int fail(uint8_t code) { return -1 - code; }

static handle network(void) {
  static handle instance;
  if (instance == 0) instance = wasi_instance_network();
  return instance;
}

static void block_on(handle socket) {
  handle pollable = wasi_tcp_subscribe(socket);
  wasi_pollable_block(pollable);
  wasi_pollable_drop(pollable);
}

static int give_up(handle socket, uint8_t code) {
  wasi_tcp_drop(socket);
  return fail(code);
}

/* Repeats a finish-… call until it no longer says would-block. */
static uint8_t finish(handle socket, void (*call)(handle, struct result_code *)) {
  struct result_code result;
  for (;;) {
    call(socket, &result);
    if (!result.failed) return 0;
    if (result.code != NET_WOULD_BLOCK) return (uint8_t)(result.code + 1);
    block_on(socket);
  }
}

int network_listen(const uint8_t address[4], int port) {
  struct result created;
  wasi_tcp_create(0, &created);
  if (created.failed) return fail(created.code);
  handle socket = created.handles[0];
  struct result_code started;
  wasi_tcp_start_bind(socket, network(), 0, port, address[0], address[1], address[2], address[3], 0,
                      0, 0, 0, 0, 0, &started);
  if (started.failed) return give_up(socket, started.code);
  uint8_t code = finish(socket, wasi_tcp_finish_bind);
  if (code != 0) return give_up(socket, code - 1);
  wasi_tcp_start_listen(socket, &started);
  if (started.failed) return give_up(socket, started.code);
  code = finish(socket, wasi_tcp_finish_listen);
  if (code != 0) return give_up(socket, code - 1);
  return socket;
}

static void note_peer(struct connection *connection) {
  struct result_address address;
  wasi_tcp_remote_address(connection->socket, &address);
  memset(connection->peer, 0, 4);
  connection->peer_port = 0;
  if (address.failed || address.family != 0) return;
  memcpy(connection->peer, address.ip, 4);
  connection->peer_port = address.port;
}

int network_accept(handle socket, struct connection *connection) {
  struct result result;
  wasi_tcp_accept(socket, &result);
  if (result.failed) return fail(result.code);
  connection->socket = result.handles[0];
  connection->in = result.handles[1];
  connection->out = result.handles[2];
  note_peer(connection);
  return 0;
}

int network_connect_begin(const uint8_t address[4], int port) {
  struct result created;
  wasi_tcp_create(0, &created);
  if (created.failed) return fail(created.code);
  handle socket = created.handles[0];
  struct result_code started;
  wasi_tcp_start_connect(socket, network(), 0, port, address[0], address[1], address[2], address[3],
                         0, 0, 0, 0, 0, 0, &started);
  return started.failed ? give_up(socket, started.code) : socket;
}

int network_connected(handle socket, struct connection *connection) {
  struct result finished;
  wasi_tcp_finish_connect(socket, &finished);
  if (finished.failed) return finished.code == NET_WOULD_BLOCK ? fail(finished.code) : give_up(socket, finished.code);
  connection->socket = socket;
  connection->in = finished.handles[0];
  connection->out = finished.handles[1];
  return 0;
}

int network_connect(const uint8_t address[4], int port, int64_t timeout, struct connection *connection) {
  int socket = network_connect_begin(address, port);
  if (socket < 0) return socket;
  handle waits[2] = {0, timeout > 0 ? wasi_monotonic_subscribe_duration(timeout) : 0};
  int status;
  bool expired = false;
  while ((status = network_connected(socket, connection)) == fail(NET_WOULD_BLOCK) && !expired) {
    waits[0] = wasi_tcp_subscribe(socket);
    expired = wait_any(waits, timeout > 0 ? 2 : 1) == 1;
    wasi_pollable_drop(waits[0]);
  }
  if (timeout > 0) wasi_pollable_drop(waits[1]);
  if (status == fail(NET_WOULD_BLOCK)) return give_up(socket, NET_TIMEOUT);
  if (status < 0) return status;
  memcpy(connection->peer, address, 4);
  connection->peer_port = (uint16_t)port;
  return 0;
}

void connection_close(struct connection *connection) {
  struct result_code ignored;
  if (connection->in != 0) wasi_input_drop(connection->in);
  if (connection->out != 0) wasi_output_drop(connection->out);
  wasi_tcp_shutdown(connection->socket, SHUTDOWN_BOTH, &ignored);
  wasi_tcp_drop(connection->socket);
}

/* Four numbers and dots: an address of IPv4 as it is written. */
static bool dotted(const char *text, uint8_t address[4]) {
  for (int i = 0; i < 4; i++) {
    int value = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 3) return false;
    for (size_t j = 0; j < digits; j++) value = value * 10 + (text[j] - '0');
    text += digits;
    if (value > 255 || *text != (i < 3 ? '.' : '\0')) return false;
    address[i] = (uint8_t)value;
    text++;
  }
  return true;
}

int network_resolve(const char *name, uint8_t addresses[][4], int limit) {
  if (dotted(name, addresses[0])) return 1;
  struct result started;
  wasi_resolve_addresses(network(), name, strlen(name), &started);
  if (started.failed) return fail(started.code);
  handle stream = started.handles[0];
  int count = 0;
  int status = 0;
  while (count < limit) {
    struct result_ip result;
    wasi_resolve_next_address(stream, &result);
    if (result.failed && result.code == NET_WOULD_BLOCK) {
      handle pollable = wasi_resolve_subscribe(stream);
      wasi_pollable_block(pollable);
      wasi_pollable_drop(pollable);
      continue;
    }
    if (result.failed) status = fail(result.code);
    if (result.failed || !result.some) break;
    if (result.family == 0) memcpy(addresses[count++], result.v4, 4);
  }
  wasi_resolve_drop(stream);
  if (count > 0) return count;
  return status < 0 ? status : fail(NET_NAME_UNRESOLVABLE);
}

const char *network_error(int failure) {
  switch (-1 - failure) {
  case NET_ACCESS_DENIED: return "Permission denied";
  case NET_NOT_SUPPORTED: return "Operation not supported";
  case NET_INVALID_ARGUMENT: return "Invalid argument";
  case NET_TIMEOUT: return "Connection timed out";
  case NET_NEW_SOCKET_LIMIT: return "Too many open files";
  case NET_ADDRESS_NOT_BINDABLE: return "Cannot assign requested address";
  case NET_ADDRESS_IN_USE: return "Address already in use";
  case NET_REMOTE_UNREACHABLE: return "Host is unreachable";
  case NET_CONNECTION_REFUSED: return "Connection refused";
  case NET_CONNECTION_RESET: return "Connection reset by peer";
  case NET_CONNECTION_ABORTED: return "Connection aborted";
  case NET_NAME_UNRESOLVABLE: return "Name does not resolve";
  case NET_TEMPORARY_RESOLVER_FAILURE: return "Temporary failure in name resolution";
  case NET_PERMANENT_RESOLVER_FAILURE: return "Name does not resolve";
  default: return "Network error";
  }
}
