/* pause: holds the pod's sandbox and does nothing; TERM and INT end it with 0, as the original does. */
#include "program.h"
#include <string.h>

static void say(int stream, const char *text) { stream_write(standard_stream(stream), text, strlen(text)); }

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "-v") == 0) {
    say(1, "pause.c (podstep's stand-in)\n");
    program_exit(0);
  }
  handle pending = process_signals_subscribe();
  for (;;) {
    wasi_pollable_block(pending);
    int number = process_signals_take();
    if (number != signal_number("TERM") && number != signal_number("INT")) continue;
    say(2, "Shutting down, got signal\n");
    program_exit(0);
  }
}
