/* The server's half of HTTP/1.1: requests one after the other, with bodies, and answers of one piece. */
#include "message.h"
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

/* A request while it is taken apart: what the input held of it, copied. */
struct taken {
  char *head;
  struct buffer body;
  /** Of the input. */
  size_t length;
};

static const char *reason(int code) {
  switch (code) {
  case 200: return "OK";
  case 201: return "Created";
  case 204: return "No Content";
  case 301: return "Moved Permanently";
  case 302: return "Found";
  case 303: return "See Other";
  case 304: return "Not Modified";
  case 307: return "Temporary Redirect";
  case 308: return "Permanent Redirect";
  case 400: return "Bad Request";
  case 401: return "Unauthorized";
  case 403: return "Forbidden";
  case 404: return "Not Found";
  case 405: return "Method Not Allowed";
  case 408: return "Request Timeout";
  case 412: return "Precondition Failed";
  case 413: return "Request Entity Too Large";
  case 417: return "Expectation Failed";
  case 418: return "I'm a teapot";
  case 429: return "Too Many Requests";
  case 431: return "Request Header Fields Too Large";
  case 500: return "Internal Server Error";
  case 501: return "Not Implemented";
  case 502: return "Bad Gateway";
  case 503: return "Service Unavailable";
  case 504: return "Gateway Timeout";
  case 505: return "HTTP Version Not Supported";
  default: return "status code";
  }
}

static bool has_body(int code) { return code >= 200 && code != 204 && code != 304; }

void answer_bytes(struct peer *peer, int code, const char *type, const char *headers, const void *body, size_t length) {
  char head[512], date[32];
  http_date(time(NULL), date);
  buffer_add(&peer->output, head, (size_t)snprintf(head, sizeof head, "HTTP/1.1 %d %s\r\nDate: %s\r\n", code, reason(code), date));
  if (headers != NULL) buffer_add_string(&peer->output, headers);
  if (has_body(code)) {
    buffer_add(&peer->output, head, (size_t)snprintf(head, sizeof head, "Content-Length: %zu\r\n", length));
    if (length > 0) buffer_add(&peer->output, head, (size_t)snprintf(head, sizeof head, "Content-Type: %s\r\n", type));
  }
  buffer_add_string(&peer->output, peer->keeps_alive ? "\r\n" : "Connection: close\r\n\r\n");
  if (!peer->answers_head && has_body(code)) buffer_add(&peer->output, body, length);
  if (!peer->keeps_alive) peer->closing = true;
  peer->owes_answer = false;
  if (!peer->is_taking) http_received(peer);
}

void answer_http(struct peer *peer, int code, const char *type, const char *body) {
  answer_bytes(peer, code, type, NULL, body, strlen(body));
}

void answer_text(struct peer *peer, int code, const char *format, ...) {
  va_list values;
  va_start(values, format);
  char *text;
  int length = vasprintf(&text, format, values);
  va_end(values);
  if (length < 0) return;
  answer_http(peer, code, "text/plain; charset=utf-8", text);
  free(text);
}

void answer_not_found(struct peer *peer) {
  answer_bytes(peer, 404, "text/plain; charset=utf-8", "X-Content-Type-Options: nosniff\r\n", "404 page not found\n", 19);
}

/* What cannot be read as a request ends the connection, with the words of Go's server. */
static void refuse(struct peer *peer, int code, const char *why) {
  char text[128];
  int length = snprintf(text, sizeof text, "%d %s%s%s", code, reason(code), *why == '\0' ? "" : ": ", why);
  peer->keeps_alive = false;
  peer->answers_head = false;
  answer_bytes(peer, code, "text/plain; charset=utf-8", NULL, text, (size_t)length);
}

static bool is_token(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (text[i] <= ' ' || text[i] == 127 || strchr("()<>@,;:\\\"/[]?={}", text[i]) != NULL) return false;
  }
  return length > 0;
}

/* Every line behind the first is `Name: value`. */
static bool has_good_lines(const char *head) {
  const char *line = strchr(head, '\n') + 1;
  for (; *line != '\r' && *line != '\n' && *line != '\0'; line = strchr(line, '\n') + 1) {
    size_t name = strcspn(line, ":\r\n");
    if (line[name] != ':' || !is_token(line, name)) return false;
  }
  return true;
}

/* The request's body: 1 whole, 0 more must come, -1 refused. */
static int take_body(struct peer *peer, struct taken *taken) {
  if (is_chunked(taken->head)) {
    size_t end = 0;
    switch (take_chunks(&peer->input, taken->length, &taken->body, &end)) {
    case CHUNKS_MORE: return 0;
    case CHUNKS_BAD: return refuse(peer, 400, ""), -1;
    case CHUNKS_TOO_LARGE: return refuse(peer, 413, ""), -1;
    case CHUNKS_WHOLE: break;
    }
    taken->length = end;
    return 1;
  }
  int64_t length = content_length(taken->head);
  if (length == -2) return refuse(peer, 400, ""), -1;
  if (length > BODY_LIMIT) return refuse(peer, 413, ""), -1;
  if (length > 0) {
    if (peer->input.length < taken->length + (size_t)length) return 0;
    buffer_add(&taken->body, peer->input.data + taken->length, (size_t)length);
    taken->length += (size_t)length;
  }
  return 1;
}

/* The first line in three parts, cut in place; false when it is none. */
static bool cut_first_line(char *line, const char *parts[3]) {
  size_t length = strcspn(line, "\r\n");
  line[length] = '\0';
  char *space = strchr(line, ' ');
  char *last = strrchr(line, ' ');
  if (space == NULL || space == last || !is_token(line, (size_t)(space - line))) return false;
  *space = *last = '\0';
  parts[0] = line;
  parts[1] = space + 1;
  parts[2] = last + 1;
  return strchr(parts[1], ' ') == NULL && *parts[1] != '\0';
}

static bool is_version(const char *text) {
  return strncmp(text, "HTTP/", 5) == 0 && strlen(text) == 8 && text[5] >= '0' && text[5] <= '9' && text[6] == '.';
}

static void call_answer(struct peer *peer, const char *parts[3], const struct taken *taken) {
  const char *target = parts[1];
  /* A proxy's form names the host first. */
  const char *path = strncasecmp(target, "http://", 7) == 0 ? strchr(target + 7, '/') : target;
  if (path == NULL) path = "/";
  char *cut = must_strdup(path);
  char *question = strchr(cut, '?');
  if (question != NULL) *question = '\0';
  struct http_request request = {
      .method = parts[0], .target = target, .path = cut, .query = question != NULL ? question + 1 : "",
      .head = taken->head, .body = taken->body.length > 0 ? taken->body.data : "", .body_length = taken->body.length,
  };
  peer->owes_answer = true;
  peer->server->answer(peer, &request);
  free(cut);
}

/* Takes one request: false when there is none, or none that can be read. */
static bool take_request(struct peer *peer) {
  /* An empty line before a request is forgiven. */
  while (peer->input.length > 1 && peer->input.data[0] == '\r' && peer->input.data[1] == '\n') buffer_drop(&peer->input, 2);
  struct taken taken = {.length = head_length(&peer->input)};
  if (taken.length == 0 || taken.length > HEAD_LIMIT) {
    if (taken.length > 0 || peer->input.length > HEAD_LIMIT) refuse(peer, 431, "");
    else if (peer->at_end && peer->input.length > 0) refuse(peer, 400, "");
    return false;
  }
  taken.head = must_malloc(taken.length + 1);
  memcpy(taken.head, peer->input.data, taken.length);
  taken.head[taken.length] = '\0';
  char *line = must_strdup(taken.head);
  const char *parts[3];
  bool took = false;
  if (strlen(taken.head) != taken.length || !cut_first_line(line, parts) || !is_version(parts[2])) refuse(peer, 400, "");
  else if (parts[2][5] != '1') refuse(peer, 505, "unsupported protocol version");
  else if (!has_good_lines(taken.head)) refuse(peer, 400, "");
  else {
    bool is_new = strcmp(parts[2], "HTTP/1.0") != 0;
    char *host = header_value(taken.head, "Host");
    peer->answers_head = strcmp(parts[0], "HEAD") == 0;
    peer->keeps_alive = is_new ? !header_has(taken.head, "Connection", "close") : header_has(taken.head, "Connection", "keep-alive");
    if (is_new && host == NULL) refuse(peer, 400, "missing required Host header");
    else {
      size_t before = taken.length;
      int whole = take_body(peer, &taken);
      bool waits = header_has(taken.head, "Expect", "100-continue") && peer->input.length == before;
      if (whole == 0 && waits && !peer->was_told_to_continue) {
        buffer_add_string(&peer->output, "HTTP/1.1 100 Continue\r\n\r\n");
        peer->was_told_to_continue = true;
      }
      if (whole == 0 && peer->at_end) peer->closing = true;
      if (whole > 0) {
        peer->was_told_to_continue = false;
        buffer_drop(&peer->input, taken.length);
        call_answer(peer, parts, &taken);
        took = true;
      }
    }
    free(host);
  }
  free(line);
  free(taken.head);
  buffer_free(&taken.body);
  return took;
}

void http_received(struct peer *peer) {
  peer->is_taking = true;
  while (!peer->closing && !peer->broken && !peer->owes_answer && take_request(peer)) continue;
  peer->is_taking = false;
  if (peer->at_end && !peer->owes_answer) peer->closing = true;
}
