/* The two command lines of stress and what they share. */
#pragma once
#include "program.h"

int posix_stress(int argc, char **argv);
int go_stress(int argc, char **argv);
/** printf to standard stream 1 or 2, sent at once. */
void say(int stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** `250M`: stress's own suffixes, in powers of 1024. */
bool parse_bytes(const char *text, int64_t *bytes);
/** Writes one byte every `stride`. */
void touch(volatile char *block, int64_t length, int64_t stride);
/** Square roots without end. */
void burn(void);
