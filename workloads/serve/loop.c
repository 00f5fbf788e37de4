/* One loop that waits for listeners, all peers, timers and signals at once. */
#include "loop.h"
#include <stdlib.h>

#define PEER_LIMIT 256
#define CHUNK 16384
#define SEND_AHEAD 65536

#define INPUT_LIMIT 2097152
#define SERVER_LIMIT 16

void (*on_signal)(int number);
bool ignores_signals;

static struct peer *peers;
static size_t peer_count;
static uint32_t last_number;

struct peer *add_peer(const struct connection *connection) {
  struct peer *peer = must_malloc(sizeof *peer);
  *peer = (struct peer){.number = ++last_number, .connection = *connection, .next = peers};
  peers = peer;
  peer_count++;
  return peer;
}

struct peer *peer_numbered(uint32_t number) {
  struct peer *peer = peers;
  while (peer != NULL && peer->number != number) peer = peer->next;
  return peer == NULL || peer->broken ? NULL : peer;
}

bool peers_are_busy(void) {
  for (const struct peer *peer = peers; peer != NULL; peer = peer->next) {
    if (!peer->broken && (peer->owes_answer || peer->output.length > 0)) return true;
  }
  return false;
}

/* The error of a stream that is only closed needs no freeing. */
static void note_broken(struct peer *peer, uint8_t code, handle error) {
  if (code != STREAM_CLOSED) wasi_error_drop(error);
  peer->broken = true;
}

static void receive(struct peer *peer) {
  struct result_bytes result;
  wasi_input_read(peer->connection.in, CHUNK, &result);
  if (result.failed) {
    if (result.code != STREAM_CLOSED) note_broken(peer, result.code, result.error);
    peer->at_end = true;
    return;
  }
  buffer_add(&peer->input, result.bytes.data, result.bytes.length);
  list_free(&result.bytes);
}

static void transmit(struct peer *peer) {
  while (peer->output.length > 0 && !peer->broken) {
    struct result_u64 room;
    wasi_output_check_write(peer->connection.out, &room);
    if (room.failed) {
      note_broken(peer, room.code, room.error);
      return;
    }
    if (room.value == 0) return;
    size_t count = peer->output.length < room.value ? peer->output.length : (size_t)room.value;
    struct result_stream written;
    wasi_output_write(peer->connection.out, peer->output.data, count, &written);
    if (!written.failed) {
      buffer_drop(&peer->output, count);
      wasi_output_flush(peer->connection.out, &written);
    }
    if (written.failed) note_broken(peer, written.code, written.error);
  }
}

static void part(void *context) {
  struct peer *peer = peer_numbered((uint32_t)(uintptr_t)context);
  if (peer == NULL) return;
  peer->closing = true;
  if (peer->partner != NULL) peer->partner->closing = true;
}

/* What one of a pair says goes to the other, and so does its end. The other way may go on for half a second, as socat has it. */
static void relay(struct peer *peer) {
  struct peer *partner = peer->partner;
  buffer_add(&partner->output, peer->input.data, peer->input.length);
  if (peer->input.length > 0) buffer_drop(&peer->input, peer->input.length);
  if (!peer->at_end || partner->sends_no_more) return;
  partner->sends_no_more = true;
  after(NANOSECONDS / 2, part, (void *)(uintptr_t)peer->number);
}

static void drop_broken(void) {
  for (struct peer **place = &peers; *place != NULL;) {
    struct peer *peer = *place;
    if (!peer->broken) {
      place = &peer->next;
      continue;
    }
    *place = peer->next;
    peer_count--;
    if (peer->partner != NULL) {
      peer->partner->partner = NULL;
      peer->partner->closing = true;
    }
    if (peer->server != NULL && peer->server->lost != NULL) peer->server->lost(peer);
    connection_close(&peer->connection);
    buffer_free(&peer->input);
    buffer_free(&peer->output);
    free(peer);
    place = &peers;
  }
}

static void settle(struct peer *peer) {
  transmit(peer);
  if (peer->sends_no_more && peer->output.length == 0 && !peer->broken) {
    struct result_code ignored;
    if (peer->at_end) peer->closing = true;
    else wasi_tcp_shutdown(peer->connection.socket, SHUTDOWN_SEND, &ignored);
  }
  if (peer->closing && peer->output.length == 0) peer->broken = true;
}

static bool reads(const struct peer *peer) {
  const struct peer *to = peer->partner != NULL ? peer->partner : peer;
  return !peer->at_end && !peer->closing && to->output.length < SEND_AHEAD && peer->input.length < INPUT_LIMIT;
}

static struct listener {
  const struct server *server;
  int socket;
  handle accepts;
} listeners[SERVER_LIMIT];
static size_t listener_count;

static bool ended;
static int end_number;

void end_serving(int number) {
  ended = true;
  end_number = number;
}

bool serve_on(const struct server *server) {
  int socket = listener_count < SERVER_LIMIT ? network_listen((uint8_t[4]){0}, server->port) : -1 - NET_NEW_SOCKET_LIMIT;
  if (socket < 0) {
    stream_printf(standard_stream(2), "listen tcp :%d: bind: %s\n", server->port, network_error(socket));
    return false;
  }
  listeners[listener_count++] = (struct listener){server, socket, wasi_tcp_subscribe(socket)};
  return true;
}

void serve_no_more(void) {
  while (listener_count > 0) {
    wasi_pollable_drop(listeners[--listener_count].accepts);
    wasi_tcp_drop(listeners[listener_count].socket);
  }
}

static void accept_all(const struct listener *listener) {
  struct connection connection;
  /* A call may have been the last one that its server takes. */
  while (listener < listeners + listener_count && peer_count < PEER_LIMIT && network_accept(listener->socket, &connection) == 0) {
    struct peer *peer = add_peer(&connection);
    peer->server = listener->server;
    if (peer->server->accepted != NULL) peer->server->accepted(peer);
  }
}

static void hear(struct peer *peer) {
  receive(peer);
  if (peer->broken) return;
  if (peer->partner != NULL) relay(peer);
  else if (peer->server != NULL) peer->server->received(peer);
}

static void take_signals(void) {
  for (int number; (number = process_signals_take()) != 0;) {
    if (on_signal != NULL) on_signal(number);
    else if (number == signal_number("TERM") || number == signal_number("INT")) end_serving(number);
  }
}

/* One wait for everything: signals, watches, listeners, then each peer's two directions. */
static void turn(handle signals) {
  bool full = peer_count >= PEER_LIMIT;
  size_t most = 1 + watches() + SERVER_LIMIT + 2 * peer_count;
  handle *waits = must_malloc(most * sizeof *waits);
  bool *ready = must_malloc(most * sizeof *ready);
  size_t count = 0;
  if (!ignores_signals) waits[count++] = signals;
  size_t first_watch = count;
  size_t asked = add_watches(waits + count);
  count += asked;
  size_t first_listener = count;
  size_t accepting = full ? 0 : listener_count;
  for (size_t i = 0; i < accepting; i++) waits[count++] = listeners[i].accepts;
  size_t first = count;
  for (struct peer *peer = peers; peer != NULL; peer = peer->next) {
    if (peer->output.length > 0) waits[count++] = wasi_output_subscribe(peer->connection.out);
    if (reads(peer)) waits[count++] = wasi_input_subscribe(peer->connection.in);
  }
  stream_flush(standard_stream(1));
  stream_flush(standard_stream(2));
  wait_flags(waits, count, ready);
  for (size_t i = first; i < count; i++) wasi_pollable_drop(waits[i]);
  /* Whose input is there is noted first: an answer to one may change what another one waits for. */
  size_t at = first;
  for (struct peer *peer = peers; peer != NULL; peer = peer->next) {
    if (peer->output.length > 0) at++;
    peer->is_ready = reads(peer) && ready[at++];
  }
  for (struct peer *peer = peers; peer != NULL; peer = peer->next) {
    if (peer->is_ready) hear(peer);
  }
  for (size_t i = 0; i < accepting && i < listener_count; i++) {
    if (ready[first_listener + i]) accept_all(&listeners[i]);
  }
  call_watches(waits + first_watch, ready + first_watch, asked);
  if (!ignores_signals) take_signals();
  for (struct peer *peer = peers; peer != NULL; peer = peer->next) settle(peer);
  drop_broken();
  free(waits);
  free(ready);
}

int serve_until_end(void) {
  handle signals = ignores_signals ? 0 : process_signals_subscribe();
  while (!ended) turn(signals);
  return end_number;
}

int serve(const struct server *servers, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (!serve_on(&servers[i])) return -1;
  }
  return serve_until_end();
}
