/** The steps pane: what happened, one line a trace entry; quiet steps are not here. */
import { type Drawing, type DrawPane, windowAround } from './drawing.ts';
import { type Line, span, type Tone } from './line.ts';
import type { StepRow } from './scene.ts';
import { clean, cut, pad, widthOf } from './text.ts';
import { longTime, shortTime } from './time.ts';

/** An event as people read it: XState's name of a delayed transition becomes the delay's. */
export function eventName(event: string): string {
  const delay = /^xstate\.after\.([^.]+)\./.exec(event)?.[1];
  return delay === undefined ? event : `after ${delay}`;
}

/** The last name of a state path: `waiting.CrashLoopBackOff` is told as `CrashLoopBackOff` where room is short. */
function lastName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** What moved, in one name: a pod's container or volume, a node's condition, or the object itself. */
function objectName({ entry }: StepRow): string {
  const { container, condition, name } = entry.object;
  const volume = entry.machine === 'volume' ? entry.key?.split('/').at(-1) : undefined;
  return clean(container ?? condition ?? volume ?? name);
}

/** The move in the longest form that fits: `from → to` in full, in last names, or the target alone. */
function move(row: StepRow, columns: number, { glyphs }: Drawing): string {
  const { from, to, event } = row.entry;
  if (from === to) return cut(eventName(event), columns, glyphs.ellipsis);
  const arrow = ` ${glyphs.arrow} `;
  const forms = [from + arrow + to, lastName(from) + arrow + lastName(to), `${glyphs.arrow} ${lastName(to)}`];
  const fits = forms.find((form) => widthOf(form) <= columns);
  return fits ?? cut(`${glyphs.arrow} ${lastName(to)}`, columns, glyphs.ellipsis);
}

/** Object and move in aligned columns, or, where room is short, one behind the other. */
function what(drawing: Drawing, row: StepRow, columns: number, wide: boolean): readonly [string, string] {
  const { glyphs, scene } = drawing;
  const name = objectName(row);
  if (wide) {
    const longest = Math.max(4, ...scene.rows.slice(-40).map((other) => widthOf(objectName(other))));
    const nameWidth = Math.min(16, longest);
    return [pad(name, nameWidth, glyphs.ellipsis), move(row, columns - nameWidth - 1, drawing)];
  }
  const short = move(row, Math.max(columns - 1 - Math.min(5, widthOf(name)), 0), drawing);
  return [cut(name, columns - 1 - widthOf(short), glyphs.ellipsis), short];
}

/** As wide as the stages a pod passes; wider only while one of a longer name is in sight. */
function stageColumns({ say, state }: Drawing, shown: readonly StepRow[]): number {
  const usual = state.language === 'zh' ? 4 : 7;
  return Math.max(usual, ...shown.map(({ entry }) => widthOf(say(`stage.${entry.stage}`))));
}

function line(drawing: Drawing, row: StepRow, columns: number, stageWidth: number, current: boolean): Line {
  const { glyphs, say, scene } = drawing;
  const wide = columns >= 46;
  // Nine columns for minutes, twelve once there are hours.
  const timeWidth = wide ? widthOf(longTime(scene.elapsedMs)) : 6;
  const time = row.first ? (wide ? longTime(row.elapsedMs) : shortTime(row.elapsedMs)) : '';
  const [name, moved] = what(drawing, row, columns - 2 - timeWidth - 1 - stageWidth - 1 - 1, wide);
  const tone = (other: Tone) => (current ? 'cursor' : other);
  return [
    span(current ? glyphs.cursor : ' ', 'cursor'),
    span(row.first && row.events.some(({ type }) => type === 'Warning') ? '!' : ' ', 'warn'),
    span(`${' '.repeat(Math.max(0, timeWidth - widthOf(time)))}${time} `, 'faint'),
    span(`${pad(say(`stage.${row.entry.stage}`), stageWidth, glyphs.ellipsis)} `, tone('accent')),
    span(`${name} `, tone('plain')),
    span(moved, row.entry.from === row.entry.to ? tone('faint') : tone('strong')),
  ];
}

export const drawSteps: DrawPane = (drawing, { columns, rows }) => {
  const { scene, selected, state, say } = drawing;
  const all = scene.rows;
  const title = say('title.steps');
  if (all.length === 0) return { title, aside: '', lines: [[span(`  ${say('steps.none')}`, 'faint')]] };
  const at = selected.row ? selected.row.index - (all[0]?.index ?? 0) : all.length - 1;
  const following = state.selection.kind === 'follow';
  const from = following ? Math.max(0, all.length - (rows - 1)) : windowAround(at, all.length, rows - 1);
  const shown = all.slice(from, from + rows - 1);
  const stageWidth = stageColumns(drawing, shown);
  return {
    title,
    aside: following ? say('steps.follow') : say('steps.position', { at: at + 1, all: all.length }),
    lines: shown.map((row) => line(drawing, row, columns, stageWidth, row === selected.row)),
  };
};
