/* printf. */
#include "busybox.h"
#include <errno.h>
#include <stdlib.h>

/* Escapes of the format, and of %b. Returns false at \c. */
static bool put_escape(const char **text, bool in_argument) {
  const char *at = *text + 1;
  if (in_argument && *at == 'c') return false;
  if (in_argument && *at == '0') at++;
  if (*at == 'x') {
    char *end;
    char digits[3] = {at[1], at[1] ? at[2] : '\0', '\0'};
    long value = strtol(digits, &end, 16);
    out_char((char)value);
    *text = at + 1 + (end - digits);
    return true;
  }
  if (*at == 'e' || *at == '"' || *at == '\'') {
    out_char(*at == 'e' ? '\033' : *at);
    *text = at + 1;
    return true;
  }
  if (*at >= '0' && *at <= '7') {
    int value = 0;
    for (int i = 0; i < 3 && *at >= '0' && *at <= '7'; i++) value = value * 8 + *at++ - '0';
    out_char((char)value);
    *text = at;
    return true;
  }
  if (*at == '\0' || strchr("abfnrtv\\", *at) == NULL) {
    out_char('\\');
    *text += 1;
    return true;
  }
  out_char(take_escaped(text));
  return true;
}

static long long integer_argument(const char *text, int *status) {
  char *end;
  if (*text == '"' || *text == '\'') return (unsigned char)text[1];
  errno = 0;
  long long value = strtoll(text, &end, 0);
  if (errno == ERANGE) value = (long long)strtoull(text, &end, 0);
  if (*end != '\0' || (end == text && *text != '\0')) *status = complain("printf", "%s: invalid number", text);
  return value;
}

/* One conversion; `spec` is `%` up to its letter. */
static bool put_conversion(char *spec, char letter, const char *value, int *status) {
  size_t length = strlen(spec);
  if (letter == 'b') {
    while (*value != '\0') {
      if (*value != '\\') out_char(*value++);
      else if (!put_escape(&value, true)) return false;
    }
  } else if (strchr("diouxX", letter) != NULL) {
    snprintf(spec + length - 1, 8, "ll%c", letter);
    out_format(spec, integer_argument(value, status));
  } else if (strchr("fFeEgG", letter) != NULL) {
    char *end;
    double number = strtod(value, &end);
    if (*end != '\0') *status = complain("printf", "%s: invalid number", value);
    out_format(spec, number);
  } else if (letter == 'c') {
    if (*value != '\0') out_char(*value);
  } else {
    out_format(spec, value);
  }
  return true;
}

APPLET(printf) {
  int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
  if (argc <= first) return complain("printf", "usage: printf FORMAT [ARG]..."), 2;
  const char *format = argv[first];
  int next = first + 1;
  int status = 0;
  do {
    int before = next;
    for (const char *at = format; *at != '\0';) {
      if (*at == '\\') {
        put_escape(&at, false);
        continue;
      }
      if (*at != '%' || at[1] == '%') {
        out_char(*at);
        at += *at == '%' ? 2 : 1;
        continue;
      }
      char spec[80] = "%";
      size_t length = 1;
      for (at++; *at != '\0' && strchr("-+ #0123456789.*", *at) != NULL && length < 60; at++) {
        if (*at != '*') spec[length++] = *at;
        else length += (size_t)snprintf(spec + length, 12, "%d", next < argc ? atoi(argv[next++]) : 0);
      }
      spec[length++] = *at;
      spec[length] = '\0';
      if (*at == '\0' || strchr("diouxXfFeEgGcsb", *at) == NULL) return complain("printf", "%s: invalid format", spec);
      const char *value = next < argc ? argv[next++] : "";
      bool number = strchr("csb", *at) == NULL;
      if (!put_conversion(spec, *at++, number && *value == '\0' ? "0" : value, &status)) return status;
    }
    if (next == before) break;
  } while (next < argc && !out_failed());
  return status;
}
