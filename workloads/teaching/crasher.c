/* crasher: runs for a while, or for some requests, and then dies in the way it is told. */
#include "teaching.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *how = "exit", *message = "", *state = "";
static int64_t exit_code = 1, after_time, after_requests, until, port = 8080, answered;

static int descend(volatile char *above) {
  if (above[0] == 0) return 0;
  volatile char here[1024];
  here[0] = above[0];
  return descend(here) + here[0];
}

static void leave_message(void) {
  if (*message == '\0') return;
  int descriptor = open("/dev/termination-log", O_WRONLY | O_CREAT, 0644);
  if (descriptor < 0 || write(descriptor, message, strlen(message)) < 0) say("cannot write /dev/termination-log");
  if (descriptor >= 0) close(descriptor);
}

static void crash(void *context) {
  (void)context;
  leave_message();
  if (strcmp(how, "exit") == 0) {
    say("exits with %d", (int)exit_code);
    program_exit((int)exit_code);
  }
  say("dies of %s", how);
  if (strcmp(how, "abort") == 0) __builtin_trap();
  if (strcmp(how, "segfault") == 0) *(volatile int *)0xfffffff0 = 1;
  volatile char top[1] = {1};
  program_exit(descend(top));
}

/* The number of this start, counted in a file that outlives the container. */
static int64_t count_start(void) {
  char text[24] = "";
  int64_t count = 0;
  int descriptor = open(state, O_RDWR | O_CREAT, 0644);
  if (descriptor < 0) {
    say("cannot open %s: mount a volume there", state);
    program_exit(2);
  }
  ssize_t length = read(descriptor, text, sizeof text - 1);
  if (length > 0) count = atoll(text);
  lseek(descriptor, 0, SEEK_SET);
  count++;
  length = snprintf(text, sizeof text, "%lld\n", (long long)count);
  if (write(descriptor, text, (size_t)length) != length) say("cannot write %s", state);
  close(descriptor);
  return count;
}

static void answer(struct peer *peer, const struct http_request *request) {
  (void)request;
  answered++;
  answer_text(peer, 200, "request %lld of %lld\n", (long long)answered, (long long)after_requests);
  if (answered == after_requests) after(0, crash, NULL);
}

int crasher(int argc, char **argv) {
  TAKE_SETTINGS("dies, and shows what Kubernetes makes of it",
                {{"how", 0, FLAG_TEXT, &how}, "exit, abort (134), segfault (139) or overflow of the stack (139); exit"},
                {{"exit-code", 0, FLAG_NUMBER, &exit_code}, "of --how exit; 1"},
                {{"after", 0, FLAG_DURATION, &after_time}, "how long it lives: 5s, 2m; 0"},
                {{"after-requests", 0, FLAG_NUMBER, &after_requests}, "lives until it has answered as many, instead; 0: does not listen"},
                {{"until", 0, FLAG_NUMBER, &until}, "dies in so many starts only, then stays up; 0: for ever"},
                {{"state", 0, FLAG_TEXT, &state}, "the file that counts the starts for --until, on a volume"},
                {{"message", 0, FLAG_TEXT, &message}, "left in /dev/termination-log"},
                {{"port", 0, FLAG_NUMBER, &port}, "of --after-requests; 8080"});
  if (strcmp(how, "exit") != 0 && strcmp(how, "abort") != 0 && strcmp(how, "segfault") != 0 && strcmp(how, "overflow") != 0) {
    stream_printf(standard_stream(2), "crasher: --how is exit, abort, segfault or overflow, not \"%s\"\n", how);
    return 2;
  }
  if (until > 0 && *state == '\0') {
    stream_printf(standard_stream(2), "crasher: --until needs --state, a file on a volume\n");
    return 2;
  }
  on_signal = end_on_signal;
  int64_t start = until > 0 ? count_start() : 0;
  if (until > 0 && start > until) {
    say("start %lld: stays up", (long long)start);
    return serve_until_end();
  }
  struct server server = {(int)port, .received = http_received, .answer = answer};
  if (after_requests > 0) {
    say("dies after %lld requests on port %d", (long long)after_requests, server.port);
    must_serve(&server);
  } else {
    say("dies in %s", seconds_text(after_time));
    after(after_time, crash, NULL);
  }
  return serve_until_end();
}
