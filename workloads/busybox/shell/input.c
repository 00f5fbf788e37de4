/* read, set and getopts: the builtins that fill variables and options. */
#include "shell.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* One byte; from files a chunk is read and the rest put back. */
static int read_byte(struct stream *stream, char *c) {
  if (!await_input(stream)) return false;
  ssize_t count = stream_read(stream, c, 1);
  return count == 1;
}

/* A line without its newline; false at the end of input. Backslashes hide the byte after them unless raw. */
static bool read_line(struct stream *stream, bool raw, long limit, struct marked *line) {
  char c;
  for (long count = 0; limit < 0 || count < limit; count++) {
    if (!read_byte(stream, &c)) return false;
    if (c == '\n') return true;
    if (c == '\\' && !raw) {
      if (!read_byte(stream, &c)) return false;
      if (c != '\n') marked_add(line, c, MARK_QUOTED);
    } else if (c != '\0') {
      marked_add(line, c, MARK_SPLIT);
    }
  }
  return true;
}

static bool is_separator(const struct marked *line, size_t at, const char *separators, bool blank) {
  char c = line->text.data[at];
  return line->marks.data[at] == MARK_SPLIT && strchr(separators, c) != NULL && (!blank || strchr(" \t\n", c) != NULL);
}

/* The last name gets all that is left. */
static void assign_parts(const struct marked *line, int count, char **names) {
  const char *separators = get_variable("IFS");
  if (separators == NULL) separators = " \t\n";
  separators = take_string(separators);
  size_t length = line->text.length;
  size_t at = 0;
  while (at < length && is_separator(line, at, separators, true)) at++;
  for (int i = 0; i < count; i++) {
    size_t start = at;
    size_t end;
    if (i == count - 1) {
      end = length;
      while (end > start && is_separator(line, end - 1, separators, true)) end--;
    } else {
      while (at < length && !is_separator(line, at, separators, false)) at++;
      end = at;
      while (at < length && is_separator(line, at, separators, true)) at++;
      if (at < length && is_separator(line, at, separators, false)) at++;
      while (at < length && is_separator(line, at, separators, true)) at++;
    }
    set_variable(names[i], take_substring(line->text.data + start, end - start));
  }
}

/* True when there is something to read before the time is over. */
static bool wait_for_input(struct stream *stream, int64_t nanoseconds) {
  if (stream->kind != STREAM_INPUT || stream->memory.length > 0) return true;
  handle waits[2] = {wasi_input_subscribe(stream->handle), wasi_monotonic_subscribe_duration(nanoseconds)};
  size_t first = wait_any(waits, 2);
  wasi_pollable_drop(waits[0]);
  wasi_pollable_drop(waits[1]);
  return first == 0;
}

int read_builtin(int argc, char **argv) {
  bool raw = false, hidden = false;
  const char *prompt = NULL;
  long limit = -1;
  int64_t timeout = -1;
  int fd = 0;
  struct options options = options_of(argc, argv, "rp:t:n:u:s");
  for (int letter; (letter = next_option(&options)) != -1;) {
    switch (letter) {
    case 'r': raw = true; break;
    case 's': hidden = true; break;
    case 'p': prompt = options.value; break;
    case 'n': limit = atol(options.value); break;
    case 'u': fd = atoi(options.value); break;
    case 't':
      timeout = parse_duration(options.value, false);
      if (timeout < 0) return shell_error("read: invalid timeout"), 2;
      break;
    default: return 2;
    }
  }
  if (fd < 0 || fd >= FD_LIMIT || fds[fd] == NULL) return shell_error("read: Bad file descriptor"), 1;
  static char *reply[] = {"REPLY"};
  int count = argc - options.index;
  char **names = count > 0 ? argv + options.index : reply;
  for (int i = 0; i < count; i++) {
    if (!is_name(names[i], strlen(names[i]))) return shell_error("read: '%s': bad variable name", names[i]), 2;
  }
  bool seated = stream_is_terminal(fds[fd]);
  if (seated && prompt != NULL && fds[2] != NULL) stream_write(fds[2], prompt, strlen(prompt));
  flush_streams();
  struct option_mode mode = {0};
  if (seated) terminal_mode(&mode);
  /* Without a newline to wait for, keys are read one by one. */
  int cleared = (hidden ? TERMINAL_ECHO : 0) | (limit >= 0 ? TERMINAL_CANONICAL : 0);
  if (mode.some && cleared != 0) terminal_set_mode(mode.mode & ~cleared);
  struct marked line = {0};
  buffer_add(&line.text, "", 0);
  bool whole = (timeout < 0 || wait_for_input(fds[fd], timeout)) && read_line(fds[fd], raw, limit, &line);
  if (mode.some && cleared != 0) terminal_set_mode(mode.mode);
  assign_parts(&line, count > 0 ? count : 1, names);
  marked_free(&line);
  return !whole;
}

static const struct {
  char letter;
  const char *name;
  bool *value;
} OPTIONS[] = {
  {'e', "errexit", &shell.state.errexit},   {'x', "xtrace", &shell.state.xtrace},
  {'u', "nounset", &shell.state.nounset},   {'f', "noglob", &shell.state.noglob},
  {'a', "allexport", &shell.state.allexport}, {'C', "noclobber", &shell.state.noclobber},
  {0, "pipefail", &shell.state.pipefail},
};
#define OPTION_COUNT (sizeof OPTIONS / sizeof *OPTIONS)

static bool set_option(char letter, const char *name, bool on) {
  for (size_t i = 0; i < OPTION_COUNT; i++) {
    if (name != NULL ? strcmp(OPTIONS[i].name, name) == 0 : OPTIONS[i].letter == letter) {
      *OPTIONS[i].value = on;
      return true;
    }
  }
  if (name != NULL) shell_error("set: illegal option -o %s", name);
  else shell_error("set: illegal option -%c", letter);
  shell.flow = FLOW_EXIT;
  shell.status = 2;
  return false;
}

static int list_all(void) {
  for (size_t i = 0; i < shell.state.variable_count; i++) {
    struct buffer line = {0};
    buffer_add_string(&line, shell.state.variables[i].name);
    buffer_add_char(&line, '=');
    add_quoted(&line, shell.state.variables[i].value ? shell.state.variables[i].value : "");
    out_format("%s\n", line.data);
    buffer_free(&line);
  }
  return 0;
}

/* Options of `set` and of `sh` itself; the index after them, -1 after a complaint. */
int set_options(int argc, char **argv, int index) {
  for (; index < argc; index++) {
    char *argument = argv[index];
    if ((argument[0] != '-' && argument[0] != '+') || argument[1] == '\0') break;
    if (strcmp(argument, "--") == 0) return index;
    for (char *letter = argument + 1; *letter != '\0'; letter++) {
      if (*letter == 'o' && index + 1 < argc) {
        if (!set_option(0, argv[++index], argument[0] == '-')) return -1;
        break;
      }
      if (!set_option(*letter, NULL, argument[0] == '-')) return -1;
    }
  }
  return index;
}

int set_builtin(int argc, char **argv) {
  if (argc == 1) return list_all();
  if (argc == 2 && (strcmp(argv[1], "-o") == 0 || strcmp(argv[1], "+o") == 0)) {
    for (size_t i = 0; i < OPTION_COUNT; i++) out_format("%-16s%s\n", OPTIONS[i].name, *OPTIONS[i].value ? "on" : "off");
    return 0;
  }
  int index = set_options(argc, argv, 1);
  if (index < 0) return 2;
  bool dashes = index < argc && strcmp(argv[index], "--") == 0;
  if (dashes) index++;
  if (dashes || index < argc) set_parameters(argc - index, argv + index);
  return 0;
}

/* getopts: one option at each call, its place kept in OPTIND and, inside a cluster, here. */
int getopts_builtin(int argc, char **argv) {
  static int inside;
  static int last_index;
  if (argc < 3) return bad_usage(argv[0], "usage: getopts optstring var [arg]");
  char **arguments = argc > 3 ? argv + 3 : shell.state.parameters;
  int count = argc > 3 ? argc - 3 : shell.state.parameter_count;
  const char *index_text = get_variable("OPTIND");
  int index = index_text ? atoi(index_text) : 1;
  if (index < 1) index = 1;
  if (index != last_index) inside = 0;
  const char *spec = argv[1];
  bool silent = *spec == ':';
  char option[2] = "?";
  char *value = NULL;
  int status = 0;
  char *argument = index <= count ? arguments[index - 1] : NULL;
  if (inside == 0 && (argument == NULL || argument[0] != '-' || argument[1] == '\0' || strcmp(argument, "--") == 0)) {
    if (argument != NULL && strcmp(argument, "--") == 0) index++;
    status = 1;
  } else {
    if (inside == 0) inside = 1;
    option[0] = argument[inside++];
    const char *found = option[0] == ':' ? NULL : strchr(spec, option[0]);
    bool last = argument[inside] == '\0';
    if (found == NULL) {
      if (silent) value = take_substring(option, 1);
      else shell_error("Illegal option -%c", option[0]);
      option[0] = '?';
    } else if (found[1] == ':') {
      if (!last) value = argument + inside;
      else if (index < count) value = arguments[index++];
      else {
        if (silent) value = take_substring(option, 1);
        else shell_error("No arg for -%c option", option[0]);
        option[0] = silent ? ':' : '?';
      }
      last = true;
    }
    if (last) {
      index++;
      inside = 0;
    }
  }
  last_index = index;
  set_variable("OPTIND", take_format("%d", index));
  set_variable(argv[2], option);
  if (value != NULL) set_variable("OPTARG", value);
  else unset_variable("OPTARG");
  return status;
}
