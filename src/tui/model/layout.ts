/** How the terminal is shared out: header, stages, two columns of panes, a message line, the footer. */
import type { PaneName } from './screen-state.ts';

export const MIN_COLUMNS = 80;
export const MIN_ROWS = 24;

export interface PaneSize {
  readonly name: PaneName;
  readonly columns: number;
  /** With the title line. */
  readonly rows: number;
}

export interface Layout {
  readonly columns: number;
  readonly rows: number;
  readonly bodyRows: number;
  readonly left: readonly PaneSize[];
  readonly right: readonly PaneSize[];
}

/** Rows outside the body: header, stages, message, footer. */
const FRAME_ROWS = 4;

/** The share of each pane: pods as many as there are (`podRows` lines), steps and log what is left over. */
export function layOut(columns: number, rows: number, podRows: number): Layout {
  const bodyRows = rows - FRAME_ROWS;
  const left = columns < 100 ? Math.floor(columns * 0.48) : Math.min(72, Math.floor(columns * 0.45));
  const right = columns - left - 1;
  const pods = Math.max(4, Math.min(podRows + 2, Math.floor(bodyRows * 0.35)));
  const chart = Math.max(11, Math.floor(bodyRows * 0.48));
  const why = Math.max(5, Math.floor(bodyRows * 0.22));
  return {
    columns,
    rows,
    bodyRows,
    left: [
      { name: 'pods', columns: left, rows: pods },
      { name: 'steps', columns: left, rows: bodyRows - pods },
    ],
    right: [
      { name: 'chart', columns: right, rows: chart },
      { name: 'why', columns: right, rows: why },
      { name: 'log', columns: right, rows: bodyRows - chart - why },
    ],
  };
}

/** The pane in the whole body, for zooming and for dialogs. */
export function wholeBody(layout: Layout, name: PaneName): PaneSize {
  return { name, columns: layout.columns, rows: layout.bodyRows };
}
