/* Applets about characters and columns: cut, tr, printf, expr, awk's one form. */
#include "busybox.h"
#include <errno.h>
#include <regex.h>
#include <stdlib.h>

/* ---- cut ---- */

struct range {
  long from, to;
};

static bool parse_ranges(const char *text, struct range *ranges, int *count) {
  for (*count = 0; *text != '\0' && *count < 64; (*count)++) {
    char *end;
    struct range *range = &ranges[*count];
    range->from = *text == '-' ? 1 : strtol(text, &end, 10);
    if (*text == '-') end = (char *)text;
    range->to = range->from;
    if (*end == '-') {
      text = end + 1;
      range->to = *text == '\0' || *text == ',' ? INT32_MAX : strtol(text, &end, 10);
      if (range->to == INT32_MAX) end = (char *)text;
    }
    if (range->from < 1 || range->to < range->from || (*end != ',' && *end != '\0')) return false;
    text = *end == ',' ? end + 1 : end;
  }
  return *count > 0;
}

static bool in_ranges(const struct range *ranges, int count, long at) {
  for (int i = 0; i < count; i++) {
    if (at >= ranges[i].from && at <= ranges[i].to) return true;
  }
  return false;
}

static void cut_fields(const char *line, const struct range *ranges, int count, char separator, bool only) {
  if (strchr(line, separator) == NULL) {
    if (!only) out_format("%s\n", line);
    return;
  }
  bool first = true;
  for (long field = 1; line != NULL; field++) {
    const char *end = strchr(line, separator);
    if (in_ranges(ranges, count, field)) {
      if (!first) out_char(separator);
      out_bytes(line, end ? (size_t)(end - line) : strlen(line));
      first = false;
    }
    line = end ? end + 1 : NULL;
  }
  out_char('\n');
}

APPLET(cut) {
  struct range ranges[64];
  int count = 0;
  char separator = '\t';
  bool fields = false, only = false;
  struct options options = options_of(argc, argv, "f:c:b:d:sn");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'd') separator = options.value[0];
    if (letter == 's') only = true;
    if (letter != 'f' && letter != 'c' && letter != 'b') continue;
    fields = letter == 'f';
    if (!parse_ranges(options.value, ranges, &count)) return complain("cut", "invalid range '%s'", options.value);
  }
  if (count == 0) return complain("cut", "expected a list of bytes, characters, or fields");
  static char *standard[] = {"-"};
  bool none = options.index == argc;
  char **paths = none ? standard : argv + options.index;
  int status = 0;
  for (int i = 0; i < (none ? 1 : argc - options.index); i++) {
    struct stream *stream = open_input(paths[i]);
    if (stream == NULL) {
      status = complain_errno("cut", paths[i]);
      continue;
    }
    struct reader reader = reader_of(stream);
    size_t length;
    for (char *line; (line = reader_line(&reader, &length)) != NULL && !out_failed();) {
      if (line[length - 1] == '\n') length--;
      char kept = line[length];
      line[length] = '\0';
      if (fields) cut_fields(line, ranges, count, separator, only);
      else {
        for (size_t at = 0; at < length; at++) {
          if (in_ranges(ranges, count, (long)at + 1)) out_char(line[at]);
        }
        out_char('\n');
      }
      line[length] = kept;
    }
    reader_free(&reader);
  }
  return status;
}

/* ---- tr ---- */

static char escaped(const char **text) {
  static const char FROM[] = "abfnrtv\\";
  static const char TO[] = "\a\b\f\n\r\t\v\\";
  char c = *(*text)++;
  if (c != '\\' || **text == '\0') return c;
  c = *(*text)++;
  const char *found = strchr(FROM, c);
  if (found != NULL) return TO[found - FROM];
  if (c < '0' || c > '7') return c;
  int value = c - '0';
  for (int i = 0; i < 2 && **text >= '0' && **text <= '7'; i++) value = value * 8 + *(*text)++ - '0';
  return (char)value;
}

static bool in_class(const char *name, size_t length, int c) {
  static const struct {
    const char *name;
    const char *ranges;
  } CLASSES[] = {
    {"alpha", "azAZ"}, {"digit", "09"}, {"alnum", "azAZ09"}, {"upper", "AZ"}, {"lower", "az"},
    {"space", "\t\r  "}, {"blank", "\t\t  "}, {"punct", "!/:@[`{~"}, {"cntrl", "\x01\x1f\x7f\x7f"},
    {"print", " ~"}, {"graph", "!~"}, {"xdigit", "09afAF"},
  };
  for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++) {
    if (strlen(CLASSES[i].name) != length || strncmp(CLASSES[i].name, name, length) != 0) continue;
    for (const char *range = CLASSES[i].ranges; *range != '\0'; range += 2) {
      if (c >= (unsigned char)range[0] && c <= (unsigned char)range[1]) return true;
    }
  }
  return false;
}

/* `a-z`, `[:upper:]` and escapes as the characters they mean. */
static size_t expand_set(const char *text, uint8_t *set) {
  size_t count = 0;
  while (*text != '\0' && count < 1024) {
    const char *end = text[0] == '[' && text[1] == ':' ? strstr(text, ":]") : NULL;
    if (end != NULL) {
      for (int c = 0; c < 256 && count < 1024; c++) {
        if (in_class(text + 2, (size_t)(end - text - 2), c)) set[count++] = (uint8_t)c;
      }
      text = end + 2;
      continue;
    }
    uint8_t first = (uint8_t)escaped(&text);
    if (text[0] == '-' && text[1] != '\0') {
      text++;
      uint8_t last = (uint8_t)escaped(&text);
      for (int c = first; c <= last && count < 1024; c++) set[count++] = (uint8_t)c;
    } else {
      set[count++] = first;
    }
  }
  return count;
}

APPLET(tr) {
  bool complement = false, deletes = false, squeezes = false, truncates = false;
  struct options options = options_of(argc, argv, "cCdst");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'c' || letter == 'C') complement = true;
    if (letter == 'd') deletes = true;
    if (letter == 's') squeezes = true;
    if (letter == 't') truncates = true;
  }
  int sets = argc - options.index;
  if (sets < 1 || sets > 2 || (sets == 1 && !deletes && !squeezes)) return complain("tr", "expects two sets");
  uint8_t from[1024], to[1024];
  size_t from_count = expand_set(argv[options.index], from);
  size_t to_count = sets == 2 ? expand_set(argv[options.index + 1], to) : 0;
  bool member[256] = {false}, squeezed[256] = {false};
  uint8_t map[256];
  for (int c = 0; c < 256; c++) map[c] = (uint8_t)c;
  for (size_t i = 0; i < from_count; i++) member[from[i]] = true;
  for (int c = 0; complement && c < 256; c++) member[c] = !member[c];
  if (!deletes && to_count > 0) {
    for (size_t i = 0; !complement && i < from_count; i++) {
      if (i < to_count || !truncates) map[from[i]] = to[i < to_count ? i : to_count - 1];
    }
    for (int c = 0; complement && c < 256; c++) {
      if (member[c]) map[c] = to[to_count - 1];
    }
  }
  for (size_t i = 0; i < to_count; i++) squeezed[to[i]] = true;
  for (int c = 0; to_count == 0 && c < 256; c++) squeezed[c] = member[c];
  uint8_t chunk[4096];
  ssize_t length;
  int last = -1;
  while (fds[0] != NULL && !out_failed() && (length = stream_read(fds[0], chunk, sizeof chunk)) > 0) {
    size_t kept = 0;
    for (ssize_t i = 0; i < length; i++) {
      if (deletes && member[chunk[i]]) continue;
      uint8_t c = map[chunk[i]];
      if (squeezes && squeezed[c] && last == c) continue;
      last = c;
      chunk[kept++] = c;
    }
    out_bytes(chunk, kept);
    if (fds[0]->kind == STREAM_INPUT) stream_flush(fds[1]);
  }
  return 0;
}

/* ---- printf ---- */

/* Escapes of the format, and of %b. Returns false at \c. */
static bool put_escape(const char **text, bool in_argument) {
  const char *at = *text + 1;
  if (in_argument && *at == 'c') return false;
  if (in_argument && *at == '0') at++;
  if (*at == 'x') {
    char *end;
    char digits[3] = {at[1], at[1] ? at[2] : '\0', '\0'};
    long value = strtol(digits, &end, 16);
    out_char((char)value);
    *text = at + 1 + (end - digits);
    return true;
  }
  if (*at == 'e' || *at == '"' || *at == '\'') {
    out_char(*at == 'e' ? '\033' : *at);
    *text = at + 1;
    return true;
  }
  if (*at >= '0' && *at <= '7') {
    int value = 0;
    for (int i = 0; i < 3 && *at >= '0' && *at <= '7'; i++) value = value * 8 + *at++ - '0';
    out_char((char)value);
    *text = at;
    return true;
  }
  if (*at == '\0' || strchr("abfnrtv\\", *at) == NULL) {
    out_char('\\');
    *text += 1;
    return true;
  }
  out_char(escaped(text));
  return true;
}

static long long integer_argument(const char *text, int *status) {
  char *end;
  if (*text == '"' || *text == '\'') return (unsigned char)text[1];
  errno = 0;
  long long value = strtoll(text, &end, 0);
  if (errno == ERANGE) value = (long long)strtoull(text, &end, 0);
  if (*end != '\0' || (end == text && *text != '\0')) *status = complain("printf", "%s: invalid number", text);
  return value;
}

/* One conversion; `spec` is `%` up to its letter. */
static bool put_conversion(char *spec, char letter, const char *value, int *status) {
  size_t length = strlen(spec);
  if (letter == 'b') {
    while (*value != '\0') {
      if (*value != '\\') out_char(*value++);
      else if (!put_escape(&value, true)) return false;
    }
  } else if (strchr("diouxX", letter) != NULL) {
    snprintf(spec + length - 1, 8, "ll%c", letter);
    out_format(spec, integer_argument(value, status));
  } else if (strchr("fFeEgG", letter) != NULL) {
    char *end;
    double number = strtod(value, &end);
    if (*end != '\0') *status = complain("printf", "%s: invalid number", value);
    out_format(spec, number);
  } else if (letter == 'c') {
    if (*value != '\0') out_char(*value);
  } else {
    out_format(spec, value);
  }
  return true;
}

APPLET(printf) {
  int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
  if (argc <= first) return complain("printf", "usage: printf FORMAT [ARG]..."), 2;
  const char *format = argv[first];
  int next = first + 1;
  int status = 0;
  do {
    int before = next;
    for (const char *at = format; *at != '\0';) {
      if (*at == '\\') {
        put_escape(&at, false);
        continue;
      }
      if (*at != '%' || at[1] == '%') {
        out_char(*at);
        at += *at == '%' ? 2 : 1;
        continue;
      }
      char spec[80] = "%";
      size_t length = 1;
      for (at++; *at != '\0' && strchr("-+ #0123456789.*", *at) != NULL && length < 60; at++) {
        if (*at != '*') spec[length++] = *at;
        else length += (size_t)snprintf(spec + length, 12, "%d", next < argc ? atoi(argv[next++]) : 0);
      }
      spec[length++] = *at;
      spec[length] = '\0';
      if (*at == '\0' || strchr("diouxXfFeEgGcsb", *at) == NULL) return complain("printf", "%s: invalid format", spec);
      const char *value = next < argc ? argv[next++] : "";
      bool number = strchr("csb", *at) == NULL;
      if (!put_conversion(spec, *at++, number && *value == '\0' ? "0" : value, &status)) return status;
    }
    if (next == before) break;
  } while (next < argc && !out_failed());
  return status;
}

/* ---- expr ---- */

struct expr {
  char **arguments;
  int count, at;
  bool failed;
};

static char *expr_or(struct expr *expr);

static bool expr_number(const char *text, long long *value) {
  char *end;
  *value = strtoll(text, &end, 10);
  return *text != '\0' && *end == '\0';
}

static bool expr_true(const char *value) {
  long long number;
  return *value != '\0' && !(expr_number(value, &number) && number == 0);
}

static bool next_is(struct expr *expr, const char *operator) {
  if (expr->at >= expr->count || strcmp(expr->arguments[expr->at], operator) != 0) return false;
  expr->at++;
  return true;
}

static char *expr_fail(struct expr *expr, const char *text) {
  if (!expr->failed) complain("expr", "%s", text);
  expr->failed = true;
  return "";
}

static char *expr_match(struct expr *expr, const char *text, const char *pattern) {
  regex_t regex;
  if (regcomp(&regex, take_format("^%s", pattern), 0) != 0) return expr_fail(expr, "bad regular expression");
  regmatch_t matches[2];
  bool found = regexec(&regex, text, 2, matches, 0) == 0;
  char *value = regex.re_nsub > 0 ? "" : "0";
  if (found && regex.re_nsub > 0 && matches[1].rm_so >= 0) {
    value = take_substring(text + matches[1].rm_so, (size_t)(matches[1].rm_eo - matches[1].rm_so));
  } else if (found && regex.re_nsub == 0) {
    value = take_format("%d", (int)matches[0].rm_eo);
  }
  regfree(&regex);
  return value;
}

static char *expr_primary(struct expr *expr) {
  if (expr->at >= expr->count) return expr_fail(expr, "syntax error");
  if (next_is(expr, "(")) {
    char *value = expr_or(expr);
    return next_is(expr, ")") ? value : expr_fail(expr, "syntax error");
  }
  if (expr->at + 1 < expr->count && next_is(expr, "length")) return take_format("%zu", strlen(expr_primary(expr)));
  if (expr->at + 2 < expr->count && next_is(expr, "match")) {
    char *text = expr_primary(expr);
    return expr_match(expr, text, expr_primary(expr));
  }
  if (expr->at + 3 < expr->count && next_is(expr, "substr")) {
    char *text = expr_primary(expr);
    long long from = atoll(expr_primary(expr)), count = atoll(expr_primary(expr));
    long long length = (long long)strlen(text);
    if (from < 1 || from > length || count < 1) return "";
    return take_substring(text + from - 1, (size_t)(count > length - from + 1 ? length - from + 1 : count));
  }
  return expr->arguments[expr->at++];
}

static char *expr_colon(struct expr *expr) {
  char *value = expr_primary(expr);
  while (next_is(expr, ":")) value = expr_match(expr, value, expr_primary(expr));
  return value;
}

static char *expr_calculate(struct expr *expr, int level) {
  static const char *const OPERATORS[2][4] = {{"+", "-", NULL}, {"*", "/", "%", NULL}};
  if (level == 2) return expr_colon(expr);
  char *value = expr_calculate(expr, level + 1);
  for (;;) {
    const char *const *operator= OPERATORS[level];
    while (*operator!= NULL && !next_is(expr, *operator)) operator++;
    if (*operator== NULL) return value;
    long long a, b;
    char *right = expr_calculate(expr, level + 1);
    if (!expr_number(value, &a) || !expr_number(right, &b)) return expr_fail(expr, "non-numeric argument");
    char kind = **operator;
    if ((kind == '/' || kind == '%') && b == 0) return expr_fail(expr, "division by zero");
    long long result = kind == '+' ? a + b : kind == '-' ? a - b : kind == '*' ? a * b : kind == '/' ? a / b : a % b;
    value = take_format("%lld", result);
  }
}

static char *expr_compare(struct expr *expr) {
  static const char *const OPERATORS[] = {"<", "<=", "=", "==", "!=", ">=", ">", NULL};
  char *value = expr_calculate(expr, 0);
  for (;;) {
    const char *const *operator= OPERATORS;
    while (*operator!= NULL && !next_is(expr, *operator)) operator++;
    if (*operator== NULL) return value;
    char *right = expr_calculate(expr, 0);
    long long a, b;
    bool numbers = expr_number(value, &a) && expr_number(right, &b);
    int order = numbers ? (a > b) - (a < b) : strcmp(value, right);
    const char *text = *operator;
    bool holds = *text == '<'   ? order < 0 || (text[1] == '=' && order == 0)
                 : *text == '>' ? order > 0 || (text[1] == '=' && order == 0)
                 : *text == '=' ? order == 0
                                : order != 0;
    value = holds ? "1" : "0";
  }
}

static char *expr_and(struct expr *expr) {
  char *value = expr_compare(expr);
  while (next_is(expr, "&")) {
    char *right = expr_compare(expr);
    if (!expr_true(value) || !expr_true(right)) value = "0";
  }
  return value;
}

static char *expr_or(struct expr *expr) {
  char *value = expr_and(expr);
  while (next_is(expr, "|")) {
    char *right = expr_and(expr);
    if (!expr_true(value)) value = right;
  }
  return value;
}

APPLET(expr) {
  struct expr expr = {.arguments = argv + 1, .count = argc - 1};
  char *value = expr_or(&expr);
  if (!expr.failed && expr.at < expr.count) expr_fail(&expr, "syntax error");
  if (expr.failed) return 2;
  out_format("%s\n", value);
  return !expr_true(value);
}
