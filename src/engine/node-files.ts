/**
 * The node's file system as the kubelet uses it: pod directories, emptyDir, hostPath. Paths are the node's
 * (`/var/lib/kubelet/...`), the same in every run; where they really lie is known here alone.
 */
import type { VolumeMountRequest } from '../machines/effects.ts';
import { RuntimeError } from '../runtime/port.ts';

export interface NodeFiles {
  /** Makes the pod's directory and its log directory. Idempotent. */
  makePodDirectories(podUid: string, logDirectory: string): Promise<void>;
  /** Removes both with everything in them. Idempotent. */
  removePodDirectories(podUid: string, logDirectory: string): Promise<void>;
  /** Makes the volume ready; resolves to its path on the node. Idempotent. */
  mountVolume(volume: VolumeMountRequest): Promise<string>;
  /** An emptyDir goes with its content, a hostPath stays as it is. Idempotent. */
  unmountVolume(volume: VolumeMountRequest): Promise<void>;
  /** Where a path of the node really lies on this machine. */
  toReal(nodePath: string): string;
  /** The other way round. */
  toNode(realPath: string): string;
  /** Frees what this run holds. */
  close(): Promise<void>;
}

/** Where a kubelet keeps what belongs to a pod (pkg/kubelet/kubelet_getters.go, getPodDir). */
export function podDirectory(podUid: string): string {
  return `/var/lib/kubelet/pods/${podUid}`;
}

export function emptyDirPath(volume: VolumeMountRequest): string {
  return `${podDirectory(volume.podUid)}/volumes/kubernetes.io~empty-dir/${volume.volumeName}`;
}

/** What lies at a path, as far as hostPath's types tell things apart. */
export type FileKind = 'directory' | 'file' | 'socket' | 'character device' | 'block device';

const WANTED: Readonly<Record<string, { readonly kind: FileKind; readonly text: string }>> = {
  DirectoryOrCreate: { kind: 'directory', text: 'a directory' },
  Directory: { kind: 'directory', text: 'a directory' },
  FileOrCreate: { kind: 'file', text: 'a file' },
  File: { kind: 'file', text: 'a file' },
  Socket: { kind: 'socket', text: 'a socket file' },
  CharDevice: { kind: 'character device', text: 'a character device' },
  BlockDevice: { kind: 'block device', text: 'a block device' },
};

/** Throws, in the kubelet's words, when what lies at `path` is not of `type` (pkg/volume/hostpath/host_path.go, checkTypeInternal). */
export function checkHostPath(path: string, type: string, found: FileKind | undefined): void {
  if (type === '') return;
  const wanted = WANTED[type];
  if (wanted === undefined) throw new RuntimeError('InvalidArgument', `${type} is an invalid volume type`);
  if (found === wanted.kind) return;
  throw new RuntimeError('FailedPrecondition', `hostPath type check failed: ${path} is not ${wanted.text}`);
}
