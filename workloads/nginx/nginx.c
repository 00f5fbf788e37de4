/* nginx: starts the server as nginx is started, or sends a signal to one that runs. */
#include "nginx.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PID_FILE "/run/nginx.pid"

const char *config_path = "/etc/nginx/nginx.conf";
const char *global_directives = "";

static int fail(const char *text, ...) {
  va_list values;
  va_start(values, text);
  stream_printf(standard_stream(2), "nginx: ");
  stream_vprintf(standard_stream(2), text, values);
  stream_printf(standard_stream(2), "\n");
  va_end(values);
  return 1;
}

static int usage(int status) {
  stream_printf(standard_stream(2),
                "nginx version: " NAME " (podstep's stand-in, not nginx itself)\n"
                "Usage: nginx [-?hvVtTq] [-s signal] [-c filename] [-g directives]\n\n"
                "Options:\n"
                "  -?,-h         : this help\n"
                "  -v            : show version and exit\n"
                "  -t            : test configuration and exit\n"
                "  -q            : suppress non-error messages during configuration testing\n"
                "  -s signal     : send signal to a master process: stop, quit, reopen, reload\n"
                "  -c filename   : set configuration file (default: /etc/nginx/nginx.conf)\n"
                "  -g directives : set global directives out of configuration file\n");
  return status;
}

static int send_signal(const char *name) {
  const char *signal = strcmp(name, "stop") == 0     ? "TERM"
                       : strcmp(name, "quit") == 0   ? "QUIT"
                       : strcmp(name, "reload") == 0 ? "HUP"
                       : strcmp(name, "reopen") == 0 ? "USR1"
                                                     : NULL;
  if (signal == NULL) return fail("invalid option: \"-s %s\"", name);
  char text[32] = {0};
  int descriptor = open(PID_FILE, O_RDONLY);
  if (descriptor < 0 || read(descriptor, text, sizeof text - 1) < 0) {
    return fail("[error] open() \"" PID_FILE "\" failed (%d: %s)", errno == ENOENT ? 2 : errno, strerror(errno));
  }
  close(descriptor);
  int pid = atoi(text);
  if (pid <= 0) return fail("[error] invalid PID number \"%.*s\" in \"" PID_FILE "\"", (int)strcspn(text, "\n"), text);
  if (signal_process(pid, signal_number(signal)) < 0) {
    return fail("[alert] kill(%d, %d) failed (%d: %s)", pid, signal_number(signal), errno == ESRCH ? 3 : errno, strerror(errno));
  }
  return 0;
}

static int test(bool quiet) {
  struct config tested;
  char *error = load_config(config_path, global_directives, &tested);
  if (error != NULL) {
    fail("[emerg] %s", error);
    return fail("configuration file %s test failed", config_path);
  }
  if (quiet) return 0;
  fail("the configuration file %s syntax is ok", config_path);
  fail("configuration file %s test is successful", config_path);
  return 0;
}

static bool write_pid(void) {
  int descriptor = open(PID_FILE, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  char text[16];
  int length = snprintf(text, sizeof text, "%d\n", (int)process_current());
  if (descriptor < 0 || write(descriptor, text, (size_t)length) != length) {
    fail("[emerg] open() \"" PID_FILE "\" failed (%s)", strerror(errno));
    return false;
  }
  close(descriptor);
  return true;
}

/* Without `daemon off` the server goes to the background: another process, and this one ends. */
static int start_in_background(void) {
  extern char **environ;
  char *argv[] = {"nginx", "-c", (char *)config_path, "-g", format("%s daemon off;", global_directives), NULL};
  if (spawn("/usr/sbin/nginx", argv, environ, "/", NULL, NULL, NULL) < 0) {
    return fail("[alert] fork() failed while spawning (%s)", strerror(errno));
  }
  return 0;
}

static int run(void) {
  char *error = load_config(config_path, global_directives, &config);
  if (error != NULL) return fail("[emerg] %s", error);
  if (config.servers == NULL) return fail("[emerg] no \"server\" block in %s: podstep's stand-in would serve nothing", config_path);
  if (config.daemon) return start_in_background();
  if (!write_pid()) return 1;
  log_line("notice", NAME ", podstep's stand-in for nginx, not nginx itself");
  log_line("notice", "start worker processes");
  int status = serve();
  unlink(PID_FILE);
  return status;
}

int main(int argc, char **argv) {
  bool tests = false, quiet = false;
  const char *signal = NULL;
  for (int i = 1; i < argc; i++) {
    const char *option = argv[i];
    if (option[0] != '-') {
      fail("invalid option: \"%s\"", option);
      program_exit(1);
    }
    for (option++; *option != '\0'; option++) {
      if (*option == '?' || *option == 'h') program_exit(usage(0));
      if (*option == 'v' || *option == 'V') {
        stream_printf(standard_stream(2), "nginx version: " NAME " (podstep's stand-in, not nginx itself)\n");
        program_exit(0);
      }
      if (*option == 't') tests = true;
      else if (*option == 'q') quiet = true;
      else if (strchr("scg", *option) != NULL) {
        const char *value = option[1] != '\0' ? option + 1 : i + 1 < argc ? argv[++i] : NULL;
        if (value == NULL) program_exit(fail("option \"-%c\" requires parameter", *option));
        if (*option == 's') signal = value;
        if (*option == 'c') config_path = value;
        if (*option == 'g') global_directives = value;
        break;
      } else program_exit(fail("invalid option: \"%c\"", *option));
    }
  }
  program_exit(tests ? test(quiet) : signal != NULL ? send_signal(signal) : run());
}
