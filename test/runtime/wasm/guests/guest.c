/* The program that the tests of the wasm runtime run: one verb per thing a guest can do, or try to do. */
#include "program.h"
#include "fetch.h"
#include "floods.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
char *volatile keep;

static void say(const char *format, ...) {
  va_list values;
  va_start(values, format);
  vprintf(format, values);
  va_end(values);
  fflush(stdout);
}

static volatile int zero = 0;

static int recurse(volatile int depth) {
  volatile char frame[64];
  frame[0] = (char)depth;
  return (zero ? 0 : recurse(depth + 1)) + frame[0];
}

/* No loop and little stack: only calls, 2^60 of them. */
static int tree(int depth) {
  if (depth == 0) return zero;
  return tree(depth - 1) + tree(depth - 1);
}

static void hog(void) {
  for (;;) {
    char *block = malloc(1 << 20);
    if (!block) exit(12);
    memset(block, 1, 1 << 20);
    keep = block;
  }
}

static void fill(size_t mebibytes) {
  char *block = malloc(mebibytes << 20);
  for (int value = 0;; value++) {
    memset(block, value, mebibytes << 20);
    keep = block;
  }
}

static void parse_address(const char *text, uint8_t address[4]) {
  unsigned a = 0, b = 0, c = 0, d = 0;
  sscanf(text, "%u.%u.%u.%u", &a, &b, &c, &d);
  address[0] = a, address[1] = b, address[2] = c, address[3] = d;
}

static void serve(const char *ip, int port) {
  uint8_t address[4];
  parse_address(ip, address);
  int socket = network_listen(address, port);
  if (socket < 0) {
    say("listen: %s\n", network_error(socket));
    exit(1);
  }
  handle waiting[2] = {wasi_tcp_subscribe(socket), process_signals_subscribe()};
  say("listening\n");
  for (;;) {
    bool ready[2] = {false, false};
    wait_flags(waiting, 2, ready);
    int number = ready[1] ? process_signals_take() : 0;
    if (number == 15) {
      say("bye\n");
      exit(0);
    }
    struct connection connection;
    if (network_accept(socket, &connection) < 0) continue;
    struct stream *in = stream_of_input(connection.in), *out = stream_of_output(connection.out);
    char request[512];
    ssize_t length = stream_read(in, request, sizeof request - 1);
    request[length > 0 ? length : 0] = 0;
    if (strstr(request, "GET /moved")) {
      stream_printf(out, "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n");
    } else if (strstr(request, "GET /silent")) {
      sleep_nanoseconds(60 * NANOSECONDS);
    } else if (strstr(request, "GET / ")) {
      stream_printf(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello\n\r\n0\r\n\r\n");
    } else {
      stream_printf(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    }
    stream_flush(out);
    connection.in = connection.out = -1;
    stream_drop(in);
    stream_drop(out);
    wasi_tcp_drop(connection.socket);
  }
}

/* Answers every request with the same words, and then with others without end. */
static void answer_always(int port, const char *head, const char *again) {
  uint8_t any[4] = {0};
  int socket = network_listen(any, port);
  if (socket < 0) exit(1);
  say("listening\n");
  for (;;) {
    wasi_pollable_block(wasi_tcp_subscribe(socket));
    struct connection connection;
    if (network_accept(socket, &connection) < 0) continue;
    struct stream *in = stream_of_input(connection.in), *out = stream_of_output(connection.out);
    char request[512];
    stream_read(in, request, sizeof request - 1);
    stream_printf(out, "%s", head);
    for (int i = 0; *again && stream_printf(out, "%s", again) >= 0 && i < 1000000; i++) stream_flush(out);
    stream_flush(out);
    connection.in = connection.out = -1;
    stream_drop(in);
    stream_drop(out);
    wasi_tcp_drop(connection.socket);
  }
}

static int reach(const char *ip, int port) {
  uint8_t address[4];
  parse_address(ip, address);
  struct connection connection;
  int failed = network_connect(address, port, 0, &connection);
  say("%s\n", failed < 0 ? network_error(failed) : "connected");
  return failed < 0;
}

/* Connects again and again and says nothing. */
static void crowd(const char *ip, int port, int wanted) {
  uint8_t address[4];
  parse_address(ip, address);
  struct connection connection;
  int count = 0;
  while (count < wanted && network_connect(address, port, 0, &connection) >= 0) count++;
  say("%d connections\n", count);
  sleep_nanoseconds(60 * NANOSECONDS);
}

static int show(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) {
    say("%s: %s\n", path, strerror(errno));
    return 1;
  }
  char line[4096];
  size_t length;
  while ((length = fread(line, 1, sizeof line, file)) > 0) fwrite(line, 1, length, stdout);
  fflush(stdout);
  return fclose(file);
}

static int store(const char *path, const char *mode, const char *text) {
  FILE *file = fopen(path, mode);
  if (!file || fputs(text, file) < 0 || fclose(file) != 0) {
    say("%s: %s\n", path, strerror(errno));
    return 1;
  }
  return 0;
}

/* Writes until the file system has had enough. */
static int gorge(const char *path) {
  static char piece[1 << 16];
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  long pieces = 0;
  while (file >= 0 && write(file, piece, sizeof piece) == sizeof piece) pieces++;
  say("%ld KiB: %s\n", pieces * 64, strerror(errno));
  return 0;
}

static int list(const char *path) {
  DIR *directory = opendir(path);
  if (!directory) {
    say("%s: %s\n", path, strerror(errno));
    return 1;
  }
  for (struct dirent *entry; (entry = readdir(directory));) say("%s\n", entry->d_name);
  return closedir(directory);
}

static int outcome(const char *path, int failed) {
  if (failed) say("%s: %s\n", path, strerror(errno));
  return failed != 0;
}

static int64_t milliseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void obey(int code) {
  handle pending = process_signals_subscribe();
  say("ready\n");
  wasi_pollable_block(pending);
  say("got %d\n", (int)process_signals_take());
  exit(code);
}

static int run_child(char **argv) {
  handle child = spawn(argv[0], argv, environ, "/", NULL, NULL, NULL);
  if (child < 0) {
    say("spawn: %s\n", strerror(errno));
    return 1;
  }
  say("child ended with %d\n", child_wait(child));
  return 0;
}

int main(int argc, char **argv) {
  const char *verb = argc > 1 ? argv[1] : "";
  const char *first = argc > 2 ? argv[2] : "";
  const char *second = argc > 3 ? argv[3] : "";
#define VERB(name) if (strcmp(verb, name) == 0)
  VERB("say") { say("%s\n", first); return 0; }
  VERB("both") { say("out\n"); fprintf(stderr, "err\n"); return atoi(first); }
  VERB("part") { say("%s", first); return 0; }
  VERB("long") { for (int i = 0; i < atoi(first); i++) putchar('x'); say("\n"); return 0; }
  VERB("flood") for (long i = 0;; i++) printf("line %ld of a flood that does not end\n", i);
  VERB("exit") exit(atoi(first));
  VERB("abort") __builtin_trap();
  VERB("segv") return *(volatile int *)0xfffffff0;
  VERB("recurse") return recurse(0);
  VERB("tree") return tree(60);
  VERB("divide") return 7 / zero; /* of 1 the compiler makes a comparison */
  VERB("spin") for (volatile long i = 0;; i++);
  VERB("hog") hog();
  VERB("fill") fill(atoi(first));
  VERB("clock") for (int64_t end = milliseconds(CLOCK_MONOTONIC) + atoi(first); milliseconds(CLOCK_MONOTONIC) < end;) zero = 0;
  VERB("sleep") { sleep_nanoseconds(atoll(first) * 1000000); say("slept\n"); return 0; }
  VERB("tick") for (int i = 1;; i++) { say("tick %d\n", i); sleep_nanoseconds(*first ? atoll(first) * 1000000 : NANOSECONDS); }
  VERB("time") { say("%lld\n", (long long)milliseconds(CLOCK_REALTIME)); return 0; }
  VERB("random") { unsigned char bytes[8]; getentropy(bytes, 8); for (int i = 0; i < 8; i++) printf("%02x", bytes[i]); say("\n"); return 0; }
  VERB("env") { for (char **one = environ; *one; one++) say("%s\n", *one); return 0; }
  VERB("show") return show(first);
  VERB("store") return store(first, "w", second);
  VERB("gorge") return gorge(first);
  VERB("append") return store(first, "a", second);
  VERB("read") { char c; say("%ld\n", (long)read(0, &c, 1)); return 0; }
  VERB("list") return list(first);
  VERB("mkdir") return outcome(first, mkdir(first, 0755));
  VERB("deepen") { mkdir(first, 0755); for (int i = 0; i < atoi(second); i++) { if (chdir(first) || mkdir("d", 0755)) { say("%d: %s\n", i, strerror(errno)); return 0; } first = "d"; } return 0; }
  VERB("rm") return outcome(first, unlink(first));
  VERB("rmdir") return outcome(first, rmdir(first));
  VERB("mv") return outcome(first, rename(first, second));
  VERB("link") return outcome(second, symlink(first, second));
  VERB("open") { int count = 0; while (open(first, O_RDONLY) >= 0) count++; say("%d: %s\n", count, strerror(errno)); return 0; }
  VERB("longarg") { char *word = calloc(1, (size_t)atoll(first) + 1); memset(word, 'x', (size_t)atoll(first)); char *again[] = {argv[0], word, NULL}; spawn(argv[0], again, environ, "/", NULL, NULL, NULL); return 0; }
  VERB("pollmany") { struct list ready; wasi_poll(NULL, (size_t)atoll(first), &ready); return 0; }
  VERB("litter") { char path[64]; for (int i = 0;; i++) { snprintf(path, sizeof path, "%s/%d", first, i); int file = open(path, O_WRONLY | O_CREAT, 0644); if (file < 0) { say("%d: %s\n", i, strerror(errno)); return 0; } close(file); } }
  VERB("dial") { uint8_t address[4]; parse_address(first, address); struct connection connection; for (int i = 0;; i++) { int failed = network_connect(address, atoi(second), 0, &connection); if (failed < 0) { say("%d: %s\n", i, network_error(failed)); return 0; } } }
  VERB("timers") for (int i = 0;; i++) { if (i % 100 == 0) say("%d\n", i); wasi_monotonic_subscribe_duration(NANOSECONDS); }
  VERB("obey") obey(atoi(first));
  VERB("serve") serve(first, atoi(second));
  VERB("crowd") crowd(first, atoi(second), atoi(argv[4]));
  VERB("answer") answer_always(atoi(first), second, argc > 4 ? argv[4] : "");
  uint8_t address[4];
  parse_address(first, address);
  VERB("udp-hold") { udp_hold(atoi(first), atoi(second)); return 0; }
  VERB("udp-flood") { udp_flood(address, atoi(second), atoi(argv[4]), atoi(argv[5])); return 0; }
  VERB("listen") { listen_only(atoi(first), false); return 0; }
  VERB("hoard") { listen_only(atoi(first), true); return 0; }
  VERB("pour") { pour(address, atoi(second)); return 0; }
  VERB("look-up") { look_up(first, atoi(second)); return 0; }
  VERB("fetch") { char text[512]; fetch(first, *second ? second : "/", text, sizeof text); say("%s", text); return 0; }
  VERB("reach") return reach(first, atoi(second));
  VERB("spawn") return run_child(argv + 2);
  VERB("bomb") for (;;) { char *again[] = {argv[0], "sleep", "60000", NULL}; if (spawn(argv[0], again, environ, "/", NULL, NULL, NULL) < 0) { say("%s\n", strerror(errno)); return 0; } }
  if (strcmp(verb, "clock") == 0) return 0;
  say("no such verb: %s\n", verb);
  return 99;
}
