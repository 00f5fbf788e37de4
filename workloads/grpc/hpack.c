/* Header compression: the static table, the dynamic one, and the ways to name a field. */
#include "grpc.h"
#include <stdlib.h>

#define OVERHEAD 32
#define STATIC_COUNT 61

static const struct {
  const char *name, *value;
} fixed[STATIC_COUNT] = {
    {":authority", ""}, {":method", "GET"}, {":method", "POST"}, {":path", "/"}, {":path", "/index.html"}, {":scheme", "http"},
    {":scheme", "https"}, {":status", "200"}, {":status", "204"}, {":status", "206"}, {":status", "304"}, {":status", "400"},
    {":status", "404"}, {":status", "500"}, {"accept-charset", ""}, {"accept-encoding", "gzip, deflate"}, {"accept-language", ""},
    {"accept-ranges", ""}, {"accept", ""}, {"access-control-allow-origin", ""}, {"age", ""}, {"allow", ""}, {"authorization", ""},
    {"cache-control", ""}, {"content-disposition", ""}, {"content-encoding", ""}, {"content-language", ""}, {"content-length", ""},
    {"content-location", ""}, {"content-range", ""}, {"content-type", ""}, {"cookie", ""}, {"date", ""}, {"etag", ""}, {"expect", ""},
    {"expires", ""}, {"from", ""}, {"host", ""}, {"if-match", ""}, {"if-modified-since", ""}, {"if-none-match", ""}, {"if-range", ""},
    {"if-unmodified-since", ""}, {"last-modified", ""}, {"link", ""}, {"location", ""}, {"max-forwards", ""}, {"proxy-authenticate", ""},
    {"proxy-authorization", ""}, {"range", ""}, {"referer", ""}, {"refresh", ""}, {"retry-after", ""}, {"server", ""}, {"set-cookie", ""},
    {"strict-transport-security", ""}, {"transfer-encoding", ""}, {"user-agent", ""}, {"vary", ""}, {"via", ""}, {"www-authenticate", ""},
};

struct reader {
  const uint8_t *at, *end;
};

static size_t cost(const struct header_field *field) { return OVERHEAD + strlen(field->name) + strlen(field->value); }

static void shrink(struct hpack *table, size_t limit) {
  while (table->count > 0 && table->bytes > limit) {
    struct header_field *last = &table->fields[--table->count];
    table->bytes -= cost(last);
    free(last->name);
    free(last->value);
  }
}

void hpack_free(struct hpack *table) {
  shrink(table, 0);
  free(table->fields);
  table->fields = NULL;
}

static void remember(struct hpack *table, const char *name, const char *value) {
  struct header_field field = {must_strdup(name), must_strdup(value)};
  size_t bytes = cost(&field);
  shrink(table, bytes > table->limit ? 0 : table->limit - bytes);
  if (bytes > table->limit) {
    free(field.name);
    free(field.value);
    return;
  }
  table->fields = must_realloc(table->fields, (table->count + 1) * sizeof field);
  memmove(table->fields + 1, table->fields, table->count * sizeof field);
  table->fields[0] = field;
  table->count++;
  table->bytes += bytes;
}

static bool read_number(struct reader *reader, int prefix, size_t *number) {
  if (reader->at >= reader->end) return false;
  size_t most = (1u << prefix) - 1;
  *number = *reader->at++ & most;
  if (*number < most) return true;
  for (int shift = 0; reader->at < reader->end && shift < 28; shift += 7) {
    uint8_t byte = *reader->at++;
    *number += (size_t)(byte & 127) << shift;
    if (byte < 128) return true;
  }
  return false;
}

/* Freed by the caller; null when it is none. */
static char *read_string(struct reader *reader) {
  bool coded = reader->at < reader->end && *reader->at >= 128;
  size_t length;
  if (!read_number(reader, 7, &length) || length > (size_t)(reader->end - reader->at)) return NULL;
  struct buffer text = {0};
  if (!coded) buffer_add(&text, reader->at, length);
  else if (!huffman_decode(reader->at, length, &text)) {
    buffer_free(&text);
    return NULL;
  }
  reader->at += length;
  buffer_add_char(&text, '\0');
  return text.data;
}

static bool field_at(const struct hpack *table, size_t index, const char **name, const char **value) {
  if (index == 0 || index > STATIC_COUNT + table->count) return false;
  bool is_fixed = index <= STATIC_COUNT;
  *name = is_fixed ? fixed[index - 1].name : table->fields[index - 1 - STATIC_COUNT].name;
  *value = is_fixed ? fixed[index - 1].value : table->fields[index - 1 - STATIC_COUNT].value;
  return true;
}

/* A field in words: its name by number or spelt out, its value spelt out. */
static bool read_literal(struct hpack *table, struct reader *reader, int prefix, bool kept,
                         void (*each)(const char *, const char *, void *), void *context) {
  size_t index;
  const char *known, *ignored;
  if (!read_number(reader, prefix, &index)) return false;
  if (index != 0 && !field_at(table, index, &known, &ignored)) return false;
  char *name = index == 0 ? read_string(reader) : must_strdup(known);
  char *value = name == NULL ? NULL : read_string(reader);
  if (value != NULL) {
    each(name, value, context);
    if (kept) remember(table, name, value);
  }
  bool good = value != NULL;
  free(name);
  free(value);
  return good;
}

bool hpack_decode(struct hpack *table, const uint8_t *data, size_t length,
                  void (*each)(const char *name, const char *value, void *context), void *context) {
  struct reader reader = {data, data + length};
  while (reader.at < reader.end) {
    uint8_t first = *reader.at;
    size_t number;
    const char *name, *value;
    if (first & 128) {
      if (!read_number(&reader, 7, &number) || !field_at(table, number, &name, &value)) return false;
      each(name, value, context);
    } else if (first & 64) {
      if (!read_literal(table, &reader, 6, true, each, context)) return false;
    } else if (first & 32) {
      if (!read_number(&reader, 5, &number) || number > 4096) return false;
      table->limit = number;
      shrink(table, number);
    } else if (!read_literal(table, &reader, 4, false, each, context)) return false;
  }
  return true;
}
