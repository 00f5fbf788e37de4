/* `libraries: [serve, signals]`: the loop calls the handler, which says when it ends. */
#include "serve.h"
#include <signal.h>
#include <stdio.h>

static void again(int number) {
  static int count;
  printf("handler %d, time %d\n", number, ++count);
  fflush(stdout);
  if (count == 2) end_serving(number);
}

static void answer(struct peer *peer, const struct http_request *request) {
  answer_text(peer, 200, "%s %s", request->method, request->path);
}

int main(void) {
  signal(SIGUSR1, again);
  const struct server server = {.port = 8080, .received = http_received, .answer = answer};
  return serve(&server, 1);
}
