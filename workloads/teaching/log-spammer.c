/* log-spammer: writes lines, as many and as long as it is told. */
#include "teaching.h"
#include <stdio.h>

/* Lines are written in steps of this length. */
#define STEP (NANOSECONDS / 10)

static int64_t rate = 100, length = 80, lines, stderr_percent, trace_every, trace_lines = 8, written, due;
static int64_t began;

static void write_line(int64_t number) {
  static char line[65536];
  int head = snprintf(line, sizeof line, "line %lld ", (long long)number);
  size_t size = (size_t)length < sizeof line - 1 ? (size_t)length : sizeof line - 2;
  if (size < (size_t)head) size = (size_t)head;
  for (size_t i = (size_t)head; i < size; i++) line[i] = (char)('a' + i % 26);
  line[size] = '\n';
  int stream = stderr_percent > 0 && number % 100 < stderr_percent ? 2 : 1;
  stream_write(standard_stream(stream), line, size + 1);
  if (trace_every <= 0 || number % trace_every != 0) return;
  for (int64_t i = 0; i < trace_lines; i++) stream_printf(standard_stream(stream), "    at frame %lld of line %lld\n", (long long)i, (long long)number);
}

static void step(void *context) {
  (void)context;
  due = (wasi_monotonic_now() - began) / (NANOSECONDS / 1000) * rate / 1000;
  while (written < due && (lines == 0 || written < lines)) write_line(++written);
  if (lines > 0 && written >= lines) {
    say("wrote %lld lines", (long long)written);
    end_serving(0);
    return;
  }
  after(STEP, step, NULL);
}

int log_spammer(int argc, char **argv) {
  TAKE_SETTINGS("writes lines", {{"rate", 0, FLAG_NUMBER, &rate}, "lines a second; 100"},
                {{"length", 0, FLAG_NUMBER, &length}, "bytes a line, at most 65534; 80"},
                {{"lines", 0, FLAG_NUMBER, &lines}, "ends with 0 after so many; 0: never"},
                {{"stderr-percent", 0, FLAG_NUMBER, &stderr_percent}, "so many of 100 lines go to stderr; 0"},
                {{"trace-every", 0, FLAG_NUMBER, &trace_every}, "after each so many lines comes a trace of several lines; 0: never"},
                {{"trace-lines", 0, FLAG_NUMBER, &trace_lines}, "lines of a trace; 8"});
  if (rate < 1 || rate > 1000000 || length < 1) {
    stream_printf(standard_stream(2), "log-spammer: --rate is 1 to 1000000, --length at least 1\n");
    return 2;
  }
  on_signal = end_on_signal;
  began = wasi_monotonic_now();
  after(STEP, step, NULL);
  return serve_until_end();
}
