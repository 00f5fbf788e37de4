/* grpc.health.v1.Health/Check: etcd, which is healthy as long as it runs, and agnhost, which one can talk out of it. */
#include "grpc.h"
#include <stdio.h>
#include <stdlib.h>

enum { SERVING = 1, NOT_SERVING = 2 };
enum { INVALID_ARGUMENT = 3, NOT_FOUND = 5, UNIMPLEMENTED = 12 };

static int health = SERVING;
/** The one service besides "" that is known; null for none. */
static const char *known_service;

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
  } else if (service[0] != '\0' && (known_service == NULL || strcmp(service, known_service) != 0)) {
    refuse_call(peer, stream, NOT_FOUND, "unknown service");
  } else {
    answer_call(peer, stream, (uint8_t[2]){0x08, (uint8_t)health}, 2);
  }
}

static void nothing(struct peer *peer) { (void)peer; }

static void answer_paths(struct peer *peer, void (*answer)(struct peer *, const struct http_request *)) {
  struct http_request request;
  int taken;
  while (!peer->closing && (taken = take_http_request(peer, &request)) != 0) {
    if (taken > 0) answer(peer, &request);
    else peer->closing = true;
  }
}

/* The first bytes decide which of the two protocols a connection speaks. */
static void received_both(struct peer *peer, void (*answer)(struct peer *, const struct http_request *)) {
  bool is_http2 = peer->protocol == 2 || begins_http2(peer);
  bool could_be = peer->input.length < 24 && peer->input.length > 0 && memcmp(peer->input.data, "PRI", peer->input.length < 3 ? peer->input.length : 3) == 0;
  if (is_http2) {
    peer->protocol = 2;
    received_http2(peer);
  } else if (!could_be || peer->at_end) answer_paths(peer, answer);
}

/* ---- etcd ---- */

static void answer_etcd(struct peer *peer, const struct http_request *request) {
  if (strcmp(request->path, "/health") == 0) answer_http(peer, request, 200, "application/json", "{\"health\":\"true\",\"reason\":\"\"}");
  else if (strcmp(request->path, "/version") == 0) answer_http(peer, request, 200, "application/json", "{\"etcdserver\":\"3.5.1\",\"etcdcluster\":\"3.5.0\"}");
  else answer_http(peer, request, 404, "text/plain; charset=utf-8", "404 page not found\n");
}

static void received_etcd(struct peer *peer) { received_both(peer, answer_etcd); }

static void log_json(const char *level, const char *message) {
  stream_printf(standard_stream(2), "{\"level\":\"%s\",\"msg\":\"%s\"}\n", level, message);
}

int etcd(int argc, char **argv) {
  int port = 2379;
  bool listens = false, advertises = false;
  for (int i = 1; i < argc; i++) {
    const char *name = argv[i];
    if (strncmp(name, "--", 2) != 0) {
      stream_printf(standard_stream(2), "'%s' is not a valid flag\n", name);
      return 1;
    }
    const char *equals = strchr(name, '=');
    const char *value = equals != NULL ? equals + 1 : i + 1 < argc && argv[i + 1][0] != '-' ? argv[++i] : "";
    if (strncmp(name, "--advertise-client-urls", 23) == 0) advertises = true;
    if (strncmp(name, "--listen-client-urls", 20) != 0) continue;
    listens = true;
    const char *colon = strrchr(value, ':');
    port = colon != NULL ? atoi(colon + 1) : 0;
  }
  if (listens && !advertises) {
    log_json("fatal", "--advertise-client-urls is required when --listen-client-urls is set explicitly");
    return 1;
  }
  log_json("info", "podstep's stand-in for etcd, not etcd itself: it stores nothing, and answers for its health");
  log_json("info", "ready to serve client requests");
  int number = serve(&(struct server){port, nothing, received_etcd}, 1);
  if (number < 0) return 1;
  log_json("info", "received signal; shutting down");
  return 128 + number;
}

/* ---- agnhost grpc-health-checking ---- */

static void answer_switch(struct peer *peer, const struct http_request *request) {
  if (strcmp(request->path, "/make-serving") == 0) health = SERVING;
  else if (strcmp(request->path, "/make-not-serving") == 0) health = NOT_SERVING;
  else return answer_http(peer, request, 404, "text/plain; charset=utf-8", "404 page not found\n");
  answer_http(peer, request, 200, "text/plain; charset=utf-8", health == SERVING ? "SERVING\n" : "NOT_SERVING\n");
}

static void received_switch(struct peer *peer) { answer_paths(peer, answer_switch); }
static void received_health(struct peer *peer) { received_both(peer, answer_switch); }

int grpc_health_checking(int argc, char **argv) {
  int port = 5000, http_port = 8080;
  for (int i = 1; i + 1 < argc; i++) {
    if (strcmp(argv[i], "--port") == 0) port = atoi(argv[i + 1]);
    if (strcmp(argv[i], "--http-port") == 0) http_port = atoi(argv[i + 1]);
    if (strcmp(argv[i], "--service") == 0) known_service = argv[i + 1];
  }
  stream_printf(standard_stream(1), "Http server starting to listen on :%d\nserver starting to listen on :%d\n", http_port, port);
  struct server servers[] = {{port, nothing, received_health}, {http_port, nothing, received_switch}};
  int number = serve(servers, 2);
  return number < 0 ? 1 : 128 + number;
}
