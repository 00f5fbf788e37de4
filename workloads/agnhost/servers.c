/* The small servers: liveness, serve-hostname, porter, pause, and the gRPC health service. */
#include "agnhost.h"
#include "grpc.h"
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

/* ---- liveness ---- */

static int64_t started;

static double age_seconds(void) { return (double)(wasi_monotonic_now() - started) / 1e9; }

static void say_age(struct peer *peer) { answer_text(peer, 200, "%.9gs", age_seconds()); }

static void answer_liveness(struct peer *peer, const struct http_request *request) {
  if (strcmp(request->path, "/started") == 0) return say_age(peer);
  if (strcmp(request->path, "/healthz") == 0) {
    double age = age_seconds();
    if (age > 10) answer_text(peer, 500, "error: %.9g", age);
    else answer_text(peer, 200, "ok");
    return;
  }
  if (strcmp(request->path, "/redirect") != 0) return answer_not_found(peer);
  char *location = query_value(request->query, "loc");
  percent_decode(location, true);
  struct buffer headers = {0};
  buffer_add_string(&headers, "Location: ");
  buffer_add(&headers, location, strcspn(location, "\r\n"));
  buffer_add_string(&headers, "\r\n");
  answer_bytes(peer, 302, "text/html; charset=utf-8", headers.data, "", 0);
  buffer_free(&headers);
  free(location);
}

int liveness(int argc, char **argv) {
  must_take_flags(argc, argv, NULL, 0, 0);
  started = wasi_monotonic_now();
  struct server server = {8080, .received = http_received, .answer = answer_liveness};
  return serve_on(&server) ? serve_like_go() : 1;
}

/* ---- pause ---- */

static void end_pause(int number) {
  if (number == signal_number("INT")) end_serving(1);
  if (number == signal_number("TERM")) end_serving(2);
}

int pause_command(int argc, char **argv) {
  must_take_flags(argc, argv, NULL, 0, 0);
  stream_printf(standard_stream(1), "Paused\n");
  on_signal = end_pause;
  return serve_until_end();
}

/* ---- serve-hostname ---- */

static bool closes;

static void accepted_tcp(struct peer *peer) {
  log_go("TCP request from %s", peer_text(peer->connection.peer, peer->connection.peer_port));
  buffer_add_string(&peer->output, host_name());
  peer->closing = true;
}

static void received_nothing(struct peer *peer) { (void)peer; }

static void received_udp(const struct datagrams *datagrams, const struct datagram *datagram) {
  log_go("UDP request from %s", peer_text(datagram->peer, datagram->port));
  datagrams_send(datagrams, datagram->peer, datagram->port, host_name(), strlen(host_name()));
}

static void answer_hostname(struct peer *peer, const struct http_request *request) {
  (void)request;
  log_go("HTTP request from %s", peer_text(peer->connection.peer, peer->connection.peer_port));
  if (closes) peer->keeps_alive = false;
  answer_text(peer, 200, "%s", host_name());
}

static void end_now(void *context) {
  (void)context;
  end_serving(0);
}

static void end_hostname(int number) {
  static bool is_told;
  if (number != signal_number("TERM")) end_serving(go_exit_code(number));
  else if (!is_told) {
    is_told = true;
    log_go("Shutting down after receiving signal: terminated.");
    log_go("Awaiting pod deletion.");
    after(60 * NANOSECONDS, end_now, NULL);
  }
}

int serve_hostname(int argc, char **argv) {
  bool tcp = false, udp = false, http = true;
  int64_t port = 9376;
  TAKE_FLAGS({"tcp", 0, FLAG_BOOL, &tcp}, {"udp", 0, FLAG_BOOL, &udp}, {"http", 0, FLAG_BOOL, &http}, {"close", 0, FLAG_BOOL, &closes},
             {"port", 0, FLAG_NUMBER, &port});
  if (http && (tcp || udp)) fatal("Can't server TCP/UDP mode and HTTP mode at the same time");
  struct server raw = {(int)port, .accepted = accepted_tcp, .received = received_nothing};
  struct server web = {(int)port, .received = http_received, .answer = answer_hostname};
  int failure = udp ? serve_datagrams((int)port, received_udp, NULL) : 0;
  if (failure < 0) fatal("Error from ListenUDP(): listen udp :%d: %s", (int)port, network_error(failure));
  if ((tcp && !serve_on(&raw)) || (http && !serve_on(&web))) return 1;
  log_go("Serving on port %d.", (int)port);
  on_signal = end_hostname;
  return serve_until_end();
}

/* ---- porter ---- */

#define PORT_LIMIT 16
static struct served {
  struct server server;
  const char *value;
} served[PORT_LIMIT];
static size_t served_count;
static bool answers_json;

static void answer_port(struct peer *peer, const struct http_request *request) {
  const char *value = ((const struct served *)peer->server)->value;
  if (!answers_json) return answer_text(peer, 200, "%s", value);
  struct buffer json = {0};
  buffer_add_string(&json, "{\"Method\":");
  add_json_string(&json, request->method, strlen(request->method));
  buffer_add_string(&json, ",\"Body\":");
  add_json_string(&json, value, strlen(value));
  buffer_add_char(&json, '}');
  answer_http(peer, 200, "application/json", json.data);
  buffer_free(&json);
}

static void answer_datagram(const struct datagrams *datagrams, const struct datagram *datagram) {
  const char *value = datagrams->context;
  datagrams_send(datagrams, datagram->peer, datagram->port, value, strlen(value));
}

/* The port of `SERVE_PORT_80=...`, and its text; false when the variable is another one. */
static bool is_port(const char *variable, const char *prefix, int64_t *port, const char **value) {
  size_t length = strlen(prefix);
  const char *equals = strchr(variable, '=');
  if (strncmp(variable, prefix, length) != 0 || equals == NULL) return false;
  char *number = must_strdup(variable + length);
  number[equals - variable - (ptrdiff_t)length] = '\0';
  *value = equals + 1;
  bool is_good = number_of(number, 1, 65535, port);
  if (!is_good) log_go("server on port \"%s\" failed: listen tcp: lookup tcp/%s: unknown port", number, number);
  free(number);
  return is_good;
}

int porter(int argc, char **argv) {
  TAKE_FLAGS({"json-response", 0, FLAG_BOOL, &answers_json});
  for (char **variable = environ; *variable != NULL; variable++) {
    int64_t port;
    const char *value;
    if (strncmp(*variable, "SERVE_TLS_PORT_", 15) == 0 || strncmp(*variable, "SERVE_SCTP_PORT_", 16) == 0) {
      fatal("podstep's stand-in serves no TLS and no SCTP: %.*s", (int)strcspn(*variable, "="), *variable);
    }
    if (served_count >= PORT_LIMIT) fatal("podstep's stand-in serves at most %d ports", PORT_LIMIT);
    if (is_port(*variable, "SERVE_UDP_PORT_", &port, &value)) {
      log_go("Started UDP server on port %d", (int)port);
      int failure = serve_datagrams((int)port, answer_datagram, (void *)value);
      if (failure < 0) fatal("UDP: failed to listen on port %d: %s", (int)port, network_error(failure));
    } else if (is_port(*variable, "SERVE_PORT_", &port, &value) || is_port(*variable, "SERVE_TCP_PORT_", &port, &value)) {
      struct served *one = &served[served_count++];
      *one = (struct served){{(int)port, .received = http_received, .answer = answer_port}, value};
      serve_on(&one->server);
    }
  }
  return serve_like_go();
}

/* ---- grpc-health-checking ---- */

static int64_t delay_unhealthy = -1;
static const char *service = "";
enum { NOT_TOLD, TOLD_WELL, TOLD_UNWELL };
static int told;

static int status(void) {
  log_go("Serving the Check request for health check");
  bool is_late = delay_unhealthy >= 0 && wasi_monotonic_now() - started >= delay_unhealthy * NANOSECONDS;
  return told == TOLD_UNWELL || is_late ? NOT_SERVING : SERVING;
}

static bool knows(const char *name) { return strcmp(name, service) == 0; }

static void answer_switch(struct peer *peer, const struct http_request *request) {
  bool is_well = strcmp(request->path, "/make-serving") == 0;
  if (!is_well && strcmp(request->path, "/make-not-serving") != 0) return answer_not_found(peer);
  log_go("Mark as %s", is_well ? "healthy" : "unhealthy");
  told = is_well ? TOLD_WELL : TOLD_UNWELL;
  say_age(peer);
}

int grpc_health_checking(int argc, char **argv) {
  int64_t port = 5000, http_port = 8080;
  const char *certificate = "", *key = "";
  TAKE_FLAGS({"port", 0, FLAG_NUMBER, &port}, {"http-port", 0, FLAG_NUMBER, &http_port}, {"service", 0, FLAG_TEXT, &service},
             {"delay-unhealthy-sec", 0, FLAG_NUMBER, &delay_unhealthy}, {"tls-cert-file", 0, FLAG_TEXT, &certificate},
             {"tls-private-key-file", 0, FLAG_TEXT, &key});
  if (*certificate != '\0' || *key != '\0') fatal("podstep's stand-in has no TLS: leave --tls-cert-file out");
  started = wasi_monotonic_now();
  health = (struct health){status, knows};
  log_go("Http server starting to listen on :%d", (int)http_port);
  log_go("gRPC server starting to listen on :%d", (int)port);
  struct server grpc = {(int)port, .received = received_grpc_or_http, .lost = forget_http2, .answer = answer_switch};
  struct server http = {(int)http_port, .received = http_received, .answer = answer_switch};
  return serve_on(&grpc) && serve_on(&http) ? serve_like_go() : 1;
}
