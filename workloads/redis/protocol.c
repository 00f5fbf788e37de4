/* Redis' protocol: commands as arrays of bulk strings or as plain lines, and the replies. */
#include "redis.h"
#include <stdio.h>
#include <stdlib.h>

#define WORD_LIMIT 1024
#define BULK_LIMIT (16 << 20)

void words_free(struct words *words) {
  for (size_t i = 0; i < words->count; i++) free(words->items[i]);
  free(words->items);
  free(words->lengths);
  *words = (struct words){0};
}

static void add_word(struct words *words, const char *data, size_t length) {
  words->items = must_realloc(words->items, (words->count + 1) * sizeof *words->items);
  words->lengths = must_realloc(words->lengths, (words->count + 1) * sizeof *words->lengths);
  char *copy = must_malloc(length + 1);
  memcpy(copy, data, length);
  copy[length] = '\0';
  words->items[words->count] = copy;
  words->lengths[words->count++] = length;
}

/* The end of the line that begins at `from`, one past its newline; 0 when it has not come. */
static size_t line_end(const struct buffer *input, size_t from) {
  const char *found = from < input->length ? memchr(input->data + from, '\n', input->length - from) : NULL;
  return found == NULL ? 0 : (size_t)(found - input->data) + 1;
}

/* A number after `mark` at `*at`, which moves past its line: 1, 0 or -1 as take_words. */
static int take_number(const struct buffer *input, size_t *at, char mark, long *number) {
  size_t end = line_end(input, *at);
  if (end == 0) return input->length - *at > 64 ? -1 : 0;
  if (input->data[*at] != mark) return -1;
  *number = strtol(input->data + *at + 1, NULL, 10);
  *at = end;
  return 1;
}

static int take_array(struct buffer *input, struct words *words) {
  size_t at = 0;
  long count;
  int taken = take_number(input, &at, '*', &count);
  if (taken <= 0) return taken;
  if (count < 0 || count > WORD_LIMIT) return -1;
  for (long i = 0; i < count; i++) {
    long length;
    taken = take_number(input, &at, '$', &length);
    if (taken > 0 && (length < 0 || length > BULK_LIMIT)) taken = -1;
    if (taken > 0 && input->length < at + (size_t)length + 2) taken = 0;
    if (taken <= 0) {
      words_free(words);
      return taken;
    }
    add_word(words, input->data + at, (size_t)length);
    at += (size_t)length + 2;
  }
  buffer_drop(input, at);
  return 1;
}

/* A word of a line, with quotes: one past it, or 0 when a quote has no end. */
static size_t take_plain_word(const char *line, size_t at, size_t end, struct buffer *word) {
  while (at < end && strchr(" \t\r\n", line[at]) == NULL) {
    char quote = line[at];
    if (quote != '"' && quote != '\'') {
      buffer_add_char(word, line[at++]);
      continue;
    }
    for (at++; at < end && line[at] != quote; at++) {
      bool escapes = line[at] == '\\' && at + 1 < end && (quote == '"' || line[at + 1] == '\'');
      if (escapes) at++;
      buffer_add_char(word, escapes && quote == '"' && line[at] == 'n' ? '\n' : line[at]);
    }
    if (at++ >= end) return 0;
  }
  return at;
}

static int take_line(struct buffer *input, struct words *words) {
  size_t end = line_end(input, 0);
  if (end == 0) return input->length > 65536 ? -1 : 0;
  for (size_t at = 0; at < end;) {
    at += strspn(input->data + at, " \t\r\n");
    if (at >= end) break;
    struct buffer word = {0};
    buffer_add(&word, "", 0);
    at = take_plain_word(input->data, at, end, &word);
    if (at != 0) add_word(words, word.data, word.length);
    buffer_free(&word);
    if (at != 0) continue;
    words_free(words);
    return -1;
  }
  buffer_drop(input, end);
  return 1;
}

int take_words(struct buffer *input, struct words *words) {
  *words = (struct words){0};
  if (input->length == 0) return 0;
  return input->data[0] == '*' ? take_array(input, words) : take_line(input, words);
}

void reply(struct peer *peer, const char *format, ...) {
  va_list values;
  va_start(values, format);
  char *made;
  int length = vasprintf(&made, format, values);
  va_end(values);
  if (length < 0) return;
  buffer_add(&peer->output, made, (size_t)length);
  buffer_add_string(&peer->output, "\r\n");
  free(made);
}

void reply_bulk(struct peer *peer, const char *data, size_t length) {
  reply(peer, "$%zu", length);
  buffer_add(&peer->output, data, length);
  buffer_add_string(&peer->output, "\r\n");
}
