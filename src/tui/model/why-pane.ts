/** The why pane: the reason of the selected step, what it asked for, and where the real kubelet does it. */
import { tell } from '../../messages/index.ts';
import { type DrawPane, slice } from './drawing.ts';
import { type Line, span } from './line.ts';
import { eventName } from './steps-pane.ts';
import { clean, widthOf } from './text.ts';
import { wrap } from './wrap.ts';

/** The longest end of a path that fits, cut at a slash; at the least the file's name. */
export function shortPath(path: string, columns: number, ellipsis: string): string {
  const parts = path.split('/');
  const ends = parts.map((_, n) => (n === 0 ? path : `${ellipsis}/${parts.slice(n).join('/')}`));
  return ends.find((end) => widthOf(end) <= columns) ?? parts.at(-1) ?? path;
}

export const drawWhy: DrawPane = (drawing, { columns, rows }) => {
  const { selected, state, glyphs, say } = drawing;
  const title = say('title.why');
  const row = selected.row;
  if (!row) return { title, aside: '', lines: [[span(` ${say('why.none')}`, 'faint')]] };
  const { why, where, effects, event } = row.entry;
  const text = wrap(clean(tell(why, state.language)), columns - 2).map((line) => [span(` ${line}`)]);
  const place = `${shortPath(where.file, columns - widthOf(where.function) - 2, glyphs.ellipsis)}`;
  const foot: Line[] = [[span(` ${place} `, 'faint'), span(where.function, 'accent')]];
  const asked: Line[] = effects.flatMap((effect) =>
    wrap(clean(effect), columns - 4).map((line, n) => [
      span(n === 0 ? ` ${glyphs.arrow} ` : '   ', 'faint'),
      span(line, 'plain'),
    ]),
  );
  const events: Line[] = row.events.flatMap(({ type, reason, message }) =>
    wrap(clean(`${reason}: ${message ?? ''}`), columns - 4).map((line, n) => [
      span(
        n === 0 ? ` ${type === 'Warning' ? '!' : glyphs.done} ` : '   ',
        type === 'Warning' ? 'warn' : 'good',
      ),
      span(line, type === 'Warning' ? 'warn' : 'plain'),
    ]),
  );
  const room = rows - 1;
  // What people see under `kubectl describe` comes before what was asked of the runtime.
  const body = [...text, ...events, ...asked.filter(([, words]) => !/^recordEvent /.test(words?.text ?? ''))];
  const aside = eventName(event);
  if (state.scroll.why > 0) return { title, aside, lines: slice([...body, ...foot], state.scroll.why, room) };
  // The place keeps its line at the bottom; prose and effects share what is above it.
  const shown = body.slice(0, room - 1);
  while (shown.length < room - 1) shown.push([]);
  return { title, aside, lines: [...shown, ...foot] };
};
