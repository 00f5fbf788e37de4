/* The WASI 0.2.12 and podstep:process functions our programs call, declared by hand in the canonical ABI.
 * A list or string that comes back was allocated by cabi_realloc: the caller frees it. */
#pragma once
#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

#define WASI_IMPORT(interface, name) \
  __attribute__((import_module(interface), import_name(name))) extern
#define WASI_V "@0.2.12"
#define PROCESS_V "@0.1.0"

typedef int32_t handle;

/** list<T> and string. */
struct list {
  void *data;
  uint32_t length;
};
/** result<T, E> where T is up to three handles and E is an enum or the stream error. */
struct result {
  uint8_t failed;
  uint8_t pad[3];
  union {
    uint8_t code;
    handle handles[3];
    struct list list;
  };
};
/** result<_, enum>: two bytes. */
struct result_code {
  uint8_t failed;
  uint8_t code;
};
/** result<_, stream-error>; `code` 0 carries an error resource, 1 is closed. */
struct result_stream {
  uint8_t failed;
  uint8_t pad[3];
  uint8_t code;
  uint8_t pad2[3];
  handle error;
};
/** result<list<u8>, stream-error>. */
struct result_bytes {
  uint8_t failed;
  uint8_t pad[3];
  union {
    struct list bytes;
    struct {
      uint8_t code;
      uint8_t pad2[3];
      handle error;
    };
  };
};
/** result<u64, stream-error>. */
struct result_u64 {
  uint8_t failed;
  uint8_t pad[7];
  union {
    uint64_t value;
    struct {
      uint8_t code;
      uint8_t pad2[3];
      handle error;
    };
  };
};
enum { STREAM_FAILED = 0, STREAM_CLOSED = 1 };

WASI_IMPORT("wasi:cli/exit" WASI_V, "exit-with-code") _Noreturn void wasi_exit_with_code(int32_t code);
/* option<string>: flag, data, length */
struct option_string {
  uint8_t some;
  uint8_t pad[3];
  struct list string;
};
WASI_IMPORT("wasi:cli/environment" WASI_V, "initial-cwd") void wasi_initial_cwd(struct option_string *out);
WASI_IMPORT("wasi:cli/stdin" WASI_V, "get-stdin") handle wasi_get_stdin(void);
WASI_IMPORT("wasi:cli/stdout" WASI_V, "get-stdout") handle wasi_get_stdout(void);
WASI_IMPORT("wasi:cli/stderr" WASI_V, "get-stderr") handle wasi_get_stderr(void);

#define STREAMS "wasi:io/streams" WASI_V
WASI_IMPORT(STREAMS, "[method]input-stream.read")
void wasi_input_read(handle self, int64_t length, struct result_bytes *out);
WASI_IMPORT(STREAMS, "[method]input-stream.blocking-read")
void wasi_input_blocking_read(handle self, int64_t length, struct result_bytes *out);
WASI_IMPORT(STREAMS, "[method]input-stream.subscribe") handle wasi_input_subscribe(handle self);
WASI_IMPORT(STREAMS, "[resource-drop]input-stream") void wasi_input_drop(handle self);
WASI_IMPORT(STREAMS, "[method]output-stream.check-write")
void wasi_output_check_write(handle self, struct result_u64 *out);
WASI_IMPORT(STREAMS, "[method]output-stream.write")
void wasi_output_write(handle self, const void *data, size_t length, struct result_stream *out);
WASI_IMPORT(STREAMS, "[method]output-stream.flush")
void wasi_output_flush(handle self, struct result_stream *out);
WASI_IMPORT(STREAMS, "[method]output-stream.blocking-flush")
void wasi_output_blocking_flush(handle self, struct result_stream *out);
WASI_IMPORT(STREAMS, "[method]output-stream.blocking-write-and-flush")
void wasi_output_blocking_write_and_flush(handle self, const void *data, size_t length, struct result_stream *out);
WASI_IMPORT(STREAMS, "[method]output-stream.subscribe") handle wasi_output_subscribe(handle self);
WASI_IMPORT(STREAMS, "[resource-drop]output-stream") void wasi_output_drop(handle self);
WASI_IMPORT("wasi:io/error" WASI_V, "[resource-drop]error") void wasi_error_drop(handle self);

#define POLL "wasi:io/poll" WASI_V
WASI_IMPORT(POLL, "poll") void wasi_poll(const handle *in, size_t length, struct list *out);
WASI_IMPORT(POLL, "[method]pollable.block") void wasi_pollable_block(handle self);
WASI_IMPORT(POLL, "[method]pollable.ready") int32_t wasi_pollable_ready(handle self);
WASI_IMPORT(POLL, "[resource-drop]pollable") void wasi_pollable_drop(handle self);

#define MONOTONIC "wasi:clocks/monotonic-clock" WASI_V
WASI_IMPORT(MONOTONIC, "now") int64_t wasi_monotonic_now(void);
WASI_IMPORT(MONOTONIC, "subscribe-instant") handle wasi_monotonic_subscribe_instant(int64_t when);
WASI_IMPORT(MONOTONIC, "subscribe-duration") handle wasi_monotonic_subscribe_duration(int64_t nanoseconds);

/* Sockets. An ip-socket-address flattens to a discriminant and eleven numbers: for IPv4 port and four bytes. */
#define TCP "wasi:sockets/tcp" WASI_V
#define FLAT_ADDRESS                                                                                       \
  int32_t family, int32_t port, int32_t a, int32_t b, int32_t c, int32_t d, int32_t e, int32_t f, int32_t g, \
      int32_t h, int32_t i, int32_t j
WASI_IMPORT("wasi:sockets/instance-network" WASI_V, "instance-network") handle wasi_instance_network(void);
WASI_IMPORT("wasi:sockets/tcp-create-socket" WASI_V, "create-tcp-socket")
void wasi_tcp_create(int32_t family, struct result *out);
WASI_IMPORT(TCP, "[method]tcp-socket.start-bind")
void wasi_tcp_start_bind(handle self, handle network, FLAT_ADDRESS, struct result_code *out);
WASI_IMPORT(TCP, "[method]tcp-socket.finish-bind")
void wasi_tcp_finish_bind(handle self, struct result_code *out);
WASI_IMPORT(TCP, "[method]tcp-socket.start-connect")
void wasi_tcp_start_connect(handle self, handle network, FLAT_ADDRESS, struct result_code *out);
WASI_IMPORT(TCP, "[method]tcp-socket.finish-connect")
void wasi_tcp_finish_connect(handle self, struct result *out);
WASI_IMPORT(TCP, "[method]tcp-socket.start-listen")
void wasi_tcp_start_listen(handle self, struct result_code *out);
WASI_IMPORT(TCP, "[method]tcp-socket.finish-listen")
void wasi_tcp_finish_listen(handle self, struct result_code *out);
WASI_IMPORT(TCP, "[method]tcp-socket.accept") void wasi_tcp_accept(handle self, struct result *out);
/** result<ip-socket-address, error-code>; IPv6 is the larger: 32 bytes after the tag. */
struct result_address {
  uint8_t failed;
  uint8_t pad[3];
  union {
    uint8_t code;
    struct {
      uint8_t family;
      uint8_t pad2[3];
      uint16_t port;
      uint8_t ip[4];
      uint8_t rest[30];
    };
  };
};
WASI_IMPORT(TCP, "[method]tcp-socket.remote-address")
void wasi_tcp_remote_address(handle self, struct result_address *out);
WASI_IMPORT(TCP, "[method]tcp-socket.subscribe") handle wasi_tcp_subscribe(handle self);
WASI_IMPORT(TCP, "[method]tcp-socket.shutdown")
void wasi_tcp_shutdown(handle self, int32_t how, struct result_code *out);
WASI_IMPORT(TCP, "[resource-drop]tcp-socket") void wasi_tcp_drop(handle self);
enum { SHUTDOWN_RECEIVE = 0, SHUTDOWN_SEND = 1, SHUTDOWN_BOTH = 2 };
/** wasi:sockets/network error-code, as far as we tell them apart. */
enum {
  NET_UNKNOWN, NET_ACCESS_DENIED, NET_NOT_SUPPORTED, NET_INVALID_ARGUMENT, NET_OUT_OF_MEMORY, NET_TIMEOUT,
  NET_CONCURRENCY_CONFLICT, NET_NOT_IN_PROGRESS, NET_WOULD_BLOCK, NET_INVALID_STATE, NET_NEW_SOCKET_LIMIT,
  NET_ADDRESS_NOT_BINDABLE, NET_ADDRESS_IN_USE, NET_REMOTE_UNREACHABLE, NET_CONNECTION_REFUSED,
  NET_CONNECTION_RESET, NET_CONNECTION_ABORTED, NET_DATAGRAM_TOO_LARGE, NET_NAME_UNRESOLVABLE,
  NET_TEMPORARY_RESOLVER_FAILURE, NET_PERMANENT_RESOLVER_FAILURE,
};

#define UDP "wasi:sockets/udp" WASI_V
/** A datagram that came; its address is an ip-socket-address of 32 bytes. */
struct incoming_datagram {
  struct list data;
  uint8_t family;
  uint8_t pad[3];
  uint16_t port;
  uint8_t ip[4];
  uint8_t rest[22];
};
/** A datagram to send; `some` is 1 where it tells its address. */
struct outgoing_datagram {
  struct list data;
  uint8_t some;
  uint8_t pad[3];
  uint8_t family;
  uint8_t pad2[3];
  uint16_t port;
  uint8_t ip[4];
  uint8_t rest[22];
};
_Static_assert(sizeof(struct incoming_datagram) == 40 && sizeof(struct outgoing_datagram) == 44, "as the canonical ABI has them");
WASI_IMPORT("wasi:sockets/udp-create-socket" WASI_V, "create-udp-socket")
void wasi_udp_create(int32_t family, struct result *out);
WASI_IMPORT(UDP, "[method]udp-socket.start-bind")
void wasi_udp_start_bind(handle self, handle network, FLAT_ADDRESS, struct result_code *out);
WASI_IMPORT(UDP, "[method]udp-socket.finish-bind")
void wasi_udp_finish_bind(handle self, struct result_code *out);
WASI_IMPORT(UDP, "[method]udp-socket.stream")
void wasi_udp_stream(handle self, int32_t some, FLAT_ADDRESS, struct result *out);
WASI_IMPORT(UDP, "[method]udp-socket.subscribe") handle wasi_udp_subscribe(handle self);
WASI_IMPORT(UDP, "[resource-drop]udp-socket") void wasi_udp_drop(handle self);
WASI_IMPORT(UDP, "[method]incoming-datagram-stream.receive")
void wasi_incoming_datagrams_receive(handle self, int64_t most, struct result *out);
WASI_IMPORT(UDP, "[method]incoming-datagram-stream.subscribe") handle wasi_incoming_datagrams_subscribe(handle self);
WASI_IMPORT(UDP, "[resource-drop]incoming-datagram-stream") void wasi_incoming_datagrams_drop(handle self);
WASI_IMPORT(UDP, "[method]outgoing-datagram-stream.check-send")
void wasi_outgoing_datagrams_check_send(handle self, struct result_u64 *out);
WASI_IMPORT(UDP, "[method]outgoing-datagram-stream.send")
void wasi_outgoing_datagrams_send(handle self, const struct outgoing_datagram *in, size_t length, struct result_u64 *out);
WASI_IMPORT(UDP, "[resource-drop]outgoing-datagram-stream") void wasi_outgoing_datagrams_drop(handle self);

#define LOOKUP "wasi:sockets/ip-name-lookup" WASI_V
WASI_IMPORT(LOOKUP, "resolve-addresses")
void wasi_resolve_addresses(handle network, const char *name, size_t length, struct result *out);
/** result<option<ip-address>, error-code>: IPv6 arms are 16-bit numbers, so alignment is 2. */
struct result_ip {
  uint8_t failed;
  uint8_t pad;
  union {
    uint8_t code;
    struct {
      uint8_t some;
      uint8_t pad2;
      uint8_t family;
      uint8_t pad3;
      union {
        uint8_t v4[4];
        uint16_t v6[8];
      };
    };
  };
};
WASI_IMPORT(LOOKUP, "[method]resolve-address-stream.resolve-next-address")
void wasi_resolve_next_address(handle self, struct result_ip *out);
WASI_IMPORT(LOOKUP, "[method]resolve-address-stream.subscribe") handle wasi_resolve_subscribe(handle self);
WASI_IMPORT(LOOKUP, "[resource-drop]resolve-address-stream") void wasi_resolve_drop(handle self);

/* podstep:process, see wit/process.wit. */
#define SIGNALS "podstep:process/signals" PROCESS_V
WASI_IMPORT(SIGNALS, "subscribe") handle process_signals_subscribe(void);
WASI_IMPORT(SIGNALS, "take") int32_t process_signals_take(void);

#define TERMINAL_INTERFACE "podstep:process/terminal" PROCESS_V
/** option<size>. */
struct option_size {
  uint8_t some;
  uint8_t pad;
  uint16_t width;
  uint16_t height;
};
/** option<mode>, the flags as bits. */
struct option_mode {
  uint8_t some;
  uint8_t mode;
};
enum { TERMINAL_CANONICAL = 1, TERMINAL_ECHO = 2, TERMINAL_SIGNALS = 4, TERMINAL_TRANSLATE = 8 };
WASI_IMPORT(TERMINAL_INTERFACE, "get-size") void terminal_size(struct option_size *out);
WASI_IMPORT(TERMINAL_INTERFACE, "get-mode") void terminal_mode(struct option_mode *out);
WASI_IMPORT(TERMINAL_INTERFACE, "set-mode") void terminal_set_mode(int32_t mode);
WASI_IMPORT(TERMINAL_INTERFACE, "set-foreground") void terminal_set_foreground(const uint32_t *pids, size_t length);
/** option<own<terminal-input>> and its like. */
struct option_handle {
  uint8_t some;
  uint8_t pad[3];
  handle handle;
};
WASI_IMPORT("wasi:cli/terminal-stdin" WASI_V, "get-terminal-stdin")
void wasi_terminal_stdin(struct option_handle *out);
WASI_IMPORT("wasi:cli/terminal-stdout" WASI_V, "get-terminal-stdout")
void wasi_terminal_stdout(struct option_handle *out);
WASI_IMPORT("wasi:cli/terminal-stderr" WASI_V, "get-terminal-stderr")
void wasi_terminal_stderr(struct option_handle *out);
WASI_IMPORT("wasi:cli/terminal-input" WASI_V, "[resource-drop]terminal-input") void wasi_terminal_input_drop(handle self);
WASI_IMPORT("wasi:cli/terminal-output" WASI_V, "[resource-drop]terminal-output")
void wasi_terminal_output_drop(handle self);

#define PROCESSES "podstep:process/processes" PROCESS_V
struct process_entry {
  uint32_t pid;
  uint32_t parent;
  struct list arguments; /* of struct list (strings) */
};
enum { PROCESS_NO_ENTRY, PROCESS_NO_SUCH_PROCESS, PROCESS_NOT_PERMITTED, PROCESS_WOULD_EXCEED_LIMIT };
WASI_IMPORT(PROCESSES, "current") int32_t process_current(void);
WASI_IMPORT(PROCESSES, "list") void process_list(struct list *out);
WASI_IMPORT(PROCESSES, "signal") void process_signal(int32_t pid, int32_t number, struct result_code *out);
WASI_IMPORT(PROCESSES, "pipe") void process_pipe(handle out[2]);
WASI_IMPORT(PROCESSES, "duplicate") handle process_duplicate(handle writer);
WASI_IMPORT(PROCESSES, "spawn")
void process_spawn(const char *program, size_t program_length, const struct list *arguments, size_t arguments_length,
                   const void *environment, size_t environment_length, const char *directory,
                   size_t directory_length, int32_t has_stdin, handle in, int32_t has_stdout, handle out,
                   int32_t has_stderr, handle err, struct result *result);
WASI_IMPORT(PROCESSES, "[method]child.pid") int32_t process_child_pid(handle self);
WASI_IMPORT(PROCESSES, "[method]child.subscribe") handle process_child_subscribe(handle self);
struct option_u32 {
  uint8_t some;
  uint8_t pad[3];
  uint32_t value;
};
WASI_IMPORT(PROCESSES, "[method]child.exit-code")
void process_child_exit_code(handle self, struct option_u32 *out);
WASI_IMPORT(PROCESSES, "[resource-drop]child") void process_child_drop(handle self);
