/* One GET over HTTP/1.1, in the loop: the connection, the question and the answer block nobody else. */
#include "message.h"
#include <stdio.h>
#include <stdlib.h>

struct asking {
  char *host;
  int port;
  char *path;
  /** While it is being opened; -1 before and after. */
  handle socket;
  /** Once it is open; 0 before. */
  uint32_t peer;
  uint8_t address[4];
  void (*done)(const struct http_result *result, void *context);
  void *context;
  /** The time limit, and the connection that is being opened. */
  handle timer;
  handle waiting;
};

/* Ends it, whatever it was doing. */
static void finish(struct asking *asking, const struct http_result *result) {
  unwatch(asking->timer);
  if (asking->waiting != 0) unwatch(asking->waiting);
  if (asking->socket >= 0) wasi_tcp_drop(asking->socket);
  struct peer *peer = asking->peer != 0 ? peer_numbered(asking->peer) : NULL;
  if (peer != NULL) {
    peer->context = NULL;
    peer->broken = true;
  }
  asking->done(result, asking->context);
  free(asking->host);
  free(asking->path);
  free(asking);
}

static void fail(struct asking *asking, const char *format, const char *why) {
  struct http_result result = {.code = 0, .body = ""};
  snprintf(result.error, sizeof result.error, format, asking->host, asking->port, why);
  finish(asking, &result);
}

/* The answer, if it is whole. */
static void received(struct peer *peer) {
  struct asking *asking = peer->context;
  if (asking == NULL) return;
  size_t length = head_length(&peer->input);
  if (length == 0) {
    if (peer->input.length > HEAD_LIMIT) fail(asking, "Get \"http://%s:%d\": %s", "net/http: HTTP/1.x transport connection broken");
    else if (peer->at_end) fail(asking, "Get \"http://%s:%d\": %s", "EOF");
    return;
  }
  char *head = must_malloc(length + 1);
  memcpy(head, peer->input.data, length);
  head[length] = '\0';
  int code = strncmp(head, "HTTP/1.", 7) == 0 && strlen(head) > 12 ? atoi(head + 9) : 0;
  struct buffer body = {0};
  int64_t told = content_length(head);
  size_t come = peer->input.length - length, end;
  bool is_whole = peer->at_end;
  if (is_chunked(head)) is_whole = take_chunks(&peer->input, length, &body, &end) != CHUNKS_MORE || peer->at_end;
  else {
    if (told >= 0 && come >= (size_t)told) come = (size_t)told, is_whole = true;
    if (come > BODY_LIMIT) come = BODY_LIMIT, is_whole = true;
    buffer_add(&body, peer->input.data + length, come);
  }
  free(head);
  if (code < 100) fail(asking, "Get \"http://%s:%d\": %s", "net/http: HTTP/1.x transport connection broken: malformed HTTP response");
  else if (is_whole) finish(asking, &(struct http_result){.code = code, .body = body.length > 0 ? body.data : "", .body_length = body.length});
  buffer_free(&body);
}

static void lost(struct peer *peer) {
  struct asking *asking = peer->context;
  if (asking == NULL) return;
  peer->context = NULL;
  asking->peer = 0;
  fail(asking, "Get \"http://%s:%d\": %s", "read: connection reset by peer");
}

static const struct server client = {.received = received, .lost = lost};

static void ask(struct asking *asking, const struct connection *connection) {
  struct peer *peer = add_peer(connection);
  peer->server = &client;
  peer->context = asking;
  asking->peer = peer->number;
  buffer_add_string(&peer->output, "GET ");
  buffer_add_string(&peer->output, asking->path);
  char head[400];
  int length = snprintf(head, sizeof head, " HTTP/1.1\r\nHost: %.255s:%d\r\nUser-Agent: Go-http-client/1.1\r\nConnection: close\r\n\r\n", asking->host, asking->port);
  buffer_add(&peer->output, head, (size_t)length);
}

static const char *words_of(int failure) {
  switch (-1 - failure) {
  case NET_CONNECTION_REFUSED: return "connect: connection refused";
  case NET_TIMEOUT: return "i/o timeout";
  case NET_REMOTE_UNREACHABLE: return "connect: no route to host";
  case NET_NAME_UNRESOLVABLE:
  case NET_PERMANENT_RESOLVER_FAILURE: return "no such host";
  default: return network_error(failure);
  }
}

static void connecting(void *context) {
  struct asking *asking = context;
  struct connection connection;
  int failure = network_connected(asking->socket, &connection);
  if (failure == -1 - NET_WOULD_BLOCK) {
    asking->waiting = watch(wasi_tcp_subscribe(asking->socket), connecting, asking);
    return;
  }
  asking->waiting = 0;
  asking->socket = -1;
  if (failure < 0) {
    fail(asking, "dial tcp %s:%d: %s", words_of(failure));
    return;
  }
  memcpy(connection.peer, asking->address, 4);
  ask(asking, &connection);
}

static void expired(void *context) {
  struct asking *asking = context;
  if (asking->peer == 0) fail(asking, "dial tcp %s:%d: %s", "i/o timeout");
  else fail(asking, "Get \"http://%s:%d\": %s", "context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
}

/* Fails in a turn of its own, so that `done` never comes before `http_get` has returned. */
static void unreachable(void *context) {
  struct asking *asking = context;
  int failure = asking->socket;
  asking->socket = -1;
  asking->waiting = 0;
  bool is_name = failure == -1 - NET_NAME_UNRESOLVABLE || failure == -1 - NET_PERMANENT_RESOLVER_FAILURE || failure == -1 - NET_TEMPORARY_RESOLVER_FAILURE;
  fail(asking, is_name ? "dial tcp: lookup %s:%d: %s" : "dial tcp %s:%d: %s", words_of(failure));
}

void http_get(const char *host, int port, const char *path, int64_t timeout,
              void (*done)(const struct http_result *result, void *context), void *context) {
  struct asking *asking = must_malloc(sizeof *asking);
  *asking = (struct asking){.host = must_strdup(host), .port = port, .path = must_strdup(path), .done = done, .context = context};
  asking->timer = after(timeout, expired, asking);
  uint8_t addresses[1][4];
  int failure = network_resolve(host, addresses, 1);
  if (failure > 0) {
    memcpy(asking->address, addresses[0], 4);
    failure = network_connect_begin(addresses[0], port);
  }
  asking->socket = failure;
  asking->waiting = failure < 0 ? after(0, unreachable, asking) : watch(wasi_tcp_subscribe(asking->socket), connecting, asking);
}
