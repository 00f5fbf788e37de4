/** quantity.json against src/api/quantity. */
import { formatQuantity } from '../../../src/api/quantity/format.ts';
import {
  mustParseQuantity,
  type ParsedQuantity,
  parseQuantity,
  parseQuantityJson,
  splitQuantity,
} from '../../../src/api/quantity/parse.ts';
import {
  add,
  compare,
  multiply,
  negate,
  type Quantity,
  quantity,
  subtract,
} from '../../../src/api/quantity/quantity.ts';
import {
  approximateFloat,
  asInt64,
  decimalString,
  roundUp,
  scaledValue,
} from '../../../src/api/quantity/scale.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

interface Exact {
  readonly unscaled: string;
  readonly exponent10: number;
  readonly format?: string;
}
type Text = { readonly text: string };
type TwoTexts = { readonly a: string; readonly b: string };
type One = { readonly value: Exact };
type Two = { readonly a: Exact; readonly b: Exact };
type Equals = { readonly equals: Exact };

/** The exact form's number; one case writes its whole number with a `.0`. */
function read({ unscaled, exponent10, format }: Exact): Quantity {
  const [whole = '', fraction = ''] = unscaled.split('.');
  return quantity(BigInt(whole + fraction), exponent10 - fraction.length, format);
}

/** The quantity in the file's exact form, over the exponent that the case is stated in when that loses nothing. */
function exact(q: Quantity, like: Exact | undefined, format: string = q.format): Exact {
  const restated = like && like.exponent10 !== q.exponent10 && compare(q, read(like)) === 0;
  if (restated) return { unscaled: like.unscaled, exponent10: like.exponent10, format };
  return { unscaled: q.unscaled.toString(), exponent10: q.exponent10, format };
}

function float(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return value < 0 ? '-inf' : '+inf';
}

/** The text of what was parsed, or that it was refused. */
function text(parsed: ParsedQuantity): unknown {
  return parsed.ok ? { text: formatQuantity(parsed.quantity) } : { error: true };
}

const adapter: VectorAdapter = {
  groups: {
    parse: ({ input, expected }: VectorCase<Text, Exact | { error: true }>) => {
      const parsed = parseQuantity(input.text);
      if (!parsed.ok) return { error: true };
      return exact(parsed.quantity, 'unscaled' in expected ? expected : undefined);
    },
    'decimal-string': ({ input }: VectorCase<Exact>) => ({
      text: decimalString(BigInt(input.unscaled), input.exponent10),
    }),
    'parse-format': ({ input }: VectorCase<Text>) => text(parseQuantity(input.text)),
    'json-decode-format': ({ input }: VectorCase<{ json: string }>) =>
      text(parseQuantityJson(JSON.parse(input.json))),
    'add-format': ({ input }: VectorCase<TwoTexts>) => ({
      text: formatQuantity(add(mustParseQuantity(input.a), mustParseQuantity(input.b))),
    }),
    'sub-format': ({ input }: VectorCase<TwoTexts>) => ({
      text: formatQuantity(subtract(mustParseQuantity(input.a), mustParseQuantity(input.b))),
    }),
    compare: ({ input }: VectorCase<TwoTexts>) => ({
      cmp: compare(mustParseQuantity(input.a), mustParseQuantity(input.b)),
    }),
    split: ({ input }: VectorCase<Text>) => splitQuantity(input.text) ?? { error: true },
    'round-up': ({ input, expected }: VectorCase<{ text: string; exponent10: number }, One>) => {
      const rounded = roundUp(mustParseQuantity(input.text), input.exponent10);
      return { value: exact(rounded.quantity, expected.value), exact: rounded.exact };
    },
    'compare-values': ({ input }: VectorCase<Two>) => ({ cmp: compare(read(input.a), read(input.b)) }),
    format: ({ input, expected }: VectorCase<One, { equivalentInput?: string }>) => {
      const { equivalentInput } = expected;
      const same =
        equivalentInput !== undefined &&
        compare(mustParseQuantity(equivalentInput), read(input.value)) === 0 &&
        formatQuantity(mustParseQuantity(equivalentInput)) === formatQuantity(read(input.value));
      return { text: formatQuantity(read(input.value)), equivalentInput: same ? equivalentInput : undefined };
    },
    'new-milli': ({ input }: VectorCase<{ value: string; format: string }>) => {
      const made = quantity(BigInt(input.value), -3, input.format);
      const printed = formatQuantity(made);
      const known = ['DecimalSI', 'BinarySI'].includes(input.format) ? input.format : 'DecimalExponent';
      return { text: printed, formatKept: mustParseQuantity(printed).format === known };
    },
    new: ({ input }: VectorCase<{ value: string; format: string }>) => ({
      text: formatQuantity(quantity(BigInt(input.value), 0, input.format)),
    }),
    'scaled-value': ({
      input,
    }: VectorCase<{ value: number; fromExponent10: number; toExponent10: number }>) => ({
      value: Number(scaledValue(quantity(input.value, input.fromExponent10), input.toExponent10)),
    }),
    'subtract-values': ({ input, expected }: VectorCase<Two, Equals>) => ({
      equals: exact(subtract(read(input.a), read(input.b)), expected.equals),
    }),
    'add-values': ({ input, expected }: VectorCase<Two, Equals>) => ({
      equals: exact(add(read(input.a), read(input.b)), expected.equals),
    }),
    'negate-value': ({ input, expected }: VectorCase<One, Equals>) => ({
      equals: exact(negate(read(input.value)), expected.equals),
    }),
    multiply: ({ input, expected }: VectorCase<{ a: Exact; by: string }, Equals>) => {
      const { product, fits } = multiply(read(input.a), BigInt(input.by));
      return { equals: exact(product, expected.equals), fitsInt64: fits };
    },
    'approx-float': ({ input }: VectorCase<One>) => ({ float: float(approximateFloat(read(input.value))) }),
    'approx-float-text': ({ input }: VectorCase<Text>) => ({
      float: float(approximateFloat(mustParseQuantity(input.text))),
    }),
    'parse-extended': ({ input }: VectorCase<Text>) => {
      const parsed = parseQuantity(input.text);
      if (!parsed.ok) return { error: true };
      const q = parsed.quantity;
      return {
        asInt64: asInt64(q)?.toString() ?? null,
        asDecimal: decimalString(q.unscaled, q.exponent10)
          .replace(/(\.\d*?)0+$/, '$1')
          .replace(/\.$/, ''),
        text: formatQuantity(q),
      };
    },
  },
};
export default adapter;
