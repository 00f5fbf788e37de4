/** The `descriptor` resource of `wasi:filesystem/types`: an open directory or file of the container. */
import type { FileNode, Node, OpenFile, Stat } from '../fs/node.ts';
import { type Found, type Location, walk } from '../fs/tree.ts';
import type { Process } from '../process/process.ts';
import { type Datetime, datetime, datetimeMs } from './clocks.ts';
import { DirectoryEntryStream } from './directory-entries.ts';
import { deviceSink, deviceSource, FileSink, FileSource, openDevice, SharedFile } from './file-bytes.ts';
import { FileError } from './result.ts';
import { InputStream, OutputStream } from './streams.ts';

interface PathFlags {
  readonly symlinkFollow?: boolean;
}
interface OpenFlags {
  readonly create?: boolean;
  readonly directory?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
}
interface DescriptorFlags {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly mutateDirectory?: boolean;
}
type NewTimestamp =
  | { readonly tag: 'no-change' }
  | { readonly tag: 'now' }
  | { readonly tag: 'timestamp'; readonly val: Datetime };

const READ_LIMIT_BYTES = 1 << 20;
/** What opening, making or listing something costs in virtual time, in bytes of `hostCall`. */
const PATH_BYTES = 4096;

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
    return new InputStream(this.process, device ?? new FileSource(shared, Number(offset)));
  }

  writeViaStream(offset: bigint): OutputStream {
    return this.#outputStream(Number(offset));
  }

  appendViaStream(): OutputStream {
    return this.#outputStream('end');
  }

  #outputStream(offset: number | 'end'): OutputStream {
    const { node, shared } = this.#file('write');
    const device = node.kind === 'device' ? deviceSink(this.process, node.name) : undefined;
    return new OutputStream(this.process, device ?? new FileSink(shared, offset));
  }

  advise(): void {}

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
    this.#file('write').shared.open.truncate(Number(size));
  }

  setTimes(accessed: NewTimestamp, modified: NewTimestamp): void {
    this.#node().setTimes(this.#timestamp(accessed), this.#timestamp(modified));
  }

  read(length: bigint, offset: bigint): [bytes: Uint8Array, end: boolean] {
    const { shared } = this.#file('read');
    const bytes = shared.open.read(Number(offset), Math.min(Number(length), READ_LIMIT_BYTES));
    this.process.hostCall(bytes.length);
    return [bytes, bytes.length === 0 && length > 0n];
  }

  write(bytes: Uint8Array, offset: bigint): bigint {
    this.process.hostCall(bytes.length);
    return BigInt(this.#file('write').shared.open.write(Number(offset), bytes));
  }

  readDirectory(): DirectoryEntryStream {
    const entries = this.#directory().directory.entries();
    this.process.hostCall(PATH_BYTES + 64 * entries.length);
    return new DirectoryEntryStream(this.process, entries);
  }

  createDirectoryAt(path: string): void {
    const found = this.#walk(path, false);
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
    if (node.kind !== 'file') throw new FileError('not-permitted');
    const found = to.#walk(newPath, false);
    if (found.node !== undefined) throw new FileError('exist');
    found.parent.directory.linkHere(found.name, node);
  }

  openAt(pathFlags: PathFlags, path: string, open: OpenFlags, flags: DescriptorFlags): Descriptor {
    const found = this.#walk(path, pathFlags.symlinkFollow === true);
    let { node } = found;
    const created = node === undefined;
    if (node === undefined) {
      if (!open.create) throw new FileError('no-entry');
      if (open.directory || found.mustBeDirectory) throw new FileError('is-directory');
      node = found.parent.directory.createFile(found.name, 0o644);
    } else if (open.create && open.exclusive) {
      throw new FileError('exist');
    }
    if (node.kind === 'directory') {
      if (flags.write || open.truncate || found.location === undefined) throw new FileError('is-directory');
      return new Descriptor(this.process, { kind: 'directory', location: found.location }, flags);
    }
    if (open.directory) throw new FileError('not-directory');
    if (node.kind === 'symlink') throw new FileError('loop');
    if (node.kind === 'other') throw new FileError('not-permitted');
    const truncate = open.truncate === true && !created;
    const shared = new SharedFile(this.#open(node, flags, truncate));
    return new Descriptor(this.process, { kind: 'file', node, shared }, flags);
  }

  readlinkAt(path: string): string {
    const node = this.#existing(path, false);
    if (node.kind !== 'symlink') throw new FileError('invalid');
    return node.target;
  }

  removeDirectoryAt(path: string): void {
    const found = this.#walk(path, false);
    if (found.node === undefined) throw new FileError('no-entry');
    if (found.name === '') throw new FileError('busy');
    if (found.node.kind !== 'directory') throw new FileError('not-directory');
    found.parent.directory.removeDirectory(found.name);
  }

  renameAt(oldPath: string, to: Descriptor, newPath: string): void {
    const from = this.#walk(oldPath, false);
    const target = to.#walk(newPath, false);
    if (from.node === undefined) throw new FileError('no-entry');
    if (from.name === '' || target.name === '') throw new FileError('busy');
    for (let at: Location | undefined = target.parent; at !== undefined; at = at.parent) {
      if (at.directory.id === from.node.id) throw new FileError('invalid');
    }
    target.parent.directory.moveHere(target.name, from.parent.directory, from.name);
  }

  symlinkAt(target: string, path: string): void {
    const found = this.#walk(path, false);
    if (found.node !== undefined) throw new FileError('exist');
    found.parent.directory.createSymlink(found.name, target);
  }

  unlinkFileAt(path: string): void {
    const found = this.#walk(path, false);
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

  #open(
    node: FileNode | Extract<Node, { kind: 'device' }>,
    flags: DescriptorFlags,
    truncate: boolean,
  ): OpenFile {
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

  #existing(path: string, follow: boolean): Node {
    const { node } = this.#walk(path, follow);
    if (node === undefined) throw new FileError('no-entry');
    return node;
  }

  #timestamp(time: NewTimestamp): number | undefined {
    if (time.tag === 'no-change') return undefined;
    return time.tag === 'now' ? this.process.container.world.clock.epochMs() : datetimeMs(time.val);
  }
}

function witStat({ type, linkCount, sizeBytes, times }: Stat): object {
  return {
    type,
    linkCount: BigInt(linkCount),
    size: BigInt(sizeBytes),
    dataAccessTimestamp: datetime(times.accessedMs),
    dataModificationTimestamp: datetime(times.modifiedMs),
    statusChangeTimestamp: datetime(times.changedMs),
  };
}
