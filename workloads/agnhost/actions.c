/* netexec's /shell and /exit: what a pod can be asked to do to itself. */
#include "netexec.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OUTPUT_LIMIT 1048576

/* ---- /shell ---- */

struct shell {
  uint32_t peer;
  handle reader;
  handle child;
  struct buffer output;
};

static void tell(void *context) {
  struct shell *shell = context;
  int code = child_exit_code(shell->child);
  process_child_drop(shell->child);
  struct buffer json = {0};
  char error[64];
  buffer_add_char(&json, '{');
  if (code != 0) {
    const char *name = code > 128 ? signal_name(code - 128) : NULL;
    if (name != NULL) snprintf(error, sizeof error, "signal: %s", strcmp(name, "KILL") == 0 ? "killed" : strcmp(name, "TERM") == 0 ? "terminated" : name);
    else snprintf(error, sizeof error, "exit status %d", code);
    buffer_add_string(&json, "\"error\":");
    add_json_string(&json, error, strlen(error));
  }
  if (shell->output.length > 0) {
    buffer_add_string(&json, json.length > 1 ? ",\"output\":" : "\"output\":");
    add_json_string(&json, shell->output.data, shell->output.length);
  }
  buffer_add_char(&json, '}');
  log_go("Output: %s", json.data);
  struct peer *peer = peer_numbered(shell->peer);
  if (peer != NULL) answer_bytes(peer, 200, "text/plain; charset=utf-8", NULL, json.data, json.length);
  buffer_free(&json);
  buffer_free(&shell->output);
  free(shell);
}

static void hear(void *context) {
  struct shell *shell = context;
  struct result_bytes result;
  wasi_input_read(shell->reader, 16384, &result);
  if (result.failed) {
    if (result.code != STREAM_CLOSED) wasi_error_drop(result.error);
    wasi_input_drop(shell->reader);
    watch(process_child_subscribe(shell->child), tell, shell);
    return;
  }
  if (shell->output.length < OUTPUT_LIMIT) buffer_add(&shell->output, result.bytes.data, result.bytes.length);
  list_free(&result.bytes);
  watch(wasi_input_subscribe(shell->reader), hear, shell);
}

void run_shell(struct peer *peer, const struct http_request *request) {
  char *command = form_value(request, "shellCommand");
  if (*command == '\0') free(command), command = form_value(request, "cmd");
  log_go("GET /shell?cmd=%s", command);
  handle ends[2], empty[2];
  process_pipe(ends);
  process_pipe(empty);
  wasi_output_drop(empty[1]);
  handle errors = process_duplicate(ends[1]);
  char *arguments[] = {"/bin/sh", "-c", command, NULL};
  handle child = spawn("/bin/sh", arguments, environ, "/", &empty[0], &ends[1], &errors);
  free(command);
  if (child < 0) {
    wasi_input_drop(ends[0]);
    answer_text(peer, 200, "{\"error\":\"fork/exec /bin/sh: no such file or directory\"}");
    return;
  }
  struct shell *shell = must_malloc(sizeof *shell);
  *shell = (struct shell){.peer = peer->number, .reader = ends[0], .child = child};
  watch(wasi_input_subscribe(shell->reader), hear, shell);
}

/* ---- /exit ---- */

static int exit_code;
static int64_t patience;
static int64_t waited;

static void exit_now(void *context) {
  (void)context;
  program_exit(exit_code);
}

static void exit_when_idle(void *context) {
  (void)context;
  bool is_late = waited >= patience;
  if (peers_are_busy() && !is_late) {
    waited += NANOSECONDS / 100;
    after(NANOSECONDS / 100, exit_when_idle, NULL);
    return;
  }
  log_go("Graceful shutdown completed with: %s", is_late ? "context deadline exceeded" : "<nil>");
  program_exit(exit_code);
}

struct leaving {
  uint32_t peer;
};

static void shut_down(void *context) {
  struct leaving *leaving = context;
  struct peer *peer = peer_numbered(leaving->peer);
  free(leaving);
  serve_no_more();
  if (peer != NULL) answer_http(peer, 200, "", "");
  exit_when_idle(NULL);
}

static bool take_duration(struct peer *peer, const char *name, const char *text, int64_t *duration) {
  *duration = *text == '\0' ? 0 : duration_of(text, false);
  if (*duration >= 0) return true;
  answer_text(peer, 200, "argument '%s' must be a valid golang duration or empty, got \"%s\"\n", name, text);
  return false;
}

void exit_when_asked(struct peer *peer, const struct http_request *request) {
  char *wait = form_value(request, "wait"), *timeout = form_value(request, "timeout"), *code = form_value(request, "code");
  int64_t delay, number = 0;
  log_go("GET /exit?code=%s&timeout=%s&wait=%s", code, timeout, wait);
  if (take_duration(peer, "timeout", timeout, &patience) && take_duration(peer, "wait", wait, &delay)) {
    if (*code != '\0' && !number_of(code, INT32_MIN, INT32_MAX, &number)) {
      answer_text(peer, 200, "argument 'code' must be an integer [0-127] or empty, got \"%s\"\n", code);
    } else {
      exit_code = (int)number;
      log_go("Will begin shutdown in %s, allowing %s for connections to close, then will exit with %d", *wait != '\0' ? wait : "0s", *timeout != '\0' ? timeout : "0s", exit_code);
      struct leaving *leaving = must_malloc(sizeof *leaving);
      *leaving = (struct leaving){peer->number};
      after(delay, patience == 0 ? exit_now : shut_down, leaving);
    }
  }
  free(wait);
  free(timeout);
  free(code);
}

void refuse_upload(struct peer *peer, const struct http_request *request) {
  (void)request;
  log_go("GET /upload");
  answer_text(peer, 501, "podstep's stand-in takes no uploads: mount a volume, or write with /shell\n");
}
