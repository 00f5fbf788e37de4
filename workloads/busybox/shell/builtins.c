/* Builtins: commands that change the shell itself. */
#include "shell.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int jobs_builtin(int argc, char **argv);
int read_builtin(int argc, char **argv);
int set_builtin(int argc, char **argv);
int getopts_builtin(int argc, char **argv);

static int colon_builtin(int argc, char **argv) {
  (void)argc, (void)argv;
  return 0;
}

/* A number for exit, return, break...; -1 after it has complained. */
static int number_argument(int argc, char **argv, int otherwise) {
  if (argc < 2) return otherwise;
  char *end;
  long value = strtol(argv[1], &end, 10);
  if (*argv[1] == '\0' || *end != '\0' || value < 0) {
    shell_error("%s: Illegal number: %s", argv[0], argv[1]);
    shell.status = 2;
    shell.flow = FLOW_EXIT;
    return -1;
  }
  return (int)value;
}

static int exit_builtin(int argc, char **argv) {
  int status = number_argument(argc, argv, shell.status);
  shell.flow = FLOW_EXIT;
  shell.leaves = true;
  return shell.status = status < 0 ? 2 : status & 255;
}

static int return_builtin(int argc, char **argv) {
  int status = number_argument(argc, argv, shell.status);
  if (status < 0) return 2;
  shell.flow = FLOW_RETURN;
  return shell.status = status & 255;
}

static int loop_builtin(int argc, char **argv) {
  int levels = number_argument(argc, argv, 1);
  if (levels < 0) return 2;
  if (shell.loop_depth == 0) return 0;
  shell.levels = levels < 1 ? 1 : levels > shell.loop_depth ? shell.loop_depth : levels;
  shell.flow = strcmp(argv[0], "break") == 0 ? FLOW_BREAK : FLOW_CONTINUE;
  return 0;
}

static int eval_builtin(int argc, char **argv) {
  struct buffer text = {0};
  buffer_add(&text, "", 0);
  for (int i = 1; i < argc; i++) {
    if (i > 1) buffer_add_char(&text, ' ');
    buffer_add_string(&text, argv[i]);
  }
  shell.status = 0;
  int status = run_text(text.data, text.length);
  buffer_free(&text);
  return status;
}

static int source_builtin(int argc, char **argv) {
  if (argc < 2) return bad_usage(argv[0], "filename argument required");
  char *path = argv[1];
  struct stat status;
  if (strchr(path, '/') == NULL && stat(path, &status) < 0) {
    char *found = find_program(path);
    if (found != NULL) path = found;
  }
  if (stat(path, &status) < 0 && !is_device(path)) {
    shell_error("%s: %s: %s", argv[0], argv[1], strerror(errno));
    shell.flow = FLOW_EXIT;
    return shell.status = 2;
  }
  int result = run_file(path, argv[1]);
  if (shell.flow == FLOW_RETURN) shell.flow = FLOW_NONE;
  return result;
}

static int list_variables(const char *prefix, bool exported, bool readonly) {
  for (size_t i = 0; i < shell.state.variable_count; i++) {
    struct variable *variable = &shell.state.variables[i];
    if ((exported && !variable->exported) || (readonly && !variable->readonly)) continue;
    struct buffer line = {0};
    buffer_add_string(&line, prefix);
    buffer_add_string(&line, variable->name);
    if (variable->value != NULL) {
      buffer_add_char(&line, '=');
      add_quoted(&line, variable->value);
    }
    out_format("%s\n", line.data);
    buffer_free(&line);
  }
  return 0;
}

static int declare_builtin(int argc, char **argv) {
  bool exported = strcmp(argv[0], "export") == 0;
  bool local = strcmp(argv[0], "local") == 0;
  bool removes = false;
  int first = 1;
  for (; first < argc && argv[first][0] == '-' && argv[first][1] != '\0'; first++) {
    if (strcmp(argv[first], "-p") == 0) continue;
    if (strcmp(argv[first], "-n") == 0 && exported) removes = true;
    else return bad_usage(argv[0], "bad option %s", argv[first]);
  }
  if (local && shell.function_depth == 0) return shell_error("local: not in a function"), shell.flow = FLOW_EXIT, 2;
  if (first == argc && !local) return list_variables(exported ? "export " : "readonly ", exported, !exported);
  for (int i = first; i < argc; i++) {
    size_t length = strcspn(argv[i], "=");
    char *name = take_substring(argv[i], length);
    if (!is_name(name, length)) {
      shell_error("%s: %s: bad variable name", argv[0], name);
      shell.flow = FLOW_EXIT;
      return shell.status = 2;
    }
    if (local) make_local(name);
    if (argv[i][length] == '=' && set_variable(name, argv[i] + length + 1) < 0) return 2;
    struct variable *variable = declare_variable(name);
    if (exported) variable->exported = !removes;
    else if (!local) variable->readonly = true;
  }
  return 0;
}

static int unset_builtin(int argc, char **argv) {
  bool functions = false, variables = false;
  struct options options = options_of(argc, argv, "fv");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 2;
    if (letter == 'f') functions = true;
    else variables = true;
  }
  for (int i = options.index; i < argc; i++) {
    struct variable *variable = find_variable(argv[i]);
    if (variable != NULL && variable->readonly && !functions) {
      shell_error("unset: %s: is read only", argv[i]);
      return 2;
    }
    if (!functions && variable != NULL) unset_variable(argv[i]);
    else if (!variables) unset_function(argv[i]);
  }
  return 0;
}

static int shift_builtin(int argc, char **argv) {
  int count = number_argument(argc, argv, 1);
  if (count < 0) return 2;
  if (count > shell.state.parameter_count) return 1;
  char **rest = shell.state.parameters + count;
  set_parameters(shell.state.parameter_count - count, rest);
  return 0;
}

static int cd_builtin(int argc, char **argv) {
  char previous[1024];
  if (getcwd(previous, sizeof previous) == NULL) previous[0] = '\0';
  const char *target = argc > 1 ? argv[1] : get_variable("HOME");
  if (target == NULL) return bad_usage("cd", "HOME not set");
  bool back = strcmp(target, "-") == 0;
  if (back) target = get_variable("OLDPWD");
  if (target == NULL) return bad_usage("cd", "OLDPWD not set");
  struct stat status;
  if (stat(target, &status) == 0 && !S_ISDIR(status.st_mode)) errno = ENOTDIR;
  else if (chdir(target) == 0) {
    change_directory_variables(previous);
    if (back) out_format("%s\n", get_variable("PWD"));
    return 0;
  }
  shell_error("cd: can't cd to %s: %s", target, strerror(errno));
  return 2;
}

static int trap_builtin(int argc, char **argv) {
  if (argc == 1) {
    for (int i = 0; i < SIGNAL_LIMIT; i++) {
      if (shell.state.traps[i] == NULL) continue;
      struct buffer line = {0};
      buffer_add_string(&line, "trap -- ");
      add_quoted(&line, shell.state.traps[i]);
      out_format("%s %s\n", line.data, signal_name(i));
      buffer_free(&line);
    }
    return 0;
  }
  int first = strcmp(argv[1], "--") == 0 ? 2 : 1;
  /* One argument, or a number first: the signals go back to their default. */
  bool resets = argc - first == 1 || (argv[first][0] >= '0' && argv[first][0] <= '9');
  const char *command = resets || strcmp(argv[first], "-") == 0 ? NULL : argv[first];
  for (int i = resets ? first : first + 1; i < argc; i++) {
    int number = signal_number(argv[i]);
    if (number < 0) return shell_error("trap: %s: invalid signal specification", argv[i]);
    free(shell.state.traps[number]);
    shell.state.traps[number] = command ? must_strdup(command) : NULL;
    if (command != NULL && number > 0) listen_for_signals();
  }
  return 0;
}

static int kill_builtin(int argc, char **argv) {
  char **arguments = take(((size_t)argc + 1) * sizeof *arguments);
  memcpy(arguments, argv, ((size_t)argc + 1) * sizeof *arguments);
  for (int i = 1; i < argc; i++) {
    if (argv[i][0] != '%') continue;
    struct job *job = find_job(argv[i]);
    if (job == NULL) return shell_error("kill: %s: no such job", argv[i]);
    arguments[i] = take_format("%d", job->pid);
  }
  return run_applet(find_applet("kill"), argc, arguments);
}

static void describe(const char *name, bool brief) {
  struct function *function = find_function(name);
  if (function != NULL) out_format(brief ? "%s\n" : "%s is a function\n", name);
  else if (find_builtin(name) != NULL) out_format(brief ? "%s\n" : "%s is a shell builtin\n", name);
  else if (find_program(name) != NULL) {
    if (!brief) out_format("%s is ", name);
    out_format("%s\n", find_program(name));
  } else out_format(brief ? "%s\n" : "%s is a shell builtin\n", name);
}

static bool is_command(const char *name) {
  return find_function(name) || find_builtin(name) || applet_of(name) || find_program(name);
}

static int type_builtin(int argc, char **argv) {
  int status = 0;
  for (int i = 1; i < argc; i++) {
    if (is_command(argv[i])) describe(argv[i], false);
    else {
      out_format("%s: not found\n", argv[i]);
      status = 127;
    }
  }
  return status;
}

static int command_builtin(int argc, char **argv) {
  bool brief = argc > 1 && strcmp(argv[1], "-v") == 0;
  bool verbose = argc > 1 && strcmp(argv[1], "-V") == 0;
  if (verbose) return type_builtin(argc - 1, argv + 1);
  int first = brief || (argc > 1 && (strcmp(argv[1], "-p") == 0 || strcmp(argv[1], "--") == 0)) ? 2 : 1;
  if (first < argc && argv[first][0] == '-') return bad_usage("command", "bad option %s", argv[first]);
  if (brief) {
    int status = argc > 2 ? 0 : 127;
    for (int i = 2; i < argc; i++) {
      if (is_command(argv[i])) describe(argv[i], true);
      else status = 127;
    }
    return status;
  }
  if (first >= argc) return 0;
  const struct builtin *builtin = find_builtin(argv[first]);
  if (builtin != NULL) return builtin->run(argc - first, argv + first);
  return run_command(argc - first, argv + first);
}

static int umask_builtin(int argc, char **argv) {
  if (argc > 1) return bad_usage(argv[0], "this system has no file modes to mask");
  out("0022\n");
  return 0;
}

static int let_builtin(int argc, char **argv) {
  int64_t value = 0;
  for (int i = 1; i < argc; i++) {
    const char *error = NULL;
    if (!evaluate_arithmetic(argv[i], &value, &error)) return shell_error("%s", error), 2;
  }
  return value == 0;
}

static int unknown_builtin(int argc, char **argv) {
  (void)argc;
  return bad_usage(shell.state.name, "%s: podstep's shell does not have this builtin", argv[0]);
}

static const struct builtin BUILTINS[] = {
  {":", colon_builtin},         {".", source_builtin},      {"source", source_builtin}, {"alias", unknown_builtin},
  {"break", loop_builtin},      {"continue", loop_builtin}, {"cd", cd_builtin},         {"chdir", cd_builtin},
  {"command", command_builtin}, {"eval", eval_builtin},     {"exit", exit_builtin},     {"export", declare_builtin},
  {"getopts", getopts_builtin}, {"jobs", jobs_builtin},     {"kill", kill_builtin},     {"let", let_builtin},
  {"local", declare_builtin},   {"read", read_builtin},     {"readonly", declare_builtin}, {"return", return_builtin},
  {"set", set_builtin},         {"shift", shift_builtin},   {"times", unknown_builtin}, {"trap", trap_builtin},
  {"type", type_builtin},       {"ulimit", unknown_builtin}, {"umask", umask_builtin},  {"unset", unset_builtin},
  {"wait", wait_for_jobs},      {"fg", unknown_builtin},    {"bg", unknown_builtin},    {"hash", colon_builtin},
  {"exec", colon_builtin},      {"declare", unknown_builtin}, {"typeset", unknown_builtin}, {"pushd", unknown_builtin},
  {"popd", unknown_builtin},    {"shopt", unknown_builtin},
};

const struct builtin *find_builtin(const char *name) {
  for (size_t i = 0; i < sizeof BUILTINS / sizeof *BUILTINS; i++) {
    if (strcmp(BUILTINS[i].name, name) == 0) return &BUILTINS[i];
  }
  return NULL;
}
