/* Applets that pick and count lines: head, tail, wc, tee, uniq, sort. */
#include "busybox.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

/* `head -5` and `tail -5` are old words for -n 5. */
static void old_count(int argc, char **argv) {
  for (int i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
    if (argv[i][1] >= '0' && argv[i][1] <= '9') argv[i] = take_format("-n%s", argv[i] + 1);
    else if (strchr("nc", argv[i][1]) != NULL && argv[i][2] == '\0') i++;
  }
}

static void title(const char *path, bool first) {
  if (!first) out_char('\n');
  out_format("==> %s <==\n", strcmp(path, "-") == 0 ? "standard input" : path);
}

APPLET(head) {
  bool bytes = false, quiet = false, verbose = false;
  int64_t count = 10;
  bool from_end = false;
  old_count(argc, argv);
  struct options options = options_of(argc, argv, "n:c:qv");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'q') quiet = true;
    if (letter == 'v') verbose = true;
    if (letter == 'n' || letter == 'c') {
      from_end = options.value[0] == '-';
      count = parse_size(options.value + from_end);
      bytes = letter == 'c';
      if (count < 0) return complain("head", "invalid number '%s'", options.value);
    }
  }
  if (from_end) return bad_usage("head", "podstep's head does not have negative counts");
  static char *standard[] = {"-"};
  bool none = options.index == argc;
  char **paths = none ? standard : argv + options.index;
  int files = none ? 1 : argc - options.index;
  int status = 0;
  for (int i = 0; i < files; i++) {
    struct stream *stream = open_input(paths[i]);
    if (stream == NULL) {
      status = complain_errno("head", paths[i]);
      continue;
    }
    if ((files > 1 && !quiet) || verbose) title(paths[i], i == 0);
    char chunk[4096];
    int64_t left = count;
    ssize_t length;
    while (left > 0 && !out_failed() && (length = stream_read(stream, chunk, bytes && left < 4096 ? (size_t)left : sizeof chunk)) > 0) {
      ssize_t used = 0;
      if (bytes) left -= used = length;
      else while (used < length && left > 0) left -= chunk[used++] == '\n';
      out_bytes(chunk, (size_t)used);
    }
    stream_drop(stream);
  }
  return status;
}

/* ---- tail ---- */

struct followed {
  char *path;
  struct stream *stream;
  int64_t offset;
  bool missing;
};

/* The last `count` lines or bytes, or everything from line `count` on. Returns the bytes that were read. */
static int64_t show_end(struct stream *stream, int64_t count, bool bytes, bool from_start) {
  char chunk[4096];
  ssize_t length;
  int64_t total = 0;
  struct buffer kept = {0};
  int64_t skipped = 0;
  buffer_add(&kept, "", 0);
  while ((length = stream_read(stream, chunk, sizeof chunk)) > 0) {
    total += length;
    ssize_t at = 0;
    while (from_start && at < length && skipped < count - 1) skipped += bytes || chunk[at] == '\n', at++;
    if (from_start) {
      out_bytes(chunk + at, (size_t)(length - at));
      continue;
    }
    buffer_add(&kept, chunk, (size_t)length);
    if (bytes && (int64_t)kept.length > count * 2 + 65536) buffer_drop(&kept, kept.length - (size_t)count);
  }
  size_t start = kept.length;
  if (bytes) {
    start = (int64_t)kept.length > count ? kept.length - (size_t)count : 0;
  } else {
    int64_t lines = 0;
    while (start > 0 && count > 0) {
      if (kept.data[start - 1] == '\n' && start < kept.length && ++lines == count) break;
      start--;
    }
  }
  out_bytes(kept.data + start, kept.length - start);
  buffer_free(&kept);
  return total;
}

/* What was added since; a file that has become shorter or is another one is read from its start (-F). */
static bool show_added(struct followed *file, bool by_name) {
  struct stat now;
  bool exists = stat(file->path, &now) == 0;
  if (by_name && !exists) {
    if (!file->missing) complain("tail", "%s has become inaccessible: %s", file->path, strerror(ENOENT));
    file->missing = true;
    stream_drop(file->stream);
    file->stream = NULL;
    return false;
  }
  if (by_name && file->missing) {
    complain("tail", "%s has appeared; following new file", file->path);
    file->missing = false;
    file->offset = 0;
  }
  struct stat opened;
  bool replaced = file->stream != NULL && file->stream->kind == STREAM_FILE && by_name &&
                  fstat(file->stream->descriptor, &opened) == 0 && opened.st_ino != now.st_ino;
  if (replaced || (exists && now.st_size < file->offset)) {
    complain("tail", replaced ? "%s has been replaced; following new file" : "%s: file truncated", file->path);
    stream_drop(file->stream);
    file->stream = NULL;
    file->offset = 0;
  }
  if (file->stream == NULL && by_name) file->stream = open_input(file->path);
  if (file->stream == NULL) return false;
  char chunk[4096];
  ssize_t length;
  bool some = false;
  while ((length = stream_read(file->stream, chunk, sizeof chunk)) > 0) {
    out_bytes(chunk, (size_t)length);
    file->offset += length;
    some = true;
  }
  return some;
}

static int follow(struct followed *files, int count, bool by_name, int64_t interval) {
  while (!out_failed()) {
    pause_for(interval);
    for (int i = 0; i < count; i++) show_added(&files[i], by_name);
  }
  return 0;
}

APPLET(tail) {
  int64_t count = 10;
  bool bytes = false, from_start = false, follows = false, by_name = false, quiet = false, verbose = false;
  int64_t interval = NANOSECONDS;
  old_count(argc, argv);
  struct options options = options_of(argc, argv, "n:c:fFs:qv");
  for (int letter; (letter = next_option(&options)) != -1;) {
    switch (letter) {
    case 'n': case 'c':
      bytes = letter == 'c';
      from_start = options.value[0] == '+';
      count = parse_size(options.value + (from_start || options.value[0] == '-'));
      if (count < 0) return complain("tail", "invalid number '%s'", options.value);
      break;
    case 'F': by_name = true; follows = true; break;
    case 'f': follows = true; break;
    case 's':
      interval = parse_duration(options.value, false);
      if (interval <= 0) return complain("tail", "invalid number '%s'", options.value);
      break;
    case 'q': quiet = true; break;
    case 'v': verbose = true; break;
    default: return 1;
    }
  }
  static char *standard[] = {"-"};
  bool none = options.index == argc;
  char **paths = none ? standard : argv + options.index;
  int file_count = none ? 1 : argc - options.index;
  struct followed *files = take((size_t)file_count * sizeof *files);
  int status = 0;
  int open = 0;
  for (int i = 0; i < file_count; i++) {
    files[i] = (struct followed){.path = paths[i], .stream = open_input(paths[i])};
    if (files[i].stream == NULL) {
      status = complain("tail", "can't open '%s': %s", paths[i], strerror(errno));
      files[i].missing = true;
      continue;
    }
    if ((file_count > 1 && !quiet) || verbose) title(paths[i], open == 0);
    open++;
    files[i].offset = show_end(files[i].stream, count, bytes, from_start);
  }
  if (follows && (open > 0 || by_name)) return follow(files, file_count, by_name, interval);
  for (int i = 0; i < file_count; i++) stream_drop(files[i].stream);
  return status;
}

/* ---- wc, tee, uniq ---- */

struct counts {
  long long lines, words, bytes, widest;
};

static void show_counts(const struct counts *counts, const bool *wanted, const char *name) {
  const long long values[4] = {counts->lines, counts->words, counts->bytes, counts->widest};
  int shown = 0;
  for (int i = 0; i < 4; i++) shown += wanted[i];
  bool first = true;
  for (int i = 0; i < 4; i++) {
    if (!wanted[i]) continue;
    if (shown == 1) out_format("%lld", values[i]);
    else out_format(first ? "%9lld" : " %9lld", values[i]);
    first = false;
  }
  if (name != NULL) out_format(" %s", name);
  out_char('\n');
}

APPLET(wc) {
  bool wanted[4] = {false};
  struct options options = options_of(argc, argv, "lwcmL");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    wanted[letter == 'l' ? 0 : letter == 'w' ? 1 : letter == 'L' ? 3 : 2] = true;
  }
  if (!wanted[0] && !wanted[1] && !wanted[2] && !wanted[3]) wanted[0] = wanted[1] = wanted[2] = true;
  static char *standard[] = {"-"};
  bool none = options.index == argc;
  char **paths = none ? standard : argv + options.index;
  int files = none ? 1 : argc - options.index;
  struct counts total = {0};
  int status = 0;
  for (int i = 0; i < files; i++) {
    struct stream *stream = open_input(paths[i]);
    if (stream == NULL) {
      status = complain_errno("wc", paths[i]);
      continue;
    }
    struct counts counts = {0};
    char chunk[4096];
    ssize_t length;
    bool in_word = false;
    long long width = 0;
    while ((length = stream_read(stream, chunk, sizeof chunk)) > 0) {
      counts.bytes += length;
      for (ssize_t j = 0; j < length; j++) {
        bool blank = strchr(" \t\n\r\v\f", chunk[j]) != NULL && chunk[j] != '\0';
        if (!blank && !in_word) counts.words++;
        in_word = !blank;
        width = chunk[j] == '\n' ? 0 : width + 1;
        if (width > counts.widest) counts.widest = width;
        counts.lines += chunk[j] == '\n';
      }
    }
    stream_drop(stream);
    show_counts(&counts, wanted, none ? NULL : paths[i]);
    total.lines += counts.lines;
    total.words += counts.words;
    total.bytes += counts.bytes;
    if (counts.widest > total.widest) total.widest = counts.widest;
  }
  if (files > 1) show_counts(&total, wanted, "total");
  return status;
}

APPLET(tee) {
  int flags = O_CREAT | O_TRUNC;
  struct options options = options_of(argc, argv, "ai");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'a') flags = O_CREAT | O_APPEND;
  }
  int count = argc - options.index;
  struct stream **outputs = take((size_t)(count + 1) * sizeof *outputs);
  int status = 0;
  for (int i = 0; i < count; i++) {
    outputs[i] = open_output(argv[options.index + i], flags);
    if (outputs[i] == NULL) status = complain_errno("tee", argv[options.index + i]);
  }
  char chunk[4096];
  ssize_t length;
  while (fds[0] != NULL && (length = stream_read(fds[0], chunk, sizeof chunk)) > 0) {
    out_bytes(chunk, (size_t)length);
    if (fds[1] != NULL) stream_flush(fds[1]);
    for (int i = 0; i < count; i++) {
      if (outputs[i] == NULL) continue;
      if (stream_write(outputs[i], chunk, (size_t)length) < 0 || stream_flush(outputs[i]) < 0) {
        status = complain_errno("tee", argv[options.index + i]);
      }
    }
  }
  for (int i = 0; i < count; i++) stream_drop(outputs[i]);
  return status;
}

APPLET(uniq) {
  bool counts = false, repeated = false, unique = false, ignore_case = false;
  struct options options = options_of(argc, argv, "cdui");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'c') counts = true;
    if (letter == 'd') repeated = true;
    if (letter == 'u') unique = true;
    if (letter == 'i') ignore_case = true;
  }
  if (argc - options.index > 1) return bad_usage("uniq", "podstep's uniq takes one input");
  const char *path = options.index < argc ? argv[options.index] : "-";
  struct stream *stream = open_input(path);
  if (stream == NULL) return complain_errno("uniq", path);
  struct reader reader = reader_of(stream);
  char *previous = NULL;
  long times = 0;
  for (;;) {
    size_t length;
    char *read = reader_line(&reader, &length);
    char *line = read ? take_substring(read, length > 0 && read[length - 1] == '\n' ? length - 1 : length) : NULL;
    bool same = line != NULL && previous != NULL && (ignore_case ? strcasecmp : strcmp)(line, previous) == 0;
    if (same) {
      times++;
      continue;
    }
    if (previous != NULL && !(repeated && times == 1) && !(unique && times > 1)) {
      if (counts) out_format("%7ld ", times);
      out_format("%s\n", previous);
    }
    if (line == NULL || out_failed()) break;
    previous = line;
    times = 1;
  }
  reader_free(&reader);
  return 0;
}

/* ---- sort ---- */

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
