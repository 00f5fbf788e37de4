/** Signal names and numbers (Linux, x86-64), and what a signal does to a process that has no handler for it. */

const NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGWINCH: 28,
  SIGPWR: 30,
};

export const SIGINT = 2;
export const SIGQUIT = 3;
export const SIGKILL = 9;
export const SIGTERM = 15;
export const SIGCONT = 18;
export const SIGSTOP = 19;
export const SIGTSTP = 20;
export const SIGWINCH = 28;

/** `SIGQUIT`, `QUIT`, `3` or `SIGRTMIN+3` as a number; undefined when it is no signal. */
export function signalNumber(name: string): number | undefined {
  const upper = name.trim().toUpperCase();
  if (/^\d+$/.test(upper)) {
    const number = Number(upper);
    return number >= 1 && number <= 64 ? number : undefined;
  }
  const realTime = /^(?:SIG)?RTMIN(?:\+(\d{1,2}))?$/.exec(upper);
  if (realTime !== null) {
    const number = 34 + Number(realTime[1] ?? 0);
    return number <= 64 ? number : undefined;
  }
  return NUMBERS[upper.startsWith('SIG') ? upper : `SIG${upper}`];
}

/** The signal's name, `SIGTERM`; `SIG63` for one without a name. */
export function signalName(number: number): string {
  for (const [name, value] of Object.entries(NUMBERS)) if (value === number) return name;
  return `SIG${number}`;
}

const IGNORED_BY_DEFAULT = new Set([17, 18, 23, 28]);

/**
 * Whether `number` ends a process that has no handler for it: process 1 of a PID namespace is ended by KILL
 * alone (pid_namespaces(7)), any other one by every signal whose default action is to terminate.
 */
export function endsProcess(number: number, pid: number): boolean {
  if (number === SIGKILL) return true;
  if (pid === 1) return false;
  return (
    number > 0 &&
    number !== 19 &&
    number !== 20 &&
    number !== 21 &&
    number !== 22 &&
    !IGNORED_BY_DEFAULT.has(number)
  );
}

/**
 * Whether `number` stops a process until SIGCONT comes. TSTP, TTIN and TTOU stop none: nobody here does job
 * control, and a process group that nobody looks after is not stopped by them (setpgid(2), orphaned groups).
 */
export function stopsProcess(number: number, pid: number): boolean {
  return number === SIGSTOP && pid !== 1;
}
