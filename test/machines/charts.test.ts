import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chartOf } from '../../src/machines/chart.ts';
import { type MachineName, machines } from '../../src/machines/run-machine.ts';
import { messages } from '../../src/messages/index.ts';
import { chartsPage } from './charts/mermaid.ts';

test('the page with the charts is up to date (npm run charts)', () => {
  const page = readFileSync(new URL('../../src/machines/README.md', import.meta.url), 'utf8');
  expect(page).toBe(chartsPage());
});

test.each(Object.keys(machines) as MachineName[])(
  'every state of %s is told in both languages',
  (machine) => {
    const chart = chartOf(machine);
    for (const { id, description } of chart.states) {
      expect(messages[description], id).toMatchObject({
        en: expect.stringMatching(/\w/),
        zh: expect.stringMatching(/\p{Script=Han}/u),
      });
    }
    const ids = new Set(['', ...chart.states.map((state) => state.id)]);
    expect(ids).toContain(chart.initial);
    for (const { from, to } of chart.edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
  },
);
