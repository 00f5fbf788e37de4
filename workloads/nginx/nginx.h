/* The parts of the HTTP server: configuration, connections, requests, responses. */
#pragma once
#include "program.h"
#include <string.h>

#define NAME "podstep-nginx/0.1.0"

/* ---- config.c, directives.c ---- */

/** `name arg arg;` or `name arg { ... }`, as nginx's files are written. */
struct directive {
  char *name;
  char **arguments;
  int count;
  struct directive *children; /* of a block */
  bool block;
  const char *file;
  int line;
  struct directive *next;
};
/** Reads a file; null with `*error` set to a whole message. */
struct directive *read_config(const char *path, char **error);
/** Directives given on the command line. */
struct directive *parse_config(const char *text, const char *name, char **error);

struct header {
  char *name;
  char *value;
  struct header *next;
};
/** What applies to a place; null and 0 are inherited. */
struct place {
  char *root;
  char *alias;
  char **index;
  char **try_files;
  int return_code;
  char *return_text;
  char *default_type;
  struct header *headers;
  bool access_log_off;
};
struct location {
  char *prefix;
  bool exact;
  struct place place;
  struct location *next;
};
struct listener {
  uint8_t address[4];
  int port;
  handle socket;
  handle ready;
  struct listener *next;
};
struct server {
  struct listener *listeners[8];
  bool is_default[8];
  int listener_count;
  char **names;
  int name_count;
  struct place place;
  struct location *locations;
  struct server *next;
};
struct config {
  struct server *servers;
  struct listener *listeners;
  bool daemon;
  int64_t keepalive_timeout;
};
extern struct config config;
/** Fills a configuration; null when all is well, else the message. */
char *load_config(const char *path, const char *global_directives, struct config *config);
char *format(const char *text, ...) __attribute__((format(printf, 1, 2)));

/* ---- connection.c ---- */

struct request {
  char method[16];
  char *target; /* as it was sent */
  char *path;   /* decoded, without query */
  char *line;
  char *host, *agent, *referer, *forwarded, *modified_since;
  bool keep_alive, http10, head;
};
struct client {
  struct connection connection;
  const struct listener *listener;
  unsigned long number;
  struct buffer input;
  struct buffer output;
  int file; /* what is still to be sent, -1 for none */
  int64_t file_left;
  int64_t body_left; /* of the request, to be skipped */
  bool close_after;
  bool at_end;
  int64_t deadline;
  struct client *next;
};
int serve(void);
void log_line(const char *level, const char *text, ...) __attribute__((format(printf, 2, 3)));

/* ---- request.c ---- */

/** Takes one request from the input if it is whole, and answers it. False when more must come. */
bool take_request(struct client *client);

/* ---- response.c ---- */

void respond(struct client *client, const struct request *request);
void respond_error(struct client *client, const struct request *request, const struct place *place, int code);
const char *type_of(const char *path, const struct place *place);
const char *http_time(int64_t seconds, const char *format);
