/** `podstep images`: what the WebAssembly runtime has pulled, and what it can pull. */
import { parseArgs } from 'node:util';
import type { Image } from '../api/cri.ts';
import { PodstepError } from '../lib/errors.ts';
import { readableBytes } from '../lib/readable-bytes.ts';
import { type PullProgress, RuntimeError } from '../runtime/port.ts';
import { imageDirectory } from '../runtime/wasm/images/home.ts';
import { familiarName } from '../runtime/wasm/images/reference.ts';
import { pullableNames, readStandIns } from '../runtime/wasm/images/stand-in.ts';
import { openImageStore, type WasmImages } from '../runtime/wasm/images/store.ts';
import { argumentProblem, type Io, say } from './io.ts';
import { table } from './table.ts';

/** What of the surroundings this command uses. */
type Output = Pick<Io, 'out' | 'err' | 'language' | 'environment' | 'isTerminal'>;

type Format = 'table' | 'json';

interface Request {
  readonly verb: string;
  readonly names: readonly string[];
  readonly output: Format;
  readonly help: boolean;
}

function parse(argv: readonly string[], io: Pick<Io, 'language'>): Request {
  let parsed: { values: { output?: string; help?: boolean }; positionals: string[] };
  try {
    const options = {
      output: { type: 'string', short: 'o' },
      help: { type: 'boolean', short: 'h' },
    } as const;
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (cause) {
    const advice = say(io, 'images.usage');
    throw new PodstepError('BAD_USAGE', argumentProblem(io, cause), {
      advice,
      cause,
    });
  }
  const { output = 'table', help = false } = parsed.values;
  if (output !== 'table' && output !== 'json')
    throw new PodstepError('BAD_USAGE', say(io, 'images.unknownOutput', { format: output }));
  const [verb = 'ls', ...names] = parsed.positionals;
  return { verb, names, output, help };
}

function shortId(id: string): string {
  return id.slice('sha256:'.length, 'sha256:'.length + 13);
}

function rowsOf(image: Image, io: Pick<Io, 'language'>): string[][] {
  const kind = say(io, image.standIn ? 'images.isStandIn' : 'images.isOriginal');
  return image.repoTags.map((name) => {
    const colon = name.lastIndexOf(':');
    return [
      name.slice(0, colon),
      name.slice(colon + 1),
      shortId(image.id),
      readableBytes(image.sizeBytes),
      kind,
    ];
  });
}

async function list(store: WasmImages, { output }: Request, io: Output): Promise<number> {
  const images = await store.listImages();
  const names = pullableNames(await readStandIns());
  if (output === 'json') {
    io.out(`${JSON.stringify({ images, pullable: names }, null, 2)}\n`);
    return 0;
  }
  const rows = images.flatMap((image) => rowsOf(image, io)).sort((a, b) => (a.join() < b.join() ? -1 : 1));
  if (rows.length === 0) io.out(`${say(io, 'images.none')}\n`);
  else io.out(`${table([['IMAGE', 'TAG', 'IMAGE ID', 'SIZE', 'KIND'], ...rows])}\n`);
  if (images.some((image) => image.standIn)) io.out(`\n${say(io, 'images.standIns')}\n`);
  io.out(`${say(io, 'images.pullable', { names: names.join(', ') })}\n`);
  return 0;
}

/** One line that is written over and over, and gone at the end. */
function progressOn(io: Output): (progress: PullProgress) => void {
  return ({ image, phase, doneBytes, totalBytes }) => {
    const percent = totalBytes === 0 ? '' : ` ${Math.floor((100 * doneBytes) / totalBytes)}%`;
    const values = { image, done: readableBytes(doneBytes), total: readableBytes(totalBytes) };
    const line = phase === 'done' ? '' : `${say(io, `images.${phase}`, values)}${percent}`;
    io.err(`\r\u001b[K${line}`);
  };
}

async function pull(store: WasmImages, { names, output }: Request, io: Output): Promise<number> {
  let exitCode = 0;
  for (const name of names) {
    try {
      await store.pullImage(name, io.isTerminal ? progressOn(io) : undefined);
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      io.err(`${io.isTerminal ? '\r\u001b[K' : ''}podstep: ${error.message}\n`);
      exitCode = 1;
      continue;
    }
    const image = await store.imageStatus(name);
    if (!image) continue;
    const values = { image: name, id: image.id, size: readableBytes(image.sizeBytes) };
    io.out(`${output === 'json' ? JSON.stringify(image) : say(io, 'images.pulled', values)}\n`);
  }
  return exitCode;
}

/** Calls `use` for each named image that is here; says which are not. */
async function eachImage(
  store: WasmImages,
  names: readonly string[],
  io: Output,
  use: (image: Image, name: string) => Promise<void>,
): Promise<number> {
  let exitCode = 0;
  for (const name of names) {
    const image = await store.imageStatus(name);
    if (image) await use(image, name);
    else {
      const directory = imageDirectory(io.environment);
      io.err(`podstep: ${say(io, 'images.notHere', { image: name, directory })}\n`);
      exitCode = 1;
    }
  }
  return exitCode;
}

function remove(store: WasmImages, { names }: Request, io: Output): Promise<number> {
  return eachImage(store, names, io, async (image, name) => {
    await store.removeImage(name);
    for (const tag of image.repoTags) io.out(`${say(io, 'images.removed', { image: familiarName(tag) })}\n`);
  });
}

function inspect(store: WasmImages, { names }: Request, io: Output): Promise<number> {
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
  });
}

type Verb = (store: WasmImages, request: Request, io: Output) => Promise<number>;

const VERBS: Readonly<Record<string, Verb | undefined>> = { ls: list, list, pull, rm: remove, inspect };

/** Resolves to the exit code. @throws PodstepError BAD_USAGE, STORE_CORRUPT */
export async function images(argv: readonly string[], io: Output): Promise<number> {
  const request = parse(argv, io);
  if (request.help) {
    io.out(`${say(io, 'images.usage')}\n`);
    return 0;
  }
  const verb = VERBS[request.verb];
  const advice = say(io, 'images.usage');
  if (!verb)
    throw new PodstepError('BAD_USAGE', say(io, 'images.unknownVerb', { verb: request.verb }), {
      advice,
    });
  if (verb !== list && request.names.length === 0)
    throw new PodstepError('BAD_USAGE', say(io, 'images.needsName', { verb: request.verb }), { advice });
  const store = await openImageStore({ directory: imageDirectory(io.environment) });
  return verb(store, request, io);
}
