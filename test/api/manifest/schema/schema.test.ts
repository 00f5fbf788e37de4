import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import schema from '../../../../src/api/manifest/schema.json' with { type: 'json' };
import { generateSchema } from './generate.ts';
import { NEWER_FIELDS } from './newer-fields.ts';

const CHECKED_IN = new URL('../../../../src/api/manifest/schema.json', import.meta.url);

test('the field tables are those of the installed types (if not: npm run schema)', () => {
  expect(readFileSync(CHECKED_IN, 'utf8') === generateSchema()).toBe(true);
});

test('every field that is listed as newer belongs to a known type', () => {
  const types = new Map<string, object>(Object.entries(schema.types));
  for (const [type, fields] of Object.entries(NEWER_FIELDS)) expect(types.get(type)).toMatchObject(fields);
});
