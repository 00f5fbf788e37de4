/* The parser: from tokens to the tree, by POSIX's grammar with `[[`, `function` and `&>` added. */
#include "shell.h"

#define DEPTH_LIMIT 200

static struct node *parse_list(struct parser *parser);
static struct node *parse_and_or(struct parser *parser);

static void *make(struct parser *parser, size_t size) {
  return memset(arena_take(parser->arena, size), 0, size);
}

static struct node *make_node(struct parser *parser, enum node_kind kind) {
  struct node *node = make(parser, sizeof *node);
  node->kind = kind;
  node->line = parser->token_line;
  return node;
}

static struct node *unexpected(struct parser *parser) {
  peek_token(parser);
  if (parser->token == TOKEN_WORD) syntax_error(parser, "syntax error: unexpected \"%s\"", parser->text);
  else if (parser->token == TOKEN_END || parser->token == TOKEN_NEWLINE) {
    syntax_error(parser, "syntax error: unexpected %s", parser->text);
  } else syntax_error(parser, "syntax error: unexpected \"%s\"", parser->text);
  return NULL;
}

static bool at_word(struct parser *parser, const char *word) {
  return peek_token(parser) == TOKEN_WORD && strcmp(parser->text, word) == 0;
}

static bool expect_word(struct parser *parser, const char *word) {
  if (!at_word(parser, word)) {
    peek_token(parser);
    if (parser->token == TOKEN_END || parser->token == TOKEN_NEWLINE) {
      syntax_error(parser, "syntax error: unexpected %s (expecting \"%s\")", parser->text, word);
    } else syntax_error(parser, "syntax error: unexpected \"%s\" (expecting \"%s\")", parser->text, word);
    return false;
  }
  take_token(parser);
  return true;
}

static void skip_newlines(struct parser *parser) {
  while (peek_token(parser) == TOKEN_NEWLINE) take_token(parser);
}

static bool is_reserved(const char *text) {
  static const char *const RESERVED[] = {"!",  "{",    "}",    "case", "do",    "done",  "elif", "else",    "esac",
                                         "fi", "for",  "if",   "in",   "then",  "until", "while", "[[", "function"};
  for (size_t i = 0; i < sizeof RESERVED / sizeof *RESERVED; i++) {
    if (strcmp(text, RESERVED[i]) == 0) return true;
  }
  return false;
}

/* Words that end a list: the construct around it takes them. */
static bool ends_list(struct parser *parser) {
  static const char *const ENDS[] = {"then", "elif", "else", "fi", "do", "done", "esac", "}"};
  switch (peek_token(parser)) {
  case TOKEN_END: case TOKEN_CLOSE: case TOKEN_CASE_END: return true;
  case TOKEN_WORD: break;
  default: return false;
  }
  for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
    if (strcmp(parser->text, ENDS[i]) == 0) return true;
  }
  return false;
}

static char *copy(struct parser *parser, const char *text) {
  return strcpy(arena_take(parser->arena, strlen(text) + 1), text);
}

/* A here-document's delimiter without its quotes. */
static char *unquoted(struct parser *parser, const char *text, bool *quoted) {
  char *plain = arena_take(parser->arena, strlen(text) + 1);
  size_t length = 0;
  *quoted = strpbrk(text, "\"'\\") != NULL;
  for (; *text != '\0'; text++) {
    if (*text == '"' || *text == '\'') continue;
    if (*text == '\\' && text[1] != '\0') text++;
    plain[length++] = *text;
  }
  plain[length] = '\0';
  return plain;
}

static bool parse_redirect(struct parser *parser, struct redirect ***tail) {
  struct redirect *redirect = make(parser, sizeof *redirect);
  redirect->kind = parser->redirect;
  redirect->fd = parser->redirect_fd;
  bool strip = parser->strip_tabs;
  take_token(parser);
  if (peek_token(parser) != TOKEN_WORD) return unexpected(parser) != NULL;
  redirect->target = parser->text;
  if (redirect->kind == REDIRECT_HERE) {
    if (parser->waiting_count == 16) {
      syntax_error(parser, "syntax error: more than 16 here-documents on a line");
      return false;
    }
    int index = parser->waiting_count++;
    parser->delimiters[index] = unquoted(parser, parser->text, &redirect->literal);
    parser->strips[index] = strip;
    parser->waiting[index] = redirect;
    redirect->target = copy(parser, "");
  }
  take_token(parser);
  **tail = redirect;
  *tail = &redirect->next;
  return true;
}

static void parse_redirects(struct parser *parser, struct node *node) {
  struct redirect **tail = &node->redirects;
  while (*tail != NULL) tail = &(*tail)->next;
  while (peek_token(parser) == TOKEN_REDIRECT && parse_redirect(parser, &tail)) continue;
}

static void add_word(struct parser *parser, struct word ***tail, char *text) {
  struct word *word = make(parser, sizeof *word);
  word->text = text;
  **tail = word;
  *tail = &word->next;
}

static struct node *parse_function_body(struct parser *parser, struct node *node, char *name) {
  node->kind = NODE_FUNCTION;
  node->name = name;
  skip_newlines(parser);
  if (ends_list(parser) || peek_token(parser) == TOKEN_SEMICOLON) return unexpected(parser);
  node->left = parse_and_or(parser);
  return node->left == NULL ? NULL : node;
}

static struct node *parse_simple(struct parser *parser) {
  struct node *node = make_node(parser, NODE_SIMPLE);
  struct word **tail = &node->words;
  struct redirect **redirects = &node->redirects;
  for (;;) {
    enum token token = peek_token(parser);
    if (token == TOKEN_REDIRECT) {
      if (!parse_redirect(parser, &redirects)) return NULL;
    } else if (token == TOKEN_WORD) {
      char *text = parser->text;
      take_token(parser);
      bool first = node->words == NULL && node->redirects == NULL;
      add_word(parser, &tail, text);
      if (first && peek_token(parser) == TOKEN_OPEN) {
        take_token(parser);
        if (peek_token(parser) != TOKEN_CLOSE) return unexpected(parser);
        take_token(parser);
        node->words = NULL;
        return parse_function_body(parser, node, text);
      }
    } else {
      break;
    }
  }
  if (node->words == NULL && node->redirects == NULL) return unexpected(parser);
  return node;
}

static struct node *parse_if(struct parser *parser) {
  struct node *node = make_node(parser, NODE_IF);
  take_token(parser); /* if or elif */
  node->left = parse_list(parser);
  if (node->left == NULL || !expect_word(parser, "then")) return NULL;
  node->right = parse_list(parser);
  if (node->right == NULL) return NULL;
  if (at_word(parser, "elif")) {
    node->otherwise = parse_if(parser);
    return node->otherwise == NULL ? NULL : node; /* the inner one took `fi` */
  }
  if (at_word(parser, "else")) {
    take_token(parser);
    node->otherwise = parse_list(parser);
    if (node->otherwise == NULL) return NULL;
  }
  return expect_word(parser, "fi") ? node : NULL;
}

static struct node *parse_do(struct parser *parser) {
  if (!expect_word(parser, "do")) return NULL;
  struct node *body = parse_list(parser);
  return body != NULL && expect_word(parser, "done") ? body : NULL;
}

static struct node *parse_while(struct parser *parser, enum node_kind kind) {
  struct node *node = make_node(parser, kind);
  take_token(parser);
  node->left = parse_list(parser);
  if (node->left == NULL) return NULL;
  node->right = parse_do(parser);
  return node->right == NULL ? NULL : node;
}

static struct node *parse_for(struct parser *parser) {
  struct node *node = make_node(parser, NODE_FOR);
  take_token(parser);
  if (peek_token(parser) != TOKEN_WORD || !is_name(parser->text, strlen(parser->text))) {
    if (parser->token == TOKEN_WORD) syntax_error(parser, "syntax error: bad for loop variable");
    return unexpected(parser);
  }
  node->name = parser->text;
  take_token(parser);
  node->over_parameters = true;
  bool separated = peek_token(parser) == TOKEN_SEMICOLON;
  if (separated) take_token(parser);
  skip_newlines(parser);
  if (!separated && at_word(parser, "in")) {
    take_token(parser);
    node->over_parameters = false;
    struct word **tail = &node->words;
    while (peek_token(parser) == TOKEN_WORD) {
      add_word(parser, &tail, parser->text);
      take_token(parser);
    }
    if (peek_token(parser) != TOKEN_SEMICOLON && parser->token != TOKEN_NEWLINE) return unexpected(parser);
    take_token(parser);
    skip_newlines(parser);
  }
  node->right = parse_do(parser);
  return node->right == NULL ? NULL : node;
}

static struct case_item *parse_case_item(struct parser *parser) {
  struct case_item *item = make(parser, sizeof *item);
  struct word **tail = &item->patterns;
  if (peek_token(parser) == TOKEN_OPEN) take_token(parser);
  for (;;) {
    if (peek_token(parser) != TOKEN_WORD) return (void *)unexpected(parser);
    add_word(parser, &tail, parser->text);
    take_token(parser);
    if (peek_token(parser) != TOKEN_PIPE) break;
    take_token(parser);
  }
  if (peek_token(parser) != TOKEN_CLOSE) return (void *)unexpected(parser);
  take_token(parser);
  skip_newlines(parser);
  if (peek_token(parser) != TOKEN_CASE_END && !at_word(parser, "esac")) {
    item->body = parse_list(parser);
    if (item->body == NULL) return NULL;
  }
  if (peek_token(parser) == TOKEN_CASE_END) take_token(parser);
  else if (!at_word(parser, "esac")) return (void *)unexpected(parser);
  skip_newlines(parser);
  return item;
}

static struct node *parse_case(struct parser *parser) {
  struct node *node = make_node(parser, NODE_CASE);
  take_token(parser);
  if (peek_token(parser) != TOKEN_WORD) return unexpected(parser);
  node->name = parser->text;
  take_token(parser);
  skip_newlines(parser);
  if (!expect_word(parser, "in")) return NULL;
  skip_newlines(parser);
  struct case_item **tail = &node->items;
  while (!at_word(parser, "esac")) {
    *tail = parse_case_item(parser);
    if (*tail == NULL) return NULL;
    tail = &(*tail)->next;
  }
  take_token(parser);
  return node;
}

static struct node *parse_group(struct parser *parser, enum node_kind kind) {
  struct node *node = make_node(parser, kind);
  take_token(parser);
  node->left = parse_list(parser);
  if (node->left == NULL) return NULL;
  if (kind == NODE_GROUP) return expect_word(parser, "}") ? node : NULL;
  if (peek_token(parser) != TOKEN_CLOSE) return unexpected(parser);
  take_token(parser);
  return node;
}

/* Everything up to `]]` is words; operators among them too. */
static struct node *parse_condition(struct parser *parser) {
  struct node *node = make_node(parser, NODE_CONDITION);
  struct word **tail = &node->words;
  take_token(parser);
  for (bool pattern = false;;) {
    enum token token = peek_token(parser);
    if (token == TOKEN_END) return unexpected(parser);
    if (token == TOKEN_NEWLINE) {
      take_token(parser);
      continue;
    }
    if (pattern && token == TOKEN_OPEN) {
      syntax_error(parser, "syntax error: quote the parentheses of a regular expression in [[ ]]");
      return NULL;
    }
    char *text = parser->text;
    pattern = strcmp(text, "=~") == 0;
    take_token(parser);
    if (token == TOKEN_WORD && strcmp(text, "]]") == 0) return node;
    add_word(parser, &tail, text);
  }
}

/* `((...))`: bash's other spelling of `let`. Null when it is a subshell in a subshell after all. */
static struct node *parse_arithmetic(struct parser *parser) {
  if (parser->at >= parser->length || parser->source[parser->at] != '(') return NULL;
  long end = skip_arithmetic(parser->source, parser->length, parser->at + 1);
  if (end < 0) return NULL;
  size_t length = (size_t)end - parser->at - 3;
  struct node *node = make_node(parser, NODE_SIMPLE);
  struct word **tail = &node->words;
  char *text = arena_take(parser->arena, length + 3);
  text[0] = '"';
  memcpy(text + 1, parser->source + parser->at + 1, length);
  text[length + 1] = '"';
  text[length + 2] = '\0';
  add_word(parser, &tail, copy(parser, "let"));
  add_word(parser, &tail, text);
  parser->at = (size_t)end;
  take_token(parser);
  return node;
}

static struct node *parse_command(struct parser *parser) {
  if (++parser->depth > DEPTH_LIMIT) {
    syntax_error(parser, "syntax error: nested too deeply");
    return NULL;
  }
  struct node *node = NULL;
  enum token token = peek_token(parser);
  if (token == TOKEN_OPEN) {
    node = parse_arithmetic(parser);
    if (node == NULL) node = parse_group(parser, NODE_SUBSHELL);
  } else if (token != TOKEN_WORD || !is_reserved(parser->text)) {
    node = token == TOKEN_WORD || token == TOKEN_REDIRECT ? parse_simple(parser) : unexpected(parser);
    parser->depth--;
    return node;
  } else if (at_word(parser, "{")) node = parse_group(parser, NODE_GROUP);
  else if (at_word(parser, "if")) node = parse_if(parser);
  else if (at_word(parser, "while")) node = parse_while(parser, NODE_WHILE);
  else if (at_word(parser, "until")) node = parse_while(parser, NODE_UNTIL);
  else if (at_word(parser, "for")) node = parse_for(parser);
  else if (at_word(parser, "case")) node = parse_case(parser);
  else if (at_word(parser, "[[")) node = parse_condition(parser);
  else if (at_word(parser, "function")) {
    take_token(parser);
    if (peek_token(parser) != TOKEN_WORD) return unexpected(parser);
    node = make_node(parser, NODE_FUNCTION);
    char *name = parser->text;
    take_token(parser);
    if (peek_token(parser) == TOKEN_OPEN) {
      take_token(parser);
      if (peek_token(parser) != TOKEN_CLOSE) return unexpected(parser);
      take_token(parser);
    }
    node = parse_function_body(parser, node, name);
  } else node = unexpected(parser);
  if (node != NULL && node->kind != NODE_FUNCTION) parse_redirects(parser, node);
  parser->depth--;
  return parser->error != NULL ? NULL : node;
}

static struct node *join(struct parser *parser, enum node_kind kind, struct node *left, struct node *right) {
  struct node *node = make_node(parser, kind);
  node->line = left->line;
  node->left = left;
  node->right = right;
  return node;
}

/* Sequences lean to the right, so that running one does not nest. Returns where the next part goes. */
static struct node **append(struct parser *parser, struct node **tail, struct node *node) {
  if (*tail == NULL) {
    *tail = node;
    return tail;
  }
  *tail = join(parser, NODE_SEQUENCE, *tail, node);
  return &(*tail)->right;
}

static struct node *parse_pipeline(struct parser *parser) {
  bool negated = false;
  while (at_word(parser, "!")) {
    negated = !negated;
    take_token(parser);
  }
  struct node *node = parse_command(parser);
  if (node != NULL && peek_token(parser) == TOKEN_PIPE) {
    take_token(parser);
    skip_newlines(parser);
    struct node *right = parse_pipeline(parser);
    if (right == NULL) return NULL;
    node = join(parser, NODE_PIPE, node, right);
  }
  if (node == NULL || !negated) return node;
  return join(parser, NODE_NOT, node, NULL);
}

static struct node *parse_and_or(struct parser *parser) {
  struct node *node = parse_pipeline(parser);
  while (node != NULL) {
    enum token token = peek_token(parser);
    if (token != TOKEN_AND && token != TOKEN_OR) break;
    take_token(parser);
    skip_newlines(parser);
    struct node *right = parse_pipeline(parser);
    if (right == NULL) return NULL;
    node = join(parser, token == TOKEN_AND ? NODE_AND : NODE_OR, node, right);
  }
  return node;
}

static struct node *with_background(struct parser *parser, struct node *node) {
  return parser->token == TOKEN_BACKGROUND ? join(parser, NODE_BACKGROUND, node, NULL) : node;
}

/* Commands up to a word that ends the list; at least one. */
static struct node *parse_list(struct parser *parser) {
  struct node *list = NULL;
  struct node **tail = &list;
  skip_newlines(parser);
  while (!ends_list(parser)) {
    struct node *node = parse_and_or(parser);
    if (node == NULL) return NULL;
    enum token token = peek_token(parser);
    node = with_background(parser, node);
    tail = append(parser, tail, node);
    if (token != TOKEN_SEMICOLON && token != TOKEN_BACKGROUND && token != TOKEN_NEWLINE) break;
    take_token(parser);
    skip_newlines(parser);
  }
  return list == NULL ? unexpected(parser) : list;
}

struct node *parse_line(struct parser *parser) {
  skip_newlines(parser);
  struct node *line = NULL;
  struct node **tail = &line;
  while (peek_token(parser) != TOKEN_END) {
    struct node *node = parse_and_or(parser);
    if (node == NULL) return NULL;
    enum token token = peek_token(parser);
    node = with_background(parser, node);
    tail = append(parser, tail, node);
    if (token == TOKEN_CLOSE && parser->closed) break;
    if (token != TOKEN_SEMICOLON && token != TOKEN_BACKGROUND && token != TOKEN_NEWLINE && token != TOKEN_END) {
      return unexpected(parser);
    }
    if (token != TOKEN_END) take_token(parser);
    if (token == TOKEN_NEWLINE || (parser->closed && peek_token(parser) == TOKEN_CLOSE)) break;
    if (peek_token(parser) == TOKEN_NEWLINE) {
      take_token(parser);
      break;
    }
  }
  return parser->error != NULL ? NULL : line;
}

struct node *parse_all(struct parser *parser) {
  struct node *all = NULL;
  struct node **tail = &all;
  for (;;) {
    struct node *line = parse_line(parser);
    if (line == NULL) return parser->error != NULL ? NULL : all;
    tail = append(parser, tail, line);
    while ((*tail)->kind == NODE_SEQUENCE) tail = &(*tail)->right;
  }
}
