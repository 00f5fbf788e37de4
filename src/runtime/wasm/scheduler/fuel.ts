/**
 * How much a guest may run before others get their turn. The instrumented code counts down and asks here.
 *
 * Wall time: a guest that has run for `QUANTUM_MS` is suspended and goes behind the others.
 *
 * Virtual time: no clock is read. A guest may burn `INSTANT_FUEL` at one instant for nothing; then it sleeps
 * for what that much work costs, `NS_PER_FUEL` nanoseconds of virtual time per unit, and longer when it has to
 * share its CPU (cpu-shares.ts). So a loop without end takes a quarter of a virtual second at a time, and the
 * probes and kills that are due meanwhile happen. With a CPU limit it sleeps as soon as the quota of its period
 * is used up. The same seed burns the same fuel.
 */
import { HOOK, INSTRUMENT } from '../instrument/contract.ts';
import { type Hooks, makeHooks, SUSPEND } from './hooks.ts';

/** Given at a time; at one unit a loop head this is some 50 microseconds of the tightest loop. */
const FUEL_PORTION = 50_000;
const INSTANT_FUEL = 1_000_000;
export const NS_PER_FUEL = 250;
const QUANTUM_MS = 4;
/** What a call of the host costs in virtual time, beside what it says itself: a quarter of a millisecond. */
const HOST_CALL_FUEL = 1000;
/** A region that must not suspend (an allocation for the host) may burn this much before the process is ended. */
const NO_SUSPEND_FUEL = 100_000_000;

interface Metered {
  readonly fuel: WebAssembly.Global;
  readonly noSuspend: WebAssembly.Global;
  granted: number;
}

/** What the meter asks of its process. */
export interface FuelUser {
  readonly virtual: boolean;
  readonly nowNs: () => bigint;
  readonly sliceStartMs: () => number;
  readonly ended: () => boolean;
  /** Virtual time: whether the quota is used up, with `fuel` burnt in all. */
  readonly overQuota: (fuel: number) => boolean;
  /** Gives the others their turn; `burnt` is the fuel since the last time. */
  readonly preempt: (burnt: number) => Promise<void>;
  /** True when the container's memory may grow by `pages`. */
  readonly grow: (pages: number) => boolean;
  /** Ends the process because it cannot be suspended. */
  readonly giveUp: () => void;
  readonly pulse: () => void;
}

export class FuelMeter {
  readonly #user: FuelUser;
  readonly #modules: Metered[] = [];
  /** Fuel burnt in all. */
  #used = 0;
  /** Fuel burnt at `#instantNs`. */
  #usedNow = 0;
  #instantNs = -1n;
  #noSuspendFuel = 0;

  constructor(user: FuelUser) {
    this.#user = user;
  }

  /** All fuel so far. */
  get used(): number {
    this.#settle();
    return this.#used;
  }

  /** Sets the hooks of a fresh core module instance, if it is instrumented. */
  attach(instance: WebAssembly.Instance): void {
    const fuel = instance.exports[INSTRUMENT.fuel];
    const noSuspend = instance.exports[INSTRUMENT.noSuspend];
    const table = instance.exports[INSTRUMENT.hooks];
    if (!(table instanceof WebAssembly.Table)) return;
    if (!(fuel instanceof WebAssembly.Global) || !(noSuspend instanceof WebAssembly.Global)) return;
    const metered: Metered = { fuel, noSuspend, granted: FUEL_PORTION };
    fuel.value = FUEL_PORTION;
    const hooks: Hooks = makeHooks({
      fuel: () => this.#empty(metered),
      suspend: () => this.#suspend(metered),
      grow: (delta) => (this.#user.grow(delta >>> 0) ? 1 : 0),
    });
    table.set(HOOK.fuel, hooks.fuel);
    table.set(HOOK.grow, hooks.grow);
    this.#modules.push(metered);
  }

  /** Runs the start function of an instance whose hooks are set, as its instantiation would have done. */
  start(instance: WebAssembly.Instance): void {
    const start = instance.exports[INSTRUMENT.start];
    const noSuspend = instance.exports[INSTRUMENT.noSuspend];
    if (typeof start !== 'function' || !(noSuspend instanceof WebAssembly.Global)) return;
    noSuspend.value += 1;
    start();
    noSuspend.value -= 1;
  }

  /** A call of the host that handles `bytes`: it counts as work, so that a loop of calls is preempted too. */
  hostCall(bytes: number): void {
    if (!this.#user.virtual) {
      if (performance.now() - this.#user.sliceStartMs() >= QUANTUM_MS) this.starve();
      return;
    }
    this.#settle();
    this.#burn(HOST_CALL_FUEL + (bytes >> 6));
    if (this.#workIsDue()) this.starve();
  }

  /** Makes the next loop or call ask for fuel: the process has ended, or its slice has. */
  starve(): void {
    this.#settle();
    for (const module of this.#modules) {
      module.fuel.value = 0;
      module.granted = 0;
    }
  }

  #settle(): void {
    for (const module of this.#modules) {
      const left = Number(module.fuel.value);
      if (left < module.granted) this.#burn(module.granted - left);
      module.granted = left;
    }
  }

  #burn(fuel: number): void {
    this.#used += fuel;
    if (!this.#user.virtual) return;
    const nowNs = this.#user.nowNs();
    if (nowNs !== this.#instantNs) {
      this.#instantNs = nowNs;
      this.#usedNow = 0;
    }
    this.#usedNow += fuel;
  }

  #empty(metered: Metered): number {
    this.#user.pulse();
    this.#settle();
    if (this.#user.ended()) return 0;
    if (this.#modules.some((module) => module.noSuspend.value !== 0)) {
      this.#noSuspendFuel += FUEL_PORTION;
      if (this.#noSuspendFuel <= NO_SUSPEND_FUEL) return this.#grant(metered);
      this.#user.giveUp();
      return 0;
    }
    this.#noSuspendFuel = 0;
    const due = this.#user.virtual
      ? this.#workIsDue()
      : performance.now() - this.#user.sliceStartMs() >= QUANTUM_MS;
    return due ? SUSPEND : this.#grant(metered);
  }

  /** Virtual time. */
  #workIsDue(): boolean {
    return this.#usedNow >= INSTANT_FUEL || this.#user.overQuota(this.#used);
  }

  async #suspend(metered: Metered): Promise<number> {
    const burnt = this.#usedNow;
    this.#usedNow = 0;
    await this.#user.preempt(burnt);
    return this.#user.ended() ? 0 : this.#grant(metered);
  }

  #grant(metered: Metered): number {
    metered.granted = FUEL_PORTION;
    return FUEL_PORTION;
  }
}
