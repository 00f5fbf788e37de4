/* awk, its everyday form only: `[/regex/] { print $1, $NF "text" }` with -F and -v OFS. Anything else is refused. */
#include "busybox.h"
#include <errno.h>
#include <regex.h>
#include <stdlib.h>

struct record {
  char *line;
  char *fields[256];
  int count;
  long number;
};

struct item {
  enum { ITEM_TEXT, ITEM_FIELD, ITEM_LAST, ITEM_NR, ITEM_NF, ITEM_SEPARATOR } kind;
  int index;
  char *text;
};

struct program {
  regex_t pattern;
  bool has_pattern, negated;
  long wanted_number; /* NR==n; 0: any */
  long above;         /* NR>n; -1: any */
  struct item items[32];
  int count;
  bool prints_line;
};

static const char *skip(const char *at) { return at + strspn(at, " \t\n;"); }

static const char *parse_string(const char *at, char **text) {
  char *made = take(strlen(at) + 1);
  size_t length = 0;
  for (at++; *at != '"'; at++) {
    if (*at == '\0') return NULL;
    if (*at == '\\' && at[1] != '\0') {
      at++;
      made[length++] = *at == 'n' ? '\n' : *at == 't' ? '\t' : *at;
    } else made[length++] = *at;
  }
  made[length] = '\0';
  *text = made;
  return at + 1;
}

static const char *parse_item(const char *at, struct item *item) {
  if (*at == '"') {
    item->kind = ITEM_TEXT;
    return parse_string(at, &item->text);
  }
  if (strncmp(at, "$NF", 3) == 0) return item->kind = ITEM_LAST, at + 3;
  if (strncmp(at, "NR", 2) == 0) return item->kind = ITEM_NR, at + 2;
  if (strncmp(at, "NF", 2) == 0) return item->kind = ITEM_NF, at + 2;
  if (*at != '$' || at[1] < '0' || at[1] > '9') return NULL;
  char *end;
  item->kind = ITEM_FIELD;
  item->index = (int)strtol(at + 1, &end, 10);
  return end;
}

static const char *parse_pattern(const char *at, struct program *program) {
  if (*at == '!') {
    program->negated = true;
    at++;
  }
  if (*at == '/') {
    struct buffer regex = {0};
    buffer_add(&regex, "", 0);
    for (at++; *at != '/'; at++) {
      if (*at == '\0') return NULL;
      if (*at == '\\' && at[1] == '/') at++;
      buffer_add_char(&regex, *at);
    }
    bool fine = regcomp(&program->pattern, regex.data, REG_EXTENDED | REG_NOSUB) == 0;
    program->has_pattern = fine;
    buffer_free(&regex);
    return fine ? at + 1 : NULL;
  }
  char *end;
  if (strncmp(at, "NR==", 4) == 0) return program->wanted_number = strtol(at + 4, &end, 10), end;
  if (strncmp(at, "NR>", 3) == 0 && at[3] != '=') return program->above = strtol(at + 3, &end, 10), end;
  return at;
}

static bool parse(const char *at, struct program *program) {
  program->above = -1;
  at = parse_pattern(skip(at), program);
  if (at == NULL) return false;
  at = skip(at);
  if (*at == '\0') return program->prints_line = program->has_pattern || program->wanted_number > 0 || program->above >= 0;
  if (*at != '{') return false;
  at = skip(at + 1);
  if (strncmp(at, "print", 5) != 0 || at[5] == 'f') return false;
  at = at + 5 + strspn(at + 5, " \t");
  while (*at != '}' && *at != ';' && *at != '\n') {
    if (*at == '\0' || program->count >= 31) return false;
    if (*at == ',') {
      program->items[program->count++].kind = ITEM_SEPARATOR;
      at++;
    } else {
      at = parse_item(at, &program->items[program->count++]);
      if (at == NULL) return false;
    }
    at += strspn(at, " \t");
  }
  at = skip(at);
  if (*at != '}') return false;
  program->prints_line = program->count == 0;
  return *skip(at + 1) == '\0';
}

static void split(struct record *record, const char *separator) {
  record->count = 0;
  char *at = take_string(record->line);
  if (separator == NULL) {
    while (record->count < 255) {
      at += strspn(at, " \t");
      if (*at == '\0') break;
      record->fields[++record->count] = at;
      at += strcspn(at, " \t");
      if (*at != '\0') *at++ = '\0';
    }
    return;
  }
  size_t length = strlen(separator);
  while (*record->line != '\0' && record->count < 255) {
    record->fields[++record->count] = at;
    char *found = strstr(at, separator);
    if (found == NULL) break;
    *found = '\0';
    at = found + length;
  }
}

static void print(const struct program *program, const struct record *record, const char *output_separator) {
  for (int i = 0; i < program->count; i++) {
    const struct item *item = &program->items[i];
    switch (item->kind) {
    case ITEM_TEXT: out(item->text); break;
    case ITEM_FIELD:
      if (item->index == 0) out(record->line);
      else if (item->index <= record->count) out(record->fields[item->index]);
      break;
    case ITEM_LAST: out(record->count > 0 ? record->fields[record->count] : record->line); break;
    case ITEM_NR: out_format("%ld", record->number); break;
    case ITEM_NF: out_format("%d", record->count); break;
    case ITEM_SEPARATOR: out(output_separator); break;
    }
  }
  if (program->prints_line) out(record->line);
  out_char('\n');
}

APPLET(awk) {
  const char *separator = NULL, *output_separator = " ";
  struct options options = options_of(argc, argv, "F:v:");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 2;
    if (letter == 'F') separator = strcmp(options.value, "\\t") == 0 ? "\t" : options.value;
    if (letter == 'v' && strncmp(options.value, "OFS=", 4) == 0) output_separator = options.value + 4;
    else if (letter == 'v') return bad_usage("awk", "podstep's awk does not have -v %s", options.value);
  }
  if (separator != NULL && strcmp(separator, " ") == 0) separator = NULL;
  if (separator != NULL && separator[0] != '\0' && separator[1] != '\0' && strpbrk(separator, "[](){}*+?|^$.\\") != NULL) {
    return bad_usage("awk", "podstep's awk takes no regular expression for -F: %s", separator);
  }
  if (options.index >= argc) return bad_usage("awk", "no program given");
  struct program program = {0};
  if (!parse(argv[options.index], &program)) {
    return bad_usage("awk", "podstep's awk understands only [/regex/] { print ... }: %s", argv[options.index]);
  }
  static char *standard[] = {"-"};
  bool none = options.index + 1 == argc;
  char **paths = none ? standard : argv + options.index + 1;
  struct record record = {0};
  int status = 0;
  for (int i = 0; i < (none ? 1 : argc - options.index - 1); i++) {
    struct stream *stream = open_input(paths[i]);
    if (stream == NULL) {
      complain_errno("awk", paths[i]);
      status = 2;
      continue;
    }
    struct reader reader = reader_of(stream);
    size_t length;
    for (char *line; (line = reader_line(&reader, &length)) != NULL && !out_failed();) {
      record.line = take_substring(line, line[length - 1] == '\n' ? length - 1 : length);
      record.number++;
      bool matches = !program.has_pattern || regexec(&program.pattern, record.line, 0, NULL, 0) == 0;
      if (program.wanted_number > 0) matches = record.number == program.wanted_number;
      if (program.above >= 0) matches = record.number > program.above;
      if (matches == program.negated) continue;
      split(&record, separator);
      print(&program, &record, output_separator);
    }
    reader_free(&reader);
  }
  if (program.has_pattern) regfree(&program.pattern);
  return status;
}
