/** Which process a number means: numbers are given out again, so the time of its start belongs to it. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  readonly pid: number;
  /** In the kernel's own words, since the machine's boot; empty where it does not tell. */
  readonly started: string;
  readonly host: string;
}

/** The process that asks. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid) ?? '', host: hostname() };
}

/** Whether that very process still runs; one of another machine may. */
export function isAlive({ pid, started, host }: ProcessIdentity): boolean {
  if (host !== hostname()) return true;
  const now = startOf(pid);
  if (now !== undefined) return now === started;
  return process.platform !== 'linux' && runs(pid);
}

/** Undefined when there is no such process, or the system does not say (proc(5): stat, fields 3 and 22). */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may have any sign in it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // One that has ended and was not waited for.
    if (fields[0] === 'Z') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
