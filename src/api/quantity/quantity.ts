/**
 * A quantity of a resource as Kubernetes counts it (`100m`, `1.5Gi`, `2e3`): an exact decimal number with
 * the notation it is printed in. Follows apimachinery pkg/api/resource (quantity.go, amount.go).
 */

/** The notation: `100m`, `1Gi` or `1e3`. Any other word prints as DecimalExponent, as in Kubernetes. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent' | (string & {});

/** The exact number `unscaled * 10^exponent10`, and how it is written. Plain data; never changed in place. */
export interface Quantity {
  readonly unscaled: bigint;
  readonly exponent10: number;
  readonly format: QuantityFormat;
  /** True when Kubernetes would hold it as an arbitrary-precision decimal and no longer as an int64. */
  readonly wide: boolean;
}

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** True for whole numbers that an int64 can hold. */
export function fitsInt64(value: bigint): boolean {
  return value >= MIN_INT64 && value <= MAX_INT64;
}

/** The quantity `unscaled * 10^exponent10` in the given notation (`NewQuantity`, `NewScaledQuantity`). */
export function quantity(
  unscaled: bigint | number,
  exponent10 = 0,
  format: QuantityFormat = 'DecimalSI',
): Quantity {
  const value = BigInt(unscaled);
  return { unscaled: value, exponent10, format, wide: !fitsInt64(value) };
}

/** Nothing of anything; the neutral element of `add`. */
export const ZERO: Quantity = quantity(0);

export function isZero(q: Quantity): boolean {
  return q.unscaled === 0n;
}

/** -1, 0 or 1: the order of the two numbers; their notations do not matter (`Quantity.Cmp`). */
export function compare(a: Quantity, b: Quantity): -1 | 0 | 1 {
  const [left, right] = aligned(a, b);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The sum, in `a`'s notation, or in `b`'s when `a` is zero (`Quantity.Add`). */
export function add(a: Quantity, b: Quantity): Quantity {
  const [left, right, exponent10] = aligned(a, b);
  return like(isZero(a) ? b : a, left + right, exponent10, a.wide || b.wide);
}

/** The difference, in `a`'s notation, or in `b`'s when `a` is zero (`Quantity.Sub`). */
export function subtract(a: Quantity, b: Quantity): Quantity {
  return add(a, negate(b));
}

export function negate(q: Quantity): Quantity {
  return like(q, -q.unscaled, q.exponent10, q.wide);
}

/** The product with a whole number; `fits` says whether its digits still fit an int64 (`Quantity.Mul`). */
export function multiply(q: Quantity, by: bigint): { readonly product: Quantity; readonly fits: boolean } {
  const product = q.unscaled * by;
  return { product: like(q, product, q.exponent10, q.wide), fits: fitsInt64(product) };
}

export function maximum(a: Quantity, b: Quantity): Quantity {
  return compare(a, b) < 0 ? b : a;
}

/** Both numbers over the smaller of the two exponents. */
function aligned(a: Quantity, b: Quantity): [left: bigint, right: bigint, exponent10: number] {
  // Zero has no digits to move, whatever its exponent says.
  if (isZero(a)) return [0n, b.unscaled, b.exponent10];
  if (isZero(b)) return [a.unscaled, 0n, a.exponent10];
  const exponent10 = Math.min(a.exponent10, b.exponent10);
  const left = a.unscaled * 10n ** BigInt(a.exponent10 - exponent10);
  const right = b.unscaled * 10n ** BigInt(b.exponent10 - exponent10);
  return [left, right, exponent10];
}

function like(q: Quantity, unscaled: bigint, exponent10: number, wide: boolean): Quantity {
  return { unscaled, exponent10, format: q.format, wide: wide || !fitsInt64(unscaled) };
}
