/* What an applet sees: its streams, memory that lasts as long as the command, and how it reports failures. */
#pragma once
#include "program.h"
#include <stdio.h>
#include <string.h>

#define FD_LIMIT 10
/** The current descriptors 0 to 9 as redirections have set them; null: closed. */
extern struct stream *fds[FD_LIMIT];

/** Memory that lasts until the running command has ended. */
void *take(size_t size);
char *take_string(const char *text);
char *take_substring(const char *text, size_t length);
char *take_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Write to descriptor 1. After a failed write the applet's status becomes 1 (141 when nobody reads). */
void out(const char *text);
void out_bytes(const void *data, size_t length);
void out_char(char c);
void out_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/** True once a write to descriptor 1 has failed: an applet that would go on for ever must end. */
bool out_failed(void);
/** `name: text` on descriptor 2; returns 1. */
int complain(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** `name: path: strerror(errno)`; returns 1. */
int complain_errno(const char *name, const char *path);
/** An option or a use that we do not have; returns 2. */
int bad_usage(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Opens for reading; `-` is descriptor 0. Null with errno. */
struct stream *open_input(const char *path);
/** Opens for writing with the flags of open(2) besides O_WRONLY. Null with errno. */
struct stream *open_output(const char *path, int flags);
/** /dev/null and its like, which the file system does not have. */
bool is_device(const char *path);

/** Reads a stream line by line. */
struct reader {
  struct stream *stream;
  struct buffer buffer;
  size_t at;
  bool ended;
};
struct reader reader_of(struct stream *stream);
/** The next line with its newline, if it has one; null at the end. Lasts until the next call. */
char *reader_line(struct reader *reader, size_t *length);
void reader_free(struct reader *reader);
/** Everything that is left, NUL added. */
char *read_all(struct stream *stream, size_t *length);

/** One-letter options: `spec` as getopt's. Returns the next letter, -1 at the end, '?' after it has complained. */
struct options {
  int argc;
  char **argv;
  const char *spec;
  int index;
  int inside;
  char *value;
};
struct options options_of(int argc, char **argv, const char *spec);
int next_option(struct options *options);

typedef int (*applet_function)(int argc, char **argv);
struct applet {
  const char *name;
  applet_function run;
};
const struct applet *find_applet(const char *name);
/** Runs an applet in this process with memory of its own, and sends what it wrote. */
int run_applet(const struct applet *applet, int argc, char **argv);
/** Runs any command (applet, function, program) in this process and waits for it. */
int run_command(int argc, char **argv);

/** Takes the environment over; `name` is what errors of the shell begin with. */
void shell_prepare(char *name);
/** Runs a command with this environment instead. */
int run_with_environment(char *const *variables, bool clear, int argc, char **argv);
/** The exported variables as NAME=value, null at the end. */
char **environment(void);
/** Starts a command as a process of its own with our streams; -1 with errno. */
handle start_command(int argc, char **argv);
/** Waits with what was written sent first. */
void pause_for(int64_t nanoseconds);
/** The mode's words and time formats that several applets share. */
char *format_time(const char *format, int64_t seconds, int nanoseconds);
/** Shell pattern: `*`, `?`, `[...]`, backslash. */
bool pattern_matches(const char *pattern, const char *text);
/** The byte that the text begins with, `\\n` and its like as what they mean; goes past it. */
char take_escaped(const char **text);
/** Number with a suffix k, M, G (and b = 512); -1 when it is none. */
int64_t parse_size(const char *text);

#define APPLET(name) int name##_main(int argc, char **argv)
