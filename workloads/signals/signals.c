/* Signals as C has them, on podstep:process/signals: what waits here waits for them too. */
#include "program.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SIGNALS_MAX 65

static void (*handlers[SIGNALS_MAX])(int);
/** What is ready while a signal is pending; 0 as long as the program has asked for none, and is as one without handlers. */
static handle pending;

/** Of serve.h, where that is linked in: its loop then calls the handlers, instead of ending on TERM and INT. */
extern void (*on_signal)(int number) __attribute__((weak));

/** What the host does to a program that never subscribed; who has, must do it himself. */
static void act_by_default(int number) {
  switch (number) {
  case SIGCHLD: case SIGCONT: case SIGURG: case SIGWINCH: case SIGTSTP: case SIGTTIN: case SIGTTOU: return;
  }
  if (process_current() != 1) _Exit(128 + number);
}

/* libc's values of SIG_ERR and SIG_IGN: functions that nobody calls. */
void __SIG_ERR(int number) { (void)number; }
void __SIG_IGN(int number) { (void)number; }

/** True when a handler was called. */
static bool act(int number) {
  void (*handler)(int) = number > 0 && number < SIGNALS_MAX ? handlers[number] : SIG_IGN;
  if (handler == SIG_IGN) return false;
  if (handler != SIG_DFL) handler(number);
  else act_by_default(number);
  return handler != SIG_DFL;
}

static void act_in_loop(int number) { act(number); }

static bool take_all(void) {
  bool handled = false;
  if (pending == 0) return false;
  for (int number; (number = process_signals_take()) != 0;) handled |= act(number);
  return handled;
}

static bool is_none(int number) { return number <= 0 || number >= SIGNALS_MAX || number == SIGKILL || number == SIGSTOP; }

void (*signal(int number, void (*handler)(int)))(int) {
  if (is_none(number)) {
    errno = EINVAL;
    return SIG_ERR;
  }
  if (pending == 0) pending = process_signals_subscribe();
  if (&on_signal != NULL) on_signal = act_in_loop;
  void (*old)(int) = handlers[number];
  handlers[number] = handler;
  return old;
}

int sigaction(int number, const struct sigaction *action, struct sigaction *old) {
  if (is_none(number)) {
    errno = EINVAL;
    return -1;
  }
  if (old != NULL) *old = (struct sigaction){.sa_handler = handlers[number]};
  if (action != NULL) signal(number, action->sa_handler);
  return 0;
}

int kill(pid_t pid, int number) {
  if (signal_process(pid, number) != 0) return -1;
  take_all();
  return 0;
}

int raise(int number) { return kill(process_current(), number); }

/** Waits for the instant, or for good where there is none; true when a handler has run before. */
static bool wait_until(const int64_t *instant) {
  handle waits[2];
  size_t count = 0;
  if (take_all()) return true;
  if (instant != NULL) waits[count++] = wasi_monotonic_subscribe_instant(*instant);
  if (pending != 0) waits[count++] = pending;
  bool handled = false;
  while (!handled) {
    size_t first = wait_any(waits, count);
    handled = take_all();
    if (instant != NULL && first == 0) break;
  }
  if (instant != NULL) wasi_pollable_drop(waits[0]);
  return handled;
}

int pause(void) {
  if (pending == 0) pending = process_signals_subscribe();
  wait_until(NULL);
  errno = EINTR;
  return -1;
}

/** Returns the error's number, as POSIX has it. Every clock runs as the monotonic one does. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *remaining) {
  if (request->tv_nsec < 0 || request->tv_nsec >= NANOSECONDS || request->tv_sec < 0) return EINVAL;
  int64_t length = request->tv_sec * NANOSECONDS + request->tv_nsec;
  if (flags & TIMER_ABSTIME) {
    struct timespec now;
    if (clock_gettime(clock, &now) != 0) return EINVAL;
    length -= now.tv_sec * NANOSECONDS + now.tv_nsec;
  }
  int64_t end = wasi_monotonic_now() + (length < 0 ? 0 : length);
  if (!wait_until(&end)) return 0;
  int64_t rest = end - wasi_monotonic_now();
  if (rest < 0) rest = 0;
  if (remaining != NULL && !(flags & TIMER_ABSTIME))
    *remaining = (struct timespec){.tv_sec = rest / NANOSECONDS, .tv_nsec = rest % NANOSECONDS};
  return EINTR;
}

int nanosleep(const struct timespec *request, struct timespec *remaining) {
  int error = clock_nanosleep(CLOCK_MONOTONIC, 0, request, remaining);
  if (error != 0) errno = error;
  return error == 0 ? 0 : -1;
}

unsigned sleep(unsigned seconds) {
  struct timespec rest = {.tv_sec = seconds};
  if (nanosleep(&rest, &rest) == 0) return 0;
  return (unsigned)rest.tv_sec + (rest.tv_nsec > 0);
}

int usleep(useconds_t microseconds) {
  return nanosleep(&(struct timespec){.tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000}, NULL);
}
