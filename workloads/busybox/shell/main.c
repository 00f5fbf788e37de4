/* sh: where the shell starts, from a text, a file or its input. */
#include "shell.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int set_options(int argc, char **argv, int index);

static void import_environment(void) {
  extern char **environ;
  for (char **entry = environ; *entry != NULL; entry++) {
    size_t length = strcspn(*entry, "=");
    if (!is_name(*entry, length) || (*entry)[length] != '=') continue;
    char *name = take_substring(*entry, length);
    set_variable(name, *entry + length + 1);
    declare_variable(name)->exported = true;
  }
}

static void set_defaults(void) {
  set_variable("IFS", " \t\n");
  set_variable("OPTIND", "1");
  if (get_variable("PATH") == NULL) set_variable("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  set_variable("PPID", "0");
  char directory[1024];
  if (getcwd(directory, sizeof directory) != NULL) {
    set_variable("PWD", directory);
    declare_variable("PWD")->exported = true;
  }
  declare_variable("SHLVL")->exported = true;
  const char *level = get_variable("SHLVL");
  set_variable("SHLVL", take_format("%d", level ? atoi(level) + 1 : 1));
}

/* A part of another shell's script: first become that shell. */
static void continue_other_shell(void) {
  const char *state = get_variable("PODSTEP_SHELL_STATE");
  if (state == NULL) return;
  char *text = must_strdup(state);
  const char *pid = get_variable("PODSTEP_SHELL_PID");
  if (pid != NULL) shell.pid = atoi(pid);
  unset_variable("PODSTEP_SHELL_STATE");
  unset_variable("PODSTEP_SHELL_PID");
  run_text(text, strlen(text));
  free(text);
  shell.status = 0;
}

/* The last command of `sh -c` takes the shell's place when it is a program of its own. */
static int run_command_text(const char *text) {
  struct arena arena = {0};
  struct parser parser = parser_of(text, strlen(text), &arena);
  struct node *node = parse_line(&parser);
  bool alone = node != NULL && parser.error == NULL && node->kind == NODE_SIMPLE && node->words != NULL &&
               peek_token(&parser) == TOKEN_END && parser.error == NULL;
  if (alone && assignment_name(node->words->text) == 0 && find_builtin(node->words->text) == NULL &&
      find_function(node->words->text) == NULL && applet_of(node->words->text) == NULL &&
      is_name(node->words->text, strlen(node->words->text))) {
    struct word exec = {.text = "exec", .next = node->words};
    node->words = &exec;
    run_node(node);
    return shell.status;
  }
  arena_free(&arena);
  return run_text(text, strlen(text));
}

static int start(int argc, char **argv) {
  bool command = false;
  int index = 1;
  for (; index < argc && (argv[index][0] == '-' || argv[index][0] == '+') && argv[index][1] != '\0'; index++) {
    if (strcmp(argv[index], "--") == 0) {
      index++;
      break;
    }
    char kept[64] = {argv[index][0]};
    size_t count = 1;
    for (char *letter = argv[index] + 1; *letter != '\0' && count < sizeof kept - 1; letter++) {
      if (*letter == 'c') command = true;
      else if (*letter == 'i') shell.interactive = true;
      else if (strchr("lis", *letter) == NULL) kept[count++] = *letter;
    }
    char *arguments[] = {argv[0], kept, index + 1 < argc ? argv[index + 1] : NULL};
    int used = count == 1 ? 2 : set_options(arguments[2] ? 3 : 2, arguments, 1);
    if (used < 0) return 2;
    if (strchr(kept, 'o') != NULL) index++;
  }
  if (command) {
    if (index >= argc) return bad_usage(argv[0], "-c requires an argument");
    char *text = argv[index++];
    if (index < argc) shell.state.name = argv[index++];
    set_parameters(argc - index, argv + index);
    continue_other_shell();
    return run_command_text(text);
  }
  if (index < argc) {
    struct stat info;
    if (stat(argv[index], &info) < 0 && !is_device(argv[index])) {
      shell_error("can't open '%s': %s", argv[index], strerror(errno));
      return 2;
    }
    shell.state.name = argv[index];
    set_parameters(argc - index - 1, argv + index + 1);
    shell.script = true;
    return run_file(argv[index], argv[index]);
  }
  shell.seated = stream_is_terminal(fds[0]);
  shell.interactive |= shell.seated && stream_is_terminal(fds[2]);
  return run_standard_input();
}

void shell_prepare(char *name) {
  shell.state.name = name[0] == '-' ? name + 1 : name;
  import_environment();
}

int shell_main(int argc, char **argv) {
  shell.pid = process_current();
  shell.state.name = argv[0][0] == '-' ? argv[0] + 1 : argv[0];
  set_defaults();
  shell.status = start(argc, argv);
  run_exit_trap();
  flush_streams();
  return shell.status;
}

APPLET(sh) { return shell_main(argc, argv); }
