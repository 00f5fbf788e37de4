/** The faults that calls meet, as the script's call rules order them. */
import { nextFloat, type RandomState } from '../../lib/random.ts';
import { RuntimeError } from '../port.ts';
import type { FakeClock } from './clock.ts';
import { matches, type Subject } from './match.ts';
import type { CallRule, Failure, FakeCall } from './script.ts';

export class Faults {
  readonly #rules: readonly CallRule[];
  readonly #clock: FakeClock;
  readonly #begunMs: number;
  /** How many calls each rule has matched so far. */
  readonly #counts = new Map<CallRule, number>();
  #random: RandomState;

  constructor(rules: readonly CallRule[], clock: FakeClock, random: RandomState) {
    this.#rules = rules;
    this.#clock = clock;
    this.#begunMs = clock.now();
    this.#random = random;
  }

  /** Does the work of a call, or what the script puts in its place. */
  async meet<T>(call: FakeCall, subject: Subject, work: () => T | Promise<T>): Promise<T> {
    const fault = this.#next(call, subject);
    if (fault === undefined) return work();
    if (fault.delayMs !== undefined) await this.#clock.sleep(fault.delayMs);
    if (fault.fail === undefined) return work();
    if (fault.workIsDone) await work();
    throw failed(fault.fail);
  }

  #next(call: FakeCall, subject: Subject): CallRule | undefined {
    let found: CallRule | undefined;
    for (const rule of this.#rules) {
      if (rule.call !== call || !matches(rule.match ?? {}, subject)) continue;
      const count = (this.#counts.get(rule) ?? 0) + 1;
      this.#counts.set(rule, count);
      if (found === undefined && this.#applies(rule, count)) found = rule;
    }
    return found;
  }

  #applies(rule: CallRule, count: number): boolean {
    if (rule.untilMs !== undefined && this.#clock.now() - this.#begunMs >= rule.untilMs) return false;
    if (rule.nth !== undefined) return rule.nth === count;
    if (rule.chance === undefined) return true;
    const [value, random] = nextFloat(this.#random);
    this.#random = random;
    return value < rule.chance;
  }
}

/** The failure as the error that the port throws. */
export function failed(failure: Failure): RuntimeError {
  return new RuntimeError(
    failure.code,
    failure.message,
    failure.reason === undefined ? {} : { reason: failure.reason },
  );
}
