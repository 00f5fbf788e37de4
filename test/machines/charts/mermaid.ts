/** The machines' charts as Mermaid, for the page that people read (`src/machines/README.md`). */

import { type Chart, chartOf } from '../../../src/machines/chart.ts';
import { type MachineName, machines } from '../../../src/machines/run-machine.ts';
import { messages } from '../../../src/messages/index.ts';

const MACHINES = Object.keys(machines) as MachineName[];

const nameOf = (id: string) => id.replaceAll('.', '_');

/** Many edges between the same two states become one arrow; an edge of the root is listed below the chart. */
function arrows(chart: Chart): string[] {
  const labels = new Map<string, string[]>();
  for (const { from, to, event, guard, delay } of chart.edges) {
    if (from === '') continue;
    const label = delay === undefined ? event : `after ${delay}`;
    const arrow = `${nameOf(from)} --> ${nameOf(to)}`;
    labels.set(arrow, [...(labels.get(arrow) ?? []), guard === undefined ? label : `${label} [${guard}]`]);
  }
  return [...labels].map(([arrow, texts]) => `  ${arrow}: ${texts.join(', ')}`);
}

function nodes(chart: Chart, parent: string | undefined, indent: string): string[] {
  return chart.states
    .filter((state) => state.parent === parent)
    .flatMap((state) => {
      const own = state.id.slice(state.id.lastIndexOf('.') + 1);
      const inner = nodes(chart, state.id, `${indent}  `);
      const line = `${indent}state "${own}" as ${nameOf(state.id)}`;
      return inner.length === 0 ? [line] : [`${line} {`, ...inner, `${indent}}`];
    });
}

/** One machine as a Mermaid `stateDiagram-v2`. */
export function mermaidOf(chart: Chart): string {
  const lines = ['stateDiagram-v2', `  [*] --> ${nameOf(chart.initial)}`];
  return [...lines, ...nodes(chart, undefined, '  '), ...arrows(chart)].join('\n');
}

function section(machine: MachineName): string {
  const chart = chartOf(machine);
  const anywhere = chart.edges
    .filter((edge) => edge.from === '')
    .map(({ event, guard, to }) => `\`${event}\`${guard === undefined ? '' : ` (${guard})`} to \`${to}\``);
  return [
    `## ${machine}`,
    '',
    '```mermaid',
    mermaidOf(chart),
    '```',
    '',
    ...(anywhere.length === 0 ? [] : [`From any state that does not forbid it: ${anywhere.join('; ')}.`, '']),
    ...chart.states.map(({ id, description }) => `- \`${id}\`: ${messages[description].en}`),
    '',
  ].join('\n');
}

/** The whole page. */
export function chartsPage(): string {
  return [
    '# The machines',
    '',
    'Written by `npm run charts` from the machines themselves; a test says when it is stale. One file holds one',
    'machine, `run-machine.ts` is the only caller of XState’s transition functions, and a transition returns',
    'its effects as data. States are named in the words of the API and of CRI, events in those of PLEG.',
    '',
    ...MACHINES.map(section),
  ].join('\n');
}
