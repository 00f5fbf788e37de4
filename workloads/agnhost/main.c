/* Which subcommand, and what all of them share. */
#include "agnhost.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct {
  const char *name;
  int (*run)(int argc, char **argv);
  const char *help;
} commands[] = {
    {"connect", connect_command, "Attempts a TCP or UDP connection and returns useful errors"},
    {"dns-server-list", dns_server_list, "Outputs the host's DNS server list"},
    {"dns-suffix", dns_suffix, "Outputs the host's DNS suffix list"},
    {"entrypoint-tester", entrypoint_tester, "Prints the args it's passed and exits"},
    {"etc-hosts", etc_hosts, "Outputs the contents of the host's hosts file"},
    {"grpc-health-checking", grpc_health_checking, "Starts a simple grpc health checking endpoint"},
    {"liveness", liveness, "Starts a server that is alive for 10 seconds"},
    {"logs-generator", logs_generator, "Outputs lines of logs uniformly"},
    {"mounttest", mounttest, "Creates files and outputs the contents of files"},
    {"netexec", netexec, "Creates HTTP and UDP servers with various endpoints"},
    {"pause", pause_command, "Pauses the execution"},
    {"porter", porter, "Serves requested data on ports specified in ENV variables"},
    {"serve-hostname", serve_hostname, "Serves the hostname"},
    {"test-webserver", test_webserver, "Starts a simple HTTP fileserver"},
};
#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static int usage(int stream) {
  struct stream *out = standard_stream(stream);
  stream_printf(out, "Usage:\n  agnhost [command]\n\nAvailable Commands (podstep's stand-in):\n");
  for (size_t i = 0; i < COMMAND_COUNT; i++) stream_printf(out, "  %-22s %s\n", commands[i].name, commands[i].help);
  return stream == 1 ? 0 : 1;
}

char **must_take_flags(int argc, char **argv, const struct flag *flags, size_t count, int words) {
  char **rest = must_malloc((size_t)argc * sizeof *rest);
  int rest_count;
  const char *complaint = take_flags(argc, argv, flags, count, rest, &rest_count);
  char text[128];
  if (complaint == NULL && rest_count != words) {
    if (words == 0) snprintf(text, sizeof text, "unknown command \"%s\" for \"agnhost %s\"", rest[0], argv[0]);
    else snprintf(text, sizeof text, "accepts %d arg(s), received %d", words, rest_count);
    complaint = text;
  }
  if (complaint == NULL) return rest;
  stream_printf(standard_stream(2), "Error: %s\nUsage:\n  agnhost %s [flags]\n", complaint, argv[0]);
  program_exit(1);
}

_Noreturn void fatal(const char *format, ...) {
  char text[512];
  va_list values;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  log_go("%s", text);
  program_exit(1);
}

char *whole_file(const char *path, size_t *length) {
  int descriptor = open(path, O_RDONLY);
  if (descriptor < 0) return NULL;
  struct buffer text = {0};
  char chunk[4096];
  ssize_t count;
  while ((count = read(descriptor, chunk, sizeof chunk)) > 0) buffer_add(&text, chunk, (size_t)count);
  int error = errno;
  close(descriptor);
  if (count < 0) {
    buffer_free(&text);
    errno = error;
    return NULL;
  }
  if (length != NULL) *length = text.length;
  return text.data != NULL ? text.data : must_strdup("");
}

int serve_like_go(void) { return go_exit_code(serve_until_end()); }

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "help";
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    if (strcmp(commands[i].name, name) == 0) program_exit(commands[i].run(argc - 1, argv + 1));
  }
  if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) program_exit(usage(1));
  stream_printf(standard_stream(2), "Error: unknown command \"%s\" for \"agnhost\"\n", name);
  program_exit(usage(2));
}
