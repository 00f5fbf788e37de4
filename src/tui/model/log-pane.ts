/** The log pane: what the selected container wrote, the end of it unless scrolled back. */
import type { DrawPane } from './drawing.ts';
import { span } from './line.ts';
import { clean } from './text.ts';

export const drawLog: DrawPane = (drawing, { rows }) => {
  const { scene, selected, state, glyphs, say } = drawing;
  const title = say('title.log');
  const aside = clean(selected.logContainer);
  if (selected.logContainer === '') {
    return { title, aside, lines: [[span(` ${say('log.noContainer')}`, 'faint')]] };
  }
  if (scene.log.length === 0) return { title, aside, lines: [[span(` ${say('log.none')}`, 'faint')]] };
  const room = rows - 1;
  const back = Math.min(state.scroll.log, Math.max(0, scene.log.length - room));
  const end = scene.log.length - back;
  return {
    title,
    aside: back > 0 ? `${aside} ${glyphs.up}${back}` : aside,
    lines: scene.log.slice(Math.max(0, end - room), end).map(({ stream, text }) => [
      // Standard error is marked by a sign before the colour.
      span(stream === 'stderr' ? '!' : ' ', 'warn'),
      span(clean(text), stream === 'stderr' ? 'warn' : 'plain'),
    ]),
  };
};
