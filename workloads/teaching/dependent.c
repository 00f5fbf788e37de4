/* dependent: is as well as what it depends on. */
#include "teaching.h"
#include <stdio.h>
#include <stdlib.h>

static const char *on = "";
static int64_t port = 8080, timeout = 2 * NANOSECONDS, retries, retry_delay = NANOSECONDS / 2, fan_out = 1, give_up;
static bool waits;
static char host[256], path[512];
static int64_t target_port;

/* One question that came in, and the questions it became. */
struct question {
  /** 0: nobody asked; it waits for itself. */
  uint32_t peer;
  int64_t left;
  int64_t failed;
  char why[256];
};
/* One of them. */
struct call {
  struct question *question;
  int64_t retries_left;
};

static void ask(struct call *call);

static void ask_again(void *context) { ask(context); }

static void answer_whole(struct question *question) {
  struct peer *peer = peer_numbered(question->peer);
  bool is_good = question->failed == 0;
  if (is_good) say("dependency answered: 200");
  else say("%lld of %lld failed: 503 (%s)", (long long)question->failed, (long long)fan_out, question->why);
  if (peer != NULL && is_good) answer_text(peer, 200, "ok: %s answered\n", on);
  if (peer != NULL && !is_good) answer_text(peer, 503, "%s\n", question->why);
  free(question);
}

/* Waiting for itself: once more until it is well, or enough is enough. */
static void wait_on(struct question *question) {
  static int64_t tries;
  if (question->failed == 0) {
    say("dependency is there: ends with 0");
    program_exit(0);
  }
  tries++;
  say("try %lld: %s", (long long)tries, question->why);
  if (give_up > 0 && tries >= give_up) {
    say("gives up: ends with 1");
    program_exit(1);
  }
  question->failed = 0;
  question->left = 1;
  struct call *call = must_malloc(sizeof *call);
  *call = (struct call){question, 0};
  after(retry_delay, ask_again, call);
}

static void answered(const struct http_result *result, void *context) {
  struct call *call = context;
  struct question *question = call->question;
  bool is_good = result->code >= 200 && result->code < 400;
  if (!is_good && call->retries_left > 0) {
    call->retries_left--;
    after(retry_delay, ask_again, call);
    return;
  }
  free(call);
  if (!is_good) {
    question->failed++;
    if (result->code != 0) snprintf(question->why, sizeof question->why, "%s answered %d", on, result->code);
    else snprintf(question->why, sizeof question->why, "%s", result->error);
  }
  if (--question->left > 0) return;
  if (question->peer != 0) answer_whole(question);
  else wait_on(question);
}

static void ask(struct call *call) { http_get(host, (int)target_port, path, timeout, answered, call); }

static void begin(uint32_t peer, int64_t calls, int64_t retries_each) {
  struct question *question = must_malloc(sizeof *question);
  *question = (struct question){.peer = peer, .left = calls};
  for (int64_t i = 0; i < calls; i++) {
    struct call *call = must_malloc(sizeof *call);
    *call = (struct call){question, retries_each};
    ask(call);
  }
}

static void answer(struct peer *peer, const struct http_request *request) {
  if (strcmp(request->path, "/healthz") == 0) answer_text(peer, 200, "alive\n");
  else begin(peer->number, fan_out, retries);
}

/* `http://host:port/path` or `host:port`. */
static bool take_target(void) {
  const char *rest = strncmp(on, "http://", 7) == 0 ? on + 7 : on;
  size_t length = strcspn(rest, ":/");
  if (length == 0 || length >= sizeof host || strstr(rest, "://") != NULL) return false;
  snprintf(host, sizeof host, "%.*s", (int)length, rest);
  rest += length;
  char number[8] = "80";
  if (*rest == ':') {
    length = strcspn(++rest, "/");
    snprintf(number, sizeof number, "%.*s", (int)(length < 7 ? length : 7), rest);
    rest += length;
  }
  snprintf(path, sizeof path, "%s", *rest == '/' ? rest : "/");
  return number_of(number, 1, 65535, &target_port);
}

int dependent(int argc, char **argv) {
  TAKE_SETTINGS("asks another server for each request, and is as well as that one; /healthz is its own",
                {{"on", 0, FLAG_TEXT, &on}, "http://HOST:PORT/PATH or HOST:PORT; needed"},
                {{"timeout", 0, FLAG_DURATION, &timeout}, "of one question; 2s"},
                {{"retries", 0, FLAG_NUMBER, &retries}, "how often it asks again before it answers 503; 0"},
                {{"retry-delay", 0, FLAG_DURATION, &retry_delay}, "before it asks again; 0.5s"},
                {{"fan-out", 0, FLAG_NUMBER, &fan_out}, "questions for each request; 1"},
                {{"wait", 0, FLAG_BOOL, &waits}, "asks until the answer is good, and ends with 0: for an init container; false"},
                {{"give-up", 0, FLAG_NUMBER, &give_up}, "tries of --wait before it ends with 1; 0: none"},
                {{"port", 0, FLAG_NUMBER, &port}, "8080"});
  if (!take_target() || fan_out < 1 || fan_out > 100 || retries < 0) {
    stream_printf(standard_stream(2), "dependent: --on is http://HOST:PORT/PATH or HOST:PORT, --fan-out 1 to 100, --retries at least 0\n");
    return 2;
  }
  struct server server = {(int)port, .received = http_received, .answer = answer};
  on_signal = end_on_signal;
  if (waits) {
    say("waits for %s", on);
    begin(0, 1, 0);
  } else {
    must_serve(&server);
    say("asks %s for each request", on);
  }
  return serve_until_end();
}
