/* HTTP/1, as much as a greeting needs: requests without bodies, answers of one piece. */
#include "servers.h"
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define HEAD_LIMIT 16384

/* Where the head ends, one past its empty line; 0 when it has not come yet. */
static size_t head_length(const struct buffer *input) {
  for (size_t i = 3; i < input->length; i++) {
    if (memcmp(input->data + i - 3, "\r\n\r\n", 4) == 0) return i + 1;
  }
  return 0;
}

static bool has_header(const char *head, const char *name, const char *value) {
  for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
    line += 2;
    size_t length = strlen(name);
    if (strncasecmp(line, name, length) != 0 || line[length] != ':') continue;
    const char *text = line + length + 1;
    while (*text == ' ') text++;
    if (strncasecmp(text, value, strlen(value)) == 0) return true;
  }
  return false;
}

int take_http_request(struct peer *peer, struct http_request *request) {
  size_t length = head_length(&peer->input);
  if (length == 0) return peer->input.length > HEAD_LIMIT || peer->at_end ? -1 : 0;
  char *head = must_malloc(length + 1);
  memcpy(head, peer->input.data, length);
  head[length] = '\0';
  buffer_drop(&peer->input, length);
  char version[16];
  int found = sscanf(head, "%15s %1023s %15s", request->method, request->path, version);
  bool is_http = found == 3 && strncmp(version, "HTTP/1.", 7) == 0;
  request->keep_alive = is_http && strcmp(version, "HTTP/1.1") == 0 && !has_header(head, "Connection", "close");
  free(head);
  return is_http ? 1 : -1;
}

static const char *reason(int code) {
  return code == 200 ? "OK" : code == 502 ? "Bad Gateway" : "Bad Request";
}

void answer_http(struct peer *peer, const struct http_request *request, int code, const char *type, const char *body) {
  char head[512];
  bool keeps = request != NULL && request->keep_alive;
  int length = snprintf(head, sizeof head,
                        "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: %s\r\n\r\n", code,
                        reason(code), type, strlen(body), keeps ? "keep-alive" : "close");
  buffer_add(&peer->output, head, (size_t)length);
  if (request == NULL || strcmp(request->method, "HEAD") != 0) buffer_add_string(&peer->output, body);
  if (!keeps) peer->closing = true;
}
