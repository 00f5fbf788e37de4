/** Preview 1: files by path, and what is known of them. */
import type { NodeType } from '../../fs/node.ts';
import type { Datetime } from '../clocks.ts';
import type { Descriptor } from '../descriptor.ts';
import type { DescriptorFlags } from '../open-at.ts';
import { ERRNO, Errno, FDFLAG, FILE_TYPE, type GuestMemory, OFLAG, RIGHT } from './abi.ts';
import type { Descriptors, DirectoryEntry } from './descriptors.ts';

interface Stat {
  readonly type: NodeType;
  readonly linkCount: bigint;
  readonly size: bigint;
  readonly dataAccessTimestamp?: Datetime;
  readonly dataModificationTimestamp?: Datetime;
  readonly statusChangeTimestamp?: Datetime;
}

const NS_PER_SECOND = 1_000_000_000n;
const DIRENT_BYTES = 24;
/** The one file system that guests see. */
const DEVICE = 1n;

const nsOf = (time: Datetime | undefined) =>
  time === undefined ? 0n : time.seconds * NS_PER_SECOND + BigInt(time.nanoseconds);

const follow = (lookupFlags: number) => ({ symlinkFollow: (lookupFlags & 1) !== 0 });

/** `fstflags`: for each time its value, now, or neither. */
function newTimes(atimNs: bigint, mtimNs: bigint, flags: number) {
  const [given, now] = [flags & 0b0101, flags & 0b1010];
  if ((given << 1) & now) throw new Errno(ERRNO.inval);
  const one = (ns: bigint, givenBit: number, nowBit: number) => {
    if (flags & nowBit) return { tag: 'now' } as const;
    if (!(flags & givenBit)) return { tag: 'no-change' } as const;
    const time = BigInt.asUintN(64, ns);
    const val = { seconds: time / NS_PER_SECOND, nanoseconds: Number(time % NS_PER_SECOND) };
    return { tag: 'timestamp', val } as const;
  };
  return [one(atimNs, 1, 2), one(mtimNs, 4, 8)] as const;
}

function listing({ descriptor }: DirectoryEntry): NonNullable<DirectoryEntry['listing']> {
  const entry = (name: string, type: NodeType) => ({
    name,
    type: FILE_TYPE[type],
    inode: descriptor.metadataHashAt({}, name).lower,
  });
  const entries = [entry('.', 'directory'), entry('..', 'directory')];
  const stream = descriptor.readDirectory();
  for (let next = stream.readDirectoryEntry(); next !== undefined; next = stream.readDirectoryEntry())
    entries.push(entry(next.name, next.type));
  stream[Symbol.dispose]();
  return entries;
}

/** Bound to one process's descriptors and memory. They throw Errno, or FileError, which becomes one. */
export function fileFunctions(descriptors: Descriptors, memory: GuestMemory) {
  const path = (at: number, length: number) => memory.path(at, length);
  const directory = (fd: number): Descriptor => descriptors.directory(fd).descriptor;
  const putStat = (at: number, stat: Stat, inode: bigint) => {
    const { view } = memory;
    const start = at >>> 0;
    const fields = [
      DEVICE,
      inode,
      BigInt(FILE_TYPE[stat.type]),
      stat.linkCount,
      stat.size,
      nsOf(stat.dataAccessTimestamp),
      nsOf(stat.dataModificationTimestamp),
      nsOf(stat.statusChangeTimestamp),
    ];
    fields.forEach((value, index) => {
      view.setBigUint64(start + 8 * index, value, true);
    });
  };
  return {
    path_open(
      fd: number,
      lookupFlags: number,
      at: number,
      length: number,
      oflags: number,
      rights: bigint,
      _inheriting: bigint,
      fdflags: number,
      openedAt: number,
    ): void {
      const flags: DescriptorFlags = {
        read: (rights & RIGHT.fdRead) !== 0n,
        write: (rights & RIGHT.fdWrite) !== 0n,
        fileIntegritySync: (fdflags & FDFLAG.sync) !== 0,
        dataIntegritySync: (fdflags & FDFLAG.dsync) !== 0,
        requestedWriteSync: (fdflags & FDFLAG.rsync) !== 0,
      };
      const open = {
        create: (oflags & OFLAG.create) !== 0,
        directory: (oflags & OFLAG.directory) !== 0,
        exclusive: (oflags & OFLAG.exclusive) !== 0,
        truncate: (oflags & OFLAG.truncate) !== 0,
      };
      // A directory is never written; programs ask for all rights to get those of names.
      const asked = open.directory ? { mutateDirectory: true } : flags;
      const descriptor = directory(fd).openAt(follow(lookupFlags), path(at, length), open, asked);
      const isDirectory = descriptor.getType() === 'directory';
      const entry = isDirectory
        ? ({ kind: 'directory', descriptor } as const)
        : ({ kind: 'file', descriptor, position: 0n, flags: fdflags } as const);
      memory.setU32(openedAt, descriptors.add(entry));
    },

    path_create_directory(fd: number, at: number, length: number): void {
      directory(fd).createDirectoryAt(path(at, length));
    },
    path_remove_directory(fd: number, at: number, length: number): void {
      directory(fd).removeDirectoryAt(path(at, length));
    },
    path_unlink_file(fd: number, at: number, length: number): void {
      directory(fd).unlinkFileAt(path(at, length));
    },
    path_rename(
      fd: number,
      at: number,
      length: number,
      newFd: number,
      newAt: number,
      newLength: number,
    ): void {
      directory(fd).renameAt(path(at, length), directory(newFd), path(newAt, newLength));
    },
    path_symlink(targetAt: number, targetLength: number, fd: number, at: number, length: number): void {
      directory(fd).symlinkAt(path(targetAt, targetLength), path(at, length));
    },
    path_link(
      fd: number,
      lookupFlags: number,
      at: number,
      length: number,
      newFd: number,
      newAt: number,
      newLength: number,
    ): void {
      directory(fd).linkAt(follow(lookupFlags), path(at, length), directory(newFd), path(newAt, newLength));
    },
    path_readlink(
      fd: number,
      at: number,
      length: number,
      buffer: number,
      size: number,
      usedAt: number,
    ): void {
      const target = new TextEncoder().encode(directory(fd).readlinkAt(path(at, length)));
      const piece = target.subarray(0, size >>> 0);
      memory.bytes(buffer, piece.length).set(piece);
      memory.setU32(usedAt, piece.length);
    },
    path_filestat_get(fd: number, lookupFlags: number, at: number, length: number, statAt: number): void {
      const from = directory(fd);
      const [flags, name] = [follow(lookupFlags), path(at, length)];
      putStat(statAt, from.statAt(flags, name) as Stat, from.metadataHashAt(flags, name).lower);
    },
    path_filestat_set_times(
      fd: number,
      lookupFlags: number,
      at: number,
      length: number,
      atimNs: bigint,
      mtimNs: bigint,
      flags: number,
    ): void {
      directory(fd).setTimesAt(follow(lookupFlags), path(at, length), ...newTimes(atimNs, mtimNs, flags));
    },

    fd_filestat_get(fd: number, statAt: number): void {
      const entry = descriptors.any(fd);
      if (entry.kind === 'standard') {
        const type = entry.isTerminal ? 'character-device' : 'unknown';
        putStat(statAt, { type, linkCount: 1n, size: 0n }, 0n);
        return;
      }
      const { descriptor } = entry;
      putStat(statAt, descriptor.stat() as Stat, descriptor.metadataHash().lower);
    },
    fd_filestat_set_times(fd: number, atimNs: bigint, mtimNs: bigint, flags: number): void {
      const entry = descriptors.any(fd);
      if (entry.kind === 'standard') throw new Errno(ERRNO.badf);
      entry.descriptor.setTimes(...newTimes(atimNs, mtimNs, flags));
    },
    fd_filestat_set_size(fd: number, size: bigint): void {
      descriptors.file(fd).descriptor.setSize(BigInt.asUintN(64, size));
    },
    fd_allocate(fd: number, offset: bigint, length: bigint): void {
      const { descriptor } = descriptors.file(fd);
      const end = BigInt.asUintN(64, offset) + BigInt.asUintN(64, length);
      if (length === 0n) throw new Errno(ERRNO.inval);
      if (end > (descriptor.stat() as Stat).size) descriptor.setSize(end);
    },
    fd_advise(fd: number, _offset: bigint, _length: bigint, advice: number): void {
      const entry = descriptors.any(fd);
      if (entry.kind === 'standard') throw new Errno(ERRNO.spipe);
      if (advice > 5) throw new Errno(ERRNO.inval);
      entry.descriptor.advise();
    },
    fd_sync(fd: number): void {
      const entry = descriptors.any(fd);
      if (entry.kind !== 'standard') entry.descriptor.sync();
    },
    fd_datasync(fd: number): void {
      const entry = descriptors.any(fd);
      if (entry.kind !== 'standard') entry.descriptor.syncData();
    },

    fd_readdir(fd: number, buffer: number, size: number, cookie: bigint, usedAt: number): void {
      const entry = descriptors.directory(fd);
      if (cookie === 0n || entry.listing === undefined) entry.listing = listing(entry);
      let used = 0;
      for (const [index, { name, type, inode }] of entry.listing.entries()) {
        if (BigInt(index) < cookie) continue;
        const encoded = new TextEncoder().encode(name);
        const record = new Uint8Array(DIRENT_BYTES + encoded.length);
        const view = new DataView(record.buffer);
        view.setBigUint64(0, BigInt(index + 1), true);
        view.setBigUint64(8, inode, true);
        view.setUint32(16, encoded.length, true);
        view.setUint8(20, type);
        record.set(encoded, DIRENT_BYTES);
        // The last one is cut where the buffer ends: that is how a guest knows that there is more.
        const piece = record.subarray(0, (size >>> 0) - used);
        memory.bytes((buffer >>> 0) + used, piece.length).set(piece);
        used += piece.length;
        if (used === size >>> 0) break;
      }
      memory.setU32(usedAt, used);
    },

    fd_prestat_get(fd: number, at: number): void {
      const entry = descriptors.any(fd);
      if (entry.kind !== 'directory' || entry.preopened === undefined) throw new Errno(ERRNO.badf);
      memory.setU32(at, 0);
      memory.setU32((at >>> 0) + 4, entry.preopened.length);
    },
    fd_prestat_dir_name(fd: number, at: number, length: number): void {
      const entry = descriptors.any(fd);
      if (entry.kind !== 'directory' || entry.preopened === undefined) throw new Errno(ERRNO.badf);
      const name = new TextEncoder().encode(entry.preopened).subarray(0, length >>> 0);
      memory.bytes(at, name.length).set(name);
    },
  };
}
