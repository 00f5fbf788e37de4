/* disk-filler: fills a folder with bytes, or with files. */
#include "teaching.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder = "/tmp/fill";
static int64_t rate = 1 << 20, total, files_per_second, file_size, bytes, files;
static int descriptor = -1;

static bool is_full(const char *doing) {
  say("cannot %s: %s, after %lld KiB in %lld files", doing, strerror(errno), (long long)(bytes >> 10), (long long)files);
  return false;
}

static bool open_next(void) {
  char path[512];
  if (descriptor >= 0) close(descriptor);
  snprintf(path, sizeof path, "%s/%06lld", folder, (long long)files + 1);
  descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (descriptor < 0) return is_full("make a file");
  files++;
  return true;
}

static bool add(int64_t count) {
  static const char chunk[16384];
  while (count > 0) {
    size_t size = count < (int64_t)sizeof chunk ? (size_t)count : sizeof chunk;
    ssize_t written = write(descriptor, chunk, size);
    if (written < 0) return is_full("write");
    count -= written;
    bytes += written;
  }
  return true;
}

static bool add_files(void) {
  for (int64_t i = 0; i < files_per_second; i++) {
    if (!open_next() || !add(file_size)) return false;
  }
  return true;
}

static void step(void *context) {
  (void)context;
  int64_t count = total > 0 && bytes + rate > total ? total - bytes : rate;
  bool goes_on = files_per_second > 0 ? add_files() : add(count);
  if (goes_on) say("holds %lld KiB in %lld files", (long long)(bytes >> 10), (long long)files);
  if (goes_on && (total == 0 || bytes < total)) after(NANOSECONDS, step, NULL);
}

int disk_filler(int argc, char **argv) {
  TAKE_SETTINGS("fills a folder, and stays when it is full", {{"folder", 0, FLAG_TEXT, &folder}, "the folder; /tmp/fill"},
                {{"rate", 0, FLAG_BYTES, &rate}, "bytes a second into one file; 1Mi"},
                {{"total", 0, FLAG_BYTES, &total}, "stops at so many bytes; 0: never"},
                {{"files-per-second", 0, FLAG_NUMBER, &files_per_second}, "makes so many files a second, instead: inodes; 0"},
                {{"file-size", 0, FLAG_BYTES, &file_size}, "of each of those files; 0"});
  on_signal = end_on_signal;
  if (mkdir(folder, 0755) != 0 && errno != EEXIST) {
    say("cannot make %s: %s", folder, strerror(errno));
    return 1;
  }
  if (files_per_second == 0 && !open_next()) return 1;
  after(NANOSECONDS, step, NULL);
  return serve_until_end();
}
