/* Every applet by its names. */
#pragma once
#define ALL_APPLETS(ENTRY) \
  ENTRY("[", test) \
  ENTRY("ash", sh) \
  ENTRY("basename", basename) \
  ENTRY("bash", sh) \
  ENTRY("busybox", busybox) \
  ENTRY("cat", cat) \
  ENTRY("chmod", chmod) \
  ENTRY("clear", clear) \
  ENTRY("cp", cp) \
  ENTRY("date", date) \
  ENTRY("dirname", dirname) \
  ENTRY("echo", echo) \
  ENTRY("env", env) \
  ENTRY("false", fail) \
  ENTRY("hostname", hostname) \
  ENTRY("id", id) \
  ENTRY("kill", kill) \
  ENTRY("killall", killall) \
  ENTRY("ln", ln) \
  ENTRY("ls", ls) \
  ENTRY("mkdir", mkdir) \
  ENTRY("mktemp", mktemp) \
  ENTRY("mv", mv) \
  ENTRY("printenv", printenv) \
  ENTRY("ps", ps) \
  ENTRY("pwd", pwd) \
  ENTRY("rm", rm) \
  ENTRY("rmdir", rmdir) \
  ENTRY("seq", seq) \
  ENTRY("sh", sh) \
  ENTRY("sleep", sleep) \
  ENTRY("test", test) \
  ENTRY("touch", touch) \
  ENTRY("true", succeed) \
  ENTRY("uname", uname) \
  ENTRY("usleep", usleep) \
  ENTRY("whoami", whoami) \
  ENTRY("yes", yes)

#define DECLARE(name, function) APPLET(function);
ALL_APPLETS(DECLARE)
#undef DECLARE
