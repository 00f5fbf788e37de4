/* Jobs: what runs in the background, and waiting for it. */
#include "shell.h"
#include <errno.h>
#include <stdlib.h>

static void end_job(struct job *job, int status) {
  job->ended = true;
  job->status = status;
  process_child_drop(job->child);
}

static void look(void) {
  for (size_t i = 0; i < shell.job_count; i++) {
    struct job *job = &shell.jobs[i];
    if (job->ended) continue;
    int code = child_exit_code(job->child);
    if (code >= 0) end_job(job, code);
  }
}

static void forget(struct job *job) {
  free(job->text);
  *job = shell.jobs[--shell.job_count];
}

struct job *find_job(const char *text) {
  int wanted = -1;
  if (*text == '%') {
    if (shell.job_count == 0) return NULL;
    if (text[1] == '\0' || text[1] == '%' || text[1] == '+') return &shell.jobs[shell.job_count - 1];
    wanted = atoi(text + 1);
  }
  for (size_t i = 0; i < shell.job_count; i++) {
    struct job *job = &shell.jobs[i];
    if (wanted >= 0 ? job->number == wanted : job->pid == atoi(text)) return job;
  }
  return NULL;
}

/* Waits until a job of `wanted` (null: any) has ended or a trapped signal came: then its number plus 128. */
static int wait_step(const struct job *wanted) {
  handle waits[64];
  size_t count = 0;
  if (shell.signals != 0) waits[count++] = shell.signals;
  size_t first = count;
  for (size_t i = 0; i < shell.job_count && count < 64; i++) {
    struct job *job = &shell.jobs[i];
    if (job->ended || (wanted != NULL && job != wanted)) continue;
    waits[count++] = process_child_subscribe(job->child);
  }
  flush_streams();
  wait_any(waits, count);
  for (size_t i = first; i < count; i++) wasi_pollable_drop(waits[i]);
  look();
  collect_signals();
  for (int i = 1; i < SIGNAL_LIMIT; i++) {
    if (shell.pending[i]) return 128 + i;
  }
  return shell.flow == FLOW_EXIT ? shell.status : 0;
}

static bool any_running(void) {
  for (size_t i = 0; i < shell.job_count; i++) {
    if (!shell.jobs[i].ended) return true;
  }
  return false;
}

static int wait_for_all(bool one) {
  look();
  while (any_running()) {
    int interrupted = wait_step(NULL);
    if (interrupted != 0) return interrupted;
    for (size_t i = 0; one && i < shell.job_count; i++) {
      if (!shell.jobs[i].ended) continue;
      int status = shell.jobs[i].status;
      forget(&shell.jobs[i]);
      return status;
    }
  }
  if (one && shell.job_count == 0) return 127;
  while (shell.job_count > 0) forget(&shell.jobs[0]);
  return 0;
}

int wait_for_jobs(int argc, char **argv) {
  if (argc == 1) return wait_for_all(false);
  if (strcmp(argv[1], "-n") == 0) return wait_for_all(true);
  int status = 0;
  for (int i = 1; i < argc; i++) {
    struct job *job = find_job(argv[i]);
    if (job == NULL) {
      status = 127;
      continue;
    }
    look();
    while (!job->ended) {
      int interrupted = wait_step(job);
      if (interrupted != 0) return interrupted;
    }
    status = job->status;
    forget(job);
  }
  return status;
}

int jobs_builtin(int argc, char **argv) {
  bool pids = argc > 1 && strcmp(argv[1], "-p") == 0;
  if (argc > 1 && !pids && strcmp(argv[1], "-l") != 0) return bad_usage(argv[0], "only -l and -p are known");
  look();
  for (size_t i = 0; i < shell.job_count; i++) {
    struct job *job = &shell.jobs[i];
    if (pids) out_format("%d\n", job->pid);
    else if (!job->ended) out_format("[%d]+  Running                 %s\n", job->number, job->text);
    else if (job->status == 0) out_format("[%d]+  Done                    %s\n", job->number, job->text);
    else out_format("[%d]+  Done(%d)                 %s\n", job->number, job->status, job->text);
  }
  for (size_t i = 0; i < shell.job_count;) {
    if (shell.jobs[i].ended && !pids) forget(&shell.jobs[i]);
    else i++;
  }
  return 0;
}
