/** Reads a quantity as a manifest writes it (`resource.ParseQuantity` of apimachinery's quantity.go). */
import { fitsInt64, type Quantity, type QuantityFormat, quantity } from './quantity.ts';
import { roundUp } from './scale.ts';
import { interpretSuffix } from './suffix.ts';

export type ParsedQuantity =
  | { readonly ok: true; readonly quantity: Quantity }
  | { readonly ok: false; readonly error: string };

/** Kubernetes' own three messages (ErrFormatWrong, ErrNumeric, ErrSuffix). */
const FORMAT_WRONG =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const NUMERIC = 'unable to parse numeric part of quantity';
const SUFFIX = "unable to parse quantity's suffix";

/** Bounds of our own, so that a line of a manifest cannot ask for a number of a gigabyte. */
const MAX_CHARACTERS = 512;
const MAX_EXPONENT10 = 4096;

/** An int64 takes 18 decimal digits whatever they are. */
const INT64_DIGITS = 18;
const NANO = -9;
const MAX_BINARY = 2n ** 63n - 1n;

/** Reads the text; surrounding white space is an error here (see `parseQuantityJson`). */
export function parseQuantity(text: string): ParsedQuantity {
  if (text === '' || text.length > MAX_CHARACTERS) return { ok: false, error: FORMAT_WRONG };
  const parts = splitQuantity(text);
  if (!parts) return { ok: false, error: FORMAT_WRONG };
  const suffix = interpretSuffix(parts.suffix);
  if (!suffix || Math.abs(suffix.exponent) > MAX_EXPONENT10) return { ok: false, error: SUFFIX };
  // `+`, `-` and `.` alone get as far as here: no digits at all.
  if (!/[0-9]/.test(parts.value)) return { ok: false, error: NUMERIC };
  const digits = BigInt(`${parts.num}${parts.denom}`) * (parts.positive ? 1n : -1n);
  const read = { digits, parts, exponent: suffix.exponent, format: suffix.format };
  return { ok: true, quantity: suffix.base === 2 ? binary(read) : decimal(read) };
}

/** The quantity in `text`, for texts that are known to be one. */
export function mustParseQuantity(text: string): Quantity {
  const parsed = parseQuantity(text);
  if (!parsed.ok) throw new RangeError(`${JSON.stringify(text)}: ${parsed.error}`);
  return parsed.quantity;
}

/** Reads a quantity out of a JSON value: a string, in which white space around is allowed, or a number. */
export function parseQuantityJson(value: string | number): ParsedQuantity {
  return parseQuantity(String(value).trim());
}

/** The pieces of a quantity's text; `value` is sign and number as written (`parseQuantityString`). */
export interface QuantityParts {
  readonly positive: boolean;
  readonly value: string;
  readonly num: string;
  readonly denom: string;
  readonly suffix: string;
}

const PARTS = /^([+-]?)(0*)([0-9]*)(?:(\.)([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/;

/** Takes the text apart without judging its suffix; undefined when it has not the form of a quantity. */
export function splitQuantity(text: string): QuantityParts | undefined {
  const match = PARTS.exec(text);
  if (!match) return undefined;
  const [, sign = '', zeros = '', num = '', point = '', denom = '', suffix = ''] = match;
  const value = `${sign}${zeros}${num}${point}${denom}`;
  return { positive: sign !== '-', value, num: num === '' ? '0' : num, denom, suffix };
}

interface Read {
  readonly digits: bigint;
  readonly parts: QuantityParts;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

function decimal({ digits, parts, exponent, format }: Read): Quantity {
  const exponent10 = exponent - parts.denom.length;
  const wide = parts.num.length + parts.denom.length > INT64_DIGITS || exponent10 < NANO;
  return roundUp({ unscaled: digits, exponent10, format, wide }, NANO).quantity;
}

function binary({ digits, parts, exponent }: Read): Quantity {
  const unscaled = digits * 2n ** BigInt(exponent);
  // Kubernetes' own estimate of whether digits and power of two fit an int64.
  const room = 15 - parts.num.length - Math.trunc((exponent * 3) / 10) - 1;
  const wide = parts.denom !== '' || room < 0 || !fitsInt64(unscaled);
  const exact: Quantity = { unscaled, exponent10: -parts.denom.length, format: 'BinarySI', wide };
  return cappedBinary(wide ? roundUp(exact, NANO).quantity : exact);
}

/** A binary quantity is at most an int64 in size, and a fraction of one is written in decimal. */
function cappedBinary(q: Quantity): Quantity {
  if (!q.wide) return q;
  const size = q.unscaled < 0n ? -q.unscaled : q.unscaled;
  const one = 10n ** BigInt(-q.exponent10);
  if (size > MAX_BINARY * one) {
    return { ...quantity(q.unscaled < 0n ? -MAX_BINARY : MAX_BINARY, 0, 'BinarySI'), wide: true };
  }
  return size > 0n && size < one ? { ...q, format: 'DecimalSI' } : q;
}
