/* etcd, as far as its health: it takes etcd's flags and stores nothing. */
#include "grpc.h"
#include "servers.h"
#include <stdlib.h>

static int is_serving(void) { return SERVING; }
static bool is_whole_server(const char *service) { return *service == '\0'; }

static void answer_etcd(struct peer *peer, const struct http_request *request) {
  if (strcmp(request->path, "/health") == 0) answer_http(peer, 200, "application/json", "{\"health\":\"true\",\"reason\":\"\"}");
  else if (strcmp(request->path, "/version") == 0) answer_http(peer, 200, "application/json", "{\"etcdserver\":\"3.5.1\",\"etcdcluster\":\"3.5.0\"}");
  else answer_not_found(peer);
}

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
  health = (struct health){is_serving, is_whole_server};
  int number = serve(&(struct server){port, .received = received_grpc_or_http, .lost = forget_http2, .answer = answer_etcd}, 1);
  if (number < 0) return 1;
  log_json("info", "received signal; shutting down");
  /* As process 1 it cannot end by the signal itself. */
  return process_current() == 1 ? 0 : 128 + number;
}
