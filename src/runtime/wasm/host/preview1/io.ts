/** Preview 1: reading, writing and moving about in open descriptors. */
import { type InputStream, isClosed } from '../streams.ts';
import { ALL_RIGHTS, ERRNO, Errno, FDFLAG, FILE_TYPE, type GuestMemory, RIGHT } from './abi.ts';
import { appends, type Descriptors, type FileEntry, inputOf, mayNotWait, outputOf } from './descriptors.ts';

const WHENCE = { set: 0, current: 1, end: 2 } as const;
const sizeOf = ({ descriptor }: FileEntry) => (descriptor.stat() as { readonly size: bigint }).size;

/** Reads into the pieces one after another; ends early at a short read. */
function readAt(file: FileEntry, pieces: readonly Uint8Array[], offset: bigint): number {
  let count = 0;
  for (const piece of pieces) {
    const [bytes] = file.descriptor.read(BigInt(piece.length), offset + BigInt(count));
    piece.set(bytes);
    count += bytes.length;
    if (bytes.length < piece.length) break;
  }
  return count;
}

function writeAt(file: FileEntry, pieces: readonly Uint8Array[], offset: bigint): number {
  let count = 0;
  for (const piece of pieces) count += Number(file.descriptor.write(piece, offset + BigInt(count)));
  return count;
}

/** Nothing at the end. */
async function readOrEnd(input: InputStream, length: number): Promise<Uint8Array> {
  if (length === 0) return new Uint8Array(0);
  try {
    return await input.blockingRead(BigInt(length));
  } catch (error) {
    if (isClosed(error)) return new Uint8Array(0);
    throw error;
  }
}

/** Bound to one process's descriptors and memory. They throw Errno, or FileError, which becomes one. */
export function ioFunctions(descriptors: Descriptors, memory: GuestMemory) {
  return {
    /** Waits for a stream's first bytes. */
    fd_read(fd: number, iovs: number, count: number, resultAt: number): void | Promise<void> {
      const entry = descriptors.any(fd);
      const input = inputOf(entry);
      if (input === undefined) {
        const file = descriptors.file(fd);
        const read = readAt(file, memory.pieces(iovs, count), file.position);
        file.position += BigInt(read);
        memory.setU32(resultAt, read);
        return;
      }
      if (mayNotWait(entry) && !input.pollSource().isReady()) throw new Errno(ERRNO.again);
      const length = memory.pieces(iovs, count).reduce((sum, piece) => sum + piece.length, 0);
      return readOrEnd(input, length).then((bytes) => {
        let rest = bytes;
        memory.setU32(resultAt, rest.length);
        for (const piece of memory.pieces(iovs, count)) {
          piece.set(rest.subarray(0, piece.length));
          rest = rest.subarray(piece.length);
        }
      });
    },

    /** Waits for room in a stream, if there is none. */
    fd_write(fd: number, iovs: number, count: number, resultAt: number): void | Promise<void> {
      const entry = descriptors.any(fd);
      const output = outputOf(entry);
      if (output === undefined) {
        const file = descriptors.file(fd);
        const offset = appends(file) ? sizeOf(file) : file.position;
        const written = writeAt(file, memory.pieces(iovs, count), offset);
        file.position = offset + BigInt(written);
        memory.setU32(resultAt, written);
        return;
      }
      const bytes = Buffer.concat(memory.pieces(iovs, count));
      const room = Number(output.checkWrite());
      if (room < bytes.length && !mayNotWait(entry)) {
        memory.setU32(resultAt, bytes.length);
        return output.blockingWriteAndFlush(bytes);
      }
      if (room === 0 && bytes.length > 0) throw new Errno(ERRNO.again);
      output.write(bytes.subarray(0, room));
      memory.setU32(resultAt, Math.min(room, bytes.length));
    },

    fd_pread(fd: number, iovs: number, count: number, offset: bigint, readAtPointer: number): void {
      const file = descriptors.file(fd);
      memory.setU32(readAtPointer, readAt(file, memory.pieces(iovs, count), BigInt.asUintN(64, offset)));
    },

    fd_pwrite(fd: number, iovs: number, count: number, offset: bigint, writtenAt: number): void {
      const file = descriptors.file(fd);
      memory.setU32(writtenAt, writeAt(file, memory.pieces(iovs, count), BigInt.asUintN(64, offset)));
    },

    fd_seek(fd: number, offset: bigint, whence: number, resultAt: number): void {
      if (descriptors.any(fd).kind === 'directory') throw new Errno(ERRNO.badf);
      const file = descriptors.file(fd);
      const from = seekFrom(file, whence);
      if (from + offset < 0n) throw new Errno(ERRNO.inval);
      file.position = from + offset;
      memory.setU64(resultAt, file.position);
    },

    fd_tell(fd: number, resultAt: number): void {
      if (descriptors.any(fd).kind === 'directory') throw new Errno(ERRNO.badf);
      memory.setU64(resultAt, descriptors.file(fd).position);
    },

    fd_close: (fd: number): void => descriptors.close(fd),
    fd_renumber: (from: number, to: number): void => descriptors.renumber(from, to),

    fd_fdstat_get(fd: number, at: number): void {
      const { type, flags, rights } = fdstat(descriptors, fd);
      const { view } = memory;
      const start = at >>> 0;
      view.setBigUint64(start, 0n, true);
      view.setUint8(start, type);
      view.setUint16(start + 2, flags, true);
      view.setBigUint64(start + 8, rights, true);
      view.setBigUint64(start + 16, ALL_RIGHTS, true);
    },

    fd_fdstat_set_flags(fd: number, flags: number): void {
      const entry = descriptors.any(fd);
      if (flags & (FDFLAG.dsync | FDFLAG.rsync | FDFLAG.sync)) throw new Errno(ERRNO.inval);
      if (entry.kind !== 'directory') entry.flags = flags;
    },

    fd_fdstat_set_rights(fd: number): void {
      descriptors.any(fd);
      throw new Errno(ERRNO.notsup);
    },
  };
}

function seekFrom(file: FileEntry, whence: number): bigint {
  if (whence === WHENCE.set) return 0n;
  if (whence === WHENCE.current) return file.position;
  if (whence === WHENCE.end) return sizeOf(file);
  throw new Errno(ERRNO.inval);
}

function fdstat(descriptors: Descriptors, fd: number): { type: number; flags: number; rights: bigint } {
  const entry = descriptors.any(fd);
  if (entry.kind === 'standard') {
    const rights = entry.input === undefined ? RIGHT.fdWrite : RIGHT.fdRead;
    return {
      type: entry.isTerminal ? FILE_TYPE['character-device'] : FILE_TYPE.unknown,
      flags: entry.flags,
      rights,
    };
  }
  const type = FILE_TYPE[entry.descriptor.getType()];
  if (entry.kind === 'directory') return { type, flags: 0, rights: ALL_RIGHTS & ~RIGHT.fdSeek };
  const { read, write } = entry.descriptor.getFlags();
  const rights = ALL_RIGHTS & ~(read ? 0n : RIGHT.fdRead) & ~(write ? 0n : RIGHT.fdWrite);
  return { type, flags: entry.flags, rights };
}
