/** Columns of text, as kubectl and crictl print them; Chinese counts two cells a character. */
import stringWidth from 'string-width';

const GAP = '   ';

/** The first row is the header; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, stringWidth(cell))),
    [],
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)))
      .join(GAP)
      .trimEnd();
  return rows.map(line).join('\n');
}
