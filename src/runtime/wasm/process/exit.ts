/** How a process ended, in the words that a container's status has for it. */

/** `exitCode` as a shell would see it (128 + signal); `reason` as containerd says it. */
export interface Outcome {
  readonly exitCode: number;
  readonly reason: 'Completed' | 'Error' | 'OOMKilled' | 'StartError';
  /** What went wrong, for people; empty when nothing did. */
  readonly message: string;
}

export function exited(exitCode: number): Outcome {
  return { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', message: '' };
}

export function killedBy(signal: number): Outcome {
  return { exitCode: 128 + signal, reason: 'Error', message: '' };
}

/** EAGAIN, as Go's error says it. */
export const NO_ROOM = 'resource temporarily unavailable';

/** containerd's words around runc's. */
export const cannotRun = (message: string) =>
  `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${message}: unknown`;

/** As containerd reports a container whose program could not be started (internal/cri/server/container_start.go). */
export function cannotStart(message: string): Outcome {
  return { exitCode: 128, reason: 'StartError', message };
}

export const OUT_OF_MEMORY: Outcome = { exitCode: 137, reason: 'OOMKilled', message: '' };

const SIGABRT = 6;
const SIGFPE = 8;
const SIGSEGV = 11;

/** The host has ended it, for a reason that nobody but its author can do away with. */
export function aborted(message: string): Outcome {
  return { ...killedBy(SIGABRT), message };
}

/**
 * A trap as the signal that the same mistake gives on Linux: `unreachable` is abort's (134), memory out of
 * bounds, a wrong indirect call and an exhausted stack are segmentation faults (139), arithmetic is 136.
 */
export function outcomeOfTrap(error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  return { ...killedBy(trapSignal(error, message)), message };
}

function trapSignal(error: unknown, message: string): number {
  if (error instanceof RangeError) return SIGSEGV;
  if (/unreachable/.test(message)) return SIGABRT;
  if (
    /out of bounds|type mismatch|signature mismatch|null function|dereferencing a null|call stack/i.test(
      message,
    )
  )
    return SIGSEGV;
  if (
    /divide by zero|remainder by zero|integer overflow|unrepresentable|invalid conversion|divide result/i.test(
      message,
    )
  )
    return SIGFPE;
  return SIGABRT;
}
