/* Commands that other applets run: with another environment, for a time, as processes of their own. */
#include "shell.h"
#include <errno.h>
#include <unistd.h>

int run_with_environment(char *const *variables, bool clear, int argc, char **argv) {
  struct state saved;
  save_state(&saved);
  for (size_t i = 0; clear && i < shell.state.variable_count;) {
    if (shell.state.variables[i].exported) unset_variable(take_string(shell.state.variables[i].name));
    else i++;
  }
  for (; *variables != NULL; variables++) {
    size_t length = strcspn(*variables, "=");
    char *name = take_substring(*variables, length);
    if ((*variables)[length] == '\0') {
      unset_variable(name);
      continue;
    }
    set_variable(name, *variables + length + 1);
    declare_variable(name)->exported = true;
  }
  int status = run_command(argc, argv);
  flush_streams();
  restore_state(&saved);
  return status;
}

handle start_command(int argc, char **argv) {
  (void)argc;
  flush_streams();
  char directory[1024];
  if (getcwd(directory, sizeof directory) == NULL) strcpy(directory, "/");
  char *program = find_program(argv[0]);
  if (program == NULL) {
    errno = ENOENT;
    return -1;
  }
  handle in, given[2];
  bool has_in = fds[0] != NULL && fds[0]->standard != 0 && fds[0]->kind == STREAM_INPUT;
  if (has_in) {
    in = fds[0]->handle;
    fds[0]->kind = STREAM_DEVICE;
    fds[0]->device = DEVICE_NULL;
  }
  bool has[2] = {false, false};
  for (int i = 0; i < 2; i++) {
    struct stream *stream = fds[i + 1];
    has[i] = stream != NULL && stream->kind == STREAM_OUTPUT && stream->standard != i + 1;
    if (has[i]) given[i] = process_duplicate(stream->handle);
  }
  return spawn(program, argv, environment(), directory, has_in ? &in : NULL, has[0] ? &given[0] : NULL,
               has[1] ? &given[1] : NULL);
}
