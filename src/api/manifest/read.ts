/**
 * The first step of a pod's journey: the text of a manifest becomes Kubernetes objects, or errors with their
 * place. YAML and JSON, several documents, lists; strict as `kubectl apply` is.
 */
import type { KubeObject } from '../types.ts';
import type { ManifestError, Position } from './errors.ts';
import { isPlainMap, type Place, type Plain, type PlainDocument, type PlainMap, toPlain } from './plain.ts';
import { kindNames, type TypeName, typeOfKind, versionsOfKind } from './schema.ts';
import { nearest } from './spelling.ts';
import { type DecodeProblem, decodeStrict } from './strict.ts';
import { parseSyntax, type Syntax } from './syntax.ts';

/** One object of a manifest, not yet defaulted or validated. */
export interface ReadObject extends Position {
  readonly object: KubeObject;
  readonly file: string;
  /** Where a field stands (`spec.containers[0].image`); what is not there is where its parent is. */
  locate(path: string): Position;
}

export interface ReadManifests {
  readonly objects: readonly ReadObject[];
  /** In the order of the file; an object with an error is not among `objects`. */
  readonly errors: readonly ManifestError[];
  /** Fields that nobody knows, where they are no error: as the API server's Warning headers have them. */
  readonly warnings: readonly ManifestError[];
}

/** What becomes of unknown fields (`fieldValidation` of a request, `--validate` of kubectl). */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** Errors told of one file; more would only hide the first. */
const MAX_ERRORS = 100;
/** Characters of an object that are quoted back. */
const MAX_QUOTED = 200;

/** The kinds that a file may hold. */
export interface Kinds {
  typeOf(apiVersion: string, kind: string): TypeName | undefined;
  /** What is said of any other. */
  unknown(
    apiVersion: string,
    kind: string,
  ): {
    readonly field: 'apiVersion' | 'kind';
    readonly message: string;
    readonly advice?: ManifestError['advice'];
  };
}

/** Reads all documents of `text`; `file` names it in errors. Pure; never throws for what is in the text. */
export function readManifests(
  text: string,
  file: string,
  kinds: Kinds = API_KINDS,
  fieldValidation: FieldValidation = 'Strict',
): ReadManifests {
  const reader = new Reader(parseSyntax(text), file, kinds, fieldValidation);
  reader.read();
  const errors = reader.errors
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .slice(0, MAX_ERRORS);
  return { objects: reader.objects, errors, warnings: reader.warnings.slice(0, MAX_ERRORS) };
}

/** What the API serves: a kind of another version, a misspelt one, or one that nobody here knows is refused. */
const API_KINDS: Kinds = {
  typeOf: typeOfKind,
  unknown(apiVersion, kind) {
    const message = `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`;
    const versions = versionsOfKind(kind).join(', ');
    if (versions !== '') {
      return {
        field: 'apiVersion',
        message,
        advice: { key: 'manifest.otherVersion', values: { kind, versions } },
      };
    }
    const similar = nearest(kind, kindNames());
    const advice = similar
      ? ({ key: 'manifest.didYouMean', values: { field: similar } } as const)
      : ({ key: 'manifest.unknownKind' } as const);
    return { field: 'kind', message, advice };
  },
};

class Reader {
  readonly objects: ReadObject[] = [];
  readonly errors: ManifestError[] = [];
  readonly warnings: ManifestError[] = [];
  readonly #syntax: Syntax;
  readonly #file: string;
  readonly #kinds: Kinds;
  readonly #fieldValidation: FieldValidation;

  constructor(syntax: Syntax, file: string, kinds: Kinds, fieldValidation: FieldValidation) {
    this.#fieldValidation = fieldValidation;
    this.#syntax = syntax;
    this.#file = file;
    this.#kinds = kinds;
  }

  read(): void {
    for (const problem of this.#syntax.problems)
      this.#error('', problem.offset, problem.message, problem.advice);
    for (const document of this.#syntax.documents) {
      const plain = toPlain(document);
      const before = this.errors.length;
      for (const problem of plain.problems) this.#plainProblem(problem);
      // An empty document (`---` twice, or comments alone) is none.
      if (this.errors.length === before && plain.value !== null) this.#value(plain.value, '', plain);
    }
    if (this.objects.length === 0 && this.errors.length === 0)
      this.#error('', 0, 'no objects passed to apply');
  }

  #value(value: Plain, base: string, document: PlainDocument): void {
    const offset = document.places.get(base)?.value ?? 0;
    if (!isPlainMap(value)) {
      const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
      const message = `couldn't get version/kind; json parse error: json: cannot unmarshal ${kind} into Go value of type struct { APIVersion string; Kind string }`;
      this.#error('', offset, message);
      return;
    }
    const { apiVersion, kind } = value;
    if (!this.#named('Kind', kind, value, offset, 'kind', base, document)) return;
    if (!this.#named('apiVersion', apiVersion, value, offset, 'apiVersion', base, document)) return;
    if (Array.isArray(value.items) && String(kind).endsWith('List')) {
      for (const [index, item] of value.items.entries()) {
        this.#value(item, `${base === '' ? '' : `${base}.`}items[${index}]`, document);
      }
      return;
    }
    this.#object(value, String(apiVersion), String(kind), base, document);
  }

  #object(value: PlainMap, apiVersion: string, kind: string, base: string, document: PlainDocument): void {
    const placeOf = (path: string) => findPlace(document.places, base, path);
    const type = this.#kinds.typeOf(apiVersion, kind);
    if (!type) {
      const { field, message, advice } = this.#kinds.unknown(apiVersion, kind);
      this.#error(field, placeOf(field).value, message, advice);
      return;
    }
    const decoded = decodeStrict(value, type);
    const [tolerated, mistakes] = this.#sorted(decoded.problems);
    for (const { path, at, message, advice } of mistakes) {
      this.#error(path, placeOf(path)[at], message, advice);
    }
    if (mistakes.length > 0) return;
    for (const { path, at, message } of this.#fieldValidation === 'Warn' ? tolerated : []) {
      const told = message.replace('strict decoding error: ', '');
      this.warnings.push({ file: this.#file, path, ...this.#position(placeOf(path)[at]), message: told });
    }
    const object = { metadata: {}, ...(decoded.value as PlainMap) } as unknown as KubeObject;
    const locate = (path: string) => this.#position(placeOf(path).key);
    const locateValue = (path: string) => this.#position(placeOf(path).value);
    this.objects.push({ object, file: this.#file, ...locate(''), locate: locateValue });
  }

  /** Unknown fields are mistakes only where decoding is strict. */
  #sorted(
    problems: readonly DecodeProblem[],
  ): [tolerated: readonly DecodeProblem[], mistakes: readonly DecodeProblem[]] {
    if (this.#fieldValidation === 'Strict') return [[], problems];
    const isTolerated = ({ unknownField }: DecodeProblem) => unknownField === true;
    return [problems.filter(isTolerated), problems.filter((problem) => !isTolerated(problem))];
  }

  /** Whether apiVersion or kind is there and is a text; says so when not. */
  #named(
    word: 'Kind' | 'apiVersion',
    found: Plain | undefined,
    object: PlainMap,
    offset: number,
    field: string,
    base: string,
    document: PlainDocument,
  ): boolean {
    if (typeof found === 'string' && found !== '') return true;
    if (found === undefined || found === null || found === '') {
      const text = JSON.stringify(object, (_key, value) =>
        typeof value === 'bigint' ? Number(value) : value,
      );
      const quoted = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}...` : text;
      const version = versionsOfKind(String(object.kind))[0] ?? 'v1';
      const advice =
        word === 'Kind'
          ? ({ key: 'manifest.addKind' } as const)
          : ({ key: 'manifest.addApiVersion', values: { apiVersion: version } } as const);
      this.#error(field, offset, `Object '${word}' is missing in '${quoted}'`, advice);
      return false;
    }
    const kind = Array.isArray(found)
      ? 'array'
      : typeof found === 'object'
        ? 'object'
        : typeof found === 'boolean'
          ? 'bool'
          : 'number';
    const message = `couldn't get version/kind; json parse error: json: cannot unmarshal ${kind} into Go struct field .${field} of type string`;
    this.#error(field, findPlace(document.places, base, field).value, message);
    return false;
  }

  #plainProblem(problem: PlainDocument['problems'][number]): void {
    if (problem.kind === 'other') {
      this.#error(problem.path, problem.offset, problem.message, problem.advice);
      return;
    }
    const { line } = this.#position(problem.offset);
    const first = this.#position(problem.firstOffset ?? 0).line;
    const message = this.#syntax.json
      ? `strict decoding error: duplicate field "${problem.path}"`
      : `error converting YAML to JSON: yaml: unmarshal errors: line ${line}: key ${JSON.stringify(problem.message)} already set in map`;
    this.#error(problem.path, problem.offset, message, {
      key: 'manifest.duplicateKey',
      values: { line: first },
    });
  }

  #error(path: string, offset: number, message: string, advice?: ManifestError['advice']): void {
    this.errors.push({
      file: this.#file,
      path,
      ...this.#position(offset),
      message,
      ...(advice && { advice }),
    });
  }

  #position(offset: number): Position {
    const { line, col } = this.#syntax.lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

/** The place of a path below `base`, or of the nearest parent that stands in the text. */
function findPlace(places: ReadonlyMap<string, Place>, base: string, path: string): Place {
  // Validation writes the key of a map in brackets, `limits[cpu]`.
  const wanted = path.replace(/\[(\D[^\]]*)\]/g, '.$1');
  let at = wanted;
  for (;;) {
    const whole = base === '' || at === '' ? base + at : `${base}.${at}`;
    const place = places.get(whole);
    if (place) return at === wanted ? place : { key: place.key, value: place.key };
    if (at === '') return { key: 0, value: 0 };
    at = parentOf(at);
  }
}

/** The path without its last field or index. */
function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.'), path.lastIndexOf('[')));
}
