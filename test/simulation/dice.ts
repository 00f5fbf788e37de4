/** Chance for simulations: drawn by fast-check, which prints the seed of a failing run and makes it smaller. */
import fc, { type GeneratorValue } from 'fast-check';

export class Dice {
  readonly #draw: GeneratorValue;

  constructor(draw: GeneratorValue) {
    this.#draw = draw;
  }

  chance(probability: number): boolean {
    // Shrinking goes towards 0: towards what happens less.
    return this.#draw(fc.integer, { min: 0, max: 999 }) >= 1000 - probability * 1000;
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return this.#draw(fc.integer, { min: low, max: high });
  }

  oneOf<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.whole(0, choices.length - 1)] ?? choices[0];
  }

  times<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }
}
