/** An image of the store as a container needs it: its files, its programs, how to run it. */
import { basename, posix } from 'node:path';
import type { ImageConfig, ImageFile } from '../image.ts';
import { WASM_CONFIG_TYPES, WASM_LAYER_TYPES } from '../registry/media-types.ts';
import { ANNOTATION, type ConfigFile, imageConfig, type Manifest } from './artifact.ts';
import { type Descriptor, isDigest, sha256 } from './digest.ts';
import { type Budget, readLayer, UNPACK_LIMITS, type UnpackLimits } from './layer.ts';
import { RootFiles } from './root-files.ts';

/** A component or core module of an image, and the paths that start it. */
export interface ImageProgram {
  readonly digest: string;
  readonly paths: readonly string[];
  readonly sizeBytes: number;
  /** False when the image is of use without it: a file that merely lies in it. */
  readonly isNeeded: boolean;
  readonly read: () => Promise<Uint8Array>;
}

export interface UnpackedImage {
  readonly config: ImageConfig;
  readonly files: readonly ImageFile[];
  readonly programs: readonly ImageProgram[];
}

type Read = (descriptor: Descriptor) => Promise<Uint8Array>;

/** Whether a layer is a program by itself. */
export function isProgramLayer({ mediaType }: Descriptor): boolean {
  return WASM_LAYER_TYPES.has(mediaType);
}

/** More programs in one image have no purpose here. */
const MOST_PROGRAMS = 64;

/** An image without a program is of use as a volume. @throws Error when it is damaged or too large. */
export async function unpack(
  manifest: Manifest,
  read: Read,
  limits: UnpackLimits = UNPACK_LIMITS,
): Promise<UnpackedImage> {
  const file = asConfigFile(await read(manifest.config));
  const root = await rootOf(manifest, file, read, limits);
  const layers = manifest.layers.filter(isProgramLayer);
  const shipped = layers.map((layer, index) => layerProgram(layer, index, read));
  const stubs = shipped.filter(({ hasStub }) => hasStub).flatMap(({ program }) => program.paths.map(stub));
  const found = programsAmong(root);
  const config = runnable(imageConfig(file), [...shipped.map(({ program }) => program), ...found]);
  const entry = config.entrypoint[0] ?? config.cmd[0] ?? '';
  const programs = [
    ...shipped.map(({ program }) => program),
    ...found.map((program) => ({
      ...program,
      isNeeded: found.length === 1 || program.paths.includes(entry),
    })),
  ];
  if (programs.length > MOST_PROGRAMS)
    throw new Error(`the image holds ${programs.length} WebAssembly programs, more than ${MOST_PROGRAMS}`);
  const isProgram = new Set(found.flatMap(({ paths }) => paths));
  // Whoever looks at the mode sees that it can be started.
  const files = root.map((one) =>
    one.type === 'file' && isProgram.has(one.path) ? { ...one, mode: one.mode | 0o111 } : one,
  );
  return { config, files: [...files, ...stubs], programs };
}

function asConfigFile(bytes: Uint8Array): ConfigFile {
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes) || '{}');
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('the configuration is no JSON object');
  return value as ConfigFile;
}

async function rootOf(
  manifest: Manifest,
  file: ConfigFile,
  read: Read,
  limits: UnpackLimits,
): Promise<readonly ImageFile[]> {
  const root = new RootFiles(limits);
  const budget: Budget = { bytes: 0, entries: 0 };
  const diffIds = WASM_CONFIG_TYPES.has(manifest.config.mediaType) ? undefined : file.rootfs?.diff_ids;
  for (const [index, layer] of manifest.layers.entries()) {
    if (isProgramLayer(layer)) continue;
    root.beginLayer();
    const diffId = await readLayer(await read(layer), budget, limits, (entry) => root.apply(entry)).catch(
      (cause: unknown) => {
        const problem = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`failed to extract layer ${layer.digest}: ${problem}`, { cause });
      },
    );
    const wanted = Array.isArray(diffIds) ? diffIds[index] : undefined;
    if (typeof wanted === 'string' && isDigest(wanted) && wanted !== diffId)
      throw new Error(
        `wrong diff id ${JSON.stringify(diffId)} calculated on extraction ${JSON.stringify(wanted)}`,
      );
  }
  return root.list();
}

interface LayerProgram {
  readonly program: ImageProgram;
  /** True when no layer of files names it. */
  readonly hasStub: boolean;
}

/** A layer that is a program: what podstep has made says its paths; of others it is `/NAME.wasm`. */
function layerProgram(layer: Descriptor, index: number, read: Read): LayerProgram {
  const { digest, size: sizeBytes, annotations = {} } = layer;
  const named = pathsOf(annotations[ANNOTATION.paths]);
  const title = basename(annotations[ANNOTATION.title] ?? '');
  const own = `/${/^(?!\.{1,2}$)[\w.-]+$/.test(title) ? title : index === 0 ? 'main.wasm' : `main-${index}.wasm`}`;
  const paths = named ?? [own];
  return {
    program: { digest, paths, sizeBytes, isNeeded: true, read: () => read(layer) },
    hasStub: named === undefined,
  };
}

function pathsOf(annotation: string | undefined): readonly string[] | undefined {
  if (annotation === undefined) return undefined;
  const paths: unknown = JSON.parse(annotation);
  const isPath = (path: unknown): path is string => typeof path === 'string' && path.startsWith('/');
  if (!Array.isArray(paths) || !paths.every(isPath))
    throw new Error(`the annotation ${ANNOTATION.paths} is no list of absolute paths: ${annotation}`);
  return paths;
}

/** What `ls` shows of a program that is no file of any layer. */
function stub(path: string): ImageFile {
  return {
    type: 'file',
    path,
    mode: 0o755,
    content: new TextEncoder().encode(`#!podstep ${basename(path)}\n`),
  };
}

const WASM = [0x00, 0x61, 0x73, 0x6d];

/** The files that are WebAssembly, whatever they are called. */
function programsAmong(files: readonly ImageFile[]): readonly ImageProgram[] {
  const byDigest = new Map<string, ImageProgram>();
  for (const file of files) {
    if (file.type !== 'file' || !WASM.every((byte, index) => file.content[index] === byte)) continue;
    const digest = sha256(file.content);
    const paths = [...(byDigest.get(digest)?.paths ?? []), file.path];
    byDigest.set(digest, {
      digest,
      paths,
      sizeBytes: file.content.length,
      isNeeded: false,
      read: async () => file.content,
    });
  }
  return [...byDigest.values()];
}

/** With a command that is found: an artifact without one runs its first program, `app.wasm` means `/app.wasm`. */
function runnable(config: ImageConfig, programs: readonly ImageProgram[]): ImageConfig {
  const first = programs[0]?.paths[0];
  if (config.entrypoint.length === 0 && config.cmd.length === 0)
    return first === undefined ? config : { ...config, entrypoint: [first] };
  const paths = new Set(programs.flatMap((program) => program.paths));
  const absolute = ([name, ...rest]: readonly string[]): readonly string[] => {
    if (name === undefined) return [];
    const path = posix.join('/', name);
    return [!name.startsWith('/') && paths.has(path) ? path : name, ...rest];
  };
  return config.entrypoint.length > 0
    ? { ...config, entrypoint: absolute(config.entrypoint) }
    : { ...config, cmd: absolute(config.cmd) };
}
