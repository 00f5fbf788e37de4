/* One loop that waits for the listener, all peers and signals at once. */
#include "servers.h"
#include <stdlib.h>

#define PEER_LIMIT 256
#define CHUNK 16384
#define SEND_AHEAD 65536

#define SERVER_LIMIT 4

void (*peer_is_gone)(const struct peer *peer);

static struct peer *peers;
static size_t peer_count;

struct peer *add_peer(const struct connection *connection) {
  struct peer *peer = must_malloc(sizeof *peer);
  *peer = (struct peer){.connection = *connection, .next = peers};
  peers = peer;
  peer_count++;
  return peer;
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

/* What one of a pair says goes to the other. */
static void relay(struct peer *peer) {
  struct peer *partner = peer->partner;
  if (partner == NULL) return;
  buffer_add(&partner->output, peer->input.data, peer->input.length);
  buffer_drop(&peer->input, peer->input.length);
  if (peer->at_end) partner->closing = true;
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
    if (peer_is_gone != NULL) peer_is_gone(peer);
    connection_close(&peer->connection);
    buffer_free(&peer->input);
    buffer_free(&peer->output);
    free(peer);
    place = &peers;
  }
}

static void settle(struct peer *peer) {
  transmit(peer);
  if (peer->closing && peer->output.length == 0) peer->broken = true;
}

static bool reads(const struct peer *peer) {
  const struct peer *to = peer->partner != NULL ? peer->partner : peer;
  return !peer->at_end && !peer->closing && to->output.length < SEND_AHEAD;
}

struct listener {
  const struct server *server;
  int socket;
  handle accepts;
};

static handle waits[2 * PEER_LIMIT + SERVER_LIMIT + 1];
static bool ready[2 * PEER_LIMIT + SERVER_LIMIT + 1];

static void accept_all(const struct listener *listener) {
  struct connection connection;
  while (peer_count < PEER_LIMIT && network_accept(listener->socket, &connection) == 0) {
    struct peer *peer = add_peer(&connection);
    peer->server = listener->server;
    listener->server->accepted(peer);
  }
}

static void turn(const struct listener *listeners, size_t listener_count, handle signals) {
  size_t count = 0;
  waits[count++] = signals;
  size_t first_listener = count;
  bool full = peer_count >= PEER_LIMIT;
  for (size_t i = 0; !full && i < listener_count; i++) waits[count++] = listeners[i].accepts;
  size_t first = count;
  for (struct peer *peer = peers; peer != NULL; peer = peer->next) {
    if (peer->output.length > 0) waits[count++] = wasi_output_subscribe(peer->connection.out);
    if (reads(peer)) waits[count++] = wasi_input_subscribe(peer->connection.in);
  }
  stream_flush(standard_stream(1));
  stream_flush(standard_stream(2));
  wait_flags(waits, count, ready);
  for (size_t i = first; i < count; i++) wasi_pollable_drop(waits[i]);
  size_t at = first;
  for (struct peer *peer = peers; peer != NULL; peer = peer->next) {
    if (peer->output.length > 0) at++;
    if (!reads(peer)) continue;
    if (!ready[at++]) continue;
    receive(peer);
    if (peer->broken) continue;
    if (peer->partner != NULL) relay(peer);
    else peer->server->received(peer);
  }
  for (size_t i = 0; !full && i < listener_count; i++) {
    if (ready[first_listener + i]) accept_all(&listeners[i]);
  }
  for (struct peer *peer = peers; peer != NULL; peer = peer->next) settle(peer);
  drop_broken();
}

int serve(const struct server *servers, size_t count) {
  struct listener listeners[SERVER_LIMIT];
  for (size_t i = 0; i < count; i++) {
    int socket = network_listen((uint8_t[4]){0}, servers[i].port);
    if (socket < 0) {
      stream_printf(standard_stream(2), "listen tcp :%d: bind: %s\n", servers[i].port, network_error(socket));
      return -1;
    }
    listeners[i] = (struct listener){&servers[i], socket, wasi_tcp_subscribe(socket)};
  }
  handle signals = process_signals_subscribe();
  for (;;) {
    turn(listeners, count, signals);
    for (int number; (number = process_signals_take()) != 0;) {
      if (number == signal_number("TERM") || number == signal_number("INT")) return number;
    }
  }
}
