/* redis-server or redis-cli: the last part of the name that it is called by. */
#include "redis.h"

int main(int argc, char **argv) {
  size_t length = strlen(argv[0]);
  bool is_client = length >= 9 && strcmp(argv[0] + length - 9, "redis-cli") == 0;
  program_exit(is_client ? redis_cli(argc, argv) : redis_server(argc, argv));
}
