/* ignores-term: has no handler for TERM, or one that takes its time. */
#include "teaching.h"

static int64_t slow = -1, port = 8080, exit_code, asked_at;
static bool is_draining;

static void drained(void *context) {
  (void)context;
  say("drained: ends with %d", (int)exit_code);
  end_serving((int)exit_code);
}

static void drain(int number) {
  if (number != signal_number("TERM") && number != signal_number("INT")) return;
  if (is_draining) {
    say("SIG%s again: goes on draining", signal_name(number));
    return;
  }
  is_draining = true;
  asked_at = wasi_monotonic_now();
  say("SIG%s: drains for %s", signal_name(number), seconds_text(slow));
  after(slow, drained, NULL);
}

static void answer(struct peer *peer, const struct http_request *request) {
  (void)request;
  if (is_draining) answer_text(peer, 200, "draining for %s\n", seconds_text(wasi_monotonic_now() - asked_at));
  else answer_text(peer, 200, "serving\n");
}

int ignores_term(int argc, char **argv) {
  TAKE_SETTINGS("does not end when it is asked to", {{"slow", 0, FLAG_DURATION, &slow}, "hears TERM, and ends so much later; left out: hears nothing"},
                {{"exit-code", 0, FLAG_NUMBER, &exit_code}, "of --slow; 0"}, {{"port", 0, FLAG_NUMBER, &port}, "every path answers 200, while it drains, too; 8080"});
  struct server server = {(int)port, .received = http_received, .answer = answer};
  ignores_signals = slow < 0;
  on_signal = drain;
  must_serve(&server);
  if (ignores_signals) say("has no handler: TERM means nothing to it");
  else say("will drain for %s when it is asked to end", seconds_text(slow));
  return serve_until_end();
}
