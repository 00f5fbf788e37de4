/* test, [ and [[: questions about files, strings and numbers. */
#include "shell.h"
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <sys/stat.h>

struct test {
  char **arguments;
  int count;
  int at;
  /** `[[ ]]`: patterns after ==, && and || instead of -a and -o. */
  bool extended;
  bool failed;
};

static int test_error(struct test *test, const char *format, const char *value) {
  if (!test->failed) complain("sh", format, value);
  test->failed = true;
  return 0;
}

static bool is_unary(const char *operator) {
  return operator[0] == '-' && operator[1] != '\0' && operator[2] == '\0' &&
         strchr("bcdefghknoprstuvwxzLGONS", operator[1]) != NULL;
}

static bool is_binary(const struct test *test, const char *operator) {
  static const char *const OPERATORS[] = {"=",   "==",  "!=",  "-eq", "-ne", "-lt", "-le",
                                          "-gt", "-ge", "-nt", "-ot", "-ef", "<",   ">"};
  for (size_t i = 0; i < sizeof OPERATORS / sizeof *OPERATORS; i++) {
    if (strcmp(operator, OPERATORS[i]) == 0) return true;
  }
  return test->extended && strcmp(operator, "=~") == 0;
}

static int unary(struct test *test, char operator, const char *value) {
  struct stat status;
  if (operator == 'n') return *value != '\0';
  if (operator == 'z') return *value == '\0';
  if (operator == 't') return *value >= '0' && *value <= '9' && value[1] == '\0' && stream_is_terminal(fds[*value - '0']);
  if (operator == 'v') return get_variable(value) != NULL;
  if (is_device(value)) return strchr("ecrw", operator) != NULL;
  bool link = operator == 'L' || operator == 'h';
  if ((link ? lstat(value, &status) : stat(value, &status)) < 0) return 0;
  switch (operator) {
  case 'e': case 'r': case 'w': case 'N': case 'O': case 'G': return 1;
  case 'x': return S_ISDIR(status.st_mode) || script_kind(value) == 0 || script_kind(value) == 1;
  case 'f': return S_ISREG(status.st_mode);
  case 'd': return S_ISDIR(status.st_mode);
  case 's': return status.st_size > 0;
  case 'L': case 'h': return S_ISLNK(status.st_mode);
  case 'b': return S_ISBLK(status.st_mode);
  case 'c': return S_ISCHR(status.st_mode);
  case 'p': return S_ISFIFO(status.st_mode);
  case 'S': return S_ISSOCK(status.st_mode);
  case 'g': case 'u': case 'k': return 0;
  default: return test_error(test, "%s: unknown operand", value);
  }
}

static int64_t integer(struct test *test, const char *text) {
  if (test->extended) {
    int64_t value = 0;
    const char *error = NULL;
    if (!evaluate_arithmetic(text, &value, &error)) test_error(test, "%s", error);
    return value;
  }
  char *end;
  errno = 0;
  long long value = strtoll(text, &end, 10);
  while (*end == ' ') end++;
  if (end == text || *end != '\0') test_error(test, "%s: bad number", text);
  return value;
}

static int newer(const char *a, const char *b) {
  struct stat first, second;
  if (stat(a, &first) < 0) return 0;
  if (stat(b, &second) < 0) return 1;
  if (first.st_mtim.tv_sec != second.st_mtim.tv_sec) return first.st_mtim.tv_sec > second.st_mtim.tv_sec;
  return first.st_mtim.tv_nsec > second.st_mtim.tv_nsec;
}

static int same_file(const char *a, const char *b) {
  struct stat first, second;
  return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

static int matches_expression(struct test *test, const char *value, const char *expression) {
  regex_t regex;
  if (regcomp(&regex, expression, REG_EXTENDED | REG_NOSUB) != 0) {
    return test_error(test, "%s: bad regular expression", expression);
  }
  int matches = regexec(&regex, value, 0, NULL, 0) == 0;
  regfree(&regex);
  return matches;
}

static int binary(struct test *test, const char *left, const char *operator, const char *right) {
  if (operator[0] == '-' && strcmp(operator, "-nt") != 0 && strcmp(operator, "-ot") != 0 && strcmp(operator, "-ef") != 0) {
    int64_t a = integer(test, left);
    int64_t b = integer(test, right);
    switch (operator[1] << 8 | operator[2]) {
    case 'e' << 8 | 'q': return a == b;
    case 'n' << 8 | 'e': return a != b;
    case 'l' << 8 | 't': return a < b;
    case 'l' << 8 | 'e': return a <= b;
    case 'g' << 8 | 't': return a > b;
    default: return a >= b;
    }
  }
  if (strcmp(operator, "-nt") == 0) return newer(left, right);
  if (strcmp(operator, "-ot") == 0) return newer(right, left);
  if (strcmp(operator, "-ef") == 0) return same_file(left, right);
  if (strcmp(operator, "=~") == 0) return matches_expression(test, left, right);
  if (strcmp(operator, "<") == 0) return strcmp(left, right) < 0;
  if (strcmp(operator, ">") == 0) return strcmp(left, right) > 0;
  bool equal = test->extended ? pattern_matches(right, left) : strcmp(left, right) == 0;
  return operator[0] == '!' ? !equal : equal;
}

static int disjunction(struct test *test);

static const char *peek(const struct test *test, int ahead) {
  return test->at + ahead < test->count ? test->arguments[test->at + ahead] : NULL;
}

static bool next_is(const struct test *test, const char *word) {
  const char *next = peek(test, 0);
  return next != NULL && strcmp(next, word) == 0;
}

static int primary(struct test *test) {
  const char *first = peek(test, 0);
  if (first == NULL) return test_error(test, "%s: argument expected", "test");
  const char *second = peek(test, 1);
  if (second != NULL && is_binary(test, second) && peek(test, 2) != NULL) {
    const char *right = peek(test, 2);
    test->at += 3;
    return binary(test, first, second, right);
  }
  if (strcmp(first, "!") == 0 && second != NULL) {
    test->at++;
    return !primary(test);
  }
  if (strcmp(first, "(") == 0 && second != NULL) {
    test->at++;
    int value = disjunction(test);
    if (!next_is(test, ")")) return test_error(test, "%s: closing paren expected", "test");
    test->at++;
    return value;
  }
  if (is_unary(first) && second != NULL) {
    test->at += 2;
    return unary(test, first[1], second);
  }
  test->at++;
  return *first != '\0';
}

static int conjunction(struct test *test) {
  int value = primary(test);
  while (!test->failed && (next_is(test, test->extended ? "&&" : "-a"))) {
    test->at++;
    value &= primary(test);
  }
  return value;
}

static int disjunction(struct test *test) {
  int value = conjunction(test);
  while (!test->failed && (next_is(test, test->extended ? "||" : "-o"))) {
    test->at++;
    value |= conjunction(test);
  }
  return value;
}

static int evaluate(struct test *test) {
  if (test->count == 0) return 1;
  if (test->count == 1) return test->arguments[0][0] == '\0';
  int value = disjunction(test);
  if (!test->failed && test->at < test->count) test_error(test, "%s: unknown operand", test->arguments[test->at]);
  return test->failed ? 2 : !value;
}

APPLET(test) {
  struct test test = {.arguments = argv + 1, .count = argc - 1};
  if (strcmp(argv[0], "[") == 0) {
    if (strcmp(argv[argc - 1], "]") != 0) return bad_usage("[", "missing ]");
    test.count--;
  }
  return evaluate(&test);
}

int evaluate_condition(const struct node *node) {
  struct fields fields = {0};
  const char *operator = "";
  for (const struct word *word = node->words; word != NULL; word = word->next) {
    bool pattern = strcmp(operator, "=") == 0 || strcmp(operator, "==") == 0 || strcmp(operator, "!=") == 0;
    char *item = pattern ? expand_pattern(word->text) : expand_string(word->text);
    if (item == NULL) return shell.status == 0 ? 1 : shell.status;
    fields_add(&fields, item);
    operator = word->text;
  }
  struct test test = {.arguments = fields.items, .count = (int)fields.count, .extended = true};
  if (test.count == 0) return bad_usage(shell.state.name, "[[: expression expected");
  return evaluate(&test);
}
