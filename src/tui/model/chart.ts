/** The state chart of one machine, drawn: every state, the lit one by shape and tone, and the ways out of it. */
import { type Chart, type ChartEdge, type ChartState, chartOf } from '../../machines/chart.ts';
import { type MachineName, machines } from '../../machines/run-machine.ts';
import type { Glyphs } from './glyphs.ts';
import { type Line, lineWidth, type Span, span, type Tone } from './line.ts';
import { widthOf } from './text.ts';

const charts = new Map<MachineName, Chart>();

/** The chart of a machine by the name that trace entries use; undefined for parts of the kubelet without one. */
export function chartNamed(name: string): Chart | undefined {
  if (!Object.hasOwn(machines, name)) return undefined;
  const machine = name as MachineName;
  const chart = charts.get(machine) ?? chartOf(machine);
  charts.set(machine, chart);
  return chart;
}

/** Where a machine stands in its chart. */
export interface Standing {
  readonly state: string;
  readonly visited: readonly string[];
}

/** A row of the drawing: a compound state with what it holds, or a run of plain states that follow each other. */
interface Lane {
  readonly label: string | undefined;
  readonly states: readonly ChartState[];
}

function lanesOf(chart: Chart): Lane[] {
  const lanes: Lane[] = [];
  let run: ChartState[] = [];
  const flush = () => {
    if (run.length > 0) lanes.push({ label: undefined, states: run });
    run = [];
  };
  const compound = new Set(chart.states.map(({ parent }) => parent));
  for (const state of chart.states.filter(({ parent }) => parent === undefined)) {
    if (!compound.has(state.id)) {
      run.push(state);
      continue;
    }
    flush();
    const inside = chart.states.filter(({ id }) => !compound.has(id) && id.startsWith(`${state.id}.`));
    lanes.push({ label: state.id, states: inside });
  }
  flush();
  return lanes;
}

/** True when the machine is in `path` or in a state inside it. */
function standsIn(standing: Standing, path: string): boolean {
  return standing.state === path || standing.state.startsWith(`${path}.`);
}

function nameIn(lane: Lane, state: ChartState): string {
  return lane.label === undefined ? state.id : state.id.slice(lane.label.length + 1);
}

/** Which states have their names: all, those of the lit lane and the trail, or the trail alone; the rest are dots. */
type Density = 'names' | 'lane' | 'trail';

function chip(lane: Lane, state: ChartState, at: Standing, glyphs: Glyphs, density: Density): Span {
  const name = nameIn(lane, state);
  if (at.state === state.id) return span(` ${glyphs.lit} ${name} `, 'lit');
  const visited = at.visited.includes(state.id);
  const mark = visited ? glyphs.passed : glyphs.unlit;
  const named = density === 'names' || lane.label === undefined || visited;
  const inLitLane = density === 'lane' && lane.label !== undefined && standsIn(at, lane.label);
  if (!named && !inLitLane) return span(mark, 'faint');
  return span(`${mark} ${name}`, visited ? 'plain' : 'faint');
}

function drawChips(chart: Chart, at: Standing, columns: number, glyphs: Glyphs, density: Density): Line[] {
  const lanes = lanesOf(chart);
  const labelWidth = Math.max(0, ...lanes.map(({ label }) => (label === undefined ? 0 : widthOf(label)))) + 1;
  const lines: Line[] = [];
  for (const lane of lanes) {
    const lit = lane.label !== undefined && standsIn(at, lane.label);
    // A run of plain states has no label, and the whole width to itself.
    const indent =
      lane.label === undefined
        ? [span(' ')]
        : [span(` ${lane.label.padEnd(labelWidth)}`, lit ? 'strong' : 'plain')];
    let line: Span[] = [...indent];
    let empty = true;
    for (const state of lane.states) {
      const piece = chip(lane, state, at, glyphs, density);
      const gap = empty ? '' : density === 'names' ? '  ' : ' ';
      if (!empty && lineWidth(line) + widthOf(gap) + widthOf(piece.text) > columns) {
        lines.push(line);
        // A long name that does not fit under its neighbours moves to the left.
        const room = Math.max(1, columns - widthOf(piece.text));
        line = [span(' '.repeat(Math.min(lineWidth(indent), room))), piece];
        continue;
      }
      line.push(span(gap), piece);
      empty = false;
    }
    lines.push(line);
  }
  return lines;
}

/** Three lines of a drawing that grow to the right together. */
type Band = [Span[], Span[], Span[]];

/** A state in a frame; the lit one's is heavy. */
function box(name: string, tone: Tone, lit: boolean, glyphs: Glyphs): readonly [Span[], Span[], Span[]] {
  const inner = widthOf(name) + 2;
  const [h, v] = lit ? [glyphs.litHorizontal, glyphs.litVertical] : [glyphs.horizontal, glyphs.vertical];
  const [tl, tr, bl, br] = lit
    ? [glyphs.litTopLeft, glyphs.litTopRight, glyphs.litBottomLeft, glyphs.litBottomRight]
    : [glyphs.cornerTopLeft, glyphs.cornerTopRight, glyphs.cornerBottomLeft, glyphs.cornerBottomRight];
  return [
    [span(tl + h.repeat(inner) + tr, tone)],
    [span(v, tone), span(` ${name} `, lit ? 'lit' : tone), span(v, tone)],
    [span(bl + h.repeat(inner) + br, tone)],
  ];
}

/** Three rows a state, neighbours joined where an edge leads on; undefined where a box is wider than the pane. */
function drawBoxes(chart: Chart, at: Standing, columns: number, glyphs: Glyphs): Line[] | undefined {
  const lanes = lanesOf(chart);
  const labels = Math.max(0, ...lanes.map(({ label }) => widthOf(label ?? '')));
  const lines: Line[] = [];
  for (const lane of lanes) {
    const indent = ' '.repeat(lane.label === undefined ? 1 : labels + 2);
    const lit = lane.label !== undefined && standsIn(at, lane.label);
    const label = lane.label === undefined ? indent : ` ${lane.label.padEnd(labels + 1)}`;
    let band: Band = [[span(indent)], [span(label, lit ? 'strong' : 'plain')], [span(indent)]];
    let previous: string | undefined;
    for (const state of lane.states) {
      const name = nameIn(lane, state);
      const isLit = at.state === state.id;
      const wide = widthOf(name) + 4;
      if (widthOf(indent) + wide > columns) return undefined;
      if (previous !== undefined && lineWidth(band[0]) + 3 + wide > columns) {
        lines.push(...band);
        band = [[span(indent)], [span(indent)], [span(indent)]];
      } else if (previous !== undefined) {
        const joined = chart.edges.some(({ from, to }) => from === previous && to === state.id);
        const link = joined ? `${glyphs.horizontal}${glyphs.horizontal}${glyphs.arrowHead}` : '   ';
        for (const [row, text] of ['   ', link, '   '].entries()) band[row]?.push(span(text, 'faint'));
      }
      const tone = isLit ? 'accent' : at.visited.includes(state.id) ? 'plain' : 'faint';
      for (const [row, spans] of box(name, tone, isLit, glyphs).entries()) band[row]?.push(...spans);
      previous = state.id;
    }
    lines.push(...band);
  }
  return lines;
}

/** The chart in at most `rows` lines where that is possible: boxes, else all names, else fewer and fewer. */
export function drawChart(
  chart: Chart,
  at: Standing,
  size: { readonly columns: number; readonly rows: number },
  glyphs: Glyphs,
): Line[] {
  const boxes = drawBoxes(chart, at, size.columns, glyphs);
  if (boxes !== undefined && boxes.length <= size.rows) return boxes;
  for (const density of ['names', 'lane'] as const) {
    const chips = drawChips(chart, at, size.columns, glyphs, density);
    if (chips.length <= size.rows) return chips;
  }
  return drawChips(chart, at, size.columns, glyphs, 'trail');
}

/** One way out of a state; edges of one event that differ only in guard and target are told together when many. */
export interface WayOut {
  readonly edge: ChartEdge;
  /** How many more targets the same event has. */
  readonly others: number;
}

/** More edges than this for one event are told as one. */
const TOLD_APART = 2;

/** The ways out of the current state, its own before those of the states around it, without what it refuses. */
export function waysOut(chart: Chart, state: string): WayOut[] {
  const levels: string[] = [];
  for (let path = state; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.'))))
    levels.push(path);
  levels.push('');
  const taken = new Set<string>();
  const ways: WayOut[] = [];
  for (const level of levels) {
    const edges = chart.edges.filter(({ from, event }) => from === level && !taken.has(event));
    const byEvent = Map.groupBy(edges, ({ event, delay }) => event || `after ${delay}`);
    for (const [event, group] of byEvent) {
      taken.add(event);
      const told = group.length > TOLD_APART ? group.slice(0, 1) : group;
      ways.push(...told.map((edge) => ({ edge, others: group.length - told.length })));
    }
    for (const refusal of chart.refusals) if (refusal.state === level) taken.add(refusal.event);
  }
  return ways;
}
