/* The settings, from the file and from CONFIG SET. */
#include "redis.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

struct setting settings[] = {
    {"bind", ""},        {"port", "6379"},          {"maxmemory", "0"},   {"maxmemory-policy", "noeviction"},
    {"timeout", "0"},    {"databases", "1"},        {"save", ""},         {"appendonly", "no"},
    {"dir", "/data"},    {"loglevel", "notice"},    {"daemonize", "no"},  {"protected-mode", "no"},
    {"requirepass", ""}, {NULL, NULL},
};

static struct setting *find(const char *name) {
  for (struct setting *one = settings; one->name != NULL; one++) {
    if (strcasecmp(one->name, name) == 0) return one;
  }
  return NULL;
}

const char *setting(const char *name) {
  const struct setting *found = find(name);
  return found != NULL ? found->value : "";
}

/* `2mb`, `1g`, `100`: bytes; -1 when it is no size. */
static int64_t size_of(const char *text) {
  static const struct { const char *unit; int64_t bytes; } units[] = {
      {"", 1}, {"b", 1}, {"k", 1000}, {"kb", 1024}, {"m", 1000000}, {"mb", 1048576}, {"g", 1000000000}, {"gb", 1073741824},
  };
  char *rest;
  long long number = strtoll(text, &rest, 10);
  if (rest == text || number < 0) return -1;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (strcasecmp(rest, units[i].unit) == 0) return number * units[i].bytes;
  }
  return -1;
}

size_t max_memory(void) { return (size_t)size_of(setting("maxmemory")); }

static bool is_policy(const char *value) {
  static const char *policies[] = {"noeviction", "allkeys-lru", "volatile-lru", "volatile-ttl", NULL};
  for (size_t i = 0; policies[i] != NULL; i++) {
    if (strcmp(policies[i], value) == 0) return true;
  }
  return false;
}

bool change_setting(const char *name, const char *value) {
  struct setting *found = find(name);
  if (found == NULL) return false;
  char number[24];
  if (strcmp(found->name, "maxmemory") == 0) {
    int64_t bytes = size_of(value);
    if (bytes < 0) return false;
    snprintf(number, sizeof number, "%lld", (long long)bytes);
    value = number;
  }
  if (strcmp(found->name, "maxmemory-policy") == 0 && !is_policy(value)) return false;
  found->value = must_strdup(value);
  return true;
}

static char *complaint(const char *path, int line, const char *text, const char *reason) {
  char *made = must_malloc(strlen(path) + strlen(text) + strlen(reason) + 96);
  sprintf(made, "*** FATAL CONFIG FILE ERROR ***\n%s: at line %d\n>>> '%s'\n%s", path, line, text, reason);
  return made;
}

/* One line of the file; null when it is good. */
static char *take_line(const char *path, int number, char *line) {
  while (*line == ' ' || *line == '\t') line++;
  line[strcspn(line, "\r")] = '\0';
  if (*line == '\0' || *line == '#') return NULL;
  size_t length = strcspn(line, " \t");
  char *value = line + length;
  while (*value == ' ' || *value == '\t') value++;
  for (size_t end = strlen(value); end > 0 && (value[end - 1] == ' ' || value[end - 1] == '\t'); end--) value[end - 1] = '\0';
  char name[64];
  snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), line);
  if (change_setting(name, value)) return NULL;
  return complaint(path, number, line, "Bad directive or wrong number of arguments (podstep's stand-in knows only some)");
}

char *read_settings(const char *path) {
  int descriptor = open(path, O_RDONLY);
  if (descriptor < 0) {
    char *made = must_malloc(strlen(path) + 128);
    sprintf(made, "Fatal error, can't open config file '%s': %s", path, strerror(errno));
    return made;
  }
  struct buffer text = {0};
  char chunk[4096];
  for (ssize_t length; (length = read(descriptor, chunk, sizeof chunk)) > 0;) buffer_add(&text, chunk, (size_t)length);
  close(descriptor);
  buffer_add_char(&text, '\0');
  char *error = NULL;
  char *line = text.data;
  for (int number = 1; error == NULL && line != NULL; number++) {
    char *end = strchr(line, '\n');
    if (end != NULL) *end = '\0';
    error = take_line(path, number, line);
    line = end != NULL ? end + 1 : NULL;
  }
  buffer_free(&text);
  return error;
}
