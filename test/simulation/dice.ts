/** Chance for simulations: drawn from a seed, so that a failing run can be had again. */
import { nextFloat, type RandomState, seedRandom } from '../../src/lib/random.ts';

export class Dice {
  #state: RandomState;

  constructor(seed: number) {
    this.#state = seedRandom(seed);
  }

  #next(): number {
    const [value, state] = nextFloat(this.#state);
    this.#state = state;
    return value;
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.#next() * (high - low + 1));
  }

  oneOf<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.whole(0, choices.length - 1)] ?? choices[0];
  }

  times<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }
}
