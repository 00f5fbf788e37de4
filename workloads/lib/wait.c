/* Waiting: the only places where a program gives its thread away. */
#include "program.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void wait_flags(const handle *pollables, size_t count, bool *ready) {
  struct list list;
  wasi_poll(pollables, count, &list);
  memset(ready, 0, count * sizeof *ready);
  for (uint32_t i = 0; i < list.length; i++) ready[((uint32_t *)list.data)[i]] = true;
  list_free(&list);
}

size_t wait_any(const handle *pollables, size_t count) {
  bool ready[64];
  wait_flags(pollables, count, ready);
  size_t first = 0;
  while (first < count && !ready[first]) first++;
  return first;
}

void sleep_nanoseconds(int64_t nanoseconds) {
  handle timer = wasi_monotonic_subscribe_duration(nanoseconds);
  wasi_pollable_block(timer);
  wasi_pollable_drop(timer);
}

int64_t parse_duration(const char *text, bool suffixes) {
  if (strcasecmp(text, "infinity") == 0 || strcasecmp(text, "inf") == 0) return INT64_MAX;
  if (*text < '0' || *text > '9') {
    if (*text != '.') return -1;
  }
  char *end;
  double value = strtod(text, &end);
  if (end == text || value < 0) return -1;
  if (suffixes && *end != '\0') {
    switch (*end) {
    case 's': break;
    case 'm': value *= 60; break;
    case 'h': value *= 3600; break;
    case 'd': value *= 86400; break;
    default: return -1;
    }
    end++;
  }
  if (*end != '\0') return -1;
  /* A century: longer than any clock of ours counts, and still within 63 bits. */
  if (value > 3.2e9) return INT64_MAX;
  return (int64_t)(value * (double)NANOSECONDS);
}
