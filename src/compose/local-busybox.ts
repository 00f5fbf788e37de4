/**
 * A machine that reaches no registry: its own static busybox becomes the image that a pod asks for, under the same
 * name, marked as podstep's. Only for images that are called busybox, and only where the real one cannot be pulled.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { parseImageName } from '../api/image-name.ts';
import { PodstepError } from '../lib/errors.ts';
import type { EngineClient } from '../runtime/docker/engine/client.ts';
import { LABEL_OWNER } from '../runtime/docker/pods/labels.ts';
import type { ImageService } from '../runtime/port.ts';
import type { ImageFile } from '../runtime/wasm/image.ts';
import { writeTar } from '../runtime/wasm/images/tar.ts';
import type { LocalBusybox } from './engine.ts';

interface Options extends LocalBusybox {
  /** The node's mark: its end takes the images along. */
  readonly owner: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The images as they are, but for those that are called busybox and cannot be pulled. */
export function withLocalBusybox(images: ImageService, engine: EngineClient, options: Options): ImageService {
  return {
    ...images,
    async pullImage(ref, onProgress, auth) {
      try {
        return await images.pullImage(ref, onProgress, auth);
      } catch (error) {
        const file = await standInFor(ref, options);
        if (file === undefined) throw error;
        if ((await images.imageStatus(ref)) === null) await importAs(ref, file, engine, options.owner);
        const image = await images.imageStatus(ref);
        if (image === null) throw error;
        options.onUse?.(ref, file);
        return image.repoDigests[0] ?? image.id;
      }
    },
  };
}

/** The program for an image of this name; undefined where there is none. */
async function standInFor(ref: string, { file, environment }: Options): Promise<string | undefined> {
  const parsed = parseImageName(ref);
  if (!parsed.ok || parsed.name.digest !== '' || !parsed.name.repository.endsWith('/busybox'))
    return undefined;
  if (file !== undefined) {
    if (!(await isStatic(file)))
      throw new PodstepError('FILE_UNREADABLE', `${file} is no static program of Linux`);
    return file;
  }
  const folders = (environment.PATH ?? process.env.PATH ?? '').split(delimiter);
  for (const folder of folders) {
    const found = join(folder, 'busybox');
    if (await isStatic(found)) return found;
  }
  return undefined;
}

/** An ELF file that names no interpreter: it needs nothing beside itself. */
async function isStatic(file: string): Promise<boolean> {
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined || bytes.subarray(1, 4).toString('latin1') !== 'ELF') return false;
  return !/\/lib\w*\/ld-|\/ld-musl/.test(bytes.subarray(0, 4096).toString('latin1'));
}

/** `POST /images/create` from a tar of its own. */
async function importAs(ref: string, file: string, engine: EngineClient, owner: string): Promise<void> {
  const parsed = parseImageName(ref);
  if (!parsed.ok) throw new PodstepError('BAD_USAGE', parsed.error);
  const { repository: repo, tag } = parsed.name;
  const tar = await writeTar(await rootOf(file));
  // Of several changes to the image, each is a line of a Dockerfile.
  const changes = ['CMD ["sh"]', `LABEL ${LABEL_OWNER}=${JSON.stringify(owner)}`].join('\n');
  const lines = engine.lines<{ readonly error?: string }>('POST', '/images/create', {
    query: { fromSrc: '-', repo, tag, changes },
    tar,
  });
  for await (const { error } of lines)
    if (error !== undefined) throw new PodstepError('RUNTIME_FAILED', error);
}

/** The file system of Docker Hub's busybox, as far as programs look for it. */
async function rootOf(file: string): Promise<ImageFile[]> {
  const { stdout } = await promisify(execFile)(file, ['--list']);
  const applets = stdout.split('\n').filter((name) => name !== '' && name !== 'busybox');
  const directory = (path: string, mode = 0o755): ImageFile => ({ type: 'directory', path, mode });
  const text = (path: string, content: string): ImageFile => ({
    ...{ type: 'file', path, mode: 0o644 },
    content: Buffer.from(content),
  });
  const link = (path: string, target: string): ImageFile => ({ type: 'symlink', path, target });
  return [
    ...['/bin', '/etc', '/home', '/usr', '/usr/bin', '/usr/sbin', '/var'].map((path) => directory(path)),
    directory('/root', 0o700),
    directory('/tmp', 0o1777),
    text('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n'),
    text('/etc/group', 'root:x:0:\nnobody:x:65534:\n'),
    { type: 'file', path: '/bin/busybox', mode: 0o755, content: await readFile(file) },
    ...applets.map((name) => link(`/bin/${name}`, 'busybox')),
    link('/usr/bin/env', '../../bin/busybox'),
  ];
}
