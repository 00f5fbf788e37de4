/* Other processes: programs in the foreground, jobs in the background, and the stages of pipelines. */
#include "shell.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* How a descriptor reaches a child: given as it is, or through a pipe that we empty into our stream. */
struct passed {
  bool given;
  handle handle;
  /** The reading end of a pipe, 0 for none. */
  handle pump;
};

static handle duplicate_of(struct stream *stream) {
  stream_flush(stream);
  return process_duplicate(stream->handle);
}

static struct passed pass_output(int fd) {
  struct stream *stream = fds[fd];
  if (stream != NULL && stream->standard == fd) {
    stream_flush(stream);
    return (struct passed){0};
  }
  if (stream != NULL && stream->kind == STREAM_OUTPUT) return (struct passed){true, duplicate_of(stream), 0};
  handle ends[2];
  process_pipe(ends);
  if (stream == NULL) {
    wasi_input_drop(ends[0]);
    return (struct passed){true, ends[1], 0};
  }
  stream_flush(stream);
  return (struct passed){true, ends[1], ends[0]};
}

/* What a program reads from a file or a here-document is written ahead; a pipe is handed over. */
static struct passed pass_input(void) {
  struct stream *stream = fds[0];
  if (stream != NULL && stream->standard == 0) return (struct passed){0};
  if (stream != NULL && stream->kind == STREAM_INPUT) {
    struct passed passed = {true, stream->handle, 0};
    stream->kind = STREAM_DEVICE;
    stream->device = DEVICE_NULL;
    return passed;
  }
  handle ends[2];
  process_pipe(ends);
  struct stream *writer = stream_of_output(ends[1]);
  char chunk[4096];
  ssize_t count;
  size_t total = 0;
  while (stream != NULL && total < 61440 && (count = stream_read(stream, chunk, sizeof chunk)) > 0) {
    stream_write(writer, chunk, (size_t)count);
    total += (size_t)count;
  }
  stream_drop(writer);
  return (struct passed){true, ends[0], 0};
}

/* Moves what is there from a pipe to a stream; false at its end. */
static bool pump(handle from, struct stream *to) {
  struct result_bytes result;
  wasi_input_read(from, 4096, &result);
  if (result.failed) {
    if (result.code != STREAM_CLOSED) wasi_error_drop(result.error);
    return false;
  }
  stream_write(to, result.bytes.data, result.bytes.length);
  stream_flush(to);
  list_free(&result.bytes);
  return true;
}

/* Whom ^C reaches: the commands in the foreground, or the shell alone. */
static uint32_t foreground[64];
static size_t foreground_count;

static void enter_foreground(handle child) {
  if (!shell.seated || foreground_count >= 64) return;
  uint32_t pid = (uint32_t)process_child_pid(child);
  for (size_t i = 0; i < foreground_count; i++) {
    if (foreground[i] == pid) return;
  }
  foreground[foreground_count++] = pid;
  terminal_set_foreground(foreground, foreground_count);
}

static void leave_foreground(handle child) {
  if (!shell.seated) return;
  uint32_t pid = (uint32_t)process_child_pid(child);
  for (size_t i = 0; i < foreground_count; i++) {
    if (foreground[i] == pid) foreground[i--] = foreground[--foreground_count];
  }
  terminal_set_foreground(foreground, foreground_count);
}

/* Empties the pipes until the child has ended; signals go on to it when it has taken our place. */
static int wait_for(handle child, struct passed *outputs, bool forward) {
  enter_foreground(child);
  handle ended = process_child_subscribe(child);
  bool done = false;
  while (!done || outputs[0].pump != 0 || outputs[1].pump != 0) {
    handle waits[4];
    bool ready[4];
    size_t count = 0;
    if (!done) waits[count++] = ended;
    bool listens = forward && shell.signals != 0 && !done;
    if (listens) waits[count++] = shell.signals;
    handle pollables[2] = {0};
    for (int i = 0; i < 2; i++) {
      if (outputs[i].pump != 0) waits[count++] = pollables[i] = wasi_input_subscribe(outputs[i].pump);
    }
    wait_flags(waits, count, ready);
    size_t at = 0;
    if (!done) done = ready[at++];
    if (listens && ready[at++]) {
      int number = process_signals_take();
      if (number != 0) signal_process(process_child_pid(child), number);
    }
    for (int i = 0; i < 2; i++) {
      if (pollables[i] == 0) continue;
      wasi_pollable_drop(pollables[i]);
      if (!ready[at++] || pump(outputs[i].pump, fds[i + 1])) continue;
      wasi_input_drop(outputs[i].pump);
      outputs[i].pump = 0;
    }
  }
  wasi_pollable_drop(ended);
  int code = child_exit_code(child);
  leave_foreground(child);
  process_child_drop(child);
  if (shell.seated && code == 130) interrupt_shell();
  return code;
}

static char *current_directory(void) {
  char directory[1024];
  return take_string(getcwd(directory, sizeof directory) ? directory : "/");
}

static int spawn_failed(const char *name) {
  int error = errno;
  if (error == ENOENT) {
    shell_error("%s: not found", name);
    return 127;
  }
  if (error == EAGAIN) {
    /* As ash: a shell that cannot fork does not go on. */
    shell_error("can't fork: %s", strerror(error));
    shell.flow = FLOW_EXIT;
    return 2;
  }
  shell_error("%s: can't start a process: %s", name, strerror(error));
  return 126;
}

int run_program(const char *program, char **argv, bool replace) {
  struct passed in = pass_input();
  struct passed outputs[2] = {pass_output(1), pass_output(2)};
  if (replace) listen_for_signals();
  handle child = spawn(program, argv, environment(), current_directory(), in.given ? &in.handle : NULL,
                       outputs[0].given ? &outputs[0].handle : NULL, outputs[1].given ? &outputs[1].handle : NULL);
  if (child < 0) return spawn_failed(argv[0]);
  return wait_for(child, outputs, replace);
}

/* ---- a part of the script in another process ---- */

static char **environment_with_state(void) {
  char **variables = environment();
  size_t count = 0;
  while (variables[count] != NULL) count++;
  char **extended = take((count + 3) * sizeof *extended);
  memcpy(extended, variables, count * sizeof *extended);
  extended[count] = take_format("PODSTEP_SHELL_STATE=%s", state_text());
  extended[count + 1] = take_format("PODSTEP_SHELL_PID=%d", shell.pid);
  extended[count + 2] = NULL;
  return extended;
}

/* Starts `sh -c text` with this shell's state. The streams are taken; null ones are ours. */
static handle spawn_text(const char *text, struct passed in, struct passed output, struct passed error) {
  char *argv[] = {"sh", "-c", (char *)text, shell.state.name, NULL};
  return spawn("/bin/sh", argv, environment_with_state(), current_directory(), in.given ? &in.handle : NULL,
               output.given ? &output.handle : NULL, error.given ? &error.handle : NULL);
}

static bool is_plain(const struct node *node) {
  return node->kind == NODE_SIMPLE && node->redirects == NULL && node->words != NULL &&
         assignment_name(node->words->text) == 0;
}

/* A stage that is nothing but an applet or a program starts as itself, so that `ps` and `kill` see its name. */
static handle spawn_node(const struct node *node, struct passed in, struct passed output, struct passed error) {
  flush_streams();
  if (is_plain(node)) {
    struct fields fields = {0};
    if (!expand_words(node->words, &fields)) return -1;
    if (fields.count > 0) {
      char *name = fields.items[0];
      bool own = find_function(name) != NULL || find_builtin(name) != NULL;
      char *program = own ? NULL : find_program(name);
      if (program != NULL && script_kind(program) == 0) {
        handle child = spawn(program, fields.items, environment(), current_directory(), in.given ? &in.handle : NULL,
                             output.given ? &output.handle : NULL, error.given ? &error.handle : NULL);
        if (child >= 0 || errno != ENOENT) return child;
      }
    }
  }
  return spawn_text(unparse(node), in, output, error);
}

struct job *add_job(handle child, char *text) {
  shell.jobs = must_realloc(shell.jobs, (shell.job_count + 1) * sizeof *shell.jobs);
  int number = 1;
  for (size_t i = 0; i < shell.job_count; i++) {
    if (shell.jobs[i].number >= number) number = shell.jobs[i].number + 1;
  }
  struct job *job = &shell.jobs[shell.job_count++];
  *job = (struct job){.number = number, .pid = process_child_pid(child), .child = child, .text = must_strdup(text)};
  shell.last_background = job->pid;
  return job;
}

int run_background(const struct node *node) {
  /* Output that goes into a command substitution is waited for, there as here. */
  bool captured = (fds[1] != NULL && fds[1]->kind == STREAM_MEMORY) || (fds[2] != NULL && fds[2]->kind == STREAM_MEMORY);
  if (captured) {
    run_subshell(node);
    return 0;
  }
  struct passed passed[3] = {{0}};
  handle ends[2];
  process_pipe(ends); /* an input that is at its end */
  wasi_output_drop(ends[1]);
  passed[0] = (struct passed){true, ends[0], 0};
  bool files = false;
  for (int fd = 1; fd <= 2; fd++) {
    struct stream *stream = fds[fd];
    if (stream == NULL || stream->kind == STREAM_FILE || stream->kind == STREAM_DEVICE) files = true;
    else if (stream->standard != fd) passed[fd] = (struct passed){true, duplicate_of(stream), 0};
  }
  handle child = files ? spawn_text(unparse(node), passed[0], passed[1], passed[2])
                       : spawn_node(node, passed[0], passed[1], passed[2]);
  if (child < 0) {
    return shell.flow == FLOW_NONE ? spawn_failed("&") : 1;
  }
  add_job(child, unparse(node));
  return 0;
}

/* ---- pipelines ---- */

/* Applets that end by themselves and wait for nothing: they can run before their reader. */
static bool produces(const char *name) {
  static const char *const PRODUCERS[] = {"echo", "printf",   "date",    "env", "printenv", "hostname", "id",
                                          "ls",   "basename", "dirname", "ps",  "uname",    "whoami",   "pwd"};
  for (size_t i = 0; i < sizeof PRODUCERS / sizeof *PRODUCERS; i++) {
    if (strcmp(name, PRODUCERS[i]) == 0) return true;
  }
  return false;
}

bool runs_apart(const char *applet) {
  static const char *const QUICK[] = {"[", "test", "true", "false", "kill", "expr", "seq", "which"};
  for (size_t i = 0; i < sizeof QUICK / sizeof *QUICK; i++) {
    if (strcmp(applet, QUICK[i]) == 0) return false;
  }
  return !produces(applet);
}

/* Applets that only turn their input into output: on an input that is whole they end by themselves. */
static bool filters(const struct fields *fields) {
  static const char *const FILTERS[] = {"awk",  "base64", "cat",  "cut", "egrep", "fgrep", "grep",      "head",   "sed",
                                        "sort", "tail",   "tr",   "uniq", "wc",    "rev",   "md5sum", "sha256sum"};
  bool known = false;
  for (size_t i = 0; i < sizeof FILTERS / sizeof *FILTERS; i++) {
    if (strcmp(fields->items[0], FILTERS[i]) == 0) known = true;
  }
  for (size_t i = 1; i < fields->count; i++) {
    if (strcmp(fields->items[0], "tail") == 0 && strpbrk(fields->items[i], "fF") != NULL) return false;
    if (strncmp(fields->items[i], "/dev/", 5) == 0) return false;
  }
  return known;
}

/* Runs a stage here and now when that cannot be told from running it beside its reader. */
static bool run_ahead(const struct node *node, bool whole_input, struct stream **output, int *status) {
  if (!is_plain(node)) return false;
  struct fields fields = {0};
  struct state saved;
  save_state(&saved);
  bool expanded = expand_words(node->words, &fields);
  bool here = expanded && fields.count > 0 && find_function(fields.items[0]) == NULL &&
              find_applet(fields.items[0]) != NULL &&
              (produces(fields.items[0]) || (whole_input && filters(&fields)));
  if (here) {
    struct stream *before = fds[1];
    *output = fds[1] = stream_of_memory();
    *status = run_arguments((int)fields.count, fields.items);
    fds[1] = before;
  }
  restore_state(&saved);
  return here || !expanded;
}

#define STAGE_LIMIT 32

struct pipeline {
  const struct node *stages[STAGE_LIMIT];
  int count;
  handle children[STAGE_LIMIT];
  /** What a stage says on descriptor 2 and we must bring to its place. */
  handle errors[STAGE_LIMIT];
  int statuses[STAGE_LIMIT];
};

static bool collect(const struct node *node, struct pipeline *pipeline) {
  while (node->kind == NODE_PIPE && node->redirects == NULL) {
    if (pipeline->count >= STAGE_LIMIT - 1) return false;
    pipeline->stages[pipeline->count++] = node->left;
    node = node->right;
  }
  pipeline->stages[pipeline->count++] = node;
  return true;
}

/* Starts every stage but the last; fds[0] is then what the last one reads. */
static bool start_stages(struct pipeline *pipeline) {
  for (int i = 0; i + 1 < pipeline->count; i++) {
    bool whole = i > 0 && fds[0] != NULL && fds[0]->kind == STREAM_MEMORY;
    struct stream *next = NULL;
    if (run_ahead(pipeline->stages[i], whole, &next, &pipeline->statuses[i])) {
      if (shell.flow == FLOW_EXIT || next == NULL) return false;
    } else {
      handle ends[2];
      process_pipe(ends);
      next = stream_of_input(ends[0]);
      struct passed in = pass_input();
      struct passed error = pass_output(2);
      struct stream *before = fds[1];
      fds[1] = stream_of_output(process_duplicate(ends[1]));
      handle child = spawn_node(pipeline->stages[i], in, (struct passed){true, ends[1], 0}, error);
      stream_drop(fds[1]);
      fds[1] = before;
      pipeline->errors[i] = error.pump;
      if (child < 0) {
        stream_drop(next);
        if (shell.flow == FLOW_NONE) spawn_failed("|");
        return false;
      }
      pipeline->children[i] = child;
      enter_foreground(child);
    }
    stream_drop(fds[0]);
    fds[0] = next;
  }
  return true;
}

int run_pipeline(const struct node *node) {
  struct pipeline pipeline = {0};
  if (!collect(node, &pipeline)) return shell_error("a pipeline has at most %d stages", STAGE_LIMIT), 2;
  struct stream *input = fds[0];
  stream_keep(fds[0]);
  int last = pipeline.count - 1;
  bool started = start_stages(&pipeline);
  int status = started ? run_subshell(pipeline.stages[last]) : 1;
  pipeline.statuses[last] = status;
  flush_streams();
  stream_drop(fds[0]); /* who still writes learns that nobody reads */
  fds[0] = input;
  for (int i = 0; i < last; i++) {
    struct passed outputs[2] = {{0}, {true, 0, pipeline.errors[i]}};
    if (pipeline.children[i] != 0) pipeline.statuses[i] = wait_for(pipeline.children[i], outputs, false);
    if (shell.state.pipefail && status == 0) status = pipeline.statuses[i];
  }
  for (int i = last; shell.state.pipefail && i >= 0; i--) {
    if (pipeline.statuses[i] != 0) {
      status = pipeline.statuses[i];
      break;
    }
  }
  return shell.status = status;
}
