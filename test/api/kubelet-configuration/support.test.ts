import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type Field,
  internalName,
  isStruct,
  type Table,
} from '../../../src/api/kubelet-configuration/field.ts';
import { FIELDS } from '../../../src/api/kubelet-configuration/fields.ts';
import { idleFields } from '../../../src/api/kubelet-configuration/support.ts';

const SRC = join(import.meta.dirname, '..', '..', '..', 'src');

const textOf = (isReader: (file: string) => boolean) =>
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && isReader(file))
    .map((file) => readFileSync(join(SRC, file), 'utf8'))
    .join('\n');

/** The source without what only lists the settings. */
const readers = textOf((file) => !/kubelet-configuration.(fields|support|validation|types)/.test(file));
const others = textOf((file) => !file.includes('kubelet-configuration'));

/** Every setting that is no struct, with its path. */
function leaves(rows: Table, path: readonly string[] = []): { path: readonly string[]; row: Field }[] {
  return Object.entries(rows).flatMap(([name, row]) =>
    isStruct(row) ? leaves(row.rows, [...path, name]) : [{ path: [...path, name], row }],
  );
}

/** Whether a file that sets it gets no warning. */
function isHonoured(path: readonly string[]): boolean {
  const file = path.reduceRight<unknown>((value, name) => ({ [name]: value }), 1);
  return idleFields(file as Parameters<typeof idleFields>[0]).length === 0;
}

const settings = leaves(FIELDS)
  .filter(({ path }) => path[0] !== 'featureGates')
  .map(({ path, row }) => ({ path, name: internalName(path.at(-1) ?? '', row) }));

test('what counts as honoured is read somewhere', () => {
  const unread = settings.filter(
    ({ path, name }) => isHonoured(path) && !new RegExp(`\\b${name}\\b`).test(readers),
  );
  expect(unread.map(({ path }) => path.join('.'))).toEqual([]);
});

test('what is read of the configuration counts as honoured', () => {
  // The names of inner settings (`enabled`, `options`) mean other things elsewhere.
  const outer = settings.filter(({ path }) => path.length === 1);
  const silent = outer.filter(({ path, name }) => {
    const read = new RegExp(`[cC]onfig\\.${name}\\b|\\{[^{}]*\\b${name}\\b[^{}]*\\} = [\\w.]*[cC]onfig;`);
    return read.test(others) && !isHonoured(path);
  });
  expect(silent.map(({ path }) => path.join('.'))).toEqual([]);
});

test.each(['README.md', 'README.zh.md'])(
  'the settings that %s lists are those that have an effect',
  (file) => {
    const list = settings
      .filter(({ path }) => isHonoured(path))
      .map(({ path }) => `\`${path.join('.')}\``)
      .join(file === 'README.md' ? ', ' : '、');
    const text = readFileSync(file, 'utf8');
    const marked = /(<!-- configuration -->\n)[\s\S]*?(<!-- \/configuration -->)/;
    const fresh = text.replace(marked, (_, start, end) => `${start}${list}\n${end}`);
    if (process.env.UPDATE_README) writeFileSync(file, fresh);
    else expect(text).toBe(fresh);
  },
);
