/* The lexer: from the script's text to words (quotes kept) and operators. */
#include "shell.h"
#include <stdlib.h>

struct parser parser_of(const char *source, size_t length, struct arena *arena) {
  return (struct parser){.source = source, .length = length, .line = 1, .arena = arena};
}

void syntax_error(struct parser *parser, const char *format, ...) {
  if (parser->error != NULL) return;
  if (parser->peeked && parser->token == TOKEN_END) parser->cut = true;
  va_list values;
  va_start(values, format);
  char *text;
  if (vasprintf(&text, format, values) < 0) text = must_strdup("syntax error");
  va_end(values);
  parser->error = take_string(text);
  free(text);
}

static long skip_single(const char *text, size_t length, size_t at) {
  while (at < length && text[at] != '\'') at++;
  return at < length ? (long)at + 1 : -1;
}

static long skip_backquoted(const char *text, size_t length, size_t at) {
  for (; at < length; at++) {
    if (text[at] == '\\') at++;
    else if (text[at] == '`') return (long)at + 1;
  }
  return -1;
}

static long skip_double(const char *text, size_t length, size_t at) {
  while (at < length && text[at] != '"') {
    long next = text[at] == '$' || text[at] == '`' || text[at] == '\\' ? skip_quoted(text, length, at) : (long)at + 1;
    if (next < 0) return -1;
    at = (size_t)next;
  }
  return at < length ? (long)at + 1 : -1;
}

static long skip_braces(const char *text, size_t length, size_t at) {
  while (at < length && text[at] != '}') {
    long next = skip_quoted(text, length, at);
    if (next < 0) return -1;
    at = (size_t)next;
  }
  return at < length ? (long)at + 1 : -1;
}

long skip_arithmetic(const char *text, size_t length, size_t at) {
  int depth = 0;
  while (at < length) {
    if (text[at] == '(') depth++;
    if (text[at] == ')' && depth-- == 0) {
      return at + 1 < length && text[at + 1] == ')' ? (long)at + 2 : -2;
    }
    long next = text[at] == '\'' ? (long)at + 1 : skip_quoted(text, length, at);
    if (next < 0) return next;
    at = (size_t)next;
  }
  return -1;
}

long command_substitution_end(const char *text, size_t length) {
  struct arena_mark mark = arena_mark(&scratch);
  struct parser inner = parser_of(text, length, &scratch);
  inner.closed = true;
  for (;;) {
    enum token token = peek_token(&inner);
    if (inner.error != NULL || token == TOKEN_END) break;
    if (token == TOKEN_CLOSE) {
      long end = (long)inner.token_end - 1;
      arena_release(&scratch, mark);
      return end;
    }
    if (token == TOKEN_NEWLINE || token == TOKEN_SEMICOLON) {
      take_token(&inner);
      continue;
    }
    if (parse_line(&inner) == NULL && inner.error != NULL) break;
  }
  arena_release(&scratch, mark);
  return -1;
}

long skip_quoted(const char *text, size_t length, size_t at) {
  switch (text[at]) {
  case '\\': return at + 1 < length ? (long)at + 2 : (long)at + 1;
  case '\'': return skip_single(text, length, at + 1);
  case '"': return skip_double(text, length, at + 1);
  case '`': return skip_backquoted(text, length, at + 1);
  case '$':
    if (at + 1 >= length) return (long)at + 1;
    if (text[at + 1] == '{') return skip_braces(text, length, at + 2);
    if (text[at + 1] == '(') {
      if (at + 2 < length && text[at + 2] == '(') {
        long end = skip_arithmetic(text, length, at + 3);
        if (end != -2) return end;
      }
      long end = command_substitution_end(text + at + 2, length - at - 2);
      return end < 0 ? -1 : (long)at + 2 + end + 1;
    }
    return (long)at + 1;
  default: return (long)at + 1;
  }
}

static bool ends_word(char c) { return c == '\0' || strchr(" \t\n;&|<>()", c) != NULL; }

/* $'...' is the one quoting that skip_quoted does not know: its backslash hides a quote. */
static long skip_dollar_quoted(const char *text, size_t length, size_t at) {
  for (at += 2; at < length; at++) {
    if (text[at] == '\\') at++;
    else if (text[at] == '\'') return (long)at + 1;
  }
  return -1;
}

static void read_word(struct parser *parser) {
  size_t start = parser->at;
  size_t at = start;
  while (at < parser->length && !ends_word(parser->source[at])) {
    bool dollar_quoted = parser->source[at] == '$' && at + 1 < parser->length && parser->source[at + 1] == '\'';
    long next = dollar_quoted ? skip_dollar_quoted(parser->source, parser->length, at)
                              : skip_quoted(parser->source, parser->length, at);
    if (next < 0) {
      syntax_error(parser, "syntax error: unterminated quoted string");
      parser->cut = true;
      next = (long)parser->length;
    }
    at = (size_t)next < parser->length ? (size_t)next : parser->length;
  }
  char *word = arena_take(parser->arena, at - start + 1);
  size_t length = 0;
  for (size_t i = start; i < at; i++) {
    if (parser->source[i] == '\n') parser->line++;
    word[length++] = parser->source[i];
  }
  word[length] = '\0';
  parser->at = at;
  parser->token = TOKEN_WORD;
  parser->text = word;
}

/* Bodies come after the newline that ends the line of their operators. */
static void read_here_documents(struct parser *parser) {
  for (int i = 0; i < parser->waiting_count; i++) {
    struct redirect *redirect = parser->waiting[i];
    struct buffer body = {0};
    buffer_add(&body, "", 0);
    bool found = false;
    while (parser->at < parser->length && !found) {
      size_t start = parser->at;
      while (parser->at < parser->length && parser->source[parser->at] != '\n') parser->at++;
      size_t end = parser->at;
      if (parser->at < parser->length) parser->at++;
      parser->line++;
      while (parser->strips[i] && start < end && parser->source[start] == '\t') start++;
      found = end - start == strlen(parser->delimiters[i]) &&
              memcmp(parser->source + start, parser->delimiters[i], end - start) == 0;
      if (found) break;
      buffer_add(&body, parser->source + start, end - start);
      buffer_add_char(&body, '\n');
    }
    redirect->target = arena_take(parser->arena, body.length + 1);
    if (!found) parser->cut = true;
    memcpy(redirect->target, body.data, body.length + 1);
    buffer_free(&body);
  }
  parser->waiting_count = 0;
}

static void skip_blanks(struct parser *parser) {
  while (parser->at < parser->length) {
    char c = parser->source[parser->at];
    if (c == ' ' || c == '\t' || c == '\r') {
      parser->at++;
    } else if (c == '\\' && parser->at + 1 < parser->length && parser->source[parser->at + 1] == '\n') {
      parser->at += 2;
      parser->line++;
    } else if (c == '#') {
      while (parser->at < parser->length && parser->source[parser->at] != '\n') parser->at++;
    } else {
      return;
    }
  }
}

static const struct {
  const char *text;
  enum token token;
  enum redirect_kind redirect;
  int fd;
} OPERATORS[] = {
  {"&>>", TOKEN_REDIRECT, REDIRECT_ALL_APPEND, 1},
  {"&>", TOKEN_REDIRECT, REDIRECT_ALL, 1},
  {"<<<", TOKEN_REDIRECT, REDIRECT_STRING, 0},
  {"<<-", TOKEN_REDIRECT, REDIRECT_HERE, 0},
  {"<<", TOKEN_REDIRECT, REDIRECT_HERE, 0},
  {"<&", TOKEN_REDIRECT, REDIRECT_DUPLICATE, 0},
  {"<>", TOKEN_REDIRECT, REDIRECT_BOTH, 0},
  {"<", TOKEN_REDIRECT, REDIRECT_READ, 0},
  {">>", TOKEN_REDIRECT, REDIRECT_APPEND, 1},
  {">&", TOKEN_REDIRECT, REDIRECT_DUPLICATE, 1},
  {">|", TOKEN_REDIRECT, REDIRECT_WRITE, 1},
  {">", TOKEN_REDIRECT, REDIRECT_WRITE, 1},
  {"&&", TOKEN_AND, 0, 0},
  {"||", TOKEN_OR, 0, 0},
  {";;", TOKEN_CASE_END, 0, 0},
  {";", TOKEN_SEMICOLON, 0, 0},
  {"&", TOKEN_BACKGROUND, 0, 0},
  {"|", TOKEN_PIPE, 0, 0},
  {"(", TOKEN_OPEN, 0, 0},
  {")", TOKEN_CLOSE, 0, 0},
};

static bool read_operator(struct parser *parser) {
  const char *at = parser->source + parser->at;
  size_t left = parser->length - parser->at;
  size_t digits = left > 1 && *at >= '0' && *at <= '9' && (at[1] == '<' || at[1] == '>') ? 1 : 0;
  for (size_t i = 0; i < sizeof OPERATORS / sizeof *OPERATORS; i++) {
    size_t length = strlen(OPERATORS[i].text);
    if (left < digits + length || memcmp(at + digits, OPERATORS[i].text, length) != 0) continue;
    parser->token = OPERATORS[i].token;
    parser->text = (char *)OPERATORS[i].text;
    parser->redirect = OPERATORS[i].redirect;
    parser->redirect_fd = digits ? *at - '0' : OPERATORS[i].fd;
    parser->strip_tabs = strcmp(OPERATORS[i].text, "<<-") == 0;
    parser->at += digits + length;
    return true;
  }
  return false;
}

enum token peek_token(struct parser *parser) {
  if (parser->peeked) return parser->token;
  skip_blanks(parser);
  parser->peeked = true;
  parser->token_line = parser->line;
  if (parser->error != NULL || parser->at >= parser->length) {
    parser->token = TOKEN_END;
    parser->text = "end of file";
  } else if (parser->source[parser->at] == '\n') {
    parser->at++;
    parser->line++;
    parser->token = TOKEN_NEWLINE;
    parser->text = "newline";
    read_here_documents(parser);
  } else if (!read_operator(parser)) {
    read_word(parser);
  }
  parser->token_end = parser->at;
  if (parser->error != NULL) parser->token = TOKEN_END;
  return parser->token;
}

void take_token(struct parser *parser) {
  peek_token(parser);
  parser->peeked = false;
}

bool is_name(const char *text, size_t length) {
  if (length == 0 || (text[0] >= '0' && text[0] <= '9')) return false;
  for (size_t i = 0; i < length; i++) {
    char c = text[i];
    if (!(c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) return false;
  }
  return true;
}

size_t assignment_name(const char *word) {
  const char *equals = strchr(word, '=');
  if (equals == NULL) return 0;
  size_t length = (size_t)(equals - word);
  if (length > 1 && word[length - 1] == '+') length--;
  return is_name(word, length) ? length : 0;
}
