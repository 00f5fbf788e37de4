/* <signal.h> for programs that are brought along (`libraries: [signals]`): libc's, which has no signals to give, and
 * what podstep:process adds. A handler runs where the program waits: in sleep, usleep, nanosleep, pause, raise, in
 * kill of itself, and in the loop of serve.h. It does not interrupt computing, nor reading from standard input. */
#pragma once
#define _WASI_EMULATED_SIGNAL
#include_next <signal.h>
#include <sys/types.h>
#define __NEED_sigset_t
#include <bits/alltypes.h>

struct sigaction {
  void (*sa_handler)(int);
  sigset_t sa_mask;
  int sa_flags;
};
#define SA_RESTART 0x10000000
static inline int sigemptyset(sigset_t *set) { return *set = 0; }

/** Handlers are called one after the other, and stay: the mask and the flags change nothing. */
int sigaction(int number, const struct sigaction *action, struct sigaction *old);
/** Signal 0 only asks whether the process exists. -1 with errno. */
int kill(pid_t pid, int number);
/** Waits until a handler has run: -1 with EINTR. */
int pause(void);
