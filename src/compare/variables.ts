/** What differs between any two runs and means nothing: told apart from the words around it. */

/** Kinds of values that a machine or a moment decides. */
export type Variable = 'id' | 'address' | 'size' | 'duration';

/** In this order: an id may hold what looks like something else. */
const PATTERNS: readonly (readonly [Variable, RegExp])[] = [
  [
    'id',
    /\b(?:docker|wasm|fake):\/\/[0-9a-f]+|\bsha256:[0-9a-f]{64}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{12,64}\b/g,
  ],
  ['address', /\b\d{1,3}(?:\.\d{1,3}){3}\b(?::\d{5}\b)?/g],
  ['size', /(?<=Image size: )\d+(?= bytes)/g],
  ['duration', /\b(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?(?:ns|µs|ms|s)\b/g],
];

/** The text with every such value as its kind: texts that mean the same have the same meaning. */
export function meaningOf(text: string): string {
  return PATTERNS.reduce((rest, [name, pattern]) => rest.replace(pattern, `<${name}>`), text);
}

/** The kinds of values in which two texts of one meaning differ. */
export function differingVariables(one: string, other: string): readonly Variable[] {
  return PATTERNS.filter(([, pattern]) => valuesOf(one, pattern) !== valuesOf(other, pattern)).map(
    ([name]) => name,
  );
}

const valuesOf = (text: string, pattern: RegExp) => (text.match(pattern) ?? []).join(' ');
