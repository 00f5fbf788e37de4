/** From the text of a manifest to objects that the store may take: read, defaulted, validated. */
import { defaultObject } from './defaulting/objects.ts';
import type { ManifestError, Position } from './manifest/errors.ts';
import { type FieldValidation, type ReadObject, readManifests } from './manifest/read.ts';
import { type FieldWarning, supportWarnings } from './support/warnings.ts';
import { validateRead } from './validation/invalid.ts';

/** A field that is set and that nothing here honours, at its place. */
export interface ManifestWarning extends FieldWarning, Position {
  readonly file: string;
}

export interface LoadedManifests {
  /** Without any error, with every default filled in. */
  readonly objects: readonly ReadObject[];
  /** In the order of the file. */
  readonly errors: readonly ManifestError[];
  /** What the good ones ask for in vain, on each runtime; a default that nobody wrote is not among them. */
  readonly warnings: readonly ManifestWarning[];
  /** Fields that nobody knows and that were left out, where that is no error. */
  readonly unknownFields: readonly ManifestError[];
}

/**
 * Does to a manifest what `kubectl apply` and the API server do to it before it is stored. `file` names it in
 * errors. Pure; never throws for what is in the text. `formatManifestError` prints an error.
 */
export function loadManifests(
  text: string,
  file: string,
  fieldValidation: FieldValidation = 'Strict',
): LoadedManifests {
  const { objects, errors, warnings: unknownFields } = readManifests(text, file, undefined, fieldValidation);
  const all = [...errors];
  const good: ReadObject[] = [];
  const warnings: ManifestWarning[] = [];
  for (const read of objects) {
    const defaulted = { ...read, object: defaultObject(read.object) };
    const refused = validateRead(defaulted);
    all.push(...refused);
    if (refused.length > 0) continue;
    good.push(defaulted);
    warnings.push(...warningsOf(read));
  }
  const inOrder = all.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return { objects: good, errors: inOrder, warnings, unknownFields };
}

function warningsOf(read: ReadObject): ManifestWarning[] {
  if (read.object.kind !== 'Pod') return [];
  const { spec } = read.object;
  const found = [...supportWarnings(spec, 'wasm'), ...supportWarnings(spec, 'docker')];
  return found.map((warning) => {
    const { line, column } = read.locate(warning.path);
    return { ...warning, file: read.file, line, column };
  });
}
