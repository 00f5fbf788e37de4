/* redis-cli: one command from its arguments, or one a line from its input. */
#include "redis.h"
#include <stdio.h>
#include <stdlib.h>

static struct connection connection;
static struct buffer input;

static bool send_all(const struct buffer *buffer) {
  struct stream *out = stream_of_output(connection.out);
  bool sent = stream_write(out, buffer->data, buffer->length) == 0 && stream_flush(out) == 0;
  return sent;
}

/* Waits for more of the answer; false at its end. */
static bool read_more(void) {
  for (;;) {
    handle pollable = wasi_input_subscribe(connection.in);
    wasi_pollable_block(pollable);
    wasi_pollable_drop(pollable);
    struct result_bytes result;
    wasi_input_read(connection.in, 16384, &result);
    if (result.failed) return false;
    bool some = result.bytes.length > 0;
    buffer_add(&input, result.bytes.data, result.bytes.length);
    list_free(&result.bytes);
    if (some) return true;
  }
}

/* A line of the answer without its end; null when the connection is over. Freed by the caller. */
static char *read_line(void) {
  for (;;) {
    char *end = input.length > 0 ? memchr(input.data, '\n', input.length) : NULL;
    if (end != NULL) {
      size_t length = (size_t)(end - input.data);
      char *line = must_malloc(length + 1);
      memcpy(line, input.data, length);
      line[length > 0 && line[length - 1] == '\r' ? length - 1 : length] = '\0';
      buffer_drop(&input, length + 1);
      return line;
    }
    if (!read_more()) return NULL;
  }
}

/* Prints one answer, as redis-cli does where nobody watches: the plain values. */
static bool print_answer(void) {
  char *line = read_line();
  if (line == NULL) return false;
  struct stream *out = standard_stream(1);
  bool good = true;
  long number = strtol(line + 1, NULL, 10);
  if (line[0] == '$' && number >= 0) {
    while (good && input.length < (size_t)number + 2) good = read_more();
    if (good) {
      stream_write(out, input.data, (size_t)number);
      stream_write(out, "\n", 1);
      buffer_drop(&input, (size_t)number + 2);
    }
  } else if (line[0] == '*') {
    for (long i = 0; good && i < number; i++) good = print_answer();
    if (number == 0) stream_printf(out, "\n");
  } else stream_printf(out, "%s\n", line[0] == '$' ? "" : line[0] == '-' || line[0] == '+' || line[0] == ':' ? line + 1 : line);
  free(line);
  return good;
}

static bool send_words(char *const *words, size_t count) {
  struct buffer request = {0};
  char head[32];
  buffer_add(&request, head, (size_t)snprintf(head, sizeof head, "*%zu\r\n", count));
  for (size_t i = 0; i < count; i++) {
    buffer_add(&request, head, (size_t)snprintf(head, sizeof head, "$%zu\r\n", strlen(words[i])));
    buffer_add_string(&request, words[i]);
    buffer_add_string(&request, "\r\n");
  }
  bool sent = send_all(&request);
  buffer_free(&request);
  return sent;
}

static bool ask(char *const *words, size_t count) { return send_words(words, count) && print_answer(); }

/* Tells the password, and what the server says against it. */
static bool authenticate(char *password) {
  char *words[] = {"AUTH", password};
  if (!send_words(words, 2)) return false;
  char *line = read_line();
  if (line == NULL) return false;
  if (line[0] == '-') stream_printf(standard_stream(2), "AUTH failed: %s\n", line + 1);
  free(line);
  return true;
}

static int ask_each_line(void) {
  struct buffer lines = {0};
  char chunk[4096];
  for (ssize_t length; (length = stream_read(standard_stream(0), chunk, sizeof chunk)) > 0;) buffer_add(&lines, chunk, (size_t)length);
  buffer_add_char(&lines, '\n');
  struct words words;
  while (take_words(&lines, &words) > 0) {
    bool good = words.count == 0 || ask(words.items, words.count);
    words_free(&words);
    if (!good) return 1;
  }
  return 0;
}

int redis_cli(int argc, char **argv) {
  const char *host = "127.0.0.1";
  int port = 6379;
  char *password = getenv("REDISCLI_AUTH");
  int at = 1;
  for (; at < argc && argv[at][0] == '-'; at += 2) {
    /* Nobody watches: the plain values are what it prints anyway. */
    if (strcmp(argv[at], "--raw") == 0 || strcmp(argv[at], "--no-auth-warning") == 0) {
      at--;
      continue;
    }
    if (at + 1 >= argc) {
      stream_printf(standard_stream(2), "Unrecognized option or bad number of args for: '%s'\n", argv[at]);
      return 1;
    }
    if (strcmp(argv[at], "-a") == 0 || strcmp(argv[at], "--pass") == 0) {
      password = argv[at + 1];
      continue;
    }
    if (strcmp(argv[at], "-h") == 0) host = argv[at + 1];
    else if (strcmp(argv[at], "-p") == 0) port = atoi(argv[at + 1]);
    else {
      stream_printf(standard_stream(2), "Unrecognized option or bad number of args for: '%s'\n", argv[at]);
      return 1;
    }
  }
  uint8_t addresses[1][4];
  int failure = network_resolve(host, addresses, 1);
  if (failure > 0) failure = network_connect(addresses[0], port, 10 * NANOSECONDS, &connection);
  if (failure < 0) {
    stream_printf(standard_stream(2), "Could not connect to Redis at %s:%d: %s\n", host, port, network_error(failure));
    return 1;
  }
  if (password != NULL && !authenticate(password)) return 1;
  if (at >= argc) return ask_each_line();
  return ask(argv + at, (size_t)(argc - at)) ? 0 : 1;
}
