/* Applets that make, move and remove files. */
#include "busybox.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

APPLET(cat) {
  struct options options = options_of(argc, argv, "unvA");
  bool numbers = false;
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'v' || letter == 'A') return bad_usage("cat", "podstep's cat does not have -%c", letter);
    if (letter == 'n') numbers = true;
  }
  static char *standard[] = {"-"};
  bool none = options.index == argc;
  char **paths = none ? standard : argv + options.index;
  int count = none ? 1 : argc - options.index;
  int status = 0;
  long line_number = 0;
  for (int i = 0; i < count; i++) {
    struct stream *stream = open_input(paths[i]);
    struct stat info;
    if (stream != NULL && stream->kind == STREAM_FILE && fstat(stream->descriptor, &info) == 0 && S_ISDIR(info.st_mode)) {
      stream_drop(stream);
      stream = NULL;
      errno = EISDIR;
    }
    if (stream == NULL) {
      status = errno == EISDIR ? complain("cat", "read error: %s", strerror(errno))
                               : complain("cat", "can't open '%s': %s", paths[i], strerror(errno));
      continue;
    }
    if (numbers) {
      struct reader reader = reader_of(stream);
      size_t length;
      for (char *line; (line = reader_line(&reader, &length)) != NULL && !out_failed();) {
        out_format("%6ld\t", ++line_number);
        out_bytes(line, length);
      }
      reader_free(&reader);
      continue;
    }
    char chunk[4096];
    ssize_t length = 0;
    while (!out_failed() && (length = stream_read(stream, chunk, sizeof chunk)) > 0) {
      out_bytes(chunk, (size_t)length);
      if (stream->kind == STREAM_INPUT) stream_flush(fds[1]);
    }
    if (length < 0) status = complain("cat", "read error: %s", strerror(errno));
    stream_drop(stream);
  }
  return status;
}

APPLET(touch) {
  bool create = true;
  struct options options = options_of(argc, argv, "camd:t:r:");
  struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'c') create = false;
    if (letter == 'd' && options.value[0] == '@') {
      times[0] = times[1] = (struct timespec){.tv_sec = atoll(options.value + 1)};
    } else if (letter == 'd' || letter == 't' || letter == 'r') {
      return bad_usage("touch", "podstep's touch knows no time but now and -d @SECONDS");
    }
  }
  if (options.index == argc) return complain("touch", "missing file operand");
  int status = 0;
  for (int i = options.index; i < argc; i++) {
    if (is_device(argv[i])) continue;
    struct stat info;
    bool exists = stat(argv[i], &info) == 0;
    if (!exists && !create) continue;
    if (!exists) {
      int descriptor = open(argv[i], O_WRONLY | O_CREAT, 0666);
      if (descriptor < 0) {
        status = complain_errno("touch", argv[i]);
        continue;
      }
      close(descriptor);
      if (times[0].tv_nsec == UTIME_NOW) continue;
    }
    if (utimensat(AT_FDCWD, argv[i], times, 0) < 0) status = complain_errno("touch", argv[i]);
  }
  return status;
}

/* Names in a directory; null with errno. Freed with the command. */
static char **names_in(const char *path, size_t *count) {
  DIR *directory = opendir(path);
  if (directory == NULL) return NULL;
  size_t capacity = 16;
  char **names = take(capacity * sizeof *names);
  *count = 0;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (*count == capacity) {
      char **more = take(capacity * 2 * sizeof *names);
      memcpy(more, names, capacity * sizeof *names);
      names = more;
      capacity *= 2;
    }
    names[(*count)++] = take_string(entry->d_name);
  }
  closedir(directory);
  return names;
}

static int remove_path(const char *path, bool recursive, bool force) {
  struct stat info;
  if (lstat(path, &info) < 0) return force && errno == ENOENT ? 0 : complain("rm", "can't remove '%s': %s", path, strerror(errno));
  int status = 0;
  if (!S_ISDIR(info.st_mode)) {
    if (unlink(path) < 0) status = complain("rm", "can't remove '%s': %s", path, strerror(errno));
    return status;
  }
  if (!recursive) return complain("rm", "'%s' is a directory", path);
  size_t count;
  char **names = names_in(path, &count);
  if (names == NULL) return complain("rm", "can't open '%s': %s", path, strerror(errno));
  for (size_t i = 0; i < count; i++) status |= remove_path(take_format("%s/%s", path, names[i]), recursive, force);
  if (rmdir(path) < 0) status = complain("rm", "can't remove '%s': %s", path, strerror(errno));
  return status;
}

APPLET(rm) {
  bool recursive = false, force = false;
  struct options options = options_of(argc, argv, "rRfiv");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'r' || letter == 'R') recursive = true;
    if (letter == 'f') force = true;
    if (letter == 'i') return bad_usage("rm", "podstep's rm cannot ask");
  }
  if (options.index == argc) return force ? 0 : complain("rm", "missing operand");
  int status = 0;
  for (int i = options.index; i < argc; i++) {
    const char *slash = strrchr(argv[i], '/');
    const char *name = slash ? slash + 1 : argv[i];
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) status = complain("rm", "can't remove '%s'", argv[i]);
    else status |= remove_path(argv[i], recursive, force);
  }
  return status;
}

static int make_directory(const char *path, bool parents) {
  struct stat info;
  if (parents) {
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
      char *parent = take_substring(path, (size_t)(slash - path));
      if (stat(parent, &info) < 0 && mkdir(parent, 0777) < 0 && errno != EEXIST) {
        return complain("mkdir", "can't create directory '%s': %s", parent, strerror(errno));
      }
    }
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) return 0;
  }
  if (mkdir(path, 0777) < 0) return complain("mkdir", "can't create directory '%s': %s", path, strerror(errno));
  return 0;
}

APPLET(mkdir) {
  bool parents = false;
  struct options options = options_of(argc, argv, "pm:");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'p') parents = true; /* -m is taken: the system has no modes */
  }
  if (options.index == argc) return complain("mkdir", "missing operand");
  int status = 0;
  for (int i = options.index; i < argc; i++) status |= make_directory(argv[i], parents);
  return status;
}

APPLET(rmdir) {
  struct options options = options_of(argc, argv, "p");
  bool parents = false;
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    parents = true;
  }
  int status = 0;
  for (int i = options.index; i < argc; i++) {
    char *path = take_string(argv[i]);
    for (;;) {
      if (rmdir(path) < 0) {
        status = complain("rmdir", "'%s': %s", path, strerror(errno));
        break;
      }
      char *slash = strrchr(path, '/');
      if (!parents || slash == NULL || slash == path) break;
      *slash = '\0';
    }
  }
  return status;
}

static int copy_file(const char *applet, const char *from, const char *to) {
  struct stream *input = open_input(from);
  if (input == NULL) return complain(applet, "can't open '%s': %s", from, strerror(errno));
  struct stream *output = open_output(to, O_CREAT | O_TRUNC);
  if (output == NULL) {
    stream_drop(input);
    return complain(applet, "can't create '%s': %s", to, strerror(errno));
  }
  char chunk[4096];
  ssize_t count;
  int status = 0;
  while ((count = stream_read(input, chunk, sizeof chunk)) > 0 && status == 0) {
    if (stream_write(output, chunk, (size_t)count) < 0) status = complain(applet, "write error: %s", strerror(errno));
  }
  if (count < 0) status = complain(applet, "read error: %s", strerror(errno));
  if (stream_flush(output) < 0 && status == 0) status = complain(applet, "write error: %s", strerror(errno));
  stream_drop(input);
  stream_drop(output);
  return status;
}

static int copy_path(const char *applet, const char *from, const char *to, bool recursive, bool links) {
  struct stat info;
  if ((links ? lstat(from, &info) : stat(from, &info)) < 0) {
    return is_device(from) ? copy_file(applet, from, to) : complain(applet, "can't stat '%s': %s", from, strerror(errno));
  }
  if (S_ISLNK(info.st_mode)) {
    char target[1024];
    ssize_t length = readlink(from, target, sizeof target - 1);
    if (length < 0) return complain_errno(applet, from);
    target[length] = '\0';
    unlink(to);
    return symlink(target, to) < 0 ? complain_errno(applet, to) : 0;
  }
  if (!S_ISDIR(info.st_mode)) return copy_file(applet, from, to);
  if (!recursive) return complain(applet, "omitting directory '%s'", from);
  if (mkdir(to, 0777) < 0 && errno != EEXIST) return complain(applet, "can't create directory '%s': %s", to, strerror(errno));
  size_t count;
  char **names = names_in(from, &count);
  if (names == NULL) return complain_errno(applet, from);
  int status = 0;
  for (size_t i = 0; i < count; i++) {
    status |= copy_path(applet, take_format("%s/%s", from, names[i]), take_format("%s/%s", to, names[i]), true, links);
  }
  return status;
}

/* Where a file goes: into the target when that is a directory. */
static char *place_of(const char *from, const char *target) {
  struct stat info;
  if (stat(target, &info) < 0 || !S_ISDIR(info.st_mode)) return take_string(target);
  char *name = take_string(from);
  size_t length = strlen(name);
  while (length > 1 && name[length - 1] == '/') name[--length] = '\0';
  char *slash = strrchr(name, '/');
  return take_format("%s/%s", target, slash ? slash + 1 : name);
}

static bool target_fits(const char *applet, int sources, const char *target) {
  struct stat info;
  if (sources < 1) return complain(applet, "missing file operand"), false;
  if (sources == 1 || (stat(target, &info) == 0 && S_ISDIR(info.st_mode))) return true;
  return complain(applet, "target '%s' is not a directory", target), false;
}

APPLET(cp) {
  bool recursive = false, links = false;
  struct options options = options_of(argc, argv, "rRafpdLPTv");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'T') return bad_usage("cp", "podstep's cp does not have -T");
    if (letter == 'r' || letter == 'R' || letter == 'a') recursive = true;
    if (letter == 'a' || letter == 'd' || letter == 'P') links = true;
  }
  char *target = argv[argc - 1];
  if (!target_fits("cp", argc - options.index - 1, target)) return 1;
  int status = 0;
  for (int i = options.index; i < argc - 1; i++) status |= copy_path("cp", argv[i], place_of(argv[i], target), recursive, links);
  return status;
}

APPLET(mv) {
  struct options options = options_of(argc, argv, "fnv");
  bool keep = false;
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'n') keep = true;
  }
  char *target = argv[argc - 1];
  if (!target_fits("mv", argc - options.index - 1, target)) return 1;
  int status = 0;
  for (int i = options.index; i < argc - 1; i++) {
    struct stat info;
    char *place = place_of(argv[i], target);
    if (keep && lstat(place, &info) == 0) continue;
    if (lstat(argv[i], &info) < 0) {
      status = complain("mv", "can't rename '%s': %s", argv[i], strerror(errno));
    } else if (rename(argv[i], place) < 0) {
      if (errno != EXDEV) {
        status = complain("mv", "can't rename '%s': %s", argv[i], strerror(errno));
      } else if (copy_path("mv", argv[i], place, true, true) == 0) {
        status |= remove_path(argv[i], true, true);
      } else status = 1;
    }
  }
  return status;
}

APPLET(ln) {
  bool symbolic = false, force = false;
  struct options options = options_of(argc, argv, "sfnv");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 's') symbolic = true;
    if (letter == 'f') force = true;
  }
  if (argc - options.index < 1) return complain("ln", "missing file operand");
  bool one = argc - options.index == 1;
  char *target = one ? "." : argv[argc - 1];
  int status = 0;
  for (int i = options.index; i < (one ? argc : argc - 1); i++) {
    char *place = place_of(argv[i], target);
    if (force) unlink(place);
    if ((symbolic ? symlink(argv[i], place) : link(argv[i], place)) < 0) status = complain_errno("ln", place);
  }
  return status;
}

APPLET(chmod) {
  struct options options = options_of(argc, argv, "Rvf");
  while (options.index < argc && argv[options.index][0] == '-' && strchr("Rvf", argv[options.index][1])) {
    if (next_option(&options) == '?') return 1;
  }
  if (argc - options.index < 2) return complain("chmod", "missing operand");
  int status = 0;
  for (int i = options.index + 1; i < argc; i++) {
    struct stat info; /* WASI has no modes: the file must exist, nothing changes */
    if (stat(argv[i], &info) < 0 && !is_device(argv[i])) status = complain_errno("chmod", argv[i]);
  }
  return status;
}

APPLET(mktemp) {
  bool directory = false, quiet = false;
  const char *folder = NULL;
  struct options options = options_of(argc, argv, "dqtp:u");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?' || letter == 'u') return letter == 'u' ? bad_usage("mktemp", "podstep's mktemp does not have -u") : 1;
    if (letter == 'd') directory = true;
    if (letter == 'q') quiet = true;
    if (letter == 't') folder = "/tmp";
    if (letter == 'p') folder = options.value;
  }
  const char *template = options.index < argc ? argv[options.index] : "tmp.XXXXXX";
  if (options.index == argc && folder == NULL) folder = "/tmp";
  char *path = folder ? take_format("%s/%s", folder, template) : take_string(template);
  size_t length = strlen(path);
  size_t count = 0;
  while (count < length && path[length - 1 - count] == 'X') count++;
  if (count < 6) return complain("mktemp", "%s: Invalid argument", path);
  static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  for (int attempt = 0; attempt < 100; attempt++) {
    uint8_t random[64] = {0};
    if (getentropy(random, sizeof random) < 0) break;
    for (size_t i = 0; i < count && i < sizeof random; i++) path[length - 1 - i] = LETTERS[random[i] % (sizeof LETTERS - 1)];
    int made = directory ? mkdir(path, 0700) : open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (made >= 0) {
      if (!directory) close(made);
      out_format("%s\n", path);
      return 0;
    }
    if (errno != EEXIST) break;
  }
  return quiet ? 1 : complain_errno("mktemp", path);
}

APPLET(readlink) {
  bool follows = false;
  struct options options = options_of(argc, argv, "nf");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'f') follows = true;
  }
  if (follows) return bad_usage("readlink", "podstep's readlink does not have -f");
  if (argc - options.index != 1) return complain("readlink", "expects one path");
  char target[1024];
  ssize_t length = readlink(argv[options.index], target, sizeof target);
  if (length < 0) return 1;
  out_format("%.*s\n", (int)length, target);
  return 0;
}
