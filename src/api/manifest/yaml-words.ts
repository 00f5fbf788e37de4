/** Syntax errors in the words that people find when they search: those of Kubernetes' YAML parser (goyaml.v2). */
import type { YAMLParseError } from 'yaml';

/** By what the parser here says; the first that fits counts. */
const WORDS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^Nested mappings are not allowed|^Implicit keys/, 'mapping values are not allowed in this context'],
  [/^Missing closing/, 'found unexpected end of stream'],
  [/^All mapping items must start|at node end$/, 'did not find expected key'],
  [/^All sequence items must start|^Sequence item without/, "did not find expected '-' indicator"],
  [/block-seq-ind/, 'block sequence entries are not allowed in this context'],
  [/^Flow map|^Missing ,.* flow map/, "did not find expected ',' or '}'"],
  [/^Flow sequence|^Missing ,.* flow sequence/, "did not find expected ',' or ']'"],
  [/^Implicit map keys need/, "could not find expected ':'"],
  [/^Plain value cannot start/, 'found character that cannot start any token'],
  [/^Invalid escape sequence/, 'found unknown escape character'],
  [/^(Alias|Anchor) cannot be an empty/, 'did not find expected alphabetic or numeric character'],
  [/^Unexpected|^Missing directives-end/, 'did not find expected <document start>'],
];

/** Both: Kubernetes' words, and in brackets what the parser here says, which is often clearer. */
export function wordsOf(error: YAMLParseError): string {
  const words = WORDS.find(([pattern]) => pattern.test(error.message))?.[1];
  return words === undefined ? error.message : `${words} (${error.message})`;
}
