/* sort. */
#include "busybox.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

static struct {
  bool numeric, reverse, unique, ignore_case, human;
  int key, key_end;
  char separator;
} order;

static double number_of(const char *text) {
  char *end;
  double value = strtod(text, &end);
  if (!order.human) return value;
  static const char UNITS[] = "KMGTPE";
  const char *unit = *end ? strchr(UNITS, *end >= 'a' ? *end - 32 : *end) : NULL;
  for (long i = 0; unit != NULL && i <= unit - UNITS; i++) value *= 1024;
  return value;
}

static const char *key_of(const char *line) {
  for (int field = 1; field < order.key && *line != '\0'; field++) {
    if (order.separator != '\0') {
      line += strcspn(line, (char[]){order.separator, '\0'});
      if (*line != '\0') line++;
    } else {
      line += strspn(line, " \t");
      line += strcspn(line, " \t");
    }
  }
  return line;
}

static char *key_text(const char *line) {
  const char *start = key_of(line);
  if (order.key_end == 0) return (char *)start;
  size_t length = order.separator != '\0' ? strcspn(start, (char[]){order.separator, '\0'})
                                          : strspn(start, " \t") + strcspn(start + strspn(start, " \t"), " \t");
  return take_substring(start, length);
}

static int compare_keys(const char *a, const char *b) {
  if (order.numeric || order.human) {
    double first = number_of(a), second = number_of(b);
    return first < second ? -1 : first > second;
  }
  return order.ignore_case ? strcasecmp(a, b) : strcmp(a, b);
}

static int compare_lines(const void *a, const void *b) {
  const char *first = *(char *const *)a, *second = *(char *const *)b;
  int result = compare_keys(key_text(first), key_text(second));
  if (result == 0 && !order.unique) result = strcmp(first, second);
  return order.reverse ? -result : result;
}

APPLET(sort) {
  memset(&order, 0, sizeof order);
  order.key = 1;
  const char *output = NULL;
  struct options options = options_of(argc, argv, "nrufhbk:t:o:");
  for (int letter; (letter = next_option(&options)) != -1;) {
    switch (letter) {
    case 'n': order.numeric = true; break;
    case 'r': order.reverse = true; break;
    case 'u': order.unique = true; break;
    case 'f': order.ignore_case = true; break;
    case 'h': order.human = true; break;
    case 'b': break;
    case 'o': output = options.value; break;
    case 't': order.separator = options.value[0]; break;
    case 'k': {
      char *end;
      order.key = (int)strtol(options.value, &end, 10);
      for (; *end != '\0' && *end != ','; end++) {
        if (*end == 'n') order.numeric = true;
        else if (*end == 'r') order.reverse = true;
        else return bad_usage("sort", "podstep's sort does not understand the key '%s'", options.value);
      }
      if (*end == ',') order.key_end = (int)strtol(end + 1, &end, 10);
      if (*end == 'n') order.numeric = true;
      if (order.key < 1 || (order.key_end != 0 && order.key_end != order.key)) {
        return bad_usage("sort", "podstep's sort does not understand the key '%s'", options.value);
      }
      break;
    }
    default: return 1;
    }
  }
  static char *standard[] = {"-"};
  bool none = options.index == argc;
  char **paths = none ? standard : argv + options.index;
  size_t count = 0, capacity = 64;
  char **lines = take(capacity * sizeof *lines);
  for (int i = 0; i < (none ? 1 : argc - options.index); i++) {
    struct stream *stream = open_input(paths[i]);
    if (stream == NULL) return complain_errno("sort", paths[i]), 2;
    struct reader reader = reader_of(stream);
    size_t length;
    for (char *line; (line = reader_line(&reader, &length)) != NULL;) {
      if (line[length - 1] == '\n') length--;
      if (count == capacity) {
        char **more = take(capacity * 2 * sizeof *lines);
        memcpy(more, lines, capacity * sizeof *lines);
        lines = more;
        capacity *= 2;
      }
      lines[count++] = take_substring(line, length);
    }
    reader_free(&reader);
  }
  qsort(lines, count, sizeof *lines, compare_lines);
  struct stream *before = fds[1];
  if (output != NULL) {
    struct stream *file = open_output(output, O_CREAT | O_TRUNC);
    if (file == NULL) return complain_errno("sort", output);
    fds[1] = file;
  }
  for (size_t i = 0; i < count && !out_failed(); i++) {
    if (order.unique && i > 0 && compare_keys(key_text(lines[i - 1]), key_text(lines[i])) == 0) continue;
    out_format("%s\n", lines[i]);
  }
  if (output != NULL) {
    stream_drop(fds[1]);
    fds[1] = before;
  }
  return 0;
}
