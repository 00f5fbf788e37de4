/* The configuration's grammar: words, quotes, comments, semicolons and braces. */
#include "nginx.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct scanner {
  const char *at;
  const char *file;
  int line;
  char *error;
};

char *format(const char *text, ...) {
  va_list values;
  va_start(values, text);
  char *made;
  if (vasprintf(&made, text, values) < 0) made = must_strdup("out of memory");
  va_end(values);
  return made;
}

static void skip_blanks(struct scanner *scanner) {
  for (;;) {
    if (*scanner->at == '#') {
      while (*scanner->at != '\0' && *scanner->at != '\n') scanner->at++;
    } else if (*scanner->at != '\0' && strchr(" \t\r\n", *scanner->at) != NULL) {
      if (*scanner->at++ == '\n') scanner->line++;
    } else {
      return;
    }
  }
}

static char *quoted_word(struct scanner *scanner) {
  struct buffer word = {0};
  char quote = *scanner->at++;
  buffer_add(&word, "", 0);
  for (; *scanner->at != '\0' && *scanner->at != quote; scanner->at++) {
    if (*scanner->at == '\n') scanner->line++;
    if (*scanner->at == '\\' && scanner->at[1] != '\0') {
      scanner->at++;
      if (*scanner->at == 'n') {
        buffer_add_char(&word, '\n');
        continue;
      }
      if (*scanner->at != quote && *scanner->at != '\\') buffer_add_char(&word, '\\');
    }
    buffer_add_char(&word, *scanner->at);
  }
  if (*scanner->at == '\0') {
    scanner->error = format("unexpected end of file, expecting \";\" or \"}\" in %s:%d", scanner->file, scanner->line);
    return word.data;
  }
  scanner->at++;
  return word.data;
}

/* Null at `;`, `{`, `}` and the end. */
static char *next_word(struct scanner *scanner) {
  skip_blanks(scanner);
  if (*scanner->at == '"' || *scanner->at == '\'') return quoted_word(scanner);
  size_t length = strcspn(scanner->at, " \t\r\n;{}");
  if (length == 0) return NULL;
  char *word = must_malloc(length + 1);
  memcpy(word, scanner->at, length);
  word[length] = '\0';
  scanner->at += length;
  return word;
}

static struct directive *parse_block(struct scanner *scanner, bool nested) {
  struct directive *first = NULL;
  struct directive **tail = &first;
  for (;;) {
    skip_blanks(scanner);
    int line = scanner->line;
    char *name = next_word(scanner);
    if (scanner->error != NULL) return NULL;
    if (name == NULL) {
      if (*scanner->at == '\0' && !nested) return first;
      if (*scanner->at == '}' && nested) {
        scanner->at++;
        return first;
      }
      scanner->error = *scanner->at == '\0'
                         ? format("unexpected end of file, expecting \"}\" in %s:%d", scanner->file, scanner->line)
                         : format("unexpected \"%c\" in %s:%d", *scanner->at, scanner->file, scanner->line);
      return NULL;
    }
    struct directive *directive = must_malloc(sizeof *directive);
    *directive = (struct directive){.name = name, .file = scanner->file, .line = line};
    for (char *word; (word = next_word(scanner)) != NULL && scanner->error == NULL;) {
      directive->arguments = must_realloc(directive->arguments, (size_t)(directive->count + 2) * sizeof(char *));
      directive->arguments[directive->count++] = word;
      directive->arguments[directive->count] = NULL;
    }
    if (scanner->error == NULL && *scanner->at == '{') {
      scanner->at++;
      directive->block = true;
      directive->children = parse_block(scanner, true);
    } else if (scanner->error == NULL && *scanner->at == ';') {
      scanner->at++;
    } else if (scanner->error == NULL) {
      scanner->error = format("directive \"%s\" is not terminated by \";\" in %s:%d", name, scanner->file, line);
    }
    if (scanner->error != NULL) return NULL;
    *tail = directive;
    tail = &directive->next;
  }
}

struct directive *parse_config(const char *text, const char *name, char **error) {
  struct scanner scanner = {.at = text, .file = name, .line = 1};
  struct directive *directives = parse_block(&scanner, false);
  *error = scanner.error;
  return directives;
}

struct directive *read_config(const char *path, char **error) {
  int descriptor = open(path, O_RDONLY);
  if (descriptor < 0) {
    *error = format("open() \"%s\" failed (%d: %s)", path, errno == ENOENT ? 2 : errno, strerror(errno));
    return NULL;
  }
  struct buffer text = {0};
  char chunk[4096];
  ssize_t count;
  buffer_add(&text, "", 0);
  while ((count = read(descriptor, chunk, sizeof chunk)) > 0) buffer_add(&text, chunk, (size_t)count);
  close(descriptor);
  return parse_config(text.data, must_strdup(path), error);
}
