/* The functions of wasi:http 0.2.12 that the tests' guests call, declared by hand in the canonical ABI. */
#pragma once
#include "program.h"

#define HTTP "wasi:http/types" WASI_V
/** result<own<T>>: the handle when `failed` is 0. */
struct result_own {
  uint8_t failed;
  uint8_t pad[3];
  handle own;
};
/** result<_, error-code>: the largest is 40 bytes. */
struct result_http {
  uint8_t failed;
  uint8_t pad[7];
  uint8_t code;
  uint8_t rest[55];
};
/** option<result<result<own<T>, error-code>>> */
struct answer {
  uint8_t some;
  uint8_t pad[7];
  uint8_t taken;
  uint8_t pad2[7];
  uint8_t failed;
  uint8_t pad3[7];
  union {
    handle own;
    uint8_t code;
    /** Of trailers: option<own<fields>>. */
    struct {
      uint8_t has_fields;
      uint8_t pad4[3];
      handle fields;
    };
    uint8_t rest[56];
  };
};
struct result_handler {
  uint8_t failed;
  uint8_t pad[7];
  union {
    handle own;
    uint8_t code;
    uint8_t rest[56];
  };
};
WASI_IMPORT(HTTP, "[constructor]fields") handle http_fields(void);
WASI_IMPORT(HTTP, "[method]fields.append")
void http_fields_append(handle self, const char *name, size_t name_length, const void *value, size_t length,
                        struct result_code *out);
WASI_IMPORT(HTTP, "[method]fields.get")
void http_fields_get(handle self, const char *name, size_t length, struct list *out);
WASI_IMPORT(HTTP, "[method]fields.entries") void http_fields_entries(handle self, struct list *out);
WASI_IMPORT(HTTP, "[method]incoming-request.path-with-query")
void http_request_path(handle self, struct option_string *out);
WASI_IMPORT(HTTP, "[method]incoming-request.authority")
void http_request_authority(handle self, struct option_string *out);
WASI_IMPORT(HTTP, "[method]incoming-request.headers") handle http_request_headers(handle self);
WASI_IMPORT(HTTP, "[method]incoming-request.consume")
void http_request_consume(handle self, struct result_own *out);
WASI_IMPORT(HTTP, "[method]incoming-body.stream") void http_body_stream(handle self, struct result_own *out);
WASI_IMPORT(HTTP, "[static]incoming-body.finish") handle http_body_finish(handle self);
WASI_IMPORT(HTTP, "[method]future-trailers.subscribe") handle http_trailers_subscribe(handle self);
WASI_IMPORT(HTTP, "[method]future-trailers.get") void http_trailers_get(handle self, struct answer *out);
WASI_IMPORT(HTTP, "[constructor]outgoing-response") handle http_response(handle headers);
WASI_IMPORT(HTTP, "[method]outgoing-response.set-status-code")
int32_t http_response_set_status(handle self, int32_t status);
WASI_IMPORT(HTTP, "[method]outgoing-response.body") void http_response_body(handle self, struct result_own *out);
WASI_IMPORT(HTTP, "[method]outgoing-body.write") void http_outgoing_write(handle self, struct result_own *out);
WASI_IMPORT(HTTP, "[static]outgoing-body.finish")
void http_outgoing_finish(handle self, int32_t has_trailers, handle trailers, struct result_http *out);
WASI_IMPORT(HTTP, "[static]response-outparam.set")
void http_outparam_set(handle outparam, int32_t failed, handle response, int32_t a, int64_t b, int32_t c, int32_t d,
                       int32_t e, int32_t f);
WASI_IMPORT(HTTP, "[constructor]outgoing-request") handle http_outgoing_request(handle headers);
WASI_IMPORT(HTTP, "[method]outgoing-request.set-method")
int32_t http_set_method(handle self, int32_t method, const char *other, size_t length);
WASI_IMPORT(HTTP, "[method]outgoing-request.set-path-with-query")
int32_t http_set_path(handle self, int32_t some, const char *path, size_t length);
WASI_IMPORT(HTTP, "[method]outgoing-request.set-scheme")
int32_t http_set_scheme(handle self, int32_t some, int32_t scheme, const char *other, size_t length);
WASI_IMPORT(HTTP, "[method]outgoing-request.set-authority")
int32_t http_set_authority(handle self, int32_t some, const char *authority, size_t length);
WASI_IMPORT(HTTP, "[method]outgoing-request.body") void http_request_body(handle self, struct result_own *out);
WASI_IMPORT(HTTP, "[constructor]request-options") handle http_options(void);
WASI_IMPORT(HTTP, "[method]request-options.set-first-byte-timeout")
int32_t http_set_first_byte_timeout(handle self, int32_t some, int64_t nanoseconds);
WASI_IMPORT("wasi:http/outgoing-handler" WASI_V, "handle")
void http_send(handle request, int32_t has_options, handle options, struct result_handler *out);
WASI_IMPORT(HTTP, "[method]future-incoming-response.subscribe") handle http_future_subscribe(handle self);
WASI_IMPORT(HTTP, "[method]future-incoming-response.get") void http_future_get(handle self, struct answer *out);
WASI_IMPORT(HTTP, "[method]incoming-response.status") int32_t http_response_status(handle self);
WASI_IMPORT(HTTP, "[method]incoming-response.consume")
void http_response_consume(handle self, struct result_own *out);
