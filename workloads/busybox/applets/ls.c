/* ls. */
#include "busybox.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct {
  bool all, almost, details, recursive, itself, classify, by_time, by_size, reverse, inode, human;
} show;

struct entry {
  char *name;
  char *path;
  struct stat info;
};

static int compare(const void *a, const void *b) {
  const struct entry *first = a, *second = b;
  int order = 0;
  if (show.by_time && first->info.st_mtime != second->info.st_mtime) {
    order = first->info.st_mtime > second->info.st_mtime ? -1 : 1;
  } else if (show.by_size && first->info.st_size != second->info.st_size) {
    order = first->info.st_size > second->info.st_size ? -1 : 1;
  } else order = strcmp(first->name, second->name);
  return show.reverse ? -order : order;
}

/* WASI tells a file's kind, not its mode: directories show as 0755, files as 0644. */
static const char *mode_text(const struct stat *info) {
  if (S_ISDIR(info->st_mode)) return "drwxr-xr-x";
  if (S_ISLNK(info->st_mode)) return "lrwxrwxrwx";
  return "-rw-r--r--";
}

static void show_size(off_t size) {
  if (!show.human || size < 1024) {
    out_format("%9lld ", (long long)size);
    return;
  }
  static const char UNITS[] = "KMGT";
  double value = (double)size / 1024;
  int unit = 0;
  for (; value >= 1024 && unit < 3; unit++) value /= 1024;
  out_format("%8.1f%c ", value, UNITS[unit]);
}

static void show_entry(const struct entry *entry) {
  if (show.inode) out_format("%7llu ", (unsigned long long)entry->info.st_ino);
  if (show.details) {
    out_format("%s %4llu root     root     ", mode_text(&entry->info), (unsigned long long)entry->info.st_nlink);
    show_size(entry->info.st_size);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    bool recent = now.tv_sec - entry->info.st_mtime < 15552000 && entry->info.st_mtime <= now.tv_sec + 86400;
    out_format("%s ", format_time(recent ? "%b %e %H:%M" : "%b %e  %Y", entry->info.st_mtime, 0));
  }
  out(entry->name);
  if (show.classify && S_ISDIR(entry->info.st_mode)) out_char('/');
  if (show.classify && S_ISLNK(entry->info.st_mode)) out_char('@');
  char target[1024];
  ssize_t length = show.details && S_ISLNK(entry->info.st_mode) ? readlink(entry->path, target, sizeof target) : -1;
  if (length >= 0) out_format(" -> %.*s", (int)length, target);
  out_char('\n');
}

struct entries {
  struct entry *items;
  size_t count, capacity;
};

static void add(struct entries *entries, char *name, char *path, bool follow) {
  if (entries->count == entries->capacity) {
    size_t capacity = entries->capacity ? entries->capacity * 2 : 16;
    struct entry *items = take(capacity * sizeof *items);
    if (entries->count > 0) memcpy(items, entries->items, entries->count * sizeof *items);
    entries->items = items;
    entries->capacity = capacity;
  }
  struct entry *entry = &entries->items[entries->count];
  *entry = (struct entry){.name = name, .path = path};
  if ((follow ? stat(path, &entry->info) : lstat(path, &entry->info)) == 0 || lstat(path, &entry->info) == 0) entries->count++;
}

static int show_directory(const char *path, bool titled) {
  DIR *directory = opendir(path);
  if (directory == NULL) return complain_errno("ls", path);
  struct entries entries = {0};
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    bool dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (dots || (entry->d_name[0] == '.' && !show.all && !show.almost)) continue;
    add(&entries, take_string(entry->d_name), take_format("%s/%s", strcmp(path, "/") == 0 ? "" : path, entry->d_name), false);
  }
  closedir(directory);
  if (show.all) {
    add(&entries, ".", take_string(path), true);
    add(&entries, "..", take_format("%s/..", path), true);
    /* above a mount's root there may be nothing to see */
  }
  qsort(entries.items, entries.count, sizeof *entries.items, compare);
  if (titled) out_format("%s:\n", path);
  if (show.details) {
    long long blocks = 0;
    for (size_t i = 0; i < entries.count; i++) blocks += (entries.items[i].info.st_size + 4095) / 4096 * 4;
    out_format("total %lld\n", blocks);
  }
  for (size_t i = 0; i < entries.count; i++) show_entry(&entries.items[i]);
  int status = 0;
  for (size_t i = 0; show.recursive && i < entries.count; i++) {
    struct entry *entry = &entries.items[i];
    if (!S_ISDIR(entry->info.st_mode) || strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0) continue;
    out_char('\n');
    status |= show_directory(entry->path, true);
  }
  return status;
}

static int parse_options(struct options *options) {
  memset(&show, 0, sizeof show);
  for (int letter; (letter = next_option(options)) != -1;) {
    switch (letter) {
    case 'a': show.all = true; break;
    case 'A': show.almost = true; break;
    case 'l': case 'n': case 'g': show.details = true; break;
    case 'R': show.recursive = true; break;
    case 'd': show.itself = true; break;
    case 'F': case 'p': show.classify = true; break;
    case 't': show.by_time = true; break;
    case 'S': show.by_size = true; break;
    case 'r': show.reverse = true; break;
    case 'i': show.inode = true; break;
    case 'h': show.human = true; break;
    case '1': break;
    default: return 1;
    }
  }
  return 0;
}

APPLET(ls) {
  struct options options = options_of(argc, argv, "1aAlngRdFptSrih");
  if (parse_options(&options) != 0) return 1;
  static char *here[] = {"."};
  bool none = options.index == argc;
  char **paths = none ? here : argv + options.index;
  int count = none ? 1 : argc - options.index;
  struct entries files = {0}, directories = {0};
  int status = 0;
  for (int i = 0; i < count; i++) {
    struct stat info;
    if (lstat(paths[i], &info) < 0) {
      status = complain_errno("ls", paths[i]);
      continue;
    }
    bool follow = !show.details && stat(paths[i], &info) == 0;
    add(S_ISDIR(info.st_mode) && !show.itself ? &directories : &files, paths[i], paths[i], follow);
  }
  qsort(files.items, files.count, sizeof *files.items, compare);
  qsort(directories.items, directories.count, sizeof *directories.items, compare);
  for (size_t i = 0; i < files.count; i++) show_entry(&files.items[i]);
  for (size_t i = 0; i < directories.count; i++) {
    if (i > 0 || files.count > 0) out_char('\n');
    status |= show_directory(directories.items[i].path, count > 1 || show.recursive);
  }
  return status;
}
