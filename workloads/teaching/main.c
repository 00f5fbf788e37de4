/* Which program, and what all of them share: settings, lines, a good end. */
#include "teaching.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct {
  const char *name;
  int (*run)(int argc, char **argv);
} programs[] = {
    {"crasher", crasher},           {"dependent", dependent}, {"disk-filler", disk_filler}, {"flaky-health", flaky_health},
    {"ignores-term", ignores_term}, {"leak", leak},           {"log-spammer", log_spammer}, {"slow-starter", slow_starter},
};

static const char *program = "";

void say(const char *format, ...) {
  struct stream *out = standard_stream(1);
  va_list values;
  va_start(values, format);
  stream_printf(out, "%s: ", program);
  stream_vprintf(out, format, values);
  stream_write(out, "\n", 1);
  stream_flush(out);
  va_end(values);
}

const char *seconds_text(int64_t nanoseconds) {
  static char texts[4][24];
  static int next;
  char *text = texts[next++ % 4];
  int64_t tenths = nanoseconds / (NANOSECONDS / 10);
  if (tenths % 10 == 0) snprintf(text, 24, "%llds", (long long)(tenths / 10));
  else snprintf(text, 24, "%lld.%llds", (long long)(tenths / 10), (long long)(tenths % 10));
  return text;
}

uint32_t percent(void) {
  uint32_t number;
  getentropy(&number, sizeof number);
  return number % 100;
}

void end_on_signal(int number) {
  if (number != signal_number("TERM") && number != signal_number("INT")) return;
  say("SIG%s: ends with 0", signal_name(number));
  end_serving(0);
}

void must_serve(const struct server *server) {
  if (!serve_on(server)) program_exit(1);
}

void show_file(const char *path, bool is_there) {
  if (*path == '\0') return;
  if (!is_there) {
    unlink(path);
    return;
  }
  int descriptor = open(path, O_WRONLY | O_CREAT, 0644);
  if (descriptor >= 0) close(descriptor);
  else say("cannot make %s: its folder is not there, or is read-only", path);
}

/* `exit-code` as EXIT_CODE. */
static const char *variable_of(const struct setting *setting, char name[40]) {
  snprintf(name, 40, "%s", setting->flag.name);
  for (char *at = name; *at != '\0'; at++) *at = *at == '-' ? '_' : (char)(*at & ~32);
  return name;
}

static _Noreturn void tell_settings(int code, const char *about, const struct setting *settings, size_t count) {
  struct stream *out = standard_stream(code == 0 ? 1 : 2);
  char name[40];
  stream_printf(out, "%s: %s\n\n", program, about);
  for (size_t i = 0; i < count; i++) stream_printf(out, "  --%-18s %-18s %s\n", settings[i].flag.name, variable_of(&settings[i], name), settings[i].help);
  program_exit(code);
}

void must_take_settings(int argc, char **argv, const char *about, const struct setting *settings, size_t count) {
  struct flag *flags = must_malloc((count + 1) * sizeof *flags);
  char **rest = must_malloc((size_t)argc * sizeof *rest);
  int rest_count;
  bool help = false;
  char name[40];
  for (size_t i = 0; i < count; i++) {
    flags[i] = settings[i].flag;
    const char *value = getenv(variable_of(&settings[i], name));
    if (value == NULL || set_flag(&flags[i], value)) continue;
    stream_printf(standard_stream(2), "%s: %s=\"%s\" is not what it takes: %s\n", program, name, value, settings[i].help);
    program_exit(2);
  }
  flags[count] = (struct flag){"help", 'h', FLAG_BOOL, &help};
  const char *complaint = take_flags(argc, argv, flags, count + 1, rest, &rest_count);
  if (help) tell_settings(0, about, settings, count);
  if (complaint != NULL || rest_count > 0) {
    stream_printf(standard_stream(2), "%s: %s%s\n", program, complaint != NULL ? complaint : "takes no word like ", complaint != NULL ? "" : rest[0]);
    tell_settings(2, about, settings, count);
  }
  free(flags);
  free(rest);
}

int main(int argc, char **argv) {
  const char *slash = strrchr(argv[0], '/');
  program = slash != NULL ? slash + 1 : argv[0];
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
    if (strcmp(programs[i].name, program) == 0) program_exit(programs[i].run(argc, argv));
  }
  stream_printf(standard_stream(2), "%s: no such program\n", program);
  program_exit(127);
}
