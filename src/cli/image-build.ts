/** `podstep images build`: a folder with an image.yaml becomes an image of the store. */
import { parseImageName } from '../api/image-name.ts';
import { PodstepError } from '../lib/errors.ts';
import { tell } from '../messages/index.ts';
import { buildImage } from '../runtime/wasm/build/build.ts';
import type { ImageYamlError } from '../runtime/wasm/build/image-fields.ts';
import { BuildProblem, ImageYamlProblem } from '../runtime/wasm/build/problem.ts';
import type { WasmImages } from '../runtime/wasm/images/store.ts';
import { report } from './image-transfer.ts';
import type { ImagesIo, ImagesRequest } from './images.ts';
import { say } from './io.ts';
import { progressOn } from './pull-progress.ts';

/** 0 built, 1 it does not compile or cannot run. @throws PodstepError BAD_USAGE, BAD_MANIFEST, FILE_UNREADABLE */
export async function build(store: WasmImages, request: ImagesRequest, io: ImagesIo): Promise<number> {
  const [directory, ...more] = request.names;
  if (directory === undefined || more.length > 0)
    throw new PodstepError('BAD_USAGE', say(io, 'build.needsDirectory'));
  try {
    const { name = '', artifact, diagnostics } = await buildImage(directory);
    const image = request.tag ?? name;
    if (image === '') throw new BuildProblem({ key: 'build.needsName', values: { directory } });
    const parsed = parseImageName(image);
    if (!parsed.ok) throw new PodstepError('BAD_USAGE', parsed.error);
    io.err(diagnostics);
    await addTo(store, image, artifact, io);
    await report(store, image, image, 'build.built', request, io);
    return 0;
  } catch (error) {
    if (error instanceof ImageYamlProblem) {
      for (const one of error.errors) io.err(`${lineOf(one, io)}\n`);
      return 2;
    }
    if (!(error instanceof BuildProblem)) throw unreadable(error);
    io.err(error.diagnostics);
    io.err(`podstep: ${tell(error.told, io.language)}\n`);
    return 1;
  }
}

/** `image.yaml:3:5: programs[0].paths: ...` */
function lineOf({ file, line, column, path, told }: ImageYamlError, io: ImagesIo): string {
  const text = typeof told === 'string' ? told : tell(told, io.language);
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${text}`;
}

async function addTo(
  store: WasmImages,
  image: string,
  artifact: Parameters<WasmImages['addImage']>[1],
  io: ImagesIo,
): Promise<void> {
  const progress = progressOn(io);
  try {
    await store.addImage(image, artifact, progress.onProgress);
  } catch (error) {
    if (error instanceof PodstepError || !(error instanceof Error)) throw error;
    throw new BuildProblem({ key: 'build.notRunnable', values: { problem: error.message } });
  } finally {
    progress.end();
  }
}

/** A file or folder that the system does not give; anything else is no error of a person. */
function unreadable(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  return new PodstepError('FILE_UNREADABLE', error.message, { cause: error });
}
