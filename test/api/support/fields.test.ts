import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { elementOf, fieldsOf, type TypeName } from '../../../src/api/manifest/schema.ts';
import { FIELD_SUPPORT } from '../../../src/api/support/fields.ts';
import { supportTable } from './table.ts';

/** Every path that a manifest can set, as deep as the table goes; what lies below a `.*` row is that row's. */
function* paths(type: TypeName, path: string, rows: ReadonlySet<string>): Generator<string> {
  if (rows.has(path) || rows.has(`${path}.*`)) return yield path;
  const element = elementOf(type);
  if (element?.of === 'list') return yield* paths(element.type, `${path}[]`, rows);
  const named = element?.of === 'map' ? [...rows].filter((row) => row.startsWith(`${path}.`)) : [];
  if (named.length > 0) return yield* named;
  const fields = fieldsOf(type);
  if (fields === undefined) return yield path;
  for (const [name, fieldType] of Object.entries(fields)) yield* paths(fieldType, `${path}.${name}`, rows);
}

const rows = new Set(FIELD_SUPPORT.map(({ path }) => path));
const reached = new Set(paths('v1.PodSpec', 'spec', rows));

test('every field of a pod has its row', () => {
  const without = [...reached].filter((path) => !rows.has(path) && !rows.has(`${path}.*`));
  expect(without).toEqual([]);
});

test('every row is a field that Kubernetes has', () => {
  const unknown = [...rows].filter((row) => !reached.has(row.replace(/\.\*$/, '')));
  expect(unknown).toEqual([]);
});

for (const [file, language] of [
  ['README.md', 'en'],
  ['README.zh.md', 'zh'],
] as const) {
  test(`the table in ${file} is the one in the code`, () => {
    const text = readFileSync(file, 'utf8');
    const fresh = text.replace(/(<!-- support -->\n)[\s\S]*(\n<!-- \/support -->)/, (_, start, end) => {
      return `${start}${supportTable(language)}${end}`;
    });
    expect(text).toContain('<!-- support -->');
    if (process.env.UPDATE_README) writeFileSync(file, fresh);
    else expect(text).toBe(fresh);
  });
}
