/** The image's own files and what a container writes beside its volumes: in memory, copied when first changed. */
import { FileError } from '../host/result.ts';
import type {
  DeviceName,
  DeviceNode,
  FileNode,
  NodeIds,
  OpenFile,
  Stat,
  SymlinkNode,
  Times,
} from './node.ts';

/** What one container's memory files share: their clock, their bounds and whether they may change. */
export interface MemoryStore {
  readonly ids: NodeIds;
  readonly now: () => number;
  readonly limitBytes: number;
  readonly limitNodes: number;
  usedBytes: number;
  usedNodes: number;
  readonly: boolean;
  /** Who acts: root while the container is built, then its own user. */
  actor: Actor;
}

/** As far as the files of the image need to know it: they are root's. */
export interface Actor {
  readonly isRoot: boolean;
  readonly inRootGroup: boolean;
}

export const ROOT: Actor = { isRoot: true, inRootGroup: true };

/** Bits of a mode: what is asked for. */
export const READ = 4;
export const WRITE = 2;
export const SEARCH = 1;

interface Owned {
  readonly store: MemoryStore;
  readonly mode: number;
  /** Made by the container's user; everything else is root's. */
  readonly own: boolean;
}

/** Root may do anything, an owner what is its own; others go by root's group's bits, or by the last three. */
export function demand({ store, mode, own }: Owned, bits: number): void {
  const { isRoot, inRootGroup } = store.actor;
  if (isRoot || own) return;
  const granted = inRootGroup ? mode >> 3 : mode;
  if ((granted & bits) !== bits) throw new FileError('access');
}

/** All three times at once, in milliseconds since 1970. */
export const timesAt = (nowMs: number): Times => ({ accessedMs: nowMs, modifiedMs: nowMs, changedMs: nowMs });

/** What every node in memory has: its times, and who made it. */
export abstract class MemoryNode {
  readonly store: MemoryStore;
  readonly id: number;
  /** The container's user made it. */
  readonly own: boolean;
  readonly times: Times;

  constructor(store: MemoryStore) {
    this.store = store;
    this.id = store.ids.take();
    this.own = !store.actor.isRoot;
    this.times = timesAt(store.now());
  }

  /** utimensat(2): what is left out stays. @throws FileError when it is read-only or another user's */
  setTimes(accessedMs: number | undefined, modifiedMs: number | undefined): void {
    if (this.store.readonly) throw new FileError('read-only');
    if (!this.own && !this.store.actor.isRoot) throw new FileError('not-permitted');
    if (accessedMs !== undefined) this.times.accessedMs = accessedMs;
    if (modifiedMs !== undefined) this.times.modifiedMs = modifiedMs;
    this.times.changedMs = this.store.now();
  }
}

/** What may have more than one name. */
export abstract class LinkedNode extends MemoryNode {
  linkCount = 1;

  /** One name more. */
  linked(): void {
    this.linkCount++;
    this.times.changedMs = this.store.now();
  }

  /** One name less. */
  unlinked(): void {
    this.linkCount--;
    this.times.changedMs = this.store.now();
  }
}

/** A file of the image, whose bytes every container shares until one writes, or a container's own. */
export class MemoryFile extends LinkedNode implements FileNode {
  readonly kind = 'file';
  readonly mode: number;
  #content: Uint8Array;
  #size: number;
  /** False while the bytes are the image's, which every container shares. */
  #owned = false;
  #openCount = 0;

  constructor(store: MemoryStore, mode: number, content: Uint8Array = new Uint8Array(0)) {
    super(store);
    this.mode = mode;
    this.#content = content;
    this.#size = content.length;
  }

  get sizeBytes(): number {
    return this.#size;
  }

  stat(): Stat {
    const { linkCount, times, mode } = this;
    return { type: 'regular-file', linkCount, sizeBytes: this.#size, times: { ...times }, mode };
  }

  open(access: { readonly write: boolean; readonly truncate: boolean }): OpenFile {
    if (access.write && this.store.readonly) throw new FileError('read-only');
    demand(this, access.write ? WRITE : READ);
    if (access.truncate) this.resize(0);
    this.#openCount++;
    let closed = false;
    return {
      read: (offset, length) => this.read(offset, length),
      write: (offset, bytes) => this.write(offset, bytes),
      sizeBytes: () => this.#size,
      truncate: (sizeBytes) => this.resize(sizeBytes),
      stat: () => this.stat(),
      sync: () => {},
      close: () => {
        if (closed) return;
        closed = true;
        this.#openCount--;
        this.#freeIfGone();
      },
    };
  }

  read(offset: number, length: number): Uint8Array {
    this.times.accessedMs = this.store.now();
    return this.#content.slice(offset, Math.min(offset + length, this.#size));
  }

  write(offset: number, bytes: Uint8Array): number {
    const end = offset + bytes.length;
    this.#reserve(Math.max(end, this.#size));
    this.#content.set(bytes, offset);
    this.#size = Math.max(end, this.#size);
    this.#touch();
    return bytes.length;
  }

  resize(sizeBytes: number): void {
    this.#reserve(sizeBytes);
    if (sizeBytes < this.#size) this.#content.fill(0, sizeBytes, this.#size);
    this.#size = sizeBytes;
    this.#touch();
  }

  override unlinked(): void {
    super.unlinked();
    this.#freeIfGone();
  }

  #touch(): void {
    const nowMs = this.store.now();
    this.times.modifiedMs = nowMs;
    this.times.changedMs = nowMs;
  }

  #freeIfGone(): void {
    if (this.linkCount > 0 || this.#openCount > 0) return;
    if (this.#owned) this.store.usedBytes -= this.#content.length;
    this.#owned = false;
    this.#content = new Uint8Array(0);
    this.#size = 0;
  }

  /** Makes room for `sizeBytes`, in bytes of this container's own. */
  #reserve(sizeBytes: number): void {
    const held = this.#owned ? this.#content.length : 0;
    if (this.#owned && sizeBytes <= held) return;
    const free = this.store.limitBytes - this.store.usedBytes + held;
    if (!(sizeBytes <= free)) throw new FileError('insufficient-space');
    const grown = this.#owned ? Math.min(free, Math.max(sizeBytes, held * 2, 256)) : sizeBytes;
    const content = new Uint8Array(grown);
    content.set(this.#content.subarray(0, Math.min(this.#size, grown)));
    this.store.usedBytes += grown - held;
    this.#content = content;
    this.#owned = true;
  }
}

/** Its target is kept as it was written. */
export class MemorySymlink extends LinkedNode implements SymlinkNode {
  readonly kind = 'symlink';
  readonly target: string;

  constructor(store: MemoryStore, target: string) {
    super(store);
    this.target = target;
  }

  stat(): Stat {
    const sizeBytes = Buffer.byteLength(this.target);
    const { linkCount, times } = this;
    return { type: 'symbolic-link', linkCount, sizeBytes, times: { ...times }, mode: 0o777 };
  }
}

export class MemoryDevice implements DeviceNode {
  readonly kind = 'device';
  readonly id: number;
  readonly name: DeviceName;
  readonly #times: Times;

  constructor(store: MemoryStore, name: DeviceName) {
    this.id = store.ids.take();
    this.name = name;
    this.#times = timesAt(store.now());
  }

  stat(): Stat {
    return { type: 'character-device', linkCount: 1, sizeBytes: 0, times: { ...this.#times }, mode: 0o666 };
  }

  setTimes(): void {}
}
