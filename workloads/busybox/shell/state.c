/* What the shell remembers: variables, functions, parameters; and copies of it, for a shell without fork. */
#include "shell.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct shell shell;

struct variable *find_variable(const char *name) {
  for (size_t i = 0; i < shell.state.variable_count; i++) {
    if (strcmp(shell.state.variables[i].name, name) == 0) return &shell.state.variables[i];
  }
  return NULL;
}

struct variable *declare_variable(const char *name) {
  struct variable *variable = find_variable(name);
  if (variable != NULL) return variable;
  struct state *state = &shell.state;
  state->variables = must_realloc(state->variables, (state->variable_count + 1) * sizeof *variable);
  variable = &state->variables[state->variable_count++];
  *variable = (struct variable){.name = must_strdup(name)};
  return variable;
}

const char *get_variable(const char *name) {
  static char number[16];
  struct variable *variable = find_variable(name);
  if (variable != NULL) return variable->value;
  if (strcmp(name, "RANDOM") == 0) {
    uint16_t random;
    if (getentropy(&random, sizeof random) < 0) random = 0;
    snprintf(number, sizeof number, "%d", random & 0x7fff);
    return number;
  }
  if (strcmp(name, "LINENO") == 0) {
    snprintf(number, sizeof number, "%d", shell.line);
    return number;
  }
  return NULL;
}

int set_variable(const char *name, const char *value) {
  struct variable *variable = declare_variable(name);
  if (variable->readonly) {
    shell_error("%s: is read only", name);
    return -1;
  }
  char *copy = value == NULL ? NULL : must_strdup(value);
  free(variable->value);
  variable->value = copy;
  if (shell.state.allexport) variable->exported = true;
  return 0;
}

void unset_variable(const char *name) {
  struct variable *variable = find_variable(name);
  if (variable == NULL) return;
  free(variable->name);
  free(variable->value);
  *variable = shell.state.variables[--shell.state.variable_count];
}

char **environment(void) {
  char **list = take((shell.state.variable_count + 1) * sizeof *list);
  size_t count = 0;
  for (size_t i = 0; i < shell.state.variable_count; i++) {
    struct variable *variable = &shell.state.variables[i];
    if (!variable->exported || variable->value == NULL) continue;
    list[count++] = take_format("%s=%s", variable->name, variable->value);
  }
  list[count] = NULL;
  return list;
}

struct function *find_function(const char *name) {
  for (size_t i = 0; i < shell.state.function_count; i++) {
    if (strcmp(shell.state.functions[i]->name, name) == 0) return shell.state.functions[i];
  }
  return NULL;
}

void function_drop(struct function *function) {
  if (--function->references > 0) return;
  free(function->name);
  free(function->source);
  arena_free(&function->arena);
  free(function);
}

void define_function(const char *name, const struct node *body) {
  struct function *function = must_malloc(sizeof *function);
  *function = (struct function){.name = must_strdup(name), .source = must_strdup(unparse(body)), .references = 1};
  struct parser parser = parser_of(function->source, strlen(function->source), &function->arena);
  function->body = parse_all(&parser);
  struct state *state = &shell.state;
  for (size_t i = 0; i < state->function_count; i++) {
    if (strcmp(state->functions[i]->name, name) != 0) continue;
    function_drop(state->functions[i]);
    state->functions[i] = function;
    return;
  }
  state->functions = must_realloc(state->functions, (state->function_count + 1) * sizeof *state->functions);
  state->functions[state->function_count++] = function;
}

void unset_function(const char *name) {
  struct state *state = &shell.state;
  for (size_t i = 0; i < state->function_count; i++) {
    if (strcmp(state->functions[i]->name, name) != 0) continue;
    function_drop(state->functions[i]);
    state->functions[i] = state->functions[--state->function_count];
    return;
  }
}

static char **copy_strings(int count, char *const *strings) {
  char **copy = must_malloc(((size_t)count + 1) * sizeof *copy);
  for (int i = 0; i < count; i++) copy[i] = must_strdup(strings[i]);
  copy[count] = NULL;
  return copy;
}

static void free_strings(int count, char **strings) {
  for (int i = 0; i < count; i++) free(strings[i]);
  free(strings);
}

void set_parameters(int count, char *const *values) {
  char **copy = copy_strings(count, values);
  free_strings(shell.state.parameter_count, shell.state.parameters);
  shell.state.parameters = copy;
  shell.state.parameter_count = count;
}

static char *copy_or_null(const char *text) { return text == NULL ? NULL : must_strdup(text); }

/* `saved` takes what is there; the shell goes on with a copy. */
void save_state(struct state *saved) {
  struct state *state = &shell.state;
  *saved = *state;
  char directory[1024];
  saved->directory = copy_or_null(getcwd(directory, sizeof directory));
  memcpy(saved->fds, fds, sizeof fds);
  state->variables = must_malloc((saved->variable_count + 1) * sizeof *state->variables);
  for (size_t i = 0; i < saved->variable_count; i++) {
    state->variables[i] = saved->variables[i];
    state->variables[i].name = must_strdup(saved->variables[i].name);
    state->variables[i].value = copy_or_null(saved->variables[i].value);
  }
  state->functions = must_malloc((saved->function_count + 1) * sizeof *state->functions);
  for (size_t i = 0; i < saved->function_count; i++) {
    state->functions[i] = saved->functions[i];
    state->functions[i]->references++;
  }
  state->parameters = copy_strings(saved->parameter_count, saved->parameters);
  for (int i = 0; i < SIGNAL_LIMIT; i++) {
    /* Traps are not inherited, except what is ignored. */
    state->traps[i] = saved->traps[i] != NULL && saved->traps[i][0] == '\0' ? must_strdup("") : NULL;
  }
  for (int i = 0; i < FD_LIMIT; i++) stream_keep(fds[i]);
}

void restore_state(struct state *saved) {
  struct state *state = &shell.state;
  for (size_t i = 0; i < state->variable_count; i++) {
    free(state->variables[i].name);
    free(state->variables[i].value);
  }
  free(state->variables);
  for (size_t i = 0; i < state->function_count; i++) function_drop(state->functions[i]);
  free(state->functions);
  free_strings(state->parameter_count, state->parameters);
  for (int i = 0; i < SIGNAL_LIMIT; i++) free(state->traps[i]);
  for (int i = 0; i < FD_LIMIT; i++) {
    stream_drop(fds[i]);
    fds[i] = saved->fds[i];
  }
  if (saved->directory != NULL && chdir(saved->directory) < 0) shell_error("%s: %s", saved->directory, strerror(errno));
  free(saved->directory);
  *state = *saved;
}

static void add_option(struct buffer *buffer, bool on, const char *text) {
  if (on) buffer_add_string(buffer, text);
}

/* The continuing shell gets exported variables by its environment; everything else is here. */
char *state_text(void) {
  struct state *state = &shell.state;
  struct buffer buffer = {0};
  buffer_add(&buffer, "", 0);
  for (size_t i = 0; i < state->variable_count; i++) {
    struct variable *variable = &state->variables[i];
    if (variable->value == NULL || (variable->exported && !variable->readonly)) continue;
    if (variable->readonly) buffer_add_string(&buffer, "readonly ");
    buffer_add_string(&buffer, variable->name);
    buffer_add_char(&buffer, '=');
    add_quoted(&buffer, variable->value);
    buffer_add_char(&buffer, '\n');
  }
  for (size_t i = 0; i < state->function_count; i++) {
    buffer_add_string(&buffer, state->functions[i]->name);
    buffer_add_string(&buffer, "() ");
    buffer_add_string(&buffer, state->functions[i]->source);
    buffer_add_char(&buffer, '\n');
  }
  for (int i = 1; i < SIGNAL_LIMIT; i++) {
    if (state->traps[i] != NULL && state->traps[i][0] == '\0') {
      buffer_add_string(&buffer, take_format("trap '' %s\n", signal_name(i)));
    }
  }
  for (int i = 0; i < FD_LIMIT; i++) {
    if (fds[i] == NULL || fds[i]->kind != STREAM_FILE || fds[i]->path == NULL) continue;
    buffer_add_string(&buffer, take_format("exec %d>>", i));
    add_quoted(&buffer, fds[i]->path);
    buffer_add_char(&buffer, '\n');
  }
  add_option(&buffer, state->errexit, "set -e\n");
  add_option(&buffer, state->nounset, "set -u\n");
  add_option(&buffer, state->noglob, "set -f\n");
  add_option(&buffer, state->pipefail, "set -o pipefail\n");
  buffer_add_string(&buffer, "set --");
  for (int i = 0; i < state->parameter_count; i++) {
    buffer_add_char(&buffer, ' ');
    add_quoted(&buffer, state->parameters[i]);
  }
  add_option(&buffer, state->xtrace, "\nset -x");
  char *text = take_substring(buffer.data, buffer.length);
  buffer_free(&buffer);
  return text;
}

void change_directory_variables(const char *previous) {
  char directory[1024];
  if (getcwd(directory, sizeof directory) == NULL) return;
  if (previous != NULL) set_variable("OLDPWD", previous);
  set_variable("PWD", directory);
}

void make_local(const char *name) {
  for (struct local *local = shell.locals; local != NULL && local->depth == shell.function_depth; local = local->next) {
    if (strcmp(local->name, name) == 0) return;
  }
  struct variable *variable = find_variable(name);
  struct local *local = must_malloc(sizeof *local);
  *local = (struct local){.name = must_strdup(name),
                          .value = variable ? copy_or_null(variable->value) : NULL,
                          .existed = variable != NULL,
                          .exported = variable != NULL && variable->exported,
                          .depth = shell.function_depth,
                          .next = shell.locals};
  shell.locals = local;
}

void restore_locals(int depth) {
  while (shell.locals != NULL && shell.locals->depth > depth) {
    struct local *local = shell.locals;
    shell.locals = local->next;
    if (!local->existed) {
      unset_variable(local->name);
    } else {
      struct variable *variable = declare_variable(local->name);
      free(variable->value);
      variable->value = copy_or_null(local->value);
      variable->exported = local->exported;
    }
    free(local->name);
    free(local->value);
    free(local);
  }
}
