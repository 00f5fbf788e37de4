/* netexec's /dial: asks another server, once or more often, and tells what it heard. */
#include "netexec.h"
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define PATIENCE (5 * NANOSECONDS)

struct dialing {
  uint32_t peer;
  char *host;
  int port;
  char *request;
  int64_t tries;
  bool is_udp;
  bool last_answered;
  struct buffer responses;
  struct buffer errors;
  struct datagrams datagrams;
  handle timer;
  handle reply;
};

static void try_once(struct dialing *dialing);

static void add_item(struct buffer *list, const char *data, size_t length) {
  if (list->length > 0) buffer_add_char(list, ',');
  add_json_string(list, data, length);
}

static void tell(struct dialing *dialing) {
  struct buffer json = {0};
  buffer_add_char(&json, '{');
  if (dialing->errors.length > 0) {
    buffer_add_string(&json, "\"errors\":[");
    buffer_add_string(&json, dialing->errors.data);
    buffer_add_char(&json, ']');
  }
  if (dialing->last_answered) {
    buffer_add_string(&json, json.length > 1 ? ",\"responses\":[" : "\"responses\":[");
    buffer_add_string(&json, dialing->responses.data);
    buffer_add_char(&json, ']');
  }
  buffer_add_char(&json, '}');
  struct peer *peer = peer_numbered(dialing->peer);
  if (peer != NULL) answer_bytes(peer, 200, "text/plain; charset=utf-8", NULL, json.data, json.length);
  buffer_free(&json);
  buffer_free(&dialing->responses);
  buffer_free(&dialing->errors);
  free(dialing->host);
  free(dialing->request);
  free(dialing);
}

static void tried(struct dialing *dialing, const char *body, size_t length, const char *error) {
  dialing->last_answered = error == NULL && length > 0;
  if (error == NULL) add_item(&dialing->responses, body, length);
  else add_item(&dialing->errors, error, strlen(error));
  if (--dialing->tries > 0) try_once(dialing);
  else tell(dialing);
}

static void fetched(const struct http_result *result, void *context) {
  tried(context, result->body, result->body_length, result->code == 0 ? result->error : NULL);
}

static void replied(void *context) {
  struct dialing *dialing = context;
  struct datagram datagram;
  if (!datagrams_take(&dialing->datagrams, &datagram)) {
    dialing->reply = watch(wasi_incoming_datagrams_subscribe(dialing->datagrams.in), replied, dialing);
    return;
  }
  unwatch(dialing->timer);
  datagrams_close(&dialing->datagrams);
  tried(dialing, datagram.data, datagram.length, NULL);
  free(datagram.data);
}

static void unheard(void *context) {
  struct dialing *dialing = context;
  unwatch(dialing->reply);
  datagrams_close(&dialing->datagrams);
  tried(dialing, NULL, 0, "reading from udp connection failed. err:'i/o timeout'");
}

static void send_datagram(struct dialing *dialing) {
  uint8_t address[1][4];
  int failure = network_resolve(dialing->host, address, 1);
  if (failure > 0) failure = datagrams_open(0, &dialing->datagrams);
  if (failure == 0) failure = datagrams_send(&dialing->datagrams, address[0], dialing->port, dialing->request, strlen(dialing->request));
  if (failure < 0) {
    tried(dialing, NULL, 0, network_error(failure));
    return;
  }
  dialing->timer = after(PATIENCE, unheard, dialing);
  dialing->reply = watch(wasi_incoming_datagrams_subscribe(dialing->datagrams.in), replied, dialing);
}

static void try_once(struct dialing *dialing) {
  if (dialing->is_udp) {
    send_datagram(dialing);
    return;
  }
  char *path = must_malloc(strlen(dialing->request) + 2);
  sprintf(path, "/%s", dialing->request);
  http_get(dialing->host, dialing->port, path, PATIENCE, fetched, dialing);
  free(path);
}

/* What is wrong with the question; null for nothing. */
static const char *mistake(const char *host, const char *request, const char *protocol, bool has_tries, bool has_port) {
  static char text[160];
  bool is_known = *protocol == '\0' || strcasecmp(protocol, "http") == 0 || strcasecmp(protocol, "udp") == 0;
  if (!has_tries) return "tries parameter is invalid. strconv.Atoi: parsing: invalid syntax";
  if (*request == '\0') return "request parameter not specified. <nil>";
  if (strcasecmp(protocol, "sctp") == 0) return "unsupported protocol. sctp: podstep's stand-in has none";
  if (!is_known) return snprintf(text, sizeof text, "unsupported protocol. %.100s", protocol), text;
  uint8_t address[1][4];
  int failure = *host == '\0' ? network_resolve("127.0.0.1", address, 1) : network_resolve(host, address, 1);
  if (!has_port || failure < 0) {
    return snprintf(text, sizeof text, "host and/or port param are invalid. lookup %.60s: %s", host, has_port ? "no such host" : "unknown port"), text;
  }
  return NULL;
}

void dial(struct peer *peer, const struct http_request *asked) {
  char *host = query_value(asked->query, "host"), *port = query_value(asked->query, "port");
  char *request = query_value(asked->query, "request"), *protocol = query_value(asked->query, "protocol");
  char *tries = query_value(asked->query, "tries");
  log_go("GET /dial?host=%s&protocol=%s&port=%s&request=%s&tries=%s", host, protocol, port, request, tries);
  int64_t count = 1, number = 0;
  bool has_tries = *tries == '\0' || number_of(tries, 0, 1000, &count);
  bool has_port = number_of(port, 1, 65535, &number);
  const char *wrong = mistake(host, request, protocol, has_tries, has_port);
  if (wrong != NULL) {
    answer_text(peer, 400, "%s\n", wrong);
    free(host);
    free(request);
  } else {
    struct dialing *dialing = must_malloc(sizeof *dialing);
    if (*host == '\0') free(host), host = must_strdup("127.0.0.1");
    *dialing = (struct dialing){.peer = peer->number, .host = host, .port = (int)number, .request = request, .tries = count, .is_udp = strcasecmp(protocol, "udp") == 0};
    if (count == 0) tell(dialing);
    else try_once(dialing);
  }
  free(port);
  free(protocol);
  free(tries);
}
