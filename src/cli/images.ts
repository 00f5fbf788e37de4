/** `podstep images`: what the WebAssembly runtime has pulled, and what it can pull. */
import { parseArgs } from 'node:util';
import type { Image } from '../api/cri.ts';
import { PodstepError } from '../lib/errors.ts';
import { readableBytes } from '../lib/readable-bytes.ts';
import { imageDirectory } from '../runtime/wasm/images/home.ts';
import { familiarName } from '../runtime/wasm/images/reference.ts';
import { pullableNames, readStandIns } from '../runtime/wasm/images/stand-in.ts';
import { openImageStore, type WasmImages } from '../runtime/wasm/images/store.ts';
import { pull, push } from './image-transfer.ts';
import { argumentProblem, type Io, say } from './io.ts';
import { table } from './table.ts';

/** What of the surroundings these commands use. */
export type ImagesIo = Pick<Io, 'out' | 'err' | 'language' | 'environment' | 'isTerminal'>;

type Format = 'table' | 'json';

/** One command line of `podstep images`. */
export interface ImagesRequest {
  readonly verb: string;
  readonly names: readonly string[];
  readonly output: Format;
  readonly help: boolean;
  /** Removes also what another process runs. */
  readonly force: boolean;
  /** Ids alone. */
  readonly quiet: boolean;
  readonly digests: boolean;
  /** `USER:PASSWORD`. */
  readonly creds: string | undefined;
  /** The name of what is built. */
  readonly tag: string | undefined;
}

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  help: { type: 'boolean', short: 'h' },
  force: { type: 'boolean', short: 'f' },
  quiet: { type: 'boolean', short: 'q' },
  digests: { type: 'boolean' },
  creds: { type: 'string' },
  tag: { type: 'string', short: 't' },
} as const;

/** The verbs that take an option; the others would not hear it. */
const TAKES: Readonly<Record<string, readonly string[] | undefined>> = {
  force: ['rm'],
  quiet: ['ls', 'list'],
  digests: ['ls', 'list'],
  creds: ['pull', 'push'],
  tag: ['build'],
};

function parse(argv: readonly string[], io: Pick<Io, 'language'>): ImagesRequest {
  let parsed: ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    const advice = say(io, 'images.usage');
    throw new PodstepError('BAD_USAGE', argumentProblem(io, cause), {
      advice,
      cause,
    });
  }
  const { output = 'table', help = false, quiet = false, digests = false, ...values } = parsed.values;
  const { force = false, creds, tag } = values;
  if (output !== 'table' && output !== 'json')
    throw new PodstepError('BAD_USAGE', say(io, 'images.unknownOutput', { format: output }));
  const [verb = 'ls', ...names] = parsed.positionals;
  const unheard = Object.keys(parsed.values).find((option) => TAKES[option]?.includes(verb) === false);
  if (unheard !== undefined && Object.hasOwn(VERBS, verb))
    throw new PodstepError('BAD_USAGE', say(io, 'images.unusedOption', { verb, option: unheard }));
  return { verb, names, output, help, force, quiet, digests, creds, tag };
}

function shortId(id: string): string {
  return id.slice('sha256:'.length, 'sha256:'.length + 13);
}

function rowsOf(image: Image, kind: string, digests: boolean): string[][] {
  // A name with a digest has no tag.
  const names =
    image.repoTags.length > 0 ? image.repoTags : image.repoDigests.map((name) => name.split('@')[0] ?? '');
  return names.map((name) => {
    const colon = name.lastIndexOf(':');
    const hasTag = image.repoTags.length > 0;
    return [
      hasTag ? name.slice(0, colon) : name,
      hasTag ? name.slice(colon + 1) : '<none>',
      ...(digests ? [image.id] : []),
      shortId(image.id),
      readableBytes(image.sizeBytes),
      kind,
    ];
  });
}

async function kindOf(store: WasmImages, { id, standIn }: Image) {
  if (standIn) return 'images.isStandIn' as const;
  return (await store.isBuilt(id)) ? ('images.isBuilt' as const) : ('images.isOriginal' as const);
}

async function list(store: WasmImages, request: ImagesRequest, io: ImagesIo): Promise<number> {
  const images = await store.listImages();
  if (request.quiet) {
    for (const { id } of images) io.out(`${id}\n`);
    return 0;
  }
  const names = pullableNames(await readStandIns());
  if (request.output === 'json') {
    io.out(`${JSON.stringify({ images, pullable: names }, null, 2)}\n`);
    return 0;
  }
  const kinds = await Promise.all(images.map((image) => kindOf(store, image)));
  const rows = images
    .flatMap((image, index) => rowsOf(image, say(io, kinds[index] ?? 'images.isOriginal'), request.digests))
    .sort((a, b) => (a.join() < b.join() ? -1 : 1));
  const digest = request.digests ? ['DIGEST'] : [];
  if (rows.length === 0) io.out(`${say(io, 'images.none')}\n`);
  else io.out(`${table([['IMAGE', 'TAG', ...digest, 'IMAGE ID', 'SIZE', 'KIND'], ...rows])}\n`);
  if (images.some((image) => image.standIn)) io.out(`\n${say(io, 'images.standIns')}\n`);
  io.out(`${say(io, 'images.pullable', { names: names.join(', ') })}\n`);
  return 0;
}

/** Calls `use` for each named image that is here; says which are not. 1 when one is not, or `use` gave false. */
async function eachImage(
  store: WasmImages,
  names: readonly string[],
  io: ImagesIo,
  use: (image: Image, name: string) => Promise<boolean>,
): Promise<number> {
  let exitCode = 0;
  for (const name of names) {
    const image = await store.imageStatus(name);
    if (image === null) {
      const directory = imageDirectory(io.environment);
      io.err(`podstep: ${say(io, 'images.notHere', { image: name, directory })}\n`);
    }
    if (image === null || !(await use(image, name))) exitCode = 1;
  }
  return exitCode;
}

function remove(store: WasmImages, { names, force }: ImagesRequest, io: ImagesIo): Promise<number> {
  return eachImage(store, names, io, async (image, name) => {
    const others = force ? [] : await store.othersThatRun(name);
    if (others.length > 0) {
      io.err(`podstep: ${say(io, 'images.inUse', { image: name, processes: others.join(', ') })}\n`);
      io.err(`${say(io, 'cli.advice', { advice: say(io, 'images.endOrForce') })}\n`);
      return false;
    }
    await store.removeImage(name);
    for (const tag of image.repoTags) io.out(`${say(io, 'images.removed', { image: familiarName(tag) })}\n`);
    return true;
  });
}

function inspect(store: WasmImages, { names }: ImagesRequest, io: ImagesIo): Promise<number> {
  return eachImage(store, names, io, async (status, name) => {
    const compiled = await store.compiled(name);
    const info = compiled && {
      config: compiled.config,
      programs: Object.fromEntries(
        Object.entries(compiled.programs).map(([path, { digest }]) => [path, digest]),
      ),
      files: compiled.files.map((file) => file.path),
    };
    io.out(`${JSON.stringify({ status, info }, null, 2)}\n`);
    return true;
  });
}

type Verb = (store: WasmImages, request: ImagesRequest, io: ImagesIo) => Promise<number>;

const VERBS: Readonly<Record<string, Verb | undefined>> = {
  ls: list,
  list,
  pull,
  push,
  // Loads what compilers need only where something is built.
  build: async (store, request, io) => (await import('./image-build.ts')).build(store, request, io),
  rm: remove,
  inspect,
};

/** Resolves to the exit code. @throws PodstepError BAD_USAGE, STORE_CORRUPT */
export async function images(argv: readonly string[], io: ImagesIo): Promise<number> {
  const request = parse(argv, io);
  if (request.help) {
    io.out(`${say(io, 'images.usage')}\n`);
    return 0;
  }
  const verb = Object.hasOwn(VERBS, request.verb) ? VERBS[request.verb] : undefined;
  const advice = say(io, 'images.usage');
  if (!verb)
    throw new PodstepError('BAD_USAGE', say(io, 'images.unknownVerb', { verb: request.verb }), {
      advice,
    });
  if (verb !== list && request.verb !== 'build' && request.names.length === 0)
    throw new PodstepError('BAD_USAGE', say(io, 'images.needsName', { verb: request.verb }), { advice });
  const store = await openImageStore({ directory: imageDirectory(io.environment) });
  return verb(store, request, io);
}
