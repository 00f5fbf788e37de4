/** `wasi:filesystem`'s descriptor, function by function, in memory and on the host. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Descriptor } from '../../../../src/runtime/wasm/host/descriptor.ts';
import type { DescriptorFlags, OpenFlags } from '../../../../src/runtime/wasm/host/open-at.ts';
import { BACKINGS, EPOCH_MS, type FakeProcess, processOn } from './fake-process.ts';

const FOLLOW = { symlinkFollow: true };
const RW = { read: true, write: true };
const NEW = { create: true, exclusive: true };
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (content: Uint8Array) => new TextDecoder().decode(content);
const seconds = (value: number) => ({ seconds: BigInt(value), nanoseconds: 0 });
const at = (value: number) => ({ tag: 'timestamp', val: seconds(value) }) as const;
const KEEP = { tag: 'no-change' } as const;
const NOW_TIME = { tag: 'now' } as const;

describe.each(BACKINGS)('a descriptor in %s', (backing) => {
  let process: FakeProcess;
  let remove: () => void;
  let dir: Descriptor;

  beforeEach(() => {
    ({ process, remove } = processOn(backing));
    dir = process.open();
    put('a.txt', 'test-a\n');
    put('b.txt', 'test-b\n');
    dir.symlinkAt('..', 'parent');
    dir.createDirectoryAt('sub');
    put('sub/inner', 'inner\n');
  });
  afterEach(() => remove());

  const open = (path: string, flags: DescriptorFlags = { read: true }, how: OpenFlags = {}, follow = {}) =>
    dir.openAt(follow, path, how, flags);
  function put(path: string, content: string): void {
    const file = open(path, RW, { create: true, truncate: true });
    file.write(bytes(content), 0n);
    file[Symbol.dispose]();
  }
  const show = (path: string) => text(open(path, { read: true }, {}, FOLLOW).read(100n, 0n)[0]);
  const names = (of: Descriptor = dir) => {
    const stream = of.readDirectory();
    const found: string[] = [];
    for (let entry = stream.readDirectoryEntry(); entry; entry = stream.readDirectoryEntry())
      found.push(`${entry.name}:${entry.type}`);
    return found.sort();
  };
  const stat = (path: string, follow = {}) => dir.statAt(follow, path) as Record<string, unknown>;
  const hash = (path: string, follow = {}) => dir.metadataHashAt(follow, path);
  /** Paths that mean no file anywhere, and what each is answered with. */
  const NOWHERE: readonly (readonly [string, string])[] = [
    ['', 'no-entry'],
    ['/a.txt', 'not-permitted'],
    ['a\0b', 'invalid'],
    ['a.txt/x', 'not-directory'],
    ['none/x', 'no-entry'],
    ['n'.repeat(256), 'name-too-long'],
  ];

  test('open-at: which flags a descriptor has', () => {
    expect(dir.getFlags()).toMatchObject({ read: true, mutateDirectory: true });
    const flags = (how: OpenFlags, asked: DescriptorFlags, path = 'a.txt') => {
      const { read, write } = open(path, asked, how).getFlags();
      return { read, write };
    };
    expect(flags({}, {})).toEqual({ read: true, write: false });
    expect(flags({}, { write: true })).toEqual({ read: false, write: true });
    expect(flags({ exclusive: true }, {})).toEqual({ read: true, write: false });
    expect(flags(NEW, {}, 'new-1')).toEqual(RW);
    expect(flags(NEW, { write: true }, 'new-2')).toEqual({ read: false, write: true });
    expect(open('sub', { mutateDirectory: true }).getFlags()).toMatchObject({
      read: true,
      mutateDirectory: true,
    });
    expect(open('a.txt', { ...RW, fileIntegritySync: true }).getFlags().fileIntegritySync).toBe(true);
  });

  test('open-at: what is refused, and how', () => {
    for (const [path, code] of NOWHERE) expect(() => open(path), path).toThrow(code);
    expect(() => open('sub', { write: true })).toThrow('is-directory');
    expect(() => open('sub', {}, { truncate: true })).toThrow('is-directory');
    expect(() => open('sub', {}, { create: true })).toThrow('is-directory');
    expect(() => open('a.txt', {}, { directory: true })).toThrow('not-directory');
    expect(() => open('a.txt/')).toThrow('not-directory');
    expect(() => open('new/', RW, { create: true })).toThrow('is-directory');
    expect(() => open('new', RW, { create: true, directory: true })).toThrow('invalid');
    expect(() => open('a.txt', RW, NEW)).toThrow('exist');
    expect(() => open('parent')).toThrow('loop');
    expect(() => open('parent', {}, { directory: true })).toThrow('not-directory');
    expect(() => open('z.txt')).toThrow('no-entry');
    expect(() => open('a.txt').openAt({}, 'x', {}, {})).toThrow('not-directory');
    expect(names()).not.toContain('new:regular-file');
  });

  test('open-at: a dangling symlink is created through, but not exclusively', () => {
    dir.symlinkAt('target', 'dangling');
    expect(() => open('dangling', RW, NEW, FOLLOW)).toThrow('exist');
    expect(() => open('dangling', {}, {}, FOLLOW)).toThrow('no-entry');
    open('dangling', RW, { create: true }, FOLLOW);
    expect(names()).toContain('target:regular-file');
  });

  test('open-at: truncation empties, and create leaves what is there', () => {
    open('a.txt', RW, { create: true });
    expect(show('a.txt')).toBe('test-a\n');
    open('a.txt', RW, { truncate: true });
    expect(stat('a.txt').size).toBe(0n);
  });

  test('read and write at offsets', () => {
    const file = open('a.txt', RW);
    const read = (length: number, offset: number) => {
      const [piece, end] = file.read(BigInt(length), BigInt(offset));
      return [text(piece), end];
    };
    expect(read(0, 0)).toEqual(['', false]);
    expect(read(1, 1)).toEqual(['e', false]);
    expect(read(100, 0)).toEqual(['test-a\n', false]);
    expect(read(1, 7)).toEqual(['', true]);
    expect(read(1, 17)).toEqual(['', true]);
    expect(file.read(1n, 1n << 60n)).toEqual([new Uint8Array(), true]);
    expect(() => file.read(1n, (1n << 64n) - 1n)).toThrow('invalid');
    expect(() => file.write(bytes('x'), (1n << 64n) - 1n)).toThrow('invalid');
    expect(() => file.write(bytes('x'), 1n << 60n)).toThrow(/file-too-large|insufficient-space/);
    expect(file.write(bytes('!'), 10n)).toBe(1n);
    expect(show('a.txt')).toBe('test-a\n\0\0\0!');
    expect(() => open('a.txt').write(bytes('x'), 0n)).toThrow('bad-descriptor');
    expect(() => open('a.txt', { write: true }).read(1n, 0n)).toThrow('bad-descriptor');
    expect(() => open('sub').read(1n, 0n)).toThrow('is-directory');
  });

  test('read-via-stream from an offset, to its end, and again after the file has grown', () => {
    const stream = open('a.txt').readViaStream(5n);
    expect(text(stream.read(100n))).toBe('a\n');
    expect(() => stream.read(1n)).toThrow();
    open('a.txt', RW).write(bytes('more'), 7n);
    expect(text(stream.read(100n))).toBe('more');
    expect(() => open('a.txt', { write: true }).readViaStream(0n)).toThrow('bad-descriptor');
    expect(() => open('a.txt').readViaStream((1n << 64n) - 1n)).toThrow('invalid');
    expect(() => dir.readViaStream(0n)).toThrow('is-directory');
  });

  test('write-via-stream goes on where it is, append-via-stream always at the end', async () => {
    const file = open('a.txt', RW);
    const writer = file.writeViaStream(1n);
    const first = file.appendViaStream();
    const second = file.appendViaStream();
    writer.write(bytes('X'));
    writer.write(bytes('Y'));
    first.write(bytes('1'));
    second.write(bytes('2'));
    await first.blockingWriteAndFlush(bytes('3'));
    expect(show('a.txt')).toBe('tXYt-a\n123');
    writer.writeZeroes(2n);
    expect(show('a.txt')).toBe('tXY\0\0a\n123');
    expect(() => open('a.txt').writeViaStream(0n)).toThrow('bad-descriptor');
    expect(() => open('a.txt').appendViaStream()).toThrow('bad-descriptor');
  });

  test('a stream outlives its descriptor, and the file its last name', () => {
    const file = open('a.txt', RW);
    const writer = file.writeViaStream(0n);
    const reader = file.readViaStream(0n);
    dir.unlinkFileAt('a.txt');
    file[Symbol.dispose]();
    writer.write(bytes('gone'));
    expect(text(reader.read(100n))).toBe('gone-a\n');
  });

  test('set-size: longer with zeroes, shorter, also without a name', () => {
    const file = open('a.txt', RW);
    file.setSize(9n);
    expect(show('a.txt')).toBe('test-a\n\0\0');
    file.setSize(4n);
    expect(show('a.txt')).toBe('test');
    expect(() => open('a.txt').setSize(1n)).toThrow('bad-descriptor');
    expect(() => file.setSize((1n << 64n) - 1n)).toThrow('invalid');
    expect(() => file.setSize(1n << 62n)).toThrow(/file-too-large|insufficient-space/);
    dir.unlinkFileAt('a.txt');
    file.setSize(42n);
    expect(file.stat()).toMatchObject({ size: 42n });
  });

  test('sync, sync-data and advise', () => {
    const file = open('a.txt');
    file.sync();
    file.syncData();
    file.advise();
    dir.sync();
    expect(() => dir.advise()).toThrow('bad-descriptor');
  });

  test('stat: types, sizes, links', () => {
    expect(stat('a.txt')).toMatchObject({ type: 'regular-file', size: 7n, linkCount: 1n });
    expect(stat('sub')).toMatchObject({ type: 'directory' });
    expect(stat('parent')).toMatchObject({ type: 'symbolic-link', size: 2n });
    expect(stat('parent', FOLLOW)).toMatchObject({ type: 'directory' });
    expect(dir.getType()).toBe('directory');
    expect(open('a.txt').getType()).toBe('regular-file');
    for (const [path, code] of NOWHERE) expect(() => stat(path), path).toThrow(code);
  });

  test('times: each by itself, now, and what makes them change', () => {
    const time = (path: string, which: string) => (stat(path)[which] as { seconds: bigint }).seconds;
    const accessed = (path: string) => time(path, 'dataAccessTimestamp');
    const modified = (path: string) => time(path, 'dataModificationTimestamp');
    const changed = (path: string) => time(path, 'statusChangeTimestamp');
    const start = BigInt(EPOCH_MS / 1000);
    expect(modified('a.txt')).toBe(start);
    process.passMs(5000);
    dir.setTimesAt({}, 'a.txt', at(100), KEEP);
    expect([accessed('a.txt'), modified('a.txt'), changed('a.txt')]).toEqual([100n, start, start + 5n]);
    const file = open('a.txt', RW);
    file.setTimes(KEEP, at(200));
    expect([accessed('a.txt'), modified('a.txt')]).toEqual([100n, 200n]);
    process.passMs(5000);
    file.setTimes(KEEP, NOW_TIME);
    expect(modified('a.txt')).toBe(start + 10n);
    file.setTimes(at(7), at(7));
    dir.renameAt('a.txt', dir, 'renamed');
    expect([modified('renamed'), changed('renamed')]).toEqual([7n, start + 10n]);
    file.write(bytes('x'), 0n);
    expect(modified('renamed')).toBe(start + 10n);
    dir.setTimesAt({}, 'parent', at(5), at(5));
    expect(modified('parent')).toBe(5n);
    const bad = { tag: 'timestamp', val: { seconds: 1n, nanoseconds: 1_000_000_000 } } as const;
    expect(() => file.setTimes(bad, KEEP)).toThrow('invalid');
  });

  test('a directory’s time changes with its names', () => {
    const modified = () => (stat('sub').dataModificationTimestamp as { seconds: bigint }).seconds;
    const before = modified();
    process.passMs(3000);
    open('sub/inner', RW).write(bytes('x'), 0n);
    expect(modified()).toBe(before);
    put('sub/new', '');
    expect(modified()).toBe(before + 3n);
    process.passMs(3000);
    dir.unlinkFileAt('sub/new');
    expect(modified()).toBe(before + 6n);
  });

  test('create-directory-at and remove-directory-at', () => {
    dir.createDirectoryAt('d');
    dir.createDirectoryAt('d/e///');
    expect(() => dir.createDirectoryAt('d')).toThrow('exist');
    expect(() => dir.createDirectoryAt('.')).toThrow('exist');
    expect(() => dir.createDirectoryAt('a.txt')).toThrow('exist');
    expect(() => dir.removeDirectoryAt('d')).toThrow('not-empty');
    expect(() => dir.removeDirectoryAt('d/e/.')).toThrow('invalid');
    expect(() => dir.removeDirectoryAt('.')).toThrow(/invalid|busy/);
    expect(() => dir.removeDirectoryAt('a.txt')).toThrow('not-directory');
    expect(() => dir.removeDirectoryAt('parent')).toThrow('not-directory');
    expect(() => dir.removeDirectoryAt('parent/')).toThrow('not-directory');
    expect(() => dir.removeDirectoryAt('none')).toThrow('no-entry');
    dir.removeDirectoryAt('d/e//');
    dir.removeDirectoryAt('d');
    expect(names()).not.toContain('d:directory');
    for (const [path, code] of NOWHERE) {
      expect(() => dir.createDirectoryAt(path), path).toThrow(code);
      expect(() => dir.removeDirectoryAt(path), path).toThrow(code);
    }
  });

  test('unlink-file-at', () => {
    expect(() => dir.unlinkFileAt('sub')).toThrow('is-directory');
    expect(() => dir.unlinkFileAt('sub/')).toThrow('is-directory');
    expect(() => dir.unlinkFileAt('.')).toThrow('is-directory');
    expect(() => dir.unlinkFileAt('a.txt/')).toThrow('not-directory');
    expect(() => dir.unlinkFileAt('parent/')).toThrow('not-directory');
    for (const [path, code] of NOWHERE) expect(() => dir.unlinkFileAt(path), path).toThrow(code);
    dir.unlinkFileAt('parent');
    dir.unlinkFileAt('a.txt');
    expect(() => dir.unlinkFileAt('a.txt')).toThrow('no-entry');
    expect(names()).toEqual(['b.txt:regular-file', 'sub:directory']);
  });

  test('rename-at: over files, symlinks and empty directories', () => {
    dir.renameAt('a.txt', dir, 'a.txt');
    dir.symlinkAt('b.txt', 'link');
    dir.renameAt('a.txt', dir, 'link');
    expect([show('link'), show('b.txt')]).toEqual(['test-a\n', 'test-b\n']);
    dir.renameAt('link', open('sub'), 'inner');
    expect(show('sub/inner')).toBe('test-a\n');
    dir.createDirectoryAt('empty');
    dir.renameAt('sub', dir, 'empty');
    dir.renameAt('empty/', dir, 'sub/');
    expect(show('sub/inner')).toBe('test-a\n');
    expect(names()).toEqual(['b.txt:regular-file', 'parent:symbolic-link', 'sub:directory']);
  });

  test('rename-at: what is refused', () => {
    dir.createDirectoryAt('full');
    put('full/x', '');
    const mv = (from: string, to: string) => () => dir.renameAt(from, dir, to);
    expect(mv('none', 'x')).toThrow('no-entry');
    expect(mv('.', 'x')).toThrow('busy');
    expect(mv('a.txt', '.')).toThrow('busy');
    expect(mv('a.txt', 'sub')).toThrow('is-directory');
    expect(mv('sub', 'a.txt')).toThrow('not-directory');
    expect(mv('sub', 'full')).toThrow('not-empty');
    expect(mv('sub', 'sub/below')).toThrow('invalid');
    expect(mv('a.txt', 'new/')).toThrow('not-directory');
    expect(mv('a.txt/', 'new')).toThrow('not-directory');
    expect(mv('parent/', 'new')).toThrow('not-directory');
    for (const [path, code] of NOWHERE) {
      expect(mv(path, 'x'), path).toThrow(code);
      expect(mv('a.txt', path), path).toThrow(code);
    }
    expect(show('a.txt')).toBe('test-a\n');
  });

  test('link-at: another name for the same file, or the same symlink', () => {
    dir.linkAt({}, 'a.txt', open('sub'), 'second');
    expect(stat('a.txt').linkCount).toBe(2n);
    expect(hash('a.txt')).toEqual(hash('sub/second'));
    open('sub/second', RW).write(bytes('both'), 0n);
    expect(show('a.txt')).toBe('both-a\n');
    dir.unlinkFileAt('a.txt');
    expect([show('sub/second'), stat('sub/second').linkCount]).toEqual(['both-a\n', 1n]);
    dir.linkAt({}, 'parent', dir, 'parent-2');
    expect([dir.readlinkAt('parent-2'), stat('parent').linkCount]).toEqual(['..', 2n]);
    dir.symlinkAt('b.txt', 'to-b');
    dir.linkAt(FOLLOW, 'to-b', dir, 'b-2');
    expect(stat('b-2').type).toBe('regular-file');
  });

  test('link-at: what is refused', () => {
    const ln = (from: string, to: string) => () => dir.linkAt({}, from, dir, to);
    expect(ln('.', 'x')).toThrow('not-permitted');
    expect(ln('sub', 'x')).toThrow('not-permitted');
    expect(ln('a.txt', 'a.txt')).toThrow('exist');
    expect(ln('a.txt', 'sub')).toThrow('exist');
    expect(ln('a.txt', 'parent')).toThrow('exist');
    expect(ln('a.txt', 'x/')).toThrow('no-entry');
    for (const [path, code] of NOWHERE) {
      expect(ln(path, 'x'), path).toThrow(code);
      expect(ln('a.txt', path), path).toThrow(code);
    }
  });

  test('symlink-at and readlink-at', () => {
    dir.symlinkAt('anything at all', 'link');
    expect(dir.readlinkAt('link')).toBe('anything at all');
    dir.symlinkAt('/a.txt', 'absolute');
    expect(show('absolute')).toBe('test-a\n');
    dir.symlinkAt('../../../b.txt', 'sub/up');
    expect(show('sub/up')).toBe('test-b\n');
    dir.symlinkAt('self', 'self');
    expect(() => open('self', {}, {}, FOLLOW)).toThrow('loop');
    expect(() => stat('self', FOLLOW)).toThrow('loop');
    expect(() => dir.symlinkAt('x', 'a.txt')).toThrow('exist');
    expect(() => dir.symlinkAt('x', 'new/')).toThrow('no-entry');
    expect(() => dir.symlinkAt('', 'new')).toThrow('no-entry');
    expect(() => dir.symlinkAt('a\0', 'new')).toThrow('invalid');
    expect(() => dir.symlinkAt('x'.repeat(4096), 'new')).toThrow('name-too-long');
    for (const path of ['.', 'a.txt', 'sub']) expect(() => dir.readlinkAt(path), path).toThrow('invalid');
    for (const [path, code] of NOWHERE) {
      expect(() => dir.symlinkAt('x', path), path).toThrow(code);
      expect(() => dir.readlinkAt(path), path).toThrow(code);
    }
  });

  test('read-directory: as it was when it was opened', () => {
    const stream = dir.readDirectory();
    dir.unlinkFileAt('a.txt');
    const first = stream.readDirectoryEntry();
    expect(first).toBeDefined();
    expect(names()).toEqual(['b.txt:regular-file', 'parent:symbolic-link', 'sub:directory']);
    expect(names(open('sub'))).toEqual(['inner:regular-file']);
    expect(() => open('b.txt').readDirectory()).toThrow('not-directory');
  });

  test('is-same-object and metadata-hash go by the file, not by its name', () => {
    const a = open('a.txt');
    expect(a.isSameObject(open('a.txt', RW))).toBe(true);
    expect(a.isSameObject(open('b.txt'))).toBe(false);
    expect(dir.isSameObject(open('sub/..'))).toBe(true);
    const before = hash('a.txt');
    dir.renameAt('a.txt', dir, 'c.txt');
    put('a.txt', 'another');
    expect(hash('c.txt')).toEqual(before);
    expect(hash('a.txt')).not.toEqual(before);
    expect(open('c.txt').metadataHash()).toEqual(a.metadataHash());
    expect(hash('parent')).not.toEqual(hash('parent', FOLLOW));
    for (const [path, code] of NOWHERE) expect(() => hash(path), path).toThrow(code);
  });

  test('the root is where .. ends', () => {
    expect(open('../../sub/../a.txt').isSameObject(open('a.txt'))).toBe(true);
    expect(open('parent/parent/..', {}, {}, FOLLOW).isSameObject(dir)).toBe(true);
  });
});
