import { describe, expect, it } from 'vitest';
import { type MachineName, machines } from '../../src/machines/run-machine.ts';
import { chartNamed, drawChart, waysOut } from '../../src/tui/model/chart.ts';
import { asciiGlyphs, unicodeGlyphs } from '../../src/tui/model/glyphs.ts';
import { lineWidth, plain } from '../../src/tui/model/line.ts';

function chartOf(name: MachineName) {
  const chart = chartNamed(name);
  if (!chart) throw new Error(`${name} has no chart`);
  return chart;
}

function leaves(name: MachineName): string[] {
  const { states } = chartOf(name);
  return states.filter(({ id }) => !states.some(({ parent }) => parent === id)).map(({ id }) => id);
}

const NAMES = Object.keys(machines) as MachineName[];

describe('a drawn chart', () => {
  it.each(NAMES)(
    'of %s lights exactly the state it stands in, by shape, and stays within its width',
    (name) => {
      for (const state of leaves(name)) {
        for (const columns of [40, 68]) {
          const lines = drawChart(
            chartOf(name),
            { state, visited: [] },
            { columns, rows: 60 },
            unicodeGlyphs,
          );
          for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(columns);
          const lit = lines.flat().filter(({ tone }) => tone === 'lit');
          expect(lit.map(({ text }) => text.replace('●', '').trim())).toEqual([
            state.includes('.') ? state.slice(state.indexOf('.') + 1) : state,
          ]);
          const text = lines.map(plain).join('\n');
          expect(text.includes('●') || text.includes('┏')).toBe(true);
        }
      }
    },
  );

  it.each(NAMES)('of %s shows every state by name when there is room', (name) => {
    const [first = ''] = leaves(name);
    const drawn = drawChart(
      chartOf(name),
      { state: first, visited: [] },
      { columns: 68, rows: 60 },
      unicodeGlyphs,
    );
    const text = drawn.map(plain).join('\n');
    for (const leaf of leaves(name)) expect(text).toContain(leaf.slice(leaf.indexOf('.') + 1));
  });

  it.each(NAMES)('of %s shows every state at least by a mark when there is little room', (name) => {
    const [state = ''] = leaves(name);
    const drawn = drawChart(chartOf(name), { state, visited: [] }, { columns: 40, rows: 1 }, asciiGlyphs);
    const marks = drawn.flat().filter(({ text }) => /^ ?[*o+]( |$)/.test(text));
    expect(marks).toHaveLength(leaves(name).length);
  });

  it('names where it was, and only those, when room is short', () => {
    const at = { state: 'running.started', visited: ['waiting.ContainerCreating', 'running.started'] };
    const text = drawChart(chartOf('container'), at, { columns: 40, rows: 5 }, unicodeGlyphs)
      .map(plain)
      .join('\n');
    expect(text).toContain('• ContainerCreating');
    expect(text).not.toContain('OOMKilled');
  });
});

describe('the ways out of a state', () => {
  it('are its own before those of the states around it', () => {
    const events = waysOut(chartOf('pod'), 'Running.NotReady').map(({ edge }) => edge.event);
    expect(events[0]).toBe('PodReady');
    expect(events).toContain('PodTerminating');
  });

  it('include the one that time takes', () => {
    const timed = waysOut(chartOf('container'), 'waiting.CrashLoopBackOff').filter(({ edge }) => edge.delay);
    expect(timed).toMatchObject([{ edge: { delay: 'backOff', to: 'waiting.BackOffOver' } }]);
  });

  it('leave out what the state refuses, and tell many targets of one event together', () => {
    const ways = waysOut(chartOf('container'), 'terminating.TERM');
    expect(ways.map(({ edge }) => edge.event)).not.toContain('CreateContainer');
    expect(ways).toContainEqual({
      edge: expect.objectContaining({ event: 'ContainerDied', to: 'terminated.OOMKilled' }),
      others: 2,
    });
    expect(waysOut(chartOf('container'), 'terminated.Error').map(({ edge }) => edge.event)).not.toContain(
      'ContainerDied',
    );
  });

  it('are none for what is no machine', () => {
    expect(chartNamed('pleg')).toBeUndefined();
    expect(chartNamed('toString')).toBeUndefined();
  });
});
