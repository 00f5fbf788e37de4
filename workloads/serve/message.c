/* Heads, lengths and chunks: RFC 9112, for both sides. */
#include "message.h"
#include <stdlib.h>
#include <strings.h>

size_t head_length(const struct buffer *input) {
  for (size_t i = 0; i < input->length; i++) {
    if (input->data[i] != '\n') continue;
    const char *next = input->data + i + 1;
    size_t left = input->length - i - 1;
    if (left >= 1 && next[0] == '\n') return i + 2;
    if (left >= 2 && next[0] == '\r' && next[1] == '\n') return i + 3;
  }
  return 0;
}

/* The first line of that name from `line` on, or null; `value` is where its text begins. */
static const char *find_header(const char *line, const char *name, const char **value) {
  size_t length = strlen(name);
  while ((line = strchr(line, '\n')) != NULL) {
    line++;
    if (strncasecmp(line, name, length) != 0 || line[length] != ':') continue;
    *value = line + length + 1 + strspn(line + length + 1, " \t");
    return line;
  }
  return NULL;
}

char *header_value(const char *head, const char *name) {
  const char *value;
  if (find_header(head, name, &value) == NULL) return NULL;
  size_t length = strcspn(value, "\r\n");
  while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t')) length--;
  char *text = must_malloc(length + 1);
  memcpy(text, value, length);
  text[length] = '\0';
  return text;
}

bool header_has(const char *head, const char *name, const char *word) {
  const char *value;
  size_t length = strlen(word);
  for (const char *line = head; (line = find_header(line, name, &value)) != NULL;) {
    while (*value != '\r' && *value != '\n' && *value != '\0') {
      value += strspn(value, " \t,");
      size_t found = strcspn(value, " \t,;\r\n");
      if (found == length && strncasecmp(value, word, length) == 0) return true;
      value += strcspn(value, ",\r\n");
    }
  }
  return false;
}

int64_t content_length(const char *head) {
  const char *value, *again;
  const char *line = find_header(head, "Content-Length", &value);
  if (line == NULL) return -1;
  int64_t length = 0;
  size_t digits = strspn(value, "0123456789");
  if (digits == 0 || digits > 15 || strchr(" \t\r\n", value[digits]) == NULL) return -2;
  for (size_t i = 0; i < digits; i++) length = length * 10 + (value[i] - '0');
  return find_header(line, "Content-Length", &again) != NULL && strncmp(value, again, digits + 1) != 0 ? -2 : length;
}

bool is_chunked(const char *head) { return header_has(head, "Transfer-Encoding", "chunked"); }

/* One past the newline at or behind `from`; 0 when it has not come. */
static size_t line_end(const struct buffer *input, size_t from) {
  const char *found = from < input->length ? memchr(input->data + from, '\n', input->length - from) : NULL;
  return found == NULL ? 0 : (size_t)(found - input->data) + 1;
}

enum chunks take_chunks(const struct buffer *input, size_t from, struct buffer *body, size_t *end) {
  size_t at = from;
  for (;;) {
    size_t next = line_end(input, at);
    if (next == 0) return input->length - at > 1024 ? CHUNKS_BAD : CHUNKS_MORE;
    char *rest;
    unsigned long size = strtoul(input->data + at, &rest, 16);
    if (rest == input->data + at || strchr("0123456789abcdefABCDEF", input->data[at]) == NULL) return CHUNKS_BAD;
    if (strchr(" \t;\r\n", *rest) == NULL) return CHUNKS_BAD;
    if (size > BODY_LIMIT || body->length + size > BODY_LIMIT) return CHUNKS_TOO_LARGE;
    at = next;
    if (size == 0) break;
    if (input->length < at + size + 2) return CHUNKS_MORE;
    if (input->data[at + size] != '\r' || input->data[at + size + 1] != '\n') return CHUNKS_BAD;
    buffer_add(body, input->data + at, size);
    at += size + 2;
  }
  /* Trailers are read and forgotten. */
  for (;;) {
    size_t next = line_end(input, at);
    if (next == 0) return input->length - at > HEAD_LIMIT ? CHUNKS_BAD : CHUNKS_MORE;
    bool is_empty = next - at <= 2 && (input->data[at] == '\r' || input->data[at] == '\n');
    at = next;
    if (is_empty) break;
  }
  *end = at;
  return CHUNKS_WHOLE;
}
