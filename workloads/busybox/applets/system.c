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

/* Who this process is: the runtime says it where Linux does. */
struct identity {
  unsigned user, group;
  size_t group_count;
  unsigned groups[64];
};

static struct identity identity(void) {
  struct identity found = {0};
  struct stream *stream = open_input("/proc/self/status");
  if (stream == NULL) return found;
  char *line = read_all(stream, NULL);
  stream_drop(stream);
  for (char *next; line != NULL; line = next) {
    next = strchr(line, '\n');
    if (next != NULL) *next++ = '\0';
    if (strncmp(line, "Uid:", 4) == 0) found.user = (unsigned)strtoul(line + 4, NULL, 10);
    if (strncmp(line, "Gid:", 4) == 0) found.group = (unsigned)strtoul(line + 4, NULL, 10);
    if (strncmp(line, "Groups:", 7) != 0) continue;
    char *at = line + 7, *end;
    for (unsigned long id = strtoul(at, &end, 10); end != at && found.group_count < 64; id = strtoul(at, &end, 10)) {
      found.groups[found.group_count++] = (unsigned)id;
      at = end;
    }
  }
  return found;
}

/* The name of an id in /etc/passwd or /etc/group; null when it has none. */
static char *name_of(const char *path, unsigned id) {
  struct stream *stream = open_input(path);
  if (stream == NULL) return NULL;
  char *line = read_all(stream, NULL);
  stream_drop(stream);
  for (char *next; line != NULL; line = next) {
    next = strchr(line, '\n');
    if (next != NULL) *next++ = '\0';
    char *password = strchr(line, ':');
    char *number = password != NULL ? strchr(password + 1, ':') : NULL;
    if (number == NULL || (unsigned)strtoul(number + 1, NULL, 10) != id) continue;
    *password = '\0';
    return line;
  }
  return NULL;
}

static void out_id(const char *path, unsigned id, bool as_name) {
  char *name = as_name ? name_of(path, id) : NULL;
  if (name != NULL) out(name);
  else out_format("%u", id);
}

static void out_both(const char *path, unsigned id) {
  char *name = name_of(path, id);
  if (name != NULL) out_format("%u(%s)", id, name);
  else out_format("%u", id);
}

APPLET(id) {
  bool user = false, group = false, all = false, name = false;
  struct options options = options_of(argc, argv, "ugGnr");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'u') user = true;
    if (letter == 'g') group = true;
    if (letter == 'G') all = true;
    if (letter == 'n') name = true;
  }
  struct identity own = identity();
  if (user) out_id("/etc/passwd", own.user, name);
  else if (group) out_id("/etc/group", own.group, name);
  else if (all) {
    for (size_t i = 0; i < own.group_count; i++) {
      if (i > 0) out_char(' ');
      out_id("/etc/group", own.groups[i], name);
    }
  } else {
    out("uid=");
    out_both("/etc/passwd", own.user);
    out(" gid=");
    out_both("/etc/group", own.group);
    for (size_t i = 0; i < own.group_count; i++) {
      out(i == 0 ? " groups=" : ",");
      out_both("/etc/group", own.groups[i]);
    }
  }
  out_char('\n');
  return 0;
}

APPLET(whoami) {
  (void)argc, (void)argv;
  struct identity own = identity();
  char *name = name_of("/etc/passwd", own.user);
  if (name == NULL) return complain("whoami", "unknown uid %u", own.user);
  out_format("%s\n", name);
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
  unsigned user = identity().user;
  char *name = name_of("/etc/passwd", user);
  if (name == NULL) name = take_format("%u", user);
  out("PID   USER     COMMAND\n");
  for (size_t i = 0; i < count; i++) {
    out_format("%5d %-8.8s ", processes[i].pid, name);
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
