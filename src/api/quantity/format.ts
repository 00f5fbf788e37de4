/** The canonical text of a quantity: no precision lost, the largest suffix (`Quantity.CanonicalizeBytes`). */
import { compare, isZero, type Quantity, quantity } from './quantity.ts';
import { roundUp, scaledValue } from './scale.ts';
import { binarySuffix, decimalSuffix, LARGEST } from './suffix.ts';

const KIBI = quantity(1024);
const MINUS_KIBI = quantity(-1024);

/** As Kubernetes prints it: `500m`, `1Gi`, `1e3`. */
export function formatQuantity(q: Quantity): string {
  if (isZero(q)) return '0';
  switch (q.format) {
    case 'BinarySI':
      return printsAsBinary(q) ? binaryText(q) : decimalText(q);
    case 'DecimalSI':
      return decimalText(q);
    default:
      return exponentText(q);
  }
}

/** Less than 1024, or a fraction: Kubernetes prints such a quantity in decimal, so that nothing is lost. */
function printsAsBinary(q: Quantity): boolean {
  if (compare(q, MINUS_KIBI) > 0 && compare(q, KIBI) < 0) return false;
  return roundUp(q, 0).exact;
}

function binaryText(q: Quantity): string {
  let number = scaledValue(q, 0);
  let power = 0;
  while (number % 1024n === 0n && power < LARGEST.binary) {
    number /= 1024n;
    power++;
  }
  return `${number}${binarySuffix(power)}`;
}

function decimalText(q: Quantity): string {
  const { number, exponent } = inThousands(q, LARGEST.decimal);
  return `${number}${decimalSuffix(exponent)}`;
}

function exponentText(q: Quantity): string {
  const { number, exponent } = inThousands(q, Number.MAX_SAFE_INTEGER);
  return exponent === 0 ? `${number}` : `${number}e${exponent}`;
}

/** The number with as few digits as an exponent that is a multiple of three, up to `largest`, allows. */
function inThousands(q: Quantity, largest: number): { number: bigint; exponent: number } {
  let number = q.unscaled;
  let exponent = q.exponent10;
  while (number % 10n === 0n) {
    number /= 10n;
    exponent++;
  }
  const wanted = Math.min(Math.floor(exponent / 3) * 3, largest);
  return { number: number * 10n ** BigInt(exponent - wanted), exponent: wanted };
}
