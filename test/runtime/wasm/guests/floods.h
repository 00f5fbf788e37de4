/* What a guest does that wants all of the network for itself. */
#pragma once
#include "program.h"
#include <stdio.h>
#include <string.h>

#define DATAGRAM_BYTES 60000
#define AT_ONCE 16

static int udp_socket(int port, handle *in, handle *out) {
  struct result created, streams;
  struct result_code bound;
  wasi_udp_create(0, &created);
  if (created.failed) return -1;
  handle socket = created.handles[0];
  wasi_udp_start_bind(socket, wasi_instance_network(), 0, port, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, &bound);
  if (bound.failed) return -1;
  wasi_udp_finish_bind(socket, &bound);
  wasi_udp_stream(socket, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, &streams);
  *in = streams.handles[0];
  *out = streams.handles[1];
  return socket;
}

/* Binds sockets one after another and receives nothing. */
static void udp_hold(int from, int wanted) {
  handle in, out;
  int count = 0;
  while (count < wanted && udp_socket(from + count, &in, &out) >= 0) count++;
  printf("%d sockets\n", count);
  fflush(stdout);
  sleep_nanoseconds(600 * NANOSECONDS);
}

/* Sends to many ports as much as it can. */
static void udp_flood(const uint8_t ip[4], int from, int ports, int rounds) {
  static uint8_t data[DATAGRAM_BYTES];
  static struct outgoing_datagram all[AT_ONCE];
  handle in, out;
  if (udp_socket(0, &in, &out) < 0) return;
  for (int round = 0; round < rounds; round++) {
    for (int port = from; port < from + ports; port++) {
      for (int i = 0; i < AT_ONCE; i++) {
        all[i] = (struct outgoing_datagram){.data = {data, DATAGRAM_BYTES}, .some = 1, .port = (uint16_t)port};
        memcpy(all[i].ip, ip, 4);
      }
      struct result_u64 allowed, sent;
      wasi_outgoing_datagrams_check_send(out, &allowed);
      wasi_outgoing_datagrams_send(out, all, AT_ONCE, &sent);
    }
  }
  printf("sent\n");
  fflush(stdout);
}

/* Listens; with `accepts` it takes every connection, and reads nothing from any. */
static void listen_only(int port, bool accepts) {
  uint8_t any[4] = {0};
  int socket = network_listen(any, port);
  if (socket < 0) return;
  printf("listening\n");
  fflush(stdout);
  while (accepts) {
    wasi_pollable_block(wasi_tcp_subscribe(socket));
    struct connection connection;
    network_accept(socket, &connection);
  }
  sleep_nanoseconds(600 * NANOSECONDS);
}

/* Writes to one connection as long as anybody takes it. */
static void pour(const uint8_t ip[4], int port) {
  struct connection connection;
  if (network_connect(ip, port, 0, &connection) < 0) return;
  struct stream *out = stream_of_output(connection.out);
  printf("pouring\n");
  fflush(stdout);
  static char piece[4096];
  while (stream_write(out, piece, sizeof piece) > 0) stream_flush(out);
}

/* Looks names up, each another one, without waiting for any answer. */
static void look_up(const char *domain, int count) {
  handle network = wasi_instance_network();
  char name[300];
  int held = 0;
  for (int i = 0; i < count; i++) {
    struct result started;
    int length = snprintf(name, sizeof name, "name-%d.%s", i, domain);
    wasi_resolve_addresses(network, name, (size_t)length, &started);
    if (started.failed) continue;
    struct result_ip result;
    wasi_resolve_next_address(started.handles[0], &result);
    if (result.failed && result.code == NET_WOULD_BLOCK && ++held < 1000) continue;
    wasi_resolve_drop(started.handles[0]);
  }
  printf("asked\n");
  fflush(stdout);
}
