/* Datagrams of the pod's network. */
#include "loop.h"
#include <stdlib.h>

int datagrams_open(int port, struct datagrams *datagrams) {
  struct result result;
  wasi_udp_create(0, &result);
  if (result.failed) return -1 - result.code;
  datagrams->socket = result.handles[0];
  struct result_code done;
  wasi_udp_start_bind(datagrams->socket, wasi_instance_network(), 0, port, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, &done);
  while (!done.failed) {
    wasi_udp_finish_bind(datagrams->socket, &done);
    if (!done.failed || done.code != NET_WOULD_BLOCK) break;
    handle ready = wasi_udp_subscribe(datagrams->socket);
    wasi_pollable_block(ready);
    wasi_pollable_drop(ready);
    done.failed = 0;
  }
  if (!done.failed) {
    wasi_udp_stream(datagrams->socket, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, &result);
    done.failed = result.failed;
    done.code = result.code;
  }
  if (done.failed) {
    wasi_udp_drop(datagrams->socket);
    return -1 - done.code;
  }
  datagrams->in = result.handles[0];
  datagrams->out = result.handles[1];
  return 0;
}

void datagrams_close(struct datagrams *datagrams) {
  wasi_incoming_datagrams_drop(datagrams->in);
  wasi_outgoing_datagrams_drop(datagrams->out);
  wasi_udp_drop(datagrams->socket);
}

int datagrams_send(const struct datagrams *datagrams, const uint8_t peer[4], int port, const void *data, size_t length) {
  struct outgoing_datagram one = {.data = {(void *)data, (uint32_t)length}, .some = 1, .port = (uint16_t)port};
  memcpy(one.ip, peer, 4);
  struct result_u64 sent;
  wasi_outgoing_datagrams_check_send(datagrams->out, &sent);
  if (!sent.failed && sent.value == 0) return -1 - NET_WOULD_BLOCK;
  if (!sent.failed) wasi_outgoing_datagrams_send(datagrams->out, &one, 1, &sent);
  return sent.failed ? -1 - sent.code : 0;
}

bool datagrams_take(const struct datagrams *datagrams, struct datagram *datagram) {
  struct result result;
  wasi_incoming_datagrams_receive(datagrams->in, 1, &result);
  if (result.failed || result.list.length == 0) return false;
  struct incoming_datagram *one = result.list.data;
  bool is_ours = one->family == 0;
  datagram->length = one->data.length;
  datagram->data = must_malloc(datagram->length + 1);
  memcpy(datagram->data, one->data.data, datagram->length);
  datagram->data[datagram->length] = '\0';
  memcpy(datagram->peer, one->ip, 4);
  datagram->port = one->port;
  list_free(&one->data);
  list_free(&result.list);
  if (!is_ours) free(datagram->data);
  return is_ours;
}

struct receiver {
  struct datagrams datagrams;
  void (*received)(const struct datagrams *datagrams, const struct datagram *datagram);
};

static void receive_all(void *context) {
  struct receiver *receiver = context;
  struct datagram datagram;
  while (datagrams_take(&receiver->datagrams, &datagram)) {
    receiver->received(&receiver->datagrams, &datagram);
    free(datagram.data);
  }
  watch(wasi_incoming_datagrams_subscribe(receiver->datagrams.in), receive_all, receiver);
}

int serve_datagrams(int port, void (*received)(const struct datagrams *datagrams, const struct datagram *datagram), void *context) {
  struct receiver *receiver = must_malloc(sizeof *receiver);
  receiver->received = received;
  int failure = datagrams_open(port, &receiver->datagrams);
  receiver->datagrams.context = context;
  if (failure == 0) watch(wasi_incoming_datagrams_subscribe(receiver->datagrams.in), receive_all, receiver);
  else free(receiver);
  return failure;
}
