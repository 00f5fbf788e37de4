/** A host file that a guest has open: bounded, and its changes noted in its mount. */
import fs from 'node:fs';
import { FileError, hostIo } from '../host/result.ts';
import { HOST_FILE_LIMIT_BYTES, type HostMount } from './host-mount.ts';
import type { OpenFile } from './node.ts';

/** Takes `fd` over; `onClose` is called once, when it is closed. What a write adds counts against the mount's bound. */
export function openHostFile(mount: HostMount, fd: number, onClose: () => void): OpenFile {
  let closed = false;
  const stats = () => hostIo(() => fs.fstatSync(fd));
  const resize = (size: number, keepsRest: boolean) => {
    if (!(size <= HOST_FILE_LIMIT_BYTES)) throw new FileError('file-too-large');
    const now = stats();
    mount.resizes(now, keepsRest ? Math.max(now.size, size) : size);
    mount.touched(now);
  };
  return {
    read(offset, length) {
      if (offset > HOST_FILE_LIMIT_BYTES && offset >= stats().size) return new Uint8Array(0);
      const buffer = new Uint8Array(Math.min(length, 1 << 20));
      const count = hostIo(() => fs.readSync(fd, buffer, 0, buffer.length, offset));
      return buffer.subarray(0, count);
    },
    write(offset, bytes) {
      resize(offset + bytes.length, true);
      return hostIo(() => fs.writeSync(fd, bytes, 0, bytes.length, offset));
    },
    sizeBytes: () => stats().size,
    truncate(size) {
      resize(size, false);
      hostIo(() => fs.ftruncateSync(fd, size));
    },
    stat: () => mount.stat(stats()),
    sync: () => hostIo(() => fs.fsyncSync(fd)),
    close() {
      if (closed) return;
      closed = true;
      mount.closes(stats());
      onClose();
      hostIo(() => fs.closeSync(fd));
    },
  };
}
