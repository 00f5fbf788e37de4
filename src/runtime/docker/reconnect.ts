/** What the long-lived streams of the adapter do when the Engine goes away and comes back. */
import { RuntimeError } from '../port.ts';

/** Resolves after `delayMs`, or at once when `signal` ends it. Holds no process open. */
export function waitFor(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    timer.unref();
    signal.addEventListener('abort', done);
  });
}

/** Failures of a call, and of a connection within its answer, in Node's words. Anything else is a defect. */
export function isEngineFailure(error: unknown): boolean {
  if (error instanceof RuntimeError) return true;
  const { code = '' } = error as NodeJS.ErrnoException;
  return ['ECONNRESET', 'EPIPE', 'ABORT_ERR', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code);
}
