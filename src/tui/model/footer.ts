/** The two lines at the bottom: a hint, a notice or the progress of a pull; and the keys that matter now. */
import { readableBytes } from '../../lib/readable-bytes.ts';
import type { TuiKey } from '../../messages/tui.ts';
import type { Drawing } from './drawing.ts';
import type { Glyphs } from './glyphs.ts';
import { BINDINGS, type Binding, bindingOf, type Verb } from './keys.ts';
import { type Line, lineWidth, type Span, span } from './line.ts';
import { clean, pad } from './text.ts';

/** A key as people read it. */
export function keyText(binding: Binding, glyphs: Glyphs): string {
  return binding.shown.map((part) => (typeof part === 'string' ? part : glyphs[part.glyph])).join('');
}

/** Columns of a progress bar, and of the block that runs through one whose end is unknown. */
const BAR = 20;
const BLOCK = 4;

function progressLine({ scene, glyphs, say }: Drawing): Line | undefined {
  const progress = scene.progress;
  if (!progress || progress.phase === 'done') return undefined;
  const { doneBytes, totalBytes } = progress;
  const bytes = { done: readableBytes(doneBytes), total: readableBytes(totalBytes) };
  const measured = totalBytes > 0 && doneBytes > 0;
  const share = measured ? Math.min(1, doneBytes / totalBytes) : 0;
  // There and back again.
  const way = scene.beat % (2 * (BAR - BLOCK));
  const before = measured ? 0 : Math.min(way, 2 * (BAR - BLOCK) - way);
  const full = measured ? Math.round(share * BAR) : BLOCK;
  return [
    span(` ${glyphs.barEmpty.repeat(before)}`, 'faint'),
    span(glyphs.barFull.repeat(full), 'accent'),
    span(glyphs.barEmpty.repeat(BAR - before - full), 'faint'),
    span(measured ? ` ${pad(`${Math.round(share * 100)}%`, 5, '')}` : '  '),
    span(say(`progress.${progress.phase}`, { image: clean(progress.image), ...bytes })),
  ];
}

function hint({ scene, state, selected, say }: Drawing): string {
  if (state.activity === 'playing') return say('hint.playing');
  if (state.selection.kind === 'row' && selected.row) {
    const key = scene.runtime === 'docker' ? 'hint.backForGood' : 'hint.back';
    return say(key, { seq: selected.row.seq });
  }
  if (scene.pods.length === 0 && state.stepsAsked === 0) return say('hint.apply');
  if (state.stepsAsked < 3) return say('hint.step');
  return '';
}

/** The line above the keys. */
export function drawMessage(drawing: Drawing): Line {
  const { state, glyphs, say } = drawing;
  if (state.dialog.kind === 'delete') {
    return [span(` ${say('confirm.delete', { name: clean(state.dialog.name) })}`, 'warn')];
  }
  const progress = progressLine(drawing);
  if (progress) return progress;
  if (state.dialog.kind !== 'none') return [];
  if (state.notice) {
    const values = state.notice.told.values;
    const text = clean(say(state.notice.told.key, values));
    const bad = state.notice.tone === 'error';
    return [
      span(` ${bad ? glyphs.failed : glyphs.cursor} `, bad ? 'bad' : 'cursor'),
      span(text, bad ? 'bad' : 'plain'),
    ];
  }
  const text = hint(drawing);
  return text === '' ? [] : [span(` ${glyphs.cursor} `, 'cursor'), span(text)];
}

/** Pairs of key and word, as the footer shows them. */
type Legend = readonly (readonly [key: string, word: string])[];

function legend({ state, scene, glyphs, say }: Drawing): Legend {
  const key = (verb: Verb) => {
    const binding = bindingOf(verb);
    return binding ? keyText(binding, glyphs) : '';
  };
  const arrows = `${glyphs.up}${glyphs.down}`;
  switch (state.dialog.kind) {
    case 'help':
      return [
        [arrows, say('key.scroll')],
        ['esc', say('key.back')],
      ];
    case 'remarks':
      return [
        ['enter', say('remarks.close')],
        ...(state.dialog.remarks.length > 1 ? [[arrows, say('key.scroll')] as const] : []),
        ['L', state.ascii && say('key.language') === '中文' ? 'zh' : say('key.language')],
      ];
    case 'delete':
      return [
        ['y', say('confirm.yes')],
        ['n', say('confirm.no')],
      ];
    case 'apply':
      return [
        [arrows, say('apply.choose')],
        ['tab', say('apply.complete')],
        ['enter', say('apply.apply')],
        ['esc', say('apply.cancel')],
      ];
    case 'none':
      break;
  }
  const moving = state.activity !== 'idle';
  const hidden: Verb[] = scene.pods.length === 0 ? ['delete'] : [];
  const words: Partial<Record<Verb, TuiKey>> = {
    ...(moving ? { play: 'key.pause' } : {}),
    ...(state.zoomed ? { zoom: 'key.unzoom' } : {}),
  };
  const shown = BINDINGS.filter(({ footer, verb }) => footer !== undefined && !hidden.includes(verb))
    .sort((a, b) => (a.footer ?? 0) - (b.footer ?? 0))
    .map(({ verb, short }) => [key(verb), say(words[verb] ?? short)] as const)
    // Where there is ASCII alone, a language cannot be named in its own letters.
    .map(([keyName, word]) => [keyName, state.ascii && word === '中文' ? 'zh' : word] as const);
  const speed: Legend = state.activity === 'playing' ? [['+ -', say('key.speed')]] : [];
  return [...shown.slice(0, 3), ...speed, ...shown.slice(3)];
}

/** The keys in the order of their weight; what does not fit is left out, but never how to get help and out. */
export function drawKeys(drawing: Drawing, columns: number): Line {
  const pairs = legend(drawing);
  const draw = (some: Legend): Span[] => [
    span(' '),
    ...some.flatMap(([key, word], n) => [
      span(n === 0 ? key : `   ${key}`, 'key'),
      span(` ${word}`, 'faint'),
    ]),
  ];
  const last = drawing.state.dialog.kind === 'none' ? pairs.slice(-2) : [];
  let kept = pairs.slice(0, pairs.length - last.length);
  while (kept.length > 1 && lineWidth(draw([...kept, ...last])) > columns - 1) kept = kept.slice(0, -1);
  return draw([...kept, ...last]);
}
