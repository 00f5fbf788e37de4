/* One GET by wasi:http/outgoing-handler; what came of it as a line. */
#pragma once
#include "http.h"
#include <stdio.h>
#include <string.h>

static inline void fetch(const char *authority, const char *path, char *text, size_t size) {
  handle request = http_outgoing_request(http_fields());
  int encrypted = strncmp(authority, "https://", 8) == 0;
  if (encrypted) authority += 8;
  http_set_scheme(request, 1, encrypted, "", 0);
  if (http_set_authority(request, 1, authority, strlen(authority))) {
    snprintf(text, size, "no authority\n");
    return;
  }
  http_set_path(request, 1, path, strlen(path));
  handle options = http_options();
  http_set_first_byte_timeout(options, 1, 3 * NANOSECONDS);
  struct result_handler sent;
  http_send(request, 1, options, &sent);
  if (sent.failed) {
    snprintf(text, size, "refused with %d\n", sent.code);
    return;
  }
  handle pollable = http_future_subscribe(sent.own);
  wasi_pollable_block(pollable);
  wasi_pollable_drop(pollable);
  struct answer answer;
  http_future_get(sent.own, &answer);
  if (!answer.some || answer.taken || answer.failed) {
    snprintf(text, size, "failed with %d\n", answer.code);
    return;
  }
  struct result_own body, stream;
  snprintf(text, size, "%d ", http_response_status(answer.own));
  http_response_consume(answer.own, &body);
  http_body_stream(body.own, &stream);
  for (;;) {
    struct result_bytes piece;
    wasi_input_blocking_read(stream.own, 256, &piece);
    if (piece.failed) {
      if (piece.code != STREAM_CLOSED) snprintf(text + strlen(text), size - strlen(text), "broken\n");
      break;
    }
    size_t held = strlen(text);
    snprintf(text + held, size - held, "%.*s", (int)piece.bytes.length, (char *)piece.bytes.data);
    list_free(&piece.bytes);
  }
  wasi_input_drop(stream.own);
}
