import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { VectorAdapter, VectorCase } from './adapter.ts';
import { main } from './main.ts';
import { loadAdapter, runFile } from './run.ts';

const DATA = new URL('./data/', import.meta.url);
const files = readdirSync(DATA).filter((file) => file.endsWith('.json'));

test.each(files)('every case of %s holds', async (file) => {
  const content = JSON.parse(readFileSync(new URL(file, DATA), 'utf8'));
  const result = runFile(content, await loadAdapter(file.replace(/\.json$/, '')));
  expect(result.failed).toEqual([]);
  expect(result.passed).toBeGreaterThan(0);
});

const double: VectorAdapter = {
  groups: {
    double: ({ input }: VectorCase<{ of: number }>) => ({ value: input.of * 2, rest: undefined }),
    throws: () => {
      throw new Error('no');
    },
  },
};
const one = (group: string, of: number, value: number) => ({
  name: `double ${of}`,
  source: 'here',
  group,
  input: { of },
  expected: { value },
});

test('a case passes only when the value given is the value expected', () => {
  const result = runFile({ cases: [one('double', 1, 2), one('double', 2, 5)] }, double);
  expect(result.passed).toBe(1);
  expect(result.failed).toMatchObject([{ name: 'double 2', expected: { value: 5 }, actual: { value: 4 } }]);
});

test('an unknown group and a thrown error count as failed', () => {
  const result = runFile({ cases: [one('triple', 1, 3), one('throws', 1, 2)], triple: [] }, double);
  expect(result.passed).toBe(0);
  expect(result.failed.map((failure) => failure.reason)).toEqual([
    'unknown group "triple"',
    expect.stringContaining('no'),
  ]);
});

test('lists beside `cases` are run under their own name', () => {
  const { group: _, ...plain } = one('', 3, 6);
  expect(runFile({ cases: [], double: [plain] }, double)).toEqual({ passed: 1, failed: [] });
});

test('a file that nothing knows, and no file at all, are bad usage', async () => {
  const lines: string[] = [];
  expect(
    await main(
      ['nowhere/no-such.json'],
      () => {},
      (line) => lines.push(line),
    ),
  ).toBe(2);
  expect(
    await main(
      [],
      () => {},
      (line) => lines.push(line),
    ),
  ).toBe(2);
  expect(lines[0]).toContain('no-such');
  expect(lines[1]).toContain('usage');
});
