/* From bytes to a request. */
#include "nginx.h"
#include <stdio.h>
#include <stdlib.h>

#define HEAD_LIMIT 32768

static int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* Decodes %XX, and resolves `.`, `..` and double slashes. Null when it leads outside or is no path. */
static char *clean_path(const char *target) {
  if (*target != '/') return NULL;
  char *path = must_malloc(strlen(target) + 2);
  size_t length = 0;
  for (; *target != '\0' && *target != '?' && *target != '#'; target++) {
    char c = *target;
    if (c == '%') {
      if (hex(target[1]) < 0 || hex(target[2]) < 0) return free(path), NULL;
      c = (char)(hex(target[1]) << 4 | hex(target[2]));
      target += 2;
      if (c == '\0') return free(path), NULL;
    }
    path[length++] = c;
  }
  path[length] = '\0';
  char *to = path;
  for (char *from = path; *from != '\0';) {
    size_t part = strcspn(from + 1, "/");
    if (part == 0 && from[1] == '/') {
      from++;
    } else if (part == 1 && from[1] == '.') {
      from += 2;
      if (*from == '\0') *to++ = '/';
    } else if (part == 2 && from[1] == '.' && from[2] == '.') {
      if (to == path) return free(path), NULL;
      do to--;
      while (*to != '/');
      from += 3;
      if (*from == '\0') *to++ = '/';
    } else {
      memmove(to, from, part + 1);
      to += part + 1;
      from += part + 1;
    }
  }
  if (to == path) *to++ = '/';
  *to = '\0';
  return path;
}

static void free_request(struct request *request) {
  free(request->target);
  free(request->path);
  free(request->line);
}

/* One header line, already ended by NUL; values point into it. */
static bool read_header(struct request *request, struct client *client, char *line) {
  char *colon = strchr(line, ':');
  if (colon == NULL || colon == line) return false;
  *colon = '\0';
  char *value = colon + 1 + strspn(colon + 1, " \t");
  size_t length = strlen(value);
  while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t')) value[--length] = '\0';
  if (strcasecmp(line, "host") == 0) request->host = value;
  else if (strcasecmp(line, "user-agent") == 0) request->agent = value;
  else if (strcasecmp(line, "referer") == 0) request->referer = value;
  else if (strcasecmp(line, "x-forwarded-for") == 0) request->forwarded = value;
  else if (strcasecmp(line, "if-modified-since") == 0) request->modified_since = value;
  else if (strcasecmp(line, "content-length") == 0) {
    char *end;
    client->body_left = strtoll(value, &end, 10);
    if (*value < '0' || *value > '9' || *end != '\0') return false;
  } else if (strcasecmp(line, "transfer-encoding") == 0) {
    request->keep_alive = false; /* a body of unknown length is not read: the connection ends */
    client->close_after = true;
  } else if (strcasecmp(line, "connection") == 0) {
    if (strcasecmp(value, "close") == 0) request->keep_alive = false;
    if (strcasecmp(value, "keep-alive") == 0 && !client->close_after) request->keep_alive = true;
  }
  return true;
}

/* 0, or the status to answer with. */
static int parse(struct client *client, struct request *request, char *head) {
  char *next = strchr(head, '\n');
  size_t length = (size_t)(next - head);
  if (length > 0 && head[length - 1] == '\r') length--;
  request->line = must_malloc(length + 1);
  memcpy(request->line, head, length);
  request->line[length] = '\0';
  int minor;
  char *target = must_malloc(length + 1);
  request->target = target;
  *target = '\0';
  char version[16];
  if (sscanf(request->line, "%15[A-Z] %s %15s", request->method, target, version) != 3) return 400;
  if (sscanf(version, "HTTP/1.%d", &minor) != 1) return strncmp(version, "HTTP/", 5) == 0 ? 505 : 400;
  request->http10 = minor == 0;
  request->keep_alive = !request->http10;
  request->head = strcmp(request->method, "HEAD") == 0;
  for (char *line = next + 1; *line != '\0' && *line != '\r' && *line != '\n';) {
    char *end = strchr(line, '\n');
    if (end == NULL) return 400;
    *end = '\0';
    if (end > line && end[-1] == '\r') end[-1] = '\0';
    if (!read_header(request, client, line)) return 400;
    line = end + 1;
  }
  if (request->host == NULL && !request->http10) return 400;
  const char *path = target;
  if (strncmp(path, "http://", 7) == 0) path = strchr(path + 7, '/') ? strchr(path + 7, '/') : "/";
  request->path = clean_path(path);
  return request->path == NULL ? 400 : 0;
}

/* The length of the head with its empty line, 0 when it is not whole yet. */
static size_t head_length(const struct buffer *input) {
  for (size_t i = 0; i < input->length; i++) {
    if (input->data[i] != '\n') continue;
    if (i + 1 < input->length && input->data[i + 1] == '\n') return i + 2;
    if (i + 2 < input->length && input->data[i + 1] == '\r' && input->data[i + 2] == '\n') return i + 3;
  }
  return 0;
}

bool take_request(struct client *client) {
  size_t skip = client->input.length < (size_t)client->body_left ? client->input.length : (size_t)client->body_left;
  if (skip > 0) {
    buffer_drop(&client->input, skip);
    client->body_left -= (int64_t)skip;
  }
  if (client->body_left > 0) return false;
  while (client->input.length > 0 && (client->input.data[0] == '\r' || client->input.data[0] == '\n')) {
    buffer_drop(&client->input, 1);
  }
  size_t length = head_length(&client->input);
  struct request request = {0};
  if (length == 0) {
    if (client->input.length < HEAD_LIMIT) return false;
    client->close_after = true;
    request.line = must_strdup("");
    respond_error(client, &request, NULL, 400);
    free_request(&request);
    return true;
  }
  char *head = must_malloc(length + 1);
  memcpy(head, client->input.data, length);
  head[length] = '\0';
  buffer_drop(&client->input, length);
  int problem = parse(client, &request, head);
  if (problem != 0) {
    client->close_after = true;
    request.keep_alive = false;
    respond_error(client, &request, NULL, problem);
  } else {
    if (!request.keep_alive) client->close_after = true;
    respond(client, &request);
  }
  free_request(&request);
  free(head);
  return true;
}
