/* stress: uses memory and CPU for real. One program with two command lines: polinux/stress's and vish/stress's. */
#include "stress.h"
#include <stdlib.h>
#include <string.h>

void say(int stream, const char *format, ...) {
  va_list values;
  va_start(values, format);
  stream_vprintf(standard_stream(stream), format, values);
  va_end(values);
  stream_flush(standard_stream(stream));
}

bool parse_bytes(const char *text, int64_t *bytes) {
  char *end;
  if (*text < '0' || *text > '9') return false;
  int64_t value = strtoll(text, &end, 10);
  switch (*end) {
  case '\0': break;
  case 'B': case 'b': end++; break;
  case 'K': case 'k': value <<= 10; end++; break;
  case 'M': case 'm': value <<= 20; end++; break;
  case 'G': case 'g': value <<= 30; end++; break;
  default: return false;
  }
  *bytes = value;
  return *end == '\0';
}

/* The optimiser must not see through memory that nobody reads. */
void touch(volatile char *block, int64_t length, int64_t stride) {
  for (int64_t i = 0; i < length; i += stride) block[i] = (char)(i / stride + 1);
}

void burn(void) {
  volatile double sink = 0;
  for (uint32_t seed = 1;; seed = seed * 1664525u + 1013904223u) sink = __builtin_sqrt((double)seed);
  (void)sink;
}

int main(int argc, char **argv) {
  const char *name = strrchr(argv[0], '/');
  /* vish/stress is the one whose flags have one dash. Its image starts it as /stress. */
  bool go_flags = strcmp(argv[0], "/stress") == 0 || strcmp(name ? name + 1 : argv[0], "vish-stress") == 0;
  return go_flags ? go_stress(argc, argv) : posix_stress(argc, argv);
}
