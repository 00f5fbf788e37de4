/* What head and tail share. */
#pragma once
#include "busybox.h"

/** `head -5` and `tail -5` are old words for -n 5. */
void old_count(int argc, char **argv);
/** `==> name <==` before a file's part, when there are several. */
void title(const char *path, bool first);
