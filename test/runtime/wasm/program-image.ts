/** An image service that knows one image, made of whatever programs and files a test has. */
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageService } from '../../../src/runtime/port.ts';
import { RuntimeError } from '../../../src/runtime/port.ts';
import type {
  CompiledComponent,
  CompiledImage,
  CompiledImages,
  ImageConfig,
  ImageFile,
} from '../../../src/runtime/wasm/image.ts';
import { TranspiledComponents } from '../../../src/runtime/wasm/images/transpiled.ts';

/** Where tests keep what they have compiled and transpiled. */
export const CACHE = process.env.PODSTEP_TEST_GUESTS ?? join(tmpdir(), 'podstep-test-guests');

export const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

/** Transpiled and instrumented by the image side, from a cache when the same bytes were here before. */
export async function transpile(bytes: Uint8Array): Promise<CompiledComponent> {
  const digest = `sha256:${sha256(bytes)}`;
  const transpiled = new TranspiledComponents(join(CACHE, 'transpiled'));
  await transpiled.make([{ digest, read: async () => bytes }]);
  const component = await transpiled.find(digest);
  if (component === undefined) throw new Error('the program was not transpiled');
  return component;
}

/** `programs` by the path that starts them; each is also a file there. */
export async function programImage(
  name: string,
  programs: Readonly<Record<string, Uint8Array>>,
  config: Partial<ImageConfig> = {},
  files: readonly ImageFile[] = [],
): Promise<CompiledImage> {
  const compiled: Record<string, CompiledComponent> = {};
  for (const [path, bytes] of Object.entries(programs)) compiled[path] = await transpile(bytes);
  const stub = (path: string): ImageFile => ({
    type: 'file',
    path,
    mode: 0o755,
    content: new TextEncoder().encode(`#!podstep ${path.slice(path.lastIndexOf('/') + 1)}\n`),
  });
  const digests = Object.values(compiled).map(({ digest }) => digest);
  return {
    id: `sha256:${sha256(`image of ${digests.join()}`)}`,
    repoTags: [name],
    sizeBytes: Object.values(programs).reduce((sum, { length }) => sum + length, 0),
    standIn: true,
    config: {
      entrypoint: [],
      cmd: [],
      env: [],
      workingDir: '',
      user: '',
      stopSignal: 'SIGTERM',
      exposedPorts: [],
      ...config,
    },
    files: [
      { type: 'directory', path: '/bin', mode: 0o755 },
      { type: 'directory', path: '/tmp', mode: 0o1777 },
      ...Object.keys(programs).map(stub),
      ...files,
    ],
    programs: compiled,
  };
}

/** Answers for that image alone. */
export function imagesOf(image: CompiledImage): ImageService & CompiledImages {
  const { id, repoTags, sizeBytes, ...compiled } = image;
  const known = (name: string) => repoTags.includes(name) || name === id;
  const status = { id, repoTags, repoDigests: [], sizeBytes, pinned: false, standIn: true };
  return {
    compiled: async (name) => (known(name) ? { id, repoTags, sizeBytes, ...compiled } : null),
    async pullImage(name) {
      if (known(name)) return id;
      throw new RuntimeError('NotFound', `no such image: ${name}`);
    },
    imageStatus: async (name) => (known(name) ? status : null),
    listImages: async () => [status],
    removeImage: async () => {},
    imageFsInfo: async () => [],
  };
}
