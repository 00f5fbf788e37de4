/* grpc.health.v1.Health/Check: what it says is its program's business. */
#include "grpc.h"
#include <stdio.h>
#include <stdlib.h>

enum { INVALID_ARGUMENT = 3, NOT_FOUND = 5, UNIMPLEMENTED = 12 };

struct health health;

/* The field 1 of HealthCheckRequest; false when the message is none. */
static bool service_of(const struct buffer *message, char service[256]) {
  const uint8_t *data = (const uint8_t *)message->data;
  service[0] = '\0';
  if (message->length < 5 || data[0] != 0) return false;
  size_t length = message->length - 5;
  if (length == 0) return true;
  if (length < 2 || data[5] != 0x0a || data[6] >= 128 || (size_t)data[6] + 2 > length) return false;
  memcpy(service, data + 7, data[6]);
  service[data[6]] = '\0';
  return true;
}

void grpc_call(struct peer *peer, uint32_t stream, const char *path, const struct buffer *message) {
  char service[256];
  if (strcmp(path, "/grpc.health.v1.Health/Check") != 0) {
    char text[128];
    snprintf(text, sizeof text, "unknown method %.80s", path);
    refuse_call(peer, stream, UNIMPLEMENTED, text);
  } else if (!service_of(message, service)) {
    refuse_call(peer, stream, INVALID_ARGUMENT, "not a HealthCheckRequest");
  } else if (!health.knows(service)) {
    refuse_call(peer, stream, NOT_FOUND, "unknown service");
  } else {
    answer_call(peer, stream, (uint8_t[2]){0x08, (uint8_t)health.status()}, 2);
  }
}

/* The first bytes decide which of the two protocols a connection speaks. */
void received_grpc_or_http(struct peer *peer) {
  bool is_http2 = peer->protocol == 2 || begins_http2(peer);
  size_t length = peer->input.length < 3 ? peer->input.length : 3;
  bool could_be = length > 0 && peer->input.length < 24 && memcmp(peer->input.data, "PRI", length) == 0;
  if (is_http2) {
    peer->protocol = 2;
    received_http2(peer);
  } else if (!could_be || peer->at_end) http_received(peer);
}
