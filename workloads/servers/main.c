/* Which server: the last part of the name that it is called by. */
#include "servers.h"

int main(int argc, char **argv) {
  const char *slash = strrchr(argv[0], '/');
  const char *name = slash != NULL ? slash + 1 : argv[0];
  if (strcmp(name, "hello-app") == 0) program_exit(hello_app(argc, argv));
  if (strcmp(name, "node") == 0) program_exit(node_hello(argc, argv));
  if (strcmp(name, "goproxy") == 0) program_exit(goproxy(argc, argv));
  if (strcmp(name, "socat") == 0) program_exit(socat(argc, argv));
  if (strcmp(name, "etcd") == 0) program_exit(etcd(argc, argv));
  stream_printf(standard_stream(2), "%s: no such server\n", name);
  program_exit(127);
}
