/** The suffixes of quantities and what they multiply by (apimachinery pkg/api/resource/suffix.go). */
import type { QuantityFormat } from './quantity.ts';

const DECIMAL = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const DECIMAL_BY_EXPONENT = new Map([...DECIMAL].map(([suffix, exponent]) => [exponent, suffix]));
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

export interface Suffix {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

/** What the suffix means, or undefined when there is none of that name. */
export function interpretSuffix(suffix: string): Suffix | undefined {
  const decimal = DECIMAL.get(suffix);
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'DecimalSI' };
  const binary = BINARY.indexOf(suffix);
  if (binary > 0) return { base: 2, exponent: binary * 10, format: 'BinarySI' };
  if (/^[eE][+-]?[0-9]+$/.test(suffix)) {
    return { base: 10, exponent: Number(suffix.slice(1)), format: 'DecimalExponent' };
  }
  return undefined;
}

/** The largest exponents that have a letter; larger numbers keep their zeros. */
export const LARGEST = { decimal: 18, binary: 6 } as const;

/** The suffix for 10^exponent; the exponent is a multiple of three from -9 to 18. */
export function decimalSuffix(exponent: number): string {
  return DECIMAL_BY_EXPONENT.get(exponent) ?? '';
}

/** The suffix for 1024^power. */
export function binarySuffix(power: number): string {
  return BINARY[power] ?? '';
}
