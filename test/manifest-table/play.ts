/** One row of the table of manifests, played on an engine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { loadManifests } from '../../src/api/load.ts';
import type { KubeObject } from '../../src/api/types.ts';
import type { Engine } from '../../src/engine/types.ts';
import { parseDuration } from '../../src/lib/duration.ts';
import { outcomeOf } from './outcome.ts';
import type { Row } from './rows.ts';

export const MANIFESTS = join(import.meta.dirname, '..', 'manifests');

/** What a file of the manifests says. */
export function load(file: string) {
  return loadManifests(readFileSync(join(MANIFESTS, file), 'utf8'), file);
}

function applyFirst(engine: Engine, first: string | object): void {
  const { objects, errors } =
    typeof first === 'string' ? load(first) : loadManifests(JSON.stringify(first), 'first.json');
  expect(errors).toEqual([]);
  for (const { object } of objects) engine.apply(object);
}

function podOf(engine: Engine, object: KubeObject) {
  return engine.pods().find(({ metadata }) => metadata.name === object.metadata.name);
}

/** Lets time pass: `forMs` of it, or less once `done`. */
export type Pass = (engine: Engine, forMs: number, done: () => boolean) => Promise<unknown>;

/** Applies what the row's manifest needs, then itself, lets the row's time pass, and says what became of it. */
export async function play(
  engine: Engine,
  row: Row,
  objects: readonly KubeObject[],
  pass: Pass = (engine, forMs) => engine.run({ forMs }),
): Promise<string> {
  engine.start();
  for (const first of row.first ?? []) applyFirst(engine, first);
  const applied = objects.map((object) => engine.apply(object));
  const [object] = applied;
  if (object === undefined) throw new Error('an empty file');
  const forMs = parseDuration(row.runFor ?? '10s') ?? 0;
  const outcome = () => outcomeOf(object, podOf(engine, object));
  const unheard = () =>
    Object.entries(row.wrote ?? {}).filter(
      ([container, text]) => !logOf(engine, object, container).includes(text),
    );
  await pass(engine, forMs, () => unheard().length === 0 && (row.deleted || outcome() === row.outcome));
  for (const [container, text] of unheard()) expect(logOf(engine, object, container)).toContain(text);
  if (row.deleted) {
    engine.deletePod(object.metadata.namespace ?? 'default', object.metadata.name ?? '');
    await pass(engine, forMs, () => outcome() === row.outcome);
  }
  return outcome();
}

function logOf(engine: Engine, object: KubeObject, container: string): string {
  const uid = podOf(engine, object)?.metadata.uid ?? '';
  const lines = engine.logs(uid, container);
  return lines.map(({ text }) => text).join('\n');
}
