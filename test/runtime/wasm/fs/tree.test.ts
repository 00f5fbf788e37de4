import { expect, test } from 'vitest';
import { MemoryFile, type MemoryStore, MemorySymlink, ROOT } from '../../../../src/runtime/wasm/fs/memory.ts';
import { MemoryDirectory } from '../../../../src/runtime/wasm/fs/memory-directory.ts';
import { NodeIds } from '../../../../src/runtime/wasm/fs/node.ts';
import { foundPath, rootLocation, walk } from '../../../../src/runtime/wasm/fs/tree.ts';

const store: MemoryStore = {
  ids: new NodeIds(),
  now: () => 0,
  limitBytes: 1 << 20,
  limitNodes: 100,
  usedBytes: 0,
  usedNodes: 0,
  readonly: false,
  actor: ROOT,
};

const root = new MemoryDirectory(store, 0o755);
const etc = new MemoryDirectory(store, 0o755);
const deep = new MemoryDirectory(store, 0o755);
root.place('etc', etc);
etc.place('deep', deep);
etc.place('hosts', new MemoryFile(store, 0o644));
root.place('absolute', new MemorySymlink(store, '/etc/hosts'));
deep.place('up', new MemorySymlink(store, '../hosts'));
deep.place('over', new MemorySymlink(store, '../../../../../etc'));
root.place('self', new MemorySymlink(store, 'self'));

const location = rootLocation(root);
const path = (text: string, follow = true) => foundPath(walk(location, location, text, follow));

test.each([
  ['/etc/hosts', '/etc/hosts'],
  ['etc//./hosts', '/etc/hosts'],
  ['/etc/../etc/deep/..', '/etc'],
  ['/../../..', '/'],
  ['/absolute', '/etc/hosts'],
  ['/etc/deep/up', '/etc/hosts'],
  ['/etc/deep/over/hosts', '/etc/hosts'],
  ['/etc/new', '/etc/new'],
])('%s is %s', (text, expected) => {
  expect(path(text)).toBe(expected);
});

test('the last symlink is followed only when asked', () => {
  expect(path('/absolute', false)).toBe('/absolute');
});

test.each([
  ['', 'no-entry'],
  ['/none/at/all', 'no-entry'],
  ['/etc/hosts/x', 'not-directory'],
  ['/etc/hosts/', 'not-directory'],
  ['/self', 'loop'],
  ['/etc/\0', 'invalid'],
  [`/${'n'.repeat(300)}`, 'name-too-long'],
  ['/x'.repeat(4000), 'name-too-long'],
])('%j fails with %s', (text, code) => {
  expect(() => path(text)).toThrow(code);
});
