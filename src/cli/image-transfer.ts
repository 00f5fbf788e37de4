/** `podstep images pull` and `push`: bytes between the store and registries, with how far they are. */
import type { AuthConfig } from '../api/cri.ts';
import { PodstepError } from '../lib/errors.ts';
import { readableBytes } from '../lib/readable-bytes.ts';
import { type PullProgress, RuntimeError } from '../runtime/port.ts';
import type { WasmImages } from '../runtime/wasm/images/store.ts';
import { dockerCredentials, parseCredentials } from './image-credentials.ts';
import type { ImagesIo, ImagesRequest } from './images.ts';
import { say } from './io.ts';
import { progressOn } from './pull-progress.ts';
import { transferAdvice } from './transfer-advice.ts';

/** Does one transfer with the credentials for `image`; says why it did not happen. True when it did. */
async function transfer(
  image: string,
  { creds }: ImagesRequest,
  io: ImagesIo,
  work: (auth: AuthConfig | undefined, onProgress: (progress: PullProgress) => void) => Promise<unknown>,
): Promise<boolean> {
  const { auth, note } =
    creds === undefined
      ? await dockerCredentials(image, io)
      : { auth: parseCredentials(creds, io), note: undefined };
  const progress = progressOn(io);
  try {
    await work(auth, progress.onProgress);
    return true;
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    progress.end();
    io.err(`podstep: ${error.message}\n`);
    const advice = transferAdvice(error.message, image, note, io);
    if (advice !== undefined) io.err(`${say(io, 'cli.advice', { advice })}\n`);
    return false;
  } finally {
    progress.end();
  }
}

/** Brings each of the images; 1 when one did not come. */
export async function pull(store: WasmImages, request: ImagesRequest, io: ImagesIo): Promise<number> {
  let exitCode = 0;
  for (const name of request.names) {
    const isHere = await transfer(name, request, io, (auth, onProgress) =>
      store.pullImage(name, onProgress, auth),
    );
    if (!isHere) exitCode = 1;
    else await report(store, name, name, 'images.pulled', request, io);
  }
  return exitCode;
}

/** Sends one image to the registry of its name, or of another. */
export async function push(store: WasmImages, request: ImagesRequest, io: ImagesIo): Promise<number> {
  const [name = '', as = name, ...more] = request.names;
  if (more.length > 0) throw new PodstepError('BAD_USAGE', say(io, 'images.pushNames'));
  const isSent = await transfer(as, request, io, (auth, onProgress) =>
    store.pushImage(name, { as, onProgress, ...(auth && { auth }) }),
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
