/** The warnings that `apply` gives for fields that nothing here honours, before anything is started. */
import { invariant } from '../../lib/assert.ts';
import { FIELD_SUPPORT, type FieldSupport } from './fields.ts';

/** A field that is set and not honoured: its path with real indices, and its row of the table. */
export interface FieldWarning {
  readonly path: string;
  readonly field: FieldSupport;
}

const ROWS = new Map(FIELD_SUPPORT.map((field) => [field.path, field]));
const MAX_DEPTH = 20;

/**
 * The fields of a pod's spec, as a person wrote it, that the WASM runtime does not honour. Pass the manifest
 * before defaulting: a default that nobody wrote needs no warning.
 */
export function supportWarnings(spec: unknown): FieldWarning[] {
  const warnings: FieldWarning[] = [];
  visit(spec, 'spec', 'spec', warnings, 0);
  return warnings;
}

function visit(value: unknown, pattern: string, path: string, warnings: FieldWarning[], depth: number): void {
  invariant(depth < MAX_DEPTH, 'a pod spec is never nested this deeply');
  if (asksForNothing(pattern, value)) return;
  const row = ROWS.get(pattern) ?? ROWS.get(`${pattern}.*`);
  if (row !== undefined) {
    if (row.wasm === 'warned' || row.wasm === 'stuck') warnings.push({ path, field: row });
    return;
  }
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      visit(item, `${pattern}[]`, `${path}[${index}]`, warnings, depth + 1);
    });
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value))
      visit(item, `${pattern}.${key}`, `${path}.${key}`, warnings, depth + 1);
  }
}

/** An empty value asks for nothing; of a switch, only the side that is not the default asks for something. */
function asksForNothing(pattern: string, value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (typeof value === 'boolean') return value === (pattern === 'spec.hostUsers');
  return Array.isArray(value) && value.length === 0;
}
