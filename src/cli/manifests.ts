/** Manifests from files or standard input; one mistake anywhere and nothing is applied. */
import { readdir, readFile } from 'node:fs/promises';
import { loadManifests as load, type ManifestWarning } from '../api/load.ts';
import { formatManifestError, type ManifestError } from '../api/manifest/errors.ts';
import type { FieldValidation } from '../api/manifest/read.ts';
import { supportOn } from '../api/support/fields.ts';
import type { KubeObject } from '../api/types.ts';
import { type Language, tell } from '../messages/index.ts';
import { fileProblem } from './file-problem.ts';
import { type Io, say } from './io.ts';

export interface Loaded {
  readonly objects: readonly KubeObject[];
  readonly errors: readonly ManifestError[];
  readonly warnings: readonly ManifestWarning[];
  readonly unknownFields: readonly ManifestError[];
}

/**
 * Reads every file (`-` is standard input) and all that is wrong with them.
 * @throws PodstepError FILE_UNREADABLE
 */
export async function loadManifests(
  files: readonly string[],
  io: Io,
  fieldValidation: FieldValidation = 'Strict',
): Promise<Loaded> {
  const objects: KubeObject[] = [];
  const errors: ManifestError[] = [];
  const warnings: ManifestWarning[] = [];
  const unknownFields: ManifestError[] = [];
  for (const file of files) {
    const text = file === '-' ? await io.readStdin() : await readText(file, io);
    const read = load(text, file === '-' ? '<stdin>' : file, fieldValidation);
    objects.push(...read.objects.map(({ object }) => object));
    errors.push(...read.errors);
    warnings.push(...read.warnings);
    unknownFields.push(...read.unknownFields);
  }
  return { objects, errors, warnings, unknownFields };
}

/** Every mistake at its place, each with what can be done about it. */
export function manifestErrorsText(errors: readonly ManifestError[], io: Io): string {
  const lines = errors.flatMap((error) => {
    const advice = error.advice && say(io, 'cli.advice', { advice: tell(error.advice, io.language) });
    return advice === undefined ? [formatManifestError(error)] : [formatManifestError(error), advice];
  });
  return lines.map((line) => `${line}\n`).join('');
}

/** Unknown fields as kubectl prints them, which shows the API server's warnings. */
export function unknownFieldsText(fields: readonly ManifestError[]): string {
  return fields.map(({ message }) => `Warning: ${message}\n`).join('');
}

/** What the manifests ask for in vain on this runtime, a line each. */
export function manifestWarningsText(
  warnings: readonly ManifestWarning[],
  language: Language,
  runtime: string,
): string {
  const ofRuntime = warnings.filter((warning) => warning.runtime === runtime);
  return ofRuntime.map((warning) => `${warningPlace(warning)}: ${warningText(warning, language)}\n`).join('');
}

/** file:line:column */
export function warningPlace({ file, line, column }: ManifestWarning): string {
  return `${file}:${line}:${column}`;
}

/** What the field asks for in vain. */
export function warningText({ path, field, runtime }: ManifestWarning, language: Language): string {
  const { support, note } = supportOn(field, runtime);
  const key = support === 'stuck' ? 'support.stuck' : 'support.warned';
  const values = { path, note: note?.[language] ?? '', runtime: runtime === 'wasm' ? 'WASM' : 'Docker' };
  return tell({ key, values }, language);
}

/** The file's text. Throws PodstepError FILE_UNREADABLE. */
export function readText(file: string, io: Io): Promise<string> {
  return orUnreadable(file, io, () => readFile(file, 'utf8'));
}

/** A directory that is to be watched is looked into before anything starts. Throws PodstepError FILE_UNREADABLE. */
export async function checkDirectory(directory: string, io: Io): Promise<void> {
  await orUnreadable(directory, io, () => readdir(directory));
}

async function orUnreadable<T>(file: string, io: Io, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw fileProblem('cli.unreadable', file, cause, io);
  }
}
