/* The shell's parts: text -> tokens -> tree -> words expanded -> commands run. */
#pragma once
#include "arena.h"
#include "busybox.h"

/* ---- the tree ---- */

/** Words keep their quotes: expansion reads them. */
struct word {
  char *text;
  struct word *next;
};

enum redirect_kind {
  REDIRECT_READ,      /* <    */
  REDIRECT_WRITE,     /* >    */
  REDIRECT_APPEND,    /* >>   */
  REDIRECT_BOTH,      /* <>   */
  REDIRECT_DUPLICATE, /* >& <& */
  REDIRECT_ALL,       /* &>   */
  REDIRECT_ALL_APPEND,/* &>>  */
  REDIRECT_HERE,      /* << and <<- : the target is the text */
  REDIRECT_STRING,    /* <<<  */
};

struct redirect {
  enum redirect_kind kind;
  int fd;
  char *target;
  /** Of a here-document: the delimiter was quoted, nothing is expanded. */
  bool literal;
  struct redirect *next;
};

struct case_item {
  struct word *patterns;
  struct node *body;
  struct case_item *next;
};

enum node_kind {
  NODE_SIMPLE,
  NODE_PIPE,
  NODE_AND,
  NODE_OR,
  NODE_NOT,
  NODE_SEQUENCE,
  NODE_BACKGROUND,
  NODE_SUBSHELL,
  NODE_GROUP,
  NODE_IF,
  NODE_WHILE,
  NODE_UNTIL,
  NODE_FOR,
  NODE_CASE,
  NODE_FUNCTION,
  NODE_CONDITION, /* [[ ... ]] */
};

struct node {
  enum node_kind kind;
  int line;
  struct node *left;  /* condition, first part, body of groups */
  struct node *right; /* then part, second part, body of loops */
  struct node *otherwise;
  struct word *words;
  char *name; /* of for, case (the subject) and functions */
  /** `for x` without `in` walks the parameters. */
  bool over_parameters;
  struct case_item *items;
  struct redirect *redirects;
};

/* ---- parser.c, lexer.c ---- */

enum token {
  TOKEN_WORD, TOKEN_NEWLINE, TOKEN_END, TOKEN_AND, TOKEN_OR, TOKEN_SEMICOLON, TOKEN_CASE_END, TOKEN_BACKGROUND,
  TOKEN_PIPE, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_REDIRECT,
};

struct parser {
  const char *source;
  size_t length;
  size_t at;
  int line;
  struct arena *arena;
  /* the token looked at */
  bool peeked;
  enum token token;
  char *text;
  enum redirect_kind redirect;
  int redirect_fd;
  bool strip_tabs;
  int token_line;
  size_t token_end;
  /** Here-documents whose bodies come after the next newline. */
  struct redirect *waiting[16];
  char *delimiters[16];
  bool strips[16];
  int waiting_count;
  int depth;
  /** The text ended within a command. */
  bool cut;
  /** A closing parenthesis ends the text: it is a command substitution's. */
  bool closed;
  char *error;
};

struct parser parser_of(const char *source, size_t length, struct arena *arena);
enum token peek_token(struct parser *parser);
void take_token(struct parser *parser);
/** Where the text after `$(` ends: the index of its `)`, or -1. */
long command_substitution_end(const char *text, size_t length);
/** Index after the quoted or substituted part that starts at `at`; -1 when it does not end. */
long skip_quoted(const char *text, size_t length, size_t at);
/** After `$((`: the index after `))`, -1 when it does not end, -2 when it is a command substitution after all. */
long skip_arithmetic(const char *text, size_t length, size_t at);
/** The next complete command line; null at the end or with `error` set. */
struct node *parse_line(struct parser *parser);
/** Everything as one tree. */
struct node *parse_all(struct parser *parser);
void syntax_error(struct parser *parser, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool is_name(const char *text, size_t length);
/** Length of the name before `=` (or `+=`) when the word is an assignment, else 0. */
size_t assignment_name(const char *word);

/* unparse.c */
/** The tree as text that parses to the same tree; taken from scratch. */
char *unparse(const struct node *node);
/** Quoted so that it is read back as one word. */
void add_quoted(struct buffer *buffer, const char *text);

/* ---- state.c ---- */

struct variable {
  char *name;
  char *value; /* null: declared only */
  bool exported;
  bool readonly;
};
struct function {
  char *name;
  char *source;
  struct arena arena;
  struct node *body;
  int references;
};
struct job {
  int number;
  int pid;
  handle child;
  bool ended;
  int status;
  char *text;
};

enum flow { FLOW_NONE, FLOW_BREAK, FLOW_CONTINUE, FLOW_RETURN, FLOW_EXIT };

#define SIGNAL_LIMIT 32
struct state {
  struct variable *variables;
  size_t variable_count;
  struct function **functions;
  size_t function_count;
  char *name; /* $0 */
  char **parameters;
  int parameter_count;
  /** Command texts by signal number, 0 is EXIT; null: default. "" ignores. */
  char *traps[SIGNAL_LIMIT];
  bool errexit, xtrace, nounset, noglob, noexec, allexport, pipefail, noclobber;
  char *directory; /* only kept by a saved state */
  struct stream *fds[FD_LIMIT];
};
struct shell {
  struct state state;
  int status;
  enum flow flow;
  int levels; /* of break and continue */
  int loop_depth, function_depth, subshell_depth, depth;
  /** Conditions in which a failure is expected (set -e). */
  int tested;
  int pid; /* $$ */
  int last_background; /* $! */
  struct job *jobs;
  size_t job_count;
  handle signals; /* 0 while no trap is set */
  bool pending[SIGNAL_LIMIT];
  bool in_trap, script;
  /** It prompts, and mistakes do not end it. */
  bool interactive;
  /** A terminal is before it: what may take long runs as a process of its own, which ^C ends. */
  bool seated;
  /** ^C has ended the command; `exit` is to end the shell. */
  bool interrupted, leaves;
  int line;
  /** Status of the last command substitution of an assignment; -1: none ran. */
  int substitution_status;
  struct local *locals;
};
extern struct shell shell;

const char *get_variable(const char *name);
/** -1 after it has complained about a readonly one. */
int set_variable(const char *name, const char *value);
struct variable *find_variable(const char *name);
struct variable *declare_variable(const char *name);
void unset_variable(const char *name);
/** NAME=value of the exported ones, null at the end; taken from scratch. */
char **environment(void);
struct function *find_function(const char *name);
void define_function(const char *name, const struct node *body);
void unset_function(const char *name);
void function_drop(struct function *function);
void set_parameters(int count, char *const *values);
/** A subshell changes a copy: these keep the original and bring it back. */
void save_state(struct state *saved);
void restore_state(struct state *saved);
/** What a process that continues this shell needs to know, as shell text. */
char *state_text(void);
void change_directory_variables(const char *previous);
/** local: until the function returns. */
struct local {
  char *name;
  char *value;
  bool existed, exported;
  int depth;
  struct local *next;
};
void make_local(const char *name);
void restore_locals(int depth);

/* ---- expand.c, parameter.c, glob.c, arithmetic.c ---- */

struct fields {
  char **items;
  size_t count;
  size_t capacity;
};
void fields_add(struct fields *fields, char *item);
/** Splits and matches file names. False when it failed (a message was given). */
bool expand_words(const struct word *words, struct fields *fields);
bool expand_word(const char *text, struct fields *fields);
/** One string: no splitting, no file names. Null when it failed. */
char *expand_string(const char *text);
/** As a pattern: what was quoted matches itself only. */
char *expand_pattern(const char *text);
/** A here-document's body. */
char *expand_here(const char *text);
/** False with `*error` set. */
bool evaluate_arithmetic(const char *text, int64_t *value, const char **error);
/** Existing paths that match, sorted; false when there are none. */
bool match_paths(const char *pattern, struct fields *fields);
/** Output of a command, trailing newlines cut. */
char *run_substitution(const char *text, size_t length);

/* Text whose every byte has a mark, as expansion makes it. */
enum mark { MARK_LITERAL, MARK_QUOTED, MARK_SPLIT, MARK_PRESENT, MARK_BREAK };
struct marked {
  struct buffer text;
  struct buffer marks;
};
void marked_add(struct marked *marked, char c, enum mark mark);
void marked_add_string(struct marked *marked, const char *text, enum mark mark);
void marked_free(struct marked *marked);
bool expand_into(struct marked *marked, const char *text, size_t length, bool quoted);
/** At `$`: expands the parameter and returns how many bytes it was; -1 when it failed. */
long expand_parameter(struct marked *marked, const char *text, size_t length, bool quoted);

/* ---- execute.c, pipeline.c, redirect.c, simple.c ---- */

int run_node(const struct node *node);
/** Parses and runs; the status. */
int run_text(const char *text, size_t length);
int run_file(const char *path, const char *shown);
int run_simple(const struct node *node);
int run_pipeline(const struct node *node);
int run_background(const struct node *node);
/** Runs the tree with a copy of the state. */
int run_subshell(const struct node *node);
int run_function(struct function *function, int argc, char **argv);
/** A program that is no applet, in the foreground. */
int run_program(const char *program, char **argv, bool replace);
int run_arguments(int argc, char **argv);
int evaluate_condition(const struct node *node);
/** Does the redirections; false when one failed. `saved` gets what was there. */
bool redirect(const struct redirect *redirects, struct stream **saved);
void undo_redirects(struct stream **saved);
void flush_streams(void);
/** ^C: what runs is given up. */
void interrupt_shell(void);
/** Waits until there is something to read; false when a signal came that is to be acted on. */
bool await_input(struct stream *stream);
/** Runs what comes on descriptor 0 as it comes; the status. */
int run_standard_input(void);
/** At a terminal: whether a command is a process of its own. */
bool runs_apart(const char *applet);
/** Runs pending traps; a signal without a trap ends a shell that listens (not process 1). */
void run_traps(void);
void run_exit_trap(void);
void listen_for_signals(void);
/** Takes what has arrived without running anything. */
void collect_signals(void);
bool trap_pending(void);
int shell_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/** A job in the background; takes the child. */
struct job *add_job(handle child, char *text);
struct job *find_job(const char *text);
int wait_for_jobs(int argc, char **argv);

/* ---- builtins ---- */

/** Special builtins keep assignments before them. */
struct builtin {
  const char *name;
  applet_function run;
};
const struct builtin *find_builtin(const char *name);
int shell_main(int argc, char **argv);
/** The program's path in the file system by PATH, taken from scratch; null when there is none. */
char *find_program(const char *name);
/** 1: a script for a shell. 0: a program. -1: a script for something that we do not have. */
int script_kind(const char *path);
/** The applet that a name or a path like /bin/cat means; null for none. */
const struct applet *applet_of(const char *name);
