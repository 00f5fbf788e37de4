/* What the directives mean. One that we do not have ends the start: to ignore it would be to lie. */
#include "nginx.h"
#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

struct config config;

/* Directives that change nothing one can see here: how nginx itself works inside. */
static bool is_silent(const char *name) {
  static const char *const SILENT[] = {
    "accept_mutex",     "charset_types",      "client_body_buffer_size", "client_header_buffer_size",
    "client_max_body_size", "error_log",      "large_client_header_buffers", "log_format",
    "multi_accept",     "pid",                "sendfile",         "server_names_hash_bucket_size",
    "server_tokens",    "tcp_nodelay",        "tcp_nopush",       "types_hash_max_size",
    "use",              "user",               "worker_connections", "worker_processes",
    "worker_rlimit_nofile", "client_body_timeout", "client_header_timeout", "send_timeout",
    "keepalive_requests", "load_module",
  };
  for (size_t i = 0; i < sizeof SILENT / sizeof *SILENT; i++) {
    if (strcmp(name, SILENT[i]) == 0) return true;
  }
  return false;
}

static char *at(const struct directive *directive, char *text) {
  char *whole = format("%s in %s:%d", text, directive->file, directive->line);
  free(text);
  return whole;
}

static char *unknown(const struct directive *directive) {
  return at(directive, format("podstep's stand-in does not have the directive \"%s\"", directive->name));
}

static char *wrong_count(const struct directive *directive) {
  return at(directive, format("invalid number of arguments in \"%s\" directive", directive->name));
}

static struct listener *listener_at(struct config *into, const uint8_t address[4], int port) {
  for (struct listener *listener = into->listeners; listener != NULL; listener = listener->next) {
    if (listener->port == port && memcmp(listener->address, address, 4) == 0) return listener;
  }
  struct listener *listener = must_malloc(sizeof *listener);
  *listener = (struct listener){.port = port, .next = into->listeners};
  memcpy(listener->address, address, 4);
  into->listeners = listener;
  return listener;
}

static char *read_listen(struct config *into, struct server *server, const struct directive *directive) {
  if (directive->count < 1) return wrong_count(directive);
  const char *text = directive->arguments[0];
  unsigned a = 0, b = 0, c = 0, d = 0, port = 80;
  char rest;
  if (strncmp(text, "[::]", 4) == 0) return NULL; /* the pod has no IPv6; the IPv4 line beside it counts */
  if (sscanf(text, "%u%c", &port, &rest) != 1 && sscanf(text, "%u.%u.%u.%u:%u%c", &a, &b, &c, &d, &port, &rest) != 5 &&
      sscanf(text, "*:%u%c", &port, &rest) != 1 && sscanf(text, "%u.%u.%u.%u%c", &a, &b, &c, &d, &rest) != 4) {
    return at(directive, format("podstep's stand-in does not understand \"%s\" of the \"listen\" directive", text));
  }
  if (port < 1 || port > 65535) return at(directive, format("invalid port in \"%s\" of the \"listen\" directive", text));
  bool is_default = false;
  for (int i = 1; i < directive->count; i++) {
    const char *option = directive->arguments[i];
    if (strcmp(option, "default_server") == 0) is_default = true;
    else if (strncmp(option, "backlog=", 8) != 0 && strcmp(option, "reuseport") != 0) {
      return at(directive, format("podstep's stand-in does not have the parameter \"%s\" of \"listen\"", option));
    }
  }
  if (server->listener_count == 8) return at(directive, must_strdup("more than 8 \"listen\" directives"));
  uint8_t address[4] = {(uint8_t)a, (uint8_t)b, (uint8_t)c, (uint8_t)d};
  server->is_default[server->listener_count] = is_default;
  server->listeners[server->listener_count++] = listener_at(into, address, (int)port);
  return NULL;
}

static char *read_return(struct place *place, const struct directive *directive) {
  if (directive->count < 1 || directive->count > 2) return wrong_count(directive);
  char *end;
  long code = strtol(directive->arguments[0], &end, 10);
  if (*end != '\0' && directive->count == 1) {
    place->return_code = 302;
    place->return_text = directive->arguments[0];
    return NULL;
  }
  if (*end != '\0' || code < 0 || code > 999) {
    return at(directive, format("invalid return code \"%s\"", directive->arguments[0]));
  }
  place->return_code = (int)code;
  place->return_text = directive->count == 2 ? directive->arguments[1] : NULL;
  return NULL;
}

static char *no_variables(const struct directive *directive) {
  static const char *const KNOWN[] = {"$uri", "$host", "$request_uri", "$hostname", "$remote_addr", "$server_port"};
  for (int i = 0; i < directive->count; i++) {
    for (const char *dollar = directive->arguments[i]; (dollar = strchr(dollar, '$')) != NULL; dollar++) {
      bool known = false;
      for (size_t j = 0; j < sizeof KNOWN / sizeof *KNOWN; j++) {
        known = known || strncmp(dollar, KNOWN[j], strlen(KNOWN[j])) == 0;
      }
      if (!known) return at(directive, format("podstep's stand-in does not have the variable in \"%s\"", dollar));
    }
  }
  return NULL;
}

/* A directive that http, server and location share. `*used` tells whether it was one. */
static char *read_place(struct place *place, const struct directive *directive, bool *used) {
  const char *name = directive->name;
  *used = true;
  char *problem = no_variables(directive);
  if (problem != NULL && strcmp(name, "log_format") != 0) return problem;
  if (strcmp(name, "return") == 0) return read_return(place, directive);
  if (strcmp(name, "index") == 0 && directive->count > 0) return place->index = directive->arguments, NULL;
  if (strcmp(name, "try_files") == 0 && directive->count > 1) return place->try_files = directive->arguments, NULL;
  if (strcmp(name, "access_log") == 0 && directive->count > 0) {
    place->access_log_off = strcmp(directive->arguments[0], "off") == 0;
    return NULL;
  }
  if (strcmp(name, "add_header") == 0 && directive->count >= 2) {
    struct header *header = must_malloc(sizeof *header);
    *header = (struct header){directive->arguments[0], directive->arguments[1], place->headers};
    place->headers = header;
    return NULL;
  }
  if (strcmp(name, "root") == 0 && directive->count == 1) return place->root = directive->arguments[0], NULL;
  if (strcmp(name, "alias") == 0 && directive->count == 1) return place->alias = directive->arguments[0], NULL;
  if (strcmp(name, "default_type") == 0 && directive->count == 1) return place->default_type = directive->arguments[0], NULL;
  *used = false;
  return NULL;
}

static void inherit(struct place *place, const struct place *outer) {
  if (place->root == NULL) place->root = outer->root;
  if (place->index == NULL) place->index = outer->index;
  if (place->try_files == NULL) place->try_files = outer->try_files;
  if (place->default_type == NULL) place->default_type = outer->default_type;
  if (place->headers == NULL) place->headers = outer->headers;
  place->access_log_off |= outer->access_log_off;
}

static char *read_location(struct server *server, const struct directive *directive) {
  struct location *location = must_malloc(sizeof *location);
  *location = (struct location){0};
  const char *modifier = directive->count == 2 ? directive->arguments[0] : "";
  if (directive->count < 1 || directive->count > 2) return wrong_count(directive);
  if (*modifier == '~' || (directive->count == 1 && strchr("=~@^", directive->arguments[0][0]) != NULL)) {
    return at(directive, format("podstep's stand-in has no such location as \"%s\"", directive->arguments[0]));
  }
  location->exact = strcmp(modifier, "=") == 0;
  location->prefix = directive->arguments[directive->count - 1];
  for (const struct directive *inner = directive->children; inner != NULL; inner = inner->next) {
    bool used;
    char *error = read_place(&location->place, inner, &used);
    if (error != NULL) return error;
    if (!used && !is_silent(inner->name)) return unknown(inner);
  }
  location->next = server->locations;
  server->locations = location;
  return NULL;
}

static char *read_server(struct config *into, const struct directive *directive) {
  struct server *server = must_malloc(sizeof *server);
  *server = (struct server){0};
  for (const struct directive *inner = directive->children; inner != NULL; inner = inner->next) {
    bool used = true;
    char *error = NULL;
    if (strcmp(inner->name, "listen") == 0) error = read_listen(into, server, inner);
    else if (strcmp(inner->name, "server_name") == 0) {
      server->names = inner->arguments;
      server->name_count = inner->count;
    } else if (strcmp(inner->name, "location") == 0 && inner->block) error = read_location(server, inner);
    else error = read_place(&server->place, inner, &used);
    if (error != NULL) return error;
    if (!used && !is_silent(inner->name)) return unknown(inner);
  }
  if (server->listener_count == 0) {
    server->listeners[server->listener_count++] = listener_at(into, (uint8_t[4]){0}, 80);
  }
  struct server **tail = &into->servers;
  while (*tail != NULL) tail = &(*tail)->next;
  *tail = server;
  return NULL;
}

static char *read_http(struct config *into, struct place *place, const struct directive *directives);

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* `include` with a star: in the order of names; that there are none is no error. */
static char *read_include(struct config *into, struct place *place, const struct directive *directive) {
  if (directive->count != 1) return wrong_count(directive);
  char *pattern = directive->arguments[0];
  if (*pattern != '/') pattern = format("/etc/nginx/%s", pattern);
  if (strcmp(pattern, "/etc/nginx/mime.types") == 0) return NULL; /* built in */
  char *slash = strrchr(pattern, '/');
  char *folder = must_strdup(pattern);
  folder[slash - pattern] = '\0';
  char **paths = NULL;
  size_t count = 0;
  if (strpbrk(slash, "*?[") == NULL) {
    paths = must_malloc(sizeof *paths);
    paths[count++] = pattern;
  } else {
    DIR *directory = opendir(folder);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
      if (fnmatch(slash + 1, entry->d_name, FNM_PERIOD) != 0) continue;
      paths = must_realloc(paths, (count + 1) * sizeof *paths);
      paths[count++] = format("%s/%s", folder, entry->d_name);
    }
    if (directory != NULL) closedir(directory);
  }
  if (count > 1) qsort(paths, count, sizeof *paths, compare);
  for (size_t i = 0; i < count; i++) {
    char *error = NULL;
    struct directive *inner = read_config(paths[i], &error);
    if (error == NULL) error = read_http(into, place, inner);
    if (error != NULL) return error;
  }
  return NULL;
}

static char *read_http(struct config *into, struct place *place, const struct directive *directives) {
  for (const struct directive *inner = directives; inner != NULL; inner = inner->next) {
    bool used = true;
    char *error = NULL;
    if (strcmp(inner->name, "server") == 0 && inner->block) error = read_server(into, inner);
    else if (strcmp(inner->name, "include") == 0) error = read_include(into, place, inner);
    else if (strcmp(inner->name, "keepalive_timeout") == 0 && inner->count >= 1) {
      into->keepalive_timeout = parse_duration(inner->arguments[0], true);
      if (into->keepalive_timeout < 0) error = at(inner, must_strdup("\"keepalive_timeout\" directive invalid value"));
    } else error = read_place(place, inner, &used);
    if (error != NULL) return error;
    if (!used && !is_silent(inner->name)) return unknown(inner);
  }
  return NULL;
}

static char *read_main(struct config *into, struct place *place, const struct directive *directives) {
  for (const struct directive *inner = directives; inner != NULL; inner = inner->next) {
    char *error = NULL;
    if (strcmp(inner->name, "http") == 0 && inner->block) error = read_http(into, place, inner->children);
    else if (strcmp(inner->name, "events") == 0 && inner->block) continue;
    else if (strcmp(inner->name, "include") == 0) error = read_include(into, place, inner);
    else if (strcmp(inner->name, "daemon") == 0 && inner->count == 1) {
      into->daemon = strcmp(inner->arguments[0], "off") != 0;
    } else if (!is_silent(inner->name)) error = unknown(inner);
    if (error != NULL) return error;
  }
  return NULL;
}

char *load_config(const char *path, const char *global_directives, struct config *into) {
  static char *index[] = {"index.html", NULL};
  struct place defaults = {.root = "/etc/nginx/html", .index = index, .default_type = "text/plain"};
  struct place http = {0};
  *into = (struct config){.daemon = true, .keepalive_timeout = 65 * NANOSECONDS};
  char *error = NULL;
  struct directive *directives = read_config(path, &error);
  if (error == NULL) error = read_main(into, &http, directives);
  if (error == NULL) directives = parse_config(global_directives, "command line", &error);
  if (error == NULL) error = read_main(into, &http, directives);
  if (error != NULL) return error;
  inherit(&http, &defaults);
  for (struct server *server = into->servers; server != NULL; server = server->next) {
    inherit(&server->place, &http);
    for (struct location *location = server->locations; location != NULL; location = location->next) {
      inherit(&location->place, &server->place);
    }
  }
  return NULL;
}
