import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogCursor } from '../../../../src/runtime/docker/logs/log-cursor.ts';

/** What the Engine gives of a log: the messages from `since` on, in the order of the log. */
function read(log: readonly number[], since: string | undefined): readonly number[] {
  const fromMs = since === undefined ? Number.NEGATIVE_INFINITY : Math.round(Number(since) * 1_000);
  return log.filter((atMs) => atMs >= fromMs);
}

describe('a log that is read in several goes', () => {
  it('loses no message and doubles none, wherever the connection breaks', () => {
    // Times step back a little now and then, and many messages share one.
    const steps = fc.array(fc.integer({ min: -20, max: 60 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(steps, fc.array(fc.nat({ max: 40 }), { maxLength: 30 }), (times, breaks) => {
        let atMs = 1_795_479_307_000;
        const log = times.map((by) => (atMs += Math.sign(by) * Math.floor(Math.abs(by) / 10)));
        const cursor = new LogCursor();
        let taken = 0;
        for (const most of [...breaks, Number.POSITIVE_INFINITY]) {
          const isNew = cursor.replay();
          let seen = 0;
          for (const one of read(log, cursor.since)) {
            if (seen === most) break;
            if (!isNew(one)) continue;
            expect(one).toBe(log[taken]);
            taken++;
            seen++;
          }
        }
        expect(taken).toBe(log.length);
      }),
    );
  });

  it('is read from the beginning at first', () => {
    expect(new LogCursor().since).toBeUndefined();
  });

  it('is read again from a little before the newest message', () => {
    const cursor = new LogCursor();
    cursor.note(1_795_479_307_123);
    expect(cursor.since).toBe('1795479306.873000000');
  });
});
