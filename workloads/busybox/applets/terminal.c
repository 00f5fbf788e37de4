/* stty and tty: what is known of the terminal, and what can be set. */
#include "busybox.h"
#include <stdlib.h>

static const struct {
  const char *name;
  int set, clear;
} SETTINGS[] = {
  {"icanon", TERMINAL_CANONICAL, 0},  {"-icanon", 0, TERMINAL_CANONICAL}, {"echo", TERMINAL_ECHO, 0},
  {"-echo", 0, TERMINAL_ECHO},        {"isig", TERMINAL_SIGNALS, 0},      {"-isig", 0, TERMINAL_SIGNALS},
  {"opost", TERMINAL_TRANSLATE, 0},   {"-opost", 0, TERMINAL_TRANSLATE},  {"raw", 0, 13},
  {"-cooked", 0, 13},                 {"cooked", 13, 0},                  {"-raw", 13, 0},
  {"sane", 15, 0},                    {"cbreak", 0, TERMINAL_CANONICAL},  {"-cbreak", TERMINAL_CANONICAL, 0},
};

static int show(const struct option_mode *mode, const struct option_size *size) {
  out_format("speed 38400 baud; rows %d; columns %d;\n", size->height, size->width);
  out_format("%sicanon %sisig %secho %sopost\n", mode->mode & TERMINAL_CANONICAL ? "" : "-",
             mode->mode & TERMINAL_SIGNALS ? "" : "-", mode->mode & TERMINAL_ECHO ? "" : "-",
             mode->mode & TERMINAL_TRANSLATE ? "" : "-");
  return 0;
}

APPLET(stty) {
  struct option_mode mode;
  struct option_size size;
  terminal_mode(&mode);
  terminal_size(&size);
  if (!mode.some || !stream_is_terminal(fds[0])) return complain("stty", "standard input: Not a tty");
  if (argc == 1 || strcmp(argv[1], "-a") == 0) return show(&mode, &size);
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "size") == 0) {
      out_format("%d %d\n", size.height, size.width);
      continue;
    }
    size_t found = 0;
    while (found < sizeof SETTINGS / sizeof *SETTINGS && strcmp(SETTINGS[found].name, argv[i]) != 0) found++;
    if (found == sizeof SETTINGS / sizeof *SETTINGS) {
      return bad_usage("stty", "podstep's stty does not have '%s'", argv[i]);
    }
    mode.mode = (uint8_t)((mode.mode & ~SETTINGS[found].clear) | SETTINGS[found].set);
    terminal_set_mode(mode.mode);
  }
  return 0;
}

APPLET(tty) {
  bool silent = argc > 1 && strcmp(argv[1], "-s") == 0;
  bool is = stream_is_terminal(fds[0]);
  if (!silent) out(is ? "/dev/pts/0\n" : "not a tty\n");
  return !is;
}
