/* Applets about nothing but their arguments: echo, sleep, true, seq, basename, ... */
#include "busybox.h"
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

APPLET(succeed) {
  (void)argc, (void)argv;
  return 0;
}

APPLET(fail) {
  (void)argc, (void)argv;
  return 1;
}

/* Backslash escapes of echo -e; returns false after \c. */
static bool echo_escaped(const char *text) {
  static const char FROM[] = "abefnrtv\\";
  static const char TO[] = "\a\b\033\f\n\r\t\v\\";
  for (; *text != '\0'; text++) {
    if (*text != '\\' || text[1] == '\0') {
      out_char(*text);
      continue;
    }
    char c = *++text;
    const char *found = strchr(FROM, c);
    if (c == 'c') return false;
    if (found != NULL) {
      out_char(TO[found - FROM]);
    } else if (c == '0' || c == 'x') {
      char digits[4] = {0};
      int limit = c == '0' ? 3 : 2;
      const char *allowed = c == '0' ? "01234567" : "0123456789abcdefABCDEF";
      for (int i = 0; i < limit && text[1] != '\0' && strchr(allowed, text[1]); i++) digits[i] = *++text;
      if (c == 'x' && digits[0] == '\0') out("\\x");
      else out_char((char)strtol(digits, NULL, c == '0' ? 8 : 16));
    } else {
      out_char('\\');
      out_char(c);
    }
  }
  return true;
}

APPLET(echo) {
  bool newline = true, escapes = false;
  int index = 1;
  for (; index < argc; index++) {
    const char *argument = argv[index];
    if (argument[0] != '-' || argument[1] == '\0' || argument[strspn(argument + 1, "neE") + 1] != '\0') break;
    for (argument++; *argument != '\0'; argument++) {
      if (*argument == 'n') newline = false;
      else escapes = *argument == 'e';
    }
  }
  for (int i = index; i < argc; i++) {
    if (i > index) out_char(' ');
    if (!escapes) out(argv[i]);
    else if (!echo_escaped(argv[i])) return 0;
  }
  if (newline) out_char('\n');
  return 0;
}

APPLET(sleep) {
  int64_t total = 0;
  if (argc < 2) return complain("sleep", "missing operand");
  for (int i = 1; i < argc; i++) {
    int64_t part = parse_duration(argv[i], true);
    if (part < 0) return complain("sleep", "invalid number '%s'", argv[i]);
    total = part > INT64_MAX - total ? INT64_MAX : total + part;
  }
  pause_for(total);
  return 0;
}

APPLET(usleep) {
  char *end;
  if (argc != 2) return complain("usleep", "missing operand");
  long long microseconds = strtoll(argv[1], &end, 10);
  if (*argv[1] == '\0' || *end != '\0' || microseconds < 0) return complain("usleep", "invalid number '%s'", argv[1]);
  pause_for(microseconds * 1000);
  return 0;
}

APPLET(seq) {
  double numbers[3] = {1, 1, 1};
  const char *separator = "\n";
  bool wide = false;
  int index = 1;
  for (; index < argc && argv[index][0] == '-' && strchr("0123456789.", argv[index][1]) == NULL; index++) {
    if (strcmp(argv[index], "-w") == 0) wide = true;
    else if (strcmp(argv[index], "-s") == 0 && index + 1 < argc) separator = argv[++index];
    else if (argv[index][1] == 's' && argv[index][2] != '\0') separator = argv[index] + 2;
    else return bad_usage("seq", "invalid option '%s'", argv[index]);
  }
  int count = argc - index;
  if (count < 1 || count > 3) return complain("seq", "expects one to three numbers");
  int precision = 0, width = 0;
  for (int i = 0; i < count; i++) {
    char *end;
    const char *text = argv[index + i];
    double value = strtod(text, &end);
    if (end == text || *end != '\0') return complain("seq", "invalid number '%s'", text);
    const char *dot = strchr(text, '.');
    if (dot != NULL && (int)strlen(dot + 1) > precision && i != 2) precision = (int)strlen(dot + 1);
    if ((int)strlen(text) > width) width = (int)strlen(text);
    if (count == 1) numbers[2] = value;
    else if (count == 2) numbers[i == 0 ? 0 : 2] = value;
    else numbers[i] = value;
  }
  if (numbers[1] == 0) return complain("seq", "invalid increment '0'");
  bool first = true;
  for (int64_t i = 0; !out_failed(); i++) {
    double value = numbers[0] + (double)i * numbers[1];
    if (numbers[1] > 0 ? value > numbers[2] + 1e-10 : value < numbers[2] - 1e-10) break;
    if (!first) out(separator);
    first = false;
    out_format(wide ? "%0*.*f" : "%*.*f", wide ? width : 0, precision, value);
  }
  if (!first) out("\n");
  return 0;
}

APPLET(yes) {
  do {
    for (int i = 1; i < argc; i++) {
      out(argv[i]);
      out_char(i + 1 < argc ? ' ' : '\n');
    }
    if (argc == 1) out("y\n");
  } while (!out_failed());
  return 0;
}

static char *without_slashes(char *path) {
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] == '/') path[--length] = '\0';
  return path;
}

APPLET(basename) {
  if (argc < 2 || argc > 3) return complain("basename", "expects a path, and perhaps a suffix");
  char *path = without_slashes(take_string(argv[1]));
  char *slash = strrchr(path, '/');
  char *name = slash != NULL && slash[1] != '\0' ? slash + 1 : path;
  size_t length = strlen(name);
  size_t suffix = argc == 3 ? strlen(argv[2]) : 0;
  if (suffix > 0 && suffix < length && strcmp(name + length - suffix, argv[2]) == 0) name[length - suffix] = '\0';
  out_format("%s\n", name);
  return 0;
}

APPLET(dirname) {
  if (argc != 2) return complain("dirname", "expects one path");
  char *path = without_slashes(take_string(argv[1]));
  char *slash = strrchr(path, '/');
  if (slash == NULL) path = ".";
  else if (slash == path) path = "/";
  else {
    *slash = '\0';
    without_slashes(path);
  }
  out_format("%s\n", path);
  return 0;
}

/* What date -d understands: @seconds, YYYY-MM-DD and YYYY-MM-DD hh:mm:ss. */
static bool parse_date(const char *text, int64_t *seconds) {
  struct tm tm = {.tm_mday = 1};
  char rest;
  if (sscanf(text, "@%lld%c", (long long *)seconds, &rest) == 1) return true;
  int fields = sscanf(text, "%d-%d-%d%*1[T ]%d:%d:%d%c", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
                      &tm.tm_sec, &rest);
  if (fields != 3 && fields != 5 && fields != 6 && !(fields == 7 && rest == 'Z')) return false;
  tm.tm_year -= 1900;
  tm.tm_mon -= 1;
  *seconds = timegm(&tm);
  return true;
}

APPLET(date) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  int64_t seconds = now.tv_sec;
  const char *format = "%a %b %e %H:%M:%S UTC %Y";
  struct options options = options_of(argc, argv, "uRI:d:");
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-I") == 0) argv[i] = take_string("-Idate");
    if (strcmp(argv[i], "-Iseconds") == 0 || strcmp(argv[i], "-Is") == 0) argv[i] = take_string("-Iseconds");
  }
  for (int letter; (letter = next_option(&options)) != -1;) {
    switch (letter) {
    case 'u': break;
    case 'R': format = "%a, %d %b %Y %H:%M:%S +0000"; break;
    case 'I':
      if (strcmp(options.value, "date") == 0) format = "%Y-%m-%d";
      else if (strcmp(options.value, "seconds") == 0) format = "%Y-%m-%dT%H:%M:%S+00:00";
      else return complain("date", "invalid argument '%s' to -I", options.value);
      break;
    case 'd':
      if (!parse_date(options.value, &seconds)) return complain("date", "invalid date '%s'", options.value);
      now.tv_nsec = 0;
      break;
    default: return 1;
    }
  }
  if (options.index < argc) {
    if (argv[options.index][0] != '+') return complain("date", "can't set date: Operation not permitted");
    format = argv[options.index] + 1;
  }
  out_format("%s\n", format_time(format, seconds, (int)now.tv_nsec));
  return 0;
}

APPLET(pwd) {
  (void)argc, (void)argv;
  char directory[1024];
  if (getcwd(directory, sizeof directory) == NULL) return complain_errno("pwd", ".");
  out_format("%s\n", directory);
  return 0;
}

APPLET(clear) {
  (void)argc, (void)argv;
  out("\033[H\033[J");
  return 0;
}
