/** What a pane is made of before it is painted: lines of spans, each with a tone that says what it means. */
import { cut, widthOf } from './text.ts';

/** What a piece of text means; `paint` decides how that looks. No tone stands alone: a word or shape says it too. */
export type Tone =
  | 'plain'
  | 'faint'
  | 'strong'
  | 'accent'
  | 'good'
  | 'warn'
  | 'bad'
  | 'lit'
  | 'cursor'
  | 'key';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Span[];

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** The line cut or filled to exactly `columns`. */
export function fitLine(line: Line, columns: number, ellipsis: string): Line {
  const fitted: Span[] = [];
  let left = columns;
  for (const piece of line) {
    const wide = widthOf(piece.text);
    if (wide > left) {
      if (left > 0) fitted.push({ ...piece, text: cut(piece.text, left, ellipsis) });
      left -= fitted.length > 0 && left > 0 ? widthOf(fitted.at(-1)?.text ?? '') : 0;
      break;
    }
    fitted.push(piece);
    left -= wide;
  }
  if (left > 0) fitted.push(span(' '.repeat(left)));
  return fitted;
}

/** `left` at the start, `right` at the end of one line; when they do not pad, the right one gives way. */
export function spread(left: Line, right: Line, columns: number, ellipsis: string): Line {
  const gap = columns - lineWidth(left) - lineWidth(right);
  if (gap < 1) return fitLine(left, columns, ellipsis);
  return [...left, span(' '.repeat(gap)), ...right];
}

/** Exactly `rows` lines of exactly `columns`: cut at the end, filled with empty ones. */
export function fill(lines: readonly Line[], columns: number, rows: number, ellipsis: string): Line[] {
  const shown = lines.slice(0, rows).map((line) => fitLine(line, columns, ellipsis));
  while (shown.length < rows) shown.push([span(' '.repeat(columns))]);
  return shown;
}

/** The text alone, as tests and pipes want it. */
export function plain(line: Line): string {
  return line.map(({ text }) => text).join('');
}
