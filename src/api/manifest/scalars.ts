/**
 * What an unquoted word means: YAML 1.1 exactly as the library reads it that Kubernetes uses
 * (sigs.k8s.io/yaml, goyaml.v2/resolve.go): `yes` and `on` are true, `01777` is octal, dates stay strings.
 */

export type ScalarValue = string | number | bigint | boolean | null;

const WORDS: ReadonlyMap<string, ScalarValue> = new Map<string, ScalarValue>([
  ...words(true, 'y Y yes Yes YES true True TRUE on On ON'),
  ...words(false, 'n N no No NO false False FALSE off Off OFF'),
  ...words(null, '~ null Null NULL'),
  ['', null],
  ...words(Number.NaN, '.nan .NaN .NAN'),
  ...words(Number.POSITIVE_INFINITY, '.inf .Inf .INF +.inf +.Inf +.INF'),
  ...words(Number.NEGATIVE_INFINITY, '-.inf -.Inf -.INF'),
]);

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

/** The value of a plain (unquoted, untagged) scalar. Whole numbers beyond 2^53 come as bigint. */
export function resolvePlain(text: string): ScalarValue {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.0-9]/.test(text)) return text;
  if (text.startsWith('.')) return FLOAT.test(text) ? Number(text) : text;
  const plain = text.replaceAll('_', '');
  return integer(plain) ?? (FLOAT.test(plain) ? Number(plain) : text);
}

/** Go's ParseInt with base 0: a leading zero means octal, as do 0o, 0x and 0b for their bases. */
function integer(text: string): number | bigint | undefined {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/.exec(text);
  if (!match) return undefined;
  const [, sign = '', digits = ''] = match;
  const octal = /^0[oO]?([0-7]+)$/.exec(digits);
  const size = BigInt(octal ? `0o${octal[1]}` : digits.toLowerCase());
  const value = sign === '-' ? -size : size;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function words(value: ScalarValue, list: string): [string, ScalarValue][] {
  return list.split(' ').map((word) => [word, value]);
}
