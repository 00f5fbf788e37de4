/* Applets that pass lines on and count them: head, wc, tee, uniq. */
#include "busybox.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include "lines.h"

/* `head -5` and `tail -5` are old words for -n 5. */
void old_count(int argc, char **argv) {
  for (int i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
    if (argv[i][1] >= '0' && argv[i][1] <= '9') argv[i] = take_format("-n%s", argv[i] + 1);
    else if (strchr("nc", argv[i][1]) != NULL && argv[i][2] == '\0') i++;
  }
}

void title(const char *path, bool first) {
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
