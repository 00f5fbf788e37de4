/** From the text of a manifest to objects that the store may take: read, defaulted, validated. */
import { defaultObject } from './defaulting/objects.ts';
import type { ManifestError } from './manifest/errors.ts';
import { type ReadObject, readManifests } from './manifest/read.ts';
import { validateRead } from './validation/invalid.ts';

export interface LoadedManifests {
  /** Without any error, with every default filled in. */
  readonly objects: readonly ReadObject[];
  /** In the order of the file. */
  readonly errors: readonly ManifestError[];
}

/**
 * Does to a manifest what `kubectl apply` and the API server do to it before it is stored. `file` names it in
 * errors. Pure; never throws for what is in the text. `formatManifestError` prints an error.
 */
export function loadManifests(text: string, file: string): LoadedManifests {
  const { objects, errors } = readManifests(text, file);
  const all = [...errors];
  const good: ReadObject[] = [];
  for (const read of objects) {
    const defaulted = { ...read, object: defaultObject(read.object) };
    const refused = validateRead(defaulted);
    all.push(...refused);
    if (refused.length === 0) good.push(defaulted);
  }
  return { objects: good, errors: all.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}
