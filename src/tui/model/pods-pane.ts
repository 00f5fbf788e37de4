/** The pods pane: what `kubectl get pods` would print, with each container under its pod. */
import type { ContainerStatusApi } from '../../api/types.ts';
import { type Drawing, type DrawPane, windowAround } from './drawing.ts';
import { type Line, type Span, span, spread, type Tone } from './line.ts';
import { containerWord, moodOf, podWords } from './pod-status.ts';
import { type PodRow, podRows } from './select.ts';
import { clean, cut } from './text.ts';

const TONES: Readonly<Record<ReturnType<typeof moodOf>, Tone>> = {
  good: 'good',
  busy: 'warn',
  bad: 'bad',
  done: 'plain',
  ending: 'warn',
};

/** A glyph of its own for each mood, so that the colour only repeats what the shape says. */
function moodMark({ glyphs }: Drawing, mood: ReturnType<typeof moodOf>): Span {
  const shape = {
    good: glyphs.lit,
    busy: glyphs.waiting,
    bad: glyphs.failed,
    done: glyphs.done,
    ending: glyphs.ending,
  }[mood];
  return span(shape, TONES[mood]);
}

function restartText({ say }: Drawing, restarts: number): string {
  if (restarts === 0) return '';
  return restarts === 1 ? say('pods.restartOnce') : say('pods.restarts', { count: restarts });
}

function row(drawing: Drawing, at: PodRow, columns: number, current: boolean): Line {
  const { glyphs } = drawing;
  const cursor = span(current ? `${glyphs.cursor} ` : '  ', 'cursor');
  const isPod = at.container === '';
  const statuses: readonly ContainerStatusApi[] = [
    ...(at.pod.status?.initContainerStatuses ?? []),
    ...(at.pod.status?.containerStatuses ?? []),
  ];
  const status = statuses.find(({ name }) => name === at.container);
  const words = podWords(at.pod);
  const word = isPod ? words.status : containerWord(status);
  const ready = isPod ? words.ready === words.total : status?.ready === true || at.init;
  const mood = moodOf(word, ready);
  const name = clean(isPod ? at.pod.metadata.name : at.container);
  const restarts = restartText(drawing, isPod ? words.restarts : (status?.restartCount ?? 0));
  const count = isPod ? ` ${words.ready}/${words.total}` : at.init ? ` ${drawing.say('pods.init')}` : '';
  const right: Line = [
    span(isPod && columns >= 44 && restarts !== '' ? `${restarts}  ` : '', 'faint'),
    span(isPod || columns < 44 || restarts === '' ? '' : `${restarts}  `, 'faint'),
    span(`${word} `, TONES[mood]),
  ];
  const room = columns - (isPod ? 4 : 6) - count.length - word.length - 3;
  const left: Line = [
    cursor,
    span(isPod ? '' : '  '),
    moodMark(drawing, mood),
    span(` ${cut(name, room, glyphs.ellipsis)}`, isPod ? 'strong' : current ? 'cursor' : 'plain'),
    span(count, 'faint'),
  ];
  return spread(left, right, columns, glyphs.ellipsis);
}

export const drawPods: DrawPane = (drawing, { columns, rows }) => {
  const { scene, selected, say } = drawing;
  const all = podRows(scene.pods);
  if (all.length === 0) {
    return {
      title: say('title.pods'),
      aside: '',
      lines: [[span(`  ${say('pods.none')}`, 'faint')], [span(`  ${say('pods.pressApply')}`, 'faint')]],
    };
  }
  const isCurrent = ({ pod, container }: PodRow) =>
    pod.metadata.uid === selected.pod?.metadata.uid && container === selected.container;
  const from = windowAround(all.findIndex(isCurrent), all.length, rows - 1);
  return {
    title: say('title.pods'),
    aside: String(scene.pods.length),
    lines: all.slice(from, from + rows - 1).map((at) => row(drawing, at, columns, isCurrent(at))),
  };
};
