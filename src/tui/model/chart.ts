/** The state chart of one machine, drawn: every state, the lit one by shape and tone, and the ways out of it. */
import type { Glyphs } from './glyphs.ts';
import { type Line, lineWidth, type Span, span } from './line.ts';
import { widthOf } from './text.ts';

export interface ChartState {
  /** The full path, `waiting.CrashLoopBackOff`; the same words as in trace entries. */
  readonly path: string;
  /** The path of the state it lies in; undefined at the top. */
  readonly parent: string | undefined;
  /** True when it holds other states. */
  readonly compound: boolean;
}

export interface ChartEdge {
  readonly from: string;
  /** Undefined for an event that is taken without moving. */
  readonly to: string;
  /** The event's name; undefined for a delayed transition. */
  readonly event: string | undefined;
  readonly guard: string | undefined;
  /** The delay's name (`backOff`) or its length in milliseconds. */
  readonly delay: string | number | undefined;
}

export interface Chart {
  readonly machine: string;
  readonly states: readonly ChartState[];
  readonly edges: readonly ChartEdge[];
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
  for (const state of chart.states.filter(({ parent }) => parent === undefined)) {
    if (!state.compound) {
      run.push(state);
      continue;
    }
    flush();
    const inside = chart.states.filter(({ path, compound }) => !compound && path.startsWith(`${state.path}.`));
    lanes.push({ label: state.path, states: inside });
  }
  flush();
  return lanes;
}

/** True when the machine is in `path` or in a state inside it. */
export function standsIn(standing: Standing, path: string): boolean {
  return standing.state === path || standing.state.startsWith(`${path}.`);
}

function nameIn(lane: Lane, state: ChartState): string {
  return lane.label === undefined ? state.path : state.path.slice(lane.label.length + 1);
}

/** How much each state's chip says: all names, or the names of where it is and was and dots for the rest. */
type Density = 'names' | 'trail';

function chip(lane: Lane, state: ChartState, at: Standing, glyphs: Glyphs, density: Density): Span {
  const name = nameIn(lane, state);
  if (at.state === state.path) return span(` ${glyphs.lit} ${name} `, 'lit');
  const visited = at.visited.includes(state.path);
  const mark = visited ? glyphs.passed : glyphs.unlit;
  if (density === 'trail' && !visited && lane.label !== undefined) return span(mark, 'faint');
  return span(`${mark} ${name}`, visited ? 'plain' : 'faint');
}

function drawChips(chart: Chart, at: Standing, columns: number, glyphs: Glyphs, density: Density): Line[] {
  const lanes = lanesOf(chart);
  const labelWidth = Math.max(0, ...lanes.map(({ label }) => (label === undefined ? 0 : widthOf(label)))) + 2;
  const mixed = lanes.some(({ label }) => label !== undefined);
  const lines: Line[] = [];
  for (const lane of lanes) {
    const lit = lane.label !== undefined && standsIn(at, lane.label);
    const label = (lane.label ?? '').padEnd(labelWidth);
    const indent = mixed ? [span(` ${label}`, lit ? 'strong' : 'plain')] : [span(' ')];
    const blank = [span(' '.repeat(lineWidth(indent)))];
    let line: Span[] = [...indent];
    let empty = true;
    for (const state of lane.states) {
      const piece = chip(lane, state, at, glyphs, density);
      const gap = empty ? '' : density === 'trail' ? ' ' : '  ';
      if (!empty && lineWidth(line) + widthOf(gap) + widthOf(piece.text) > columns) {
        lines.push(line);
        line = [...blank, piece];
        continue;
      }
      line.push(span(gap), piece);
      empty = false;
    }
    lines.push(line);
  }
  return lines;
}

/** Three rows a state, the lit one with a heavy frame, neighbours joined where an edge leads on. */
function drawBoxes(chart: Chart, at: Standing, columns: number, glyphs: Glyphs): Line[] | undefined {
  const lanes = lanesOf(chart);
  const [lane] = lanes;
  if (lanes.length !== 1 || lane === undefined) return undefined;
  const lines: Line[] = [];
  let band: [Span[], Span[], Span[]] | undefined;
  let previous: ChartState | undefined;
  for (const state of lane.states) {
    const name = nameIn(lane, state);
    const lit = at.state === state.path;
    const inner = widthOf(name) + 2;
    if (inner + 2 > columns - 2) return undefined;
    const joined = chart.edges.some(({ from, to }) => from === previous?.path && to === state.path);
    if (band === undefined || lineWidth(band[0]) + 3 + inner + 2 > columns) {
      if (band) lines.push(...band);
      band = [[span(' ')], [span(' ')], [span(' ')]];
    } else {
      const link = joined ? `${glyphs.horizontal}${glyphs.horizontal}${glyphs.arrowHead}` : '   ';
      band[0].push(span('   '));
      band[1].push(span(link, 'faint'));
      band[2].push(span('   '));
    }
    const tone = lit ? 'accent' : at.visited.includes(state.path) ? 'plain' : 'faint';
    const [h, v] = lit ? [glyphs.litHorizontal, glyphs.litVertical] : [glyphs.horizontal, glyphs.vertical];
    const [tl, tr, bl, br] = lit
      ? [glyphs.litTopLeft, glyphs.litTopRight, glyphs.litBottomLeft, glyphs.litBottomRight]
      : [glyphs.cornerTopLeft, glyphs.cornerTopRight, glyphs.cornerBottomLeft, glyphs.cornerBottomRight];
    band[0].push(span(tl + h.repeat(inner) + tr, tone));
    band[1].push(span(v, tone), span(` ${name} `, lit ? 'lit' : tone), span(v, tone));
    band[2].push(span(bl + h.repeat(inner) + br, tone));
    previous = state;
  }
  if (band) lines.push(...band);
  return lines;
}

/** The chart in at most `rows` lines where that is possible: boxes, else all names, else names of the trail. */
export function drawChart(
  chart: Chart,
  at: Standing,
  size: { readonly columns: number; readonly rows: number },
  glyphs: Glyphs,
): Line[] {
  const boxes = drawBoxes(chart, at, size.columns, glyphs);
  if (boxes !== undefined && boxes.length <= size.rows) return boxes;
  const names = drawChips(chart, at, size.columns, glyphs, 'names');
  if (names.length <= size.rows) return names;
  return drawChips(chart, at, size.columns, glyphs, 'trail');
}

/** The ways out of the current state, its own before those of the states around it; a moveless one is none. */
export function waysOut(chart: Chart, state: string): ChartEdge[] {
  const levels: string[] = [];
  for (let path = state; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) levels.push(path);
  levels.push('');
  const seen = new Set<string>();
  return levels.flatMap((level) => {
    const edges = chart.edges.filter(({ from, event }) => from === level && !(event && seen.has(event)));
    for (const { event } of edges) if (event) seen.add(event);
    return edges;
  });
}
