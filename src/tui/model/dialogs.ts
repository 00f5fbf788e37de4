/** The panes that cover the body while they are open: help, the choice of a manifest, remarks on it. */
import type { Drawing, PaneContent } from './drawing.ts';
import { slice, windowAround } from './drawing.ts';
import { keyText } from './footer.ts';
import { BINDINGS } from './keys.ts';
import { type Line, span } from './line.ts';
import type { Dialog } from './screen-state.ts';
import { clean, pad, widthOf } from './text.ts';
import { wrap } from './wrap.ts';

interface Room {
  readonly columns: number;
  readonly rows: number;
}

/** Every line of the help page: a line for each thing that keys do. */
export function helpLines({ glyphs, say }: Drawing, columns: number): Line[] {
  const rows = [...Map.groupBy(BINDINGS, ({ long }) => long)].map(([long, bindings]) => {
    const names = bindings.map((binding) => keyText(binding, glyphs));
    // "enter" is the one key that stands beside another and is not shown by it.
    if (bindings.some(({ keys }) => keys.includes('enter'))) names.push('enter');
    return [names.join('  '), say(long)] as const;
  });
  const wide = Math.max(...rows.map(([names]) => widthOf(names))) + 3;
  return [
    [],
    ...wrap(say('help.intro'), Math.min(76, columns - 4)).map((line) => [span(`  ${line}`)]),
    [],
    ...rows.map(([names, text]): Line => [span('  '), span(pad(names, wide, ''), 'key'), span(text)]),
  ];
}

export function drawHelp(drawing: Drawing, { columns, rows }: Room): PaneContent {
  const lines = helpLines(drawing, columns);
  const shown = slice(lines, drawing.state.helpScroll, rows - 1);
  const hidden = shown.at(-1) === lines.at(-1) ? 0 : lines.length - shown.length - drawing.state.helpScroll;
  return {
    title: drawing.say('title.help'),
    aside: hidden > 0 ? `${drawing.glyphs.down}${hidden}` : '',
    lines: shown,
  };
}

function choiceLines(drawing: Drawing, dialog: Dialog & { kind: 'apply' }, { columns, rows }: Room): Line[] {
  const { glyphs, say } = drawing;
  if (dialog.choices.length === 0) {
    return dialog.errors.length > 0 ? [] : [[span(`   ${say('apply.nothing')}`, 'faint')]];
  }
  const wide = Math.min(
    Math.floor(columns * 0.6),
    Math.max(...dialog.choices.map(({ path }) => widthOf(path))) + 3,
  );
  const from = windowAround(Math.max(0, dialog.chosen), dialog.choices.length, rows);
  return dialog.choices.slice(from, from + rows).map(({ path, summary }, n): Line => {
    const current = from + n === dialog.chosen;
    return [
      span(current ? ` ${glyphs.cursor} ` : '   ', 'cursor'),
      span(pad(clean(path), wide, glyphs.ellipsis), current ? 'cursor' : 'plain'),
      span(clean(summary), 'faint'),
    ];
  });
}

export function drawApply(drawing: Drawing, dialog: Dialog & { kind: 'apply' }, room: Room): PaneContent {
  const { glyphs, say } = drawing;
  const entry: Line = [
    span(` ${say('apply.path')} `, 'faint'),
    span(clean(dialog.text), 'strong'),
    span(dialog.reading ? ` ${say('apply.reading')}${glyphs.ellipsis}` : glyphs.barFull, 'accent'),
  ];
  const errors = dialog.errors.flatMap((error, n) =>
    wrap(clean(error), room.columns - 4).map(
      (line, m): Line => [span(n + m === 0 ? ` ${glyphs.failed} ` : '   ', 'bad'), span(line, 'bad')],
    ),
  );
  const shownErrors = errors.slice(0, Math.floor((room.rows - 4) / 2));
  const above: Line[] = [[], entry, [], ...shownErrors, ...(shownErrors.length > 0 ? [[]] : [])];
  const choices = choiceLines(drawing, dialog, { columns: room.columns, rows: room.rows - 1 - above.length });
  return { title: say('title.apply'), aside: say('apply.examples'), lines: [...above, ...choices] };
}

/** A paragraph for each remark: where, then what. */
export function drawRemarks(
  drawing: Drawing,
  dialog: Dialog & { kind: 'remarks' },
  { columns }: Room,
): PaneContent {
  const { glyphs, say, state } = drawing;
  const paragraphs = dialog.remarks
    .slice(dialog.scroll)
    .map(({ place, text }): Line[] => [
      ...(place === '' ? [] : [[span(`   ${clean(place)}`, 'faint')]]),
      ...wrap(clean(text[state.language]), Math.min(96, columns - 4)).map(
        (line, n): Line => [
          span(n === 0 && place === '' ? ` ${glyphs.cursor} ` : '   ', 'cursor'),
          span(line),
        ],
      ),
      [],
    ]);
  const count = dialog.remarks.length;
  const aside = say('remarks.position', { at: dialog.scroll + 1, all: count });
  return {
    title: say('title.remarks'),
    aside: count > 1 ? aside : '',
    lines: [
      [],
      ...wrap(say('remarks.intro'), columns - 2).map((line): Line => [span(` ${line}`, 'warn')]),
      [],
      ...paragraphs.flat(),
    ],
  };
}
