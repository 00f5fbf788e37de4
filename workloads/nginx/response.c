/* From a request to an answer: which server, which location, which file. */
#include "nginx.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

const char *http_time(int64_t seconds, const char *format) {
  static char text[64];
  time_t when = seconds;
  struct tm utc;
  gmtime_r(&when, &utc);
  strftime(text, sizeof text, format, &utc);
  return text;
}

static const char *reason(int code) {
  static const struct {
    int code;
    const char *text;
  } REASONS[] = {
    {200, "OK"},          {201, "Created"},           {204, "No Content"},        {301, "Moved Permanently"},
    {302, "Moved Temporarily"}, {303, "See Other"},   {304, "Not Modified"},      {307, "Temporary Redirect"},
    {308, "Permanent Redirect"}, {400, "Bad Request"}, {401, "Unauthorized"},     {403, "Forbidden"},
    {404, "Not Found"},   {405, "Not Allowed"},       {410, "Gone"},              {429, "Too Many Requests"},
    {500, "Internal Server Error"}, {502, "Bad Gateway"}, {503, "Service Temporarily Unavailable"},
    {504, "Gateway Time-out"}, {505, "HTTP Version Not Supported"},
  };
  for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++) {
    if (REASONS[i].code == code) return REASONS[i].text;
  }
  return "";
}

const char *type_of(const char *path, const struct place *place) {
  static const char *const TYPES[][2] = {
    {"html", "text/html"},       {"htm", "text/html"},      {"css", "text/css"},         {"js", "application/javascript"},
    {"json", "application/json"}, {"xml", "text/xml"},      {"txt", "text/plain"},       {"svg", "image/svg+xml"},
    {"png", "image/png"},        {"jpg", "image/jpeg"},     {"jpeg", "image/jpeg"},      {"gif", "image/gif"},
    {"ico", "image/x-icon"},     {"webp", "image/webp"},    {"woff", "font/woff"},       {"woff2", "font/woff2"},
    {"wasm", "application/wasm"}, {"pdf", "application/pdf"}, {"zip", "application/zip"}, {"gz", "application/octet-stream"},
  };
  const char *name = strrchr(path, '/');
  const char *dot = strrchr(name ? name : path, '.');
  for (size_t i = 0; dot != NULL && i < sizeof TYPES / sizeof *TYPES; i++) {
    if (strcasecmp(dot + 1, TYPES[i][0]) == 0) return TYPES[i][1];
  }
  return place != NULL && place->default_type ? place->default_type : "application/octet-stream";
}

static void add(struct client *client, const char *text) { buffer_add_string(&client->output, text); }

static void add_formatted(struct client *client, const char *text, ...) {
  va_list values;
  va_start(values, text);
  char *made;
  if (vasprintf(&made, text, values) >= 0) {
    add(client, made);
    free(made);
  }
  va_end(values);
}

static void log_access(const struct client *client, const struct request *request, const struct place *place, int code,
                       int64_t bytes) {
  if (place != NULL && place->access_log_off) return;
  const uint8_t *peer = client->connection.peer;
  stream_printf(standard_stream(1), "%d.%d.%d.%d - - [%s] \"%s\" %d %lld \"%s\" \"%s\" \"%s\"\n", peer[0], peer[1], peer[2],
                peer[3], http_time(time(NULL), "%d/%b/%Y:%H:%M:%S +0000"), request->line, code, (long long)bytes,
                request->referer ? request->referer : "-", request->agent ? request->agent : "-",
                request->forwarded ? request->forwarded : "-");
}

static void start_response(struct client *client, const struct request *request, const struct place *place, int code,
                           const char *type, int64_t length) {
  add_formatted(client, "HTTP/1.1 %d %s\r\nServer: " NAME "\r\nDate: %s\r\n", code, reason(code),
                http_time(time(NULL), "%a, %d %b %Y %H:%M:%S GMT"));
  if (type != NULL) add_formatted(client, "Content-Type: %s\r\n", type);
  if (code != 204 && code != 304) add_formatted(client, "Content-Length: %lld\r\n", (long long)length);
  add_formatted(client, "Connection: %s\r\n", client->close_after || !request->keep_alive ? "close" : "keep-alive");
  bool adds = place != NULL && (code < 400);
  for (const struct header *header = adds ? place->headers : NULL; header != NULL; header = header->next) {
    add_formatted(client, "%s: %s\r\n", header->name, header->value);
  }
}

static char *error_page(int code) {
  return format("<html>\r\n<head><title>%d %s</title></head>\r\n<body>\r\n<center><h1>%d %s</h1></center>\r\n"
                "<hr><center>" NAME ", podstep's stand-in for nginx</center>\r\n</body>\r\n</html>\r\n",
                code, reason(code), code, reason(code));
}

static void respond_text(struct client *client, const struct request *request, const struct place *place, int code,
                         const char *type, const char *text, const char *location) {
  int64_t length = (int64_t)strlen(text);
  bool bodiless = code == 204 || code == 304;
  start_response(client, request, place, code, bodiless ? NULL : type, length);
  if (location != NULL) add_formatted(client, "Location: %s\r\n", location);
  add(client, "\r\n");
  if (!request->head && !bodiless) add(client, text);
  log_access(client, request, place, code, request->head || bodiless ? 0 : length);
}

void respond_error(struct client *client, const struct request *request, const struct place *place, int code) {
  char *page = error_page(code);
  respond_text(client, request, place, code, "text/html", page, NULL);
  free(page);
}

static void redirect(struct client *client, const struct request *request, const struct place *place, int code,
                     const char *location) {
  char *absolute = NULL;
  if (*location == '/') {
    int port = client->listener->port;
    bool shown = port != 80 && (request->host == NULL || strchr(request->host, ':') == NULL);
    const char *host = request->host ? request->host : "localhost";
    absolute = shown ? format("http://%s:%d%s", host, port, location) : format("http://%s%s", host, location);
  }
  char *page = error_page(code);
  respond_text(client, request, place, code, "text/html", page, absolute ? absolute : location);
  free(page);
  free(absolute);
}

/* The variables that the directives let through. */
static char *expand(const char *text, const struct client *client, const struct request *request) {
  struct buffer expanded = {0};
  buffer_add(&expanded, "", 0);
  const uint8_t *peer = client->connection.peer;
  char address[16], port[8];
  snprintf(address, sizeof address, "%d.%d.%d.%d", peer[0], peer[1], peer[2], peer[3]);
  snprintf(port, sizeof port, "%d", client->listener->port);
  const char *hostname = getenv("HOSTNAME");
  const struct {
    const char *name;
    const char *value;
  } variables[] = {
    {"$request_uri", request->target}, {"$remote_addr", address}, {"$server_port", port},
    {"$hostname", hostname ? hostname : "localhost"}, {"$host", request->host ? request->host : "localhost"},
    {"$uri", request->path},
  };
  while (*text != '\0') {
    size_t i = 0;
    while (i < 6 && strncmp(text, variables[i].name, strlen(variables[i].name)) != 0) i++;
    if (i < 6) {
      buffer_add_string(&expanded, variables[i].value);
      text += strlen(variables[i].name);
    } else {
      buffer_add_char(&expanded, *text++);
    }
  }
  return expanded.data;
}

static void respond_return(struct client *client, const struct request *request, const struct place *place) {
  int code = place->return_code;
  bool redirects = code == 301 || code == 302 || code == 303 || code == 307 || code == 308;
  if (code == 444) {
    client->close_after = true;
    return;
  }
  char *text = place->return_text ? expand(place->return_text, client, request) : NULL;
  if (redirects && text != NULL) redirect(client, request, place, code, text);
  else if (text != NULL) respond_text(client, request, place, code, type_of(request->path, place), text, NULL);
  else if (code < 300) respond_text(client, request, place, code, NULL, "", NULL);
  else respond_error(client, request, place, code);
  free(text);
}

/* `*.example.org`: the end of the host's name. */
static bool ends_with(const char *host, size_t length, const char *suffix) {
  size_t suffix_length = strlen(suffix);
  return suffix_length < length && strncasecmp(host + length - suffix_length, suffix, suffix_length) == 0;
}

static const struct server *server_for(const struct client *client, const struct request *request) {
  const struct server *first = NULL;
  const struct server *chosen = NULL;
  size_t length = request->host ? strcspn(request->host, ":") : 0;
  for (const struct server *server = config.servers; server != NULL; server = server->next) {
    for (int i = 0; i < server->listener_count; i++) {
      if (server->listeners[i] != client->listener) continue;
      if (first == NULL) first = server;
      if (server->is_default[i] && chosen == NULL) first = server;
      for (int j = 0; j < server->name_count && chosen == NULL; j++) {
        const char *name = server->names[j];
        if (strlen(name) == length && strncasecmp(name, request->host, length) == 0) chosen = server;
        if (name[0] == '*' && ends_with(request->host, length, name + 1)) chosen = server;
      }
    }
  }
  return chosen ? chosen : first;
}

static const struct location *location_for(const struct server *server, const char *path) {
  const struct location *best = NULL;
  for (const struct location *location = server->locations; location != NULL; location = location->next) {
    size_t length = strlen(location->prefix);
    if (location->exact ? strcmp(path, location->prefix) == 0 : strncmp(path, location->prefix, length) == 0) {
      if (location->exact) return location;
      if (best == NULL || length > strlen(best->prefix)) best = location;
    }
  }
  return best;
}

static void log_missing(const struct client *client, const struct request *request, const char *path, const char *call) {
  const uint8_t *peer = client->connection.peer;
  log_line("error", "*%lu %s \"%s\" failed (%d: %s), client: %d.%d.%d.%d, request: \"%s\", host: \"%s\"", client->number, call,
           path, errno == ENOENT ? 2 : errno, strerror(errno), peer[0], peer[1], peer[2], peer[3], request->line,
           request->host ? request->host : "");
}

static void respond_file(struct client *client, const struct request *request, const struct place *place, const char *path,
                         const struct stat *info) {
  int descriptor = open(path, O_RDONLY);
  if (descriptor < 0) {
    log_missing(client, request, path, "open()");
    respond_error(client, request, place, errno == ENOENT ? 404 : 403);
    return;
  }
  char modified[64];
  snprintf(modified, sizeof modified, "%s", http_time(info->st_mtime, "%a, %d %b %Y %H:%M:%S GMT"));
  bool unchanged = request->modified_since != NULL && strcmp(request->modified_since, modified) == 0;
  start_response(client, request, place, unchanged ? 304 : 200, unchanged ? NULL : type_of(path, place), info->st_size);
  add_formatted(client, "Last-Modified: %s\r\nETag: \"%llx-%llx\"\r\n\r\n", modified, (unsigned long long)info->st_mtime,
                (unsigned long long)info->st_size);
  log_access(client, request, place, unchanged ? 304 : 200, request->head || unchanged ? 0 : info->st_size);
  if (request->head || unchanged) {
    close(descriptor);
    return;
  }
  client->file = descriptor;
  client->file_left = info->st_size;
}

static char *file_path(const struct location *location, const struct place *place, const char *uri) {
  if (location != NULL && place->alias != NULL) return format("%s%s", place->alias, uri + strlen(location->prefix));
  return format("%s%s", place->root, uri);
}

static void respond_directory(struct client *client, const struct request *request, const struct place *place,
                              const char *path, const char *uri) {
  if (uri[strlen(uri) - 1] != '/') {
    char *target = format("%s/", uri);
    redirect(client, request, place, 301, target);
    free(target);
    return;
  }
  for (char **name = place->index; *name != NULL; name++) {
    struct stat info;
    char *index = format("%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/", *name);
    bool found = stat(index, &info) == 0 && S_ISREG(info.st_mode);
    if (found) respond_file(client, request, place, index, &info);
    free(index);
    if (found) return;
  }
  log_line("error", "*%lu directory index of \"%s\" is forbidden, request: \"%s\"", client->number, path, request->line);
  respond_error(client, request, place, 403);
}

static void respond_path(struct client *client, const struct request *request, const struct location *location,
                         const struct place *place, const char *uri) {
  char *path = file_path(location, place, uri);
  struct stat info;
  size_t length = strlen(uri);
  if (stat(path, &info) < 0 || (uri[length - 1] == '/' && !S_ISDIR(info.st_mode))) {
    if (errno != ENOENT) errno = ENOENT;
    log_missing(client, request, path, "open()");
    respond_error(client, request, place, 404);
  } else if (S_ISDIR(info.st_mode)) {
    respond_directory(client, request, place, path, uri);
  } else {
    respond_file(client, request, place, path, &info);
  }
  free(path);
}

/* try_files: the first that is there, else the last: `=404` or a path. */
static void respond_try(struct client *client, const struct request *request, const struct location *location,
                        const struct place *place) {
  char **entry = place->try_files;
  for (; entry[1] != NULL; entry++) {
    char *uri = expand(*entry, client, request);
    char *path = file_path(location, place, uri);
    struct stat info;
    bool directory = uri[strlen(uri) - 1] == '/';
    bool found = stat(path, &info) == 0 && (directory ? S_ISDIR(info.st_mode) : S_ISREG(info.st_mode));
    free(path);
    if (found) respond_path(client, request, location, place, uri);
    free(uri);
    if (found) return;
  }
  if (**entry == '=') respond_error(client, request, place, atoi(*entry + 1));
  else {
    char *uri = expand(*entry, client, request);
    respond_path(client, request, location, place, uri);
    free(uri);
  }
}

void respond(struct client *client, const struct request *request) {
  const struct server *server = server_for(client, request);
  const struct location *location = location_for(server, request->path);
  const struct place *place = location ? &location->place : &server->place;
  if (server->place.return_code != 0) respond_return(client, request, &server->place);
  else if (place->return_code != 0) respond_return(client, request, place);
  else if (strcmp(request->method, "GET") != 0 && !request->head) respond_error(client, request, place, 405);
  else if (place->try_files != NULL) respond_try(client, request, location, place);
  else respond_path(client, request, location, place, request->path);
}
