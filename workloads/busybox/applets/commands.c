/* Applets that run or look for other commands: timeout, time, xargs, which, find. */
#include "busybox.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

char *find_program(const char *name);

APPLET(timeout) {
  int signal = signal_number("TERM");
  int64_t kill_after = 0;
  struct options options = options_of(argc, argv, "s:k:");
  while (options.index < argc && argv[options.index][0] == '-') {
    int letter = next_option(&options);
    if (letter == -1) break;
    if (letter == '?') return 125;
    if (letter == 's' && (signal = signal_number(options.value)) < 0) {
      return complain("timeout", "unknown signal '%s'", options.value), 125;
    }
    if (letter == 'k' && (kill_after = parse_duration(options.value, true)) < 0) {
      return complain("timeout", "invalid time '%s'", options.value), 125;
    }
  }
  if (argc - options.index < 2) return complain("timeout", "expects SECS PROG ARGS"), 125;
  int64_t limit = parse_duration(argv[options.index], true);
  if (limit < 0) return complain("timeout", "invalid time '%s'", argv[options.index]), 125;
  char **command = argv + options.index + 1;
  handle child = start_command(argc - options.index - 1, command);
  if (child < 0) {
    complain("timeout", "can't execute '%s': %s", command[0], strerror(errno));
    return errno == ENOENT ? 127 : 126;
  }
  int pid = process_child_pid(child);
  bool expired = false;
  handle ended = process_child_subscribe(child);
  for (int64_t wait = limit; child_exit_code(child) < 0;) {
    handle waits[2] = {ended, 0};
    if (wait > 0) waits[1] = wasi_monotonic_subscribe_duration(wait);
    size_t first = wait_any(waits, wait > 0 ? 2 : 1);
    if (wait > 0) wasi_pollable_drop(waits[1]);
    if (first == 0) break;
    signal_process(pid, expired ? signal_number("KILL") : signal);
    wait = expired ? 0 : kill_after;
    expired = true;
  }
  wasi_pollable_drop(ended);
  return child_wait(child); /* 143 when TERM ended it, as BusyBox's own has it */
}

APPLET(time) {
  if (argc < 2) return complain("time", "expects a command");
  int first = strcmp(argv[1], "-p") == 0 ? 2 : 1;
  int64_t start = wasi_monotonic_now();
  int status = run_command(argc - first, argv + first);
  double seconds = (double)(wasi_monotonic_now() - start) / (double)NANOSECONDS;
  if (fds[2] != NULL) {
    /* WASI counts no CPU time of a program: only the real one is known. */
    if (first == 2) stream_printf(fds[2], "real %.2f\n", seconds);
    else stream_printf(fds[2], "real\t%dm %.2fs\n", (int)(seconds / 60), seconds - 60 * (int)(seconds / 60));
  }
  return status;
}

APPLET(which) {
  int status = argc > 1 ? 0 : 1;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-a") == 0) continue;
    char *path = find_program(argv[i]);
    if (path == NULL) status = 1;
    else out_format("%s\n", path);
  }
  return status;
}

/* ---- xargs ---- */

/* Words of the input, quotes and backslashes minded; with -0 or -d by that byte alone. */
static size_t split_words(char *text, size_t length, int separator, char ***words) {
  size_t count = 0, capacity = 64;
  *words = take(capacity * sizeof **words);
  size_t at = 0;
  while (at < length) {
    while (separator < 0 && at < length && strchr(" \t\n", text[at]) != NULL && text[at] != '\0') at++;
    if (at >= length) break;
    char *word = text + at;
    char *to = word;
    char quote = '\0';
    for (; at < length; at++) {
      char c = text[at];
      if (separator >= 0 ? c == (char)separator : quote == '\0' && (c == ' ' || c == '\t' || c == '\n')) break;
      if (separator < 0 && quote == '\0' && (c == '"' || c == '\'')) quote = c;
      else if (separator < 0 && quote != '\0' && c == quote) quote = '\0';
      else if (separator < 0 && c == '\\' && quote == '\0' && at + 1 < length) *to++ = text[++at];
      else *to++ = c;
    }
    at++;
    *to = '\0';
    if (count == capacity) {
      char **more = take(capacity * 2 * sizeof **words);
      memcpy(more, *words, capacity * sizeof **words);
      *words = more;
      capacity *= 2;
    }
    (*words)[count++] = word;
  }
  return count;
}

static char *replaced(const char *text, const char *mark, const char *with) {
  struct buffer result = {0};
  buffer_add(&result, "", 0);
  for (const char *found; (found = strstr(text, mark)) != NULL; text = found + strlen(mark)) {
    buffer_add(&result, text, (size_t)(found - text));
    buffer_add_string(&result, with);
  }
  buffer_add_string(&result, text);
  char *made = take_substring(result.data, result.length);
  buffer_free(&result);
  return made;
}

APPLET(xargs) {
  long limit = 0;
  const char *mark = NULL;
  bool not_empty = false;
  int separator = -1;
  struct options options = options_of(argc, argv, "n:I:r0d:t");
  while (options.index < argc && argv[options.index][0] == '-') {
    int letter = next_option(&options);
    if (letter == -1) break;
    if (letter == '?') return 1;
    if (letter == 'n') limit = atol(options.value);
    if (letter == 'I') mark = options.value;
    if (letter == 'r') not_empty = true;
    if (letter == '0') separator = 0;
    if (letter == 'd') separator = strcmp(options.value, "\\n") == 0 ? '\n' : options.value[0];
  }
  if (mark != NULL) {
    limit = 1;
    if (separator < 0) separator = '\n';
  }
  static char *echo[] = {"echo"};
  bool none = options.index == argc;
  char **command = none ? echo : argv + options.index;
  int fixed = none ? 1 : argc - options.index;
  size_t length;
  char *text = read_all(fds[0], &length);
  char **words;
  size_t count = split_words(text, length, separator, &words);
  if (count == 0 && (not_empty || mark != NULL)) return 0;
  int status = 0;
  size_t at = 0;
  do {
    size_t take_count = limit > 0 && count - at > (size_t)limit ? (size_t)limit : count - at;
    char **full = take(((size_t)fixed + take_count + 1) * sizeof *full);
    int total = 0;
    for (int i = 0; i < fixed; i++) full[total++] = mark && i > 0 ? replaced(command[i], mark, words[at]) : command[i];
    for (size_t i = 0; mark == NULL && i < take_count; i++) full[total++] = words[at + i];
    full[total] = NULL;
    at += take_count;
    int code = run_command(total, full);
    if (code == 126 || code == 127) return code;
    if (code != 0) status = 123;
  } while (at < count);
  return status;
}

/* ---- find ---- */

static struct {
  const char *name, *iname, *path;
  char type;
  int max_depth, min_depth;
  bool deletes, null_ended, empty;
  int size_sign;
  long newer_minutes;
  int newer_sign;
  char **command;
  int command_count;
  int status;
} find;

static bool find_matches(const char *path, const char *name, const struct stat *info, int depth) {
  if (depth < find.min_depth) return false;
  if (find.name != NULL && !pattern_matches(find.name, name)) return false;
  if (find.path != NULL && !pattern_matches(find.path, path)) return false;
  if (find.iname != NULL) {
    char *lower = take_string(name), *pattern = take_string(find.iname);
    for (char *c = lower; *c; c++) *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    for (char *c = pattern; *c; c++) *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    if (!pattern_matches(pattern, lower)) return false;
  }
  if (find.type == 'f' && !S_ISREG(info->st_mode)) return false;
  if (find.type == 'd' && !S_ISDIR(info->st_mode)) return false;
  if (find.type == 'l' && !S_ISLNK(info->st_mode)) return false;
  if (find.empty && !(S_ISREG(info->st_mode) && info->st_size == 0)) return false;
  if (find.newer_sign != 0) {
    long minutes = (long)((time(NULL) - info->st_mtime) / 60);
    if (find.newer_sign < 0 ? minutes >= find.newer_minutes : minutes <= find.newer_minutes) return false;
  }
  return true;
}

static void find_act(const char *path, const struct stat *info) {
  if (find.command != NULL) {
    char **full = take(((size_t)find.command_count + 1) * sizeof *full);
    for (int i = 0; i < find.command_count; i++) full[i] = replaced(find.command[i], "{}", path);
    full[find.command_count] = NULL;
    if (run_command(find.command_count, full) != 0) find.status = 1;
  } else if (find.deletes) {
    if ((S_ISDIR(info->st_mode) ? rmdir(path) : unlink(path)) < 0) find.status = complain_errno("find", path);
  } else {
    out(path);
    out_char(find.null_ended ? '\0' : '\n');
  }
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void find_in(const char *path, const char *name, int depth) {
  struct stat info;
  if (lstat(path, &info) < 0) {
    find.status = complain_errno("find", path);
    return;
  }
  bool matches = find_matches(path, name, &info, depth);
  if (matches && !find.deletes) find_act(path, &info);
  if (S_ISDIR(info.st_mode) && (find.max_depth < 0 || depth < find.max_depth) && !out_failed()) {
    DIR *directory = opendir(path);
    if (directory == NULL) find.status = complain_errno("find", path);
    size_t count = 0, capacity = 16;
    char **names = take(capacity * sizeof *names);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
      if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
      if (count == capacity) {
        char **more = take(capacity * 2 * sizeof *names);
        memcpy(more, names, capacity * sizeof *names);
        names = more;
        capacity *= 2;
      }
      names[count++] = take_string(entry->d_name);
    }
    if (directory != NULL) closedir(directory);
    qsort(names, count, sizeof *names, by_name);
    bool slash = path[strlen(path) - 1] == '/';
    for (size_t i = 0; i < count; i++) find_in(take_format("%s%s%s", path, slash ? "" : "/", names[i]), names[i], depth + 1);
  }
  if (matches && find.deletes) find_act(path, &info);
}

static int parse_find(int argc, char **argv, int index) {
  for (; index < argc; index++) {
    const char *test = argv[index];
    const char *value = index + 1 < argc ? argv[index + 1] : NULL;
    if (strcmp(test, "-print") == 0 || strcmp(test, "-a") == 0) continue;
    if (strcmp(test, "-print0") == 0) find.null_ended = true;
    else if (strcmp(test, "-delete") == 0) find.deletes = true;
    else if (strcmp(test, "-empty") == 0) find.empty = true;
    else if (value == NULL) return bad_usage("find", "%s: unrecognized, or its argument is missing", test);
    else if (strcmp(test, "-exec") == 0) {
      find.command = argv + index + 1;
      while (index + 1 < argc && strcmp(argv[index + 1], ";") != 0 && strcmp(argv[index + 1], "+") != 0) {
        find.command_count++;
        index++;
      }
      if (++index >= argc) return bad_usage("find", "-exec must be ended by ';'");
    } else {
      if (strcmp(test, "-name") == 0) find.name = value;
      else if (strcmp(test, "-iname") == 0) find.iname = value;
      else if (strcmp(test, "-path") == 0) find.path = value;
      else if (strcmp(test, "-type") == 0 && strchr("fdl", value[0]) != NULL && value[1] == '\0') find.type = value[0];
      else if (strcmp(test, "-maxdepth") == 0) find.max_depth = atoi(value);
      else if (strcmp(test, "-mindepth") == 0) find.min_depth = atoi(value);
      else if (strcmp(test, "-mmin") == 0 && (value[0] == '-' || value[0] == '+')) {
        find.newer_sign = value[0] == '-' ? -1 : 1;
        find.newer_minutes = atol(value + 1);
      } else return bad_usage("find", "podstep's find does not have %s %s", test, value);
      index++;
    }
  }
  return 0;
}

APPLET(find) {
  memset(&find, 0, sizeof find);
  find.max_depth = -1;
  int paths = 1;
  while (paths < argc && argv[paths][0] != '-' && strcmp(argv[paths], "!") != 0 && strcmp(argv[paths], "(") != 0) paths++;
  int status = parse_find(argc, argv, paths);
  if (status != 0) return status;
  if (paths == 1) find_in(".", ".", 0);
  for (int i = 1; i < paths; i++) {
    const char *slash = strrchr(argv[i], '/');
    find_in(argv[i], slash && slash[1] ? slash + 1 : argv[i], 0);
  }
  return find.status;
}
