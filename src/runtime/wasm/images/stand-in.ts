/** The images that podstep ships: `workloads/<name>/image.yaml`, read and checked (its schema: workloads/README.md). */
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PodstepError } from '../../../lib/errors.ts';
import type { ImageConfig, ImageFile } from '../image.ts';
import { familiarName, parseReference } from './reference.ts';

export interface StandInProgram {
  /** The component's file, relative to `workloads/`. */
  readonly component: string;
  readonly paths: readonly string[];
}

export interface StandIn {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** The references that it answers to, in full; a tag of `*` is any tag. */
  readonly names: readonly string[];
  readonly config: ImageConfig;
  readonly programs: readonly StandInProgram[];
  /** Parents first; programs are among them. */
  readonly files: readonly ImageFile[];
}

/** The folder of the stand-ins: the same place beside `src` and beside `dist`. */
export const WORKLOADS_DIRECTORY = fileURLToPath(new URL('../../../../workloads/', import.meta.url));

/** The image's own variables when it names none. */
export const DEFAULT_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const FIELDS = new Set(
  'name version description names base programs files entrypoint cmd env workingDir user stopSignal exposedPorts'.split(
    ' ',
  ),
);

/** One image.yaml while it is read: fails with the file's name. */
class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #file: string;

  constructor(value: unknown, file: string) {
    this.#file = file;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.fail('is no mapping');
    this.#values = value as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(this.#values).find((field) => !FIELDS.has(field));
    if (unknown !== undefined) this.fail(`has the unknown field "${unknown}"`);
  }

  fail(problem: string): never {
    throw new PodstepError('STORE_CORRUPT', `${this.#file} ${problem}`, {
      advice: 'The file is described in workloads/README.md.',
    });
  }

  text(field: string, fallback?: string): string {
    const value = this.#values[field] ?? fallback;
    return typeof value === 'string' ? value : this.fail(`needs the text "${field}"`);
  }

  texts(field: string, fallback: readonly string[]): readonly string[] {
    const value = this.#values[field] ?? fallback;
    const isTexts = Array.isArray(value) && value.every((one) => typeof one === 'string');
    return isTexts ? value : this.fail(`needs "${field}" as a list of texts`);
  }

  records(field: string): readonly Readonly<Record<string, unknown>>[] {
    const value = this.#values[field] ?? [];
    const isRecords = Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null);
    return isRecords ? value : this.fail(`needs "${field}" as a list of mappings`);
  }

  has(field: string): boolean {
    return this.#values[field] !== undefined;
  }
}

function programOf(entry: Readonly<Record<string, unknown>>, fields: Fields): StandInProgram {
  const { component, paths } = entry;
  if (typeof component !== 'string' || !Array.isArray(paths))
    return fields.fail('has a program without component or paths');
  if (!paths.every((path) => typeof path === 'string' && path.startsWith('/')))
    return fields.fail('has a program path that is not absolute');
  return { component, paths };
}

function fileOf(entry: Readonly<Record<string, unknown>>, fields: Fields): ImageFile {
  const { path, mode, content, symlink, directory } = entry;
  if (typeof path !== 'string' || !path.startsWith('/'))
    return fields.fail('has a file without absolute path');
  if (mode !== undefined && typeof mode !== 'number')
    return fields.fail(`gives ${path} no number as its mode`);
  if (directory === true) return { type: 'directory', path, mode: mode ?? 0o755 };
  if (typeof symlink === 'string') return { type: 'symlink', path, target: symlink };
  if (typeof content === 'string')
    return { type: 'file', path, mode: mode ?? 0o644, content: new TextEncoder().encode(content) };
  return fields.fail(`gives ${path} neither directory, content nor symlink`);
}

/** What lies in `rootfs/`; a stand-in may have none. */
async function rootFileSystem(directory: string, at = '/'): Promise<ImageFile[]> {
  const files: ImageFile[] = [];
  const entries = await readdir(join(directory, at), { withFileTypes: true }).catch((error) => {
    if (at === '/' && error.code === 'ENOENT') return [];
    throw error;
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = posix.join(at, entry.name);
    if (entry.isDirectory()) {
      files.push({ type: 'directory', path, mode: 0o755 }, ...(await rootFileSystem(directory, path)));
    } else {
      const content = await readFile(join(directory, path));
      files.push({ type: 'file', path, mode: 0o644, content });
    }
  }
  return files;
}

/** Adds missing parents and brings parents before children; a later entry of the same path wins. */
export function inOrder(files: readonly ImageFile[]): ImageFile[] {
  const byPath = new Map<string, ImageFile>();
  for (const file of files) {
    for (let parent = posix.dirname(file.path); parent !== '/'; parent = posix.dirname(parent))
      if (!byPath.has(parent)) byPath.set(parent, { type: 'directory', path: parent, mode: 0o755 });
    byPath.set(file.path, file);
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What `ls` and `test -x` see of the programs. */
export function programFiles(programs: readonly StandInProgram[]): ImageFile[] {
  return programs.flatMap(({ component, paths }) =>
    paths.map((path) => ({
      type: 'file' as const,
      path,
      mode: 0o755,
      content: new TextEncoder().encode(`#!podstep ${component}\n`),
    })),
  );
}

/** Ours replace the base's programs of the same path. */
export function mergePrograms(
  base: readonly StandInProgram[],
  own: readonly StandInProgram[],
): StandInProgram[] {
  const replaced = new Set(own.flatMap((program) => program.paths));
  const kept = base.map((program) => ({
    component: program.component,
    paths: program.paths.filter((path) => !replaced.has(path)),
  }));
  return [...kept.filter((program) => program.paths.length > 0), ...own];
}

function fullPattern(name: string): string {
  const anyTag = name.endsWith(':*');
  const reference = parseReference(anyTag ? name.slice(0, -2) : name);
  return `${reference.repository}:${anyTag ? '*' : reference.tag}`;
}

/** What was read so far, by folder: several have the same base. */
type Known = Map<string, Promise<StandIn>>;

function readOnce(directory: string, folder: string, known: Known): Promise<StandIn> {
  const reading = known.get(folder) ?? readStandIn(directory, folder, known);
  known.set(folder, reading);
  return reading;
}

async function readStandIn(directory: string, folder: string, known: Known): Promise<StandIn> {
  const file = join(directory, folder, 'image.yaml');
  const { parse } = await import('yaml');
  const fields = new Fields(
    parse(await readFile(file, 'utf8'), { version: '1.1' }),
    `workloads/${folder}/image.yaml`,
  );
  const base = fields.has('base') ? await readOnce(directory, fields.text('base'), known) : undefined;
  const programs = mergePrograms(
    base?.programs ?? [],
    fields.records('programs').map((entry) => programOf(entry, fields)),
  );
  const isProgram = new Set(programs.flatMap((program) => program.paths));
  const files = inOrder([
    ...(base?.files ?? []).filter((one) => !isProgram.has(one.path)),
    ...(await rootFileSystem(join(dirname(file), 'rootfs'))),
    ...fields.records('files').map((entry) => fileOf(entry, fields)),
    ...programFiles(programs),
  ]);
  return {
    name: fields.text('name'),
    version: fields.text('version'),
    description: fields.text('description'),
    names: fields.texts('names', []).map(fullPattern),
    programs,
    files,
    config: {
      entrypoint: fields.texts('entrypoint', []),
      cmd: fields.texts('cmd', []),
      env: fields.texts('env', [DEFAULT_PATH]),
      workingDir: fields.text('workingDir', '/'),
      user: fields.text('user', ''),
      stopSignal: fields.text('stopSignal', 'SIGTERM'),
      exposedPorts: fields.texts('exposedPorts', []),
    },
  };
}

/** Every stand-in of `directory`, by name. @throws PodstepError when an image.yaml is not as it must be. */
export async function readStandIns(directory: string = WORKLOADS_DIRECTORY): Promise<readonly StandIn[]> {
  const folders: string[] = [];
  for (const folder of (await readdir(directory)).sort()) {
    const described = await stat(join(directory, folder, 'image.yaml')).catch(() => undefined);
    if (described?.isFile()) folders.push(folder);
  }
  const known: Known = new Map();
  return Promise.all(folders.map((folder) => readOnce(directory, folder, known)));
}

/** The stand-in for `image`; undefined when there is none. A digest names the original, which this is not. */
export function findStandIn(standIns: readonly StandIn[], image: string): StandIn | undefined {
  const { repository, tag, digest } = parseReference(image);
  if (digest !== '') return undefined;
  return standIns.find(
    ({ names }) => names.includes(`${repository}:*`) || names.includes(`${repository}:${tag}`),
  );
}

/** The names that can be pulled, as people write them, shortest spelling first. */
export function pullableNames(standIns: readonly StandIn[]): string[] {
  const names = standIns.flatMap((standIn) =>
    standIn.names.map((name) => familiarName(name.replace(/:\*$/, ''))),
  );
  return [...new Set(names)].sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
}

/** Those that stand in for an image of Docker Hub: enough for a message that has to stay short. */
export function familiarNames(standIns: readonly StandIn[]): string[] {
  const isFamiliar = (registry: string) => !registry.includes('.') && registry !== 'podstep';
  return pullableNames(standIns).filter((name) => isFamiliar(name.split('/', 1)[0] ?? ''));
}
