/* The event loop: listeners, clients and signals, all waited for at once. */
#include "nginx.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define CLIENT_LIMIT 512
#define SEND_AHEAD 16384

static struct client *clients;
static size_t client_count;
static unsigned long connection_count;

void log_line(const char *level, const char *text, ...) {
  va_list values;
  va_start(values, text);
  char *made;
  if (vasprintf(&made, text, values) < 0) made = must_strdup("out of memory");
  va_end(values);
  int pid = process_current();
  stream_printf(standard_stream(2), "%s [%s] %d#%d: %s\n", http_time(time(NULL), "%Y/%m/%d %H:%M:%S"), level, pid, pid, made);
  free(made);
}

static void drop_client(struct client *client) {
  struct client **place = &clients;
  while (*place != client) place = &(*place)->next;
  *place = client->next;
  client_count--;
  if (client->file >= 0) close(client->file);
  connection_close(&client->connection);
  buffer_free(&client->input);
  buffer_free(&client->output);
  free(client);
}

static void accept_clients(const struct listener *listener) {
  struct connection connection;
  while (client_count < CLIENT_LIMIT && network_accept(listener->socket, &connection) == 0) {
    struct client *client = must_malloc(sizeof *client);
    *client = (struct client){.connection = connection, .listener = listener, .number = ++connection_count, .file = -1};
    client->deadline = wasi_monotonic_now() + 60 * NANOSECONDS;
    client->next = clients;
    clients = client;
    client_count++;
  }
}

static bool sends(const struct client *client) { return client->output.length > 0 || client->file >= 0; }

/* Reads what is there; false when the connection is broken. */
static bool receive(struct client *client) {
  struct result_bytes result;
  wasi_input_read(client->connection.in, 16384, &result);
  if (result.failed) {
    if (result.code != STREAM_CLOSED) wasi_error_drop(result.error);
    client->at_end = true;
    return result.code == STREAM_CLOSED;
  }
  buffer_add(&client->input, result.bytes.data, result.bytes.length);
  list_free(&result.bytes);
  return true;
}

static void fill_output(struct client *client) {
  char chunk[8192];
  while (client->file >= 0 && client->output.length < SEND_AHEAD) {
    ssize_t count = client->file_left > 0 ? read(client->file, chunk, sizeof chunk) : 0;
    if (count > client->file_left) count = (ssize_t)client->file_left;
    if (count > 0) {
      buffer_add(&client->output, chunk, (size_t)count);
      client->file_left -= count;
      continue;
    }
    if (client->file_left > 0) client->close_after = true; /* the file has become shorter than was promised */
    close(client->file);
    client->file = -1;
  }
}

/* Sends as much as the other side takes; false when it is gone. */
static bool transmit(struct client *client) {
  for (;;) {
    fill_output(client);
    if (client->output.length == 0) return true;
    struct result_u64 room;
    wasi_output_check_write(client->connection.out, &room);
    if (room.failed) {
      if (room.code != STREAM_CLOSED) wasi_error_drop(room.error);
      return false;
    }
    if (room.value == 0) return true;
    size_t count = client->output.length < room.value ? client->output.length : (size_t)room.value;
    struct result_stream written;
    wasi_output_write(client->connection.out, client->output.data, count, &written);
    if (!written.failed) {
      buffer_drop(&client->output, count);
      wasi_output_flush(client->connection.out, &written);
    }
    if (written.failed) {
      if (written.code != STREAM_CLOSED) wasi_error_drop(written.error);
      return false;
    }
  }
}

/* Answers what has come and sends it. False when the connection is to be closed. */
static bool advance(struct client *client) {
  for (;;) {
    if (!transmit(client)) return false;
    if (sends(client)) return true;
    if (client->close_after || !take_request(client)) break;
    client->deadline = wasi_monotonic_now() + (config.keepalive_timeout > 0 ? config.keepalive_timeout : 1);
  }
  if (client->at_end) return false;
  return !client->close_after;
}

static bool listen_all(void) {
  for (struct listener *listener = config.listeners; listener != NULL; listener = listener->next) {
    if (listener->socket != 0) continue;
    int socket = network_listen(listener->address, listener->port);
    const uint8_t *a = listener->address;
    if (socket < 0) {
      log_line("emerg", "bind() to %d.%d.%d.%d:%d failed (%s)", a[0], a[1], a[2], a[3], listener->port, network_error(socket));
      return false;
    }
    listener->socket = socket;
    listener->ready = wasi_tcp_subscribe(socket);
  }
  return true;
}

static void close_listeners(struct listener *listeners) {
  for (struct listener *listener = listeners; listener != NULL; listener = listener->next) {
    if (listener->socket == 0) continue;
    wasi_pollable_drop(listener->ready);
    wasi_tcp_drop(listener->socket);
    listener->socket = 0;
  }
}

extern const char *config_path;
extern const char *global_directives;

/* HUP: the new configuration if it is good, else the old one goes on. Sockets that stay are kept. */
static void reload(void) {
  log_line("notice", "signal 1 (SIGHUP) received, reconfiguring");
  struct config next;
  char *error = load_config(config_path, global_directives, &next);
  if (error != NULL) {
    log_line("emerg", "%s", error);
    free(error);
    return;
  }
  struct config before = config;
  for (struct listener *old = before.listeners; old != NULL; old = old->next) {
    for (struct listener *new = next.listeners; new != NULL; new = new->next) {
      if (new->port != old->port || memcmp(new->address, old->address, 4) != 0) continue;
      new->socket = old->socket;
      new->ready = old->ready;
      for (struct client *client = clients; client != NULL; client = client->next) {
        if (client->listener == old) client->listener = new;
      }
      old->socket = 0;
    }
  }
  for (struct client *client = clients; client != NULL; client = client->next) client->close_after |= !sends(client);
  config = next;
  close_listeners(before.listeners);
  if (!listen_all()) log_line("emerg", "still could not bind()");
}

static bool quitting;

/* False when the server ends at once. */
static bool take_signals(void) {
  for (int number; (number = process_signals_take()) != 0;) {
    const char *name = signal_name(number);
    if (number == signal_number("HUP")) {
      reload();
    } else if (number == signal_number("QUIT")) {
      log_line("notice", "signal %d (SIGQUIT) received, shutting down", number);
      quitting = true;
      close_listeners(config.listeners);
    } else if (number == signal_number("TERM") || number == signal_number("INT")) {
      log_line("notice", "signal %d (SIG%s) received, exiting", number, name);
      return false;
    } else if (number == signal_number("USR1")) {
      log_line("notice", "signal %d (SIGUSR1) received, reopening logs", number);
    }
  }
  return true;
}

static handle waits[2 * CLIENT_LIMIT + 16];
static bool ready[2 * CLIENT_LIMIT + 16];

/* Waits for anything to happen and lets it. False when the server ends. */
static bool turn(handle signals) {
  size_t count = 0;
  waits[count++] = signals;
  size_t first_listener = count;
  for (struct listener *listener = quitting ? NULL : config.listeners; listener != NULL; listener = listener->next) {
    if (listener->socket != 0 && count < 16) waits[count++] = listener->ready;
  }
  size_t first_client = count;
  int64_t deadline = INT64_MAX;
  for (struct client *client = clients; client != NULL; client = client->next) {
    waits[count++] = sends(client) ? wasi_output_subscribe(client->connection.out)
                                   : wasi_input_subscribe(client->connection.in);
    if (client->deadline < deadline) deadline = client->deadline;
  }
  size_t timer = count;
  if (clients != NULL) waits[count++] = wasi_monotonic_subscribe_instant(deadline);
  stream_flush(standard_stream(1));
  wait_flags(waits, count, ready);
  for (size_t i = first_client; i < count; i++) wasi_pollable_drop(waits[i]);
  int64_t now = clients != NULL && ready[timer] ? wasi_monotonic_now() : 0;
  size_t at = first_client;
  for (struct client *client = clients, *next; client != NULL; client = next) {
    next = client->next;
    bool is_ready = ready[at++];
    bool keeps = true;
    if (is_ready && !sends(client)) keeps = receive(client);
    if (is_ready && keeps) keeps = advance(client);
    if (!keeps || (!is_ready && now >= client->deadline && now > 0)) drop_client(client);
  }
  at = first_listener;
  for (struct listener *listener = quitting ? NULL : config.listeners; listener != NULL; listener = listener->next) {
    if (listener->socket != 0 && at < first_client && ready[at++]) accept_clients(listener);
  }
  if (ready[0] && !take_signals()) return false;
  return true;
}

int serve(void) {
  if (!listen_all()) return 1;
  handle signals = process_signals_subscribe();
  while (turn(signals)) {
    if (!quitting) continue;
    for (struct client *client = clients, *next; client != NULL; client = next) {
      next = client->next;
      client->close_after = true;
      if (!sends(client) && client->input.length == 0) drop_client(client);
    }
    if (clients == NULL) break;
  }
  log_line("notice", "exit");
  return 0;
}
