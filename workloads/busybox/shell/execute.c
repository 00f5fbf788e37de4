/* Walks the tree: lists, conditions, loops, functions and subshells. */
#include "shell.h"
#include <errno.h>
#include <stdlib.h>

#define DEPTH_LIMIT 400

int shell_error(const char *format, ...) {
  va_list values;
  va_start(values, format);
  char *text;
  if (vasprintf(&text, format, values) < 0) text = must_strdup("error");
  va_end(values);
  if (shell.script) complain(shell.state.name, "line %d: %s", shell.line, text);
  else complain(shell.state.name, "%s", text);
  free(text);
  return 1;
}

void flush_streams(void) {
  for (int fd = 0; fd < FD_LIMIT; fd++) {
    if (fds[fd] != NULL) stream_flush(fds[fd]);
  }
}

/* A failure ends a shell with -e, unless something looks at it. */
static void check_failure(void) {
  if (shell.status == 0 || !shell.state.errexit || shell.tested > 0 || shell.flow != FLOW_NONE) return;
  shell.flow = FLOW_EXIT;
}

static int run_tested(const struct node *node) {
  shell.tested++;
  int status = run_node(node);
  shell.tested--;
  return status;
}

static int run_if(const struct node *node) {
  int status = run_tested(node->left);
  if (shell.flow != FLOW_NONE) return shell.status;
  if (status == 0) return run_node(node->right);
  if (node->otherwise != NULL) return run_node(node->otherwise);
  return shell.status = 0;
}

/* After a loop's part: true when the loop ends. */
static bool leaves_loop(void) {
  if (shell.flow == FLOW_NONE) return false;
  if (shell.flow != FLOW_BREAK && shell.flow != FLOW_CONTINUE) return true;
  if (--shell.levels > 0) return true;
  bool leaves = shell.flow == FLOW_BREAK;
  shell.flow = FLOW_NONE;
  return leaves;
}

static int run_while(const struct node *node) {
  int status = 0;
  shell.loop_depth++;
  for (;;) {
    bool holds = run_tested(node->left) == 0;
    if (shell.flow != FLOW_NONE) {
      if (leaves_loop()) break;
      continue;
    }
    if (holds != (node->kind == NODE_WHILE)) break;
    status = run_node(node->right);
    if (leaves_loop()) {
      status = shell.status;
      break;
    }
  }
  shell.loop_depth--;
  return shell.status = shell.flow == FLOW_NONE ? status : shell.status;
}

static int run_for(const struct node *node) {
  struct fields fields = {0};
  if (node->over_parameters) {
    for (int i = 0; i < shell.state.parameter_count; i++) fields_add(&fields, take_string(shell.state.parameters[i]));
  } else if (!expand_words(node->words, &fields)) {
    return shell.status == 0 ? shell.status = 1 : shell.status;
  }
  int status = 0;
  shell.loop_depth++;
  for (size_t i = 0; i < fields.count; i++) {
    if (set_variable(node->name, fields.items[i]) < 0) {
      status = shell.status = 1;
      break;
    }
    status = run_node(node->right);
    if (leaves_loop()) break;
  }
  shell.loop_depth--;
  return shell.status = shell.flow == FLOW_NONE ? status : shell.status;
}

static int run_case(const struct node *node) {
  char *subject = expand_string(node->name);
  if (subject == NULL) return shell.status == 0 ? shell.status = 1 : shell.status;
  for (const struct case_item *item = node->items; item != NULL; item = item->next) {
    for (const struct word *word = item->patterns; word != NULL; word = word->next) {
      char *pattern = expand_pattern(word->text);
      if (pattern == NULL) return shell.status == 0 ? shell.status = 1 : shell.status;
      if (pattern_matches(pattern, subject)) return item->body ? run_node(item->body) : (shell.status = 0);
    }
  }
  return shell.status = 0;
}

int run_function(struct function *function, int argc, char **argv) {
  if (shell.function_depth >= 200) return shell_error("%s: functions are nested too deeply", argv[0]);
  char **parameters = shell.state.parameters;
  int count = shell.state.parameter_count;
  shell.state.parameters = NULL;
  shell.state.parameter_count = 0;
  set_parameters(argc - 1, argv + 1);
  function->references++;
  int loops = shell.loop_depth;
  shell.loop_depth = 0;
  shell.function_depth++;
  int status = run_node(function->body);
  shell.function_depth--;
  shell.loop_depth = loops;
  restore_locals(shell.function_depth);
  function_drop(function);
  set_parameters(0, NULL);
  free(shell.state.parameters);
  shell.state.parameters = parameters;
  shell.state.parameter_count = count;
  if (shell.flow == FLOW_RETURN) shell.flow = FLOW_NONE;
  return shell.flow == FLOW_NONE ? status : shell.status;
}

int run_subshell(const struct node *node) {
  struct state saved;
  struct local *locals = shell.locals;
  int loops = shell.loop_depth;
  save_state(&saved);
  shell.subshell_depth++;
  run_node(node);
  run_exit_trap();
  shell.subshell_depth--;
  flush_streams();
  while (shell.locals != locals) {
    struct local *local = shell.locals;
    shell.locals = local->next;
    free(local->name);
    free(local->value);
    free(local);
  }
  restore_state(&saved);
  shell.loop_depth = loops;
  shell.leaves = false;
  shell.flow = shell.interrupted ? FLOW_EXIT : FLOW_NONE;
  shell.levels = 0;
  return shell.status;
}

char *run_substitution(const char *text, size_t length) {
  struct arena arena = {0};
  struct parser parser = parser_of(text, length, &arena);
  struct node *node = parse_all(&parser);
  struct stream *before = fds[1];
  struct stream *memory = stream_of_memory();
  if (before != NULL) stream_flush(before);
  fds[1] = memory;
  if (parser.error != NULL) {
    fds[1] = before;
    shell_error("%s", parser.error);
    shell.status = 2;
    shell.flow = FLOW_EXIT;
  } else if (node != NULL) {
    run_subshell(node);
    check_failure();
    shell.flow = FLOW_NONE;
  } else {
    shell.status = 0;
  }
  fds[1] = before;
  shell.substitution_status = shell.status;
  arena_free(&arena);
  size_t count = memory->memory.length;
  while (count > 0 && memory->memory.data[count - 1] == '\n') count--;
  char *output = take(count + 1);
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    if (memory->memory.data[i] != '\0') output[kept++] = memory->memory.data[i];
  }
  output[kept] = '\0';
  stream_drop(memory);
  return output;
}

static int run_and_or(const struct node *node) {
  int status = run_tested(node->left);
  if (shell.flow != FLOW_NONE) return shell.status;
  if ((status == 0) == (node->kind == NODE_AND)) return run_node(node->right);
  return status;
}

static int run_compound(const struct node *node) {
  switch (node->kind) {
  case NODE_SIMPLE: return run_simple(node);
  case NODE_PIPE: return run_pipeline(node);
  case NODE_AND: case NODE_OR: return run_and_or(node);
  case NODE_NOT:
    run_tested(node->left);
    return shell.flow == FLOW_NONE ? shell.status = shell.status == 0 : shell.status;
  case NODE_BACKGROUND: return run_background(node->left);
  case NODE_SUBSHELL: return run_subshell(node->left);
  case NODE_GROUP: return run_node(node->left);
  case NODE_IF: return run_if(node);
  case NODE_WHILE: case NODE_UNTIL: return run_while(node);
  case NODE_FOR: return run_for(node);
  case NODE_CASE: return run_case(node);
  case NODE_FUNCTION:
    define_function(node->name, node->left);
    return 0;
  case NODE_CONDITION: return evaluate_condition(node);
  case NODE_SEQUENCE: break;
  }
  return 0;
}

static int run_with_redirects(const struct node *node) {
  if (node->redirects == NULL || node->kind == NODE_SIMPLE) return run_compound(node);
  struct stream *saved[FD_LIMIT];
  if (!redirect(node->redirects, saved)) return 1;
  int status = run_compound(node);
  undo_redirects(saved);
  return status;
}

/* What a failure inside did already decide: the parts were checked themselves. */
static bool checks_itself(const struct node *node) {
  return node->kind == NODE_SIMPLE || node->kind == NODE_PIPE || node->kind == NODE_SUBSHELL ||
         node->kind == NODE_CONDITION;
}

int run_node(const struct node *node) {
  if (++shell.depth > DEPTH_LIMIT) {
    shell_error("commands are nested too deeply");
    shell.flow = FLOW_EXIT;
    shell.depth--;
    return shell.status = 2;
  }
  for (;;) {
    const struct node *one = node->kind == NODE_SEQUENCE ? node->left : node;
    struct arena_mark mark = arena_mark(&scratch);
    shell.line = one->line;
    shell.status = run_with_redirects(one);
    arena_release(&scratch, mark);
    if (checks_itself(one)) check_failure();
    if (shell.signals != 0 && !shell.in_trap) run_traps();
    if (shell.flow != FLOW_NONE || node->kind != NODE_SEQUENCE) break;
    node = node->right;
  }
  shell.depth--;
  return shell.status;
}

int run_text(const char *text, size_t length) {
  struct arena arena = {0};
  struct parser parser = parser_of(text, length, &arena);
  while (shell.flow == FLOW_NONE) {
    struct node *node = parse_line(&parser);
    if (parser.error != NULL) {
      shell.line = parser.line;
      shell_error("%s", parser.error);
      shell.status = 2;
      shell.flow = FLOW_EXIT;
    }
    if (node == NULL) break;
    run_node(node);
  }
  arena_free(&arena);
  return shell.status;
}

int run_file(const char *path, const char *shown) {
  struct stream *stream = open_input(path);
  if (stream == NULL) {
    shell_error("can't open '%s': %s", shown, strerror(errno));
    return 127;
  }
  struct buffer text = {0};
  char chunk[4096];
  ssize_t count;
  buffer_add(&text, "", 0);
  while ((count = stream_read(stream, chunk, sizeof chunk)) > 0) buffer_add(&text, chunk, (size_t)count);
  stream_drop(stream);
  if (count < 0) {
    buffer_free(&text);
    return shell_error("can't read '%s': %s", shown, strerror(errno)), 2;
  }
  int status = run_text(text.data, text.length);
  buffer_free(&text);
  return status;
}
