/** The one table of glyphs: each is one column wide, and each has a plain ASCII twin for `--ascii`. */
const GLYPHS = {
  horizontal: ['─', '-'],
  vertical: ['│', '|'],
  teeDown: ['┬', '+'],
  teeUp: ['┴', '+'],
  teeRight: ['├', '+'],
  teeLeft: ['┤', '+'],
  cross: ['┼', '+'],
  cornerTopLeft: ['╭', '+'],
  cornerTopRight: ['╮', '+'],
  cornerBottomLeft: ['╰', '+'],
  cornerBottomRight: ['╯', '+'],
  litHorizontal: ['━', '='],
  litVertical: ['┃', '#'],
  litTopLeft: ['┏', '#'],
  litTopRight: ['┓', '#'],
  litBottomLeft: ['┗', '#'],
  litBottomRight: ['┛', '#'],
  arrow: ['→', '>'],
  arrowHead: ['▶', '>'],
  focus: ['▌', '#'],
  cursor: ['›', '>'],
  lit: ['●', '*'],
  unlit: ['○', 'o'],
  passed: ['•', '+'],
  done: ['✓', 'v'],
  failed: ['✗', 'x'],
  waiting: ['◌', '~'],
  ending: ['◐', '%'],
  playing: ['▶', '>'],
  paused: ['‖', '='],
  timer: ['◷', '@'],
  dot: ['·', '.'],
  ellipsis: ['…', '~'],
  barFull: ['█', '#'],
  barEmpty: ['░', '.'],
  up: ['↑', '^'],
  down: ['↓', 'v'],
  left: ['←', '<'],
  right: ['→', '>'],
} as const satisfies Record<string, readonly [unicode: string, ascii: string]>;

export type GlyphName = keyof typeof GLYPHS;
export type Glyphs = Readonly<Record<GlyphName, string>>;

function column(index: 0 | 1): Glyphs {
  return Object.fromEntries(Object.entries(GLYPHS).map(([name, pair]) => [name, pair[index]])) as Record<
    GlyphName,
    string
  >;
}

export const unicodeGlyphs: Glyphs = column(0);
export const asciiGlyphs: Glyphs = column(1);
