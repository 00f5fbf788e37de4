/* The handler of requests that the tests serve: one path per thing that a `wasi:http/proxy` component can do. */
#include "http.h"
#include "fetch.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *volatile keep;

static int starts_with(const char *text, const char *prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

static void add(handle fields, const char *name, const char *value) {
  struct result_code result;
  http_fields_append(fields, name, strlen(name), value, strlen(value), &result);
  if (result.failed) printf("header %s: %d\n", name, result.code);
}

/** Begins an answer; the body is open afterwards. */
static handle answer(handle out, int status, handle headers, handle *body) {
  handle response = http_response(headers);
  http_response_set_status(response, status);
  struct result_own result;
  http_response_body(response, &result);
  *body = result.own;
  http_outgoing_write(*body, &result);
  handle stream = result.own;
  http_outparam_set(out, 0, response, 0, 0, 0, 0, 0, 0);
  return stream;
}

static int put(handle stream, const void *data, size_t length) {
  struct result_stream result;
  wasi_output_blocking_write_and_flush(stream, data, length, &result);
  return result.failed;
}

static void finish(handle stream, handle body, handle trailers) {
  struct result_http result;
  wasi_output_drop(stream);
  http_outgoing_finish(body, trailers != 0, trailers, &result);
  if (result.failed) printf("finish: %d\n", result.code);
}

static void say(handle out, int status, const char *text) {
  handle body, stream = answer(out, status, http_fields(), &body);
  put(stream, text, strlen(text));
  finish(stream, body, 0);
}

/* The body as it comes, piece by piece, and its trailers again. */
static void echo(handle request, handle out) {
  struct result_own consumed, stream;
  http_request_consume(request, &consumed);
  http_body_stream(consumed.own, &stream);
  handle body, to = answer(out, 200, http_fields(), &body);
  for (;;) {
    struct result_bytes piece;
    wasi_input_blocking_read(stream.own, 4096, &piece);
    if (piece.failed) break;
    put(to, piece.bytes.data, piece.bytes.length);
    list_free(&piece.bytes);
  }
  wasi_input_drop(stream.own);
  handle future = http_body_finish(consumed.own);
  handle pollable = http_trailers_subscribe(future);
  wasi_pollable_block(pollable);
  wasi_pollable_drop(pollable);
  struct answer trailers;
  http_trailers_get(future, &trailers);
  handle fields = trailers.some && !trailers.taken && !trailers.failed && trailers.has_fields ? trailers.fields : 0;
  finish(to, body, fields);
}

static void headers(handle request, handle out) {
  handle fields = http_request_headers(request);
  struct list entries;
  http_fields_entries(fields, &entries);
  struct { struct list name, value; } *each = entries.data;
  char text[4096] = "";
  for (uint32_t i = 0; i < entries.length; i++) {
    snprintf(text + strlen(text), sizeof text - strlen(text), "%.*s=%.*s\n", (int)each[i].name.length,
             (char *)each[i].name.data, (int)each[i].value.length, (char *)each[i].value.data);
  }
  struct option_string authority;
  http_request_authority(request, &authority);
  snprintf(text + strlen(text), sizeof text - strlen(text), "authority=%.*s\n", (int)authority.string.length,
           (char *)authority.string.data);
  handle answered = http_fields();
  add(answered, "X-Answer", "yes");
  add(answered, "connection", "close");
  handle body, stream = answer(out, 200, answered, &body);
  put(stream, text, strlen(text));
  finish(stream, body, 0);
}

static void promise(handle out, const char *length) {
  handle fields = http_fields();
  add(fields, "content-length", length);
  handle body, stream = answer(out, 200, fields, &body);
  put(stream, "half\n", 5);
  finish(stream, body, 0);
}

__attribute__((export_name("wasi:http/incoming-handler" WASI_V "#handle"))) void handle_request(handle request,
                                                                                                 handle out) {
  struct option_string given;
  http_request_path(request, &given);
  char *path = given.string.data;
  path = strndup(path, given.string.length);
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("asked for %s\n", path);
  fflush(stdout);
  if (starts_with(path, "/echo")) echo(request, out);
  else if (starts_with(path, "/headers")) headers(request, out);
  else if (starts_with(path, "/env/")) say(out, 200, getenv(path + 5) ? getenv(path + 5) : "unset");
  else if (starts_with(path, "/status/")) say(out, atoi(path + 8), "as you like\n");
  else if (starts_with(path, "/trap")) __builtin_trap();
  else if (starts_with(path, "/nothing")) return;
  else if (starts_with(path, "/spin")) for (volatile long i = 0;; i++);
  else if (starts_with(path, "/hog")) for (;;) memset(keep = malloc(1 << 20), 1, 1 << 20);
  else if (starts_with(path, "/error")) http_outparam_set(out, 1, 1 /* DNS-error */, 0, 0, 0, 0, 0, 0);
  else if (starts_with(path, "/half/")) promise(out, path + 6);
  else if (starts_with(path, "/slow/")) { sleep_nanoseconds(atoll(path + 6) * NANOSECONDS); say(out, 200, "slow\n"); }
  else if (starts_with(path, "/fetch/")) { char text[512]; fetch(path + 7, "/", text, sizeof text); say(out, 200, text); }
  else say(out, 200, "hello\n");
}
