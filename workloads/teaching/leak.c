/* leak: takes memory step by step and never gives it back, itself or in a child. */
#include "teaching.h"
#include <stdlib.h>
#include <unistd.h>

static int64_t rate = 1 << 20, every = NANOSECONDS, ceiling, held;
static bool in_child, stays;
static handle child;

static void step(void *context) {
  (void)context;
  if (ceiling > 0 && held + rate > ceiling) {
    say("stops at %lld KiB", (long long)(held >> 10));
    return;
  }
  char *block = malloc((size_t)rate);
  if (block == NULL) {
    say("gets no more memory at %lld KiB", (long long)(held >> 10));
    program_exit(1);
  }
  /* Every page is touched: what is only reserved counts nowhere. */
  for (volatile char *at = block; at < block + rate; at += 4096) *at = 1;
  held += rate;
  say("holds %lld KiB", (long long)(held >> 10));
  after(every, step, NULL);
}

static void child_ended(void *context) {
  (void)context;
  int code = child_exit_code(child);
  say("process 1 lives on: its child ended with %d%s", code, code == 137 ? ", killed" : "");
  if (!stays) end_serving(code);
}

/* The same program once more, without --child. */
static void start_child(int argc, char **argv) {
  char **arguments = must_malloc((size_t)(argc + 2) * sizeof *arguments);
  int count = 0;
  for (int i = 0; i < argc; i++) {
    if (strcmp(argv[i], "--child") != 0 && strcmp(argv[i], "--child=true") != 0) arguments[count++] = argv[i];
  }
  arguments[count++] = "--child=false";
  arguments[count] = NULL;
  child = spawn(argv[0], arguments, environ, "/", NULL, NULL, NULL);
  if (child < 0) {
    say("cannot start a child");
    program_exit(1);
  }
  say("process %d leaks, process %d watches it", (int)process_child_pid(child), (int)process_current());
  watch(process_child_subscribe(child), child_ended, NULL);
}

int leak(int argc, char **argv) {
  TAKE_SETTINGS("takes memory and never gives it back", {{"rate", 0, FLAG_BYTES, &rate}, "bytes a step: 64Ki, 1Mi; 1Mi"},
                {{"every", 0, FLAG_DURATION, &every}, "time between steps; 1s"},
                {{"ceiling", 0, FLAG_BYTES, &ceiling}, "holds at most this, and stays; 0: no end"},
                {{"child", 0, FLAG_BOOL, &in_child}, "leaks in a child, while process 1 needs nothing; false"},
                {{"stay", 0, FLAG_BOOL, &stays}, "process 1 stays when its child is dead; false: ends with the child's code"});
  if (rate <= 0) {
    stream_printf(standard_stream(2), "leak: --rate is at least 1\n");
    return 2;
  }
  on_signal = end_on_signal;
  if (in_child) start_child(argc, argv);
  else after(every, step, NULL);
  return serve_until_end();
}
