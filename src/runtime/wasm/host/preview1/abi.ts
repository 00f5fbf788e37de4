/** The binary side of WASI preview 1 (witx: wasi_snapshot_preview1): error numbers, and a guest's memory as its structures lie in it. */
import type { FileErrorCode } from '../result.ts';

export const ERRNO = {
  success: 0,
  again: 6,
  badf: 8,
  inval: 28,
  isdir: 31,
  mfile: 33,
  nametoolong: 37,
  notdir: 54,
  notsock: 57,
  notsup: 58,
  pipe: 64,
  spipe: 70,
} as const;

const FILE_ERRNO: Readonly<Record<FileErrorCode, number>> = {
  access: 2,
  'bad-descriptor': ERRNO.badf,
  busy: 10,
  'cross-device': 75,
  exist: 20,
  'file-too-large': 22,
  'insufficient-memory': 48,
  'insufficient-space': 51,
  invalid: ERRNO.inval,
  io: 29,
  'is-directory': ERRNO.isdir,
  loop: 32,
  'name-too-long': ERRNO.nametoolong,
  'no-entry': 44,
  'not-directory': ERRNO.notdir,
  'not-empty': 55,
  'not-permitted': 63,
  pipe: ERRNO.pipe,
  'read-only': 69,
  unsupported: ERRNO.notsup,
  'would-block': ERRNO.again,
};

/** Preview 1's number for what WASI 0.2 calls `code`. */
export const errnoOf = (code: FileErrorCode): number => FILE_ERRNO[code];

/** Ends a call of preview 1 with an error number. */
export class Errno extends Error {
  readonly errno: number;
  constructor(errno: number) {
    super(`errno ${errno}`);
    this.errno = errno;
  }
}

export const FILE_TYPE = {
  unknown: 0,
  'block-device': 1,
  'character-device': 2,
  directory: 3,
  'regular-file': 4,
  socket: 6,
  fifo: 0,
  'symbolic-link': 7,
} as const;

/** Bits of `rights`: the two that decide how a file is opened, and the two that make a device no terminal. */
export const RIGHT = { fdRead: 1n << 1n, fdSeek: 1n << 2n, fdTell: 1n << 5n, fdWrite: 1n << 6n } as const;
/** All that preview 1 knows. */
export const ALL_RIGHTS = (1n << 30n) - 1n;

export const FDFLAG = { append: 1, dsync: 2, nonblock: 4, rsync: 8, sync: 16 } as const;
export const OFLAG = { create: 1, directory: 2, exclusive: 4, truncate: 8 } as const;

/** As Linux's IOV_MAX and PATH_MAX: what one call may name. */
const PIECES_LIMIT = 1024;
const PATH_LIMIT_BYTES = 4096;
/** One call moves no more than this; less than was asked for is POSIX's right. */
const TRANSFER_LIMIT_BYTES = 1 << 20;

/** A guest's memory. Places outside of it are a RangeError, which ends the guest as a segmentation fault. */
export class GuestMemory {
  #memory: WebAssembly.Memory | undefined;

  bind(memory: WebAssembly.Memory): void {
    this.#memory = memory;
  }

  /** Anew for every use: growing takes the old buffer away. */
  get view(): DataView {
    if (this.#memory === undefined) throw new RangeError('the module has no memory');
    return new DataView(this.#memory.buffer);
  }

  /** Shared with the guest. */
  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.view.buffer, at >>> 0, length >>> 0);
  }

  /** @throws Errno nametoolong */
  path(at: number, length: number): string {
    if (length >>> 0 > PATH_LIMIT_BYTES) throw new Errno(ERRNO.nametoolong);
    return new TextDecoder().decode(this.bytes(at, length));
  }

  /**
   * The pieces that a list of `iovec` or `ciovec` names, as far as one call goes.
   * @throws Errno inval for more of them than a call may have
   */
  pieces(at: number, count: number): Uint8Array[] {
    if (count >>> 0 > PIECES_LIMIT) throw new Errno(ERRNO.inval);
    const { view } = this;
    let room = TRANSFER_LIMIT_BYTES;
    return Array.from({ length: count }, (_, index) => {
      const entry = (at >>> 0) + 8 * index;
      const whole = this.bytes(view.getUint32(entry, true), view.getUint32(entry + 4, true));
      const piece = whole.subarray(0, room);
      room -= piece.length;
      return piece;
    });
  }

  setU32(at: number, value: number): void {
    this.view.setUint32(at >>> 0, value, true);
  }

  setU64(at: number, value: bigint): void {
    this.view.setBigUint64(at >>> 0, value, true);
  }

  /** Pointers to strings that end with zero, and the strings one after another. */
  putStrings(pointersAt: number, at: number, strings: readonly Uint8Array[]): void {
    let next = at >>> 0;
    strings.forEach((string, index) => {
      this.setU32((pointersAt >>> 0) + 4 * index, next);
      const place = this.bytes(next, string.length + 1);
      place.set(string);
      place[string.length] = 0;
      next += string.length + 1;
    });
  }
}
