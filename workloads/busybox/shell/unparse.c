/* From the tree back to text: how a part of a script reaches another process, or outlives its source. */
#include "shell.h"

static void add_node(struct buffer *buffer, const struct node *node);

void add_quoted(struct buffer *buffer, const char *text) {
  buffer_add_char(buffer, '\'');
  for (; *text != '\0'; text++) {
    if (*text == '\'') buffer_add_string(buffer, "'\\''");
    else buffer_add_char(buffer, *text);
  }
  buffer_add_char(buffer, '\'');
}

/* A here-document becomes a here-string: one line, the same bytes (its last newline is added again). */
static void add_here(struct buffer *buffer, const struct redirect *redirect) {
  size_t length = strlen(redirect->target);
  char *body = take_substring(redirect->target, length > 0 ? length - 1 : 0);
  if (redirect->literal) {
    add_quoted(buffer, body);
    return;
  }
  buffer_add_char(buffer, '"');
  for (; *body != '\0'; body++) {
    if (*body == '\\' && body[1] != '\0') buffer_add_char(buffer, *body++);
    else if (*body == '"') buffer_add_char(buffer, '\\');
    buffer_add_char(buffer, *body);
  }
  buffer_add_char(buffer, '"');
}

static void add_redirects(struct buffer *buffer, const struct redirect *redirect) {
  static const char *const OPERATORS[] = {"<", ">", ">>", "<>", ">&", "&>", "&>>", "<<<", "<<<"};
  for (; redirect != NULL; redirect = redirect->next) {
    buffer_add_char(buffer, ' ');
    if (redirect->kind == REDIRECT_HERE && redirect->target[0] == '\0') {
      buffer_add_char(buffer, (char)('0' + redirect->fd));
      buffer_add_string(buffer, "</dev/null");
      continue;
    }
    if (redirect->kind != REDIRECT_ALL && redirect->kind != REDIRECT_ALL_APPEND) {
      buffer_add_char(buffer, (char)('0' + redirect->fd));
    }
    buffer_add_string(buffer, OPERATORS[redirect->kind]);
    if (redirect->kind == REDIRECT_HERE) add_here(buffer, redirect);
    else buffer_add_string(buffer, redirect->target);
  }
}

static void add_words(struct buffer *buffer, const struct word *word) {
  for (; word != NULL; word = word->next) {
    buffer_add_string(buffer, word->text);
    if (word->next != NULL) buffer_add_char(buffer, ' ');
  }
}

static void add_part(struct buffer *buffer, const char *before, const struct node *node) {
  buffer_add_string(buffer, before);
  add_node(buffer, node);
}

/* A list that something follows: `&` already ends a command, anything else needs `;`. */
static void add_list(struct buffer *buffer, const char *before, const struct node *node, const char *after) {
  add_part(buffer, before, node);
  while (node->kind == NODE_SEQUENCE) node = node->right;
  buffer_add_string(buffer, node->kind == NODE_BACKGROUND ? " " : "; ");
  buffer_add_string(buffer, after);
}

static void add_if(struct buffer *buffer, const struct node *node, const char *keyword) {
  add_list(buffer, keyword, node->left, "then ");
  add_list(buffer, "", node->right, "");
  if (node->otherwise != NULL && node->otherwise->kind == NODE_IF && node->otherwise->redirects == NULL) {
    add_if(buffer, node->otherwise, "elif ");
    return;
  }
  if (node->otherwise != NULL) add_list(buffer, "else ", node->otherwise, "");
  buffer_add_string(buffer, "fi");
}

static void add_case(struct buffer *buffer, const struct node *node) {
  buffer_add_string(buffer, "case ");
  buffer_add_string(buffer, node->name);
  buffer_add_string(buffer, " in ");
  for (const struct case_item *item = node->items; item != NULL; item = item->next) {
    buffer_add_char(buffer, '(');
    for (const struct word *pattern = item->patterns; pattern != NULL; pattern = pattern->next) {
      buffer_add_string(buffer, pattern->text);
      if (pattern->next != NULL) buffer_add_char(buffer, '|');
    }
    buffer_add_string(buffer, ") ");
    if (item->body != NULL) add_node(buffer, item->body);
    buffer_add_string(buffer, item->body != NULL && item->body->kind == NODE_BACKGROUND ? "\n;; " : ";; ");
  }
  buffer_add_string(buffer, "esac");
}

static void add_binary(struct buffer *buffer, const struct node *node, const char *operator) {
  add_node(buffer, node->left);
  buffer_add_string(buffer, operator);
  add_node(buffer, node->right);
}

static void add_sequence(struct buffer *buffer, const struct node *node) {
  for (; node->kind == NODE_SEQUENCE; node = node->right) add_list(buffer, "", node->left, "");
  add_node(buffer, node);
}

static void add_for(struct buffer *buffer, const struct node *node) {
  buffer_add_string(buffer, "for ");
  buffer_add_string(buffer, node->name);
  if (!node->over_parameters) {
    buffer_add_string(buffer, " in ");
    add_words(buffer, node->words);
  }
  add_list(buffer, "; do ", node->right, "done");
}

static void add_node(struct buffer *buffer, const struct node *node) {
  switch (node->kind) {
  case NODE_SIMPLE: add_words(buffer, node->words); break;
  case NODE_PIPE: add_binary(buffer, node, " | "); break;
  case NODE_AND: add_binary(buffer, node, " && "); break;
  case NODE_OR: add_binary(buffer, node, " || "); break;
  case NODE_NOT: add_part(buffer, "! ", node->left); break;
  case NODE_SEQUENCE: add_sequence(buffer, node); break;
  case NODE_BACKGROUND:
    add_node(buffer, node->left);
    buffer_add_string(buffer, " &");
    break;
  case NODE_SUBSHELL:
    add_part(buffer, "( ", node->left);
    buffer_add_string(buffer, " )");
    break;
  case NODE_GROUP: add_list(buffer, "{ ", node->left, "}"); break;
  case NODE_IF: add_if(buffer, node, "if "); break;
  case NODE_WHILE:
    add_list(buffer, "while ", node->left, "do ");
    add_list(buffer, "", node->right, "done");
    break;
  case NODE_UNTIL:
    add_list(buffer, "until ", node->left, "do ");
    add_list(buffer, "", node->right, "done");
    break;
  case NODE_FOR: add_for(buffer, node); break;
  case NODE_CASE: add_case(buffer, node); break;
  case NODE_FUNCTION:
    buffer_add_string(buffer, node->name);
    add_part(buffer, "() ", node->left);
    break;
  case NODE_CONDITION:
    buffer_add_string(buffer, "[[ ");
    add_words(buffer, node->words);
    buffer_add_string(buffer, " ]]");
    break;
  }
  add_redirects(buffer, node->redirects);
}

char *unparse(const struct node *node) {
  struct buffer buffer = {0};
  add_node(&buffer, node);
  char *text = take_substring(buffer.data, buffer.length);
  buffer_free(&buffer);
  return text;
}
