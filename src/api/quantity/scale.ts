/** Quantities as whole numbers of some unit: bytes, cores, millicores; always rounded up, never down. */
import { fitsInt64, isZero, type Quantity } from './quantity.ts';

export interface Rounded {
  readonly quantity: Quantity;
  /** False when rounding lost something. */
  readonly exact: boolean;
}

/**
 * Rounds away from zero to a multiple of 10^exponent10 (`Quantity.RoundUp`); a number that has no finer
 * digits stays as it is.
 */
export function roundUp(q: Quantity, exponent10: number): Rounded {
  if (q.exponent10 >= exponent10) return { quantity: q, exact: true };
  const { quotient, exact } = divideUp(q.unscaled, exponent10 - q.exponent10);
  return { quantity: { ...q, unscaled: quotient, exponent10 }, exact };
}

/** The number of units of 10^exponent10 in it, rounded away from zero (`Quantity.ScaledValue`). */
export function scaledValue(q: Quantity, exponent10: number): bigint {
  const shift = q.exponent10 - exponent10;
  if (shift >= 0) return q.unscaled * 10n ** BigInt(shift);
  return divideUp(q.unscaled, -shift).quotient;
}

/** Whole units (bytes, cores), rounded up (`Quantity.Value`); precise up to 2^53. */
export function quantityValue(q: Quantity): number {
  return Number(scaledValue(q, 0));
}

/** Thousandths (millicores), rounded up (`Quantity.MilliValue`); precise up to 2^53. */
export function quantityMilliValue(q: Quantity): number {
  return Number(scaledValue(q, -3));
}

/** The number as an int64, when Kubernetes would convert it without its decimals (`Quantity.AsInt64`). */
export function asInt64(q: Quantity): bigint | undefined {
  if (q.wide || q.exponent10 < 0) return undefined;
  const value = q.unscaled * 10n ** BigInt(q.exponent10);
  return fitsInt64(value) ? value : undefined;
}

/** The nearest floating-point number, or an infinity (`Quantity.AsApproximateFloat64`). */
export function approximateFloat(q: Quantity): number {
  const base = Number(q.unscaled);
  return q.exponent10 === 0 || isZero(q) ? base : base * Number(`1e${q.exponent10}`);
}

/** Every digit, without notation: `0.025`, `-1500` (`inf.Dec.String`). */
export function decimalString(unscaled: bigint, exponent10: number): string {
  if (exponent10 >= 0) return (unscaled * 10n ** BigInt(exponent10)).toString();
  const sign = unscaled < 0n ? '-' : '';
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(1 - exponent10, '0');
  return `${sign}${digits.slice(0, exponent10)}.${digits.slice(exponent10)}`;
}

function divideUp(value: bigint, places: number): { quotient: bigint; exact: boolean } {
  // A divisor far beyond the digits leaves only the rounding: one unit, or nothing.
  if (places > value.toString().length) {
    return { quotient: value === 0n ? 0n : value < 0n ? -1n : 1n, exact: value === 0n };
  }
  const divisor = 10n ** BigInt(places);
  const quotient = value / divisor;
  if (quotient * divisor === value) return { quotient, exact: true };
  return { quotient: quotient + (value < 0n ? -1n : 1n), exact: false };
}
