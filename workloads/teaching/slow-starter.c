/* slow-starter: takes its time before it answers. */
#include "teaching.h"

static const char *file = "";
static int64_t delay = 30 * NANOSECONDS, port = 8080, began;
static bool listens_at_once, is_up;
static struct server server;

static void answer(struct peer *peer, const struct http_request *request) {
  int64_t age = wasi_monotonic_now() - began;
  if (is_up) answer_text(peer, 200, "up\n");
  else answer_text(peer, 503, "starting for %s of %s\n", seconds_text(age), seconds_text(delay));
  say("%s %s at %s: %s", request->method, request->path, seconds_text(age), is_up ? "200" : "503");
}

static void come_up(void *context) {
  (void)context;
  is_up = true;
  if (!listens_at_once) must_serve(&server);
  show_file(file, true);
  say("up after %s, on port %d", seconds_text(delay), server.port);
}

int slow_starter(int argc, char **argv) {
  TAKE_SETTINGS("takes its time to start", {{"delay", 0, FLAG_DURATION, &delay}, "until it is up; 30s"},
                {{"port", 0, FLAG_NUMBER, &port}, "every path answers 200 once it is up; 8080"},
                {{"listen-at-once", 0, FLAG_BOOL, &listens_at_once}, "listens from the start and answers 503 meanwhile; false: nobody listens"},
                {{"file", 0, FLAG_TEXT, &file}, "made once it is up, for exec probes"});
  began = wasi_monotonic_now();
  server = (struct server){(int)port, .received = http_received, .answer = answer};
  on_signal = end_on_signal;
  show_file(file, false);
  if (listens_at_once) must_serve(&server);
  say("starts, and takes %s", seconds_text(delay));
  after(delay, come_up, NULL);
  return serve_until_end();
}
