/* Which server: the last part of the name that it is called by. */
#include "grpc/grpc.h"
#include "redis/redis.h"

static int agnhost(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "grpc-health-checking") == 0) return grpc_health_checking(argc - 1, argv + 1);
  stream_printf(standard_stream(2), "Error: unknown command \"%s\" for \"agnhost\" (podstep's stand-in has grpc-health-checking)\n", argc > 1 ? argv[1] : "");
  return 1;
}

int main(int argc, char **argv) {
  peer_is_gone = forget_http2;
  const char *slash = strrchr(argv[0], '/');
  const char *name = slash != NULL ? slash + 1 : argv[0];
  if (strcmp(name, "hello-app") == 0) program_exit(hello_app(argc, argv));
  if (strcmp(name, "node") == 0) program_exit(node_hello(argc, argv));
  if (strcmp(name, "goproxy") == 0) program_exit(goproxy(argc, argv));
  if (strcmp(name, "socat") == 0) program_exit(socat(argc, argv));
  if (strcmp(name, "etcd") == 0) program_exit(etcd(argc, argv));
  if (strcmp(name, "agnhost") == 0) program_exit(agnhost(argc, argv));
  if (strcmp(name, "redis-server") == 0) program_exit(redis_server(argc, argv));
  if (strcmp(name, "redis-cli") == 0) program_exit(redis_cli(argc, argv));
  stream_printf(standard_stream(2), "%s: no such server\n", name);
  program_exit(127);
}
