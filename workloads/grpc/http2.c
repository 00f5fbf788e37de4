/* Connections that speak HTTP/2: frames in, calls out, answers as frames. */
#include "grpc.h"
#include <stdio.h>
#include <stdlib.h>

#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define FRAME_LIMIT 16384
#define STREAM_LIMIT 64
#define MESSAGE_LIMIT 65536

enum type { DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION };
enum frame_flag { END_STREAM = 1, ACK = 1, END_HEADERS = 4, PADDED = 8, HAS_PRIORITY = 32 };
enum error { PROTOCOL_ERROR = 1, FRAME_SIZE_ERROR = 6, REFUSED_STREAM = 7, COMPRESSION_ERROR = 9 };

struct stream_state {
  uint32_t id;
  char *path;
  struct buffer message;
};

struct session {
  const struct peer *peer;
  bool greeted;
  struct hpack table;
  struct stream_state streams[STREAM_LIMIT];
  size_t stream_count;
  /** The header block that is still coming, its stream, and whether the stream ends with it. */
  struct buffer block;
  uint32_t block_stream;
  bool block_ends;
  struct session *next;
};

static struct session *sessions;

static struct session *session_of(const struct peer *peer) {
  for (struct session *session = sessions; session != NULL; session = session->next) {
    if (session->peer == peer) return session;
  }
  struct session *session = must_malloc(sizeof *session);
  *session = (struct session){.peer = peer, .table = {.limit = 4096}, .next = sessions};
  sessions = session;
  return session;
}

static void end_stream(struct session *session, struct stream_state *stream) {
  free(stream->path);
  buffer_free(&stream->message);
  *stream = session->streams[--session->stream_count];
}

void forget_http2(struct peer *peer) {
  for (struct session **place = &sessions; *place != NULL; place = &(*place)->next) {
    struct session *session = *place;
    if (session->peer != peer) continue;
    while (session->stream_count > 0) end_stream(session, &session->streams[0]);
    hpack_free(&session->table);
    buffer_free(&session->block);
    *place = session->next;
    free(session);
    return;
  }
}

bool begins_http2(const struct peer *peer) {
  size_t length = strlen(PREFACE);
  return peer->input.length >= length && memcmp(peer->input.data, PREFACE, length) == 0;
}

static void put_u32(uint8_t *place, uint32_t value) {
  for (int i = 0; i < 4; i++) place[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint32_t take_u32(const uint8_t *place) {
  return (uint32_t)place[0] << 24 | (uint32_t)place[1] << 16 | (uint32_t)place[2] << 8 | place[3];
}

static void send_frame(struct peer *peer, enum type type, uint8_t flags, uint32_t stream, const void *data, size_t length) {
  uint8_t head[9] = {(uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length, (uint8_t)type, flags};
  put_u32(head + 5, stream);
  buffer_add(&peer->output, head, sizeof head);
  if (length > 0) buffer_add(&peer->output, data, length);
}

static void go_away(struct peer *peer, enum error error) {
  uint8_t data[8] = {0};
  put_u32(data + 4, error);
  send_frame(peer, GOAWAY, 0, 0, data, sizeof data);
  peer->closing = true;
}

/* A field in words, remembered by nobody. */
static void add_field(struct buffer *block, const char *name, const char *value) {
  buffer_add_char(block, 0);
  buffer_add_char(block, (char)strlen(name));
  buffer_add_string(block, name);
  buffer_add_char(block, (char)(strlen(value) < 127 ? strlen(value) : 126));
  buffer_add(block, value, strlen(value) < 127 ? strlen(value) : 126);
}

static void add_head(struct buffer *block) {
  buffer_add_char(block, (char)(128 | 8)); /* :status 200 */
  add_field(block, "content-type", "application/grpc");
}

void answer_call(struct peer *peer, uint32_t stream, const void *message, size_t length) {
  struct buffer block = {0};
  add_head(&block);
  send_frame(peer, HEADERS, END_HEADERS, stream, block.data, block.length);
  uint8_t prefix[5] = {0};
  put_u32(prefix + 1, (uint32_t)length);
  struct buffer data = {0};
  buffer_add(&data, prefix, sizeof prefix);
  buffer_add(&data, message, length);
  send_frame(peer, DATA, 0, stream, data.data, data.length);
  buffer_drop(&block, block.length);
  add_field(&block, "grpc-status", "0");
  send_frame(peer, HEADERS, END_HEADERS | END_STREAM, stream, block.data, block.length);
  buffer_free(&block);
  buffer_free(&data);
}

void refuse_call(struct peer *peer, uint32_t stream, int status, const char *message) {
  char number[12];
  snprintf(number, sizeof number, "%d", status);
  struct buffer block = {0};
  add_head(&block);
  add_field(&block, "grpc-status", number);
  add_field(&block, "grpc-message", message);
  send_frame(peer, HEADERS, END_HEADERS | END_STREAM, stream, block.data, block.length);
  buffer_free(&block);
}

static struct stream_state *stream_of(struct session *session, uint32_t id) {
  for (size_t i = 0; i < session->stream_count; i++) {
    if (session->streams[i].id == id) return &session->streams[i];
  }
  return NULL;
}

static void whole(struct peer *peer, struct session *session, struct stream_state *stream) {
  grpc_call(peer, stream->id, stream->path != NULL ? stream->path : "", &stream->message);
  end_stream(session, stream);
}

static void take_field(const char *name, const char *value, void *context) {
  struct stream_state *stream = context;
  if (strcmp(name, ":path") != 0 || stream->path != NULL) return;
  stream->path = must_strdup(value);
}

static void block_is_whole(struct peer *peer, struct session *session) {
  uint32_t id = session->block_stream;
  struct stream_state *stream = stream_of(session, id);
  bool is_new = stream == NULL;
  struct stream_state unwanted = {.id = id};
  bool refused = is_new && session->stream_count == STREAM_LIMIT;
  if (refused) stream = &unwanted;
  else if (is_new) {
    stream = &session->streams[session->stream_count++];
    *stream = (struct stream_state){.id = id};
  }
  bool good = hpack_decode(&session->table, (uint8_t *)session->block.data, session->block.length, take_field, stream);
  buffer_drop(&session->block, session->block.length);
  session->block_stream = 0;
  if (!good) go_away(peer, COMPRESSION_ERROR);
  else if (refused) {
    uint8_t code[4];
    put_u32(code, REFUSED_STREAM);
    send_frame(peer, RST_STREAM, 0, id, code, sizeof code);
  } else if (session->block_ends) whole(peer, session, stream);
  free(unwanted.path);
}

/* The part of a frame that is neither padding nor priority; false when the lengths do not fit. */
static bool strip(uint8_t flags, bool headers, const uint8_t **data, size_t *length) {
  size_t padding = 0;
  if (flags & PADDED) {
    if (*length < 1) return false;
    padding = *(*data)++;
    --*length;
  }
  size_t priority = headers && flags & HAS_PRIORITY ? 5 : 0;
  if (*length < padding + priority) return false;
  *data += priority;
  *length -= padding + priority;
  return true;
}

static void take_headers(struct peer *peer, struct session *session, uint8_t flags, uint32_t stream, const uint8_t *data, size_t length) {
  if (stream == 0 || !strip(flags, true, &data, &length)) return go_away(peer, PROTOCOL_ERROR);
  session->block_stream = stream;
  session->block_ends = flags & END_STREAM;
  buffer_add(&session->block, data, length);
  if (flags & END_HEADERS) block_is_whole(peer, session);
}

static void take_data(struct peer *peer, struct session *session, uint8_t flags, uint32_t id, const uint8_t *data, size_t length) {
  uint8_t room[4];
  put_u32(room, (uint32_t)length);
  if (length > 0) send_frame(peer, WINDOW_UPDATE, 0, 0, room, sizeof room);
  if (!strip(flags, false, &data, &length)) return go_away(peer, PROTOCOL_ERROR);
  struct stream_state *stream = stream_of(session, id);
  if (stream == NULL) return;
  if (stream->message.length + length > MESSAGE_LIMIT) return go_away(peer, FRAME_SIZE_ERROR);
  buffer_add(&stream->message, data, length);
  if (flags & END_STREAM) whole(peer, session, stream);
}

static void take_frame(struct peer *peer, struct session *session, uint8_t type, uint8_t flags, uint32_t stream, const uint8_t *data, size_t length) {
  /* Between a header block's parts nothing else may come. */
  if (session->block_stream != 0 && (type != CONTINUATION || stream != session->block_stream)) return go_away(peer, PROTOCOL_ERROR);
  switch (type) {
  case HEADERS: take_headers(peer, session, flags, stream, data, length); return;
  case CONTINUATION:
    if (session->block_stream == 0) return go_away(peer, PROTOCOL_ERROR);
    buffer_add(&session->block, data, length);
    if (flags & END_HEADERS) block_is_whole(peer, session);
    return;
  case DATA: take_data(peer, session, flags, stream, data, length); return;
  case SETTINGS:
    if (!(flags & ACK)) send_frame(peer, SETTINGS, ACK, 0, NULL, 0);
    return;
  case PING:
    if (length != 8) return go_away(peer, FRAME_SIZE_ERROR);
    if (!(flags & ACK)) send_frame(peer, PING, ACK, 0, data, 8);
    return;
  case RST_STREAM: {
    struct stream_state *gone = stream_of(session, stream);
    if (gone != NULL) end_stream(session, gone);
    return;
  }
  case GOAWAY: peer->closing = true; return;
  default: return; /* priorities, windows that our short answers never fill, and what is not known */
  }
}

void received_http2(struct peer *peer) {
  struct session *session = session_of(peer);
  if (!session->greeted) {
    session->greeted = true;
    buffer_drop(&peer->input, strlen(PREFACE));
    send_frame(peer, SETTINGS, 0, 0, NULL, 0);
  }
  while (!peer->closing && peer->input.length >= 9) {
    const uint8_t *head = (const uint8_t *)peer->input.data;
    size_t length = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
    if (length > FRAME_LIMIT) return go_away(peer, FRAME_SIZE_ERROR);
    if (peer->input.length < 9 + length) break;
    take_frame(peer, session, head[3], head[4], take_u32(head + 5) & 0x7fffffff, head + 9, length);
    buffer_drop(&peer->input, 9 + length);
  }
  if (peer->at_end) peer->closing = true;
}
