/** The chart pane: the selected machine's chart, what its state means, and where it can go from here. */
import type { Chart } from '../../machines/chart.ts';
import type { Language } from '../../messages/catalogue.ts';
import { tell } from '../../messages/index.ts';
import { chartNamed, drawChart, type Standing, type WayOut, waysOut } from './chart.ts';
import { type Drawing, type DrawPane, slice } from './drawing.ts';
import { fitLine, type Line, span } from './line.ts';
import type { MachineView } from './scene.ts';
import { machinesOf } from './select.ts';
import { clean, pad, widthOf } from './text.ts';
import { countdown } from './time.ts';
import { wrap } from './wrap.ts';

/** The state to light: now, or as of the step that is looked back at. */
function standing(drawing: Drawing, machine: MachineView): Standing {
  const { scene, selected, state } = drawing;
  const until = state.selection.kind === 'row' ? selected.row?.index : undefined;
  if (until === undefined) return { state: machine.state, visited: machine.visited };
  const moves = scene.rows.filter(({ index, entry }) => index <= until && entry.key === machine.key);
  const visited = [...new Set(moves.flatMap(({ entry }) => [entry.from, entry.to]))];
  // A machine that had not moved by then stands where its first move began.
  const first = scene.rows.find(({ entry }) => entry.key === machine.key)?.entry.from;
  return { state: moves.at(-1)?.entry.to ?? first ?? machine.state, visited };
}

/** What leads out: an event with its guard, or a delay with what is left of it. */
function trigger({ say }: Drawing, { edge, others }: WayOut, due: string): string {
  if (edge.delay !== undefined) {
    const after = say('chart.after', { delay: edge.delay });
    return due === '' ? after : say('chart.due', { after, left: due });
  }
  return edge.guard === undefined || others > 0 ? edge.event : `${edge.event} [${edge.guard}]`;
}

/** The target by its last name when it lies beside the state. */
function targetName(to: string, at: string): string {
  const parent = at.slice(0, at.lastIndexOf('.') + 1);
  return parent !== '' && to.startsWith(parent) ? to.slice(parent.length) : to;
}

function ways(drawing: Drawing, chart: Chart, machine: MachineView, at: string, columns: number): Line[] {
  const { glyphs, say, scene } = drawing;
  const timed = ({ edge }: WayOut) => edge.delay !== undefined;
  const out = waysOut(chart, at).sort((a, b) => Number(timed(b)) - Number(timed(a)));
  if (out.length === 0) return [[span(` ${say('chart.end')}`, 'faint')]];
  const timer =
    at === machine.state ? scene.timers.find(({ machineKey }) => machineKey === machine.key) : undefined;
  const due = timer ? countdown(timer.dueMs - scene.elapsedMs) : '';
  const names = out.map((way) => trigger(drawing, way, due));
  const targets = out.map(({ edge, others }) => targetName(edge.to, at) + (others > 0 ? ` +${others}` : ''));
  // Targets are shown whole as far as that leaves half of the width to what leads there.
  const room = columns - 6;
  const right = Math.min(Math.max(...targets.map(widthOf)), Math.ceil(room / 2));
  const wide = Math.min(Math.max(...names.map(widthOf)), room - right);
  return out.map((way, n) => [
    span(` ${timed(way) ? glyphs.timer : glyphs.dot} `, timed(way) ? 'warn' : 'faint'),
    span(
      pad(names[n] ?? '', timed(way) ? Math.max(wide, widthOf(names[n] ?? '')) : wide, glyphs.ellipsis),
      timed(way) && due !== '' ? 'warn' : 'plain',
    ),
    span(` ${glyphs.arrow} `, 'faint'),
    span(targets[n] ?? ''),
  ]);
}

/** What the state is, in a sentence. */
function meaningOf(chart: Chart, state: string, language: Language): string {
  const described = chart.states.find(({ id }) => id === state);
  const name = state.slice(state.lastIndexOf('.') + 1);
  const colon = language === 'zh' ? '：' : ': ';
  return described ? `${name}${colon}${tell({ key: described.description }, language)}` : '';
}

/** What a machine's key names within the pod: the container, the volume, the container and kind of a probe. */
function partOf(key: string): string {
  return key.split('/').slice(2).join(' ');
}

function titleOf(drawing: Drawing, machine: MachineView): { title: string; aside: string } {
  const { scene, selected, state, say } = drawing;
  const siblings = machinesOf(scene, machine.object.uid);
  const at = siblings.findIndex(({ key }) => key === machine.key);
  const { container, condition, name: whole } = machine.object;
  const name = clean(partOf(machine.key) || (container ?? condition ?? whole));
  const position = at < 0 ? '' : say('chart.position', { at: at + 1, all: siblings.length });
  const past =
    state.selection.kind === 'row' && selected.row ? say('chart.asOf', { seq: selected.row.seq }) : '';
  return { title: `${machine.machine} ${name}`, aside: past || position };
}

export const drawChartPane: DrawPane = (drawing, { columns, rows }) => {
  const { selected, state, glyphs, say } = drawing;
  const machine = selected.machine;
  if (!machine) {
    // Nothing has happened: room to say what this screen is.
    const text = wrap(say('help.intro'), columns - 3);
    return { title: say('title.chart'), aside: '', lines: [[], ...text.map((line) => [span(`  ${line}`)])] };
  }
  const chart = chartNamed(machine.machine);
  const heading = titleOf(drawing, machine);
  if (!chart) {
    const text = wrap(say('chart.noChart', { machine: machine.machine }), columns - 2);
    return { ...heading, lines: text.map((line) => [span(` ${line}`, 'faint')]) };
  }
  const at = standing(drawing, machine);
  const room = rows - 1;
  const out = ways(drawing, chart, machine, at.state, columns);
  const meaning = wrap(meaningOf(chart, at.state, state.language), columns - 2).map(
    (line): Line => [span(` ${line}`)],
  );
  const needed = Math.min(out.length, room > 14 ? 5 : 3) + meaning.length;
  const drawn = drawChart(chart, at, { columns, rows: room - needed }, glyphs);
  const spare = room - drawn.length - meaning.length - out.length;
  const gap: Line[] = spare >= 1 ? [[]] : [];
  const lines = [...drawn, ...gap, ...meaning, ...(spare >= 2 ? gap : []), ...out];
  const seen = slice(lines, state.scroll.chart, room);
  const hidden = lines.length - state.scroll.chart - seen.length;
  const more = span(`${glyphs.down}${hidden}`, 'faint');
  const last = seen.at(-1);
  if (hidden <= 0 || !last) return { ...heading, lines: seen };
  const cut = fitLine(last, columns - widthOf(more.text) - 2, glyphs.ellipsis);
  return { ...heading, lines: [...seen.slice(0, -1), [...cut, span(' '), more]] };
};
