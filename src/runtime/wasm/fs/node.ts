/** What a container's file tree is made of: directories, files, symlinks and devices, in memory or on the host. */

/** WASI's `descriptor-type`. */
export type NodeType =
  | 'directory'
  | 'regular-file'
  | 'symbolic-link'
  | 'character-device'
  | 'block-device'
  | 'fifo'
  | 'socket'
  | 'unknown';

/** Epoch milliseconds. */
export interface Times {
  accessedMs: number;
  modifiedMs: number;
  changedMs: number;
}

export interface Stat {
  readonly type: NodeType;
  readonly linkCount: number;
  readonly sizeBytes: number;
  readonly times: Times;
  readonly mode: number;
}

/** A file that a process has open. */
export interface OpenFile {
  /** At most `length` bytes at `offset`; empty at the end. */
  read(offset: number, length: number): Uint8Array;
  /** Returns how many bytes were written. */
  write(offset: number, bytes: Uint8Array): number;
  sizeBytes(): number;
  truncate(sizeBytes: number): void;
  stat(): Stat;
  sync(): void;
  close(): void;
}

interface NodeBase {
  /** Unique in its container; what `metadata-hash` is made of. */
  readonly id: number;
  stat(): Stat;
  /** Undefined leaves a time as it is. */
  setTimes(accessedMs: number | undefined, modifiedMs: number | undefined): void;
}

export interface FileNode extends NodeBase {
  readonly kind: 'file';
  open(access: { readonly write: boolean; readonly truncate: boolean }): OpenFile;
}

export interface SymlinkNode extends NodeBase {
  readonly kind: 'symlink';
  readonly target: string;
}

export type DeviceName =
  | 'null'
  | 'zero'
  | 'full'
  | 'random'
  | 'stdin'
  | 'stdout'
  | 'stderr'
  | 'log1'
  | 'log2';

export interface DeviceNode extends NodeBase {
  readonly kind: 'device';
  readonly name: DeviceName;
}

/** Something on the host that a container may not open: a socket, a FIFO, a block device. */
export interface OtherNode extends NodeBase {
  readonly kind: 'other';
}

export interface DirectoryNode extends NodeBase {
  readonly kind: 'directory';
  lookup(name: string): Node | undefined;
  entries(): readonly (readonly [name: string, type: NodeType])[];
  createFile(name: string, mode: number): FileNode;
  createDirectory(name: string, mode: number): DirectoryNode;
  createSymlink(name: string, target: string): void;
  /** Removes a file, symlink or device. */
  unlink(name: string): void;
  /** Removes an empty directory. */
  removeDirectory(name: string): void;
  /** Moves an entry from `from`; `cross-device` when the two lie on different file systems. */
  moveHere(name: string, from: DirectoryNode, fromName: string): void;
  /** A second name for a file or symlink of the same file system. */
  linkHere(name: string, node: FileNode | SymlinkNode): void;
}

export type Node = DirectoryNode | FileNode | SymlinkNode | DeviceNode | OtherNode;

/** Numbers nodes in the order in which they are met, so that the same run gives the same numbers. */
export class NodeIds {
  #next = 1;
  take(): number {
    return this.#next++;
  }
}
