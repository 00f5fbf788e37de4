/* What a small server stands on: one loop for listeners, peers, timers and signals; HTTP/1.1; datagrams. */
#pragma once
#include "program.h"
#include <string.h>

/* ---- loop.c ---- */

struct peer;
struct http_request;

struct server {
  int port;
  /** A new peer is there; null for nothing to do. */
  void (*accepted)(struct peer *peer);
  /** New input has come, or its end. `http_received` where the server answers HTTP. */
  void (*received)(struct peer *peer);
  /** A peer is about to be forgotten; null for nothing to do. */
  void (*lost)(struct peer *peer);
  /** For `http_received`: answers one request, now or later. */
  void (*answer)(struct peer *peer, const struct http_request *request);
};

/** One side of a conversation over TCP. */
struct peer {
  /** Counts up; `peer_numbered` finds it again, or finds it gone. */
  uint32_t number;
  struct connection connection;
  struct buffer input;
  struct buffer output;
  /** The other side sends no more. */
  bool at_end;
  /** Of a pair: the other one has ended, so this one's output ends once everything is sent. */
  bool sends_no_more;
  /** To be closed once everything is sent. */
  bool closing;
  /** Gone: the loop forgets it. */
  bool broken;
  /** The loop's own: its input is there in this turn. */
  bool is_ready;
  /** 2 once it speaks HTTP/2. */
  int protocol;
  const struct server *server;
  /** Another peer that gets what this one says, and the other way round; null for none. */
  struct peer *partner;
  /** Of HTTP/1: a request was taken and its answer is still owed; what came behind it waits. */
  bool owes_answer;
  bool answers_head;
  bool keeps_alive;
  bool is_taking;
  bool was_told_to_continue;
  /** The server's own. */
  void *context;
  struct peer *next;
};

/** Adds a peer to the loop: a connection that this side opened. */
struct peer *add_peer(const struct connection *connection);
/** Null when it is gone. */
struct peer *peer_numbered(uint32_t number);
/** Listens for a server, from the next turn of the loop on; false, with a line on stderr, when the port cannot be had. */
bool serve_on(const struct server *server);
/** No new connections from here on. */
void serve_no_more(void);
/** Whether an answer is owed, or not yet sent, to anyone. */
bool peers_are_busy(void);
/** Serves until `end_serving`; returns its number. */
int serve_until_end(void);
void end_serving(int number);
/** `serve_on` each, then serves; -1 when a port cannot be had. By default TERM and INT end it with their number. */
int serve(const struct server *servers, size_t count);
/** Instead of ending on TERM and INT. */
extern void (*on_signal)(int number);
/** A program without a handler: subscribes to no signal. To be set before serving. */
extern bool ignores_signals;

/* ---- watch.c ---- */

/** Calls `ready` once when the pollable is; drops the pollable. Returns it. */
handle watch(handle pollable, void (*ready)(void *context), void *context);
/** Calls `due` after this many nanoseconds. Returns what `unwatch` takes. */
handle after(int64_t nanoseconds, void (*due)(void *context), void *context);
/** False when it is too late: the call has come, or comes in this turn. */
bool unwatch(handle pollable);

/* ---- http.c ---- */

/** A whole request of HTTP/1. All texts live as long as the answering call. */
struct http_request {
  const char *method;
  /** As it was asked for. */
  const char *target;
  /** Before the question mark, as it was written. */
  const char *path;
  /** Behind it; "" for none. */
  const char *query;
  /** The lines of the head. */
  const char *head;
  const char *body;
  size_t body_length;
};
/** Takes requests from the input and has the peer's server answer them. */
void http_received(struct peer *peer);
/** Answers the request that is owed an answer. `headers`: lines with their ends, or null. */
void answer_bytes(struct peer *peer, int code, const char *type, const char *headers, const void *body, size_t length);
void answer_http(struct peer *peer, int code, const char *type, const char *body);
/** `text/plain; charset=utf-8`. */
void answer_text(struct peer *peer, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/** As Go's mux answers for a path that nobody has. */
void answer_not_found(struct peer *peer);
/** The value of a field of a query or form, decoded; "" when it is not there. Freed by the caller. */
char *query_value(const char *query, const char *name);
/** A header's value; null when it is not there. Freed by the caller. */
char *header_value(const char *head, const char *name);
/** Undoes `%41` and, in queries, `+`, in place. */
void percent_decode(char *text, bool is_query);
/** Adds the text as JSON writes a string, quotes included. */
void add_json_string(struct buffer *buffer, const char *data, size_t length);

/* ---- client.c ---- */

struct http_result {
  /** 0 when there was no answer: then `error` says why, in the words of Go's net package. */
  int code;
  const char *body;
  size_t body_length;
  char error[256];
};
/** GETs a path; `done` is called once, in a later turn of the loop. */
void http_get(const char *host, int port, const char *path, int64_t timeout,
              void (*done)(const struct http_result *result, void *context), void *context);

/* ---- udp.c: datagrams over IPv4 ---- */

struct datagrams {
  handle socket;
  handle in;
  handle out;
  /** Its owner's. */
  void *context;
};
struct datagram {
  uint8_t peer[4];
  uint16_t port;
  char *data;
  size_t length;
};
/** 0, or as `network_error` names it. Port 0 is any. */
int datagrams_open(int port, struct datagrams *datagrams);
void datagrams_close(struct datagrams *datagrams);
int datagrams_send(const struct datagrams *datagrams, const uint8_t peer[4], int port, const void *data, size_t length);
/** Takes one that has come; its data is freed by the caller. False when there is none. */
bool datagrams_take(const struct datagrams *datagrams, struct datagram *datagram);
/** From now on calls `received` for each datagram, in the loop. The port is kept for good. */
int serve_datagrams(int port, void (*received)(const struct datagrams *datagrams, const struct datagram *datagram), void *context);

/* ---- text.c ---- */

/** A line on stderr as Go's log package writes it. */
void log_go(const char *format, ...) __attribute__((format(printf, 1, 2)));
/** `$HOSTNAME`, else `localhost`. */
const char *host_name(void);
/** `10.0.0.7:4711`. */
const char *peer_text(const uint8_t address[4], int port);
/** `Thu, 01 Jan 2026 00:00:00 GMT` of the given second. */
void http_date(int64_t seconds, char text[32]);
/** `1.5s`, `2m`, `1h30m`, `250ms`, `0`: nanoseconds; -1 when it is none. A bare number is seconds where `bare`. */
int64_t duration_of(const char *text, bool bare);
/** `4096`, `64Ki`, `1Mi`, `2M`: bytes; -1 when it is none. */
int64_t bytes_of(const char *text);
/** A whole number in these bounds; false otherwise. */
bool number_of(const char *text, int64_t least, int64_t most, int64_t *number);
/** What a Go program without a handler ends with on a signal: 2 as process 1, which the kernel shields from itself. */
int go_exit_code(int signal);

/* ---- flags.c ---- */

struct flag {
  /** Without its dashes. */
  const char *name;
  /** Of `-t`; 0 for none. */
  char letter;
  enum { FLAG_TEXT, FLAG_NUMBER, FLAG_BOOL, FLAG_DURATION, FLAG_BYTES } kind;
  /** `const char *`, `int64_t`, `bool`; nanoseconds or bytes in an `int64_t`. */
  void *value;
};
/** What the text says; false when it says none of the flag's kind. */
bool set_flag(const struct flag *flag, const char *text);
/** Takes `--name=value`, `--name value`, `-t value` as Go's pflag; other words stay, in their order, in `rest`. Null or the complaint. */
const char *take_flags(int argc, char **argv, const struct flag *flags, size_t count, char **rest, int *rest_count);
