/** The fields of an image.yaml, one by one: each mistake is kept with its place, and the reading goes on. */
import type { Position } from '../../../api/manifest/errors.ts';
import { fieldPath, indexPath, isPlainMap, type Plain, type PlainMap } from '../../../api/manifest/plain.ts';
import { nearest } from '../../../api/manifest/spelling.ts';
import type { MessageKey, Told } from '../../../messages/index.ts';

/** One mistake in an image.yaml. */
export interface ImageYamlError extends Position {
  /** The file's name as it was given. */
  readonly file: string;
  /** The field's path, `programs[0].source`; empty for the whole file. */
  readonly path: string;
  /** What is wrong and what to do; or a sentence of the YAML parser. */
  readonly told: Told<MessageKey> | string;
}

/** Where a field's value, or its name, stands in the file; what is not there is where its parent is. */
export type Locate = (path: string, part?: 'key' | 'value') => Position;

/** What a text must be. */
export type Pattern = Pick<RegExp, 'test'>;

/** Reads values of a kind; what is none is noted as a mistake and left out. */
export class ImageFields {
  /** In the order in which they were found. */
  readonly errors: ImageYamlError[] = [];
  readonly #file: string;
  readonly #locate: Locate;

  constructor(file: string, locate: Locate) {
    this.#file = file;
    this.#locate = locate;
  }

  problem(path: string, told: ImageYamlError['told'], part?: 'key'): void {
    this.errors.push({ ...this.#locate(path, part), file: this.#file, path, told });
  }

  /** Notes every field of `map` that is not in `known`, with the one that was perhaps meant. */
  onlyKnown(map: PlainMap, parent: string, known: readonly string[]): void {
    for (const field of Object.keys(map)) {
      if (known.includes(field)) continue;
      const meant = nearest(field, known);
      const path = fieldPath(parent, field);
      const told: ImageYamlError['told'] =
        meant === undefined
          ? { key: 'build.unknownField', values: { field, fields: known.join(', ') } }
          : { key: 'build.misspelt', values: { field, meant } };
      this.problem(path, told, 'key');
    }
  }

  /** A text, when it is there. */
  text(map: PlainMap, field: string, pattern?: Pattern, bad?: MessageKey, parent = ''): string | undefined {
    const value = map[field];
    if (value === undefined) return undefined;
    return this.#textAt(value, fieldPath(parent, field), pattern, bad);
  }

  #textAt(value: Plain, path: string, pattern?: Pattern, bad?: MessageKey): string | undefined {
    if (typeof value !== 'string')
      this.problem(path, { key: 'build.noText', values: { value: quoted(value) } });
    else if (pattern !== undefined && bad !== undefined && !pattern.test(value))
      this.problem(path, { key: bad, values: { value: quoted(value) } });
    else return value;
    return undefined;
  }

  /** A list of texts, when it is there; without those that are none. */
  texts(
    map: PlainMap,
    field: string,
    pattern?: Pattern,
    bad?: MessageKey,
    parent = '',
  ): readonly string[] | undefined {
    const value = map[field];
    const path = fieldPath(parent, field);
    if (value === undefined) return undefined;
    if (Array.isArray(value))
      return value.flatMap((one, index) => this.#textAt(one, indexPath(path, index), pattern, bad) ?? []);
    this.problem(path, { key: 'build.noTexts' });
    return undefined;
  }

  /** A list of mappings, each with its path; empty when it is not there. */
  maps(map: PlainMap, field: string): readonly (readonly [PlainMap, string])[] {
    const value = map[field];
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.problem(field, { key: 'build.noMaps' });
      return [];
    }
    return value.flatMap((one, index) => {
      const path = indexPath(field, index);
      if (isPlainMap(one)) return [[one, path] as const];
      this.problem(path, { key: 'build.noMapping' });
      return [];
    });
  }
}

function quoted(value: Plain): string {
  const text = typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
