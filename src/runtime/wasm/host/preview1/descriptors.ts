/** The numbered descriptors of a preview 1 guest: its standard streams, the preopened root, and what it opens. */
import type { Process } from '../../process/process.ts';
import { Descriptor } from '../descriptor.ts';
import { InputStream, OutputStream } from '../streams.ts';
import { ERRNO, Errno, FDFLAG } from './abi.ts';

/** One of the three standard streams. */
export interface StandardEntry {
  readonly kind: 'standard';
  readonly input?: InputStream;
  readonly output?: OutputStream;
  readonly isTerminal: boolean;
  /** `fdflags`: whether a call may wait. */
  flags: number;
}

export interface FileEntry {
  readonly kind: 'file';
  readonly descriptor: Descriptor;
  position: bigint;
  /** `fdflags`; append is held here, preview 2 has it as a kind of stream. */
  flags: number;
  /** A device's streams, opened when they are first used. */
  input?: InputStream;
  output?: OutputStream;
}

export interface DirectoryEntry {
  readonly kind: 'directory';
  readonly descriptor: Descriptor;
  /** The name under which it was given to the guest. */
  readonly preopened?: string;
  /** As it was when it was last read from its beginning. */
  listing?: readonly { readonly name: string; readonly type: number; readonly inode: bigint }[];
}

export type Entry = StandardEntry | FileEntry | DirectoryEntry;

const TABLE_LIMIT = 1024;

export class Descriptors {
  readonly #entries = new Map<number, Entry>();

  constructor(process: Process) {
    const { stdin, stdout, stderr } = process.plan.standard;
    for (const stream of [stdin, stdout, stderr]) stream.retain();
    const output = (sink: typeof stdout): StandardEntry => ({
      kind: 'standard',
      output: new OutputStream(process, sink),
      isTerminal: sink.isTerminal === true,
      flags: 0,
    });
    this.#entries.set(0, {
      kind: 'standard',
      input: new InputStream(process, stdin),
      isTerminal: stdin.isTerminal === true,
      flags: 0,
    });
    this.#entries.set(1, output(stdout));
    this.#entries.set(2, output(stderr));
    const root = { kind: 'directory', location: process.container.root.location } as const;
    const descriptor = new Descriptor(process, root, { read: true, mutateDirectory: true });
    this.#entries.set(3, { kind: 'directory', descriptor, preopened: '/' });
  }

  /** @throws Errno badf */
  any(fd: number): Entry {
    const entry = this.#entries.get(fd);
    if (entry === undefined) throw new Errno(ERRNO.badf);
    return entry;
  }

  /** @throws Errno badf, notdir */
  directory(fd: number): DirectoryEntry {
    const entry = this.any(fd);
    if (entry.kind !== 'directory') throw new Errno(ERRNO.notdir);
    return entry;
  }

  /** @throws Errno badf, isdir; spipe for a standard stream, which has no places to go to */
  file(fd: number): FileEntry {
    const entry = this.any(fd);
    if (entry.kind === 'standard') throw new Errno(ERRNO.spipe);
    if (entry.kind === 'directory') throw new Errno(ERRNO.isdir);
    return entry;
  }

  /** The lowest number that is free, as POSIX has it. */
  add(entry: Exclude<Entry, StandardEntry>): number {
    for (let fd = 0; fd < TABLE_LIMIT; fd++) {
      if (this.#entries.has(fd)) continue;
      this.#entries.set(fd, entry);
      return fd;
    }
    entry.descriptor[Symbol.dispose]();
    throw new Errno(ERRNO.mfile);
  }

  close(fd: number): void {
    const entry = this.any(fd);
    this.#entries.delete(fd);
    if (entry.kind !== 'directory') {
      entry.input?.[Symbol.dispose]();
      entry.output?.[Symbol.dispose]();
    }
    if (entry.kind !== 'standard') entry.descriptor[Symbol.dispose]();
  }

  /** Gives a descriptor another's number; the other is closed. */
  renumber(from: number, to: number): void {
    const entry = this.any(from);
    this.any(to);
    if (from === to) return;
    this.close(to);
    this.#entries.delete(from);
    this.#entries.set(to, entry);
  }
}

const isDevice = ({ descriptor }: FileEntry) => descriptor.getType() === 'character-device';

/** What reading a descriptor without an offset reads from; undefined for a file, which is read at its position. */
export function inputOf(entry: Entry): InputStream | undefined {
  if (entry.kind === 'directory') throw new Errno(ERRNO.isdir);
  if (entry.kind === 'file') {
    if (entry.input === undefined && isDevice(entry)) entry.input = entry.descriptor.readViaStream(0n);
    return entry.input;
  }
  if (entry.input === undefined) throw new Errno(ERRNO.badf);
  return entry.input;
}

/** As `inputOf`, for writing. */
export function outputOf(entry: Entry): OutputStream | undefined {
  if (entry.kind === 'directory') throw new Errno(ERRNO.isdir);
  if (entry.kind === 'file') {
    if (entry.output === undefined && isDevice(entry)) entry.output = entry.descriptor.writeViaStream(0n);
    return entry.output;
  }
  if (entry.output === undefined) throw new Errno(ERRNO.badf);
  return entry.output;
}

/** True when a call that would have to wait comes back with `again`. */
export const mayNotWait = (entry: Entry) =>
  entry.kind !== 'directory' && (entry.flags & FDFLAG.nonblock) !== 0;

/** O_APPEND: every write goes to the end, wherever the position is. */
export const appends = ({ flags }: FileEntry) => (flags & FDFLAG.append) !== 0;
