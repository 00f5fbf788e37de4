/** Whether what is at a hostPath is what the pod says it is, and what is made when nothing is there. */

/** What lies at a path, as far as hostPath's types tell things apart. */
export type FileKind = 'directory' | 'file' | 'socket' | 'character device' | 'block device';
export type PathKind = FileKind | 'nothing';

/** What to make before the mount; `parents`: missing directories above it too. */
export interface PathToCreate {
  readonly kind: 'directory' | 'file';
  readonly mode: '0755' | '0644';
  readonly parents: boolean;
}

export type HostPathCheck =
  | { readonly ok: true; readonly creates?: PathToCreate }
  | { readonly ok: false; readonly error: string };

/** What each type that demands something calls what it wants. */
const WANTED: Readonly<Record<string, { readonly is: (found: PathKind) => boolean; readonly noun: string }>> =
  {
    Directory: { is: (found) => found === 'directory', noun: 'directory' },
    DirectoryOrCreate: { is: (found) => found === 'directory', noun: 'directory' },
    // Everything but a directory counts as a file.
    File: { is: (found) => found !== 'directory' && found !== 'nothing', noun: 'file' },
    FileOrCreate: { is: (found) => found !== 'directory' && found !== 'nothing', noun: 'file' },
    Socket: { is: (found) => found === 'socket', noun: 'socket file' },
    CharDevice: { is: (found) => found === 'character device', noun: 'character device' },
    BlockDevice: { is: (found) => found === 'block device', noun: 'block device' },
  };

const CREATED: Readonly<Record<string, PathToCreate>> = {
  DirectoryOrCreate: { kind: 'directory', mode: '0755', parents: true },
  FileOrCreate: { kind: 'file', mode: '0644', parents: false },
};

/**
 * pkg/volume/hostpath/host_path.go checkType; the empty type checks nothing and makes nothing. `parentFound`
 * says whether there is a directory to make something in.
 */
export function checkHostPath(
  type: string,
  path: string,
  found: PathKind,
  parentFound = true,
): HostPathCheck {
  if (type === '') return { ok: true };
  const wanted = WANTED[type];
  if (!wanted) return { ok: false, error: `${type} is an invalid volume type` };
  const creates = CREATED[type];
  if (found === 'nothing' && creates) {
    if (parentFound || creates.parents) return { ok: true, creates };
    return { ok: false, error: `open ${path}: no such file or directory` };
  }
  if (wanted.is(found)) return { ok: true };
  return { ok: false, error: `hostPath type check failed: ${path} is not a ${wanted.noun}` };
}
