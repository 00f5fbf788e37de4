/* The gRPC health service over cleartext HTTP/2: header compression, frames, the service itself. */
#pragma once
#include "serve.h"

/* ---- hpack.c: RFC 7541 ---- */

struct header_field {
  char *name;
  char *value;
};
/** What a connection's decoder remembers: its dynamic table, newest first. */
struct hpack {
  struct header_field *fields;
  size_t count;
  size_t bytes;
  size_t limit;
};
/** Decodes a whole header block and gives each field to `each`; false when it is none. */
bool hpack_decode(struct hpack *table, const uint8_t *data, size_t length,
                  void (*each)(const char *name, const char *value, void *context), void *context);
void hpack_free(struct hpack *table);

/* ---- huffman.c: RFC 7541, appendix B ---- */

/** Decodes into `text`; false when the code is none. */
bool huffman_decode(const uint8_t *data, size_t length, struct buffer *text);

/* ---- http2.c: RFC 9113, the server's half ---- */

/** True once the peer's input begins as HTTP/2 does; false when it does not, or not yet. */
bool begins_http2(const struct peer *peer);
/** Takes the frames that have come and answers them. */
void received_http2(struct peer *peer);
/** Forgets what is known of connections that are gone. */
void forget_http2(struct peer *peer);
/** A whole call: answered by `answer_call` or `refuse_call`. */
void grpc_call(struct peer *peer, uint32_t stream, const char *path, const struct buffer *message);
void answer_call(struct peer *peer, uint32_t stream, const void *message, size_t length);
/** Ends the call with a status of google.rpc.Code and a message. */
void refuse_call(struct peer *peer, uint32_t stream, int status, const char *message);

/* ---- health.c: grpc.health.v1.Health ---- */

enum { SERVING = 1, NOT_SERVING = 2 };
struct health {
  /** What it answers for the services it knows. */
  int (*status)(void);
  /** Whether it knows this one. */
  bool (*knows)(const char *service);
};
extern struct health health;
/** A server's `received` for both: HTTP/2 goes to the health service, HTTP/1 to the server's `answer`. */
void received_grpc_or_http(struct peer *peer);
