/** What every pane needs to draw itself: the scene, the person's choices, the selection, glyphs and words. */
import { fill as fillIn } from '../../messages/catalogue.ts';
import { type TuiKey, tui } from '../../messages/tui.ts';
import type { Glyphs } from './glyphs.ts';
import { fill, type Line, lineWidth, span, type Tone } from './line.ts';
import type { Scene } from './scene.ts';
import type { PaneName, ScreenState } from './screen-state.ts';
import type { Selected } from './select.ts';

export interface Drawing {
  readonly scene: Scene;
  readonly state: ScreenState;
  readonly selected: Selected;
  readonly glyphs: Glyphs;
  readonly say: (key: TuiKey, values?: Readonly<Record<string, string | number>>) => string;
}

/** The texts of the screen in one language. */
export function sayIn(language: ScreenState['language']): Drawing['say'] {
  return (key, values) => fillIn(tui[key][language], values);
}

/** What a pane shows under its title. */
export interface PaneContent {
  readonly title: string;
  /** At the right end of the title line, faint. */
  readonly aside: string;
  /** All lines there are, or those around the cursor when the pane slices by itself. */
  readonly lines: readonly Line[];
}

/** The title in a rule; the focused pane's is marked by a block and by weight. */
export function titleLine(content: PaneContent, columns: number, focused: boolean, glyphs: Glyphs): Line {
  const tone: Tone = focused ? 'cursor' : 'strong';
  const mark = focused ? glyphs.focus : glyphs.horizontal;
  const left: Line = [span(mark, focused ? 'accent' : 'faint'), span(` ${content.title} `, tone)];
  const aside: Line = content.aside === '' ? [] : [span(` ${content.aside} `, 'faint')];
  const rule = columns - lineWidth(left) - lineWidth(aside) - 1;
  if (rule < 1) return fill([left], columns, 1, glyphs.ellipsis)[0] ?? left;
  return [...left, span(glyphs.horizontal.repeat(rule), 'faint'), ...aside, span(glyphs.horizontal, 'faint')];
}

/** The part of `lines` that is seen: from `offset`, but never past the end. */
export function slice(lines: readonly Line[], offset: number, rows: number): readonly Line[] {
  const from = Math.max(0, Math.min(offset, lines.length - rows));
  return lines.slice(from, from + rows);
}

/** The first line of a window of `rows` over `count` lines in which line `at` is well inside. */
export function windowAround(at: number, count: number, rows: number): number {
  if (count <= rows) return 0;
  return Math.max(0, Math.min(at - Math.floor(rows * 0.6), count - rows));
}

export type DrawPane = (
  drawing: Drawing,
  size: { readonly name: PaneName; readonly columns: number; readonly rows: number },
) => PaneContent;
