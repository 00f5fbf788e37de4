/** An image made of the tests' own guest: compiled once into a cache, transpiled and instrumented by the image side. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageService } from '../../../src/runtime/port.ts';
import { RuntimeError } from '../../../src/runtime/port.ts';
import type { CompiledImage, CompiledImages } from '../../../src/runtime/wasm/image.ts';
import { TranspiledComponents } from '../../../src/runtime/wasm/images/transpiled.ts';
import { buildComponent } from '../../../workloads/toolchain.ts';

const root = join(import.meta.dirname, '../../..');
const cache = join(tmpdir(), 'podstep-test-guests');
const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

async function guestComponent(): Promise<Uint8Array> {
  const lib = join(root, 'workloads/lib');
  const sources = new Map<string, string>();
  for (const name of readdirSync(lib).sort())
    sources.set(`lib/${name}`, readFileSync(join(lib, name), 'utf8'));
  sources.set('guest.c', readFileSync(join(import.meta.dirname, 'guests/guest.c'), 'utf8'));
  const wit = readFileSync(join(root, 'workloads/wit/process.wit'), 'utf8');
  const toolchain = readFileSync(join(root, 'workloads/toolchain.ts'), 'utf8');
  const path = join(cache, `${sha256(JSON.stringify([toolchain, wit, ...sources]))}.wasm`);
  if (!existsSync(path)) {
    const bytes = await buildComponent(sources, wit);
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, bytes);
    renameSync(`${path}.${process.pid}`, path);
  }
  return readFileSync(path);
}

let image: Promise<CompiledImage> | undefined;

async function makeImage(): Promise<CompiledImage> {
  const bytes = await guestComponent();
  const digest = `sha256:${sha256(bytes)}`;
  const transpiled = new TranspiledComponents(join(cache, 'transpiled'));
  await transpiled.make([{ digest, read: async () => bytes }]);
  const component = await transpiled.find(digest);
  if (component === undefined) throw new Error('the guest was not transpiled');
  const text = (content: string) => new TextEncoder().encode(content);
  return {
    id: `sha256:${sha256(`image of ${digest}`)}`,
    repoTags: ['guest:1'],
    sizeBytes: bytes.length,
    standIn: true,
    config: {
      entrypoint: ['guest'],
      cmd: ['say', 'hello'],
      env: ['FROM_IMAGE=yes'],
      workingDir: '',
      user: '',
      stopSignal: 'SIGTERM',
      exposedPorts: [],
    },
    files: [
      { type: 'directory', path: '/bin', mode: 0o755 },
      { type: 'directory', path: '/tmp', mode: 0o1777 },
      { type: 'file', path: '/bin/guest', mode: 0o755, content: text('#!podstep guest\n') },
      { type: 'file', path: '/bin/plain', mode: 0o644, content: text('not a program\n') },
      { type: 'file', path: '/bin/script', mode: 0o755, content: text('#!/bin/guest say\n') },
      { type: 'symlink', path: '/bin/other-name', target: 'guest' },
      { type: 'symlink', path: '/climb', target: '../../../../../../../../etc' },
    ],
    programs: { '/bin/guest': component },
  };
}

/** Answers for `guest:1` alone. */
export async function guestImages(): Promise<ImageService & CompiledImages> {
  image ??= makeImage();
  const { id, repoTags, sizeBytes, ...compiled } = await image;
  const known = (name: string) => name === 'guest:1' || name === id;
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
