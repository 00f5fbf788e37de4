/* $((...)): C's integer expressions on 64 bits, with assignments and `**`. */
#include "shell.h"
#include <stdlib.h>

struct expression {
  const char *at;
  const char *error;
  int depth;
  /** False in the part of `&&`, `||` and `?:` that is not evaluated. */
  bool live;
};

static int64_t assignment(struct expression *e);

static int64_t fail(struct expression *e, const char *error) {
  if (e->error == NULL) e->error = error;
  e->at = "";
  return 0;
}

static char peek(struct expression *e) {
  while (*e->at == ' ' || *e->at == '\t' || *e->at == '\n') e->at++;
  return *e->at;
}

/* Takes `operator` when it is next and is not the start of a longer one. */
static bool take_operator(struct expression *e, const char *operator, const char *not_before) {
  peek(e);
  size_t length = strlen(operator);
  if (strncmp(e->at, operator, length) != 0) return false;
  if (e->at[length] != '\0' && strchr(not_before, e->at[length]) != NULL) return false;
  e->at += length;
  return true;
}

static char *take_name(struct expression *e) {
  peek(e);
  size_t length = 0;
  while (is_name(e->at, length + 1)) length++;
  if (length == 0) return NULL;
  char *name = take_substring(e->at, length);
  e->at += length;
  return name;
}

static int64_t variable_value(struct expression *e, const char *name) {
  const char *value = get_variable(name);
  if (value == NULL) {
    if (shell.state.nounset && e->live) return fail(e, take_format("%s: parameter not set", name));
    return 0;
  }
  if (*value == '\0') return 0;
  if (e->depth > 20) return fail(e, "expression recursion loop detected");
  struct expression inner = {.at = value, .depth = e->depth + 1, .live = e->live};
  int64_t result = assignment(&inner);
  if (inner.error == NULL && peek(&inner) != '\0') return fail(e, "arithmetic syntax error");
  return inner.error != NULL ? fail(e, inner.error) : result;
}

static int64_t store(struct expression *e, const char *name, int64_t value) {
  if (e->live && e->error == NULL && set_variable(name, take_format("%lld", (long long)value)) < 0) {
    return fail(e, "arithmetic: assignment failed");
  }
  return value;
}

static int64_t number(struct expression *e) {
  char *end;
  int64_t value;
  if (e->at[0] == '0' && (e->at[1] == 'x' || e->at[1] == 'X')) {
    value = (int64_t)strtoull(e->at, &end, 16);
  } else {
    value = (int64_t)strtoull(e->at, &end, e->at[0] == '0' ? 8 : 10);
    if (*end == '#' && value >= 2 && value <= 36) {
      int base = (int)value;
      value = (int64_t)strtoull(end + 1, &end, base);
    }
  }
  if (is_name(end, 1) || (*end >= '0' && *end <= '9')) return fail(e, "arithmetic syntax error");
  e->at = end;
  return value;
}

static int64_t primary(struct expression *e) {
  char c = peek(e);
  if (c == '(') {
    if (++e->depth > 100) return fail(e, "arithmetic expression nested too deeply");
    e->at++;
    int64_t value = assignment(e);
    e->depth--;
    if (peek(e) != ')') return fail(e, "arithmetic syntax error");
    e->at++;
    return value;
  }
  if (c >= '0' && c <= '9') return number(e);
  char *name = take_name(e);
  if (name == NULL) return fail(e, "arithmetic syntax error");
  int64_t value = variable_value(e, name);
  if (take_operator(e, "++", "")) {
    store(e, name, (int64_t)((uint64_t)value + 1));
  } else if (take_operator(e, "--", "")) {
    store(e, name, (int64_t)((uint64_t)value - 1));
  }
  return value;
}

static int64_t unary(struct expression *e) {
  if (++e->depth > 100) return fail(e, "arithmetic expression nested too deeply");
  int64_t value;
  if (take_operator(e, "++", "") || take_operator(e, "--", "")) {
    int step = e->at[-1] == '+' ? 1 : -1;
    const char *rest = e->at;
    char *name = take_name(e);
    if (name != NULL) value = store(e, name, variable_value(e, name) + step);
    else {
      e->at = rest;
      value = unary(e);
    }
  } else if (take_operator(e, "-", "")) value = (int64_t)(0 - (uint64_t)unary(e));
  else if (take_operator(e, "+", "")) value = unary(e);
  else if (take_operator(e, "!", "")) value = !unary(e);
  else if (take_operator(e, "~", "")) value = ~unary(e);
  else value = primary(e);
  e->depth--;
  return value;
}

static int64_t power(struct expression *e) {
  int64_t base = unary(e);
  if (!take_operator(e, "**", "=")) return base;
  int64_t exponent = power(e);
  if (exponent < 0) return fail(e, "exponent less than 0");
  uint64_t result = 1;
  for (uint64_t factor = (uint64_t)base; exponent > 0; exponent >>= 1, factor *= factor) {
    if (exponent & 1) result *= factor;
  }
  return (int64_t)result;
}

static int64_t apply(struct expression *e, const char *operator, int64_t a, int64_t b) {
  if (strcmp(operator, "<<") == 0) return (int64_t)((uint64_t)a << (b & 63));
  if (strcmp(operator, ">>") == 0) return a >> (b & 63);
  switch (operator[0]) {
  case '*': return (int64_t)((uint64_t)a * (uint64_t)b);
  case '+': return (int64_t)((uint64_t)a + (uint64_t)b);
  case '-': return (int64_t)((uint64_t)a - (uint64_t)b);
  case '&': return a & b;
  case '^': return a ^ b;
  case '|': return a | b;
  case '/':
  case '%':
    if (b == 0) return e->live ? fail(e, "divide by zero") : 0;
    if (b == -1) return operator[0] == '/' ? (int64_t)(0 - (uint64_t)a) : 0;
    return operator[0] == '/' ? a / b : a % b;
  case '<': return operator[1] == '=' ? a <= b : a < b;
  case '>': return operator[1] == '=' ? a >= b : a > b;
  case '=': return a == b;
  default: return a != b;
  }
}

/* Left-associative operators by precedence; each with what may not follow it. */
static const struct {
  const char *operator;
  const char *not_before;
  int level;
} BINARY[] = {
  {"*", "*=", 9}, {"/", "=", 9},  {"%", "=", 9},  {"+", "=", 8},  {"-", "=", 8},  {"<<", "=", 7}, {">>", "=", 7},
  {"<=", "", 6},  {">=", "", 6},  {"<", "<=", 6}, {">", ">=", 6}, {"==", "", 5},  {"!=", "", 5},  {"&", "&=", 4},
  {"^", "=", 3},  {"|", "|=", 2},
};

static int64_t binary(struct expression *e, int level) {
  if (level > 9) return power(e);
  int64_t value = binary(e, level + 1);
  for (;;) {
    size_t i = 0;
    size_t count = sizeof BINARY / sizeof *BINARY;
    while (i < count && !(BINARY[i].level == level && take_operator(e, BINARY[i].operator, BINARY[i].not_before))) i++;
    if (i == count) return value;
    value = apply(e, BINARY[i].operator, value, binary(e, level + 1));
  }
}

/* Level 1 is &&, level 0 is ||: their right side may not be evaluated. */
static int64_t logical(struct expression *e, int level) {
  if (level > 1) return binary(e, 2);
  int64_t value = logical(e, level + 1);
  while (take_operator(e, level == 1 ? "&&" : "||", "")) {
    bool was = e->live;
    e->live = was && (level == 1 ? value != 0 : value == 0);
    int64_t right = logical(e, level + 1);
    e->live = was;
    value = level == 1 ? value && right : value || right;
  }
  return value;
}

static int64_t conditional(struct expression *e) {
  int64_t condition = logical(e, 0);
  if (!take_operator(e, "?", "")) return condition;
  bool was = e->live;
  e->live = was && condition != 0;
  int64_t then = assignment(e);
  if (peek(e) != ':') return fail(e, "arithmetic syntax error");
  e->at++;
  e->live = was && condition == 0;
  int64_t otherwise = assignment(e);
  e->live = was;
  return condition ? then : otherwise;
}

static int64_t assignment(struct expression *e) {
  static const char *const OPERATORS[] = {"<<=", ">>=", "*=", "/=", "%=", "+=", "-=", "&=", "^=", "|="};
  peek(e);
  const char *start = e->at;
  char *name = take_name(e);
  if (name != NULL) {
    if (take_operator(e, "=", "=")) return store(e, name, assignment(e));
    for (size_t i = 0; i < sizeof OPERATORS / sizeof *OPERATORS; i++) {
      if (!take_operator(e, OPERATORS[i], "")) continue;
      int64_t right = assignment(e);
      char *operator = take_substring(OPERATORS[i], strlen(OPERATORS[i]) - 1);
      return store(e, name, apply(e, operator, variable_value(e, name), right));
    }
  }
  e->at = start;
  int64_t value = conditional(e);
  return value;
}

bool evaluate_arithmetic(const char *text, int64_t *value, const char **error) {
  struct expression e = {.at = text, .live = true};
  *value = 0;
  if (peek(&e) == '\0') return true;
  *value = assignment(&e);
  while (e.error == NULL && take_operator(&e, ",", "")) *value = assignment(&e);
  if (e.error == NULL && peek(&e) != '\0') e.error = "arithmetic syntax error";
  *error = e.error;
  return e.error == NULL;
}
