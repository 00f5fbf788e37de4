/** emptyDirs of medium Memory: how much each holds, in whole pages, and whose memory that is. */
import { FileError } from '../host/result.ts';
import { usedBytes } from './used-bytes.ts';

/** Whose memory group pays for what is written (process/memory-account.ts). */
export interface MemoryPayer {
  /** False when a bound forbids it; by then somebody has been killed for want of memory. */
  take(bytes: number): boolean;
  free(bytes: number): void;
}

export interface PodPayer extends MemoryPayer {
  /** Counts what is there already, whatever the bounds. */
  charge(bytes: number): void;
}

/** A run of a file's bytes that one payer has written. */
interface Piece {
  readonly payer: MemoryPayer;
  bytes: number;
}

const PAGE_BYTES = 4096;

export class Tmpfs {
  readonly #sizeBytes: number;
  #usedBytes = 0;
  /** By the file's identity, in the order of their bytes: who appends pays, and what is cut off is paid back. */
  readonly #files = new Map<string, Piece[]>();
  readonly #open = new Map<string, number>();

  /** `pod` pays for what lies there already: an earlier sandbox's containers have written it. */
  constructor(directory: string, sizeBytes: number, pod: PodPayer) {
    this.#sizeBytes = sizeBytes;
    this.#usedBytes = usedBytes(directory);
    pod.charge(this.#usedBytes);
    if (this.#usedBytes > 0) this.#files.set('', [{ payer: pod, bytes: this.#usedBytes }]);
  }

  /** The file is about to hold `sizeBytes`, up to `wasBytes` of them from before. @throws FileError insufficient-space, insufficient-memory */
  resize(file: string, wasBytes: number, sizeBytes: number, payer: MemoryPayer): void {
    const pieces = this.#piecesOf(file, wasBytes);
    const held = pieces.reduce((sum, { bytes }) => sum + bytes, 0);
    const more = Math.ceil(sizeBytes / PAGE_BYTES) * PAGE_BYTES - held;
    if (more <= 0) {
      this.#giveBack(pieces, -more);
      return;
    }
    if (this.#usedBytes + more > this.#sizeBytes) throw new FileError('insufficient-space');
    if (!payer.take(more)) throw new FileError('insufficient-memory');
    this.#usedBytes += more;
    const last = pieces.at(-1);
    if (last?.payer === payer) last.bytes += more;
    else pieces.push({ payer, bytes: more });
  }

  opened(file: string): void {
    this.#open.set(file, (this.#open.get(file) ?? 0) + 1);
  }

  /** `isGone`: it has no name any more. */
  closed(file: string, wasBytes: number, isGone: boolean): void {
    const left = (this.#open.get(file) ?? 1) - 1;
    if (left > 0) this.#open.set(file, left);
    else this.#open.delete(file);
    if (isGone) this.unlinked(file, wasBytes);
  }

  /** Its last name went; who has it open keeps its bytes. */
  unlinked(file: string, wasBytes: number): void {
    if (this.#open.has(file)) return;
    this.#giveBack(this.#piecesOf(file, wasBytes), Number.POSITIVE_INFINITY);
    this.#files.delete(file);
  }

  /** The sandbox is gone: what stays in the directory is nobody's until the next one mounts it. */
  release(): void {
    for (const pieces of this.#files.values()) this.#giveBack(pieces, Number.POSITIVE_INFINITY);
    this.#files.clear();
  }

  /** A file that was there before is met for the first time: its bytes are its own from now on. */
  #piecesOf(file: string, wasBytes: number): Piece[] {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    const [before] = this.#files.get('') ?? [];
    const bytes = Math.min(before?.bytes ?? 0, Math.ceil(wasBytes / PAGE_BYTES) * PAGE_BYTES);
    const pieces: Piece[] = before === undefined || bytes === 0 ? [] : [{ payer: before.payer, bytes }];
    if (before !== undefined) before.bytes -= bytes;
    this.#files.set(file, pieces);
    return pieces;
  }

  #giveBack(pieces: Piece[], bytes: number): void {
    let left = bytes;
    for (let last = pieces.at(-1); last !== undefined && left > 0; last = pieces.at(-1)) {
      const part = Math.min(left, last.bytes);
      last.payer.free(part);
      last.bytes -= part;
      this.#usedBytes -= part;
      left -= part;
      if (last.bytes === 0) pieces.pop();
    }
  }
}

/** A volume, and who pays for what is written into it through one container's mount. */
export interface MountedTmpfs {
  readonly volume: Tmpfs;
  readonly payer: MemoryPayer;
}

/** Those of each sandbox, by the directory that stands for them. */
export class MemoryVolumes {
  readonly #sandboxes = new Map<string, Map<string, Tmpfs>>();
  readonly #podOf: (sandboxId: string) => PodPayer;

  constructor(podOf: (sandboxId: string) => PodPayer) {
    this.#podOf = podOf;
  }

  of(sandboxId: string, directory: string, sizeBytes: number): Tmpfs {
    const volumes = this.#sandboxes.get(sandboxId) ?? new Map<string, Tmpfs>();
    this.#sandboxes.set(sandboxId, volumes);
    const volume = volumes.get(directory) ?? new Tmpfs(directory, sizeBytes, this.#podOf(sandboxId));
    volumes.set(directory, volume);
    return volume;
  }

  removePod(sandboxId: string): void {
    for (const volume of this.#sandboxes.get(sandboxId)?.values() ?? []) volume.release();
    this.#sandboxes.delete(sandboxId);
  }
}
