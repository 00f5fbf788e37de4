/** `npm run build`, first half: makes every workload's component from its C sources, and notes what from. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileC } from '../src/runtime/wasm/build/clang.ts';
import { NEWEST_WASI } from '../src/runtime/wasm/host/offered.ts';
import { type ComponentKind, componentOf } from '../src/runtime/wasm/images/transpile-module.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const NOTE = join(here, 'built.json');

/** The folders that hold a program, each with the shared ones beside `lib` that it needs; makes `<name>/<name>.wasm`. */
const SHARED = {
  agnhost: ['serve', 'grpc'],
  busybox: [],
  nginx: [],
  pause: [],
  redis: ['serve'],
  servers: ['serve', 'grpc'],
  stress: [],
  teaching: ['serve'],
} as const;
export type ProgramName = keyof typeof SHARED;
export const PROGRAMS = Object.keys(SHARED) as ProgramName[];

/** What a component was made from, and what it is. */
export interface Built {
  readonly sourceSha256: string;
  readonly componentSha256: string;
}

export const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

export const componentPath = (name: ProgramName) => join(here, name, `${name}.wasm`);

/** C sources by path relative to `workloads/`, headers and shared sources included. */
type Sources = ReadonlyMap<string, string>;

/** Ours are clean; requests are handled by a library, not by a command. */
const FLAGS = {
  program: ['-Wextra', '-Werror'],
  proxy: ['-Wextra', '-Werror', '-mexec-model=reactor'],
} as const;

/** A program's C files and the shared ones, in a fixed order. */
export function sourcesOf(name: ProgramName): Sources {
  const sources = new Map<string, string>();
  for (const folder of ['lib', ...SHARED[name], name]) {
    const found = readdirSync(join(here, folder), { recursive: true, encoding: 'utf8' });
    for (const file of found.map((path) => path.replaceAll('\\', '/')).sort()) {
      if (!/\.[ch]$/.test(file)) continue;
      const text = readFileSync(join(here, folder, file), 'utf8').replaceAll('\r\n', '\n');
      sources.set(`${folder}/${file}`, text);
    }
  }
  return sources;
}

const TOOLCHAIN = ['build/clang.ts', 'images/transpile-module.ts'];

/** What compiles and links, as text. */
export const toolchain = () =>
  TOOLCHAIN.map((path) =>
    readFileSync(join(here, '../src/runtime/wasm', path), 'utf8').replaceAll('\r\n', '\n'),
  ).join('\n');

export const processWit = () => readFileSync(join(here, 'wit/process.wit'), 'utf8');

/** The digest of all that decides a component's bytes: sources, WIT, toolchain. */
export function sourceDigest(name: ProgramName): string {
  const versions = JSON.parse(readFileSync(join(here, '../package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  return sha256(
    JSON.stringify([
      versions.devDependencies['@yowasp/clang'],
      versions.dependencies['@bytecodealliance/jco'],
      NEWEST_WASI,
      toolchain(),
      processWit(),
      [...sourcesOf(name)],
    ]),
  );
}

export function readNote(): Partial<Record<ProgramName, Built>> {
  return existsSync(NOTE) ? (JSON.parse(readFileSync(NOTE, 'utf8')) as Record<ProgramName, Built>) : {};
}

/** Compiles these sources to a component, in memory; every folder's headers are found by their names. */
export async function buildComponent(files: Sources, kind: ComponentKind = 'program'): Promise<Uint8Array> {
  const named = (ending: string) => [...files.keys()].filter((path) => path.endsWith(ending));
  const includes = [...new Set(named('.h').map((path) => path.slice(0, path.lastIndexOf('/'))))];
  const { module, diagnostics } = await compileC({ units: named('.c'), files, includes }, FLAGS[kind]);
  if (module === undefined) throw new Error(`clang failed:\n${diagnostics}`);
  return componentOf(module, processWit(), kind);
}

/** Compiles one program in memory. */
export function build(name: ProgramName): Promise<Uint8Array> {
  return buildComponent(sourcesOf(name));
}

async function main(only: readonly string[]): Promise<void> {
  const note = { ...readNote() };
  for (const name of PROGRAMS) {
    if (only.length > 0 && !only.includes(name)) continue;
    const sourceSha256 = sourceDigest(name);
    const path = componentPath(name);
    const upToDate =
      existsSync(path) &&
      note[name]?.sourceSha256 === sourceSha256 &&
      note[name]?.componentSha256 === sha256(readFileSync(path));
    if (upToDate) {
      console.log(`${name}: unchanged`);
      continue;
    }
    const component = await build(name);
    writeFileSync(path, component);
    note[name] = { sourceSha256, componentSha256: sha256(component) };
    console.log(`${name}: ${component.length} bytes`);
  }
  writeFileSync(NOTE, `${JSON.stringify(note, null, 2)}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2));
