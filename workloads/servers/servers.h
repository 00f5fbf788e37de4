/* Small servers in one component: which one runs is decided by the name it is called by. */
#pragma once
#include "program.h"
#include <string.h>

/** One side of a conversation over TCP. */
struct server;

struct peer {
  struct connection connection;
  struct buffer input;
  struct buffer output;
  /** The other side sends no more. */
  bool at_end;
  /** To be closed once everything is sent. */
  bool closing;
  /** Gone: the loop forgets it. */
  bool broken;
  /** 2 once it speaks HTTP/2. */
  int protocol;
  const struct server *server;
  /** Another peer that gets what this one says, and the other way round; null for none. */
  struct peer *partner;
  struct peer *next;
};

struct server {
  int port;
  /** A new peer is there. */
  void (*accepted)(struct peer *peer);
  /** New input has come, or its end. */
  void (*received)(struct peer *peer);
};

/** Adds a peer to the loop: a connection that this side opened. */
struct peer *add_peer(const struct connection *connection);
/** Serves until TERM or INT; returns the signal's number, or -1 when a port cannot be had. */
int serve(const struct server *servers, size_t count);
/** Called for each peer that goes. */
extern void (*peer_is_gone)(const struct peer *peer);

/** A whole request of HTTP/1, without its body; null when more must come. Freed by the caller. */
struct http_request {
  char method[16];
  char path[1024];
  bool keep_alive;
};
/** 1: a request was taken from the peer's input; 0: more must come; -1: it is none. */
int take_http_request(struct peer *peer, struct http_request *request);
void answer_http(struct peer *peer, const struct http_request *request, int code, const char *type, const char *body);

int hello_app(int argc, char **argv);
int node_hello(int argc, char **argv);
int goproxy(int argc, char **argv);
int socat(int argc, char **argv);
int etcd(int argc, char **argv);
int grpc_health_checking(int argc, char **argv);
