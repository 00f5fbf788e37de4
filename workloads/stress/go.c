/* vish/stress's command line: allocate step by step, burn CPUs, never end. */
#include "stress.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct {
  int64_t cpus, total, step, sleep;
} options = {.step = 4096, .sleep = 1000000};

/* The form of Go's glog: I0102 15:04:05.000000 pid file:line] text. */
static void log_line(char level, int line, const char *format, ...) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  struct tm utc;
  gmtime_r(&now.tv_sec, &utc);
  char text[256];
  va_list values;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  say(2, "%c%02d%02d %02d:%02d:%02d.%06ld %7d main.go:%d] %s\n", level, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
      utc.tm_min, utc.tm_sec, now.tv_nsec / 1000, (int)process_current(), line, text);
}

/* A Kubernetes quantity, as far as memory is written: 100, 4Ki, 1k, 250Mi, 1.5Gi. */
static bool parse_quantity(const char *text, int64_t *bytes) {
  static const struct {
    const char *suffix;
    double factor;
  } SUFFIXES[] = {
    {"", 1},   {"k", 1e3},        {"M", 1e6},        {"G", 1e9},
    {"m", 1e-3}, {"Ki", 0x1p10}, {"Mi", 0x1p20}, {"Gi", 0x1p30},
  };
  char *end;
  if (*text < '0' || *text > '9') return false;
  double value = strtod(text, &end);
  for (size_t i = 0; i < sizeof SUFFIXES / sizeof *SUFFIXES; i++) {
    if (strcmp(end, SUFFIXES[i].suffix) != 0) continue;
    *bytes = (int64_t)(value * SUFFIXES[i].factor);
    return true;
  }
  return false;
}

static bool parse_number(const char *text, int64_t *value) {
  char *end;
  *value = strtoll(text, &end, 10);
  return *text >= '0' && *text <= '9' && *end == '\0';
}

/* Go's duration: 1ms, 2s, 1m30s. */
static bool parse_go_duration(const char *text, int64_t *nanoseconds) {
  *nanoseconds = 0;
  if (strcmp(text, "0") == 0) return true;
  if (*text == '\0') return false;
  while (*text != '\0') {
    char *end;
    if ((*text < '0' || *text > '9') && *text != '.') return false;
    double value = strtod(text, &end);
    double unit;
    if (strncmp(end, "ms", 2) == 0) unit = 1e6, end += 2;
    else if (strncmp(end, "us", 2) == 0) unit = 1e3, end += 2;
    else if (strncmp(end, "ns", 2) == 0) unit = 1, end += 2;
    else if (*end == 's') unit = 1e9, end++;
    else if (*end == 'm') unit = 60e9, end++;
    else if (*end == 'h') unit = 3600e9, end++;
    else return false;
    *nanoseconds += (int64_t)(value * unit);
    text = end;
  }
  return true;
}

static const struct {
  const char *name;
  const char *help;
  bool (*parse)(const char *, int64_t *);
  int64_t *value;
} FLAGS[] = {
  {"cpus", "total number of CPUs to utilize", parse_number, &options.cpus},
  {"mem-total", "total memory to be consumed. Memory will be consumed via multiple allocations.", parse_quantity,
   &options.total},
  {"mem-alloc-size", "amount of memory to be consumed in each allocation", parse_quantity, &options.step},
  {"mem-alloc-sleep", "duration to sleep between allocations", parse_go_duration, &options.sleep},
};
#define FLAG_COUNT (sizeof FLAGS / sizeof *FLAGS)

static int usage(void) {
  say(2, "Usage of /stress (podstep's stand-in):\n");
  for (size_t i = 0; i < FLAG_COUNT; i++) say(2, "  -%s\n    \t%s\n", FLAGS[i].name, FLAGS[i].help);
  return 2;
}

static int parse_flags(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    char *name = argv[i];
    if (*name != '-') return 0; /* Go's flag package stops at the first other word */
    name += name[1] == '-' ? 2 : 1;
    char *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    if (strcmp(name, "help") == 0 || strcmp(name, "h") == 0) return usage();
    if (length == strlen("logtostderr") && strncmp(name, "logtostderr", length) == 0) continue;
    size_t found = 0;
    while (found < FLAG_COUNT && (strlen(FLAGS[found].name) != length || strncmp(name, FLAGS[found].name, length))) {
      found++;
    }
    if (found == FLAG_COUNT) {
      say(2, "flag provided but not defined: -%.*s\n", (int)length, name);
      return usage();
    }
    if (equals == NULL && i + 1 == argc) {
      say(2, "flag needs an argument: -%s\n", name);
      return usage();
    }
    const char *value = equals ? equals + 1 : argv[++i];
    if (!FLAGS[found].parse(value, FLAGS[found].value)) {
      say(2, "invalid value \"%s\" for flag -%s: parse error\n", value, FLAGS[found].name);
      return usage();
    }
  }
  return 0;
}

static void allocate(void) {
  for (int64_t taken = 0; taken < options.total; taken += options.step) {
    int64_t length = options.step < options.total - taken ? options.step : options.total - taken;
    char *block = malloc((size_t)length);
    if (block == NULL) {
      say(2, "fatal error: runtime: out of memory\n");
      program_exit(2);
    }
    touch(block, length, 1024);
    sleep_nanoseconds(options.sleep);
  }
}

int go_stress(int argc, char **argv) {
  int status = parse_flags(argc, argv);
  if (status != 0) return status;
  if (getenv("STRESS_HOG") != NULL) burn();
  if (options.step < 1) {
    say(2, "invalid value \"0\" for flag -mem-alloc-size: must be positive\n");
    return 2;
  }
  log_line('I', 26, "Allocating \"%lld\" memory, in \"%lld\" chunks, with a %lldms sleep between allocations",
           (long long)options.total, (long long)options.step, (long long)(options.sleep / 1000000));
  for (int64_t i = 0; i < options.cpus; i++) {
    log_line('I', 37, "Spawning a thread to consume CPU");
    char *environment[] = {"STRESS_HOG=cpu", NULL};
    if (spawn(argv[0], argv, environment, "/", NULL, NULL, NULL) < 0) {
      log_line('F', 38, "cannot start a worker: %s", strerror(errno));
      return 255;
    }
  }
  allocate();
  log_line('I', 29, "Allocated \"%lld\" memory", (long long)options.total);
  sleep_nanoseconds(INT64_MAX);
  return 0;
}
