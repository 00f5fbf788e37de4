/* agnhost: one program with a subcommand for each thing that a test of Kubernetes asks of a container. */
#pragma once
#include "serve.h"

/** Each gets its own name first; returns the exit code. */
int connect_command(int argc, char **argv);
int dns_server_list(int argc, char **argv);
int dns_suffix(int argc, char **argv);
int entrypoint_tester(int argc, char **argv);
int etc_hosts(int argc, char **argv);
int grpc_health_checking(int argc, char **argv);
int liveness(int argc, char **argv);
int logs_generator(int argc, char **argv);
int mounttest(int argc, char **argv);
int netexec(int argc, char **argv);
int pause_command(int argc, char **argv);
int porter(int argc, char **argv);
int serve_hostname(int argc, char **argv);
int test_webserver(int argc, char **argv);

/** Flags as cobra reads them; on a mistake it complains and ends with 1. `words` are those that are no flags. */
#define TAKE_FLAGS(...) \
  const struct flag flags[] = {__VA_ARGS__}; \
  must_take_flags(argc, argv, flags, sizeof flags / sizeof *flags, 0)
/** Returns the words; their number must be `words`. */
char **must_take_flags(int argc, char **argv, const struct flag *flags, size_t count, int words);
/** A whole file; null when it cannot be read (errno says why). Freed by the caller. */
char *whole_file(const char *path, size_t *length);
/** Ends with 1 and a line in the form of Go's log.Fatal. */
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));
/** Serves until a signal; the exit code is that of a Go program without a handler. */
int serve_like_go(void);
