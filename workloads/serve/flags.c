/* Command lines as Go's pflag reads them. */
#include "serve.h"
#include <stdio.h>
#include <stdlib.h>

static char complaint[256];

static bool take_bool(const char *text, bool *value) {
  bool yes = strcmp(text, "true") == 0 || strcmp(text, "1") == 0 || strcmp(text, "t") == 0;
  *value = yes;
  return yes || strcmp(text, "false") == 0 || strcmp(text, "0") == 0 || strcmp(text, "f") == 0;
}

bool set_flag(const struct flag *flag, const char *text) {
  switch (flag->kind) {
  case FLAG_TEXT: *(const char **)flag->value = text; return true;
  case FLAG_NUMBER: return number_of(text, INT64_MIN + 1, INT64_MAX - 1, flag->value);
  case FLAG_BOOL: return take_bool(text, flag->value);
  case FLAG_DURATION: *(int64_t *)flag->value = duration_of(text, false); return *(int64_t *)flag->value >= 0;
  case FLAG_BYTES: *(int64_t *)flag->value = bytes_of(text); return *(int64_t *)flag->value >= 0;
  }
  return false;
}

static const char *kind_of(const struct flag *flag) {
  switch (flag->kind) {
  case FLAG_NUMBER: return "strconv.ParseInt: parsing: invalid syntax";
  case FLAG_BOOL: return "strconv.ParseBool: parsing: invalid syntax";
  case FLAG_DURATION: return "time: invalid duration";
  case FLAG_BYTES: return "no number of bytes, as 64Ki or 1Mi";
  case FLAG_TEXT: break;
  }
  return "";
}

static const struct flag *find(const struct flag *flags, size_t count, const char *word, const char **value) {
  bool is_long = word[1] == '-';
  size_t length = strcspn(word, "=");
  *value = word[length] == '=' ? word + length + 1 : NULL;
  for (size_t i = 0; i < count; i++) {
    if (is_long && strlen(flags[i].name) == length - 2 && strncmp(flags[i].name, word + 2, length - 2) == 0) return &flags[i];
    if (!is_long && flags[i].letter == word[1] && length == 2) return &flags[i];
  }
  return NULL;
}

const char *take_flags(int argc, char **argv, const struct flag *flags, size_t count, char **rest, int *rest_count) {
  *rest_count = 0;
  for (int i = 1; i < argc; i++) {
    const char *value;
    if (strcmp(argv[i], "--") == 0) {
      while (++i < argc) rest[(*rest_count)++] = argv[i];
      break;
    }
    if (argv[i][0] != '-' || argv[i][1] == '\0') {
      rest[(*rest_count)++] = argv[i];
      continue;
    }
    const struct flag *flag = find(flags, count, argv[i], &value);
    if (flag == NULL) {
      snprintf(complaint, sizeof complaint, "unknown flag: %.*s", (int)strcspn(argv[i], "="), argv[i]);
      return complaint;
    }
    if (value == NULL && flag->kind == FLAG_BOOL) value = "true";
    if (value == NULL) value = i + 1 < argc ? argv[++i] : NULL;
    if (value == NULL) {
      snprintf(complaint, sizeof complaint, "flag needs an argument: --%s", flag->name);
      return complaint;
    }
    if (set_flag(flag, value)) continue;
    snprintf(complaint, sizeof complaint, "invalid argument \"%s\" for \"--%s\" flag: %s", value, flag->name, kind_of(flag));
    return complaint;
  }
  return NULL;
}
