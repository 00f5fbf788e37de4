/* Memory: the canonical ABI's allocator for the host, and allocation that ends the program when it fails. */
#include "program.h"
#include <stdlib.h>
#include <string.h>

__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  (void)old_size;
  (void)align; /* malloc aligns to 16, more than any WIT type needs */
  if (size == 0) return (void *)align;
  void *block = realloc(old, size);
  if (block == NULL) __builtin_trap();
  return block;
}

/* An empty list comes with the alignment as its address: there is nothing to free. */
void list_free(struct list *list) {
  if (list->length > 0) free(list->data);
  list->data = NULL;
  list->length = 0;
}

void *must_realloc(void *old, size_t size) {
  void *block = realloc(old, size == 0 ? 1 : size);
  if (block == NULL) {
    static const char message[] = "out of memory\n";
    stream_write(standard_stream(2), message, sizeof message - 1);
    wasi_exit_with_code(1);
  }
  return block;
}

void *must_malloc(size_t size) { return must_realloc(NULL, size); }

char *must_strdup(const char *text) {
  size_t size = strlen(text) + 1;
  return memcpy(must_malloc(size), text, size);
}

/* A growing byte buffer. Its data always ends with a NUL that `length` does not count. */
void buffer_add(struct buffer *buffer, const void *data, size_t length) {
  if (buffer->length + length + 1 > buffer->capacity) {
    size_t capacity = buffer->capacity < 64 ? 64 : buffer->capacity;
    while (capacity < buffer->length + length + 1) capacity *= 2;
    buffer->data = must_realloc(buffer->data, capacity);
    buffer->capacity = capacity;
  }
  memcpy(buffer->data + buffer->length, data, length);
  buffer->length += length;
  buffer->data[buffer->length] = '\0';
}

void buffer_add_char(struct buffer *buffer, char c) { buffer_add(buffer, &c, 1); }
void buffer_add_string(struct buffer *buffer, const char *text) { buffer_add(buffer, text, strlen(text)); }

void buffer_drop(struct buffer *buffer, size_t count) {
  memmove(buffer->data, buffer->data + count, buffer->length - count + 1);
  buffer->length -= count;
}

void buffer_free(struct buffer *buffer) {
  free(buffer->data);
  *buffer = (struct buffer){0};
}
