/**
 * Breaking prose into lines: at spaces, between Chinese characters, never with a closing mark at the start
 * of a line or an opening one at its end (the rules that Chinese typesetting calls 避头尾, Japanese kinsoku).
 */
import { graphemesOf, take, widthOf } from './text.ts';

const NO_START = new Set('，。！？、；：）】》〉」』”’…％·—,.!?;:)]}%»');
const NO_END = new Set('（【《〈「『“‘([{«');

/** Pieces that may not be broken inside: words, single wide characters with the marks that cling to them. */
function unbreakable(text: string): string[] {
  const pieces: string[] = [];
  let current = '';
  /** The current piece holds only opening marks, or is a word that the next letter continues. */
  let open = false;
  const flush = () => {
    if (current !== '') pieces.push(current);
    current = '';
    open = false;
  };
  for (const grapheme of graphemesOf(text)) {
    if (grapheme === ' ') {
      flush();
      pieces.push(' ');
    } else if (NO_START.has(grapheme)) {
      // Clings to what stands before it, also when that piece was already closed.
      if (current === '' && pieces.length > 0 && pieces.at(-1) !== ' ') current = pieces.pop() ?? '';
      current += grapheme;
      // A word goes on behind an inner mark (`v1.2`), a wide character does not.
      open = widthOf(grapheme) === 1 && widthOf(current) === graphemesOf(current).length;
    } else if (NO_END.has(grapheme)) {
      if (!open || widthOf(grapheme) === 2) flush();
      current += grapheme;
      open = true;
    } else if (widthOf(grapheme) === 2) {
      if (current !== '' && !NO_END.has(graphemesOf(current).at(-1) ?? '')) flush();
      current += grapheme;
      flush();
    } else {
      if (current !== '' && !open) flush();
      current += grapheme;
      open = true;
    }
  }
  flush();
  return pieces;
}

/** Splits a piece that is wider than a whole line (a long path, a digest). */
function hardSplit(piece: string, columns: number): string[] {
  const parts: string[] = [];
  let rest = piece;
  while (widthOf(rest) > columns) {
    const head = take(rest, columns) || (graphemesOf(rest)[0] ?? rest);
    parts.push(head);
    rest = rest.slice(head.length);
  }
  if (rest !== '') parts.push(rest);
  return parts;
}

/** `text` in lines of at most `columns` columns (at least 2); a newline in it starts a new line. */
export function wrap(text: string, columns: number): string[] {
  const limit = Math.max(2, columns);
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    let used = 0;
    const pieces = unbreakable(paragraph).flatMap((p) => (widthOf(p) > limit ? hardSplit(p, limit) : [p]));
    for (const piece of pieces) {
      const wide = widthOf(piece);
      if (used + wide > limit && used > 0) {
        lines.push(line.trimEnd());
        line = '';
        used = 0;
      }
      if (piece === ' ' && used === 0) continue;
      line += piece;
      used += wide;
    }
    lines.push(line.trimEnd());
  }
  return lines;
}
