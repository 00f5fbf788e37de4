/* Two greetings over HTTP: what the tutorials of Kubernetes deploy first. */
#include "servers.h"
#include <stdlib.h>

static const char *hello_version;

static void answer_hello_app(struct peer *peer, const struct http_request *request) {
  log_go("Serving request: %s", request->path);
  answer_text(peer, 200, "Hello, world!\nVersion: %s\nHostname: %s\n", hello_version, host_name());
}

int hello_app(int argc, char **argv) {
  (void)argc, (void)argv;
  const char *port = getenv("PORT");
  hello_version = getenv("HELLO_APP_VERSION");
  if (hello_version == NULL) hello_version = "2.0.0";
  struct server server = {port != NULL && *port != '\0' ? atoi(port) : 8080, .received = http_received, .answer = answer_hello_app};
  log_go("Server listening on port %d", server.port);
  int number = serve(&server, 1);
  return number < 0 ? 1 : go_exit_code(number);
}

static void answer_node_hello(struct peer *peer, const struct http_request *request) {
  stream_printf(standard_stream(1), "Received request for URL: %s\n", request->target);
  answer_http(peer, 200, "text/plain", "Hello Kubernetes!");
}

int node_hello(int argc, char **argv) {
  if (argc < 2 || strcmp(argv[1], "server.js") != 0) {
    stream_printf(standard_stream(2), "node: podstep's stand-in for node-hello runs its server.js and no other program\n");
    return 1;
  }
  struct server server = {8080, .received = http_received, .answer = answer_node_hello};
  int number = serve(&server, 1);
  return number < 0 ? 1 : 128 + number;
}
