/** The files of an image as a tar layer, the same bytes for the same files: written by `modern-tar`, as layers are read. */
import { packTar, type TarEntry } from 'modern-tar';
import type { ImageFile } from '../image.ts';

/** Owner root, time 0, ustar; a path that ustar has no room for is in a pax header. */
export function writeTar(files: readonly ImageFile[]): Promise<Uint8Array> {
  return packTar(files.map(entryOf));
}

function entryOf(file: ImageFile): TarEntry {
  const name = file.path.replace(/^\//, '');
  const owner = { uid: 0, gid: 0, uname: '', gname: '', mtime: new Date(0) };
  switch (file.type) {
    case 'directory':
      return { header: { ...owner, name: `${name}/`, type: 'directory', mode: file.mode, size: 0 } };
    case 'symlink':
      return { header: { ...owner, name, type: 'symlink', mode: 0o777, size: 0, linkname: file.target } };
    case 'file': {
      const header = { ...owner, name, type: 'file', mode: file.mode, size: file.content.length } as const;
      return { header, body: file.content };
    }
  }
}
