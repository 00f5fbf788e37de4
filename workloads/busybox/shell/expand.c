/* Expansion: words with quotes and `$` become text whose bytes are marked, and then fields. */
#include "shell.h"
#include <stdlib.h>

void marked_add(struct marked *marked, char c, enum mark mark) {
  buffer_add_char(&marked->text, c);
  buffer_add_char(&marked->marks, (char)mark);
}

void marked_add_string(struct marked *marked, const char *text, enum mark mark) {
  for (; *text != '\0'; text++) marked_add(marked, *text, mark);
}

void marked_free(struct marked *marked) {
  buffer_free(&marked->text);
  buffer_free(&marked->marks);
}

void fields_add(struct fields *fields, char *item) {
  if (fields->count + 1 >= fields->capacity) {
    size_t capacity = fields->capacity == 0 ? 16 : fields->capacity * 2;
    char **items = take(capacity * sizeof *items);
    if (fields->count > 0) memcpy(items, fields->items, fields->count * sizeof *items);
    fields->items = items;
    fields->capacity = capacity;
  }
  fields->items[fields->count++] = item;
  fields->items[fields->count] = NULL;
}

/* The one letter escapes of $'...'. */
static size_t add_ansi(struct marked *marked, const char *text, size_t length, size_t at) {
  static const char FROM[] = "abefnrtv\\'\"";
  static const char TO[] = "\a\b\033\f\n\r\t\v\\'\"";
  for (; at < length && text[at] != '\''; at++) {
    char c = text[at];
    if (c == '\\' && at + 1 < length) {
      c = text[++at];
      const char *found = strchr(FROM, c);
      if (found != NULL) {
        c = TO[found - FROM];
      } else if (c == 'x' || (c >= '0' && c <= '7')) {
        char digits[4] = {0};
        size_t first = c == 'x' ? at + 1 : at;
        size_t count = 0;
        const char *allowed = c == 'x' ? "0123456789abcdefABCDEF" : "01234567";
        while (count < (c == 'x' ? 2 : 3) && first + count < length && text[first + count] != '\0' &&
               strchr(allowed, text[first + count]) != NULL) {
          digits[count] = text[first + count];
          count++;
        }
        at = first + count - 1;
        c = (char)strtol(digits, NULL, c == 'x' ? 16 : 8);
      } else {
        marked_add(marked, '\\', MARK_QUOTED);
      }
    }
    marked_add(marked, c, MARK_QUOTED);
  }
  return at + 1;
}

static long expand_backquoted(struct marked *marked, const char *text, size_t length, size_t at, bool quoted) {
  long end = skip_quoted(text, length, at);
  if (end < 0) return -1;
  struct buffer command = {0};
  buffer_add(&command, "", 0);
  for (size_t i = at + 1; i + 1 < (size_t)end; i++) {
    bool escaped = text[i] == '\\' && (text[i + 1] == '`' || text[i + 1] == '\\' || text[i + 1] == '$' ||
                                       (quoted && text[i + 1] == '"'));
    if (escaped) i++;
    buffer_add_char(&command, text[i]);
  }
  marked_add_string(marked, run_substitution(command.data, command.length), quoted ? MARK_QUOTED : MARK_SPLIT);
  buffer_free(&command);
  return end;
}

/* Quotes inside "..." are plain; `"$@"` alone with no parameters makes no field at all. */
static long expand_double(struct marked *marked, const char *text, size_t length, size_t at) {
  long end = skip_quoted(text, length, at);
  if (end < 0) return -1;
  const char *inside = text + at + 1;
  size_t inside_length = (size_t)end - at - 2;
  bool nothing = shell.state.parameter_count == 0 &&
                 ((inside_length == 2 && memcmp(inside, "$@", 2) == 0) ||
                  (inside_length == 4 && memcmp(inside, "${@}", 4) == 0));
  if (!nothing) marked_add(marked, 0, MARK_PRESENT);
  return expand_into(marked, inside, inside_length, true) ? end : -1;
}

/* A tilde at a word's start: the home directory. */
static size_t expand_tilde(struct marked *marked, const char *text, size_t length) {
  if (length == 0 || text[0] != '~' || (length > 1 && text[1] != '/')) return 0;
  const char *home = get_variable("HOME");
  if (home == NULL) return 0;
  marked_add_string(marked, home, MARK_QUOTED);
  return 1;
}

/* In quotes a backslash hides only what is special there. */
static bool hides(char c) { return c == '$' || c == '`' || c == '"' || c == '\\' || c == '\n'; }

bool expand_into(struct marked *marked, const char *text, size_t length, bool quoted) {
  size_t at = quoted ? 0 : expand_tilde(marked, text, length);
  while (at < length) {
    char c = text[at];
    long end = -1;
    if (c == '\\' && at + 1 < length) {
      char next = text[at + 1];
      end = (long)at + 2;
      if (next == '\n') {
      } else if (quoted && !hides(next)) {
        marked_add(marked, '\\', MARK_QUOTED);
        marked_add(marked, next, MARK_QUOTED);
      } else {
        marked_add(marked, next, MARK_QUOTED);
      }
    } else if (c == '\'' && !quoted) {
      marked_add(marked, 0, MARK_PRESENT);
      for (at++; at < length && text[at] != '\''; at++) marked_add(marked, text[at], MARK_QUOTED);
      end = (long)at + 1;
    } else if (c == '"') {
      end = expand_double(marked, text, length, at);
    } else if (c == '$' && !quoted && at + 1 < length && text[at + 1] == '\'') {
      marked_add(marked, 0, MARK_PRESENT);
      end = (long)add_ansi(marked, text, length, at + 2);
    } else if (c == '$') {
      long used = expand_parameter(marked, text + at, length - at, quoted);
      end = used < 0 ? -1 : (long)at + used;
    } else if (c == '`') {
      end = expand_backquoted(marked, text, length, at, quoted);
    } else {
      marked_add(marked, c, quoted ? MARK_QUOTED : MARK_LITERAL);
      end = (long)at + 1;
    }
    if (end < 0) return false;
    at = (size_t)end;
  }
  return true;
}

/* ---- from marked text to fields ---- */

struct field {
  struct buffer text;    /* as it is */
  struct buffer pattern; /* with backslashes before what was quoted */
  bool present;
  bool wild;
};

static bool add_paths(struct fields *fields, struct field *field) {
  return !shell.state.noglob && field->wild && match_paths(field->pattern.data, fields);
}

static void end_field(struct fields *fields, struct field *field) {
  if (field->present) {
    buffer_add(&field->text, "", 0);
    if (!add_paths(fields, field)) fields_add(fields, take_string(field->text.data));
  }
  buffer_free(&field->text);
  buffer_free(&field->pattern);
  *field = (struct field){0};
}

static void add_to_field(struct field *field, char c, bool quoted) {
  bool special = strchr("*?[]\\!-^", c) != NULL;
  if (!quoted && (c == '*' || c == '?' || c == '[')) field->wild = true;
  if (quoted && special) buffer_add_char(&field->pattern, '\\');
  buffer_add_char(&field->pattern, c);
  buffer_add_char(&field->text, c);
  field->present = true;
}

static void split(struct marked *marked, struct fields *fields) {
  const char *separators = get_variable("IFS");
  if (separators == NULL) separators = " \t\n";
  struct field field = {0};
  bool after_hard = false; /* a separator that is no blank has just ended a field */
  for (size_t i = 0; i < marked->text.length; i++) {
    char c = marked->text.data[i];
    enum mark mark = (enum mark)marked->marks.data[i];
    if (mark == MARK_BREAK) {
      end_field(fields, &field);
      field.present = true;
    } else if (mark == MARK_PRESENT) {
      field.present = true;
    } else if (mark == MARK_SPLIT && c != '\0' && strchr(separators, c) != NULL) {
      bool blank = c == ' ' || c == '\t' || c == '\n';
      if (!blank) {
        if (!field.present && after_hard) field.present = true; /* an empty field between two */
        if (!field.present) field.present = true;
        end_field(fields, &field);
        after_hard = true;
      } else if (field.present) {
        end_field(fields, &field);
        /* blanks around a hard separator belong to it */
        size_t next = i + 1;
        while (next < marked->text.length && marked->marks.data[next] == MARK_SPLIT &&
               strchr(" \t\n", marked->text.data[next]) != NULL && strchr(separators, marked->text.data[next])) {
          next++;
        }
        if (next < marked->text.length && marked->marks.data[next] == MARK_SPLIT &&
            strchr(separators, marked->text.data[next]) != NULL && marked->text.data[next] != '\0') {
          i = next;
          after_hard = true;
        } else {
          i = next - 1;
        }
      }
      continue;
    } else {
      add_to_field(&field, c, mark == MARK_QUOTED);
    }
    after_hard = false;
  }
  end_field(fields, &field);
}

bool expand_word(const char *text, struct fields *fields) {
  struct marked marked = {0};
  bool done = expand_into(&marked, text, strlen(text), false);
  if (done) split(&marked, fields);
  marked_free(&marked);
  return done;
}

bool expand_words(const struct word *words, struct fields *fields) {
  for (; words != NULL; words = words->next) {
    if (!expand_word(words->text, fields)) return false;
  }
  return true;
}

static char *join(struct marked *marked, bool pattern) {
  char *text = take(marked->text.length * 2 + 1);
  size_t length = 0;
  for (size_t i = 0; i < marked->text.length; i++) {
    enum mark mark = (enum mark)marked->marks.data[i];
    if (mark == MARK_PRESENT) continue;
    char c = mark == MARK_BREAK ? ' ' : marked->text.data[i];
    if (pattern && mark == MARK_QUOTED && strchr("*?[]\\!-^", c) != NULL) text[length++] = '\\';
    text[length++] = c;
  }
  text[length] = '\0';
  return text;
}

static char *expand_joined(const char *text, bool quoted, bool pattern) {
  struct marked marked = {0};
  bool done = expand_into(&marked, text, strlen(text), quoted);
  char *joined = done ? join(&marked, pattern) : NULL;
  marked_free(&marked);
  return joined;
}

char *expand_string(const char *text) { return expand_joined(text, false, false); }
char *expand_pattern(const char *text) { return expand_joined(text, false, true); }

/* In a here-document a double quote is a plain character. */
char *expand_here(const char *text) {
  struct buffer escaped = {0};
  buffer_add(&escaped, "", 0);
  for (; *text != '\0'; text++) {
    if (*text == '\\' && text[1] != '\0' && text[1] != '"') buffer_add_char(&escaped, *text++);
    else if (*text == '\\') buffer_add_char(&escaped, '\\');
    else if (*text == '"') buffer_add_char(&escaped, '\\');
    buffer_add_char(&escaped, *text);
  }
  char *result = expand_joined(escaped.data, true, false);
  buffer_free(&escaped);
  return result;
}
