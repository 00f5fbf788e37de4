/* Every applet by its names. */
#pragma once
#define ALL_APPLETS(ENTRY)                                                                                        \
  ENTRY("[", test) ENTRY("ash", sh) ENTRY("awk", awk) ENTRY("base64", base64) ENTRY("basename", basename)         \
  ENTRY("bash", sh) ENTRY("busybox", busybox) ENTRY("cat", cat) ENTRY("chmod", chmod) ENTRY("clear", clear)       \
  ENTRY("cp", cp) ENTRY("cut", cut) ENTRY("date", date) ENTRY("dd", dd) ENTRY("dirname", dirname)                 \
  ENTRY("echo", echo) ENTRY("egrep", grep) ENTRY("env", env) ENTRY("expr", expr) ENTRY("false", fail)            \
  ENTRY("fgrep", grep) ENTRY("find", find) ENTRY("grep", grep) ENTRY("head", head) ENTRY("hostname", hostname)    \
  ENTRY("httpd", httpd) ENTRY("id", id) ENTRY("kill", kill) ENTRY("killall", killall) ENTRY("ln", ln)             \
  ENTRY("ls", ls) ENTRY("md5sum", md5sum) ENTRY("mkdir", mkdir) ENTRY("mktemp", mktemp) ENTRY("mv", mv)           \
  ENTRY("nc", nc) ENTRY("nslookup", nslookup) ENTRY("printenv", printenv) ENTRY("printf", printf) ENTRY("ps", ps) \
  ENTRY("pwd", pwd) ENTRY("readlink", readlink) ENTRY("rm", rm) ENTRY("rmdir", rmdir) ENTRY("sed", sed) ENTRY("seq", seq) ENTRY("sh", sh)     \
  ENTRY("sha256sum", sha256sum) ENTRY("sleep", sleep) ENTRY("sort", sort) ENTRY("stty", stty) ENTRY("tail", tail) ENTRY("tee", tee)   \
  ENTRY("test", test) ENTRY("time", time) ENTRY("timeout", timeout) ENTRY("touch", touch) ENTRY("tr", tr)         \
  ENTRY("tty", tty) ENTRY("true", succeed) ENTRY("uname", uname) ENTRY("uniq", uniq) ENTRY("usleep", usleep) ENTRY("wc", wc)           \
  ENTRY("wget", wget) ENTRY("which", which) ENTRY("whoami", whoami) ENTRY("xargs", xargs) ENTRY("yes", yes)

#define DECLARE(name, function) APPLET(function);
ALL_APPLETS(DECLARE)
#undef DECLARE
