/* Bytes over a connection. */
#include "transfer.h"

void flush_output(void) {
  for (int fd = 1; fd <= 2; fd++) {
    if (fds[fd] != NULL) stream_flush(fds[fd]);
  }
}

/* Reads what comes before the deadline: the length, 0 at the end, -1 when broken, -2 when the time is over. */
ssize_t receive(handle in, char *data, size_t length, int64_t deadline) {
  for (;;) {
    struct result_bytes result;
    wasi_input_read(in, (int64_t)length, &result);
    if (result.failed) {
      if (result.code == STREAM_CLOSED) return 0;
      wasi_error_drop(result.error);
      return -1;
    }
    if (result.bytes.length > 0) {
      size_t count = result.bytes.length < length ? result.bytes.length : length;
      memcpy(data, result.bytes.data, count);
      list_free(&result.bytes);
      return (ssize_t)count;
    }
    handle waits[2] = {wasi_input_subscribe(in), 0};
    if (deadline > 0) waits[1] = wasi_monotonic_subscribe_instant(deadline);
    size_t first = wait_any(waits, deadline > 0 ? 2 : 1);
    wasi_pollable_drop(waits[0]);
    if (deadline > 0) wasi_pollable_drop(waits[1]);
    if (first == 1) return -2;
  }
}

bool transmit(handle out, const char *data, size_t length) {
  while (length > 0) {
    size_t count = length < 4096 ? length : 4096;
    struct result_stream result;
    wasi_output_blocking_write_and_flush(out, data, count, &result);
    if (result.failed) {
      if (result.code != STREAM_CLOSED) wasi_error_drop(result.error);
      return false;
    }
    data += count;
    length -= count;
  }
  return true;
}
