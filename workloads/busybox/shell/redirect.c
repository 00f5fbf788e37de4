/* Redirections: descriptors 0 to 9 are set for a command and put back after it. */
#include "shell.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* A descriptor that was not touched is marked with this in `saved`. */
static struct stream untouched;

static struct stream *memory_with(const char *text, bool newline) {
  struct stream *stream = stream_of_memory();
  stream_write(stream, text, strlen(text));
  if (newline) stream_write(stream, "\n", 1);
  return stream;
}

static void put(int fd, struct stream *stream, struct stream **saved) {
  if (fds[fd] != NULL) stream_flush(fds[fd]);
  if (saved[fd] == &untouched) saved[fd] = fds[fd];
  else stream_drop(fds[fd]);
  fds[fd] = stream;
}

static struct stream *open_target(enum redirect_kind kind, const char *path) {
  struct stat status;
  switch (kind) {
  case REDIRECT_READ: return open_input(path);
  case REDIRECT_APPEND: case REDIRECT_ALL_APPEND: return open_output(path, O_CREAT | O_APPEND);
  case REDIRECT_BOTH: return open_output(path, O_CREAT);
  default:
    if (shell.state.noclobber && stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
      errno = EEXIST;
      return NULL;
    }
    return open_output(path, O_CREAT | O_TRUNC);
  }
}

static bool duplicate(const struct redirect *redirect, const char *target, struct stream **saved) {
  if (strcmp(target, "-") == 0) {
    put(redirect->fd, NULL, saved);
    return true;
  }
  if (target[0] >= '0' && target[0] <= '9' && target[1] == '\0') {
    struct stream *stream = fds[target[0] - '0'];
    if (stream == NULL) {
      shell_error("%s: Bad file descriptor", target);
      return false;
    }
    put(redirect->fd, stream_keep(stream), saved);
    return true;
  }
  shell_error("syntax error: bad fd number");
  return false;
}

static bool redirect_one(const struct redirect *redirect, struct stream **saved) {
  if (redirect->kind == REDIRECT_HERE) {
    char *body = redirect->literal ? redirect->target : expand_here(redirect->target);
    if (body == NULL) return false;
    put(redirect->fd, memory_with(body, false), saved);
    return true;
  }
  char *target = expand_string(redirect->target);
  if (target == NULL) return false;
  if (redirect->kind == REDIRECT_STRING) {
    put(redirect->fd, memory_with(target, true), saved);
    return true;
  }
  bool all = redirect->kind == REDIRECT_ALL || redirect->kind == REDIRECT_ALL_APPEND;
  if (redirect->kind == REDIRECT_DUPLICATE) {
    bool number = strcmp(target, "-") == 0 || (target[0] >= '0' && target[0] <= '9' && target[1] == '\0');
    all = !number && redirect->fd == 1; /* `>& file` */
    if (!all) return duplicate(redirect, target, saved);
  }
  struct stream *stream = open_target(redirect->kind, target);
  if (stream == NULL) {
    const char *reason = errno == ENOENT ? (redirect->kind == REDIRECT_READ ? "no such file" : "nonexistent directory")
                                         : strerror(errno);
    shell_error("can't %s %s: %s", redirect->kind == REDIRECT_READ ? "open" : "create", target, reason);
    return false;
  }
  put(all ? 1 : redirect->fd, stream, saved);
  if (all) put(2, stream_keep(stream), saved);
  return true;
}

bool redirect(const struct redirect *redirects, struct stream **saved) {
  for (int fd = 0; fd < FD_LIMIT; fd++) saved[fd] = &untouched;
  for (; redirects != NULL; redirects = redirects->next) {
    if (redirect_one(redirects, saved)) continue;
    undo_redirects(saved);
    return false;
  }
  return true;
}

void undo_redirects(struct stream **saved) {
  for (int fd = 0; fd < FD_LIMIT; fd++) {
    if (saved[fd] == &untouched) continue;
    stream_drop(fds[fd]);
    fds[fd] = saved[fd];
    saved[fd] = &untouched;
  }
}
