/* What a container sees of itself and its files: entrypoint-tester, etc-hosts, DNS, mounttest, logs, a file server. */
#include "agnhost.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void print(const char *format, ...) {
  va_list values;
  va_start(values, format);
  stream_vprintf(standard_stream(1), format, values);
  va_end(values);
  stream_flush(standard_stream(1));
}

int entrypoint_tester(int argc, char **argv) {
  print("[%s", "/agnhost");
  for (int i = 0; i < argc; i++) print(" %s", argv[i]);
  print("]\n");
  return 0;
}

int etc_hosts(int argc, char **argv) {
  must_take_flags(argc, argv, NULL, 0, 0);
  char *text = whole_file("/etc/hosts", NULL);
  if (text == NULL) fatal("open /etc/hosts: %s", strerror(errno));
  print("%s\n", text);
  return 0;
}

/* The words of a line of resolv.conf, joined by commas; with `last` only the last such line counts. */
static int print_resolver(const char *name, bool last) {
  char *text = whole_file("/etc/resolv.conf", NULL);
  if (text == NULL) fatal("open /etc/resolv.conf: %s", strerror(errno));
  struct buffer words = {0};
  size_t length = strlen(name);
  for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
    if (strncmp(line, name, length) != 0 || strchr(" \t", line[length]) == NULL) continue;
    if (last) buffer_free(&words);
    for (char *at = line + length; *(at += strspn(at, " \t")) != '\0';) {
      size_t word = strcspn(at, " \t");
      if (words.length > 0) buffer_add_char(&words, ',');
      buffer_add(&words, at, word);
      at += word;
    }
  }
  print("%s\n", words.length > 0 ? words.data : "");
  return 0;
}

int dns_suffix(int argc, char **argv) {
  must_take_flags(argc, argv, NULL, 0, 0);
  return print_resolver("search", true);
}

int dns_server_list(int argc, char **argv) {
  must_take_flags(argc, argv, NULL, 0, 0);
  return print_resolver("nameserver", false);
}

/* ---- mounttest ---- */

static const char new_content[] = "mount-tester new file\n";

static bool print_content(const char *path) {
  char *text = whole_file(path, NULL);
  if (text == NULL) print("error reading file content for \"%s\": open %s: %s\n", path, path, strerror(errno));
  else print("content of file \"%s\": %s\n", path, text);
  free(text);
  return text != NULL;
}

static bool make_file(const char *path) {
  int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  bool is_good = descriptor >= 0 && write(descriptor, new_content, sizeof new_content - 1) == sizeof new_content - 1;
  if (!is_good) print("error writing new file \"%s\": open %s: %s\n", path, path, strerror(errno));
  if (descriptor >= 0) close(descriptor);
  return is_good && print_content(path);
}

static bool read_in_loop(const char *path, int64_t retry_seconds, bool breaks) {
  bool is_good = true;
  for (int64_t end = wasi_monotonic_now() + retry_seconds * NANOSECONDS; wasi_monotonic_now() < end; sleep_nanoseconds(2 * NANOSECONDS)) {
    char *text = whole_file(path, NULL);
    is_good = text != NULL;
    if (text == NULL) print("Error reading file %s: open %s: %s, retrying\n", path, path, strerror(errno));
    else print("content of file \"%s\": %s\n", path, text);
    bool is_expected = text != NULL && strcmp(text, new_content) == 0;
    free(text);
    if (breaks && is_expected) break;
    if (breaks && is_good) print("Unexpected content. Expected: %s. Retrying", new_content);
  }
  return is_good;
}

int mounttest(int argc, char **argv) {
  const char *modes[4] = {"", "", "", ""}, *made[4] = {"", "", "", ""}, *content = "", *looped = "";
  int64_t retry_seconds = 180;
  bool breaks = true;
  TAKE_FLAGS({"fs_type", 0, FLAG_TEXT, &modes[0]}, {"file_mode", 0, FLAG_TEXT, &modes[1]}, {"file_perm", 0, FLAG_TEXT, &modes[2]},
             {"file_owner", 0, FLAG_TEXT, &modes[3]}, {"new_file_0644", 0, FLAG_TEXT, &made[0]}, {"new_file_0666", 0, FLAG_TEXT, &made[1]},
             {"new_file_0660", 0, FLAG_TEXT, &made[2]}, {"new_file_0777", 0, FLAG_TEXT, &made[3]}, {"file_content", 0, FLAG_TEXT, &content},
             {"file_content_in_loop", 0, FLAG_TEXT, &looped}, {"retry_time", 0, FLAG_NUMBER, &retry_seconds},
             {"break_on_expected_content", 0, FLAG_BOOL, &breaks});
  for (int i = 0; i < 4; i++) {
    if (*modes[i] != '\0') fatal("podstep's stand-in cannot tell types, modes and owners of files: WASI has none; use --file_content");
  }
  bool is_good = true;
  for (int i = 0; i < 4; i++) {
    if (*made[i] != '\0') is_good &= make_file(made[i]);
  }
  if (*content != '\0') is_good &= print_content(content);
  if (*looped != '\0') is_good &= read_in_loop(looped, retry_seconds, breaks);
  return is_good ? 0 : 1;
}

/* ---- logs-generator ---- */

static uint32_t random_below(uint32_t limit) {
  uint32_t number;
  getentropy(&number, sizeof number);
  return number % limit;
}

static void log_klog(char level, const char *text) {
  struct timespec now;
  struct tm utc;
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &utc);
  stream_printf(standard_stream(2), "%c%02d%02d %02d:%02d:%02d.%06ld %7d logs_generator.go:%d] %s\n", level, utc.tm_mon + 1, utc.tm_mday,
                utc.tm_hour, utc.tm_min, utc.tm_sec, now.tv_nsec / 1000, (int)process_current(), level == 'F' ? 65 : 76, text);
}

int logs_generator(int argc, char **argv) {
  static const char *const methods[] = {"GET", "POST", "PUT"}, *const namespaces[] = {"kube-system", "default", "ns"};
  static const char letters[] = "bcdfghjklmnpqrstvwxz2456789";
  int64_t total = 0, duration = 0;
  char line[128];
  TAKE_FLAGS({"log-lines-total", 't', FLAG_NUMBER, &total}, {"run-duration", 'd', FLAG_DURATION, &duration});
  if (total <= 0 || duration <= 0) {
    if (total <= 0) snprintf(line, sizeof line, "Invalid total number of lines: %lld", (long long)total);
    else snprintf(line, sizeof line, "Invalid duration: 0s");
    log_klog('F', line);
    return 255;
  }
  int64_t next = wasi_monotonic_now();
  for (int64_t id = 0; id < total; id++) {
    char pod[5] = "";
    uint32_t length = 3 + random_below(2);
    for (uint32_t i = 0; i < length; i++) pod[i] = letters[random_below(sizeof letters - 1)];
    pod[length] = '\0';
    snprintf(line, sizeof line, "%lld %s /api/v1/namespaces/%s/pods/%s %u", (long long)id, methods[random_below(3)], namespaces[random_below(3)], pod, 200 + random_below(400));
    log_klog('I', line);
    next += duration / total;
    handle tick = wasi_monotonic_subscribe_instant(next);
    wasi_pollable_block(tick);
    wasi_pollable_drop(tick);
  }
  return 0;
}

/* ---- test-webserver ---- */

static const char headers[] =
    "Cache-Control: private\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true\r\n"
    "Access-Control-Allow-Methods: GET, POST, OPTIONS\r\n"
    "Access-Control-Allow-Headers: DNT,X-Mx-ReqToken,Keep-Alive,User-Agent,X-Requested-With,Cache-Control,Content-Type\r\n";

static const char *type_of(const char *path) {
  static const char *const types[][2] = {{".html", "text/html; charset=utf-8"}, {".css", "text/css; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
                                         {".json", "application/json"}, {".png", "image/png"}, {".svg", "image/svg+xml"}};
  const char *dot = strrchr(path, '.');
  for (size_t i = 0; dot != NULL && i < sizeof types / sizeof *types; i++) {
    if (strcmp(dot, types[i][0]) == 0) return types[i][1];
  }
  return "text/plain; charset=utf-8";
}

static int by_name(const void *left, const void *right) { return strcmp(*(char *const *)left, *(char *const *)right); }

static void answer_folder(struct peer *peer, const char *path) {
  DIR *folder = opendir(path);
  if (folder == NULL) return answer_not_found(peer);
  char **names = NULL;
  size_t count = 0;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    names = must_realloc(names, (count + 1) * sizeof *names);
    names[count] = must_malloc(strlen(entry->d_name) + 2);
    sprintf(names[count++], "%s%s", entry->d_name, entry->d_type == DT_DIR ? "/" : "");
  }
  closedir(folder);
  if (count > 0) qsort(names, count, sizeof *names, by_name);
  struct buffer page = {0};
  buffer_add_string(&page, "<!doctype html>\n<meta name=\"viewport\" content=\"width=device-width\">\n<pre>\n");
  for (size_t i = 0; i < count; i++) {
    buffer_add_string(&page, "<a href=\"");
    buffer_add_string(&page, names[i]);
    buffer_add_string(&page, "\">");
    buffer_add_string(&page, names[i]);
    buffer_add_string(&page, "</a>\n");
    free(names[i]);
  }
  buffer_add_string(&page, "</pre>\n");
  free(names);
  answer_bytes(peer, 200, "text/html; charset=utf-8", headers, page.data, page.length);
  buffer_free(&page);
}

static void answer_file(struct peer *peer, const struct http_request *request) {
  char *path = must_strdup(request->path);
  percent_decode(path, false);
  struct stat found;
  size_t length = strlen(path);
  bool leaves = strstr(path, "/../") != NULL || (length >= 3 && strcmp(path + length - 3, "/..") == 0);
  if (leaves || *path != '/') answer_text(peer, 400, "invalid URL path\n");
  else if (stat(path, &found) != 0) answer_not_found(peer);
  else if (S_ISDIR(found.st_mode) && path[length - 1] != '/') {
    char *line = must_malloc(length + 16);
    sprintf(line, "Location: %s/\r\n", strrchr(path, '/') + 1);
    if (strchr(path, '\r') == NULL && strchr(path, '\n') == NULL) answer_bytes(peer, 301, "", line, "", 0);
    else answer_not_found(peer);
    free(line);
  } else if (S_ISDIR(found.st_mode)) answer_folder(peer, path);
  else {
    size_t size = 0;
    char *text = found.st_size <= 16 << 20 ? whole_file(path, &size) : NULL;
    if (text == NULL) answer_text(peer, 500, "500 Internal Server Error\n");
    else answer_bytes(peer, 200, type_of(path), headers, text, size);
    free(text);
  }
  free(path);
}

int test_webserver(int argc, char **argv) {
  int64_t port = 80;
  TAKE_FLAGS({"port", 0, FLAG_NUMBER, &port});
  struct server server = {(int)port, .received = http_received, .answer = answer_file};
  return serve_on(&server) ? serve_like_go() : 1;
}
