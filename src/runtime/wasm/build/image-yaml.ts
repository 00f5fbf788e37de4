/** The first step of a build: DIR/image.yaml becomes a description of the image, or mistakes with their places. */
import { parseImageName } from '../../../api/image-name.ts';
import type { Position } from '../../../api/manifest/errors.ts';
import {
  fieldPath,
  indexPath,
  isPlainMap,
  type Place,
  type Plain,
  type PlainDocument,
  type PlainMap,
  toPlain,
} from '../../../api/manifest/plain.ts';
import { parseSyntax } from '../../../api/manifest/syntax.ts';
import type { ImageConfig, ImageFile } from '../image.ts';
import { DEFAULT_PATH } from '../images/stand-in.ts';
import { signalNumber } from '../process/signals.ts';
import { ImageFields, type ImageYamlError, type Locate, type Pattern } from './image-fields.ts';
import { isLibrary, LIBRARIES, type Library } from './libraries.ts';

/** A program of the image: a ready one, or sources of one language; paths are relative to the folder. */
export type ProgramSpec = {
  /** Absolute paths in the image that start it. */
  readonly paths: readonly string[];
  /** The field's path, for what is found later: `programs[0]`. */
  readonly field: string;
} & (
  | { readonly kind: 'component'; readonly component: string }
  | { readonly kind: 'assemblyscript'; readonly source: readonly string[] }
  | { readonly kind: 'c'; readonly source: readonly string[]; readonly libraries: readonly Library[] }
);

/** What an image.yaml says, checked for itself; files that it names are not looked at yet. */
export interface ImageSpec {
  /** With the tag; undefined when the file has no `name`. */
  readonly name: string | undefined;
  readonly version: string;
  readonly description: string;
  /** A stand-in, by its folder's name. */
  readonly base: string | undefined;
  readonly programs: readonly ProgramSpec[];
  readonly files: readonly ImageFile[];
  readonly config: ImageConfig;
}

export type ReadImageYaml =
  | { readonly ok: true; readonly spec: ImageSpec; readonly locate: Locate }
  | { readonly ok: false; readonly errors: readonly ImageYamlError[] };

/** Mistakes told at once; more would only hide the first. */
const MAX_ERRORS = 20;
const FIELDS =
  'name version description base programs files entrypoint cmd env workingDir user stopSignal exposedPorts'.split(
    ' ',
  );
const PROGRAM_FIELDS = ['component', 'source', 'libraries', 'paths'];
const FILE_FIELDS = ['path', 'directory', 'content', 'symlink', 'mode'];
/** What a layer's header has room for (ustar). */
const LINK_BYTES = 100;

/** Reads one image.yaml; `file` names it in mistakes. Pure; never throws for what is in the text. */
export function readImageYaml(text: string, file: string): ReadImageYaml {
  const { documents, problems, lines } = parseSyntax(text);
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const syntax = problems.map(({ offset, message }) => ({ ...at(offset), file, path: '', told: message }));
  if (syntax.length > 0) return { ok: false, errors: syntax };
  const [document, second] = documents;
  if (document === undefined)
    return { ok: false, errors: [{ ...at(0), file, path: '', told: { key: 'build.empty' } }] };
  const plain = toPlain(document);
  const locate: Locate = (path, part = 'value') => at(placeOf(plain, path)?.[part] ?? 0);
  const reader = new Reader(file, locate);
  for (const { path, kind, message, offset } of plain.problems) {
    const told = kind === 'duplicate' ? ({ key: 'build.duplicate' } as const) : message;
    reader.errors.push({ ...at(offset), file, path, told });
  }
  if (second !== undefined)
    reader.errors.push({ ...at(second.range[0]), file, path: '', told: { key: 'build.oneDocument' } });
  const spec = reader.read(plain.value);
  const errors = reader.errors
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .slice(0, MAX_ERRORS);
  return errors.length > 0 ? { ok: false, errors } : { ok: true, spec, locate };
}

/** The field's own place, or its nearest parent's. */
function placeOf({ places }: PlainDocument, path: string): Place | undefined {
  for (let one = path; one !== ''; one = one.replace(/(?:\.|\[)?[^.[]*$/, '')) {
    const place = places.get(one);
    if (place) return place;
  }
  return places.get('');
}

class Reader extends ImageFields {
  read(value: Plain): ImageSpec {
    if (!isPlainMap(value)) this.problem('', { key: 'build.noMapping' });
    const map = isPlainMap(value) ? value : {};
    this.onlyKnown(map, '', FIELDS);
    const programs = this.#programs(map);
    const base = this.text(map, 'base');
    if (programs.length === 0 && base === undefined && map.programs === undefined)
      this.problem('', { key: 'build.noProgram' });
    const version = this.text(map, 'version') ?? 'latest';
    return {
      name: this.#name(map, version),
      version,
      description: this.text(map, 'description') ?? '',
      base,
      programs,
      files: this.#files(map),
      config: this.#config(map, programs[0]?.paths[0]),
    };
  }

  #name(map: PlainMap, version: string): string | undefined {
    const name = this.text(map, 'name');
    if (name === undefined) return undefined;
    const hasTag = /[:@][^/]*$/.test(name);
    const parsed = parseImageName(hasTag ? name : `${name}:${version}`);
    if (hasTag) this.problem('name', { key: 'build.nameWithTag', values: { name } });
    else if (!parsed.ok)
      this.problem(parseImageName(name).ok ? 'version' : 'name', {
        key: 'build.badName',
        values: { name: `${name}:${version}` },
      });
    return `${name}:${version}`;
  }

  #config(map: PlainMap, firstPath: string | undefined): ImageConfig {
    const entrypoint = this.texts(map, 'entrypoint');
    const cmd = this.texts(map, 'cmd');
    const isSilent = entrypoint === undefined && cmd === undefined && firstPath !== undefined;
    return {
      entrypoint: isSilent ? [firstPath] : (entrypoint ?? []),
      cmd: cmd ?? [],
      env: this.texts(map, 'env', /^[^=\0]+=[^\0]*$/, 'build.badVariable') ?? [DEFAULT_PATH],
      workingDir: this.text(map, 'workingDir', /^\//, 'build.notAbsolute') ?? '/',
      user: this.text(map, 'user', /^[\w.-]+(?::[\w.-]+)?$/, 'build.badUser') ?? '',
      stopSignal: this.text(map, 'stopSignal', SIGNAL, 'build.badSignal') ?? 'SIGTERM',
      exposedPorts: this.texts(map, 'exposedPorts', PORT, 'build.badPort') ?? [],
    };
  }

  #programs(map: PlainMap): readonly ProgramSpec[] {
    const programs = this.maps(map, 'programs').flatMap(([one, field]) => this.#program(one, field) ?? []);
    const seen = new Set<string>();
    for (const { paths, field } of programs) {
      for (const path of paths) {
        if (seen.has(path)) this.problem(`${field}.paths`, { key: 'build.pathTwice', values: { path } });
        seen.add(path);
      }
    }
    return programs;
  }

  #program(map: PlainMap, field: string): ProgramSpec | undefined {
    this.onlyKnown(map, field, PROGRAM_FIELDS);
    const paths = this.texts(map, 'paths', ABSOLUTE, 'build.notAbsolute', field);
    if (paths === undefined || paths.length === 0)
      this.problem(fieldPath(field, 'paths'), { key: 'build.noPaths' });
    const component = this.text(map, 'component', RELATIVE, 'build.notRelative', field);
    const source = this.texts(map, 'source', INSIDE, 'build.notInside', field);
    const libraries = this.#libraries(map, field);
    const shared = { paths: paths ?? [], field };
    if ((map.component === undefined) === (map.source === undefined))
      this.problem(field, { key: 'build.oneOrigin' });
    else if (component !== undefined) {
      if (map.libraries !== undefined)
        this.problem(fieldPath(field, 'libraries'), { key: 'build.librariesOfC' });
      return { ...shared, kind: 'component', component };
    } else if (source !== undefined) {
      const kind = languageOf(source);
      if (kind === 'c') return { ...shared, kind, source, libraries };
      if (map.libraries !== undefined)
        this.problem(fieldPath(field, 'libraries'), { key: 'build.librariesOfC' });
      if (kind === 'assemblyscript') return { ...shared, kind, source };
      this.problem(fieldPath(field, 'source'), { key: 'build.unknownLanguage' });
    }
    return undefined;
  }

  #libraries(map: PlainMap, field: string): readonly Library[] {
    const names = this.texts(map, 'libraries', undefined, undefined, field) ?? [];
    return names.filter((name, index): name is Library => {
      if (isLibrary(name)) return true;
      const values = { library: name, libraries: LIBRARIES.join(', ') };
      this.problem(indexPath(fieldPath(field, 'libraries'), index), { key: 'build.unknownLibrary', values });
      return false;
    });
  }

  #files(map: PlainMap): readonly ImageFile[] {
    return this.maps(map, 'files').flatMap(([one, field]) => this.#imageFile(one, field) ?? []);
  }

  #imageFile(map: PlainMap, field: string): ImageFile | undefined {
    this.onlyKnown(map, field, FILE_FIELDS);
    const path = this.text(map, 'path', ABSOLUTE, 'build.notAbsolute', field);
    if (map.path === undefined) this.problem(field, { key: 'build.fileWithoutPath' });
    const mode = this.#mode(map, field);
    const kinds = ['directory', 'content', 'symlink'].filter((one) => map[one] !== undefined);
    const [kind] = kinds;
    if (kinds.length !== 1 || kind === undefined) this.problem(field, { key: 'build.oneContent' });
    else if (kind === 'directory') {
      if (map.directory !== true) this.problem(fieldPath(field, kind), { key: 'build.directoryTrue' });
      return path === undefined ? undefined : { type: 'directory', path, mode: mode ?? 0o755 };
    } else {
      const text = this.text(map, kind, undefined, undefined, field);
      if (text === undefined || path === undefined) return undefined;
      const bytes = new TextEncoder().encode(text);
      if (kind === 'content') return { type: 'file', path, mode: mode ?? 0o644, content: bytes };
      if (bytes.length > LINK_BYTES)
        this.problem(fieldPath(field, kind), { key: 'build.longLink', values: { limit: LINK_BYTES } });
      return { type: 'symlink', path, target: text };
    }
    return undefined;
  }

  #mode(map: PlainMap, field: string): number | undefined {
    const { mode } = map;
    if (mode === undefined) return undefined;
    if (typeof mode === 'number' && Number.isInteger(mode) && mode >= 0 && mode <= 0o7777) return mode;
    this.problem(fieldPath(field, 'mode'), { key: 'build.badMode' });
    return undefined;
  }
}

/** Without `..`, `//` and a slash at the end. */
const ABSOLUTE = /^(?!.*\/\.{1,2}(?:\/|$))(?:\/[^/\0]+)+$/;
const RELATIVE = /^(?!\/)[^\0]+$/;
const INSIDE = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[^/\\\0]+(?:\/[^/\\\0]+)*$/;
const SIGNAL: Pattern = { test: (name) => signalNumber(name) !== undefined };
const PORT = /^(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])\/(?:tcp|udp|sctp)$/;

function languageOf(source: readonly string[]): 'c' | 'assemblyscript' | undefined {
  if (source.length === 0) return undefined;
  if (source.every((path) => path.endsWith('.c'))) return 'c';
  return source.every((path) => path.endsWith('.ts')) ? 'assemblyscript' : undefined;
}
