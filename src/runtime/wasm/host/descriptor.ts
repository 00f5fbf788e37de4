/** The `descriptor` resource of `wasi:filesystem/types`: an open directory or file of the container. */
import { present } from '../../../lib/assert.ts';
import type { DeviceNode, FileNode, Node, OpenFile, Stat } from '../fs/node.ts';
import { type Found, type Location, walk } from '../fs/tree.ts';
import type { Process } from '../process/process.ts';
import { type Datetime, datetime, datetimeMs } from './clocks.ts';
import { DirectoryEntryStream } from './directory-entries.ts';
import { deviceSink, deviceSource, FileSink, FileSource, openDevice, SharedFile } from './file-bytes.ts';
import {
  checkOpenFlags,
  type DescriptorFlags,
  follows,
  grantedFlags,
  nodeToOpen,
  type OpenFlags,
  synced,
} from './open-at.ts';
import { FileError } from './result.ts';
import { InputStream, OutputStream } from './streams.ts';

interface PathFlags {
  readonly symlinkFollow?: boolean;
}
type NewTimestamp =
  | { readonly tag: 'no-change' }
  | { readonly tag: 'now' }
  | { readonly tag: 'timestamp'; readonly val: Datetime };

const READ_LIMIT_BYTES = 1 << 20;
/** What opening, making or listing something costs in virtual time, in bytes of `hostCall`. */
const PATH_BYTES = 4096;
/** Offsets and sizes are signed in the systems behind: POSIX's off_t. */
const OFFSET_LIMIT = 1n << 63n;
const SYMLINK_TARGET_LIMIT_BYTES = 4095;
const NS_PER_SECOND = 1_000_000_000;

type Target =
  | { readonly kind: 'directory'; readonly location: Location }
  | { readonly kind: 'file'; readonly node: Node; readonly shared: SharedFile };

export class Descriptor {
  readonly process: Process;
  readonly #target: Target;
  readonly #flags: DescriptorFlags;
  readonly #release: () => void;

  constructor(process: Process, target: Target, flags: DescriptorFlags) {
    this.process = process;
    this.#target = target;
    this.#flags = flags;
    this.#release = process.own(() => {
      if (target.kind === 'file') target.shared.release();
    });
  }

  readViaStream(offset: bigint): InputStream {
    const { node, shared } = this.#file('read');
    const device = node.kind === 'device' ? deviceSource(this.process, node.name) : undefined;
    return new InputStream(this.process, device ?? new FileSource(shared, offsetOf(offset)));
  }

  writeViaStream(offset: bigint): OutputStream {
    return this.#outputStream(offsetOf(offset));
  }

  appendViaStream(): OutputStream {
    return this.#outputStream('end');
  }

  #outputStream(offset: number | 'end'): OutputStream {
    const { node, shared } = this.#file('write');
    const device = node.kind === 'device' ? deviceSink(this.process, node.name) : undefined;
    return new OutputStream(this.process, device ?? new FileSink(shared, offset));
  }

  /** Nothing is read ahead here. */
  advise(): void {
    if (this.#target.kind === 'directory') throw new FileError('bad-descriptor');
  }

  syncData(): void {
    this.sync();
  }

  sync(): void {
    this.process.hostCall(PATH_BYTES);
    if (this.#target.kind === 'file') this.#target.shared.open.sync();
  }

  getFlags(): DescriptorFlags {
    return this.#flags;
  }

  getType(): Stat['type'] {
    return this.#stat().type;
  }

  setSize(size: bigint): void {
    this.process.hostCall(PATH_BYTES);
    this.#file('write').shared.open.truncate(offsetOf(size));
  }

  setTimes(accessed: NewTimestamp, modified: NewTimestamp): void {
    this.#node().setTimes(this.#timestamp(accessed), this.#timestamp(modified));
  }

  read(length: bigint, offset: bigint): [bytes: Uint8Array, end: boolean] {
    const { shared } = this.#file('read');
    const bytes = shared.open.read(offsetOf(offset), Math.min(Number(length), READ_LIMIT_BYTES));
    this.process.hostCall(bytes.length);
    return [bytes, bytes.length === 0 && length > 0n];
  }

  write(bytes: Uint8Array, offset: bigint): bigint {
    this.process.hostCall(bytes.length);
    return BigInt(this.#file('write').shared.open.write(offsetOf(offset), bytes));
  }

  readDirectory(): DirectoryEntryStream {
    const entries = this.#directory().directory.entries();
    this.process.hostCall(PATH_BYTES + 64 * entries.length);
    return new DirectoryEntryStream(this.process, entries);
  }

  createDirectoryAt(path: string): void {
    const found = this.#name(path);
    if (found.node !== undefined) throw new FileError('exist');
    found.parent.directory.createDirectory(found.name, 0o755);
  }

  stat(): object {
    this.process.hostCall();
    return witStat(this.#stat());
  }

  statAt(flags: PathFlags, path: string): object {
    return witStat(this.#existing(path, flags.symlinkFollow === true).stat());
  }

  setTimesAt(flags: PathFlags, path: string, accessed: NewTimestamp, modified: NewTimestamp): void {
    const node = this.#existing(path, flags.symlinkFollow === true);
    node.setTimes(this.#timestamp(accessed), this.#timestamp(modified));
  }

  linkAt(flags: PathFlags, oldPath: string, to: Descriptor, newPath: string): void {
    const node = this.#existing(oldPath, flags.symlinkFollow === true);
    if (node.kind !== 'file' && node.kind !== 'symlink') throw new FileError('not-permitted');
    const { parent, name } = to.#newName(newPath);
    parent.directory.linkHere(name, node);
  }

  openAt(pathFlags: PathFlags, path: string, open: OpenFlags, asked: DescriptorFlags): Descriptor {
    checkOpenFlags(open);
    const found = this.#walk(path, follows(pathFlags.symlinkFollow === true, open));
    const created = found.node === undefined;
    const node = nodeToOpen(found, open, asked);
    const flags = grantedFlags(asked, created);
    if (node.kind === 'directory') {
      return new Descriptor(
        this.process,
        { kind: 'directory', location: present(found.location, 'the way to a directory') },
        flags,
      );
    }
    const opened = this.#open(node, flags, open.truncate === true && !created);
    const shared = new SharedFile(synced(opened, flags));
    return new Descriptor(this.process, { kind: 'file', node, shared }, flags);
  }

  readlinkAt(path: string): string {
    const node = this.#existing(path, false);
    if (node.kind !== 'symlink') throw new FileError('invalid');
    return node.target;
  }

  removeDirectoryAt(path: string): void {
    const found = this.#name(path);
    if (found.node === undefined) throw new FileError('no-entry');
    if (found.name === '') throw new FileError(found.parent.parent === undefined ? 'busy' : 'invalid');
    if (found.node.kind !== 'directory') throw new FileError('not-directory');
    found.parent.directory.removeDirectory(found.name);
  }

  renameAt(oldPath: string, to: Descriptor, newPath: string): void {
    const from = this.#name(oldPath);
    const target = to.#name(newPath);
    if (from.node === undefined) throw new FileError('no-entry');
    if (from.name === '' || target.name === '') throw new FileError('busy');
    if (target.mustBeDirectory && from.node.kind !== 'directory') throw new FileError('not-directory');
    for (let at: Location | undefined = target.parent; at !== undefined; at = at.parent) {
      if (at.directory.id === from.node.id) throw new FileError('invalid');
    }
    target.parent.directory.moveHere(target.name, from.parent.directory, from.name);
  }

  symlinkAt(target: string, path: string): void {
    if (target === '') throw new FileError('no-entry');
    if (target.includes('\0')) throw new FileError('invalid');
    if (Buffer.byteLength(target) > SYMLINK_TARGET_LIMIT_BYTES) throw new FileError('name-too-long');
    const { parent, name } = this.#newName(path);
    parent.directory.createSymlink(name, target);
  }

  unlinkFileAt(path: string): void {
    const found = this.#name(path);
    if (found.node === undefined) throw new FileError('no-entry');
    if (found.node.kind === 'directory') throw new FileError('is-directory');
    found.parent.directory.unlink(found.name);
  }

  isSameObject(other: Descriptor): boolean {
    return this.#node().id === other.#node().id;
  }

  metadataHash(): { lower: bigint; upper: bigint } {
    return { lower: BigInt(this.#node().id), upper: 0n };
  }

  metadataHashAt(flags: PathFlags, path: string): { lower: bigint; upper: bigint } {
    return { lower: BigInt(this.#existing(path, flags.symlinkFollow === true).id), upper: 0n };
  }

  [Symbol.dispose](): void {
    this.#release();
  }

  #open(node: FileNode | DeviceNode, flags: DescriptorFlags, truncate: boolean): OpenFile {
    if (node.kind === 'device') return openDevice(this.process, node.name, node.stat());
    return node.open({ write: flags.write === true || truncate, truncate });
  }

  #node(): Node {
    return this.#target.kind === 'directory' ? this.#target.location.directory : this.#target.node;
  }

  #stat(): Stat {
    return this.#target.kind === 'directory'
      ? this.#target.location.directory.stat()
      : this.#target.shared.open.stat();
  }

  #file(access: 'read' | 'write'): Extract<Target, { kind: 'file' }> {
    if (this.#target.kind === 'directory') throw new FileError('is-directory');
    if (this.#flags[access] !== true) throw new FileError('bad-descriptor');
    return this.#target;
  }

  #directory(): Location {
    if (this.#target.kind === 'file') throw new FileError('not-directory');
    return this.#target.location;
  }

  #walk(path: string, follow: boolean): Found {
    this.process.hostCall(PATH_BYTES);
    if (path.startsWith('/')) throw new FileError('not-permitted');
    return walk(this.process.container.root.location, this.#directory(), path, follow);
  }

  /** A name itself, for what makes, moves and removes names: not even a slash at its end follows a symlink. */
  #name(path: string): Found {
    const bare = path.replace(/(?<=[^/])\/+$/, '');
    const found = this.#walk(bare, false);
    if (bare === path) return found;
    if (found.node !== undefined && found.node.kind !== 'directory') throw new FileError('not-directory');
    return { ...found, mustBeDirectory: true };
  }

  /** A name that is free, and not that of a directory to be. */
  #newName(path: string): Found {
    const found = this.#name(path);
    if (found.node !== undefined) throw new FileError('exist');
    if (found.mustBeDirectory) throw new FileError('no-entry');
    return found;
  }

  #existing(path: string, follow: boolean): Node {
    const { node } = this.#walk(path, follow);
    if (node === undefined) throw new FileError('no-entry');
    return node;
  }

  #timestamp(time: NewTimestamp): number | undefined {
    if (time.tag === 'no-change') return undefined;
    if (time.tag === 'now') return this.process.container.world.clock.epochMs();
    if (time.val.nanoseconds >= NS_PER_SECOND) throw new FileError('invalid');
    return datetimeMs(time.val);
  }
}

function witStat({ type, linkCount, sizeBytes, times }: Stat): object {
  return {
    type,
    linkCount: BigInt(linkCount),
    size: BigInt(sizeBytes),
    dataAccessTimestamp: witTime(times.accessedMs),
    dataModificationTimestamp: witTime(times.modifiedMs),
    statusChangeTimestamp: witTime(times.changedMs),
  };
}

/** Before 1970 there is none: seconds are unsigned. */
const witTime = (epochMs: number) => (epochMs < 0 ? undefined : datetime(epochMs));

function offsetOf(offset: bigint): number {
  if (offset >= OFFSET_LIMIT) throw new FileError('invalid');
  return Number(offset);
}
