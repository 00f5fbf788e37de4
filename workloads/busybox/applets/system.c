/* Applets about the process's surroundings: environment, names, users, processes. */
#include "busybox.h"
#include <errno.h>
#include <stdlib.h>

static const char *variable_in(char **list, const char *name) {
  size_t length = strlen(name);
  for (; *list != NULL; list++) {
    if (strncmp(*list, name, length) == 0 && (*list)[length] == '=') return *list + length + 1;
  }
  return NULL;
}

APPLET(printenv) {
  char **list = environment();
  if (argc == 1) {
    for (; *list != NULL; list++) out_format("%s\n", *list);
    return 0;
  }
  int status = 0;
  for (int i = 1; i < argc; i++) {
    const char *value = variable_in(list, argv[i]);
    if (value == NULL) status = 1;
    else out_format("%s\n", value);
  }
  return status;
}

APPLET(env) {
  bool clear = false;
  int index = 1;
  char **changes = take(((size_t)argc * 2 + 1) * sizeof *changes);
  size_t count = 0;
  for (; index < argc && argv[index][0] == '-'; index++) {
    if (strcmp(argv[index], "-i") == 0 || strcmp(argv[index], "-") == 0) clear = true;
    else if (strcmp(argv[index], "-u") == 0 && index + 1 < argc) changes[count++] = argv[++index];
    else if (strcmp(argv[index], "--") == 0) {
      index++;
      break;
    } else return bad_usage("env", "invalid option '%s'", argv[index]);
  }
  for (; index < argc && strchr(argv[index], '=') != NULL; index++) changes[count++] = argv[index];
  changes[count] = NULL;
  static char *list[] = {"printenv", NULL};
  bool prints = index == argc;
  return run_with_environment(changes, clear, prints ? 1 : argc - index, prints ? list : argv + index);
}

/* The runtime writes the pod's name there; HOSTNAME says it too. */
static char *host_name(void) {
  struct stream *stream = open_input("/etc/hostname");
  char *name = NULL;
  if (stream != NULL) {
    name = read_all(stream, NULL);
    name[strcspn(name, "\n")] = '\0';
    stream_drop(stream);
  }
  if (name == NULL || *name == '\0') {
    const char *variable = variable_in(environment(), "HOSTNAME");
    name = take_string(variable ? variable : "localhost");
  }
  return name;
}

APPLET(hostname) {
  char *name = host_name();
  if (argc == 1 || (argc == 2 && (strcmp(argv[1], "-f") == 0 || strcmp(argv[1], "-s") == 0))) {
    if (argc == 2 && argv[1][1] == 's') name[strcspn(name, ".")] = '\0';
    out_format("%s\n", name);
    return 0;
  }
  if (argc == 2 && strcmp(argv[1], "-i") == 0) {
    uint8_t address[1][4];
    int found = network_resolve(name, address, 1);
    if (found < 0) return complain("hostname", "%s: %s", name, network_error(found));
    out_format("%d.%d.%d.%d\n", address[0][0], address[0][1], address[0][2], address[0][3]);
    return 0;
  }
  if (argc == 2 && argv[1][0] == '-') return bad_usage("hostname", "invalid option '%s'", argv[1]);
  return complain("hostname", "sethostname: Operation not permitted");
}

APPLET(id) {
  bool user = false, group = false, name = false;
  struct options options = options_of(argc, argv, "ugGnr");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'u') user = true;
    if (letter == 'g' || letter == 'G') group = true;
    if (letter == 'n') name = true;
  }
  /* WASI has no users: a guest is what it is, and the closest true answer is 0. */
  if (user || group) out(name ? "root\n" : "0\n");
  else out("uid=0(root) gid=0(root) groups=0(root)\n");
  return 0;
}

APPLET(whoami) {
  (void)argc, (void)argv;
  out("root\n");
  return 0;
}

APPLET(uname) {
  const char *parts[6] = {"podstep", host_name(), "0.1.0", "#1 podstep", "wasm32", "WASI"};
  const char letters[] = "snrvmo";
  bool wanted[6] = {false};
  struct options options = options_of(argc, argv, "asnrvmopi");
  if (argc == 1) wanted[0] = true;
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'p' || letter == 'i') letter = 'm';
    for (int i = 0; i < 6; i++) wanted[i] = wanted[i] || letter == 'a' || letter == letters[i];
  }
  bool first = true;
  for (int i = 0; i < 6; i++) {
    if (!wanted[i]) continue;
    if (!first) out_char(' ');
    out(parts[i]);
    first = false;
  }
  out_char('\n');
  return 0;
}

APPLET(ps) {
  (void)argc, (void)argv; /* every process of the container, whatever is asked, as BusyBox's own ps shows them */
  size_t count;
  struct process *processes = list_processes(&count);
  out("PID   USER     COMMAND\n");
  for (size_t i = 0; i < count; i++) {
    out_format("%5d root     ", processes[i].pid);
    for (int j = 0; j < processes[i].argument_count; j++) out_format(j == 0 ? "%s" : " %s", processes[i].arguments[j]);
    out_char('\n');
  }
  process_list_free(processes, count);
  return 0;
}

static int list_signals(int argc, char **argv, int index) {
  if (index < argc) {
    int number = atoi(argv[index]);
    if (number == 0 && signal_number(argv[index]) > 0) {
      out_format("%d\n", signal_number(argv[index]));
      return 0;
    }
    const char *name = signal_name(number > 128 ? number - 128 : number);
    if (name == NULL) return complain(argv[0], "unknown signal '%s'", argv[index]);
    out_format("%s\n", name);
    return 0;
  }
  for (int i = 1; signal_name(i) != NULL; i++) out_format("%2d) %s\n", i, signal_name(i));
  return 0;
}

/* -9, -KILL, -s KILL: the signal; the index after it. -1 after a complaint. */
static int signal_option(int argc, char **argv, int *signal) {
  int index = 1;
  *signal = signal_number("TERM");
  for (; index < argc && argv[index][0] == '-' && argv[index][1] != '\0'; index++) {
    const char *name = argv[index] + 1;
    if (strcmp(name, "q") == 0) continue;
    if (strcmp(name, "-") == 0) return index + 1;
    if (strcmp(name, "s") == 0 && index + 1 < argc) name = argv[++index];
    *signal = signal_number(name);
    if (*signal < 0) {
      complain(argv[0], "bad signal name '%s'", name);
      return -1;
    }
  }
  return index;
}

APPLET(kill) {
  if (argc > 1 && strcmp(argv[1], "-l") == 0) return list_signals(argc, argv, 2);
  int signal;
  int index = signal_option(argc, argv, &signal);
  if (index < 0) return 1;
  if (index >= argc) return complain("kill", "you need to specify whom to kill");
  int status = 0;
  for (; index < argc; index++) {
    char *end;
    long pid = strtol(argv[index], &end, 10);
    if (*argv[index] == '\0' || *end != '\0' || pid <= 0) {
      status = complain("kill", "invalid number '%s'", argv[index]);
    } else if (signal_process((int)pid, signal) < 0) {
      status = complain("kill", "can't kill pid %ld: %s", pid, strerror(errno));
    }
  }
  return status;
}

static bool is_called(const struct process *process, const char *name) {
  if (process->argument_count == 0) return false;
  const char *program = process->arguments[0];
  size_t length = strcspn(program, ": "); /* "nginx: master process" */
  const char *start = program;
  for (size_t i = 0; i < length; i++) {
    if (program[i] == '/') start = program + i + 1;
  }
  return strlen(name) == (size_t)(program + length - start) && strncmp(start, name, strlen(name)) == 0;
}

APPLET(killall) {
  if (argc > 1 && strcmp(argv[1], "-l") == 0) return list_signals(argc, argv, 2);
  int signal;
  int index = signal_option(argc, argv, &signal);
  bool quiet = false;
  for (int i = 1; i < index; i++) quiet = quiet || strcmp(argv[i], "-q") == 0;
  if (index < 0) return 1;
  if (index >= argc) return complain("killall", "you need to specify whom to kill");
  int status = 0;
  size_t count;
  struct process *processes = list_processes(&count);
  for (; index < argc; index++) {
    bool found = false;
    for (size_t i = 0; i < count; i++) {
      if (processes[i].pid == process_current() || !is_called(&processes[i], argv[index])) continue;
      if (signal_process(processes[i].pid, signal) == 0) found = true;
    }
    if (found) continue;
    status = 1;
    if (!quiet) complain("killall", "%s: no process killed", argv[index]);
  }
  process_list_free(processes, count);
  return status;
}
