import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hostNode } from '../../../../src/runtime/wasm/fs/host.ts';
import { HostMount, OPEN_FILES_LIMIT } from '../../../../src/runtime/wasm/fs/host-mount.ts';
import { NodeIds } from '../../../../src/runtime/wasm/fs/node.ts';

let outside: string;
let volume: string;

beforeEach(() => {
  outside = realpathSync(mkdtempSync(join(tmpdir(), 'podstep-host-')));
  volume = join(outside, 'volume');
  mkdirSync(join(volume, 'held/inner'), { recursive: true });
  mkdirSync(join(outside, 'inner'));
  writeFileSync(join(outside, 'secret'), 'the secret of the host');
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

/** A directory of the volume that a guest holds open while a symlink to the outside takes its place. */
function heldAndSwapped(below: string) {
  const mount = new HostMount({ readonly: false, ids: new NodeIds(), now: () => 0, virtual: false });
  const held = hostNode(mount, join(volume, below));
  if (held?.kind !== 'directory') throw new Error('no directory');
  renameSync(join(volume, 'held'), join(volume, 'moved'));
  symlinkSync(outside, join(volume, 'held'));
  return held;
}

test.each(['held', 'held/inner'])(
  'a held directory (%s) never turns into the target of a symlink',
  (below) => {
    const held = heldAndSwapped(below);
    const gone = /no-entry/;
    expect(() => held.lookup('secret')).toThrow(gone);
    expect(() => held.entries()).toThrow(gone);
    expect(() => held.createFile('new', 0o644)).toThrow(gone);
    expect(() => held.createDirectory('new', 0o755)).toThrow(gone);
    expect(() => held.createSymlink('new', '/')).toThrow(gone);
    expect(() => held.unlink('secret')).toThrow(gone);
    expect(() => held.removeDirectory('inner')).toThrow(gone);
    expect(() => held.stat()).toThrow(gone);
    expect(() => held.setTimes(0, 0)).toThrow(gone);
    expect(readdirSync(outside).sort()).toEqual(['inner', 'secret', 'volume']);
    expect(readdirSync(join(outside, 'inner'))).toEqual([]);
  },
);

test('a directory that stays where it is goes on working when others move', () => {
  const mount = new HostMount({ readonly: false, ids: new NodeIds(), now: () => 0, virtual: false });
  const root = hostNode(mount, volume);
  if (root?.kind !== 'directory') throw new Error('no directory');
  const inner = root.createDirectory('other', 0o755);
  inner.createFile('new', 0o644);
  expect(inner.entries()).toEqual([['new', 'regular-file']]);
});

test('a guest that opens file after file uses up its own share, not the host’s', () => {
  const mount = new HostMount({ readonly: false, ids: new NodeIds(), now: () => 0, virtual: false });
  writeFileSync(join(volume, 'file'), 'x');
  const file = hostNode(mount, join(volume, 'file'));
  if (file?.kind !== 'file') throw new Error('no file');
  const open = () => file.open({ write: false, truncate: false });
  const files = Array.from({ length: OPEN_FILES_LIMIT }, open);
  expect(open).toThrow(/insufficient-memory/);
  files.pop()?.close();
  files.push(open());
  expect(open).toThrow(/insufficient-memory/);
  for (const one of files) one.close();
  open().close();
});

test('through one mount a container makes the volume a gibibyte larger, and no more', () => {
  const mount = new HostMount({ readonly: false, ids: new NodeIds(), now: () => 0, virtual: false });
  const root = hostNode(mount, volume);
  if (root?.kind !== 'directory') throw new Error('no directory');
  const [large, small] = ['large', 'small'].map((name) =>
    root.createFile(name, 0o644).open({ write: true, truncate: false }),
  );
  // Sparse: the test's own disk holds none of it.
  large?.truncate(2 ** 30 - 10);
  expect(() => small?.write(0, new Uint8Array(11))).toThrow(/insufficient-space/);
  expect(small?.write(0, new Uint8Array(10))).toBe(10);
  large?.close();
  small?.close();
});
