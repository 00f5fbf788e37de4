/* httpd: serves the files of a folder, one connection after the other, a request each. */
#include "arena.h"
#include "busybox.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAITING_LIMIT 60

struct visitor {
  struct connection connection;
  struct buffer input;
  int64_t deadline;
};

static struct visitor visitors[WAITING_LIMIT];
static size_t visitor_count;
static bool verbose;

static void send_all(handle out_handle, const char *data, size_t length) {
  while (length > 0) {
    size_t count = length < 4096 ? length : 4096;
    struct result_stream result;
    wasi_output_blocking_write_and_flush(out_handle, data, count, &result);
    if (result.failed) {
      if (result.code != STREAM_CLOSED) wasi_error_drop(result.error);
      return;
    }
    data += count;
    length -= count;
  }
}

static void answer(const struct visitor *visitor, int code, const char *reason, const char *headers, const char *body, bool head) {
  char *text = take_format("HTTP/1.1 %d %s\r\nConnection: close\r\n%sContent-Length: %zu\r\n\r\n%s", code, reason, headers,
                           strlen(body), head ? "" : body);
  send_all(visitor->connection.out, text, strlen(text));
}

static void answer_error(const struct visitor *visitor, int code, const char *reason, bool head) {
  char *body = take_format("<HTML><HEAD><TITLE>%d %s</TITLE></HEAD>\n<BODY><H1>%d %s</H1>\n</BODY></HTML>\n", code, reason, code, reason);
  answer(visitor, code, reason, "Content-Type: text/html\r\n", body, head);
}

static const char *type_of(const char *path) {
  static const char *const TYPES[][2] = {
    {".html", "text/html"}, {".htm", "text/html"}, {".txt", "text/plain"},       {".css", "text/css"},  {".js", "text/javascript"},
    {".json", "application/json"}, {".png", "image/png"}, {".jpg", "image/jpeg"}, {".svg", "image/svg+xml"}, {".xml", "text/xml"},
  };
  const char *dot = strrchr(path, '.');
  for (size_t i = 0; dot != NULL && i < sizeof TYPES / sizeof *TYPES; i++) {
    if (strcasecmp(dot, TYPES[i][0]) == 0) return TYPES[i][1];
  }
  return "application/octet-stream";
}

/* Decodes %XX; null when the path leads out of the folder. */
static char *clean(const char *target) {
  char *path = take_format(".%s", target);
  char *to = path;
  for (const char *from = path; *from != '\0' && *from != '?'; from++) {
    unsigned value;
    if (*from == '%' && sscanf(from + 1, "%2x", &value) == 1 && value != 0) {
      *to++ = (char)value;
      from += 2;
    } else {
      *to++ = *from;
    }
  }
  *to = '\0';
  for (const char *part = path; (part = strstr(part, "/..")) != NULL; part += 3) {
    if (part[3] == '/' || part[3] == '\0') return NULL;
  }
  return path;
}

static void send_file(const struct visitor *visitor, const char *path, bool head) {
  struct stream *stream = open_input(path);
  if (stream == NULL) {
    answer_error(visitor, errno == ENOENT ? 404 : 403, errno == ENOENT ? "Not Found" : "Forbidden", head);
    return;
  }
  size_t length;
  char *content = read_all(stream, &length);
  stream_drop(stream);
  char *header = take_format("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", type_of(path), length);
  send_all(visitor->connection.out, header, strlen(header));
  if (!head) send_all(visitor->connection.out, content, length);
}

static void respond(const struct visitor *visitor) {
  char method[16] = "", target[2048] = "";
  int fields = sscanf(visitor->input.data, "%15s %2047s", method, target);
  bool head = strcmp(method, "HEAD") == 0;
  const uint8_t *peer = visitor->connection.peer;
  if (verbose) stream_printf(fds[2], "%d.%d.%d.%d: url:%s\n", peer[0], peer[1], peer[2], peer[3], target);
  if (fields != 2 || target[0] != '/') {
    answer_error(visitor, 400, "Bad Request", false);
    return;
  }
  if (!head && strcmp(method, "GET") != 0) {
    answer_error(visitor, 501, "Not Implemented", false);
    return;
  }
  char *path = clean(target);
  struct stat info;
  if (path == NULL || stat(path, &info) < 0) {
    answer_error(visitor, 404, "Not Found", head);
  } else if (!S_ISDIR(info.st_mode)) {
    send_file(visitor, path, head);
  } else if (path[strlen(path) - 1] != '/') {
    answer(visitor, 302, "Found", take_format("Location: %s/\r\n", path + 1), "", head);
  } else {
    send_file(visitor, take_format("%sindex.html", path), head);
  }
}

static void leave(size_t index) {
  connection_close(&visitors[index].connection);
  buffer_free(&visitors[index].input);
  visitors[index] = visitors[--visitor_count];
}

/* Takes what came; true once the head is whole or nothing more will come. */
static bool listen_to(struct visitor *visitor) {
  struct result_bytes result;
  wasi_input_read(visitor->connection.in, 4096, &result);
  if (result.failed) {
    if (result.code != STREAM_CLOSED) wasi_error_drop(result.error);
    return true;
  }
  buffer_add(&visitor->input, result.bytes.data, result.bytes.length);
  list_free(&result.bytes);
  return strstr(visitor->input.data, "\r\n\r\n") != NULL || strstr(visitor->input.data, "\n\n") != NULL ||
         visitor->input.length > 16384;
}

static void serve(int socket) {
  handle accepts = wasi_tcp_subscribe(socket);
  for (;;) {
    handle waits[WAITING_LIMIT + 2];
    bool ready[WAITING_LIMIT + 2];
    size_t count = 0;
    waits[count++] = accepts;
    int64_t deadline = INT64_MAX;
    for (size_t i = 0; i < visitor_count; i++) {
      waits[count++] = wasi_input_subscribe(visitors[i].connection.in);
      if (visitors[i].deadline < deadline) deadline = visitors[i].deadline;
    }
    if (visitor_count > 0) waits[count++] = wasi_monotonic_subscribe_instant(deadline);
    if (fds[2] != NULL) stream_flush(fds[2]);
    wait_flags(waits, count, ready);
    for (size_t i = 1; i < count; i++) wasi_pollable_drop(waits[i]);
    int64_t now = wasi_monotonic_now();
    for (size_t i = visitor_count; i-- > 0;) {
      bool whole = ready[i + 1] && listen_to(&visitors[i]);
      if (whole && visitors[i].input.length > 0) {
        struct arena_mark mark = arena_mark(&scratch);
        respond(&visitors[i]);
        arena_release(&scratch, mark);
      }
      if (whole || now >= visitors[i].deadline) leave(i);
    }
    struct connection connection;
    while (ready[0] && visitor_count < WAITING_LIMIT && network_accept(socket, &connection) == 0) {
      struct visitor *visitor = &visitors[visitor_count++];
      *visitor = (struct visitor){.connection = connection, .deadline = now + 60 * NANOSECONDS};
      buffer_add(&visitor->input, "", 0);
    }
  }
}

APPLET(httpd) {
  bool foreground = false;
  int port = 80;
  uint8_t address[4] = {0};
  const char *home = NULL;
  struct options options = options_of(argc, argv, "fvih:p:c:u:r:");
  for (int letter; (letter = next_option(&options)) != -1;) {
    switch (letter) {
    case 'f': foreground = true; break;
    case 'v': verbose = true; break;
    case 'h': home = options.value; break;
    case 'p': {
      const char *colon = strrchr(options.value, ':');
      uint8_t found[1][4];
      if (colon != NULL && network_resolve(take_substring(options.value, (size_t)(colon - options.value)), found, 1) > 0) {
        memcpy(address, found[0], 4);
      }
      port = atoi(colon ? colon + 1 : options.value);
      if (port < 1 || port > 65535) return complain("httpd", "bad port '%s'", options.value);
      break;
    }
    case 'u': break; /* there are no users to become */
    case '?': return 1;
    default: return bad_usage("httpd", "podstep's httpd does not have -%c", letter);
    }
  }
  if (home != NULL && chdir(home) < 0) return complain("httpd", "can't change directory to '%s': %s", home, strerror(errno));
  if (!foreground) {
    char **command = take((size_t)(argc + 2) * sizeof *command);
    int count = 0;
    command[count++] = argv[0];
    command[count++] = "-f";
    for (int i = 1; i < argc; i++) {
      if (strcmp(argv[i], "-h") == 0) i++;
      else command[count++] = argv[i];
    }
    command[count] = NULL;
    if (start_command(count, command) < 0) return complain("httpd", "can't go to the background: %s", strerror(errno));
    return 0;
  }
  int socket = network_listen(address, port);
  if (socket < 0) return complain("httpd", "bind: %s", network_error(socket));
  serve(socket);
  return 0;
}
