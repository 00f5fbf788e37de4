/** Runs the engine for the screen: in slices, so that keys and frames get their turn, and never without an end. */
import type { Engine, Step } from '../engine/types.ts';

/** How long the engine may run before the terminal gets its turn. */
const SLICE_MS = 20;
/** Without what was waited for in this much of the engine's time, a run ends: it may never come. Longer than any back-off. */
export const QUIET_LIMIT_MS = 600_000;
/** The same where every pod has come to rest: long enough for a probe or a program to show that it was not for good. */
export const SETTLED_LIMIT_MS = 120_000;

/** How a run ended: what was waited for came, nothing can come, nothing came for long, or it was halted. */
export type Ran = 'done' | 'idle' | 'quiet' | 'halted';

export class Runner {
  readonly #engine: Engine;
  #halting = new AbortController();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Makes ready for the next command: what was halted before does not count any more. */
  begin(): void {
    this.#halting = new AbortController();
  }

  /** Ends what goes on, once the event in hand is handled. */
  halt(): void {
    this.#halting.abort();
  }

  /** Handles events up to and including the first step for which `done` holds, for at most `limitMs` of engine time. */
  async until(done: (step: Step) => boolean, limitMs = QUIET_LIMIT_MS): Promise<Ran> {
    const { signal } = this.#halting;
    const startMs = this.#engine.now();
    for (;;) {
      let hit = false;
      const sliceEnd = performance.now() + SLICE_MS;
      const until = (step: Step) => {
        hit = done(step);
        return hit || performance.now() > sliceEnd;
      };
      const leftMs = limitMs - (this.#engine.now() - startMs);
      if (leftMs <= 0) return 'quiet';
      const end = await this.#engine.run({ until, forMs: leftMs, signal });
      if (hit) return 'done';
      if (signal.aborted) return 'halted';
      if (end === 'idle') return 'idle';
      if (end === 'time') return 'quiet';
      await this.#yield();
    }
  }

  /** One visible step after the other, `stepsPerSecond()` of them, until halted or nothing comes any more. */
  async play(stepsPerSecond: () => number): Promise<Ran> {
    for (;;) {
      const ran = await this.until((step) => !step.quiet);
      if (ran !== 'done') return ran;
      const speed = stepsPerSecond();
      // Only virtual time is held back here: the other clocks pace themselves.
      if (this.#engine.clock === 'virtual' && Number.isFinite(speed)) await this.#pause(1000 / speed);
      else await this.#yield();
      if (this.#halting.signal.aborted) return 'halted';
    }
  }

  #yield(): Promise<void> {
    return new Promise((resume) => setImmediate(resume));
  }

  /** Waits in real time; a halt wakes it. */
  #pause(ms: number): Promise<void> {
    const { signal } = this.#halting;
    return new Promise((resume) => {
      if (signal.aborted) return resume();
      const wake = () => {
        clearTimeout(alarm);
        signal.removeEventListener('abort', wake);
        resume();
      };
      const alarm = setTimeout(wake, ms);
      signal.addEventListener('abort', wake);
    });
  }
}
