/* Streams: where every byte a program reads or writes goes through. */
#include "program.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The interface's own bound for blocking-write-and-flush. */
#define WRITE_LIMIT 4096
#define PENDING_LIMIT 4096

static struct stream *standard[3];

static struct stream *make(int kind) {
  struct stream *stream = must_malloc(sizeof *stream);
  *stream = (struct stream){.kind = kind, .references = 1, .descriptor = -1, .standard = -1};
  return stream;
}

struct stream *stream_of_input(handle input) {
  struct stream *stream = make(STREAM_INPUT);
  stream->handle = input;
  return stream;
}

struct stream *stream_of_output(handle output) {
  struct stream *stream = make(STREAM_OUTPUT);
  stream->handle = output;
  return stream;
}

struct stream *stream_of_file(int descriptor) {
  struct stream *stream = make(STREAM_FILE);
  stream->descriptor = descriptor;
  return stream;
}

struct stream *stream_of_memory(void) { return make(STREAM_MEMORY); }

struct stream *stream_of_device(enum device device) {
  struct stream *stream = make(STREAM_DEVICE);
  stream->device = device;
  return stream;
}

struct stream *standard_stream(int number) {
  if (standard[number] == NULL) {
    standard[number] = number == 0   ? stream_of_input(wasi_get_stdin())
                       : number == 1 ? stream_of_output(wasi_get_stdout())
                                     : stream_of_output(wasi_get_stderr());
    standard[number]->standard = number;
  }
  return standard[number];
}

struct stream *stream_keep(struct stream *stream) {
  if (stream != NULL) stream->references++;
  return stream;
}

void stream_drop(struct stream *stream) {
  if (stream == NULL || --stream->references > 0) return;
  stream_flush(stream);
  switch (stream->kind) {
  case STREAM_INPUT: wasi_input_drop(stream->handle); break;
  case STREAM_OUTPUT: wasi_output_drop(stream->handle); break;
  case STREAM_FILE: close(stream->descriptor); break;
  case STREAM_MEMORY: break;
  case STREAM_DEVICE: break;
  }
  free(stream->path);
  if (stream->standard >= 0) standard[stream->standard] = NULL;
  buffer_free(&stream->memory);
  buffer_free(&stream->pending);
  free(stream);
}

static int stream_error(uint8_t code, handle error) {
  if (code == STREAM_CLOSED) {
    errno = EPIPE;
  } else {
    wasi_error_drop(error);
    errno = EIO;
  }
  return -1;
}

static ssize_t input_read(handle input, void *data, size_t length) {
  for (;;) {
    struct result_bytes result;
    wasi_input_blocking_read(input, (int64_t)length, &result);
    if (result.failed) {
      if (result.code == STREAM_CLOSED) return 0;
      return stream_error(result.code, result.error);
    }
    size_t count = result.bytes.length < length ? result.bytes.length : length;
    memcpy(data, result.bytes.data, count);
    list_free(&result.bytes);
    if (count > 0) return (ssize_t)count;
  }
}

void stream_unread(struct stream *stream, const void *data, size_t length) {
  struct buffer rest = stream->memory;
  stream->memory = (struct buffer){0};
  buffer_add(&stream->memory, data, length);
  buffer_add(&stream->memory, rest.data, rest.length);
  buffer_free(&rest);
}

bool stream_is_terminal(const struct stream *stream) {
  struct option_handle terminal = {0};
  if (stream == NULL || stream->standard < 0) return false;
  if (stream->standard == 0) wasi_terminal_stdin(&terminal);
  else if (stream->standard == 1) wasi_terminal_stdout(&terminal);
  else wasi_terminal_stderr(&terminal);
  if (terminal.some && stream->standard == 0) wasi_terminal_input_drop(terminal.handle);
  else if (terminal.some) wasi_terminal_output_drop(terminal.handle);
  return terminal.some;
}

static ssize_t read_memory(struct stream *stream, void *data, size_t length) {
  size_t count = stream->memory.length < length ? stream->memory.length : length;
  if (count == 0) return 0;
  memcpy(data, stream->memory.data, count);
  buffer_drop(&stream->memory, count);
  return (ssize_t)count;
}

ssize_t stream_read(struct stream *stream, void *data, size_t length) {
  switch (stream->kind) {
  case STREAM_INPUT:
    if (stream->memory.length > 0) return read_memory(stream, data, length);
    return input_read(stream->handle, data, length);
  case STREAM_FILE: return stream_flush(stream) < 0 ? -1 : read(stream->descriptor, data, length);
  case STREAM_MEMORY: return read_memory(stream, data, length);
  case STREAM_DEVICE:
    if (stream->device == DEVICE_NULL) return 0;
    if (length > 4096) length = 4096;
    if (stream->device == DEVICE_RANDOM) {
      if (getentropy(data, length < 256 ? length : 256) < 0) return -1;
      return (ssize_t)(length < 256 ? length : 256);
    }
    memset(data, 0, length);
    return (ssize_t)length;
  case STREAM_OUTPUT: break;
  }
  errno = EBADF;
  return -1;
}

static int send(struct stream *stream, const char *data, size_t length) {
  while (length > 0) {
    size_t count = length < WRITE_LIMIT ? length : WRITE_LIMIT;
    if (stream->kind == STREAM_FILE) {
      ssize_t written = write(stream->descriptor, data, length);
      if (written < 0) return -1;
      count = (size_t)written;
    } else {
      struct result_stream result;
      wasi_output_blocking_write_and_flush(stream->handle, data, count, &result);
      if (result.failed) return stream_error(result.code, result.error);
    }
    data += count;
    length -= count;
  }
  return 0;
}

int stream_flush(struct stream *stream) {
  if (stream->pending.length == 0) return 0;
  int status = stream->broken ? -1 : send(stream, stream->pending.data, stream->pending.length);
  stream->pending.length = 0;
  if (status < 0) stream->broken = true;
  return status;
}

int stream_write(struct stream *stream, const void *data, size_t length) {
  if (stream->kind == STREAM_MEMORY) {
    buffer_add(&stream->memory, data, length);
    return 0;
  }
  if (stream->kind == STREAM_DEVICE) {
    if (stream->device != DEVICE_FULL) return 0;
    errno = ENOSPC;
    return -1;
  }
  if (stream->kind == STREAM_INPUT) {
    errno = EBADF;
    return -1;
  }
  if (stream->broken) {
    errno = EPIPE;
    return -1;
  }
  buffer_add(&stream->pending, data, length);
  bool at_once = stream->standard == 2 || stream->pending.length >= PENDING_LIMIT;
  return at_once ? stream_flush(stream) : 0;
}

int stream_vprintf(struct stream *stream, const char *format, va_list values) {
  char *text;
  int length = vasprintf(&text, format, values);
  if (length < 0) return -1;
  int status = stream_write(stream, text, (size_t)length);
  free(text);
  return status;
}

int stream_printf(struct stream *stream, const char *format, ...) {
  va_list values;
  va_start(values, format);
  int status = stream_vprintf(stream, format, values);
  va_end(values);
  return status;
}

_Noreturn void program_exit(int code) {
  for (int number = 1; number <= 2; number++) {
    if (standard[number] != NULL) stream_flush(standard[number]);
  }
  wasi_exit_with_code(code & 255);
}
