/** A host file that a guest has open: bounded, and its changes noted in its mount. */
import fs from 'node:fs';
import { FileError, hostIo } from '../host/result.ts';
import type { HostMount } from './host.ts';
import type { OpenFile } from './node.ts';

/** A guest may make one host file this large, and one mount may grow by this much through one container. */
export const HOST_FILE_LIMIT_BYTES = 1 << 30;

export function openHostFile(mount: HostMount, hostPath: string, fd: number, onClose: () => void): OpenFile {
  let closed = false;
  const sizeBytes = () => hostIo(() => fs.fstatSync(fd).size);
  const growTo = (size: number) => {
    if (!(size <= HOST_FILE_LIMIT_BYTES)) throw new FileError('file-too-large');
    const grown = size - sizeBytes();
    if (grown > 0) mount.grow(grown);
    mount.touched(hostPath);
  };
  return {
    read(offset, length) {
      const buffer = new Uint8Array(Math.min(length, 1 << 20));
      const count = hostIo(() => fs.readSync(fd, buffer, 0, buffer.length, offset));
      return buffer.subarray(0, count);
    },
    write(offset, bytes) {
      growTo(offset + bytes.length);
      return hostIo(() => fs.writeSync(fd, bytes, 0, bytes.length, offset));
    },
    sizeBytes,
    truncate(size) {
      growTo(size);
      hostIo(() => fs.ftruncateSync(fd, size));
    },
    stat: () =>
      mount.stat(
        hostPath,
        hostIo(() => fs.fstatSync(fd)),
      ),
    sync: () => hostIo(() => fs.fsyncSync(fd)),
    close() {
      if (closed) return;
      closed = true;
      onClose();
      hostIo(() => fs.closeSync(fd));
    },
  };
}
