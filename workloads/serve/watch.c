/* What the loop waits for beside its peers: timers, children, connections that are being opened. */
#include "loop.h"
#include <stdlib.h>

#define WATCH_LIMIT 1024

static struct watched {
  handle pollable;
  void (*ready)(void *context);
  void *context;
} *all;
static size_t count;

handle watch(handle pollable, void (*ready)(void *context), void *context) {
  if (count == WATCH_LIMIT) {
    static const char message[] = "too many things to wait for at once\n";
    stream_write(standard_stream(2), message, sizeof message - 1);
    program_exit(1);
  }
  all = must_realloc(all, (count + 1) * sizeof *all);
  all[count++] = (struct watched){pollable, ready, context};
  return pollable;
}

handle after(int64_t nanoseconds, void (*due)(void *context), void *context) {
  return watch(wasi_monotonic_subscribe_duration(nanoseconds), due, context);
}

bool unwatch(handle pollable) {
  for (size_t i = 0; i < count; i++) {
    if (all[i].pollable != pollable) continue;
    wasi_pollable_drop(pollable);
    memmove(all + i, all + i + 1, (count - i - 1) * sizeof *all);
    count--;
    return true;
  }
  return false;
}

size_t watches(void) { return count; }

size_t add_watches(handle *waits) {
  for (size_t i = 0; i < count; i++) waits[i] = all[i].pollable;
  return count;
}

/* A call may watch and unwatch others: each is looked up again by its handle. */
void call_watches(const handle *waits, const bool *ready, size_t asked) {
  for (size_t i = 0; i < asked; i++) {
    if (!ready[i]) continue;
    size_t at = 0;
    while (at < count && all[at].pollable != waits[i]) at++;
    if (at == count) continue;
    struct watched one = all[at];
    unwatch(one.pollable);
    one.ready(one.context);
  }
}
