/* busybox: one program that is whichever applet it is called as. */
#include "busybox.h"
#include <stdlib.h>
#include <unistd.h>
#include "applets.h"

static const struct applet APPLETS[] = {
#define ENTRY(name, function) {name, function##_main},
  ALL_APPLETS(ENTRY)
#undef ENTRY
};
#define APPLET_COUNT (sizeof APPLETS / sizeof *APPLETS)

const struct applet *find_applet(const char *name) {
  for (size_t i = 0; i < APPLET_COUNT; i++) {
    if (strcmp(APPLETS[i].name, name) == 0) return &APPLETS[i];
  }
  return NULL;
}

static int list(void) {
  for (size_t i = 0; i < APPLET_COUNT; i++) out_format("%s\n", APPLETS[i].name);
  return 0;
}

static int usage(void) {
  out("podstep's stand-in for BusyBox; not BusyBox itself.\n"
      "Usage: busybox [function [arguments]...]\n"
      "   or: busybox --list\n\n"
      "Currently defined functions:\n");
  for (size_t i = 0; i < APPLET_COUNT; i++) out_format("%s%s", i == 0 ? "\t" : ", ", APPLETS[i].name);
  out("\n");
  return 0;
}

APPLET(busybox) {
  if (argc < 2 || strcmp(argv[1], "--help") == 0) return usage();
  if (strcmp(argv[1], "--list") == 0) return list();
  const struct applet *applet = find_applet(argv[1]);
  if (applet == NULL) return complain(argv[1], "applet not found"), 127;
  return applet->run(argc - 1, argv + 1);
}

static const struct applet *applet_called(char *name) {
  const char *slash = strrchr(name, '/');
  name = slash ? (char *)slash + 1 : name;
  return find_applet(*name == '-' ? name + 1 : name);
}

int main(int argc, char **argv) {
  struct option_string directory;
  wasi_initial_cwd(&directory);
  if (directory.some) {
    char *path = take_substring(directory.string.data, directory.string.length);
    list_free(&directory.string);
    if (chdir(path) < 0) complain_errno(argc > 0 ? argv[0] : "busybox", path);
  }
  for (int fd = 0; fd < 3; fd++) fds[fd] = standard_stream(fd);
  if (argc < 1) program_exit(127);
  shell_prepare(argv[0]);
  const struct applet *applet = applet_called(argv[0]);
  if (applet == NULL) {
    complain(argv[0], "applet not found");
    program_exit(127);
  }
  program_exit(run_applet(applet, argc, argv));
}
