/* Two greetings over HTTP: what the tutorials of Kubernetes deploy first. */
#include "servers.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void nothing(struct peer *peer) { (void)peer; }

static void answer_all(struct peer *peer, void (*answer)(struct peer *, const struct http_request *)) {
  struct http_request request;
  int taken;
  while (!peer->closing && (taken = take_http_request(peer, &request)) != 0) {
    if (taken < 0) {
      if (peer->input.length > 0) answer_http(peer, NULL, 400, "text/plain; charset=utf-8", "400 Bad Request");
      peer->closing = true;
      return;
    }
    answer(peer, &request);
  }
}

static const char *host_name(void) {
  const char *name = getenv("HOSTNAME");
  return name != NULL ? name : "localhost";
}

/* As Go's log package begins a line. */
static void log_go(const char *format, ...) {
  char when[32];
  time_t now = time(NULL);
  strftime(when, sizeof when, "%Y/%m/%d %H:%M:%S", gmtime(&now));
  va_list values;
  va_start(values, format);
  stream_printf(standard_stream(2), "%s ", when);
  stream_vprintf(standard_stream(2), format, values);
  stream_printf(standard_stream(2), "\n");
  va_end(values);
}

static const char *hello_version;

static void answer_hello_app(struct peer *peer, const struct http_request *request) {
  char body[512];
  log_go("Serving request: %s", request->path);
  snprintf(body, sizeof body, "Hello, world!\nVersion: %s\nHostname: %s\n", hello_version, host_name());
  answer_http(peer, request, 200, "text/plain; charset=utf-8", body);
}

static void received_hello_app(struct peer *peer) { answer_all(peer, answer_hello_app); }

int hello_app(int argc, char **argv) {
  (void)argc, (void)argv;
  const char *port = getenv("PORT");
  hello_version = getenv("HELLO_APP_VERSION");
  if (hello_version == NULL) hello_version = "2.0.0";
  struct server server = {port != NULL && *port != '\0' ? atoi(port) : 8080, nothing, received_hello_app};
  log_go("Server listening on port %d", server.port);
  int number = serve(&server, 1);
  return number < 0 ? 1 : 128 + number;
}

static void answer_node_hello(struct peer *peer, const struct http_request *request) {
  stream_printf(standard_stream(1), "Received request for URL: %s\n", request->path);
  answer_http(peer, request, 200, "text/plain", "Hello Kubernetes!");
}

static void received_node_hello(struct peer *peer) { answer_all(peer, answer_node_hello); }

int node_hello(int argc, char **argv) {
  if (argc < 2 || strcmp(argv[1], "server.js") != 0) {
    stream_printf(standard_stream(2), "node: podstep's stand-in for node-hello runs its server.js and no other program\n");
    return 1;
  }
  struct server server = {8080, nothing, received_node_hello};
  int number = serve(&server, 1);
  return number < 0 ? 1 : 128 + number;
}
