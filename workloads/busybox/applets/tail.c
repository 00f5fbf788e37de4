/* tail, which can also follow files as they grow. */
#include "busybox.h"
#include "lines.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

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
