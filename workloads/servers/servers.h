/* Small servers in one component: which one runs is decided by the name it is called by. */
#pragma once
#include "serve.h"

int hello_app(int argc, char **argv);
int node_hello(int argc, char **argv);
int goproxy(int argc, char **argv);
int socat(int argc, char **argv);
int etcd(int argc, char **argv);
