/* A preview 1 program and its standard streams: which are terminals, lines in and out, waiting for either. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "sleep") == 0) return sleep(3600);
  setvbuf(stdout, NULL, _IONBF, 0);
  printf("terminals %d%d%d\n", isatty(0), isatty(1), isatty(2));
  char byte;
  fcntl(0, F_SETFL, O_NONBLOCK);
  if (read(0, &byte, 1) < 0) printf("not yet %d\n", errno == EAGAIN);
  fcntl(0, F_SETFL, 0);
  struct pollfd input = {.fd = 0, .events = POLLIN};
  printf("ready %d\n", poll(&input, 1, 2000));
  char line[256];
  while (fgets(line, sizeof line, stdin)) {
    for (char *letter = line; *letter; letter++) *letter = toupper(*letter);
    fputs(line, stdout);
  }
  fprintf(stderr, "the end\n");
  return 4;
}
