/* expr: calculation and comparison of its arguments. */
#include "busybox.h"
#include <regex.h>
#include <stdlib.h>

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
    const char *const *operator = OPERATORS[level];
    while (*operator != NULL && !next_is(expr, *operator)) operator++;
    if (*operator == NULL) return value;
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
    const char *const *operator = OPERATORS;
    while (*operator != NULL && !next_is(expr, *operator)) operator++;
    if (*operator == NULL) return value;
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
