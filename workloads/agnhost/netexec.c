/* netexec: what a pod can be asked to say, do and fetch, over HTTP and datagrams. */
#include "netexec.h"
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

static bool hears_datagrams;
static const char *http_override = "";
static int64_t http_port = 8080, udp_port = 8081, delay_shutdown;

char *form_value(const struct http_request *request, const char *name) {
  char *type = header_value(request->head, "Content-Type");
  bool is_form = type != NULL && strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0;
  free(type);
  char *value = is_form ? query_value(request->body, name) : must_strdup("");
  if (*value != '\0') return value;
  free(value);
  return query_value(request->query, name);
}

static void root(struct peer *peer, const struct http_request *request) {
  (void)request;
  struct timespec now;
  struct tm utc;
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &utc);
  log_go("GET /");
  answer_text(peer, 200, "NOW: %04d-%02d-%02d %02d:%02d:%02d.%09ld +0000 UTC", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
              utc.tm_min, utc.tm_sec, now.tv_nsec);
}

static void client_ip(struct peer *peer, const struct http_request *request) {
  (void)request;
  log_go("GET /clientip");
  answer_text(peer, 200, "%s", peer_text(peer->connection.peer, peer->connection.peer_port));
}

static void server_port(struct peer *peer, const struct http_request *request) {
  (void)request;
  log_go("GET /serverport");
  answer_text(peer, 200, "%d", peer->server->port);
}

static void header(struct peer *peer, const struct http_request *request) {
  char *key = form_value(request, "key");
  log_go("GET /header?key=%s", key);
  char *value = header_value(request->head, key);
  answer_text(peer, 200, "%s", value != NULL ? value : "");
  free(value);
  free(key);
}

static void say_host_name(struct peer *peer, const struct http_request *request) {
  log_go("GET %s", request->path);
  answer_text(peer, 200, "%s", host_name());
}

static void healthz(struct peer *peer, const struct http_request *request) {
  (void)request;
  log_go("GET /healthz");
  answer_http(peer, hears_datagrams ? 200 : 412, "", "");
}

static void echo(struct peer *peer, const struct http_request *request) {
  char *message = form_value(request, "msg"), *code = form_value(request, "code");
  int64_t number = 200;
  log_go("GET /echo?msg=%s&code=%s", message, code);
  if (*code != '\0' && !number_of(code, 100, 999, &number)) {
    answer_text(peer, 200, "argument 'code' must be an integer or empty, got \"%s\"\n", code);
  } else answer_text(peer, (int)number, "%s", message);
  free(message);
  free(code);
}

static void redirect(struct peer *peer, const struct http_request *request) {
  char *location = form_value(request, "location"), *code = form_value(request, "code");
  int64_t number = 302;
  log_go("%s /redirect?msg=%s&code=%s", request->method, location, code);
  if (*code != '\0' && !number_of(code, 100, 999, &number)) {
    answer_text(peer, 200, "argument 'code' must be an integer or empty, got \"%s\"\n", code);
  } else answer_redirect(peer, request, (int)number, location);
  free(location);
  free(code);
}

void answer_redirect(struct peer *peer, const struct http_request *request, int code, const char *location) {
  struct buffer headers = {0}, body = {0};
  buffer_add_string(&headers, "Location: ");
  /* A line's end in it would be a header of the asker's own. */
  for (const char *at = location; *at != '\0'; at++) buffer_add_char(&headers, *at == '\r' || *at == '\n' ? ' ' : *at);
  buffer_add_string(&headers, "\r\n");
  if (strcmp(request->method, "GET") == 0) {
    buffer_add_string(&body, "<a href=\"");
    buffer_add_string(&body, location);
    buffer_add_string(&body, code == 301 ? "\">Moved Permanently</a>.\n\n" : code == 307 ? "\">Temporary Redirect</a>.\n\n" : "\">Found</a>.\n\n");
  }
  answer_bytes(peer, code, "text/html; charset=utf-8", headers.data, body.length > 0 ? body.data : "", body.length);
  buffer_free(&headers);
  buffer_free(&body);
}

static void shut_down(struct peer *peer, const struct http_request *request) {
  (void)peer, (void)request;
  log_go("GET /shutdown");
  program_exit(0);
}

static const struct {
  const char *path;
  void (*answer)(struct peer *peer, const struct http_request *request);
} routes[] = {
    {"/clientip", client_ip}, {"/dial", dial},         {"/echo", echo},           {"/exit", exit_when_asked}, {"/header", header},
    {"/healthz", healthz},    {"/hostname", say_host_name}, {"/hostName", say_host_name}, {"/redirect", redirect}, {"/serverport", server_port},
    {"/shell", run_shell},    {"/shutdown", shut_down}, {"/upload", refuse_upload},
};

static void answer(struct peer *peer, const struct http_request *asked) {
  struct http_request request = *asked;
  char *path = NULL;
  if (*http_override != '\0') {
    path = must_strdup(http_override);
    char *question = strchr(path, '?');
    if (question != NULL) *question = '\0';
    request = (struct http_request){.method = "GET", .target = http_override, .path = path, .query = question != NULL ? question + 1 : "", .head = asked->head, .body = ""};
  }
  size_t i = 0;
  while (i < sizeof routes / sizeof *routes && strcmp(routes[i].path, request.path) != 0) i++;
  if (i < sizeof routes / sizeof *routes) routes[i].answer(peer, &request);
  else root(peer, &request);
  free(path);
}

/* ---- datagrams ---- */

static void received(const struct datagrams *datagrams, const struct datagram *datagram) {
  char *text = datagram->data;
  const char *from = peer_text(datagram->peer, datagram->port);
  text += strspn(text, " \t\r\n");
  size_t length = strlen(text);
  while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL) text[--length] = '\0';
  for (char *at = text; *at != '\0'; at++) *at = *at >= 'A' && *at <= 'Z' ? (char)(*at | 32) : *at;
  const char *reply = NULL;
  if (strcmp(text, "hostname") == 0) {
    log_go("Sending udp hostName response");
    reply = host_name();
  } else if (strncmp(text, "echo ", 5) == 0) {
    reply = text + 5;
    log_go("Echoing %s to UDP client %s", reply, from);
  } else if (strcmp(text, "clientip") == 0) {
    log_go("Sending clientip back to UDP client %s", from);
    reply = from;
  } else if (length > 0) log_go("Unknown UDP command received from %s: %s", from, text);
  if (reply != NULL) datagrams_send(datagrams, datagram->peer, datagram->port, reply, strlen(reply));
}

/* ---- its end ---- */

static void end_well(void *context) {
  (void)context;
  end_serving(0);
}

static void on_delayed_term(int number) {
  static bool is_told;
  if (is_told) return;
  if (number != signal_number("TERM")) program_exit(go_exit_code(number));
  is_told = true;
  log_go("Sleeping %d seconds before terminating...", (int)delay_shutdown);
  after(delay_shutdown * NANOSECONDS, end_well, NULL);
}

int netexec(int argc, char **argv) {
  const char *certificate = "", *key = "", *addresses = "";
  int64_t sctp_port = -1;
  TAKE_FLAGS({"http-port", 0, FLAG_NUMBER, &http_port}, {"udp-port", 0, FLAG_NUMBER, &udp_port}, {"sctp-port", 0, FLAG_NUMBER, &sctp_port},
             {"http-override", 0, FLAG_TEXT, &http_override}, {"delay-shutdown", 0, FLAG_NUMBER, &delay_shutdown},
             {"tls-cert-file", 0, FLAG_TEXT, &certificate}, {"tls-private-key-file", 0, FLAG_TEXT, &key},
             {"udp-listen-addresses", 0, FLAG_TEXT, &addresses});
  if (*certificate != '\0' || *key != '\0') fatal("podstep's stand-in has no TLS: leave --tls-cert-file out and use http");
  if (sctp_port != -1) fatal("podstep's stand-in has no SCTP: leave --sctp-port out");
  if (udp_port != -1) {
    int failure = serve_datagrams((int)udp_port, received, NULL);
    if (failure < 0) fatal("Error occurred: failed to create listener for UDP address :%d:%s", (int)udp_port, network_error(failure));
    log_go("Started UDP server on port  %d", (int)udp_port);
    hears_datagrams = true;
  }
  struct server server = {(int)http_port, .received = http_received, .answer = answer};
  log_go("Started HTTP server on port %d", (int)http_port);
  if (!serve_on(&server)) return 1;
  if (delay_shutdown > 0) {
    on_signal = on_delayed_term;
    return serve_until_end();
  }
  return serve_like_go();
}
