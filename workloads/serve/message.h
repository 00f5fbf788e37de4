/* What requests and answers of HTTP/1.1 have in common. */
#pragma once
#include "serve.h"

#define HEAD_LIMIT 16384
#define BODY_LIMIT 1048576

/** Where the head ends, one past its empty line; 0 when it has not come yet. */
size_t head_length(const struct buffer *input);
/** -1: none is told; -2: it is no number, or is told twice. */
int64_t content_length(const char *head);
bool is_chunked(const char *head);
/** Whether a header's value, a list with commas, holds this word. */
bool header_has(const char *head, const char *name, const char *word);
enum chunks { CHUNKS_MORE, CHUNKS_WHOLE, CHUNKS_BAD, CHUNKS_TOO_LARGE };
/** Decodes a chunked body that begins at `from`; when it is whole, `end` is one past it. */
enum chunks take_chunks(const struct buffer *input, size_t from, struct buffer *body, size_t *end);
