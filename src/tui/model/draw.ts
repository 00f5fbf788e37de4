/** The whole screen as data: from the scene and the person's choices to lines that are exactly as wide as they must be. */
import { drawChartPane } from './chart-pane.ts';
import { drawApply, drawHelp, drawRemarks } from './dialogs.ts';
import { type Drawing, type DrawPane, type PaneContent, sayIn, titleLine } from './drawing.ts';
import { drawKeys, drawMessage } from './footer.ts';
import { asciiGlyphs, unicodeGlyphs } from './glyphs.ts';
import { drawHeader, drawStages } from './header.ts';
import { type Layout, layOut, MIN_COLUMNS, MIN_ROWS, type PaneSize, wholeBody } from './layout.ts';
import { fill, fitLine, type Line, span } from './line.ts';
import { drawLog } from './log-pane.ts';
import { drawPods } from './pods-pane.ts';
import type { Scene } from './scene.ts';
import type { PaneName, ScreenState } from './screen-state.ts';
import { podRows, resolve } from './select.ts';
import { drawSteps } from './steps-pane.ts';
import { drawWhy } from './why-pane.ts';
import { wrap } from './wrap.ts';

export interface DrawnPane {
  readonly name: string;
  readonly columns: number;
  readonly lines: readonly Line[];
}

export interface Frame {
  readonly columns: number;
  readonly rows: number;
  /** Full-width lines above the body. */
  readonly top: readonly Line[];
  /** Columns of panes from left to right, with the rule between them as a pane of one column. */
  readonly body: readonly (readonly DrawnPane[])[];
  /** Full-width lines below the body. */
  readonly bottom: readonly Line[];
}

const PANES: Readonly<Record<PaneName, DrawPane>> = {
  pods: drawPods,
  steps: drawSteps,
  chart: drawChartPane,
  why: drawWhy,
  log: drawLog,
};

/** Drawing with everything resolved that panes ask for. */
export function drawingOf(scene: Scene, state: ScreenState): Drawing {
  return {
    scene,
    state,
    selected: resolve(scene, state.selection),
    glyphs: state.ascii ? asciiGlyphs : unicodeGlyphs,
    say: sayIn(state.language),
  };
}

function framed(drawing: Drawing, size: PaneSize, content: PaneContent): DrawnPane {
  const { dialog, focus } = drawing.state;
  // A dialog over the whole body has the keys; the question in the footer leaves the mark where it was.
  const focused = (dialog.kind !== 'none' && dialog.kind !== 'delete') || focus === size.name;
  return {
    name: size.name,
    columns: size.columns,
    lines: [
      titleLine(content, size.columns, focused, drawing.glyphs),
      ...fill(content.lines, size.columns, size.rows - 1, drawing.glyphs.ellipsis),
    ],
  };
}

/** The rule between the two columns, with a tee wherever a title's rule meets it. */
function rule(drawing: Drawing, layout: Layout): DrawnPane {
  const { glyphs } = drawing;
  const starts = (panes: readonly PaneSize[]) => {
    const above = (n: number) => panes.slice(0, n).reduce((sum, { rows }) => sum + rows, 0);
    return new Set(panes.map((_, n) => above(n)));
  };
  const [left, right] = [starts(layout.left), starts(layout.right)];
  const lines = Array.from({ length: layout.bodyRows }, (_, row): Line => {
    if (row === 0) return [span(glyphs.teeDown, 'faint')];
    if (left.has(row) && right.has(row)) return [span(glyphs.cross, 'faint')];
    if (left.has(row)) return [span(glyphs.teeLeft, 'faint')];
    return [span(right.has(row) ? glyphs.teeRight : glyphs.vertical, 'faint')];
  });
  return { name: 'rule', columns: 1, lines };
}

function drawBody(drawing: Drawing, layout: Layout): Frame['body'] {
  const { dialog, zoomed, focus } = drawing.state;
  const whole = wholeBody(layout, focus);
  if (dialog.kind === 'help') return [[framed(drawing, whole, drawHelp(drawing, whole))]];
  if (dialog.kind === 'apply') return [[framed(drawing, whole, drawApply(drawing, dialog, whole))]];
  if (dialog.kind === 'remarks') return [[framed(drawing, whole, drawRemarks(drawing, dialog, whole))]];
  const draw = (size: PaneSize) => framed(drawing, size, PANES[size.name](drawing, size));
  if (zoomed) return [[draw(whole)]];
  return [layout.left.map(draw), [rule(drawing, layout)], layout.right.map(draw)];
}

function tooSmall(drawing: Drawing): Frame {
  const { columns, rows } = drawing.state;
  const values = { columns: MIN_COLUMNS, rows: MIN_ROWS, hasColumns: columns, hasRows: rows };
  const text = [
    ...wrap(drawing.say('small.title'), columns - 2).map((line): Line => [span(` ${line}`, 'strong')]),
    [],
    ...wrap(drawing.say('small.size', values), columns - 2).map((line): Line => [span(` ${line}`)]),
    ...wrap(drawing.say('small.advice'), columns - 2).map((line): Line => [span(` ${line}`, 'faint')]),
  ];
  return { columns, rows, top: fill(text, columns, rows, ''), body: [], bottom: [] };
}

/** The screen for this moment. */
export function draw(scene: Scene, state: ScreenState): Frame {
  const drawing = drawingOf(scene, state);
  const { columns, rows } = state;
  if (columns < MIN_COLUMNS || rows < MIN_ROWS) return tooSmall(drawing);
  const layout = layOut(columns, rows, podRows(scene.pods).length);
  const whole = (line: Line) => fitLine(line, columns, drawing.glyphs.ellipsis);
  return {
    columns,
    rows,
    top: [whole(drawHeader(drawing, columns)), whole(drawStages(drawing, columns))],
    body: drawBody(drawing, layout),
    bottom: [whole(drawMessage(drawing)), whole(drawKeys(drawing, columns))],
  };
}
