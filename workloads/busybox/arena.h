/* Memory that is freed all at once. */
#pragma once
#include <stddef.h>

struct arena_block;
struct arena {
  struct arena_block *block;
};
struct arena_mark {
  struct arena_block *block;
  size_t used;
};
void *arena_take(struct arena *arena, size_t size);
struct arena_mark arena_mark(const struct arena *arena);
/** Frees everything taken since the mark. */
void arena_release(struct arena *arena, struct arena_mark mark);
void arena_free(struct arena *arena);
/** The running command's arena. */
extern struct arena scratch;
