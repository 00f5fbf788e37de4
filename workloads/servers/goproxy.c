/* goproxy: an HTTP proxy that listens on 8080; it fetches what is in the pod network's reach. */
#include "servers.h"
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* `host:port` of an absolute URL or of a CONNECT; false when it is neither. */
static bool target_of(const struct http_request *request, char host[256], int *port, const char **path) {
  const char *text = request->target;
  bool connects = strcmp(request->method, "CONNECT") == 0;
  if (!connects && strncmp(text, "http://", 7) != 0) return false;
  if (!connects) text += 7;
  size_t length = strcspn(text, ":/");
  if (length == 0 || length > 255) return false;
  memcpy(host, text, length);
  host[length] = '\0';
  *port = text[length] == ':' ? atoi(text + length + 1) : 80;
  *path = strchr(text, '/');
  if (*path == NULL) *path = "/";
  return *port > 0 && *port < 65536;
}

static bool is_for_the_proxy(const char *line) {
  return strncasecmp(line, "Connection:", 11) == 0 || strncasecmp(line, "Proxy-", 6) == 0 || strncasecmp(line, "Expect:", 7) == 0 ||
         strncasecmp(line, "Content-Length:", 15) == 0 || strncasecmp(line, "Transfer-Encoding:", 18) == 0;
}

/* The request as the other side is to see it, in one piece. */
static void pass_on(struct buffer *output, const struct http_request *request, const char *path) {
  char line[64];
  buffer_add_string(output, request->method);
  buffer_add_char(output, ' ');
  buffer_add_string(output, path);
  buffer_add_string(output, " HTTP/1.1\r\n");
  for (const char *at = strchr(request->head, '\n') + 1; *at != '\r' && *at != '\n' && *at != '\0'; at = strchr(at, '\n') + 1) {
    if (!is_for_the_proxy(at)) buffer_add(output, at, strcspn(at, "\n") + 1);
  }
  if (request->body_length > 0) buffer_add(output, line, (size_t)snprintf(line, sizeof line, "Content-Length: %zu\r\n", request->body_length));
  buffer_add_string(output, "Connection: close\r\n\r\n");
  buffer_add(output, request->body, request->body_length);
}

/* The answer stays owed: from here on the two peers speak with each other. */
static void forward(struct peer *peer, const struct http_request *request) {
  char host[256];
  int port;
  const char *path;
  if (!target_of(request, host, &port, &path)) {
    answer_text(peer, 400, "This is a proxy server. Does not respond to non-proxy requests.\n");
    return;
  }
  uint8_t addresses[1][4];
  struct connection connection;
  int failure = network_resolve(host, addresses, 1);
  if (failure > 0) failure = network_connect(addresses[0], port, 10 * NANOSECONDS, &connection);
  if (failure < 0) {
    answer_text(peer, 502, "dial tcp %s:%d: %s\n", host, port, network_error(failure));
    return;
  }
  struct peer *partner = add_peer(&connection);
  partner->partner = peer;
  peer->partner = partner;
  if (strcmp(request->method, "CONNECT") == 0) {
    buffer_add_string(&peer->output, "HTTP/1.0 200 OK\r\n\r\n");
    buffer_add(&partner->output, peer->input.data, peer->input.length);
    if (peer->input.length > 0) buffer_drop(&peer->input, peer->input.length);
  } else pass_on(&partner->output, request, path);
}

int goproxy(int argc, char **argv) {
  (void)argc, (void)argv;
  int number = serve(&(struct server){8080, .received = http_received, .answer = forward}, 1);
  return number < 0 ? 1 : go_exit_code(number);
}
