/* The arena: a command takes what it needs, and its end frees all of it. */
#include "arena.h"
#include "busybox.h"
#include <stdlib.h>

struct arena_block {
  struct arena_block *previous;
  size_t used;
  size_t capacity;
  max_align_t data[];
};

struct arena scratch;

void *arena_take(struct arena *arena, size_t size) {
  size = (size + 15) & ~(size_t)15;
  if (arena->block == NULL || arena->block->used + size > arena->block->capacity) {
    size_t capacity = size > 4000 ? size : 4000;
    struct arena_block *block = must_malloc(sizeof *block + capacity);
    block->previous = arena->block;
    block->used = 0;
    block->capacity = capacity;
    arena->block = block;
  }
  void *memory = (char *)arena->block->data + arena->block->used;
  arena->block->used += size;
  return memory;
}

struct arena_mark arena_mark(const struct arena *arena) {
  return (struct arena_mark){arena->block, arena->block ? arena->block->used : 0};
}

void arena_release(struct arena *arena, struct arena_mark mark) {
  while (arena->block != mark.block) {
    struct arena_block *previous = arena->block->previous;
    free(arena->block);
    arena->block = previous;
  }
  if (arena->block != NULL) arena->block->used = mark.used;
}

void arena_free(struct arena *arena) { arena_release(arena, (struct arena_mark){0}); }

void *take(size_t size) { return arena_take(&scratch, size); }

char *take_substring(const char *text, size_t length) {
  char *copy = take(length + 1);
  memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

char *take_string(const char *text) { return take_substring(text, strlen(text)); }

char *take_format(const char *format, ...) {
  va_list values;
  va_start(values, format);
  char *text;
  if (vasprintf(&text, format, values) < 0) text = must_strdup("");
  va_end(values);
  char *copy = take_string(text);
  free(text);
  return copy;
}
