/* Texts that servers share: times, logs, durations, queries, JSON. */
#include "serve.h"
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

void http_date(int64_t seconds, char text[32]) {
  static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  time_t when = (time_t)seconds;
  struct tm utc;
  gmtime_r(&when, &utc);
  snprintf(text, 32, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * utc.tm_wday, utc.tm_mday, months + 3 * utc.tm_mon,
           utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

void log_go(const char *format, ...) {
  time_t now = time(NULL);
  struct tm utc;
  gmtime_r(&now, &utc);
  stream_printf(standard_stream(2), "%04d/%02d/%02d %02d:%02d:%02d ", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
                utc.tm_min, utc.tm_sec);
  va_list values;
  va_start(values, format);
  stream_vprintf(standard_stream(2), format, values);
  va_end(values);
  stream_write(standard_stream(2), "\n", 1);
}

const char *host_name(void) {
  const char *name = getenv("HOSTNAME");
  return name != NULL ? name : "localhost";
}

int go_exit_code(int signal) { return process_current() == 1 ? 2 : 128 + signal; }

const char *peer_text(const uint8_t address[4], int port) {
  static char text[24];
  snprintf(text, sizeof text, "%d.%d.%d.%d:%d", address[0], address[1], address[2], address[3], port);
  return text;
}

bool number_of(const char *text, int64_t least, int64_t most, int64_t *number) {
  char *rest;
  *number = strtoll(text, &rest, 10);
  return *text != '\0' && *rest == '\0' && *number >= least && *number <= most;
}

int64_t bytes_of(const char *text) {
  static const struct { const char *unit; int64_t bytes; } units[] = {
      {"", 1}, {"k", 1000}, {"M", 1000000}, {"G", 1000000000}, {"Ki", 1 << 10}, {"Mi", 1 << 20}, {"Gi", 1 << 30},
  };
  char *rest;
  int64_t number = strtoll(text, &rest, 10);
  if (rest == text || number < 0 || number > 1000000000) return -1;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (strcmp(rest, units[i].unit) == 0) return number * units[i].bytes;
  }
  return -1;
}

/* Digits with an optional fraction, in billionths; the place behind them, or null. */
static const char *decimal(const char *text, int64_t *billionths) {
  int64_t whole = 0, fraction = 0, place = NANOSECONDS / 10;
  const char *start = text;
  for (; *text >= '0' && *text <= '9' && whole < 1000000000; text++) whole = whole * 10 + (*text - '0');
  if (*text == '.') {
    for (text++; *text >= '0' && *text <= '9'; text++, place /= 10) fraction += (*text - '0') * place;
  }
  *billionths = whole * NANOSECONDS + fraction;
  return text == start ? NULL : text;
}

int64_t duration_of(const char *text, bool bare) {
  static const struct { const char *unit; int64_t multiply, divide; } units[] = {
      {"ms", 1, 1000}, {"us", 1, 1000000}, {"ns", 1, 1000000000}, {"s", 1, 1}, {"m", 60, 1}, {"h", 3600, 1},
  };
  int64_t sum = 0;
  if (strcmp(text, "0") == 0) return 0;
  if (*text == '\0') return -1;
  while (*text != '\0') {
    int64_t billionths;
    text = decimal(text, &billionths);
    if (text == NULL) return -1;
    if (*text == '\0' && bare && sum == 0) return billionths;
    size_t i = 0;
    while (i < 6 && strncmp(text, units[i].unit, strlen(units[i].unit)) != 0) i++;
    if (i == 6) return -1;
    text += strlen(units[i].unit);
    sum += billionths / units[i].divide * units[i].multiply;
  }
  return sum;
}

static int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

void percent_decode(char *text, bool is_query) {
  char *to = text;
  for (; *text != '\0'; text++) {
    bool escaped = *text == '%' && hex_digit(text[1]) >= 0 && hex_digit(text[2]) >= 0;
    if (escaped) {
      *to++ = (char)(hex_digit(text[1]) * 16 + hex_digit(text[2]));
      text += 2;
    } else *to++ = is_query && *text == '+' ? ' ' : *text;
  }
  *to = '\0';
}

char *query_value(const char *query, const char *name) {
  size_t length = strlen(name);
  while (*query != '\0') {
    size_t field = strcspn(query, "&");
    if (strncmp(query, name, length) == 0 && (query[length] == '=' || field == length)) {
      char *value = must_malloc(field + 1);
      size_t from = field == length ? length : length + 1;
      memcpy(value, query + from, field - from);
      value[field - from] = '\0';
      percent_decode(value, true);
      return value;
    }
    query += field;
    if (*query == '&') query++;
  }
  return must_strdup("");
}

void add_json_string(struct buffer *buffer, const char *data, size_t length) {
  buffer_add_char(buffer, '"');
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)data[i];
    char escape[8];
    if (c == '"' || c == '\\') {
      buffer_add_char(buffer, '\\');
      buffer_add_char(buffer, (char)c);
    } else if (c == '\n') buffer_add_string(buffer, "\\n");
    else if (c == '\r') buffer_add_string(buffer, "\\r");
    else if (c == '\t') buffer_add_string(buffer, "\\t");
    else if (c < 32 || c == '<' || c == '>' || c == '&') {
      /* As Go's encoding/json does, so that it may stand in a page. */
      buffer_add(buffer, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", c));
    } else buffer_add_char(buffer, (char)c);
  }
  buffer_add_char(buffer, '"');
}
