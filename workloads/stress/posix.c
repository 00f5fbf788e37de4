/* stress 1.0's command line: a dispatcher, and one process for every hog. */
#include "stress.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HOG_LIMIT 64

static struct {
  bool verbose, quiet, dry_run, keep;
  int64_t timeout, cpu, io, vm, hdd;
  int64_t vm_bytes, vm_stride, vm_hang;
} options = {.vm_bytes = 256 << 20, .vm_stride = 4096, .vm_hang = -1};

static const char *program = "stress";

#define REPORT(kind, format, ...) \
  say(1, "%s: " kind ": [%d] " format "\n", program, (int)process_current() __VA_OPT__(, ) __VA_ARGS__)

static int complain(const char *what, const char *value) {
  say(2, "%s: FAIL: [%d] %s %s\n", program, (int)process_current(), what, value);
  return 1;
}

static int usage(void) {
  say(1, "`stress' imposes certain types of compute stress on your system (podstep's stand-in)\n\n"
         "Usage: stress [OPTION [ARG]] ...\n"
         " -?, --help         show this help statement\n"
         "     --version      show version statement\n"
         " -v, --verbose      be verbose\n"
         " -q, --quiet        be quiet\n"
         " -n, --dry-run      show what would have been done\n"
         " -t, --timeout N    timeout after N seconds\n"
         " -c, --cpu N        spawn N workers spinning on sqrt()\n"
         " -m, --vm N         spawn N workers spinning on malloc()/free()\n"
         "     --vm-bytes B   malloc B bytes per vm worker (default is 256MB)\n"
         "     --vm-stride B  touch a byte every B bytes (default is 4096)\n"
         "     --vm-hang N    sleep N secs before free (default none, 0 is inf)\n"
         "     --vm-keep      redirty memory instead of freeing and reallocating\n");
  return 0;
}

static int hog_memory(void) {
  for (char *block = NULL;;) {
    if (block == NULL) block = malloc((size_t)options.vm_bytes);
    if (block == NULL) {
      say(2, "%s: FAIL: [%d] hogvm malloc failed: Cannot allocate memory\n", program, (int)process_current());
      return 1;
    }
    touch(block, options.vm_bytes, options.vm_stride);
    if (options.vm_hang == 0) {
      sleep_nanoseconds(INT64_MAX);
    } else if (options.vm_hang > 0) {
      sleep_nanoseconds(options.vm_hang * NANOSECONDS);
    }
    if (options.keep) continue;
    free(block);
    block = NULL;
  }
}

/* Hogs are this program again, told by the environment what to be: a signal or a limit meets each by itself. */
static handle start_hog(const char *kind, char **argv, const char *directory) {
  char *variable = must_malloc(strlen(kind) + sizeof "STRESS_HOG=");
  strcpy(variable, "STRESS_HOG=");
  strcat(variable, kind);
  char *environment[] = {variable, NULL};
  handle child = spawn(argv[0], argv, environment, directory, NULL, NULL, NULL);
  free(variable);
  return child;
}

struct hog {
  handle child;
  handle ended;
  int pid;
};

static int reap(struct hog *hogs, size_t count) {
  bool ready[HOG_LIMIT + 1];
  handle waits[HOG_LIMIT + 1];
  int64_t start = wasi_monotonic_now();
  int failed = 0;
  bool stopping = false;
  bool timed = options.timeout > 0;
  size_t left = count;
  while (left > 0) {
    size_t waiting = 0;
    for (size_t i = 0; i < count; i++) {
      if (hogs[i].child != 0) waits[waiting++] = hogs[i].ended;
    }
    if (timed) waits[waiting] = wasi_monotonic_subscribe_instant(start + options.timeout * NANOSECONDS);
    wait_flags(waits, waiting + (timed ? 1 : 0), ready);
    bool expired = timed && ready[waiting];
    if (timed) wasi_pollable_drop(waits[waiting]);
    for (size_t i = 0, at = 0; i < count; i++) {
      if (hogs[i].child == 0) continue;
      if (!ready[at++]) continue;
      int code = child_exit_code(hogs[i].child);
      wasi_pollable_drop(hogs[i].ended);
      process_child_drop(hogs[i].child);
      hogs[i].child = 0;
      left--;
      if (stopping || code == 0) continue;
      failed = 1;
      if (code > 128) {
        say(2, "%s: FAIL: [%d] (415) <-- worker %d got signal %d\n", program, (int)process_current(), hogs[i].pid,
            code - 128);
        say(2, "%s: WARN: [%d] (417) now reaping child worker processes\n", program, (int)process_current());
      } else {
        say(2, "%s: FAIL: [%d] (422) <-- worker %d returned error %d\n", program, (int)process_current(),
            hogs[i].pid, code);
      }
    }
    if ((expired || failed) && !stopping) {
      stopping = true;
      timed = false;
      for (size_t i = 0; i < count; i++) {
        if (hogs[i].child != 0) signal_process(hogs[i].pid, signal_number(expired ? "ALRM" : "KILL"));
      }
    }
  }
  int64_t seconds = (wasi_monotonic_now() - start) / NANOSECONDS;
  if (failed) {
    say(2, "%s: FAIL: [%d] (451) failed run completed in %llds\n", program, (int)process_current(),
        (long long)seconds);
  } else if (!options.quiet) {
    REPORT("info", "successful run completed in %llds", (long long)seconds);
  }
  return failed;
}

static int dispatch(char **argv) {
  if (options.cpu + options.vm > HOG_LIMIT) return complain("too many workers, at most", "64");
  struct hog hogs[HOG_LIMIT];
  size_t count = 0;
  if (!options.quiet) {
    REPORT("info", "dispatching hogs: %lld cpu, %lld io, %lld vm, %lld hdd", (long long)options.cpu,
           (long long)options.io, (long long)options.vm, (long long)options.hdd);
  }
  if (options.dry_run) return 0;
  for (int64_t i = 0; i < options.cpu + options.vm; i++) {
    const char *kind = i < options.cpu ? "cpu" : "vm";
    handle child = start_hog(kind, argv, "/");
    if (child < 0) {
      for (size_t j = 0; j < count; j++) signal_process(hogs[j].pid, signal_number("KILL"));
      return complain("fork failed:", strerror(errno));
    }
    int pid = process_child_pid(child);
    hogs[count++] = (struct hog){child, process_child_subscribe(child), pid};
    if (options.verbose) REPORT("dbug", "--> hog%s worker %lld [%d] forked", kind, (long long)i, pid);
  }
  return reap(hogs, count);
}

static bool parse_count(const char *text, int64_t *count) {
  char *end;
  *count = strtoll(text, &end, 10);
  return *text >= '0' && *text <= '9' && *end == '\0';
}

static bool parse_seconds(const char *text, int64_t *seconds) {
  char *end;
  if (*text < '0' || *text > '9') return false;
  int64_t value = strtoll(text, &end, 10);
  switch (*end) {
  case '\0': break;
  case 's': end++; break;
  case 'm': value *= 60; end++; break;
  case 'h': value *= 3600; end++; break;
  case 'd': value *= 86400; end++; break;
  case 'y': value *= 31536000; end++; break;
  default: return false;
  }
  *seconds = value;
  return *end == '\0';
}

static const struct option {
  const char *name;
  char letter;
  bool (*parse)(const char *, int64_t *);
  int64_t *value;
} OPTIONS[] = {
  {"timeout", 't', parse_seconds, &options.timeout},    {"cpu", 'c', parse_count, &options.cpu},
  {"io", 'i', parse_count, &options.io},                {"vm", 'm', parse_count, &options.vm},
  {"vm-bytes", 0, parse_bytes, &options.vm_bytes},      {"vm-stride", 0, parse_bytes, &options.vm_stride},
  {"vm-hang", 0, parse_seconds, &options.vm_hang},      {"hdd", 'd', parse_count, &options.hdd},
};

static const struct option *find_option(const char *argument) {
  for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
    const struct option *option = &OPTIONS[i];
    if (argument[1] == '-' ? strcmp(argument + 2, option->name) == 0
                           : option->letter != 0 && argument[1] == option->letter && argument[2] == '\0') {
      return option;
    }
  }
  return NULL;
}

static bool is(const char *argument, const char *letter, const char *name) {
  return strcmp(argument, letter) == 0 || strcmp(argument, name) == 0;
}

int posix_stress(int argc, char **argv) {
  if (argc == 1) return usage();
  for (int i = 1; i < argc; i++) {
    const char *argument = argv[i];
    if (is(argument, "-?", "--help")) return usage();
    if (is(argument, "", "--version")) {
      say(1, "stress 1.0.7 (podstep's stand-in)\n");
      return 0;
    }
    if (is(argument, "-v", "--verbose")) options.verbose = true;
    else if (is(argument, "-q", "--quiet")) options.quiet = true;
    else if (is(argument, "-n", "--dry-run")) options.dry_run = true;
    else if (is(argument, "", "--vm-keep")) options.keep = true;
    else {
      const struct option *option = *argument == '-' ? find_option(argument) : NULL;
      if (option == NULL) return complain("unrecognized option:", argument);
      if (i + 1 == argc) return complain("missing argument to option", argument);
      if (!option->parse(argv[++i], option->value)) return complain("invalid number:", argv[i]);
    }
  }
  if (options.vm_stride < 1) return complain("invalid number:", "0");
  if (options.io > 0) return complain("podstep's stand-in has no workers for", "--io");
  if (options.hdd > 0) return complain("podstep's stand-in has no workers for", "--hdd");
  if (options.vm_bytes >= 4LL << 30) return complain("a WebAssembly program has less than 4G of memory:", "--vm-bytes");
  const char *hog = getenv("STRESS_HOG");
  if (hog != NULL && strcmp(hog, "cpu") == 0) burn();
  if (hog != NULL && strcmp(hog, "vm") == 0) return hog_memory();
  if (options.cpu + options.vm == 0) return complain("nothing to do:", "give --cpu or --vm");
  return dispatch(argv);
}
