/* The teaching set: programs that go wrong in one way each, as they are told. */
#pragma once
#include "serve.h"

/** A setting is a flag and, in capitals with underscores, a variable: `--exit-code`, EXIT_CODE. The flag wins. */
struct setting {
  struct flag flag;
  const char *help;
};
/** Reads the settings; on a mistake, or on --help, it tells all of them and ends with 2 or 0. */
void must_take_settings(int argc, char **argv, const char *about, const struct setting *settings, size_t count);
#define TAKE_SETTINGS(about, ...) \
  const struct setting settings[] = {__VA_ARGS__}; \
  must_take_settings(argc, argv, about, settings, sizeof settings / sizeof *settings)

/** A line on stdout, with the program's name first. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/** `1.5s`, `90s`: a duration as the lines tell it; one of a few texts that are used in turn. */
const char *seconds_text(int64_t nanoseconds);
/** 0 to 99. */
uint32_t percent(void);
/** TERM and INT end the program with 0 and a line; what a good program does. */
void end_on_signal(int number);
/** Listens or ends with 1. */
void must_serve(const struct server *server);
/** Makes the file, or removes it. */
void show_file(const char *path, bool is_there);

int crasher(int argc, char **argv);
int dependent(int argc, char **argv);
int disk_filler(int argc, char **argv);
int flaky_health(int argc, char **argv);
int ignores_term(int argc, char **argv);
int leak(int argc, char **argv);
int log_spammer(int argc, char **argv);
int slow_starter(int argc, char **argv);
