/** A runtime with its time in hand. Wall runtimes just wait; virtual ones are driven here as the engine drives them. */
import type { Runtime, RuntimeEvent } from '../../src/runtime/port.ts';

export class TimedRuntime {
  readonly runtime: Runtime;
  readonly events: RuntimeEvent[] = [];
  #nowMs: number;

  /** `epochMs` is where a virtual runtime's clock begins. */
  protected constructor(runtime: Runtime, epochMs: number) {
    this.runtime = runtime;
    this.#nowMs = epochMs;
    runtime.runtimeService.subscribe((event) => this.events.push(event));
  }

  get virtual(): boolean {
    return this.runtime.virtualTime !== null;
  }

  /** The runtime's own clock. */
  now(): number {
    return this.virtual ? this.#nowMs : Date.now();
  }

  /** Lets time pass until the call is answered. */
  async settle<T>(call: Promise<T>): Promise<T> {
    const time = this.runtime.virtualTime;
    if (time === null) return call;
    let settled = false;
    const done = () => {
      settled = true;
    };
    call.then(done, done);
    for (;;) {
      await this.quiet();
      if (settled) return call;
      const nextMs = time.nextDeadlineMs();
      if (nextMs === undefined) throw new Error('the call waits, and no deadline is set');
      this.#advance(nextMs);
    }
  }

  /** Lets this much of the runtime's time pass; virtual time stops at every deadline. */
  async pass(durationMs: number): Promise<void> {
    const time = this.runtime.virtualTime;
    if (time === null) {
      await new Promise((resolve) => setTimeout(resolve, durationMs));
      return;
    }
    const untilMs = this.#nowMs + durationMs;
    for (;;) {
      await this.quiet();
      const nextMs = time.nextDeadlineMs();
      if (nextMs === undefined || nextMs > untilMs) break;
      this.#advance(nextMs);
    }
    this.#advance(untilMs);
    await this.quiet();
  }

  /** All that can happen at this instant has happened. */
  protected async quiet(): Promise<void> {
    await this.runtime.virtualTime?.quiesce();
  }

  #advance(nowMs: number): void {
    this.#nowMs = nowMs;
    this.runtime.virtualTime?.advanceTo(nowMs);
  }
}
