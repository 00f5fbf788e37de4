/** What `descriptor.open-at` makes of its flags: which access the descriptor has, and what is refused before the file is opened. */
import type { Node, OpenFile } from '../fs/node.ts';
import type { Found } from '../fs/tree.ts';
import { FileError } from './result.ts';

export interface OpenFlags {
  readonly create?: boolean;
  readonly directory?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
}

export interface DescriptorFlags {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly fileIntegritySync?: boolean;
  readonly dataIntegritySync?: boolean;
  readonly requestedWriteSync?: boolean;
  readonly mutateDirectory?: boolean;
}

/** A new file does not need its name to be followed, and an exclusive one must not. */
export const follows = (symlinkFollow: boolean, { create, exclusive }: OpenFlags) =>
  symlinkFollow && !(create && exclusive);

/**
 * The access that a descriptor gets: without any flag it reads, and making a file means writing it (as
 * wasmtime has it).
 */
export function grantedFlags(flags: DescriptorFlags, created: boolean): DescriptorFlags {
  const read = flags.read || !flags.write;
  return { ...flags, read, write: flags.write === true || created };
}

/**
 * The node to open, made where it is missing.
 * @throws FileError as Linux's open(2)
 */
export function nodeToOpen(
  found: Found,
  open: OpenFlags,
  flags: DescriptorFlags,
): Exclude<Node, { kind: 'symlink' | 'other' }> {
  const { node } = found;
  if (node === undefined) {
    if (!open.create) throw new FileError('no-entry');
    if (found.mustBeDirectory) throw new FileError('is-directory');
    return found.parent.directory.createFile(found.name, 0o644);
  }
  if (open.create && open.exclusive) throw new FileError('exist');
  if (node.kind === 'directory') {
    if (flags.write || open.truncate || open.create) throw new FileError('is-directory');
    return node;
  }
  if (open.directory) throw new FileError('not-directory');
  if (node.kind === 'symlink') throw new FileError('loop');
  if (node.kind === 'other') throw new FileError('not-permitted');
  return node;
}

/** @throws FileError invalid for what open(2) does not combine */
export function checkOpenFlags(open: OpenFlags): void {
  if (open.directory && (open.create || open.truncate)) throw new FileError('invalid');
}

/** A file whose writes are on the disk when they are done, if the flags ask for it. */
export function synced(file: OpenFile, flags: DescriptorFlags): OpenFile {
  if (!flags.fileIntegritySync && !flags.dataIntegritySync) return file;
  return {
    ...file,
    write(offset, bytes) {
      const written = file.write(offset, bytes);
      file.sync();
      return written;
    },
  };
}
