/* Applets about characters and columns: cut and tr. */
#include "busybox.h"
#include <errno.h>
#include <stdlib.h>

/* ---- cut ---- */

struct range {
  long from, to;
};

static bool parse_ranges(const char *text, struct range *ranges, int *count) {
  for (*count = 0; *text != '\0' && *count < 64; (*count)++) {
    char *end;
    struct range *range = &ranges[*count];
    range->from = *text == '-' ? 1 : strtol(text, &end, 10);
    if (*text == '-') end = (char *)text;
    range->to = range->from;
    if (*end == '-') {
      text = end + 1;
      range->to = *text == '\0' || *text == ',' ? INT32_MAX : strtol(text, &end, 10);
      if (range->to == INT32_MAX) end = (char *)text;
    }
    if (range->from < 1 || range->to < range->from || (*end != ',' && *end != '\0')) return false;
    text = *end == ',' ? end + 1 : end;
  }
  return *count > 0;
}

static bool in_ranges(const struct range *ranges, int count, long at) {
  for (int i = 0; i < count; i++) {
    if (at >= ranges[i].from && at <= ranges[i].to) return true;
  }
  return false;
}

static void cut_fields(const char *line, const struct range *ranges, int count, char separator, bool only) {
  if (strchr(line, separator) == NULL) {
    if (!only) out_format("%s\n", line);
    return;
  }
  bool first = true;
  for (long field = 1; line != NULL; field++) {
    const char *end = strchr(line, separator);
    if (in_ranges(ranges, count, field)) {
      if (!first) out_char(separator);
      out_bytes(line, end ? (size_t)(end - line) : strlen(line));
      first = false;
    }
    line = end ? end + 1 : NULL;
  }
  out_char('\n');
}

APPLET(cut) {
  struct range ranges[64];
  int count = 0;
  char separator = '\t';
  bool fields = false, only = false;
  struct options options = options_of(argc, argv, "f:c:b:d:sn");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'd') separator = options.value[0];
    if (letter == 's') only = true;
    if (letter != 'f' && letter != 'c' && letter != 'b') continue;
    fields = letter == 'f';
    if (!parse_ranges(options.value, ranges, &count)) return complain("cut", "invalid range '%s'", options.value);
  }
  if (count == 0) return complain("cut", "expected a list of bytes, characters, or fields");
  static char *standard[] = {"-"};
  bool none = options.index == argc;
  char **paths = none ? standard : argv + options.index;
  int status = 0;
  for (int i = 0; i < (none ? 1 : argc - options.index); i++) {
    struct stream *stream = open_input(paths[i]);
    if (stream == NULL) {
      status = complain_errno("cut", paths[i]);
      continue;
    }
    struct reader reader = reader_of(stream);
    size_t length;
    for (char *line; (line = reader_line(&reader, &length)) != NULL && !out_failed();) {
      if (line[length - 1] == '\n') length--;
      char kept = line[length];
      line[length] = '\0';
      if (fields) cut_fields(line, ranges, count, separator, only);
      else {
        for (size_t at = 0; at < length; at++) {
          if (in_ranges(ranges, count, (long)at + 1)) out_char(line[at]);
        }
        out_char('\n');
      }
      line[length] = kept;
    }
    reader_free(&reader);
  }
  return status;
}

/* ---- tr ---- */

char take_escaped(const char **text) {
  static const char FROM[] = "abfnrtv\\";
  static const char TO[] = "\a\b\f\n\r\t\v\\";
  char c = *(*text)++;
  if (c != '\\' || **text == '\0') return c;
  c = *(*text)++;
  const char *found = strchr(FROM, c);
  if (found != NULL) return TO[found - FROM];
  if (c < '0' || c > '7') return c;
  int value = c - '0';
  for (int i = 0; i < 2 && **text >= '0' && **text <= '7'; i++) value = value * 8 + *(*text)++ - '0';
  return (char)value;
}

static bool in_class(const char *name, size_t length, int c) {
  static const struct {
    const char *name;
    const char *ranges;
  } CLASSES[] = {
    {"alpha", "azAZ"}, {"digit", "09"}, {"alnum", "azAZ09"}, {"upper", "AZ"}, {"lower", "az"},
    {"space", "\t\r  "}, {"blank", "\t\t  "}, {"punct", "!/:@[`{~"}, {"cntrl", "\x01\x1f\x7f\x7f"},
    {"print", " ~"}, {"graph", "!~"}, {"xdigit", "09afAF"},
  };
  for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++) {
    if (strlen(CLASSES[i].name) != length || strncmp(CLASSES[i].name, name, length) != 0) continue;
    for (const char *range = CLASSES[i].ranges; *range != '\0'; range += 2) {
      if (c >= (unsigned char)range[0] && c <= (unsigned char)range[1]) return true;
    }
  }
  return false;
}

/* `a-z`, `[:upper:]` and escapes as the characters they mean. */
static size_t expand_set(const char *text, uint8_t *set) {
  size_t count = 0;
  while (*text != '\0' && count < 1024) {
    const char *end = text[0] == '[' && text[1] == ':' ? strstr(text, ":]") : NULL;
    if (end != NULL) {
      for (int c = 0; c < 256 && count < 1024; c++) {
        if (in_class(text + 2, (size_t)(end - text - 2), c)) set[count++] = (uint8_t)c;
      }
      text = end + 2;
      continue;
    }
    uint8_t first = (uint8_t)take_escaped(&text);
    if (text[0] == '-' && text[1] != '\0') {
      text++;
      uint8_t last = (uint8_t)take_escaped(&text);
      for (int c = first; c <= last && count < 1024; c++) set[count++] = (uint8_t)c;
    } else {
      set[count++] = first;
    }
  }
  return count;
}

APPLET(tr) {
  bool complement = false, deletes = false, squeezes = false, truncates = false;
  struct options options = options_of(argc, argv, "cCdst");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'c' || letter == 'C') complement = true;
    if (letter == 'd') deletes = true;
    if (letter == 's') squeezes = true;
    if (letter == 't') truncates = true;
  }
  int sets = argc - options.index;
  if (sets < 1 || sets > 2 || (sets == 1 && !deletes && !squeezes)) return complain("tr", "expects two sets");
  uint8_t from[1024], to[1024];
  size_t from_count = expand_set(argv[options.index], from);
  size_t to_count = sets == 2 ? expand_set(argv[options.index + 1], to) : 0;
  bool member[256] = {false}, squeezed[256] = {false};
  uint8_t map[256];
  for (int c = 0; c < 256; c++) map[c] = (uint8_t)c;
  for (size_t i = 0; i < from_count; i++) member[from[i]] = true;
  for (int c = 0; complement && c < 256; c++) member[c] = !member[c];
  if (!deletes && to_count > 0) {
    for (size_t i = 0; !complement && i < from_count; i++) {
      if (i < to_count || !truncates) map[from[i]] = to[i < to_count ? i : to_count - 1];
    }
    for (int c = 0; complement && c < 256; c++) {
      if (member[c]) map[c] = to[to_count - 1];
    }
  }
  for (size_t i = 0; i < to_count; i++) squeezed[to[i]] = true;
  for (int c = 0; to_count == 0 && c < 256; c++) squeezed[c] = member[c];
  uint8_t chunk[4096];
  ssize_t length;
  int last = -1;
  while (fds[0] != NULL && !out_failed() && (length = stream_read(fds[0], chunk, sizeof chunk)) > 0) {
    size_t kept = 0;
    for (ssize_t i = 0; i < length; i++) {
      if (deletes && member[chunk[i]]) continue;
      uint8_t c = map[chunk[i]];
      if (squeezes && squeezed[c] && last == c) continue;
      last = c;
      chunk[kept++] = c;
    }
    out_bytes(chunk, kept);
    if (fds[0]->kind == STREAM_INPUT) stream_flush(fds[1]);
  }
  return 0;
}
