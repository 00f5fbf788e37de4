/* What a program can do with `libraries: [signals]`, one case a line. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t heard;
static time_t begun;

static void note(int number) {
  heard = number;
  printf("handled %d after %d s", number, (int)(time(NULL) - begun));
}

static void hear(int number) { heard = number; }

static int all(void) {
  signal(SIGUSR1, hear);
  raise(SIGUSR1);
  printf("raise: handled %d\n", (int)heard);

  signal(SIGUSR1, SIG_IGN);
  raise(SIGUSR1);
  printf("ignored: %s\n", usleep(1500) == 0 ? "slept to the end" : "woken");

  struct sigaction action = {.sa_handler = hear}, old;
  sigemptyset(&action.sa_mask);
  sigaction(SIGUSR2, &action, NULL);
  sigaction(SIGUSR2, NULL, &old);
  printf("sigaction: the old handler is %s\n", old.sa_handler == hear ? "there" : "lost");

  printf("KILL cannot be handled: %s\n", signal(SIGKILL, hear) == SIG_ERR ? strerror(errno) : "it can");
  printf("no such process: %s\n", kill(4711, SIGTERM) == 0 ? "there is one" : strerror(errno));

  signal(SIGTERM, SIG_DFL);
  raise(SIGTERM);
  printf("default, as process 1: goes on\n");

  struct timespec instant;
  clock_gettime(CLOCK_REALTIME, &instant);
  instant.tv_sec += 3;
  int error = clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &instant, NULL);
  printf("until an instant: %d, %d s too late\n", error, (int)(time(NULL) - instant.tv_sec));

  struct timespec bad = {.tv_nsec = 1000000000};
  printf("a bad length: %s", nanosleep(&bad, NULL) == 0 ? "slept" : strerror(errno));
  return 0;
}

int main(int argc, char **argv) {
  const char *verb = argc > 1 ? argv[1] : "";
  begun = time(NULL);
  if (strcmp(verb, "all") == 0) return all();
  if (strcmp(verb, "deaf") == 0) return (int)sleep(60);
  if (strcmp(verb, "kill") == 0) return kill(atoi(argv[2]), atoi(argv[3])) == 0 ? 0 : 1;
  signal(SIGTERM, strcmp(verb, "default") == 0 ? SIG_DFL : note);
  if (strcmp(verb, "pause") == 0) printf(", %s", pause() == 0 ? "nothing" : strerror(errno));
  else printf(", %u s were left", sleep(10));
  return 0;
}
