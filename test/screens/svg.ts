/** A drawn frame as an SVG picture, for the README: the same lines that go to a terminal, without a terminal. */
import type { Frame } from '../../src/tui/model/draw.ts';
import { type Line, lineWidth, type Tone } from '../../src/tui/model/line.ts';
import { graphemesOf, widthOf } from '../../src/tui/model/text.ts';

const CELL = { width: 8.4, height: 19, font: 14 } as const;
const MARGIN = 14;
const TITLE_BAR = 30;
const GROUND = '#1b1e23';

/** How each tone looks on the picture's dark ground. */
const LOOK: Readonly<
  Record<Tone, { readonly fill: string; readonly bold?: boolean; readonly ground?: string }>
> = {
  plain: { fill: '#d5d9e0' },
  faint: { fill: '#7d8590' },
  strong: { fill: '#eceff4', bold: true },
  accent: { fill: '#56b6c2' },
  good: { fill: '#8cc570' },
  warn: { fill: '#e0b65c' },
  bad: { fill: '#e0707a' },
  lit: { fill: GROUND, bold: true, ground: '#56b6c2' },
  cursor: { fill: '#56b6c2', bold: true },
  key: { fill: '#eceff4', bold: true },
};

/** Box glyphs as strokes from the middle of the cell, so that lines meet whatever font there is: up, right, down, left. */
const STROKES: Readonly<Record<string, string>> = {
  '─': 'RL',
  '│': 'UD',
  '┬': 'RDL',
  '┴': 'URL',
  '├': 'URD',
  '┤': 'UDL',
  '┼': 'URDL',
  '╭': 'RD',
  '╮': 'DL',
  '╰': 'UR',
  '╯': 'UL',
};
const HEAVY: Readonly<Record<string, string>> = {
  '━': 'RL',
  '┃': 'UD',
  '┏': 'RD',
  '┓': 'DL',
  '┗': 'UR',
  '┛': 'UL',
};

const number = (n: number) => String(Math.round(n * 100) / 100);

function strokes(ends: string, x: number, y: number, colour: string, heavy: boolean): string {
  const [cx, cy] = [x + CELL.width / 2, y + CELL.height / 2];
  const target = { U: [cx, y], R: [x + CELL.width, cy], D: [cx, y + CELL.height], L: [x, cy] } as const;
  const path = [...ends]
    .map((end) => target[end as keyof typeof target])
    .map(([tx, ty]) => `M${number(cx)} ${number(cy)}L${number(tx)} ${number(ty)}`)
    .join('');
  return `<path d="${path}" stroke="${colour}" stroke-width="${heavy ? 2.6 : 1}"${heavy ? '' : ' opacity=".6"'}/>`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}

function textRun(text: string, x: number, y: number, tone: Tone): string {
  const { fill, bold } = LOOK[tone];
  const length = number(widthOf(text) * CELL.width);
  return `<text x="${number(x)}" y="${number(y + CELL.height * 0.72)}" textLength="${length}" fill="${fill}"${bold ? ' font-weight="600"' : ''}>${escaped(text)}</text>`;
}

/** One span: its ground, then box glyphs as strokes and everything else as runs of text. */
function drawSpan(text: string, tone: Tone, left: number, y: number): string {
  const { fill, ground } = LOOK[tone];
  let x = left;
  let run = '';
  let runX = x;
  let out = '';
  const flush = () => {
    const lead = run.length - run.trimStart().length;
    const words = run.trim();
    if (words !== '') out += textRun(words, runX + lead * CELL.width, y, tone);
    run = '';
  };
  if (ground) {
    const width = number(widthOf(text) * CELL.width);
    out += `<rect x="${number(x)}" y="${number(y + 1)}" width="${width}" height="${CELL.height - 2}" rx="3" fill="${ground}"/>`;
  }
  for (const glyph of graphemesOf(text)) {
    const ends = STROKES[glyph] ?? HEAVY[glyph];
    if (ends) {
      flush();
      out += strokes(ends, x, y, fill, glyph in HEAVY);
    } else {
      // Two spaces end a run: columns stay where they are.
      if (glyph === ' ' && run.endsWith(' ')) flush();
      if (run === '') runX = x;
      run += glyph;
    }
    x += widthOf(glyph) * CELL.width;
  }
  flush();
  return out;
}

/** The frame's rows, each as one line over the whole width. */
export function frameLines(frame: Frame): Line[] {
  const [first = []] = frame.body;
  const height = first.reduce((sum, { lines }) => sum + lines.length, 0);
  const columns = frame.body.map((panes) => panes.flatMap(({ lines }) => lines));
  const body = Array.from({ length: height }, (_, row) => columns.flatMap((lines) => lines[row] ?? []));
  return [...frame.top, ...body, ...frame.bottom];
}

/** The picture: a window with the frame in it. */
export function frameToSvg(frame: Frame, title: string): string {
  const width = Math.ceil(frame.columns * CELL.width + 2 * MARGIN);
  const height = Math.ceil(frame.rows * CELL.height + TITLE_BAR + MARGIN);
  const rows = frameLines(frame).map((line, row) => {
    const y = TITLE_BAR + row * CELL.height;
    let x = MARGIN;
    const spans = line.map((piece) => {
      const at = x;
      x += lineWidth([piece]) * CELL.width;
      return drawSpan(piece.text, piece.tone, at, y);
    });
    return spans.join('');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<rect width="${width}" height="${height}" rx="10" fill="${GROUND}"/>
<g fill="#4b525c"><circle cx="20" cy="15" r="5"/><circle cx="38" cy="15" r="5"/><circle cx="56" cy="15" r="5"/></g>
<g xml:space="preserve" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', monospace" font-size="${CELL.font}">
${rows.filter((row) => row !== '').join('\n')}
</g>
</svg>
`;
}
