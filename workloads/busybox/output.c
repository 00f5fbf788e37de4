/* How applets write, complain, open files and read lines. */
#include "busybox.h"
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct stream *fds[FD_LIMIT];

void out_bytes(const void *data, size_t length) {
  if (fds[1] == NULL || length == 0) return;
  stream_write(fds[1], data, length);
}

void out(const char *text) { out_bytes(text, strlen(text)); }
void out_char(char c) { out_bytes(&c, 1); }

void out_format(const char *format, ...) {
  va_list values;
  va_start(values, format);
  if (fds[1] != NULL) stream_vprintf(fds[1], format, values);
  va_end(values);
}

bool out_failed(void) { return fds[1] == NULL || fds[1]->broken; }

static void report(const char *name, const char *format, va_list values) {
  if (fds[1] != NULL) stream_flush(fds[1]);
  if (fds[2] == NULL) return;
  stream_printf(fds[2], "%s: ", name);
  stream_vprintf(fds[2], format, values);
  stream_write(fds[2], "\n", 1);
}

int complain(const char *name, const char *format, ...) {
  va_list values;
  va_start(values, format);
  report(name, format, values);
  va_end(values);
  return 1;
}

int bad_usage(const char *name, const char *format, ...) {
  va_list values;
  va_start(values, format);
  report(name, format, values);
  va_end(values);
  return 2;
}

int complain_errno(const char *name, const char *path) { return complain(name, "%s: %s", path, strerror(errno)); }

bool is_device(const char *path) {
  static const char *const DEVICES[] = {"/dev/null",   "/dev/zero",   "/dev/full",  "/dev/random",
                                        "/dev/urandom", "/dev/stdin", "/dev/stdout", "/dev/stderr"};
  for (size_t i = 0; i < sizeof DEVICES / sizeof *DEVICES; i++) {
    if (strcmp(path, DEVICES[i]) == 0) return true;
  }
  return strncmp(path, "/dev/fd/", 8) == 0 && path[8] >= '0' && path[8] <= '9' && path[9] == '\0';
}

static struct stream *open_device(const char *path) {
  int fd = -1;
  if (strcmp(path, "/dev/stdin") == 0) fd = 0;
  if (strcmp(path, "/dev/stdout") == 0) fd = 1;
  if (strcmp(path, "/dev/stderr") == 0) fd = 2;
  if (strncmp(path, "/dev/fd/", 8) == 0) fd = path[8] - '0';
  if (fd >= 0) {
    if (fds[fd] == NULL) errno = EBADF;
    return stream_keep(fds[fd]);
  }
  return stream_of_device(strcmp(path, "/dev/null") == 0   ? DEVICE_NULL
                          : strcmp(path, "/dev/zero") == 0 ? DEVICE_ZERO
                          : strcmp(path, "/dev/full") == 0 ? DEVICE_FULL
                                                           : DEVICE_RANDOM);
}

struct stream *open_input(const char *path) {
  if (strcmp(path, "-") == 0) path = "/dev/stdin";
  if (is_device(path)) return open_device(path);
  int descriptor = open(path, O_RDONLY);
  return descriptor < 0 ? NULL : stream_of_file(descriptor);
}

struct stream *open_output(const char *path, int flags) {
  if (is_device(path)) return open_device(path);
  int descriptor = open(path, O_WRONLY | flags, 0666);
  if (descriptor < 0) return NULL;
  struct stream *stream = stream_of_file(descriptor);
  char directory[1024];
  if (*path == '/' || getcwd(directory, sizeof directory) == NULL) directory[0] = '\0';
  size_t length = strlen(directory) + strlen(path) + 2;
  stream->path = must_malloc(length);
  snprintf(stream->path, length, "%s%s%s", directory, *directory ? "/" : "", path);
  return stream;
}

struct reader reader_of(struct stream *stream) { return (struct reader){.stream = stream}; }

char *reader_line(struct reader *reader, size_t *length) {
  struct buffer *buffer = &reader->buffer;
  size_t scanned = reader->at;
  for (;;) {
    char *start = buffer->data + reader->at;
    char *newline = scanned < buffer->length ? memchr(buffer->data + scanned, '\n', buffer->length - scanned) : NULL;
    if (newline != NULL || (reader->ended && reader->at < buffer->length)) {
      *length = newline ? (size_t)(newline - start) + 1 : buffer->length - reader->at;
      reader->at += *length;
      return start;
    }
    if (reader->ended) return NULL;
    if (reader->at > 0) {
      buffer_drop(buffer, reader->at);
      reader->at = 0;
    }
    scanned = buffer->length;
    char chunk[4096];
    if (fds[1] != NULL) stream_flush(fds[1]);
    ssize_t count = reader->stream == NULL ? 0 : stream_read(reader->stream, chunk, sizeof chunk);
    if (count <= 0) reader->ended = true;
    else buffer_add(buffer, chunk, (size_t)count);
  }
}

void reader_free(struct reader *reader) {
  stream_drop(reader->stream);
  buffer_free(&reader->buffer);
}

char *read_all(struct stream *stream, size_t *length) {
  struct buffer all = {0};
  char chunk[4096];
  ssize_t count;
  buffer_add(&all, "", 0);
  while (stream != NULL && (count = stream_read(stream, chunk, sizeof chunk)) > 0) {
    buffer_add(&all, chunk, (size_t)count);
  }
  char *text = take_substring(all.data, all.length);
  if (length != NULL) *length = all.length;
  buffer_free(&all);
  return text;
}

struct options options_of(int argc, char **argv, const char *spec) {
  return (struct options){.argc = argc, .argv = argv, .spec = spec, .index = 1, .inside = 0};
}

int next_option(struct options *options) {
  options->value = NULL;
  if (options->inside == 0) {
    if (options->index >= options->argc) return -1;
    char *argument = options->argv[options->index];
    if (argument[0] != '-' || argument[1] == '\0') return -1;
    if (strcmp(argument, "--") == 0) {
      options->index++;
      return -1;
    }
    options->inside = 1;
  }
  char *argument = options->argv[options->index];
  char letter = argument[options->inside++];
  const char *found = letter == '-' || letter == ':' ? NULL : strchr(options->spec, letter);
  if (found == NULL) {
    if (letter == '-') complain(options->argv[0], "unrecognized option '%s'", argument);
    else complain(options->argv[0], "invalid option -- '%c'", letter);
    return '?';
  }
  bool last = argument[options->inside] == '\0';
  if (found[1] == ':') {
    if (!last) {
      options->value = argument + options->inside;
    } else if (options->index + 1 < options->argc) {
      options->value = options->argv[++options->index];
    } else {
      complain(options->argv[0], "option requires an argument -- '%c'", letter);
      return '?';
    }
    last = true;
  }
  if (last) {
    options->index++;
    options->inside = 0;
  }
  return letter;
}

void pause_for(int64_t nanoseconds) {
  for (int fd = 1; fd <= 2; fd++) {
    if (fds[fd] != NULL) stream_flush(fds[fd]);
  }
  sleep_nanoseconds(nanoseconds);
}

bool pattern_matches(const char *pattern, const char *text) { return fnmatch(pattern, text, 0) == 0; }

int64_t parse_size(const char *text) {
  char *end;
  if (*text < '0' || *text > '9') return -1;
  int64_t value = strtoll(text, &end, 10);
  switch (*end) {
  case '\0': return value;
  case 'b': value *= 512; break;
  case 'k': case 'K': value <<= 10; break;
  case 'm': case 'M': value <<= 20; break;
  case 'g': case 'G': value <<= 30; break;
  default: return -1;
  }
  end++;
  if (*end == 'B' || *end == 'i') end++;
  if (*end == 'B') end++;
  return *end == '\0' ? value : -1;
}

char *format_time(const char *format, int64_t seconds, int nanoseconds) {
  time_t when = seconds;
  struct tm utc;
  gmtime_r(&when, &utc);
  /* strftime knows no %N; and what it makes may be empty, which it cannot tell from too long. */
  struct buffer replaced = {0};
  buffer_add(&replaced, "", 0);
  for (; *format != '\0'; format++) {
    if (format[0] == '%' && format[1] == 'N') {
      char digits[16];
      snprintf(digits, sizeof digits, "%09d", nanoseconds);
      buffer_add_string(&replaced, digits);
      format++;
    } else if (format[0] == '%' && format[1] != '\0') {
      buffer_add(&replaced, format++, 2);
    } else {
      buffer_add_char(&replaced, *format);
    }
  }
  buffer_add_char(&replaced, '.');
  char *text = take(replaced.length * 8 + 256);
  size_t length = strftime(text, replaced.length * 8 + 256, replaced.data, &utc);
  if (length > 0) text[length - 1] = '\0';
  buffer_free(&replaced);
  return text;
}
