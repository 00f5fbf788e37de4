/* `$`: parameters with their operators, arithmetic and command substitution. */
#include "shell.h"
#include <stdlib.h>

static void add_value(struct marked *marked, const char *value, bool quoted) {
  marked_add_string(marked, value, quoted ? MARK_QUOTED : MARK_SPLIT);
}

/* "$@" is one field for each parameter; unquoted, each is split as well; "$*" is joined by IFS's first. */
static void add_all(struct marked *marked, char kind, bool quoted) {
  const char *separators = get_variable("IFS");
  for (int i = 0; i < shell.state.parameter_count; i++) {
    if (i > 0) {
      if (kind == '@' || !quoted) marked_add(marked, ' ', quoted ? MARK_BREAK : MARK_SPLIT);
      else if (separators == NULL || *separators != '\0') {
        marked_add(marked, separators == NULL ? ' ' : *separators, MARK_QUOTED);
      }
    }
    add_value(marked, shell.state.parameters[i], quoted);
  }
}

static char *number(long long value) { return take_format("%lld", value); }

static char *option_letters(void) {
  char letters[8];
  size_t count = 0;
  if (shell.state.errexit) letters[count++] = 'e';
  if (shell.state.noglob) letters[count++] = 'f';
  if (shell.state.nounset) letters[count++] = 'u';
  if (shell.state.xtrace) letters[count++] = 'x';
  letters[count] = '\0';
  return take_string(letters);
}

/* The value of a special, positional or named parameter; null when unset. */
static const char *value_of(const char *name, size_t length) {
  if (length == 1) {
    switch (name[0]) {
    case '?': return number(shell.status);
    case '$': return number(shell.pid);
    case '!': return shell.last_background == 0 ? "" : number(shell.last_background);
    case '#': return number(shell.state.parameter_count);
    case '-': return option_letters();
    default: break;
    }
  }
  if (name[0] >= '0' && name[0] <= '9') {
    long index = strtol(take_substring(name, length), NULL, 10);
    if (index == 0) return shell.state.name;
    return index <= shell.state.parameter_count ? shell.state.parameters[index - 1] : NULL;
  }
  const char *value = get_variable(take_substring(name, length));
  return value == NULL ? NULL : take_string(value);
}

static char *all_as_string(void) {
  struct marked marked = {0};
  buffer_add(&marked.text, "", 0);
  add_all(&marked, '*', true);
  char *text = take_substring(marked.text.data, marked.text.length);
  marked_free(&marked);
  return text;
}

static bool fail_unset(const char *name, size_t length) {
  shell_error("%.*s: parameter not set", (int)length, name);
  shell.status = 2;
  shell.flow = FLOW_EXIT;
  return false;
}

static bool bad_substitution(void) {
  shell_error("syntax error: bad substitution");
  shell.status = 2;
  shell.flow = FLOW_EXIT;
  return false;
}

/* ${x#p} ${x##p} ${x%p} ${x%%p}: the shortest or longest piece at an end goes. */
static char *trim(const char *value, const char *pattern, char end, bool longest) {
  size_t length = strlen(value);
  for (size_t i = 0; i <= length; i++) {
    size_t cut = (end == '#') == longest ? length - i : i;
    if (end == '#' && pattern_matches(pattern, take_substring(value, cut))) return take_string(value + cut);
    if (end == '%' && pattern_matches(pattern, value + cut)) return take_substring(value, cut);
  }
  return take_string(value);
}

/* ${x/p/r}: the longest match at each place. */
static char *replace(const char *value, const char *pattern, const char *replacement, bool all) {
  struct buffer result = {0};
  buffer_add(&result, "", 0);
  size_t length = strlen(value);
  char anchor = *pattern == '#' || *pattern == '%' ? *pattern : '\0';
  if (anchor != '\0') pattern++;
  bool done = *pattern == '\0';
  for (size_t at = 0; at < length;) {
    size_t end = length;
    bool found = false;
    if (!done && !(anchor == '#' && at > 0)) {
      for (; end > at && !found; end -= !found) {
        if (anchor == '%' && end != length) break;
        found = pattern_matches(pattern, take_substring(value + at, end - at));
      }
    }
    if (found) {
      buffer_add_string(&result, replacement);
      at = end;
      done = !all;
    } else {
      buffer_add_char(&result, value[at++]);
    }
  }
  char *text = take_substring(result.data, result.length);
  buffer_free(&result);
  return text;
}

static char *expand_part(const char *text, size_t length, bool pattern) {
  char *part = take_substring(text, length);
  return pattern ? expand_pattern(part) : expand_string(part);
}

/* ${x/p/r} and ${x//p/r}: finds the slash between, minding quotes. */
static char *replaced(const char *value, const char *rest, size_t length) {
  bool all = length > 0 && rest[0] == '/';
  if (all) rest++, length--;
  size_t at = 0;
  while (at < length && rest[at] != '/') {
    long next = skip_quoted(rest, length, at);
    if (next < 0) return NULL;
    at = (size_t)next;
  }
  char *pattern = expand_part(rest, at, true);
  char *replacement = at < length ? expand_part(rest + at + 1, length - at - 1, false) : "";
  return pattern == NULL || replacement == NULL ? NULL : replace(value, pattern, replacement, all);
}

/* ${x:offset:length} */
static char *sliced(const char *value, const char *rest, size_t length) {
  size_t colon = 0;
  while (colon < length && rest[colon] != ':') colon++;
  int64_t offset, count = INT64_MAX;
  const char *error = NULL;
  int64_t size = (int64_t)strlen(value);
  char *offset_text = expand_part(rest, colon, false);
  if (offset_text == NULL || !evaluate_arithmetic(offset_text, &offset, &error)) return NULL;
  if (colon < length) {
    char *count_text = expand_part(rest + colon + 1, length - colon - 1, false);
    if (count_text == NULL || !evaluate_arithmetic(count_text, &count, &error)) return NULL;
  }
  if (offset < 0) offset = offset + size < 0 ? size : offset + size;
  if (offset > size) offset = size;
  if (count < 0) count = size - offset + count < 0 ? 0 : size - offset + count;
  if (count > size - offset) count = size - offset;
  return take_substring(value + offset, (size_t)count);
}

/* ${x:-w} ${x:=w} ${x:+w} ${x:?w} and the same without the colon. */
static bool alternative(struct marked *marked, const char *name, size_t name_length, const char *value, char operator,
                        const char *word, size_t length, bool quoted) {
  if (operator == '+') return value == NULL || expand_into(marked, word, length, quoted);
  if (value != NULL) {
    if (name_length == 1 && (*name == '@' || *name == '*')) add_all(marked, *name, quoted);
    else add_value(marked, value, quoted);
    return true;
  }
  if (operator == '-') return expand_into(marked, word, length, quoted);
  char *text = expand_part(word, length, false);
  if (text == NULL) return false;
  if (operator == '=') {
    if (!is_name(name, name_length)) return bad_substitution();
    if (set_variable(take_substring(name, name_length), text) < 0) return false;
    add_value(marked, text, quoted);
    return true;
  }
  shell_error("%.*s: %s", (int)name_length, name, *text != '\0' ? text : "parameter not set");
  shell.status = 2;
  shell.flow = FLOW_EXIT;
  return false;
}

static size_t name_length_of(const char *text, size_t length) {
  if (length == 0) return 0;
  if (strchr("@*#?-$!", text[0]) != NULL) return 1;
  size_t count = 0;
  if (text[0] >= '0' && text[0] <= '9') {
    while (count < length && text[count] >= '0' && text[count] <= '9') count++;
    return count;
  }
  while (count < length && is_name(text, count + 1)) count++;
  return count;
}

/* The inside of ${...}. */
static bool expand_braced(struct marked *marked, const char *text, size_t length, bool quoted) {
  bool size_of = length > 1 && text[0] == '#' && strchr("-+=?:%/", text[1]) == NULL;
  if (size_of) text++, length--;
  size_t name_length = name_length_of(text, length);
  if (name_length == 0) return bad_substitution();
  bool all = name_length == 1 && (text[0] == '@' || text[0] == '*');
  const char *rest = text + name_length;
  size_t rest_length = length - name_length;
  const char *value = !all ? value_of(text, name_length) : shell.state.parameter_count > 0 ? all_as_string() : NULL;
  if (size_of) {
    if (rest_length > 0) return bad_substitution();
    if (value == NULL && !all && shell.state.nounset) return fail_unset(text, name_length);
    add_value(marked, number(all ? shell.state.parameter_count : value == NULL ? 0 : (long long)strlen(value)), quoted);
    return true;
  }
  bool colon = rest_length > 1 && rest[0] == ':' && strchr("-=+?", rest[1]) != NULL;
  char operator = rest_length == 0 ? '\0' : colon ? rest[1] : rest[0];
  if (operator != '\0' && strchr("-=+?", operator) != NULL) {
    size_t skip = colon ? 2 : 1;
    const char *used = colon && value != NULL && *value == '\0' ? NULL : value;
    return alternative(marked, text, name_length, used, operator, rest + skip, rest_length - skip, quoted);
  }
  if (value == NULL && !all && shell.state.nounset) return fail_unset(text, name_length);
  if (operator == '\0') {
    if (all) add_all(marked, text[0], quoted);
    else if (value != NULL) add_value(marked, value, quoted);
    return true;
  }
  if (value == NULL) value = "";
  char *result = NULL;
  if (operator == '#' || operator == '%') {
    bool longest = rest_length > 1 && rest[1] == operator;
    char *pattern = expand_part(rest + 1 + longest, rest_length - 1 - longest, true);
    if (pattern != NULL) result = trim(value, pattern, operator, longest);
  } else if (operator == '/') {
    result = replaced(value, rest + 1, rest_length - 1);
  } else if (operator == ':') {
    result = sliced(value, rest + 1, rest_length - 1);
  }
  if (result == NULL) return shell.flow == FLOW_EXIT ? false : bad_substitution();
  add_value(marked, result, quoted);
  return true;
}

static bool expand_arithmetic(struct marked *marked, const char *text, size_t length, bool quoted) {
  struct marked inner = {0};
  buffer_add(&inner.text, "", 0);
  bool done = expand_into(&inner, text, length, true);
  char *expression = take(inner.text.length + 1);
  size_t count = 0;
  for (size_t i = 0; i < inner.text.length; i++) {
    if (inner.marks.data[i] != MARK_PRESENT) expression[count++] = inner.text.data[i];
  }
  expression[count] = '\0';
  marked_free(&inner);
  if (!done) return false;
  int64_t value;
  const char *error = NULL;
  if (!evaluate_arithmetic(expression, &value, &error)) {
    shell_error("%s", error);
    shell.status = 2;
    shell.flow = FLOW_EXIT;
    return false;
  }
  add_value(marked, number(value), quoted);
  return true;
}

/* `$((...))`, and not `$( (...) )` written without blanks. */
static bool is_arithmetic(const char *text, size_t length, long end) {
  return end > 4 && text[2] == '(' && text[end - 2] == ')' && skip_arithmetic(text, length, 3) == end;
}

long expand_parameter(struct marked *marked, const char *text, size_t length, bool quoted) {
  char next = length > 1 ? text[1] : '\0';
  if (next == '{' || next == '(') {
    long end = skip_quoted(text, length, 0);
    if (end < 0) {
      bad_substitution();
      return -1;
    }
    bool done = true;
    if (next == '{') {
      done = expand_braced(marked, text + 2, (size_t)end - 3, quoted);
    } else if (is_arithmetic(text, length, end)) {
      done = expand_arithmetic(marked, text + 3, (size_t)end - 5, quoted);
    } else {
      add_value(marked, run_substitution(text + 2, (size_t)end - 3), quoted);
      done = shell.flow != FLOW_EXIT;
    }
    return done ? end : -1;
  }
  bool special = next != '\0' && strchr("@*#?-$!0123456789", next) != NULL;
  size_t name_length = special ? 1 : name_length_of(text + 1, length - 1);
  if (name_length == 0 || (!special && !is_name(text + 1, name_length))) {
    marked_add(marked, '$', quoted ? MARK_QUOTED : MARK_LITERAL);
    return 1;
  }
  if (next == '@' || next == '*') {
    add_all(marked, next, quoted);
    return 2;
  }
  const char *value = value_of(text + 1, name_length);
  if (value == NULL && shell.state.nounset) {
    fail_unset(text + 1, name_length);
    return -1;
  }
  if (value != NULL) add_value(marked, value, quoted);
  return (long)name_length + 1;
}
