/*
 * What WASI's public test programs ask of preview 1, restated case by case, in the directory that it is started with.
 * Where wasmtime and Linux differ (a slash behind a directory that is removed, sync of a directory, several pieces
 * in one write, fd_allocate, which wasmtime does not have) the case is as Linux has it.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

#define ROOT 3
static char base[64];
static const char *running;
static int failures;

static void check(bool holds, const char *what, int line, int found) {
  if (holds) return;
  failures++;
  printf("%s: line %d: %s (found %d)\n", running, line, what, found);
}
#define IS(call, expected) do { int found = (call); check(found == (expected), #call " is " #expected, __LINE__, found); } while (0)
#define OK(call) IS(call, 0)
#define TRUE(condition) check((condition), #condition, __LINE__, 0)

/* Paths are told from the working directory, through the preopened root. */
static char place[8][4200];
static const char *in(const char *name) {
  static int next;
  char *text = place[next++ % 8];
  snprintf(text, sizeof place[0], "%s%s%s", base, *name ? "/" : "", name);
  return text;
}
#define ALL_RIGHTS 0x3fffffff
#define READ __WASI_RIGHTS_FD_READ
#define WRITE __WASI_RIGHTS_FD_WRITE
#define CREATE __WASI_OFLAGS_CREAT
#define EXCLUSIVE __WASI_OFLAGS_EXCL
#define DIRECTORY __WASI_OFLAGS_DIRECTORY
#define TRUNCATE __WASI_OFLAGS_TRUNC
#define FOLLOW __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW

static int open_at(int fd, int lookup, const char *name, int oflags, uint64_t rights, int fdflags, int *opened) {
  return __wasi_path_open(fd, lookup, name, oflags, rights, ALL_RIGHTS, fdflags, opened);
}
static int open_(const char *name, int oflags, uint64_t rights, int *opened) {
  return open_at(ROOT, 0, in(name), oflags, rights, 0, opened);
}
static int open_follow(const char *name, int oflags, uint64_t rights, int *opened) {
  return open_at(ROOT, FOLLOW, in(name), oflags, rights, 0, opened);
}
static int make_directory(const char *name) { return __wasi_path_create_directory(ROOT, in(name)); }
static int remove_directory(const char *name) { return __wasi_path_remove_directory(ROOT, in(name)); }
static int unlink_(const char *name) { return __wasi_path_unlink_file(ROOT, in(name)); }
static int rename_(const char *from, const char *to) { return __wasi_path_rename(ROOT, in(from), ROOT, in(to)); }
static int symlink_(const char *target, const char *name) { return __wasi_path_symlink(target, ROOT, in(name)); }
static int link_(const char *from, const char *to) { return __wasi_path_link(ROOT, 0, in(from), ROOT, in(to)); }
static int stat_(int lookup, const char *name, __wasi_filestat_t *stat) { return __wasi_path_filestat_get(ROOT, lookup, in(name), stat); }
static int write_(int fd, const char *text, size_t *count) {
  __wasi_ciovec_t piece = {(const uint8_t *)text, strlen(text)};
  return __wasi_fd_write(fd, &piece, 1, count);
}
static int read_(int fd, char *buffer, size_t length, size_t *count) {
  __wasi_iovec_t piece = {(uint8_t *)buffer, length};
  return __wasi_fd_read(fd, &piece, 1, count);
}
static int create(const char *name) {
  int fd = -1;
  OK(open_(name, CREATE | EXCLUSIVE, READ | WRITE, &fd));
  return fd;
}
static int open_directory(const char *name) {
  int fd = -1;
  OK(open_(name, DIRECTORY, 0, &fd));
  return fd;
}

static void descriptors(void) {
  int fd = create("f"), other;
  __wasi_fdstat_t stat;
  OK(__wasi_fd_close(fd));
  IS(__wasi_fd_close(fd), __WASI_ERRNO_BADF);
  IS(__wasi_fd_fdstat_get(fd, &stat), __WASI_ERRNO_BADF);
  OK(open_("f", 0, READ, &fd));
  OK(open_("f", 0, READ | WRITE, &other));
  TRUE(fd != other);
  OK(__wasi_fd_renumber(fd, other));
  IS(__wasi_fd_close(fd), __WASI_ERRNO_BADF);
  OK(__wasi_fd_fdstat_get(other, &stat));
  TRUE(stat.fs_filetype == __WASI_FILETYPE_REGULAR_FILE && (stat.fs_rights_base & READ));
  OK(__wasi_fd_close(other));
  OK(unlink_("f"));
  for (int standard = 0; standard < 3; standard++) {
    OK(__wasi_fd_fdstat_get(standard, &stat));
    TRUE(stat.fs_filetype != __WASI_FILETYPE_DIRECTORY);
  }
  OK(__wasi_sched_yield());
  IS(__wasi_sock_shutdown(99, 1) != 0, 1);
  IS(__wasi_sock_shutdown(ROOT, 1), __WASI_ERRNO_NOTSOCK);
}

static void preopened(void) {
  __wasi_prestat_t about;
  char name[16] = "";
  OK(__wasi_fd_prestat_get(ROOT, &about));
  OK(__wasi_fd_prestat_dir_name(ROOT, (uint8_t *)name, about.u.dir.pr_name_len));
  TRUE(strcmp(name, "/") == 0);
  IS(__wasi_fd_prestat_get(ROOT + 1, &about), __WASI_ERRNO_BADF);
  int fd = open_directory("");
  IS(__wasi_fd_prestat_get(fd, &about), __WASI_ERRNO_BADF);
  OK(__wasi_fd_close(fd));
}

static void directories(void) {
  __wasi_filesize_t at;
  char buffer[8];
  size_t count;
  int fd = open_directory(""), other;
  IS(__wasi_fd_seek(fd, 0, __WASI_WHENCE_CUR, &at), __WASI_ERRNO_BADF);
  IS(__wasi_fd_tell(fd, &at), __WASI_ERRNO_BADF);
  TRUE(read_(fd, buffer, 8, &count) != 0);
  TRUE(write_(fd, "x", &count) != 0);
  TRUE(__wasi_fd_filestat_set_size(fd, 0) != 0);
  TRUE(__wasi_fd_allocate(fd, 0, 1) != 0);
  TRUE(__wasi_fd_advise(fd, 0, 0, __WASI_ADVICE_NORMAL) != 0);
  OK(__wasi_fd_sync(fd));
  OK(__wasi_fd_close(fd));
  OK(make_directory("d"));
  IS(make_directory("d"), __WASI_ERRNO_EXIST);
  fd = create("d/f");
  IS(open_at(fd, 0, "x", CREATE, READ, 0, &other), __WASI_ERRNO_NOTDIR);
  OK(__wasi_fd_close(fd));
  IS(open_("d", 0, READ | WRITE, &fd), __WASI_ERRNO_ISDIR);
  IS(open_("d/f", DIRECTORY, READ, &fd), __WASI_ERRNO_NOTDIR);
  IS(remove_directory("d"), __WASI_ERRNO_NOTEMPTY);
  IS(remove_directory("d/f"), __WASI_ERRNO_NOTDIR);
  IS(unlink_("d/f/"), __WASI_ERRNO_NOTDIR);
  IS(unlink_("d"), __WASI_ERRNO_ISDIR);
  OK(unlink_("d/f"));
  OK(remove_directory("d/"));
  IS(remove_directory("d"), __WASI_ERRNO_NOENT);
}

static void paths(void) {
  int fd;
  char long_name[300];
  memset(long_name, 'x', sizeof long_name - 1);
  long_name[sizeof long_name - 1] = 0;
  OK(make_directory("d"));
  OK(make_directory("d/e"));
  OK(__wasi_fd_close(create("d/e/f")));
  const char *good[] = {"d/e/f", "d/./e//f", "d/../d/e/../e/f", "./d/e/f"};
  for (int i = 0; i < 4; i++) {
    IS(open_(good[i], 0, READ, &fd), 0);
    OK(__wasi_fd_close(fd));
  }
  IS(open_("d/e/f/", 0, READ, &fd), __WASI_ERRNO_NOTDIR);
  IS(open_("d/e/f/.", 0, READ, &fd), __WASI_ERRNO_NOTDIR);
  IS(open_("d/none/f", 0, READ, &fd), __WASI_ERRNO_NOENT);
  IS(open_("d/none", 0, READ, &fd), __WASI_ERRNO_NOENT);
  IS(open_at(ROOT, 0, "", 0, READ, 0, &fd), __WASI_ERRNO_NOENT);
  IS(open_at(ROOT, 0, "/tmp", 0, READ, 0, &fd), __WASI_ERRNO_PERM);
  IS(open_(long_name, 0, READ, &fd), __WASI_ERRNO_NAMETOOLONG);
  OK(open_("d/e/", 0, READ, &fd));
  OK(__wasi_fd_close(fd));
  OK(unlink_("d/e/f"));
  OK(remove_directory("d/e"));
  OK(remove_directory("d"));
}

static void opening(void) {
  int fd = create("f"), other;
  size_t count;
  char buffer[8];
  __wasi_filestat_t stat;
  OK(write_(fd, "abc", &count));
  IS(open_("f", CREATE | EXCLUSIVE, READ | WRITE, &other), __WASI_ERRNO_EXIST);
  OK(open_("f", CREATE, READ, &other));
  IS(write_(other, "x", &count), __WASI_ERRNO_BADF);
  OK(__wasi_fd_close(other));
  OK(open_("f", 0, WRITE, &other));
  IS(read_(other, buffer, 1, &count), __WASI_ERRNO_BADF);
  OK(__wasi_fd_close(other));
  OK(open_("f", TRUNCATE, READ | WRITE, &other));
  OK(__wasi_fd_filestat_get(fd, &stat));
  TRUE(stat.size == 0 && stat.filetype == __WASI_FILETYPE_REGULAR_FILE);
  OK(__wasi_fd_close(other));
  OK(unlink_("f"));
  IS(open_("f", 0, READ, &other), __WASI_ERRNO_NOENT);
  OK(write_(fd, "still", &count));
  OK(__wasi_fd_close(fd));
}

static void seeking(void) {
  int fd = create("f");
  size_t count;
  char buffer[16] = "";
  __wasi_filesize_t at;
  OK(__wasi_fd_tell(fd, &at));
  TRUE(at == 0);
  OK(write_(fd, "0123456789", &count));
  TRUE(count == 10);
  OK(__wasi_fd_seek(fd, -4, __WASI_WHENCE_CUR, &at));
  TRUE(at == 6);
  OK(read_(fd, buffer, 16, &count));
  TRUE(count == 4 && memcmp(buffer, "6789", 4) == 0);
  OK(read_(fd, buffer, 16, &count));
  TRUE(count == 0);
  OK(__wasi_fd_seek(fd, -1, __WASI_WHENCE_END, &at));
  TRUE(at == 9);
  IS(__wasi_fd_seek(fd, -20, __WASI_WHENCE_CUR, &at), __WASI_ERRNO_INVAL);
  OK(__wasi_fd_seek(fd, 1000, __WASI_WHENCE_SET, &at));
  OK(read_(fd, buffer, 16, &count));
  TRUE(count == 0);
  __wasi_ciovec_t out[2] = {{(const uint8_t *)"AB", 2}, {(const uint8_t *)"CD", 2}};
  OK(__wasi_fd_pwrite(fd, out, 2, 2, &count));
  TRUE(count == 4);
  __wasi_iovec_t into[3] = {{(uint8_t *)buffer, 3}, {(uint8_t *)buffer + 3, 0}, {(uint8_t *)buffer + 3, 5}};
  OK(__wasi_fd_pread(fd, into, 3, 1, &count));
  TRUE(count == 8 && memcmp(buffer, "1ABCD678", 8) == 0);
  OK(__wasi_fd_tell(fd, &at));
  TRUE(at == 1000);
  IS(__wasi_fd_pread(fd, into, 1, UINT64_MAX, &count), __WASI_ERRNO_INVAL);
  OK(__wasi_fd_close(fd));
  OK(open_at(ROOT, 0, in("f"), 0, READ | WRITE, __WASI_FDFLAGS_APPEND, &fd));
  OK(write_(fd, "!", &count));
  OK(__wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &at));
  OK(write_(fd, "?", &count));
  OK(__wasi_fd_pread(fd, into, 3, 8, &count));
  TRUE(count == 4 && memcmp(buffer, "89!?", 4) == 0);
  OK(__wasi_fd_fdstat_set_flags(fd, 0));
  OK(__wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &at));
  OK(write_(fd, "Z", &count));
  OK(__wasi_fd_pread(fd, into, 1, 0, &count));
  TRUE(buffer[0] == 'Z');
  OK(__wasi_fd_close(fd));
  OK(unlink_("f"));
}

static void sizes_and_times(void) {
  int fd = create("f");
  __wasi_filestat_t stat, later;
  uint64_t old = 1000000000ull * 1000;
  OK(__wasi_fd_filestat_set_size(fd, 100));
  OK(__wasi_fd_filestat_get(fd, &stat));
  TRUE(stat.size == 100 && stat.nlink == 1);
  OK(__wasi_fd_allocate(fd, 50, 10));
  OK(__wasi_fd_filestat_get(fd, &stat));
  TRUE(stat.size == 100);
  OK(__wasi_fd_allocate(fd, 90, 60));
  OK(stat_(0, "f", &later));
  TRUE(later.size == 150 && later.ino == stat.ino && later.dev == stat.dev);
  OK(__wasi_fd_advise(fd, 0, 100, __WASI_ADVICE_WILLNEED));
  OK(__wasi_fd_datasync(fd));
  OK(__wasi_fd_filestat_set_times(fd, old, old, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
  OK(__wasi_fd_filestat_get(fd, &stat));
  TRUE(stat.mtim == old && stat.atim == old);
  OK(__wasi_path_filestat_set_times(ROOT, 0, in("f"), 7, 2 * old, __WASI_FSTFLAGS_MTIM));
  OK(stat_(0, "f", &stat));
  TRUE(stat.mtim == 2 * old && stat.atim == old);
  OK(__wasi_fd_filestat_set_times(fd, 0, 0, __WASI_FSTFLAGS_MTIM_NOW));
  OK(stat_(0, "f", &stat));
  TRUE(stat.mtim > 2 * old && stat.atim == old);
  IS(__wasi_fd_filestat_set_times(fd, 0, 0, __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW), __WASI_ERRNO_INVAL);
  IS(__wasi_fd_filestat_set_times(fd, 0, 0, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW), __WASI_ERRNO_INVAL);
  OK(__wasi_fd_close(fd));
  OK(unlink_("f"));
}

static void links(void) {
  int fd = create("f");
  size_t count;
  char buffer[32];
  __wasi_filestat_t one, two;
  OK(__wasi_fd_close(fd));
  OK(link_("f", "l"));
  OK(stat_(0, "f", &one));
  OK(stat_(0, "l", &two));
  TRUE(one.ino == two.ino && one.nlink == 2);
  IS(link_("f", "l"), __WASI_ERRNO_EXIST);
  IS(link_("none", "x"), __WASI_ERRNO_NOENT);
  OK(unlink_("l"));
  OK(make_directory("d"));
  TRUE(link_("d", "x") != 0);
  OK(remove_directory("d"));
  OK(symlink_("f", "s"));
  IS(symlink_("f", "s"), __WASI_ERRNO_EXIST);
  IS(symlink_("", "t"), __WASI_ERRNO_NOENT);
  OK(__wasi_path_readlink(ROOT, in("s"), (uint8_t *)buffer, sizeof buffer, &count));
  TRUE(count == 1 && buffer[0] == 'f');
  OK(stat_(0, "s", &one));
  TRUE(one.filetype == __WASI_FILETYPE_SYMBOLIC_LINK && one.size == 1);
  OK(stat_(FOLLOW, "s", &one));
  TRUE(one.filetype == __WASI_FILETYPE_REGULAR_FILE);
  IS(open_("s", 0, READ, &fd), __WASI_ERRNO_LOOP);
  OK(open_follow("s", 0, READ, &fd));
  OK(__wasi_fd_close(fd));
  OK(link_("s", "s2"));
  OK(unlink_("s2"));
  OK(unlink_("f"));
  IS(open_follow("s", 0, READ, &fd), __WASI_ERRNO_NOENT);
  IS(open_follow("s", CREATE | EXCLUSIVE, READ, &fd), __WASI_ERRNO_EXIST);
  OK(unlink_("s"));
  OK(symlink_("longer target", "s"));
  OK(__wasi_path_readlink(ROOT, in("s"), (uint8_t *)buffer, 6, &count));
  TRUE(count == 6 && memcmp(buffer, "longer", 6) == 0);
  OK(unlink_("s"));
  OK(symlink_("s", "s"));
  IS(open_follow("s", 0, READ, &fd), __WASI_ERRNO_LOOP);
  IS(stat_(FOLLOW, "s", &one), __WASI_ERRNO_LOOP);
  OK(unlink_("s"));
  IS(symlink_("f", "none/"), __WASI_ERRNO_NOENT);
}

static void renaming(void) {
  int fd = create("f");
  __wasi_filestat_t stat;
  OK(__wasi_fd_close(fd));
  OK(make_directory("d"));
  OK(make_directory("e"));
  OK(__wasi_fd_close(create("e/full")));
  OK(rename_("f", "g"));
  IS(stat_(0, "f", &stat), __WASI_ERRNO_NOENT);
  OK(__wasi_fd_close(create("f")));
  OK(rename_("g", "f"));
  IS(rename_("g", "f"), __WASI_ERRNO_NOENT);
  IS(rename_("f", "d"), __WASI_ERRNO_ISDIR);
  IS(rename_("d", "f"), __WASI_ERRNO_NOTDIR);
  IS(rename_("d", "e"), __WASI_ERRNO_NOTEMPTY);
  OK(rename_("e", "d"));
  OK(stat_(0, "d/full", &stat));
  OK(rename_("d/", "e/"));
  IS(rename_("f/", "g"), __WASI_ERRNO_NOTDIR);
  IS(rename_("f", "g/"), __WASI_ERRNO_NOTDIR);
  IS(rename_("e", "e/below"), __WASI_ERRNO_INVAL);
  OK(rename_("f", "e/full"));
  OK(unlink_("e/full"));
  OK(remove_directory("e"));
}

static void listing(void) {
  char name[16];
  uint8_t buffer[256];
  size_t used;
  bool seen[20] = {false};
  int dots = 0, entries = 0;
  __wasi_dircookie_t cookie = 0;
  OK(make_directory("d"));
  for (int i = 0; i < 20; i++) {
    snprintf(name, sizeof name, "d/file-%d", i);
    OK(__wasi_fd_close(create(name)));
  }
  int fd = open_directory("d");
  for (int round = 0; round < 40; round++) {
    OK(__wasi_fd_readdir(fd, buffer, sizeof buffer, cookie, &used));
    for (size_t at = 0; at + sizeof(__wasi_dirent_t) <= used;) {
      __wasi_dirent_t entry;
      memcpy(&entry, buffer + at, sizeof entry);
      at += sizeof entry;
      if (at + entry.d_namlen > used) break;
      int number = -1;
      memcpy(name, buffer + at, entry.d_namlen);
      name[entry.d_namlen] = 0;
      if (name[0] == '.') dots++, TRUE(entry.d_type == __WASI_FILETYPE_DIRECTORY);
      else if (sscanf(name, "file-%d", &number) == 1) {
        TRUE(!seen[number] && entry.d_type == __WASI_FILETYPE_REGULAR_FILE && entry.d_ino != 0);
        seen[number] = true;
      }
      entries++;
      cookie = entry.d_next;
      at += entry.d_namlen;
    }
    if (used < sizeof buffer) break;
  }
  TRUE(dots == 2);
  TRUE(entries == 22);
  OK(__wasi_fd_close(fd));
  for (int i = 0; i < 20; i++) {
    snprintf(name, sizeof name, "d/file-%d", i);
    OK(unlink_(name));
  }
  OK(remove_directory("d"));
}

static void waiting(void) {
  __wasi_timestamp_t before, after;
  __wasi_event_t events[3];
  size_t count;
  int fd = create("f");
  OK(__wasi_clock_res_get(__WASI_CLOCKID_MONOTONIC, &before));
  TRUE(before > 0);
  OK(__wasi_clock_res_get(__WASI_CLOCKID_REALTIME, &before));
  OK(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &before));
  TRUE(before > 0);
  __wasi_subscription_t all[3] = {
    {.userdata = 1, .u = {.tag = __WASI_EVENTTYPE_CLOCK, .u.clock = {__WASI_CLOCKID_MONOTONIC, 50000000, 0, 0}}},
    {.userdata = 2, .u = {.tag = __WASI_EVENTTYPE_CLOCK, .u.clock = {__WASI_CLOCKID_MONOTONIC, 900000000000, 0, 0}}},
    {.userdata = 3, .u = {.tag = __WASI_EVENTTYPE_FD_WRITE, .u.fd_write = {.file_descriptor = fd}}},
  };
  OK(__wasi_poll_oneoff(all, events, 2, &count));
  TRUE(count == 1 && events[0].userdata == 1 && events[0].error == 0 && events[0].type == __WASI_EVENTTYPE_CLOCK);
  OK(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &after));
  TRUE(after - before >= 50000000);
  OK(__wasi_poll_oneoff(all, events, 3, &count));
  TRUE(count == 1 && events[0].userdata == 3 && events[0].type == __WASI_EVENTTYPE_FD_WRITE);
  all[0].u.u.clock.flags = __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME;
  all[0].u.u.clock.timeout = after + 30000000;
  OK(__wasi_poll_oneoff(all, events, 1, &count));
  OK(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &before));
  TRUE(before >= after + 30000000);
  all[2].u.u.fd_write.file_descriptor = 77;
  OK(__wasi_poll_oneoff(all + 2, events, 1, &count));
  TRUE(count == 1 && events[0].error == __WASI_ERRNO_BADF);
  IS(__wasi_poll_oneoff(all, events, 0, &count), __WASI_ERRNO_INVAL);
  OK(__wasi_fd_close(fd));
  OK(unlink_("f"));
}

static void randomness(void) {
  static uint8_t large[100000], other[100000];
  OK(__wasi_random_get(large, 0));
  OK(__wasi_random_get(large, sizeof large));
  OK(__wasi_random_get(other, sizeof other));
  TRUE(memcmp(large, other, sizeof large) != 0);
}

int main(int argc, char **argv) {
  snprintf(base, sizeof base, "%s/p1", argc > 1 ? argv[1] : "tmp");
  if (__wasi_path_create_directory(ROOT, base)) return 2;
  struct { const char *name; void (*run)(void); } cases[] = {
    {"descriptors", descriptors}, {"preopened", preopened}, {"directories", directories}, {"paths", paths},
    {"opening", opening}, {"seeking", seeking}, {"sizes and times", sizes_and_times}, {"links", links},
    {"renaming", renaming}, {"listing", listing}, {"waiting", waiting}, {"randomness", randomness},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    running = cases[i].name;
    int before = failures;
    cases[i].run();
    if (failures == before) printf("%s: as asked\n", running);
  }
  OK(__wasi_path_remove_directory(ROOT, base));
  return failures > 0;
}
