/** What the arguments of one call of the host may take: they are lifted into memory of ours, as long as the guest says. */
import { aborted } from '../process/exit.ts';
import type { Process } from '../process/process.ts';

/**
 * In bytes; an element of a list that is no number counts 64. Guests write 64 KiB at most at once
 * (`check-write`), and Linux takes 2 MiB of arguments and environment.
 */
export const LIFT_LIMIT_BYTES = 4 << 20;

/** The meter of one process. The transpiled code calls `begin` at the start of a call and `take` before each lift. */
export function liftMeter(process: Process) {
  let left = LIFT_LIMIT_BYTES;
  return {
    begin(): void {
      left = LIFT_LIMIT_BYTES;
    },
    /** `count` as an unsigned number, or 0 when it is too much: then the process ends, and must not be waited for. */
    take(count: number, unitBytes: number): number {
      const elements = count >>> 0;
      left -= elements * unitBytes;
      if (left >= 0) return elements;
      process.end(
        aborted(`the arguments of a call of the host are larger than ${LIFT_LIMIT_BYTES >> 20} MiB`),
      );
      return 0;
    },
  };
}
