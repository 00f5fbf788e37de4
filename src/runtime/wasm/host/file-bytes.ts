/** Open files and devices as byte sources and sinks, and devices as open files. */
import type { DeviceName, OpenFile, Stat } from '../fs/node.ts';
import type { Process } from '../process/process.ts';
import { WaitQueue } from '../scheduler/wait-queue.ts';
import { type ByteSink, type ByteSource, PIPE_BYTES } from './bytes.ts';
import { FileError } from './result.ts';

/** An open file that a descriptor and its streams hold together; the last one closes it. */
export class SharedFile {
  readonly open: OpenFile;
  #holders = 1;

  constructor(open: OpenFile) {
    this.open = open;
  }

  retain(): void {
    this.#holders++;
  }

  release(): void {
    this.#holders--;
    if (this.#holders === 0) this.open.close();
  }
}

/** Reads a file from an offset on. */
export class FileSource implements ByteSource {
  readonly readable = new WaitQueue();
  readonly #shared: SharedFile;
  readonly #file: OpenFile;
  #offset: number;

  constructor(shared: SharedFile, offset: number) {
    shared.retain();
    this.#shared = shared;
    this.#file = shared.open;
    this.#offset = offset;
  }

  read(length: number): Uint8Array | undefined {
    if (length === 0) return new Uint8Array(0);
    const bytes = this.#file.read(this.#offset, length);
    this.#offset += bytes.length;
    return bytes.length === 0 ? undefined : bytes;
  }

  isReadable(): boolean {
    return true;
  }

  retain(): void {
    this.#shared.retain();
  }

  release(): void {
    this.#shared.release();
  }
}

/** Writes a file from an offset on, or always at its end. */
export class FileSink implements ByteSink {
  readonly writable = new WaitQueue();
  readonly #shared: SharedFile;
  readonly #file: OpenFile;
  #offset: number | 'end';

  constructor(shared: SharedFile, offset: number | 'end') {
    shared.retain();
    this.#shared = shared;
    this.#file = shared.open;
    this.#offset = offset;
  }

  capacity(): number {
    return PIPE_BYTES;
  }

  write(bytes: Uint8Array): void {
    const offset = this.#offset === 'end' ? this.#file.sizeBytes() : this.#offset;
    const written = this.#file.write(offset, bytes);
    if (this.#offset !== 'end') this.#offset += written;
    if (written < bytes.length) throw new FileError('insufficient-space');
  }

  retain(): void {
    this.#shared.retain();
  }

  release(): void {
    this.#shared.release();
  }
}

/** The bytes that reading a device gives; undefined when it is not for reading. */
export function deviceSource(process: Process, name: DeviceName): ByteSource | undefined {
  if (name !== 'stdin') return undefined;
  process.plan.standard.stdin.retain();
  return process.plan.standard.stdin;
}

/** Where writing a device goes; undefined when that is no stream. */
export function deviceSink(process: Process, name: DeviceName): ByteSink | undefined {
  const { stdout, stderr } = process.plan.standard;
  const sink = {
    stdout,
    stderr,
    log1: process.container.log('stdout'),
    log2: process.container.log('stderr'),
  };
  const found = name in sink ? sink[name as keyof typeof sink] : undefined;
  found?.retain();
  return found;
}

/** A device as `read` and `write` with offsets see it. */
export function openDevice(process: Process, name: DeviceName, stat: Stat): OpenFile {
  return {
    read(_offset, length) {
      if (name === 'zero' || name === 'full') return new Uint8Array(Math.min(length, PIPE_BYTES));
      if (name === 'random') return process.container.world.random.bytes(Math.min(length, PIPE_BYTES));
      return new Uint8Array(0);
    },
    write(_offset, bytes) {
      if (name === 'full') throw new FileError('insufficient-space');
      const { stdout, stderr } = process.plan.standard;
      if (name === 'stdout') stdout.write(bytes);
      if (name === 'stderr') stderr.write(bytes);
      if (name === 'log1') process.container.log('stdout').write(bytes);
      if (name === 'log2') process.container.log('stderr').write(bytes);
      return bytes.length;
    },
    sizeBytes: () => 0,
    truncate() {},
    stat: () => stat,
    sync() {},
    close() {},
  };
}
