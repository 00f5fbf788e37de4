/* Signals: the shell listens only once a trap is set, and acts between commands, as the real one does. */
#include "shell.h"
#include <stdlib.h>

void listen_for_signals(void) {
  if (shell.signals == 0) shell.signals = process_signals_subscribe();
}

/* A shell that listens has taken the default action from the runtime: it does it itself. */
static void act_by_default(int number) {
  if (shell.interactive) {
    if (number == signal_number("INT")) interrupt_shell();
    if (number != signal_number("HUP")) return;
    shell.leaves = true;
  }
  if (process_current() == 1) return;
  static const char *const IGNORED[] = {"CHLD", "CONT", "URG", "WINCH"};
  for (size_t i = 0; i < sizeof IGNORED / sizeof *IGNORED; i++) {
    if (number == signal_number(IGNORED[i])) return;
  }
  shell.status = 128 + number;
  shell.flow = FLOW_EXIT;
}

void collect_signals(void) {
  if (shell.signals == 0) return;
  int number;
  while ((number = process_signals_take()) != 0) {
    if (number >= SIGNAL_LIMIT) continue;
    const char *command = shell.state.traps[number];
    if (command == NULL) act_by_default(number);
    else if (*command != '\0') shell.pending[number] = true;
  }
}

bool trap_pending(void) {
  for (int i = 1; i < SIGNAL_LIMIT; i++) {
    if (shell.pending[i]) return true;
  }
  return false;
}

static void run_trap(int number) {
  char *command = take_string(shell.state.traps[number]);
  int status = shell.status;
  enum flow flow = shell.flow;
  shell.flow = FLOW_NONE;
  shell.in_trap = true;
  run_text(command, strlen(command));
  shell.in_trap = false;
  /* `exit` in a trap ends the shell; otherwise what was under way goes on. */
  if (shell.flow == FLOW_EXIT) return;
  shell.flow = flow;
  shell.status = status;
}

void run_traps(void) {
  collect_signals();
  for (int i = 1; i < SIGNAL_LIMIT; i++) {
    if (!shell.pending[i]) continue;
    shell.pending[i] = false;
    if (shell.state.traps[i] != NULL && shell.state.traps[i][0] != '\0') run_trap(i);
    if (shell.flow == FLOW_EXIT) return;
  }
}

void run_exit_trap(void) {
  char *command = shell.state.traps[0];
  if (command == NULL) return;
  shell.state.traps[0] = NULL;
  int status = shell.status;
  enum flow flow = shell.flow;
  shell.flow = FLOW_NONE;
  run_text(command, strlen(command));
  free(command);
  if (shell.flow == FLOW_EXIT) return;
  shell.flow = flow;
  shell.status = status;
}
