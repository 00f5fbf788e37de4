/* flaky-health: well for a while, unwell for a while, or unwell by chance. */
#include "teaching.h"

static const char *file = "/tmp/healthy";
static int64_t up = 20 * NANOSECONDS, down = 10 * NANOSECONDS, fail_percent = -1, status = 503, port = 8080;
static bool hangs, is_well = true;

static void turn_over(void *context) {
  (void)context;
  is_well = !is_well;
  show_file(file, is_well);
  int64_t next = is_well ? up : down;
  say("%s for %s", is_well ? "well" : "unwell", seconds_text(next));
  if (next > 0) after(next, turn_over, NULL);
}

static void answer(struct peer *peer, const struct http_request *request) {
  if (strcmp(request->path, "/healthz") != 0) {
    answer_text(peer, 200, "the work itself goes on\n");
    return;
  }
  bool well = fail_percent >= 0 ? percent() >= (uint32_t)fail_percent : is_well;
  if (well) answer_text(peer, 200, "ok\n");
  else if (!hangs) answer_text(peer, (int)status, "unwell\n");
  say("/healthz: %s", well ? "200" : hangs ? "no answer" : "unwell");
}

int flaky_health(int argc, char **argv) {
  TAKE_SETTINGS("answers /healthz well and badly by turns; every other path always answers 200",
                {{"up", 0, FLAG_DURATION, &up}, "how long it is well, first and again; 20s; 0: for ever"},
                {{"down", 0, FLAG_DURATION, &down}, "how long it is unwell; 10s; 0: for ever"},
                {{"fail-percent", 0, FLAG_NUMBER, &fail_percent}, "fails so many of 100 requests by chance (the node's seed), instead"},
                {{"status", 0, FLAG_NUMBER, &status}, "the status when it is unwell; 503"},
                {{"hang", 0, FLAG_BOOL, &hangs}, "does not answer at all when it is unwell: the probe's time-out; false"},
                {{"file", 0, FLAG_TEXT, &file}, "is there while it is well, for exec probes; /tmp/healthy"},
                {{"port", 0, FLAG_NUMBER, &port}, "8080"});
  struct server server = {(int)port, .received = http_received, .answer = answer};
  on_signal = end_on_signal;
  must_serve(&server);
  show_file(file, true);
  if (fail_percent >= 0) say("fails %d of 100 requests", (int)fail_percent);
  else say("well for %s", seconds_text(up));
  if (fail_percent < 0 && up > 0) after(up, turn_over, NULL);
  return serve_until_end();
}
