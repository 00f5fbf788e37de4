/** Runs the cases of one vector file through its adapter and says which of them do not hold. */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { VectorAdapter, VectorCase, VectorFile } from './adapter.ts';

export interface FailedCase {
  readonly name: string;
  readonly group: string;
  readonly expected: unknown;
  /** What the code gave; undefined when it could not be asked. */
  readonly actual: unknown;
  /** Why there is no actual value: an unknown group, or an error that was thrown. */
  readonly reason?: string;
}

export interface FileResult {
  readonly passed: number;
  readonly failed: readonly FailedCase[];
}

const ADAPTERS = new URL('./adapters/', import.meta.url);

/** The vector files (by name, without `.json`) that an adapter exists for. */
export function adapterNames(): string[] {
  return readdirSync(ADAPTERS)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => basename(file, '.ts'))
    .sort();
}

/** Loads the adapter of a vector file by the file's name without `.json`. */
export async function loadAdapter(name: string): Promise<VectorAdapter> {
  const module: { default: VectorAdapter } = await import(new URL(`${name}.ts`, ADAPTERS).href);
  return module.default;
}

/** Every case of the file: those under `cases`, and those of further lists of the same form. */
export function casesOf(file: VectorFile): VectorCase[] {
  const all: VectorCase[] = [];
  for (const [list, value] of Object.entries(file)) {
    if (!Array.isArray(value)) continue;
    for (const item of value) {
      if (!isCase(item)) continue;
      const { name, source, group, input, expected, ...fields } = item;
      all.push({
        name: String(name),
        source: String(source ?? ''),
        group: groupOf(group, input, list),
        input,
        expected,
        fields,
      });
    }
  }
  return all;
}

/** Runs all cases; never throws for what a case does. */
export function runFile(file: VectorFile, adapter: VectorAdapter): FileResult {
  const failed: FailedCase[] = [];
  let passed = 0;
  for (const vector of casesOf(file)) {
    const failure = runCase(vector, file, adapter);
    if (failure) failed.push(failure);
    else passed++;
  }
  return { passed, failed };
}

function runCase(vector: VectorCase, file: VectorFile, adapter: VectorAdapter): FailedCase | undefined {
  const { name, group, expected } = vector;
  const run = Object.hasOwn(adapter.groups, group) ? adapter.groups[group] : undefined;
  if (!run)
    return { name, group, expected, actual: undefined, reason: `unknown group ${JSON.stringify(group)}` };
  let actual: unknown;
  try {
    actual = run(vector, file);
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { name, group, expected, actual: undefined, reason };
  }
  if (isDeepStrictEqual(withoutProse(plain(actual)), withoutProse(plain(expected)))) return undefined;
  return { name, group, expected, actual: plain(actual) };
}

/** Among the expected fields these are prose for the reader, not behaviour. */
const PROSE: ReadonlySet<string> = new Set(['note', 'why', 'exception', 'messageSource']);

/** Without prose; a list's items may have some of their own. */
function withoutProse(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > 2) return value;
  if (Array.isArray(value)) return value.map((item) => withoutProse(item, depth + 1));
  const said = Object.entries(value).filter(([key]) => !PROSE.has(key));
  return Object.fromEntries(said.map(([key, item]) => [key, withoutProse(item, depth + 1)]));
}

/** Plain JSON: drops undefined fields, so that absent and undefined are the same. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function isCase(item: unknown): item is Record<string, unknown> {
  return typeof item === 'object' && item !== null && 'name' in item && 'input' in item && 'expected' in item;
}

function groupOf(group: unknown, input: unknown, list: string): string {
  if (typeof group === 'string') return group;
  if (typeof input === 'object' && input !== null && 'op' in input) return String(input.op);
  return list === 'cases' ? '' : list;
}
