/* sed: s, p, d, q, =, a, i, c, y; addresses by number, $, /regex/ and ranges; -n, -e, -E, -i. */
#include "busybox.h"
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdlib.h>

#define COMMAND_LIMIT 64

struct address {
  enum { ADDRESS_NONE, ADDRESS_LINE, ADDRESS_LAST, ADDRESS_REGEX } kind;
  long line;
  regex_t *regex;
};

struct command {
  struct address from, to;
  bool negated, in_range;
  char letter;
  regex_t *regex;
  char *replacement;
  bool global, print, ignore_case;
  int occurrence;
  char *text;
  int depth; /* of braces */
};

static struct {
  struct command commands[COMMAND_LIMIT];
  int count;
  bool quiet, extended;
  regex_t *regexes[COMMAND_LIMIT * 3];
  int regex_count;
} sed;

static regex_t *compile(const char *pattern, bool ignore_case) {
  if (sed.regex_count == COMMAND_LIMIT * 3) return NULL;
  regex_t *regex = must_malloc(sizeof *regex);
  int flags = (sed.extended ? REG_EXTENDED : 0) | (ignore_case ? REG_ICASE : 0);
  if (regcomp(regex, pattern, flags) != 0) {
    free(regex);
    complain("sed", "bad regex '%s'", pattern);
    return NULL;
  }
  return sed.regexes[sed.regex_count++] = regex;
}

/* Text up to `delimiter`; an escaped delimiter loses its backslash. Null when it does not end. */
static char *take_part(const char **at, char delimiter, bool is_regex) {
  struct buffer part = {0};
  buffer_add(&part, "", 0);
  bool in_brackets = false;
  for (; **at != '\0'; (*at)++) {
    char c = **at;
    if (c == delimiter && !in_brackets) {
      (*at)++;
      char *text = take_substring(part.data, part.length);
      buffer_free(&part);
      return text;
    }
    if (c == '\\' && (*at)[1] != '\0' && !in_brackets) {
      (*at)++;
      if (**at == delimiter && delimiter != '\0') {
        buffer_add_char(&part, delimiter);
        continue;
      }
      if (is_regex && **at == 'n') {
        buffer_add_char(&part, '\n');
        continue;
      }
      if (is_regex && **at == 't') {
        buffer_add_char(&part, '\t');
        continue;
      }
      buffer_add_char(&part, '\\');
      buffer_add_char(&part, **at);
      continue;
    }
    if (is_regex && c == '[' && !in_brackets) {
      in_brackets = true;
      buffer_add_char(&part, c);
      if ((*at)[1] == '^') buffer_add_char(&part, *++*at);
      if ((*at)[1] == ']') buffer_add_char(&part, *++*at);
      continue;
    }
    if (c == ']') in_brackets = false;
    buffer_add_char(&part, c);
  }
  buffer_free(&part);
  return NULL;
}

static bool parse_address(const char **at, struct address *address) {
  if (**at >= '0' && **at <= '9') {
    char *end;
    address->kind = ADDRESS_LINE;
    address->line = strtol(*at, &end, 10);
    *at = end;
  } else if (**at == '$') {
    address->kind = ADDRESS_LAST;
    (*at)++;
  } else if (**at == '/' || (**at == '\\' && (*at)[1] != '\0')) {
    char delimiter = **at == '/' ? '/' : *++*at;
    (*at)++;
    char *pattern = take_part(at, delimiter, true);
    if (pattern == NULL) return complain("sed", "unterminated address regex"), false;
    bool ignore_case = **at == 'I';
    if (ignore_case) (*at)++;
    address->kind = ADDRESS_REGEX;
    address->regex = compile(pattern, ignore_case);
    return address->regex != NULL;
  }
  return true;
}

static bool parse_substitution(const char **at, struct command *command) {
  char delimiter = *(*at)++;
  char *pattern = delimiter ? take_part(at, delimiter, true) : NULL;
  command->replacement = pattern ? take_part(at, delimiter, false) : NULL;
  if (command->replacement == NULL) return complain("sed", "unterminated 's' command"), false;
  for (;; (*at)++) {
    if (**at == 'g') command->global = true;
    else if (**at == 'p') command->print = true;
    else if (**at == 'i' || **at == 'I') command->ignore_case = true;
    else if (**at >= '1' && **at <= '9') command->occurrence = command->occurrence * 10 + **at - '0';
    else break;
  }
  command->regex = compile(pattern, command->ignore_case);
  return command->regex != NULL;
}

/* The text of a, i, c: the rest of the line, one backslash and newline before it allowed. */
static char *parse_text(const char **at) {
  while (**at == ' ' || **at == '\t') (*at)++;
  if (**at == '\\') {
    (*at)++;
    while (**at == ' ' || **at == '\t') (*at)++;
    if (**at == '\n') (*at)++;
  }
  size_t length = 0;
  while ((*at)[length] != '\0' && ((*at)[length] != '\n' || (length > 0 && (*at)[length - 1] == '\\'))) length++;
  char *text = take_substring(*at, length);
  *at += length;
  char *to = text;
  for (char *from = text; *from != '\0'; from++) {
    if (*from == '\\' && from[1] != '\0') from++;
    *to++ = *from;
  }
  *to = '\0';
  return text;
}

static bool parse_script(const char *at) {
  static int depth;
  depth = 0;
  for (;;) {
    while (*at != '\0' && strchr(" \t\n;", *at) != NULL) at++;
    if (*at == '#') at += strcspn(at, "\n");
    if (*at == '\0') break;
    if (*at == '\n') continue;
    if (sed.count == COMMAND_LIMIT) return complain("sed", "more than 64 commands"), false;
    struct command *command = &sed.commands[sed.count++];
    *command = (struct command){.depth = depth};
    if (!parse_address(&at, &command->from)) return false;
    if (*at == ',') {
      at++;
      if (!parse_address(&at, &command->to)) return false;
      if (command->to.kind == ADDRESS_NONE) return complain("sed", "unexpected ','"), false;
    }
    while (*at == ' ') at++;
    if (*at == '!') {
      command->negated = true;
      at++;
    }
    while (*at == ' ') at++;
    command->letter = *at;
    if (*at != '\0') at++;
    switch (command->letter) {
    case 's':
      if (!parse_substitution(&at, command)) return false;
      break;
    case 'y': {
      char delimiter = *at++;
      char *from = take_part(&at, delimiter, true);
      char *to = from ? take_part(&at, delimiter, true) : NULL;
      if (to == NULL || strlen(from) != strlen(to)) return complain("sed", "strings for 'y' command are different lengths"), false;
      command->text = from;
      command->replacement = to;
      break;
    }
    case 'a': case 'i': case 'c': command->text = parse_text(&at); break;
    case 'p': case 'd': case 'q': case '=': case 'n': break;
    case '{': depth++; break;
    case '}': command->depth = --depth; break;
    default: return complain("sed", "unsupported command %c", command->letter ? command->letter : '?'), false;
    }
    while (*at == ' ' || *at == '\t') at++;
    if (command->letter != '{' && *at != '\0' && strchr(";\n}#", *at) == NULL) {
      return complain("sed", "unknown option to '%c'", command->letter), false;
    }
  }
  if (depth != 0) return complain("sed", "unmatched '{'"), false;
  return true;
}

static bool address_matches(const struct address *address, const char *line, long number, bool last) {
  switch (address->kind) {
  case ADDRESS_LINE: return number == address->line;
  case ADDRESS_LAST: return last;
  case ADDRESS_REGEX: return regexec(address->regex, line, 0, NULL, 0) == 0;
  case ADDRESS_NONE: return true;
  }
  return false;
}

static bool selected(struct command *command, const char *line, long number, bool last) {
  bool selects;
  if (command->to.kind == ADDRESS_NONE) {
    selects = address_matches(&command->from, line, number, last);
  } else if (command->in_range) {
    selects = true;
    bool ends = command->to.kind == ADDRESS_LINE ? number >= command->to.line : address_matches(&command->to, line, number, last);
    if (ends) command->in_range = false;
  } else {
    selects = address_matches(&command->from, line, number, last);
    if (selects) command->in_range = !(command->to.kind == ADDRESS_LINE && command->to.line <= number);
  }
  return selects != command->negated;
}

static void add_replacement(struct buffer *result, const char *replacement, const char *line, const regmatch_t *matches) {
  for (; *replacement != '\0'; replacement++) {
    int group = -1;
    if (*replacement == '&') group = 0;
    if (*replacement == '\\' && replacement[1] != '\0') {
      replacement++;
      if (*replacement >= '0' && *replacement <= '9') group = *replacement - '0';
      else if (*replacement == 'n') {
        buffer_add_char(result, '\n');
        continue;
      } else if (*replacement == 't') {
        buffer_add_char(result, '\t');
        continue;
      }
    }
    if (group < 0) buffer_add_char(result, *replacement);
    else if (matches[group].rm_so >= 0) {
      buffer_add(result, line + matches[group].rm_so, (size_t)(matches[group].rm_eo - matches[group].rm_so));
    }
  }
}

static char *substitute(const struct command *command, char *line) {
  struct buffer result = {0};
  buffer_add(&result, "", 0);
  const char *at = line;
  int found = 0;
  bool changed = false;
  regmatch_t matches[10];
  while (regexec(command->regex, at, 10, matches, at > line ? REG_NOTBOL : 0) == 0) {
    found++;
    bool empty = matches[0].rm_so == matches[0].rm_eo;
    bool replaces = found >= (command->occurrence ? command->occurrence : 1);
    buffer_add(&result, at, (size_t)matches[0].rm_so);
    if (replaces) add_replacement(&result, command->replacement, at, matches);
    else buffer_add(&result, at + matches[0].rm_so, (size_t)(matches[0].rm_eo - matches[0].rm_so));
    changed = changed || replaces;
    at += matches[0].rm_eo;
    if (replaces && !command->global) break;
    if (empty) {
      if (*at == '\0') break;
      buffer_add_char(&result, *at++);
    } else if (*at == '\0') break;
  }
  buffer_add_string(&result, at);
  char *text = changed ? take_substring(result.data, result.length) : NULL;
  buffer_free(&result);
  return text;
}

/* Runs the script on one line. False when the script quits. */
static bool run_line(char *line, long number, bool last, bool newline) {
  char *appended = NULL;
  bool deleted = false, quits = false;
  for (int i = 0; i < sed.count && !deleted && !quits; i++) {
    struct command *command = &sed.commands[i];
    if (command->letter == '}') continue;
    if (!selected(command, line, number, last)) {
      if (command->letter == '{') {
        while (sed.commands[i].letter != '}' || sed.commands[i].depth != command->depth) i++;
      }
      continue;
    }
    switch (command->letter) {
    case 's': {
      char *changed = substitute(command, line);
      if (changed == NULL) break;
      line = changed;
      if (command->print) out_format("%s\n", line);
      break;
    }
    case 'y':
      for (char *c = line; *c != '\0'; c++) {
        char *found = strchr(command->text, *c);
        if (found != NULL) *c = command->replacement[found - command->text];
      }
      break;
    case 'p': out_format("%s\n", line); break;
    case 'd': deleted = true; break;
    case 'q': quits = true; break;
    case '=': out_format("%ld\n", number); break;
    case 'i': out_format("%s\n", command->text); break;
    case 'a': appended = take_format("%s%s\n", appended ? appended : "", command->text); break;
    case 'c':
      deleted = true;
      if (!command->in_range) out_format("%s\n", command->text);
      break;
    default: break;
    }
  }
  if (!deleted && !sed.quiet) out_format(newline || appended != NULL ? "%s\n" : "%s", line);
  if (appended != NULL) out(appended);
  return !quits;
}

static bool run_stream(struct stream *stream, long *number, bool last_file) {
  struct reader reader = reader_of(stream);
  size_t length;
  bool goes_on = true;
  char *read = reader_line(&reader, &length);
  char *line = read ? take_substring(read, length) : NULL;
  while (line != NULL && goes_on && !out_failed()) {
    bool newline = length > 0 && line[length - 1] == '\n';
    if (newline) line[length - 1] = '\0';
    bool looks_ahead = false;
    for (int i = 0; i < sed.count; i++) {
      looks_ahead |= sed.commands[i].from.kind == ADDRESS_LAST || sed.commands[i].to.kind == ADDRESS_LAST;
    }
    char *next = NULL;
    if (looks_ahead) {
      read = reader_line(&reader, &length);
      next = read ? take_substring(read, length) : NULL;
    }
    goes_on = run_line(line, ++*number, looks_ahead && next == NULL && last_file, newline);
    if (stream->kind == STREAM_INPUT) stream_flush(fds[1]);
    if (!looks_ahead && goes_on) {
      read = reader_line(&reader, &length);
      next = read ? take_substring(read, length) : NULL;
    }
    line = next;
  }
  reader_free(&reader);
  return goes_on;
}

static int run_in_place(char *path) {
  struct stream *stream = open_input(path);
  if (stream == NULL) return complain_errno("sed", path);
  struct stream *before = fds[1];
  fds[1] = stream_of_memory();
  long number = 0;
  for (int i = 0; i < sed.count; i++) sed.commands[i].in_range = false;
  run_stream(stream, &number, true);
  struct stream *made = fds[1];
  fds[1] = before;
  struct stream *output = open_output(path, O_CREAT | O_TRUNC);
  int status = 0;
  if (output == NULL || stream_write(output, made->memory.data ? made->memory.data : "", made->memory.length) < 0 ||
      stream_flush(output) < 0) {
    status = complain_errno("sed", path);
  }
  stream_drop(output);
  stream_drop(made);
  return status;
}

APPLET(sed) {
  memset(&sed, 0, sizeof sed);
  bool in_place = false;
  char *script = NULL;
  struct options options = options_of(argc, argv, "nEre:f:i");
  for (int letter; (letter = next_option(&options)) != -1;) {
    switch (letter) {
    case 'n': sed.quiet = true; break;
    case 'E': case 'r': sed.extended = true; break;
    case 'i': in_place = true; break;
    case 'e': script = take_format("%s%s%s", script ? script : "", script ? "\n" : "", options.value); break;
    case 'f': {
      struct stream *stream = open_input(options.value);
      if (stream == NULL) return complain_errno("sed", options.value);
      script = take_format("%s%s%s", script ? script : "", script ? "\n" : "", read_all(stream, NULL));
      stream_drop(stream);
      break;
    }
    default: return 1;
    }
  }
  int index = options.index;
  if (script == NULL) {
    if (index >= argc) return complain("sed", "no script given");
    script = argv[index++];
  }
  int status = parse_script(script) ? 0 : 1;
  static char *standard[] = {"-"};
  bool none = index == argc;
  if (status == 0 && in_place && none) status = complain("sed", "no files for -i");
  char **paths = none ? standard : argv + index;
  int count = none ? 1 : argc - index;
  long number = 0;
  bool goes_on = status == 0;
  for (int i = 0; i < count && goes_on; i++) {
    if (in_place) {
      status |= run_in_place(paths[i]);
      continue;
    }
    struct stream *stream = open_input(paths[i]);
    if (stream == NULL) status = complain_errno("sed", paths[i]);
    else goes_on = run_stream(stream, &number, i == count - 1);
  }
  for (int i = 0; i < sed.regex_count; i++) {
    regfree(sed.regexes[i]);
    free(sed.regexes[i]);
  }
  return status;
}
