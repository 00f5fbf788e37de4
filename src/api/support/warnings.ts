/** The warnings that `apply` gives for fields that a runtime does not honour, before anything is started. */
import { invariant } from '../../lib/assert.ts';
import { FIELD_SUPPORT, type FieldSupport, supportOn, type TableRuntime } from './fields.ts';

/** A field that is set and not honoured: its path with real indices, and its row of the table. */
export interface FieldWarning {
  readonly path: string;
  readonly field: FieldSupport;
  /** Which does not honour it. */
  readonly runtime: TableRuntime;
}

type SetField = Omit<FieldWarning, 'runtime'>;

const ROWS = new Map(FIELD_SUPPORT.map((field) => [field.path, field]));
const MAX_DEPTH = 20;

/**
 * The fields of a pod's spec, as a person wrote it, that the runtime does not honour. Pass the manifest
 * before defaulting: a default that nobody wrote needs no warning.
 */
export function supportWarnings(spec: unknown, runtime: TableRuntime = 'wasm'): FieldWarning[] {
  const found: SetField[] = [];
  visit(spec, 'spec', 'spec', found, 0);
  return found.flatMap((one) => {
    const { support } = supportOn(one.field, runtime);
    return support === 'warned' || support === 'stuck' ? [{ ...one, runtime }] : [];
  });
}

function visit(value: unknown, pattern: string, path: string, found: SetField[], depth: number): void {
  invariant(depth < MAX_DEPTH, 'a pod spec is never nested this deeply');
  if (asksForNothing(pattern, value)) return;
  const row = ROWS.get(pattern) ?? ROWS.get(`${pattern}.*`);
  if (row !== undefined) {
    found.push({ path, field: row });
    return;
  }
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      visit(item, `${pattern}[]`, `${path}[${index}]`, found, depth + 1);
    });
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value))
      visit(item, `${pattern}.${key}`, `${path}.${key}`, found, depth + 1);
  }
}

/** An empty value asks for nothing; of a switch, only the side that is not the default asks for something. */
function asksForNothing(pattern: string, value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (typeof value === 'boolean') return value === (pattern === 'spec.hostUsers');
  return Array.isArray(value) && value.length === 0;
}
