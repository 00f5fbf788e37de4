/* grep, egrep and fgrep. */
#include "busybox.h"
#include <dirent.h>
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <sys/stat.h>

#define PATTERN_LIMIT 32

static struct {
  bool invert, ignore_case, count, numbers, quiet, files, files_without, recursive, extended, fixed, only, word, line;
  bool with_name, without_name, silent;
  long limit;
  regex_t patterns[PATTERN_LIMIT];
  char *texts[PATTERN_LIMIT];
  int pattern_count;
} grep;

static bool is_word_char(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The first match of any pattern from `from` on. */
static bool find_match(const char *line, size_t from, size_t *start, size_t *end) {
  bool found = false;
  for (int i = 0; i < grep.pattern_count; i++) {
    size_t at = from;
    regmatch_t match;
    while (regexec(&grep.patterns[i], line + at, 1, &match, at > 0 ? REG_NOTBOL : 0) == 0) {
      size_t first = at + (size_t)match.rm_so, last = at + (size_t)match.rm_eo;
      bool fits = true;
      if (grep.word) fits = (first == 0 || !is_word_char(line[first - 1])) && !is_word_char(line[last]);
      if (grep.line) fits = first == 0 && line[last] == '\0';
      if (fits && (!found || first < *start || (first == *start && last > *end))) {
        *start = first;
        *end = last;
        found = true;
      }
      if (fits || line[first] == '\0') break;
      at = first + 1;
    }
  }
  return found;
}

/* -1: an error. Else the number of lines that matched. */
static long grep_stream(struct stream *stream, const char *name, bool named) {
  struct reader reader = reader_of(stream);
  long matched = 0;
  size_t length;
  long number = 0;
  for (char *line; (line = reader_line(&reader, &length)) != NULL && !out_failed();) {
    number++;
    if (line[length - 1] == '\n') length--;
    char *text = take_substring(line, length);
    size_t start, end;
    bool matches = find_match(text, 0, &start, &end) != grep.invert;
    if (!matches) continue;
    matched++;
    if (grep.quiet || grep.files || grep.files_without) break;
    if (!grep.count) {
      size_t from = 0;
      do {
        if (named) out_format("%s:", name);
        if (grep.numbers) out_format("%ld:", number);
        if (grep.only && !grep.invert) {
          out_format("%.*s\n", (int)(end - start), text + start);
          from = end > start ? end : end + 1;
        } else {
          out_format("%s\n", text);
        }
      } while (grep.only && !grep.invert && from < length && find_match(text, from, &start, &end) && end > start);
    }
    if (stream->kind == STREAM_INPUT) stream_flush(fds[1]);
    if (grep.limit >= 0 && matched >= grep.limit) break;
  }
  reader_free(&reader);
  if (grep.count && !grep.quiet && named) out_format("%s:", name);
  if (grep.count && !grep.quiet) out_format("%ld\n", matched);
  if ((grep.files && matched > 0) || (grep.files_without && matched == 0)) out_format("%s\n", name);
  return matched;
}

static long grep_path(const char *path, bool named, bool *failed) {
  struct stat info;
  bool standard = strcmp(path, "-") == 0;
  if (!standard && stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
    if (!grep.recursive) {
      if (!grep.silent) complain("grep", "%s: Is a directory", path);
      *failed = true;
      return 0;
    }
    long matched = 0;
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
      if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
      matched += grep_path(take_format("%s/%s", path, entry->d_name), !grep.without_name, failed);
    }
    if (directory != NULL) closedir(directory);
    return matched;
  }
  struct stream *stream = open_input(path);
  if (stream == NULL) {
    if (!grep.silent) complain_errno("grep", path);
    *failed = true;
    return 0;
  }
  return grep_stream(stream, standard ? "(standard input)" : path, named);
}

static char *escape_fixed(const char *text) {
  struct buffer escaped = {0};
  buffer_add(&escaped, "", 0);
  for (; *text != '\0'; text++) {
    if (strchr(".[]*^$\\", *text) != NULL) buffer_add_char(&escaped, '\\');
    buffer_add_char(&escaped, *text);
  }
  char *result = take_substring(escaped.data, escaped.length);
  buffer_free(&escaped);
  return result;
}

/* A newline in a pattern divides two. */
static bool add_patterns(char *text) {
  for (char *next; text != NULL; text = next) {
    next = strchr(text, '\n');
    if (next != NULL) *next++ = '\0';
    if (grep.pattern_count == PATTERN_LIMIT) return complain("grep", "more than 32 patterns"), false;
    grep.texts[grep.pattern_count++] = text;
  }
  return true;
}

static bool compile(void) {
  int flags = (grep.extended ? REG_EXTENDED : 0) | (grep.ignore_case ? REG_ICASE : 0);
  for (int i = 0; i < grep.pattern_count; i++) {
    char *text = grep.fixed ? escape_fixed(grep.texts[i]) : grep.texts[i];
    if (regcomp(&grep.patterns[i], text, flags) == 0) continue;
    complain("grep", "bad regex '%s'", grep.texts[i]);
    grep.pattern_count = i;
    return false;
  }
  return true;
}

APPLET(grep) {
  memset(&grep, 0, sizeof grep);
  grep.limit = -1;
  const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
  grep.extended = strcmp(name, "egrep") == 0;
  grep.fixed = strcmp(name, "fgrep") == 0;
  struct options options = options_of(argc, argv, "vicnqlLrREFohHswxe:f:m:");
  for (int letter; (letter = next_option(&options)) != -1;) {
    switch (letter) {
    case 'v': grep.invert = true; break;
    case 'i': grep.ignore_case = true; break;
    case 'c': grep.count = true; break;
    case 'n': grep.numbers = true; break;
    case 'q': grep.quiet = true; break;
    case 'l': grep.files = true; break;
    case 'L': grep.files_without = true; break;
    case 'r': case 'R': grep.recursive = true; break;
    case 'E': grep.extended = true; break;
    case 'F': grep.fixed = true; break;
    case 'o': grep.only = true; break;
    case 'h': grep.without_name = true; break;
    case 'H': grep.with_name = true; break;
    case 's': grep.silent = true; break;
    case 'w': grep.word = true; break;
    case 'x': grep.line = true; break;
    case 'm': grep.limit = atol(options.value); break;
    case 'e':
      if (!add_patterns(take_string(options.value))) return 2;
      break;
    case 'f': {
      struct stream *stream = open_input(options.value);
      if (stream == NULL) return complain_errno("grep", options.value), 2;
      size_t length;
      char *text = read_all(stream, &length);
      stream_drop(stream);
      if (length > 0 && text[length - 1] == '\n') text[length - 1] = '\0';
      if (!add_patterns(text)) return 2;
      break;
    }
    default: return 2;
    }
  }
  int index = options.index;
  if (grep.pattern_count == 0) {
    if (index >= argc) return bad_usage("grep", "no pattern given");
    if (!add_patterns(take_string(argv[index++]))) return 2;
  }
  bool failed = !compile();
  if (failed) return 2;
  static char *standard[] = {"-"};
  static char *here[] = {"."};
  bool none = index == argc;
  char **paths = none ? (grep.recursive ? here : standard) : argv + index;
  int count = none ? 1 : argc - index;
  bool named = grep.with_name || (!grep.without_name && count > 1);
  long matched = 0;
  for (int i = 0; i < count; i++) {
    matched += grep_path(paths[i], named, &failed);
    if (grep.quiet && matched > 0) break;
  }
  for (int i = 0; i < grep.pattern_count; i++) regfree(&grep.patterns[i]);
  if (failed && !(grep.quiet && matched > 0)) return 2;
  return grep.files_without ? matched > 0 : matched == 0;
}
