/** Columns of text, as kubectl and crictl print them; Chinese counts two cells a character. */
import { displayWidth } from '../engine/display-width.ts';

const GAP = '   ';

/** The first row is the header; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, displayWidth(cell))),
    [],
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - displayWidth(cell)))
      .join(GAP)
      .trimEnd();
  return rows.map(line).join('\n');
}
