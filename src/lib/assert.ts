/** Invariants: they hold in every run, and they stay switched on. */

/** Thrown when the program contradicts itself; never used for bad input. */
export class InvariantViolation extends Error {
  override name = 'InvariantViolation';
}

/**
 * States a fact that must hold.
 * @throws InvariantViolation with `fact` as its message when `condition` is false.
 */
export function invariant(condition: unknown, fact: string): asserts condition {
  if (!condition) throw new InvariantViolation(fact);
}

/** Returns `value`, or stops when something that must be there is missing. */
export function present<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new InvariantViolation(`${what} is missing`);
  return value;
}

/** Closes an exhaustive switch: the compiler refuses the call while a case is left. */
export function unreachable(value: never): never {
  throw new InvariantViolation(`unexpected case: ${JSON.stringify(value)}`);
}
