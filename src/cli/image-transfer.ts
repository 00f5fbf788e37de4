/** `podstep images pull` and `push`: bytes between the store and registries, with how far they are. */
import { PodstepError } from '../lib/errors.ts';
import { readableBytes } from '../lib/readable-bytes.ts';
import { type PullProgress, RuntimeError } from '../runtime/port.ts';
import type { WasmImages } from '../runtime/wasm/images/store.ts';
import { dockerCredentials, parseCredentials } from './image-credentials.ts';
import type { ImagesIo, ImagesRequest } from './images.ts';
import { say } from './io.ts';

const CLEAR_LINE = '\r\u001b[K';
const BAR_CELLS = 20;

/** `[#####---------------]  27%` */
function bar(doneBytes: number, totalBytes: number): string {
  const share = Math.min(1, doneBytes / totalBytes);
  const cells = '#'.repeat(Math.floor(share * BAR_CELLS)).padEnd(BAR_CELLS, '-');
  return ` [${cells}] ${Math.floor(100 * share)}%`;
}

/** One line on a terminal that is written over and over, and gone at the end; nothing elsewhere. */
export function progressOn(io: ImagesIo): ((progress: PullProgress) => void) | undefined {
  if (!io.isTerminal) return undefined;
  return ({ image, phase, doneBytes, totalBytes }) => {
    const values = { image, done: readableBytes(doneBytes), total: readableBytes(totalBytes) };
    const share = totalBytes === 0 ? '' : bar(doneBytes, totalBytes);
    io.err(`${CLEAR_LINE}${phase === 'done' ? '' : `${say(io, `images.${phase}`, values)}${share}`}`);
  };
}

/** Takes the line of the progress away. */
export function clearProgress(io: ImagesIo): void {
  if (io.isTerminal) io.err(CLEAR_LINE);
}

/** Does one transfer with the credentials for `image`; says why it did not happen. True when it did. */
async function transfer(
  image: string,
  { creds }: ImagesRequest,
  io: ImagesIo,
  work: (auth: Awaited<ReturnType<typeof dockerCredentials>>['auth']) => Promise<unknown>,
): Promise<boolean> {
  const { auth, note } =
    creds === undefined
      ? await dockerCredentials(image, io)
      : { auth: parseCredentials(creds, io), note: undefined };
  try {
    await work(auth);
    clearProgress(io);
    return true;
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    clearProgress(io);
    io.err(`podstep: ${error.message}\n`);
    if (note !== undefined && /authoriz|denied|401|403/i.test(error.message))
      io.err(`${say(io, 'cli.advice', { advice: note })}\n`);
    return false;
  }
}

/** Brings each of the images; 1 when one did not come. */
export async function pull(store: WasmImages, request: ImagesRequest, io: ImagesIo): Promise<number> {
  let exitCode = 0;
  for (const name of request.names) {
    const isHere = await transfer(name, request, io, (auth) => store.pullImage(name, progressOn(io), auth));
    if (!isHere) exitCode = 1;
    else await report(store, name, name, 'images.pulled', request, io);
  }
  return exitCode;
}

/** Sends one image to the registry of its name, or of another. */
export async function push(store: WasmImages, request: ImagesRequest, io: ImagesIo): Promise<number> {
  const [name = '', as = name, ...more] = request.names;
  if (more.length > 0) throw new PodstepError('BAD_USAGE', say(io, 'images.pushNames'));
  const onProgress = progressOn(io);
  const options = { as, ...(onProgress && { onProgress }) };
  const isSent = await transfer(as, request, io, (auth) =>
    store.pushImage(name, { ...options, ...(auth && { auth }) }),
  );
  if (!isSent) return 1;
  await report(store, name, as, 'images.pushed', request, io);
  return 0;
}

/** The image as it is now, in a line or as JSON. */
export async function report(
  store: WasmImages,
  name: string,
  shown: string,
  key: 'images.pulled' | 'images.pushed' | 'build.built',
  { output }: ImagesRequest,
  io: ImagesIo,
): Promise<void> {
  const image = await store.imageStatus(name);
  if (image === null) return;
  const values = { image: shown, id: image.id, size: readableBytes(image.sizeBytes) };
  io.out(`${output === 'json' ? JSON.stringify(image) : say(io, key, values)}\n`);
}
