/* goproxy: an HTTP proxy that listens on 8080; it fetches what is in the pod network's reach. */
#include "servers.h"
#include <stdio.h>
#include <stdlib.h>

static void nothing(struct peer *peer) { (void)peer; }

/* `host:port` of an absolute URL or of a CONNECT; false when it is neither. */
static bool target_of(const struct http_request *request, char host[256], int *port, const char **path) {
  const char *text = request->path;
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

static void forward(struct peer *peer, const struct http_request *request) {
  char host[256];
  int port;
  const char *path;
  if (!target_of(request, host, &port, &path)) {
    answer_http(peer, NULL, 400, "text/plain; charset=utf-8", "This is a proxy server. Does not respond to non-proxy requests.\n");
    return;
  }
  uint8_t addresses[1][4];
  struct connection connection;
  int failure = network_resolve(host, addresses, 1);
  if (failure > 0) failure = network_connect(addresses[0], port, 10 * NANOSECONDS, &connection);
  if (failure < 0) {
    char body[512];
    snprintf(body, sizeof body, "dial tcp %s:%d: %s\n", host, port, network_error(failure));
    answer_http(peer, NULL, 502, "text/plain; charset=utf-8", body);
    return;
  }
  struct peer *partner = add_peer(&connection);
  partner->partner = peer;
  peer->partner = partner;
  if (strcmp(request->method, "CONNECT") == 0) {
    buffer_add_string(&peer->output, "HTTP/1.0 200 OK\r\n\r\n");
    return;
  }
  char head[1600];
  int length = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", request->method, path, host);
  buffer_add(&partner->output, head, (size_t)length);
}

static void received(struct peer *peer) {
  struct http_request request;
  int taken = take_http_request(peer, &request);
  if (taken > 0) forward(peer, &request);
  else if (taken < 0) peer->closing = true;
}

int goproxy(int argc, char **argv) {
  (void)argc, (void)argv;
  struct server server = {8080, nothing, received};
  int number = serve(&server, 1);
  return number < 0 ? 1 : 128 + number;
}
