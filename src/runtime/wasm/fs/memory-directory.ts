/** Directories in memory: names in the order in which they were made, mount points among them. */
import { FileError } from '../host/result.ts';
import {
  demand,
  LinkedNode,
  MemoryFile,
  MemoryNode,
  type MemoryStore,
  MemorySymlink,
  READ,
  SEARCH,
  WRITE,
} from './memory.ts';
import type { DirectoryNode, FileNode, Node, NodeType, Stat, SymlinkNode } from './node.ts';

const STICKY = 0o1000;

const typeOf = (node: Node): NodeType => node.stat().type;

/** Every change asks first whether the container's user may make it. */
export class MemoryDirectory extends MemoryNode implements DirectoryNode {
  readonly kind = 'directory';
  readonly mode: number;
  readonly #entries = new Map<string, Node>();
  /** Names that are mount points: they can be neither removed nor renamed. */
  readonly #mounts = new Set<string>();

  constructor(store: MemoryStore, mode: number) {
    super(store);
    this.mode = mode;
  }

  stat(): Stat {
    return { type: 'directory', linkCount: 2, sizeBytes: 4096, times: { ...this.times }, mode: this.mode };
  }

  lookup(name: string): Node | undefined {
    demand(this, SEARCH);
    return this.#entries.get(name);
  }

  entries(): readonly (readonly [string, NodeType])[] {
    demand(this, READ);
    return [...this.#entries].map(([name, node]) => [name, typeOf(node)] as const);
  }

  /** Puts a node in place without asking: for the image's files and for mounts. */
  place(name: string, node: Node, mount = false): void {
    this.#entries.set(name, node);
    if (mount) this.#mounts.add(name);
  }

  createFile(name: string, mode: number): FileNode {
    return this.#add(name, new MemoryFile(this.#mayAdd(name), mode));
  }

  createDirectory(name: string, mode: number): DirectoryNode {
    return this.#add(name, new MemoryDirectory(this.#mayAdd(name), mode));
  }

  createSymlink(name: string, target: string): void {
    this.#add(name, new MemorySymlink(this.#mayAdd(name), target));
  }

  unlink(name: string): void {
    const node = this.#mayRemove(name);
    if (node.kind === 'directory') throw new FileError('is-directory');
    this.#take(name);
    if (node instanceof LinkedNode) node.unlinked();
  }

  removeDirectory(name: string): void {
    const node = this.#mayRemove(name);
    if (node.kind !== 'directory') throw new FileError('not-directory');
    if (node.entries().length > 0) throw new FileError('not-empty');
    this.#take(name);
  }

  moveHere(name: string, from: DirectoryNode, fromName: string): void {
    if (!(from instanceof MemoryDirectory) || from.store !== this.store) throw new FileError('cross-device');
    const node = from.#mayRemove(fromName);
    const target = this.lookup(name);
    if (target === node) return;
    demand(this, WRITE | SEARCH);
    if (target !== undefined) {
      if (target.kind === 'directory' && node.kind !== 'directory') throw new FileError('is-directory');
      if (target.kind !== 'directory' && node.kind === 'directory') throw new FileError('not-directory');
      if (target.kind === 'directory') this.removeDirectory(name);
      else this.unlink(name);
    }
    from.#take(fromName);
    this.#add(name, node);
  }

  linkHere(name: string, node: FileNode | SymlinkNode): void {
    if (!(node instanceof LinkedNode) || node.store !== this.store) throw new FileError('cross-device');
    this.#mayAdd(name);
    node.linked();
    this.#add(name, node);
  }

  #mayAdd(name: string): MemoryStore {
    if (this.store.readonly) throw new FileError('read-only');
    if (this.#entries.has(name)) throw new FileError('exist');
    demand(this, WRITE | SEARCH);
    if (this.store.usedNodes >= this.store.limitNodes) throw new FileError('insufficient-space');
    return this.store;
  }

  #add<T extends Node>(name: string, node: T): T {
    this.store.usedNodes++;
    this.#entries.set(name, node);
    this.#changed();
    return node;
  }

  #changed(): void {
    const nowMs = this.store.now();
    this.times.modifiedMs = nowMs;
    this.times.changedMs = nowMs;
  }

  #mayRemove(name: string): Node {
    const node = this.#entries.get(name);
    if (node === undefined) throw new FileError('no-entry');
    if (this.#mounts.has(name)) throw new FileError('busy');
    if (this.store.readonly) throw new FileError('read-only');
    demand(this, WRITE | SEARCH);
    // In a sticky directory such as /tmp everybody removes only what is his own.
    const isSticky = (this.mode & STICKY) !== 0 && !this.own && !this.store.actor.isRoot;
    if (isSticky && !('own' in node && node.own)) throw new FileError('not-permitted');
    return node;
  }

  #take(name: string): void {
    this.#entries.delete(name);
    this.store.usedNodes--;
    this.#changed();
  }
}
