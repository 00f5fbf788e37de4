/** The floors of the house: who may import whom, and which package belongs to which room (src/README.md). */
import { type Problem, resolved, type SourceFile } from './source.ts';

const CORE = ['lib', 'messages', 'api', 'machines', 'kubelet', 'cluster'] as const;

/** What each folder may import beside itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  messages: ['lib'],
  api: ['lib', 'messages'],
  machines: ['lib', 'messages', 'api'],
  kubelet: ['lib', 'messages', 'api', 'machines'],
  cluster: ['lib', 'messages', 'api', 'machines', 'kubelet'],
  runtime: ['lib', 'messages', 'api'],
  engine: [...CORE],
  apiserver: [...CORE, 'engine'],
  lessons: [...CORE, 'engine'],
  compare: [...CORE, 'engine'],
  tui: [...CORE, 'engine', 'lessons'],
  cli: [...CORE, 'runtime', 'engine', 'apiserver', 'lessons', 'compare', 'tui', 'compose'],
  compose: [...CORE, 'runtime', 'engine', 'apiserver', 'lessons', 'tui'],
};

/** The one file of the runtimes that others may know: the port's types, told by name. */
const PORT = 'src/runtime/port.ts';
const KNOWS_THE_PORT = ['engine', 'tui', 'lessons', 'apiserver'];

/** Where a package may be imported; the others may be imported nowhere in src. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  xstate: /^src\/(machines|lessons)\//,
  yaml: /^src\/(api\/manifest|runtime\/wasm\/images|lessons)\//,
  'kubernetes-models': /^src\/api\/types\.ts$/,
  ink: /^src\/tui\//,
  react: /^src\/tui\//,
  'string-width': /^src\/(tui|cli|engine)\//,
  'modern-tar': /^src\/runtime\/wasm\/images\/(layer|tar)\.ts$/,
  '@yowasp/clang': /^src\/runtime\/wasm\/build\/clang\.ts$/,
  'smol-toml': /^src\/runtime\/wasm\/registry\/hosts-file\.ts$/,
};
const JCO = /^@bytecodealliance\//;
const JCO_PLACE = /^src\/runtime\/wasm\/images\/transpile[^/]*\.ts$/;

/** The room of a file: `api` for src/api/types.ts; empty for what lies in src itself. */
export function roomOf(path: string): string {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? '';
}

/** Whether the file belongs to the pure floors, 0 to 4, or to the line-up of traces, which is as pure. */
export function isCore(path: string): boolean {
  return [...CORE, 'compare'].includes(roomOf(path));
}

/** Imports that go up or sideways, and packages in the wrong room. */
export function checkLayers(files: readonly SourceFile[]): Problem[] {
  return [...files.flatMap(checkFile), ...checkJco(files)];
}

function checkFile(file: SourceFile): Problem[] {
  const room = roomOf(file.path);
  if (room === '') return [];
  const allowed = MAY_IMPORT[room];
  if (!allowed) return [{ path: file.path, problem: `no floor has a folder ${room}` }];
  return file.imports.flatMap(({ from, typeOnly }) => {
    const target = resolved(file.path, from);
    if (target === undefined) return checkPackage(file.path, from, typeOnly);
    const other = roomOf(target);
    if (other === room || allowed.includes(other)) return [];
    if (target === PORT && KNOWS_THE_PORT.includes(room)) {
      return typeOnly || room === 'engine'
        ? []
        : [{ path: file.path, problem: 'may know of the port its types only' }];
    }
    return [{ path: file.path, problem: `${room} may not import ${target}` }];
  });
}

function checkPackage(path: string, from: string, typeOnly: boolean): Problem[] {
  if (from.startsWith('node:') || JCO.test(from)) return [];
  const name = from.startsWith('@') ? from.split('/').slice(0, 2).join('/') : (from.split('/')[0] ?? from);
  const place = PACKAGES[name];
  if (!place?.test(path)) return [{ path, problem: `may not import the package ${name}` }];
  if (name === 'kubernetes-models' && !typeOnly)
    return [{ path, problem: 'may take types only from kubernetes-models' }];
  return [];
}

/** The transpiler is known to the files that are named after it. */
function checkJco(files: readonly SourceFile[]): Problem[] {
  return files
    .filter((file) => file.imports.some(({ from, typeOnly }) => JCO.test(from) && !typeOnly))
    .filter(({ path }) => !JCO_PLACE.test(path))
    .map(({ path }) => ({ path, problem: 'may not import jco' }));
}
