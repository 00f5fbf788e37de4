/** An image made of the tests' own guest: compiled once into a cache, transpiled and instrumented by the image side. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import type { ImageService } from '../../../src/runtime/port.ts';
import type { CompiledImage, CompiledImages } from '../../../src/runtime/wasm/image.ts';
import { buildComponent, processWit, toolchain } from '../../../workloads/build.ts';
import { CACHE, imagesOf, programImage, sha256 } from './program-image.ts';

const root = join(import.meta.dirname, '../../..');

/** `guest`, which has a `main`, or `proxy`, which handles requests. */
type GuestName = 'guest' | 'proxy';

async function guestComponent(guest: GuestName): Promise<Uint8Array> {
  const lib = join(root, 'workloads/lib');
  const guests = join(import.meta.dirname, 'guests');
  const sources = new Map<string, string>();
  for (const name of readdirSync(lib).sort())
    sources.set(`lib/${name}`, readFileSync(join(lib, name), 'utf8'));
  for (const name of [`${guest}.c`, 'fetch.h', 'floods.h', 'http.h'])
    sources.set(`guests/${name}`, readFileSync(join(guests, name), 'utf8'));
  const path = join(CACHE, `${sha256(JSON.stringify([toolchain(), processWit(), ...sources]))}.wasm`);
  if (!existsSync(path)) {
    const bytes = await buildComponent(sources, guest === 'proxy' ? 'proxy' : 'program');
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, bytes);
    renameSync(`${path}.${process.pid}`, path);
  }
  return readFileSync(path);
}

let image: Promise<CompiledImage> | undefined;

/** Further programs of the image by name: components, or core modules of WASI preview 1, as text. */
export type WatPrograms = Readonly<Record<string, string>>;

async function makeImage(more: WatPrograms = {}): Promise<CompiledImage> {
  const programs: Record<string, Uint8Array> = {
    '/bin/guest': await guestComponent('guest'),
    '/bin/proxy': await guestComponent('proxy'),
  };
  for (const [name, wat] of Object.entries(more)) {
    programs[`/bin/${name}`] = Uint8Array.from(await parse(wat));
  }
  const text = (content: string) => new TextEncoder().encode(content);
  const config = { entrypoint: ['guest'], cmd: ['say', 'hello'], env: ['FROM_IMAGE=yes'] };
  return programImage('guest:1', programs, config, [
    { type: 'file', path: '/bin/plain', mode: 0o644, content: text('not a program\n') },
    { type: 'file', path: '/bin/script', mode: 0o755, content: text('#!/bin/guest say\n') },
    { type: 'symlink', path: '/bin/other-name', target: 'guest' },
    { type: 'symlink', path: '/climb', target: '../../../../../../../../etc' },
  ]);
}

/** Answers for `guest:1` alone. */
export async function guestImages(more?: WatPrograms): Promise<ImageService & CompiledImages> {
  if (more !== undefined) return imagesOf(await makeImage(more));
  image ??= makeImage();
  return imagesOf(await image);
}
