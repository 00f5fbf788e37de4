/* Processes and signals, which WASI does not have: podstep:process. */
#include "program.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* tuple<string, string> */
struct pair {
  struct list name;
  struct list value;
};

static size_t count_strings(char *const *strings) {
  size_t count = 0;
  while (strings[count] != NULL) count++;
  return count;
}

static int error_number(uint8_t code) {
  switch (code) {
  case PROCESS_NO_ENTRY: return ENOENT;
  case PROCESS_NO_SUCH_PROCESS: return ESRCH;
  case PROCESS_NOT_PERMITTED: return EPERM;
  default: return EAGAIN;
  }
}

handle spawn(const char *program, char *const *arguments, char *const *environment, const char *directory,
             const handle *in, const handle *out, const handle *err) {
  size_t argument_count = count_strings(arguments);
  size_t variable_count = count_strings(environment);
  struct list *strings = must_malloc(argument_count * sizeof *strings);
  struct pair *pairs = must_malloc(variable_count * sizeof *pairs);
  for (size_t i = 0; i < argument_count; i++) {
    strings[i] = (struct list){arguments[i], (uint32_t)strlen(arguments[i])};
  }
  for (size_t i = 0; i < variable_count; i++) {
    char *equals = strchr(environment[i], '=');
    size_t name_length = equals ? (size_t)(equals - environment[i]) : strlen(environment[i]);
    char *value = equals ? equals + 1 : environment[i] + name_length;
    pairs[i].name = (struct list){environment[i], (uint32_t)name_length};
    pairs[i].value = (struct list){value, (uint32_t)strlen(value)};
  }
  struct result result;
  process_spawn(program, strlen(program), strings, argument_count, pairs, variable_count, directory,
                strlen(directory), in != NULL, in ? *in : 0, out != NULL, out ? *out : 0, err != NULL,
                err ? *err : 0, &result);
  free(strings);
  free(pairs);
  if (result.failed) {
    errno = error_number(result.code);
    return -1;
  }
  return result.handles[0];
}

int child_exit_code(handle child) {
  struct option_u32 code;
  process_child_exit_code(child, &code);
  return code.some ? (int)code.value : -1;
}

int child_wait(handle child) {
  handle ended = process_child_subscribe(child);
  wasi_pollable_block(ended);
  wasi_pollable_drop(ended);
  int code = child_exit_code(child);
  process_child_drop(child);
  return code;
}

int signal_process(int pid, int number) {
  struct result_code result;
  process_signal(pid, number, &result);
  if (!result.failed) return 0;
  errno = error_number(result.code);
  return -1;
}

static const char *const SIGNAL_NAMES[] = {
  "EXIT", "HUP",  "INT",  "QUIT", "ILL",    "TRAP", "ABRT", "BUS",  "FPE",  "KILL",   "USR1",
  "SEGV", "USR2", "PIPE", "ALRM", "TERM",   "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN",
  "TTOU", "URG",  "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",  "PWR",  "SYS",
};
#define SIGNAL_COUNT ((int)(sizeof SIGNAL_NAMES / sizeof *SIGNAL_NAMES))

const char *signal_name(int number) {
  return number >= 0 && number < SIGNAL_COUNT ? SIGNAL_NAMES[number] : NULL;
}

int signal_number(const char *name) {
  if (*name >= '0' && *name <= '9') {
    char *end;
    long number = strtol(name, &end, 10);
    return *end == '\0' && number < SIGNAL_COUNT ? (int)number : -1;
  }
  if (strncasecmp(name, "SIG", 3) == 0) name += 3;
  for (int i = 0; i < SIGNAL_COUNT; i++) {
    if (strcasecmp(name, SIGNAL_NAMES[i]) == 0) return i;
  }
  return -1;
}

static char *string_of(struct list *list) {
  char *text = must_malloc(list->length + 1);
  memcpy(text, list->data, list->length);
  text[list->length] = '\0';
  list_free(list);
  return text;
}

struct process *list_processes(size_t *count) {
  struct list list;
  process_list(&list);
  struct process *processes = must_malloc(list.length * sizeof *processes);
  for (uint32_t i = 0; i < list.length; i++) {
    struct process_entry *entry = (struct process_entry *)list.data + i;
    struct process *process = &processes[i];
    process->pid = (int)entry->pid;
    process->parent = (int)entry->parent;
    process->argument_count = (int)entry->arguments.length;
    process->arguments = must_malloc((entry->arguments.length + 1) * sizeof *process->arguments);
    for (uint32_t j = 0; j < entry->arguments.length; j++) {
      process->arguments[j] = string_of((struct list *)entry->arguments.data + j);
    }
    process->arguments[entry->arguments.length] = NULL;
    list_free(&entry->arguments);
  }
  *count = list.length;
  list_free(&list);
  return processes;
}

void process_list_free(struct process *processes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    for (int j = 0; j < processes[i].argument_count; j++) free(processes[i].arguments[j]);
    free(processes[i].arguments);
  }
  free(processes);
}
