/* wget: HTTP without TLS. */
#include "transfer.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

struct url {
  char *host;
  int port;
  char *path;
};

static bool parse_url(const char *text, struct url *url) {
  if (strncmp(text, "https://", 8) == 0) {
    complain("wget", "podstep's wget has no TLS: %s", text);
    return false;
  }
  if (strncmp(text, "http://", 7) == 0) text += 7;
  else if (strstr(text, "://") != NULL) {
    complain("wget", "not an http or ftp url: %s", text);
    return false;
  }
  size_t length = strcspn(text, "/?");
  char *host = take_substring(text, length);
  url->path = text[length] == '/' ? take_string(text + length) : take_format("/%s", text + length);
  url->path[strcspn(url->path, "#")] = '\0';
  char *colon = strrchr(host, ':');
  url->port = 80;
  if (colon != NULL) {
    *colon = '\0';
    url->port = atoi(colon + 1);
  }
  url->host = host;
  if (*host == '\0' || url->port < 1 || url->port > 65535) {
    complain("wget", "bad address '%s'", text);
    return false;
  }
  return true;
}

struct wget {
  const char *output;
  bool quiet, spider, show_headers;
  int64_t timeout;
  const char *post;
  struct buffer headers;
};

static int wget_connect(const struct wget *wget, const struct url *url, struct connection *connection) {
  uint8_t addresses[4][4];
  int count = network_resolve(url->host, addresses, 4);
  if (count < 0) return complain("wget", "bad address '%s'", url->host);
  if (!wget->quiet) {
    const uint8_t *a = addresses[0];
    stream_printf(fds[2], "Connecting to %s (%d.%d.%d.%d:%d)\n", url->host, a[0], a[1], a[2], a[3], url->port);
  }
  flush_output();
  int failure = -1;
  for (int i = 0; i < count; i++) {
    failure = network_connect(addresses[i], url->port, wget->timeout, connection);
    if (failure == 0) return 0;
  }
  if (-1 - failure == NET_TIMEOUT) return complain("wget", "download timed out");
  const uint8_t *a = addresses[0];
  return complain("wget", "can't connect to remote host (%d.%d.%d.%d): %s", a[0], a[1], a[2], a[3], network_error(failure));
}

/* A response as it comes in: bytes asked for are taken from what was read. */
struct response {
  struct connection connection;
  struct buffer data;
  int64_t deadline;
  bool ended, expired;
};

static bool fill(struct response *response) {
  char chunk[4096];
  if (response->ended) return false;
  ssize_t count = receive(response->connection.in, chunk, sizeof chunk, response->deadline);
  if (count == -2) response->expired = true;
  if (count <= 0) {
    response->ended = true;
    return false;
  }
  buffer_add(&response->data, chunk, (size_t)count);
  return true;
}

/* A line without its end; null when the response ends before. */
static char *take_line(struct response *response) {
  size_t scanned = 0;
  for (;;) {
    char *newline = response->data.length > scanned ? memchr(response->data.data + scanned, '\n', response->data.length - scanned) : NULL;
    if (newline != NULL) {
      size_t length = (size_t)(newline - response->data.data);
      size_t kept = length > 0 && newline[-1] == '\r' ? length - 1 : length;
      char *line = take_substring(response->data.data, kept);
      buffer_drop(&response->data, length + 1);
      return line;
    }
    scanned = response->data.length;
    if (!fill(response)) return NULL;
  }
}

/* Copies `count` bytes (-1: all that come). False when fewer come or they cannot be written. */
static bool copy_body(struct response *response, struct stream *output, int64_t count) {
  while (count != 0) {
    if (response->data.length == 0 && !fill(response)) return count < 0 && !response->expired;
    size_t part = response->data.length;
    if (count >= 0 && (int64_t)part > count) part = (size_t)count;
    if (stream_write(output, response->data.data, part) < 0) return false;
    buffer_drop(&response->data, part);
    if (count > 0) count -= (int64_t)part;
  }
  return true;
}

static bool copy_chunks(struct response *response, struct stream *output) {
  for (;;) {
    char *line = take_line(response);
    if (line == NULL) return false;
    long size = strtol(line, NULL, 16);
    if (size == 0) return true;
    if (!copy_body(response, output, size) || take_line(response) == NULL) return false;
  }
}

static void send_request(const struct wget *wget, const struct url *url, handle out_handle) {
  char *port = url->port == 80 ? "" : take_format(":%d", url->port);
  char *head = take_format("%s %s HTTP/1.1\r\nHost: %s%s\r\nUser-Agent: Wget\r\nConnection: close\r\n%s",
                           wget->post ? "POST" : wget->spider ? "HEAD" : "GET", url->path, url->host, port,
                           wget->headers.data ? wget->headers.data : "");
  if (wget->post != NULL) {
    head = take_format("%sContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s", head,
                       strlen(wget->post), wget->post);
  } else {
    head = take_format("%s\r\n", head);
  }
  transmit(out_handle, head, strlen(head));
}

static int save_body(const struct wget *wget, const struct url *url, struct response *response, int64_t length, bool chunked) {
  const char *name = wget->output;
  if (name == NULL) {
    char *path = take_substring(url->path, strcspn(url->path, "?"));
    name = strrchr(path, '/') + 1;
    if (*name == '\0') name = "index.html";
  }
  bool standard = strcmp(name, "-") == 0;
  struct stream *output = standard ? stream_keep(fds[1]) : open_output(name, O_CREAT | O_TRUNC);
  if (output == NULL) return complain("wget", "can't open '%s': %s", name, strerror(errno));
  if (!wget->quiet && !standard) stream_printf(fds[2], "saving to '%s'\n", name);
  bool whole = chunked ? copy_chunks(response, output) : copy_body(response, output, length);
  bool written = stream_flush(output) == 0;
  stream_drop(output);
  if (response->expired) return complain("wget", "download timed out");
  if (!written) return complain("wget", "write error: %s", strerror(errno));
  if (!whole) return complain("wget", "connection closed prematurely");
  if (!wget->quiet && !standard) stream_printf(fds[2], "'%s' saved\n", name);
  return 0;
}

static int fetch(const struct wget *wget, struct url url) {
  for (int redirects = 0; redirects < 5; redirects++) {
    struct response response = {0};
    int status = wget_connect(wget, &url, &response.connection);
    if (status != 0) return status;
    if (wget->timeout > 0) response.deadline = wasi_monotonic_now() + wget->timeout;
    send_request(wget, &url, response.connection.out);
    char *first = take_line(&response);
    int code = 0;
    int64_t length = -1;
    bool chunked = false;
    char *location = NULL;
    if (first != NULL) sscanf(first, "HTTP/%*s %d", &code);
    if (wget->show_headers && first != NULL) stream_printf(fds[2], "  %s\n", first);
    for (char *line; code != 0 && (line = take_line(&response)) != NULL && *line != '\0';) {
      if (wget->show_headers) stream_printf(fds[2], "  %s\n", line);
      size_t name = strcspn(line, ":");
      const char *value = line[name] ? line + name + 1 + strspn(line + name + 1, " \t") : "";
      if (name == 14 && strncasecmp(line, "content-length", 14) == 0) length = atoll(value);
      if (name == 17 && strncasecmp(line, "transfer-encoding", 17) == 0) chunked = strcasecmp(value, "chunked") == 0;
      if (name == 8 && strncasecmp(line, "location", 8) == 0) location = take_string(value);
    }
    bool redirected = (code == 301 || code == 302 || code == 303 || code == 307 || code == 308) && location != NULL;
    if (response.expired) status = complain("wget", "download timed out");
    else if (code == 0) status = complain("wget", "error getting response");
    else if (!redirected && (code < 200 || code > 299)) {
      char *reason = strchr(first, ' ');
      status = complain("wget", "server returned error: HTTP/1.1%s", reason ? reason : "");
    } else if (!redirected && !wget->spider) {
      status = save_body(wget, &url, &response, length, chunked);
    }
    connection_close(&response.connection);
    buffer_free(&response.data);
    if (!redirected || status != 0) return status;
    if (*location == '/') url.path = location;
    else if (!parse_url(location, &url)) return 1;
  }
  return complain("wget", "too many redirections");
}

APPLET(wget) {
  struct wget wget = {.timeout = 900 * NANOSECONDS};
  for (int i = 1; i < argc; i++) {
    static const char *const LONG[][2] = {{"--spider", NULL}, {"--quiet", "-q"}, {"--no-check-certificate", NULL}};
    for (size_t j = 0; j < sizeof LONG / sizeof *LONG; j++) {
      if (strcmp(argv[i], LONG[j][0]) != 0) continue;
      if (j == 0) wget.spider = true;
      argv[i] = LONG[j][1] ? (char *)LONG[j][1] : "-c";
    }
    if (strncmp(argv[i], "--timeout=", 10) == 0) argv[i] = take_format("-T%s", argv[i] + 10);
    if (strncmp(argv[i], "--tries=", 8) == 0) argv[i] = take_format("-t%s", argv[i] + 8);
    if (strncmp(argv[i], "--header=", 9) == 0) {
      buffer_add_string(&wget.headers, argv[i] + 9);
      buffer_add_string(&wget.headers, "\r\n");
      argv[i] = "-c";
    } else if (strcmp(argv[i], "--header") == 0 && i + 1 < argc) {
      buffer_add_string(&wget.headers, argv[i + 1]);
      buffer_add_string(&wget.headers, "\r\n");
      argv[i] = "-c";
      argv[i + 1] = "-c";
    } else if (strncmp(argv[i], "--post-data=", 12) == 0) {
      wget.post = argv[i] + 12;
      argv[i] = "-c";
    }
  }
  struct options options = options_of(argc, argv, "qcSO:T:t:");
  int status = 0;
  /* Options may come after the URL too. */
  char **urls = take((size_t)(argc + 1) * sizeof *urls);
  int count = 0;
  for (;;) {
    int letter = next_option(&options);
    if (letter == -1) {
      if (options.index >= argc) break;
      urls[count++] = argv[options.index++];
      continue;
    }
    switch (letter) {
    case 'q': wget.quiet = true; break;
    case 'S': wget.show_headers = true; break;
    case 'O': wget.output = options.value; break;
    case 'T':
      wget.timeout = parse_duration(options.value, false);
      if (wget.timeout < 0) return complain("wget", "invalid number '%s'", options.value);
      break;
    case '?': return 1;
    default: break;
    }
  }
  if (count == 0) return complain("wget", "missing URL");
  for (int i = 0; i < count; i++) {
    struct url url;
    status |= parse_url(urls[i], &url) ? fetch(&wget, url) : 1;
  }
  buffer_free(&wget.headers);
  return status;
}
