/**
 * A directory or file of the host mounted into a container. Names are looked up one by one without ever
 * following a symlink on the host: a symlink is handed to the container's own path walk, where an absolute
 * target means the container's root and `..` ends there. So nothing outside the mount can be named.
 */
import fs from 'node:fs';
import path from 'node:path';
import { FileError, hostIo } from '../host/result.ts';
import { type HostMount, MADE_FILES_LIMIT } from './host-mount.ts';
import { openHostFile } from './host-open.ts';
import { identity, typeOf } from './host-stats.ts';
import type {
  DirectoryNode,
  FileNode,
  Node,
  NodeType,
  OpenFile,
  OtherNode,
  Stat,
  SymlinkNode,
} from './node.ts';

/** The node at a host path whose last name is looked at, not followed. */
export function hostNode(mount: HostMount, hostPath: string): Node | undefined {
  const covered = mount.covered.get(hostPath);
  if (covered !== undefined) return covered;
  const stats = fs.lstatSync(hostPath, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (stats.isDirectory()) return new HostDirectory(mount, hostPath, stats);
  if (stats.isFile()) return new HostFile(mount, hostPath, stats);
  if (stats.isSymbolicLink()) return new HostSymlink(mount, hostPath, stats);
  return new HostOther(mount, hostPath, stats);
}

/**
 * A guest may hold a node for long, and meanwhile move a directory on its path away and put a symlink in
 * its place, which the host would follow. So before its path is used a node looks whether it is still
 * what lies there.
 */
abstract class HostNode {
  readonly mount: HostMount;
  readonly hostPath: string;
  /** As it was found; its identity stays. */
  readonly #found: fs.Stats;

  constructor(mount: HostMount, hostPath: string, stats: fs.Stats) {
    this.mount = mount;
    this.hostPath = hostPath;
    this.#found = stats;
  }

  /** @throws FileError no-entry when something else lies at the path now */
  look(): fs.Stats {
    const stats = hostIo(() => fs.lstatSync(this.hostPath));
    if (identity(stats) !== identity(this.#found)) throw new FileError('no-entry');
    return stats;
  }

  get id(): number {
    return this.mount.idOf(this.#found);
  }

  stat(): Stat {
    return this.mount.stat(this.look());
  }

  setTimes(accessedMs: number | undefined, modifiedMs: number | undefined): void {
    this.mount.setTimes(this.hostPath, this.look(), accessedMs, modifiedMs);
  }
}

export class HostFile extends HostNode implements FileNode {
  readonly kind = 'file';

  open(access: { readonly write: boolean; readonly truncate: boolean }): OpenFile {
    const { mount, hostPath } = this;
    if (access.write) mount.mayWrite();
    const { O_RDONLY, O_RDWR, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_TRUNC } = fs.constants;
    const flags =
      (access.write ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK | (access.truncate ? O_TRUNC : 0);
    const closed = mount.opens();
    let fd: number;
    try {
      if (access.truncate) mount.resizes(this.look(), 0);
      fd = hostIo(() => fs.openSync(hostPath, flags));
    } catch (error) {
      closed();
      throw error;
    }
    const stats = fs.fstatSync(fd);
    if (!stats.isFile()) {
      fs.closeSync(fd);
      closed();
      throw new FileError('not-permitted');
    }
    if (access.truncate) mount.touched(stats);
    mount.openedFile(stats);
    return openHostFile(mount, fd, closed);
  }
}

class HostSymlink extends HostNode implements SymlinkNode {
  readonly kind = 'symlink';
  get target(): string {
    return hostIo(() => fs.readlinkSync(this.hostPath));
  }
}

class HostOther extends HostNode implements OtherNode {
  readonly kind = 'other';
}

export class HostDirectory extends HostNode implements DirectoryNode {
  readonly kind = 'directory';

  lookup(name: string): Node | undefined {
    this.look();
    return hostIo(() => hostNode(this.mount, this.#join(name)));
  }

  entries(): readonly (readonly [string, NodeType])[] {
    this.look();
    const types = new Map<string, NodeType>();
    for (const entry of hostIo(() => fs.readdirSync(this.hostPath, { withFileTypes: true }))) {
      types.set(entry.name, typeOf(entry));
    }
    for (const [hostPath, node] of this.mount.covered) {
      if (path.dirname(hostPath) === this.hostPath) types.set(path.basename(hostPath), node.stat().type);
    }
    // In the order of their names: that of the disk differs from run to run.
    return [...types].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  createFile(name: string, mode: number): FileNode {
    const hostPath = this.#mayMake(name);
    const { O_CREAT, O_EXCL, O_WRONLY } = fs.constants;
    fs.closeSync(hostIo(() => fs.openSync(hostPath, O_CREAT | O_EXCL | O_WRONLY, mode)));
    return new HostFile(this.mount, hostPath, this.#made(hostPath));
  }

  createDirectory(name: string, mode: number): DirectoryNode {
    const hostPath = this.#mayMake(name);
    hostIo(() => fs.mkdirSync(hostPath, { mode }));
    return new HostDirectory(this.mount, hostPath, this.#made(hostPath));
  }

  createSymlink(name: string, target: string): void {
    const hostPath = this.#mayMake(name);
    hostIo(() => fs.symlinkSync(target, hostPath));
    this.#made(hostPath);
  }

  unlink(name: string): void {
    const hostPath = this.#mayChange(name);
    const stats = hostIo(() => fs.lstatSync(hostPath));
    if (stats.isDirectory()) throw new FileError('is-directory');
    hostIo(() => fs.unlinkSync(hostPath));
    this.mount.madeFiles--;
    this.mount.unlinks(stats);
    this.mount.renamed(stats);
    this.#changed();
  }

  removeDirectory(name: string): void {
    const hostPath = this.#mayChange(name);
    hostIo(() => fs.rmdirSync(hostPath));
    this.mount.madeFiles--;
    this.#changed();
  }

  moveHere(name: string, from: DirectoryNode, fromName: string): void {
    if (!(from instanceof HostDirectory) || from.mount !== this.mount) throw new FileError('cross-device');
    const source = from.#mayChange(fromName);
    const target = this.#mayChange(name);
    const before = fs.lstatSync(target, { throwIfNoEntry: false });
    const isSame = before !== undefined && identity(before) === identity(fs.lstatSync(source));
    hostIo(() => fs.renameSync(source, target));
    if (!isSame) this.mount.unlinks(before);
    this.mount.renamed(fs.lstatSync(target));
    from.#changed();
    this.#changed();
  }

  linkHere(name: string, node: FileNode | SymlinkNode): void {
    if (!(node instanceof HostNode) || node.mount !== this.mount) throw new FileError('cross-device');
    // Elsewhere than on Linux link(2) may follow a symlink, out of the mount.
    if (node instanceof HostSymlink && process.platform !== 'linux') throw new FileError('unsupported');
    const target = this.#mayMake(name);
    node.look();
    hostIo(() => fs.linkSync(node.hostPath, target));
    this.mount.madeFiles++;
    this.mount.renamed(fs.lstatSync(target));
    this.#changed();
  }

  #join(name: string): string {
    // There `\\` and `:` have meanings that the container's path walk does not know.
    if (process.platform === 'win32' && /[\\:]/.test(name)) throw new FileError('invalid');
    return path.join(this.hostPath, name);
  }

  #mayMake(name: string): string {
    const hostPath = this.#mayChange(name);
    if (this.mount.madeFiles >= MADE_FILES_LIMIT) throw new FileError('insufficient-space');
    return hostPath;
  }

  #mayChange(name: string): string {
    this.mount.mayWrite();
    this.look();
    const hostPath = this.#join(name);
    if (this.mount.covered.has(hostPath)) throw new FileError('busy');
    return hostPath;
  }

  /** What was just made here. */
  #made(hostPath: string): fs.Stats {
    const stats = hostIo(() => fs.lstatSync(hostPath));
    this.mount.madeFiles++;
    this.mount.touched(stats);
    this.#changed();
    return stats;
  }

  /** A name came or went. */
  #changed(): void {
    this.mount.touched(this.look());
  }
}
