/* sh without a script: commands run as they come, typed by a person at a terminal or sent through a pipe. */
#include "shell.h"
#include <stdlib.h>
#include <unistd.h>

enum arrival { LINE_CAME, LINE_END, LINE_INTERRUPTED };

void interrupt_shell(void) {
  shell.interrupted = true;
  shell.flow = FLOW_EXIT;
  shell.status = 130;
}

/* `\w` is the directory, `\$` the sign of root, `\h` and `\u` host and user. */
static void show_prompt(const char *name, const char *otherwise) {
  if (!shell.interactive || fds[2] == NULL) return;
  const char *text = get_variable(name);
  struct buffer prompt = {0};
  for (text = text ? text : otherwise; *text != '\0'; text++) {
    const char *value = NULL;
    if (*text == '\\' && text[1] == 'w') value = get_variable("PWD");
    else if (*text == '\\' && text[1] == '$') value = "#";
    else if (*text == '\\' && text[1] == 'h') value = get_variable("HOSTNAME");
    else if (*text == '\\' && text[1] == 'u') value = "root";
    if (value != NULL) {
      buffer_add_string(&prompt, value);
      text++;
    } else {
      buffer_add_char(&prompt, *text);
    }
  }
  stream_write(fds[2], prompt.data ? prompt.data : "", prompt.length);
  buffer_free(&prompt);
}

bool await_input(struct stream *stream) {
  if (stream->kind != STREAM_INPUT || stream->memory.length > 0 || shell.signals == 0) return true;
  for (;;) {
    handle waits[2] = {wasi_input_subscribe(stream->handle), shell.signals};
    bool ready[2];
    wait_flags(waits, 2, ready);
    wasi_pollable_drop(waits[0]);
    if (ready[1]) {
      collect_signals();
      if (trap_pending() || shell.flow != FLOW_NONE) return false;
    }
    if (ready[0]) return true;
  }
}

/* One line with its newline; what was read beyond it is put back. */
static enum arrival read_command_line(struct stream *stream, struct buffer *text) {
  char chunk[4096];
  for (;;) {
    flush_streams();
    if (!await_input(stream)) return LINE_INTERRUPTED;
    ssize_t count = stream_read(stream, chunk, sizeof chunk);
    if (count <= 0) return LINE_END;
    const char *newline = memchr(chunk, '\n', (size_t)count);
    size_t taken = newline ? (size_t)(newline - chunk) + 1 : (size_t)count;
    buffer_add(text, chunk, taken);
    if (newline == NULL) continue;
    if (taken < (size_t)count) stream_unread(stream, chunk + taken, (size_t)count - taken);
    return LINE_CAME;
  }
}

/* True when more lines belong to the command. */
static bool is_cut(const struct buffer *text) {
  if (text->length >= 2 && memcmp(text->data + text->length - 2, "\\\n", 2) == 0) return true;
  struct arena arena = {0};
  struct parser parser = parser_of(text->data, text->length, &arena);
  while (parser.error == NULL && parse_line(&parser) != NULL) continue;
  arena_free(&arena);
  return parser.cut;
}

/* False when the shell is to end. */
static bool run_lines(struct buffer *text) {
  run_text(text->data, text->length);
  text->length = 0;
  if (shell.flow == FLOW_NONE) return true;
  if (!shell.interactive || (shell.leaves && !shell.interrupted)) return false;
  if (shell.interrupted && fds[2] != NULL) stream_write(fds[2], "\n", 1);
  shell.interrupted = shell.leaves = false;
  shell.flow = FLOW_NONE;
  return true;
}

int run_standard_input(void) {
  struct buffer text = {0};
  buffer_add(&text, "", 0);
  if (shell.interactive) listen_for_signals();
  if (shell.seated) terminal_set_foreground(NULL, 0);
  while (fds[0] != NULL) {
    struct arena_mark mark = arena_mark(&scratch);
    if (text.length == 0) show_prompt("PS1", "\\w \\$ ");
    else show_prompt("PS2", "> ");
    enum arrival arrival = read_command_line(fds[0], &text);
    if (arrival == LINE_CAME && is_cut(&text)) continue;
    /* ^C gives up what was typed; a trap runs at once. */
    if (arrival == LINE_INTERRUPTED) text.length = 0;
    if (arrival == LINE_INTERRUPTED && shell.flow == FLOW_NONE) run_traps();
    bool goes_on = run_lines(&text) && arrival != LINE_END;
    arena_release(&scratch, mark);
    if (!goes_on) break;
  }
  buffer_free(&text);
  return shell.status;
}
