/* What every program of ours stands on: memory, streams, waiting, sockets, signals, processes. */
#pragma once
#include "wasi.h"
#include <stdarg.h>
#include <sys/types.h>

/* memory.c */
void list_free(struct list *list);
void *must_malloc(size_t size);
void *must_realloc(void *old, size_t size);
char *must_strdup(const char *text);
struct buffer {
  char *data;
  size_t length;
  size_t capacity;
};
void buffer_add(struct buffer *buffer, const void *data, size_t length);
void buffer_add_char(struct buffer *buffer, char c);
void buffer_add_string(struct buffer *buffer, const char *text);
void buffer_drop(struct buffer *buffer, size_t count);
void buffer_free(struct buffer *buffer);

/* stream.c: one kind of stream for standard streams, pipes, sockets, files and memory. */
struct stream {
  enum { STREAM_INPUT, STREAM_OUTPUT, STREAM_FILE, STREAM_MEMORY, STREAM_DEVICE } kind;
  int references;
  /** Of STREAM_INPUT and STREAM_OUTPUT. */
  handle handle;
  /** Of STREAM_FILE: libc's descriptor. */
  int descriptor;
  /** Of STREAM_FILE opened for writing by name: its absolute path; null otherwise. */
  char *path;
  enum device { DEVICE_NULL, DEVICE_ZERO, DEVICE_FULL, DEVICE_RANDOM } device;
  /** Of STREAM_MEMORY: what was written and not yet read. Of STREAM_INPUT: what was put back. */
  struct buffer memory;
  /** Written but not yet sent. */
  struct buffer pending;
  /** Which of the process's own standard streams this is; -1 for none. */
  int standard;
  bool broken;
};
/** The process's own standard stream 0, 1 or 2. */
struct stream *standard_stream(int number);
struct stream *stream_of_input(handle handle);
struct stream *stream_of_output(handle handle);
struct stream *stream_of_file(int descriptor);
struct stream *stream_of_memory(void);
struct stream *stream_of_device(enum device device);
struct stream *stream_keep(struct stream *stream);
/** Puts bytes of an input back: they are read next. */
void stream_unread(struct stream *stream, const void *data, size_t length);
/** True when it is the process's own standard stream and that one is a terminal. */
bool stream_is_terminal(const struct stream *stream);
/** Gives up one reference; the last one sends what is pending and closes. */
void stream_drop(struct stream *stream);
/** Waits for data. 0 at the end, -1 with errno. */
ssize_t stream_read(struct stream *stream, void *data, size_t length);
/** Takes everything or fails: -1 with errno (EPIPE when nobody reads any more). May keep it pending. */
int stream_write(struct stream *stream, const void *data, size_t length);
int stream_flush(struct stream *stream);
int stream_printf(struct stream *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
int stream_vprintf(struct stream *stream, const char *format, va_list values);
/** Ends the program after sending what is pending. */
_Noreturn void program_exit(int code);

/* wait.c */
#define NANOSECONDS 1000000000LL
/** Waits until one of them is ready, and says which (the first); at most 64. */
size_t wait_any(const handle *pollables, size_t count);
/** As wait_any, with a flag for each. */
void wait_flags(const handle *pollables, size_t count, bool *ready);
void sleep_nanoseconds(int64_t nanoseconds);
/** `10`, `1.5`, `2m`, `infinity`: nanoseconds; -1 when it is no duration. `suffixes` allows s, m, h, d. */
int64_t parse_duration(const char *text, bool suffixes);

/* process.c */
/** Starts a program. Null streams are the caller's own; given ones are consumed. -1 and errno when it fails. */
handle spawn(const char *program, char *const *arguments, char *const *environment, const char *directory,
             const handle *in, const handle *out, const handle *err);
/** Waits for its end and frees it; 128 + number for one that a signal ended. */
int child_wait(handle child);
/** -1 while it runs. */
int child_exit_code(handle child);
int signal_process(int pid, int number);
/** Number of `TERM`, `SIGTERM` or `15`; -1 for none. */
int signal_number(const char *name);
/** `TERM`; null when there is none of that number. */
const char *signal_name(int number);
struct process {
  int pid;
  int parent;
  int argument_count;
  char **arguments;
};
/** All processes of the container; freed with process_list_free. */
struct process *list_processes(size_t *count);
void process_list_free(struct process *processes, size_t count);

/* network.c: IPv4 over TCP. Failures are negative: -1 - wasi error code. */
struct connection {
  handle socket;
  handle in;
  handle out;
  uint8_t peer[4];
  uint16_t peer_port;
};
/** Listens on address:port; returns the socket. */
int network_listen(const uint8_t address[4], int port);
/** Takes a waiting connection; -1 - NET_WOULD_BLOCK when there is none. */
int network_accept(handle socket, struct connection *connection);
/** Connects, waiting at most `timeout` nanoseconds (0: no limit). */
int network_connect(const uint8_t address[4], int port, int64_t timeout, struct connection *connection);
/** Begins to connect; returns the socket, which is to be waited for. */
int network_connect_begin(const uint8_t address[4], int port);
/** 0 once it is connected (its peer is for the caller to note); -1 - NET_WOULD_BLOCK while not; any other failure frees the socket. */
int network_connected(handle socket, struct connection *connection);
void connection_close(struct connection *connection);
/** Resolves a name or dotted address to at most `limit` addresses; returns how many. */
int network_resolve(const char *name, uint8_t addresses[][4], int limit);
/** Words for a failure, as strerror has them. */
const char *network_error(int failure);
