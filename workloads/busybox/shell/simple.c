/* Simple commands: assignments, then a function, a builtin, an applet or a program. */
#include "shell.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Builtins before which an assignment stays, as POSIX has it. */
static bool is_special(const char *name) {
  static const char *const SPECIAL[] = {":",      ".",      "break", "continue", "eval",  "exec", "exit", "export",
                                        "readonly", "return", "set",   "shift",    "times", "trap", "unset"};
  for (size_t i = 0; i < sizeof SPECIAL / sizeof *SPECIAL; i++) {
    if (strcmp(name, SPECIAL[i]) == 0) return true;
  }
  return false;
}

static bool assign(const char *word, size_t name_length, bool exported) {
  char *name = take_substring(word, name_length);
  bool appends = word[name_length] == '+';
  char *value = expand_string(word + name_length + 1 + appends);
  if (value == NULL) return false;
  if (appends) value = take_format("%s%s", get_variable(name) ? get_variable(name) : "", value);
  if (set_variable(name, value) < 0) {
    shell.flow = FLOW_EXIT;
    shell.status = 2;
    return false;
  }
  if (exported) declare_variable(name)->exported = true;
  return true;
}

const struct applet *applet_of(const char *name) {
  const char *slash = strrchr(name, '/');
  if (slash == NULL) return find_applet(name);
  static const char *const FOLDERS[] = {"/bin", "/sbin", "/usr/bin", "/usr/sbin"};
  struct stat status;
  if (stat(name, &status) < 0) return NULL;
  for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
    if (strlen(FOLDERS[i]) == (size_t)(slash - name) && strncmp(name, FOLDERS[i], (size_t)(slash - name)) == 0) {
      return find_applet(slash + 1);
    }
  }
  return NULL;
}

char *find_program(const char *name) {
  struct stat status;
  if (strchr(name, '/') != NULL) return stat(name, &status) == 0 ? take_string(name) : NULL;
  const char *path = get_variable("PATH");
  if (path == NULL) path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  while (*path != '\0') {
    size_t length = strcspn(path, ":");
    char *candidate = take_format("%.*s/%s", (int)length, length > 0 ? path : ".", name);
    if (stat(candidate, &status) == 0 && !S_ISDIR(status.st_mode)) return candidate;
    path += length + (path[length] == ':');
  }
  return NULL;
}

/* A file that is no program of the image is a script. Its text runs here, as a process of its own would. */
static int run_script(const char *path, int argc, char **argv) {
  struct state saved;
  save_state(&saved);
  shell.subshell_depth++;
  bool script = shell.script;
  shell.script = true;
  for (size_t i = 0; i < shell.state.function_count; i++) function_drop(shell.state.functions[i]);
  shell.state.function_count = 0;
  for (size_t i = 0; i < shell.state.variable_count;) {
    if (shell.state.variables[i].exported) i++;
    else unset_variable(take_string(shell.state.variables[i].name));
  }
  shell.state.errexit = shell.state.xtrace = shell.state.nounset = shell.state.noglob = false;
  shell.state.name = (char *)path;
  set_parameters(argc - 1, argv + 1);
  int tested = shell.tested;
  shell.tested = 0;
  shell.status = 0;
  shell.status = run_file(path, path);
  run_exit_trap();
  shell.tested = tested;
  shell.script = script;
  shell.subshell_depth--;
  flush_streams();
  restore_state(&saved);
  shell.leaves = false;
  shell.flow = shell.interrupted ? FLOW_EXIT : FLOW_NONE;
  return shell.status;
}

static bool is_shell(const char *interpreter, size_t length) {
  static const char *const SHELLS[] = {"/bin/sh", "/bin/ash", "/bin/bash", "/usr/bin/env sh", "/usr/bin/env bash",
                                       "/bin/dash", "/usr/bin/bash"};
  while (length > 0 && (interpreter[length - 1] == ' ' || interpreter[length - 1] == '\r')) length--;
  for (size_t i = 0; i < sizeof SHELLS / sizeof *SHELLS; i++) {
    size_t shell_length = strlen(SHELLS[i]);
    if (length >= shell_length && strncmp(interpreter, SHELLS[i], shell_length) == 0 &&
        (length == shell_length || interpreter[shell_length] == ' ')) {
      return true;
    }
  }
  return false;
}

int script_kind(const char *path) {
  struct stream *stream = open_input(path);
  if (stream == NULL) return 0;
  char head[128];
  ssize_t count = stream_read(stream, head, sizeof head - 1);
  stream_drop(stream);
  if (count < 2) return 1;
  head[count] = '\0';
  if (strncmp(head, "#!podstep ", 10) == 0 || memcmp(head, "\0a", 2) == 0) return 0;
  if (head[0] != '#' || head[1] != '!') return memchr(head, '\0', (size_t)count) == NULL ? 1 : -1;
  char *interpreter = head + 2 + strspn(head + 2, " ");
  return is_shell(interpreter, strcspn(interpreter, "\n")) ? 1 : -1;
}

static int run_found(int argc, char **argv, bool replace) {
  char *path = find_program(argv[0]);
  if (path == NULL && strchr(argv[0], '/') == NULL) return run_program(argv[0], argv, replace);
  if (path == NULL) {
    shell_error("%s: not found", argv[0]);
    return 127;
  }
  struct stat status;
  if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
    shell_error("%s: Permission denied", argv[0]);
    return 126;
  }
  int kind = script_kind(path);
  if (kind > 0) return run_script(path, argc, argv);
  if (kind < 0) {
    shell_error("%s: Exec format error", argv[0]);
    return 126;
  }
  return run_program(path, argv, replace);
}

int run_applet(const struct applet *applet, int argc, char **argv) {
  struct arena_mark mark = arena_mark(&scratch);
  int status = applet->run(argc, argv);
  for (int fd = 1; fd <= 2; fd++) {
    if (fds[fd] == NULL) continue;
    bool broken = stream_flush(fds[fd]) < 0 || fds[fd]->broken;
    if (broken && fd == 1 && status == 0) status = fds[fd]->kind == STREAM_OUTPUT ? 141 : 1;
  }
  arena_release(&scratch, mark);
  return status;
}

int run_arguments(int argc, char **argv) {
  struct function *function = find_function(argv[0]);
  if (function != NULL) return run_function(function, argc, argv);
  const struct builtin *builtin = find_builtin(argv[0]);
  if (builtin != NULL) return builtin->run(argc, argv);
  return run_command(argc, argv);
}

int run_command(int argc, char **argv) {
  const struct applet *applet = applet_of(argv[0]);
  if (applet == NULL || strcmp(applet->name, "sh") == 0) return run_found(argc, argv, false);
  char *path = shell.seated && runs_apart(applet->name) ? find_program(argv[0]) : NULL;
  return path != NULL ? run_program(path, argv, false) : run_applet(applet, argc, argv);
}

static void trace(const struct fields *fields, size_t from) {
  if (!shell.state.xtrace || fds[2] == NULL) return;
  struct buffer line = {0};
  buffer_add_string(&line, "+");
  for (size_t i = from; i < fields->count; i++) {
    const char *item = fields->items[i];
    buffer_add_char(&line, ' ');
    bool plain = *item != '\0' && strpbrk(item, " \t\n'\"\\$`;&|<>()*?[]!#~{}") == NULL;
    if (plain) buffer_add_string(&line, item);
    else add_quoted(&line, item);
  }
  buffer_add_char(&line, '\n');
  if (fds[1] != NULL) stream_flush(fds[1]);
  stream_write(fds[2], line.data, line.length);
  buffer_free(&line);
}

/* Assignments before a command last as long as it: what was there comes back. */
struct kept {
  char *name;
  char *value;
  bool existed, exported;
};

static size_t assign_for_command(const struct word *word, const struct word *end, struct kept *kept) {
  size_t count = 0;
  for (; word != end; word = word->next, count++) {
    size_t length = assignment_name(word->text);
    char *name = take_substring(word->text, length);
    struct variable *variable = find_variable(name);
    const char *value = variable ? variable->value : NULL;
    kept[count] = (struct kept){name, value ? take_string(value) : NULL, variable != NULL,
                                variable != NULL && variable->exported};
    if (!assign(word->text, length, true)) return (size_t)-1;
  }
  return count;
}

static void bring_back(const struct kept *kept, size_t count) {
  while (count-- > 0) {
    if (!kept[count].existed) {
      unset_variable(kept[count].name);
      continue;
    }
    set_variable(kept[count].name, kept[count].value);
    declare_variable(kept[count].name)->exported = kept[count].exported;
  }
}

static int assign_only(const struct node *node) {
  shell.substitution_status = -1;
  for (const struct word *word = node->words; word != NULL; word = word->next) {
    if (!assign(word->text, assignment_name(word->text), false)) return shell.status == 0 ? 1 : shell.status;
    if (shell.state.xtrace) {
      size_t length = assignment_name(word->text);
      const char *value = get_variable(take_substring(word->text, length));
      struct fields traced = {0};
      fields_add(&traced, take_format("%.*s=%s", (int)length, word->text, value ? value : ""));
      trace(&traced, 0);
    }
  }
  return shell.substitution_status < 0 ? 0 : shell.substitution_status;
}

/* `exec`: the program takes the shell's place; alone it keeps the redirections. */
static int run_exec(const struct node *node, struct fields *fields) {
  struct stream *saved[FD_LIMIT];
  if (!redirect(node->redirects, saved)) {
    shell.flow = FLOW_EXIT;
    return 1;
  }
  size_t from = fields->count > 1 && strcmp(fields->items[1], "--") == 0 ? 2 : 1;
  if (fields->count > from) {
    int argc = (int)(fields->count - from);
    char **argv = fields->items + from;
    for (int i = 0; i < SIGNAL_LIMIT; i++) {
      free(shell.state.traps[i]);
      shell.state.traps[i] = NULL;
    }
    const struct applet *applet = applet_of(argv[0]);
    shell.status = applet != NULL && strcmp(applet->name, "sh") != 0 ? run_applet(applet, argc, argv)
                                                                     : run_found(argc, argv, shell.subshell_depth == 0);
    shell.flow = FLOW_EXIT;
    shell.leaves = true;
    undo_redirects(saved);
    return shell.status;
  }
  struct stream *nothing[FD_LIMIT];
  redirect(NULL, nothing); /* what "nothing saved" looks like */
  for (int fd = 0; fd < FD_LIMIT; fd++) {
    if (saved[fd] != nothing[fd]) stream_drop(saved[fd]);
  }
  return 0;
}

int run_simple(const struct node *node) {
  const struct word *first = node->words;
  size_t assignments = 0;
  while (first != NULL && assignment_name(first->text) > 0) {
    first = first->next;
    assignments++;
  }
  struct fields fields = {0};
  shell.substitution_status = -1;
  if (!expand_words(first, &fields)) return shell.status == 0 ? 1 : shell.status;
  struct stream *saved[FD_LIMIT];
  if (fields.count == 0) {
    int substituted = shell.substitution_status;
    if (!redirect(node->redirects, saved)) return 1;
    int status = assignments > 0 && first == NULL ? assign_only(node) : substituted < 0 ? 0 : substituted;
    undo_redirects(saved);
    return status;
  }
  char *name = fields.items[0];
  struct kept *kept = take((assignments + 1) * sizeof *kept);
  size_t count = assign_for_command(node->words, first, kept);
  if (count == (size_t)-1) return shell.status == 0 ? 1 : shell.status;
  trace(&fields, 0);
  if (strcmp(name, "exec") == 0) return run_exec(node, &fields);
  if (!redirect(node->redirects, saved)) {
    bring_back(kept, count);
    if (is_special(name)) shell.flow = FLOW_EXIT;
    return is_special(name) ? 2 : 1;
  }
  int status = run_arguments((int)fields.count, fields.items);
  if (!is_special(name) || find_function(name) != NULL) bring_back(kept, count);
  flush_streams();
  undo_redirects(saved);
  return status;
}
