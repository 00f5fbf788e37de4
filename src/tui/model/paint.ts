/** From tones to terminal colours: only the sixteen that a terminal's own theme sets, so dark and light both work. */
import { type Line, plain, type Tone } from './line.ts';

/** SGR parameters (ECMA-48): 1 bold, 2 faint, 7 inverse, 31-36 the theme's colours. */
const COLOURED: Readonly<Record<Tone, string>> = {
  plain: '',
  faint: '2',
  strong: '1',
  accent: '36',
  good: '32',
  warn: '33',
  bad: '31',
  lit: '1;7;36',
  cursor: '1;36',
  key: '1',
};

/** NO_COLOR: weight and inverse stay, hues go. */
const COLOURLESS: Readonly<Record<Tone, string>> = {
  ...COLOURED,
  accent: '',
  good: '',
  warn: '1',
  bad: '1',
  lit: '1;7',
  cursor: '1',
};

export type Paint = 'colour' | 'colourless' | 'none';

/** The line as a terminal takes it. Every painted piece ends its own style, so lines can be cut apart. */
export function paintLine(line: Line, paint: Paint): string {
  if (paint === 'none') return plain(line);
  const table = paint === 'colour' ? COLOURED : COLOURLESS;
  return line
    .map(({ text, tone }) => {
      const code = table[tone];
      return code === '' || text === '' ? text : `\x1b[${code}m${text}\x1b[0m`;
    })
    .join('');
}
