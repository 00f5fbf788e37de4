/** A folder with an image.yaml becomes an image: read, compiled, put together. Nothing is written here. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MessageKey, Told } from '../../../messages/index.ts';
import { PROGRAM_LIMIT_BYTES } from '../images/acceptable.ts';
import {
  ANNOTATION,
  pack,
  programLayer,
  type ShippedArtifact,
  type ShippedBlob,
  shippedLayers,
} from '../images/artifact.ts';
import {
  inOrder,
  mergePrograms,
  programFiles,
  readStandIns,
  type StandIn,
  type StandInProgram,
  WORKLOADS_DIRECTORY,
} from '../images/stand-in.ts';
import { compile } from './compile.ts';
import { readRootFiles, readSources } from './folder.ts';
import type { Locate } from './image-fields.ts';
import { type ImageSpec, type ProgramSpec, readImageYaml } from './image-yaml.ts';
import { withLibraries } from './libraries.ts';
import { BuildProblem, ImageYamlProblem } from './problem.ts';

/** An image that was built and is not in any store yet. */
export interface BuiltImage {
  /** With its tag; undefined when neither the file nor the caller names it. */
  readonly name: string | undefined;
  readonly artifact: ShippedArtifact;
  /** What compilers had to say although they have compiled. */
  readonly diagnostics: string;
}

interface Build {
  readonly directory: string;
  readonly file: string;
  readonly spec: ImageSpec;
  readonly locate: Locate;
}

/**
 * Builds the image of `directory`. The same files, with the same podstep and compilers, give the same digest.
 * @throws ImageYamlProblem, BuildProblem, Error with what the system says of a file
 */
export async function buildImage(directory: string): Promise<BuiltImage> {
  const file = join(directory, 'image.yaml');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new BuildProblem({ key: 'build.noFile', values: { file } });
  });
  const read = readImageYaml(text, file);
  if (!read.ok) throw new ImageYamlProblem(read.errors);
  const build = { directory, file, ...read };
  const { spec } = read;
  const base = await baseOf(build);
  const made = await Promise.all(spec.programs.map((program) => checked(build, program)));
  const layers: ShippedBlob[] = [];
  let diagnostics = '';
  // One after the other: a compiler takes a core and hundreds of megabytes.
  for (const [index, program] of spec.programs.entries()) {
    const { bytes, said } = await bytesOf(build, program, made[index]);
    diagnostics += said;
    const descriptor = programLayer(titleOf(program), program.paths, bytes);
    layers.push({ descriptor, read: async () => bytes });
  }
  const own = spec.programs.map((program) => ({ component: titleOf(program), paths: program.paths }));
  const ofBase = mergePrograms(base?.programs ?? [], own).filter((program) => !own.includes(program));
  const files = await filesOf(build, base, [...ofBase, ...own]);
  const programs = [...layers, ...(await shippedLayers(ofBase, WORKLOADS_DIRECTORY))];
  const artifact = await pack(programs, { files, config: spec.config }, annotationsOf(spec));
  return { name: spec.name, artifact, diagnostics };
}

function annotationsOf({ name = '', version, description }: ImageSpec): Record<string, string> {
  return {
    ...(name === '' ? {} : { [ANNOTATION.title]: name }),
    [ANNOTATION.version]: version,
    ...(description === '' ? {} : { [ANNOTATION.description]: description }),
  };
}

/** What a program is called in the manifest. */
function titleOf(program: ProgramSpec): string {
  return program.kind === 'component'
    ? program.component
    : (program.source[0] ?? '').replace(/\.\w+$/, '.wasm');
}

async function filesOf(
  { directory, spec }: Build,
  base: StandIn | undefined,
  programs: readonly StandInProgram[],
) {
  const isProgram = new Set(programs.flatMap(({ paths }) => paths));
  return inOrder([
    ...(base?.files ?? []).filter(({ path }) => !isProgram.has(path)),
    ...(await readRootFiles(join(directory, 'rootfs'))),
    ...spec.files,
    ...programFiles(programs),
  ]);
}

async function baseOf(build: Build): Promise<StandIn | undefined> {
  const { base } = build.spec;
  if (base === undefined) return undefined;
  const standIns = await readStandIns();
  const found = standIns.find(({ name }) => name === base);
  const names = standIns.map(({ name }) => name).join(', ');
  return found ?? mistake(build, 'base', { key: 'build.unknownBase', values: { base, names } });
}

function mistake({ file, locate }: Build, path: string, told: Told<MessageKey>): never {
  throw new ImageYamlProblem([{ ...locate(path), file, path, told }]);
}

/** The files that the program names are there: what is wrong is said before a compiler is asked. */
async function checked(build: Build, program: ProgramSpec): Promise<ReadonlyMap<string, string>> {
  const { directory } = build;
  if (program.kind === 'component') {
    const path = `${program.field}.component`;
    const found = await stat(join(directory, program.component)).catch(() => undefined);
    const values = { file: join(directory, program.component), mib: PROGRAM_LIMIT_BYTES >> 20 };
    if (found?.isFile() !== true) mistake(build, path, { key: 'build.noSuchFile', values });
    if (found.size > PROGRAM_LIMIT_BYTES) mistake(build, path, { key: 'build.largeProgram', values });
    return new Map();
  }
  const sources = await readSources(directory, program.kind === 'c' ? ['.c', '.h'] : ['.ts']);
  const missing = program.source.findIndex((path) => !sources.has(path));
  const values = { file: join(directory, program.source[missing] ?? '') };
  if (missing >= 0)
    mistake(build, `${program.field}.source[${missing}]`, { key: 'build.noSuchFile', values });
  return sources;
}

async function bytesOf(
  build: Build,
  program: ProgramSpec,
  files: ReadonlyMap<string, string> = new Map(),
): Promise<{ bytes: Uint8Array; said: string }> {
  if (program.kind === 'component') {
    const bytes = await readFile(join(build.directory, program.component));
    if (bytes.subarray(0, 4).toString('latin1') !== '\0asm')
      mistake(build, `${program.field}.component`, {
        key: 'build.noWasm',
        values: { file: join(build.directory, program.component) },
      });
    return { bytes, said: '' };
  }
  const job = { kind: program.kind, units: program.source, files };
  const compiled = await compile(program.kind === 'c' ? await withLibraries(job, program.libraries) : job);
  if (!compiled.ok) throw new BuildProblem(compiled.problem, compiled.diagnostics);
  return { bytes: compiled.module, said: compiled.diagnostics };
}
