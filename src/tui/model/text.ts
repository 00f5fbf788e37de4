/** The measure of text in terminal cells: everything drawn is cut and padded here, never by `.length`. */
import { displayWidth } from '../../engine/display-width.ts';

/** Made when it is first needed: making it takes as long as loading a hundred files. */
let graphemes: Intl.Segmenter | undefined;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Columns that `text` takes; wide characters count two. */
export function widthOf(text: string): number {
  return displayWidth(text);
}

/** The characters as a person sees them. */
export function graphemesOf(text: string): string[] {
  if (PRINTABLE_ASCII.test(text)) return [...text];
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** The longest beginning of `text` that fits in `columns`. */
export function take(text: string, columns: number): string {
  if (PRINTABLE_ASCII.test(text)) return text.slice(0, Math.max(0, columns));
  let taken = '';
  let used = 0;
  for (const grapheme of graphemesOf(text)) {
    used += widthOf(grapheme);
    if (used > columns) break;
    taken += grapheme;
  }
  return taken;
}

/** `text` in at most `columns` columns; what had to be cut is marked by `ellipsis` (one column wide). */
export function cut(text: string, columns: number, ellipsis: string): string {
  if (columns <= 0) return '';
  if (widthOf(text) <= columns) return text;
  return columns === 1 ? ellipsis : take(text, columns - 1).trimEnd() + ellipsis;
}

/** `text` cut or filled with spaces to exactly `columns`. */
export function pad(text: string, columns: number, ellipsis: string): string {
  const short = cut(text, columns, ellipsis);
  return short + ' '.repeat(Math.max(0, columns - widthOf(short)));
}

// Control sequences (CSI, OSC, DCS and two-character escapes) as ECMA-48 writes them.
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a guest writes must not steer the terminal.
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])|\x9b[0-?]*[ -/]*[@-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same.
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Text from outside (a log line, a manifest's name) without anything that would move the cursor. */
export function clean(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return text.replace(ESCAPES, '').replace(/\t/g, '    ').replace(CONTROLS, '');
}
