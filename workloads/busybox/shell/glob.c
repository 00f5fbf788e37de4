/* Path name expansion: the existing paths that a pattern matches. */
#include "shell.h"
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

static bool is_wild(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '\\') i++;
    else if (strchr("*?[", text[i]) != NULL) return true;
  }
  return false;
}

static char *without_backslashes(const char *text, size_t length) {
  char *plain = take(length + 1);
  size_t count = 0;
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '\\' && i + 1 < length) i++;
    plain[count++] = text[i];
  }
  plain[count] = '\0';
  return plain;
}

static void match(const char *prefix, const char *pattern, struct fields *found) {
  size_t length = strcspn(pattern, "/");
  const char *rest = pattern + length;
  size_t slashes = strspn(rest, "/");
  if (!is_wild(pattern, length)) {
    char *path = take_format("%s%s%.*s", prefix, without_backslashes(pattern, length), (int)slashes, rest);
    struct stat status;
    if (rest[slashes] != '\0') match(path, rest + slashes, found);
    else if (stat(path, &status) == 0) fields_add(found, path);
    return;
  }
  DIR *directory = opendir(*prefix == '\0' ? "." : prefix);
  if (directory == NULL) return;
  char *part = take_substring(pattern, length);
  struct dirent *entry;
  while ((entry = readdir(directory)) != NULL) {
    if (entry->d_name[0] == '.' && part[0] != '.') continue;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (!pattern_matches(part, entry->d_name)) continue;
    char *path = take_format("%s%s", prefix, entry->d_name);
    struct stat status;
    if (slashes == 0) {
      fields_add(found, path);
    } else if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
      path = take_format("%s%.*s", path, (int)slashes, rest);
      if (rest[slashes] == '\0') fields_add(found, path);
      else match(path, rest + slashes, found);
    }
  }
  closedir(directory);
}

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

bool match_paths(const char *pattern, struct fields *fields) {
  struct fields found = {0};
  size_t slashes = strspn(pattern, "/");
  match(take_substring(pattern, slashes), pattern + slashes, &found);
  if (found.count == 0) return false;
  qsort(found.items, found.count, sizeof *found.items, compare);
  for (size_t i = 0; i < found.count; i++) fields_add(fields, found.items[i]);
  return true;
}
