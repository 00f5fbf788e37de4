/**
 * The node's file system as the kubelet uses it: pod directories, emptyDir, hostPath. Paths are the node's
 * (`/var/lib/kubelet/...`), the same in every run; where they really lie is known here alone.
 */
import type { MeasuredVolume } from '../api/stats.ts';
import { podVolumeDirectory } from '../kubelet/paths.ts';
import {
  checkHostPath as decideHostPath,
  type FileKind,
  type PathToCreate,
} from '../kubelet/volumes/host-path.ts';
import type { VolumeMountRequest } from '../machines/effects.ts';
import type { NodeEntry, NodeFile } from '../machines/events.ts';
import { RuntimeError } from '../runtime/port.ts';

export interface NodeFiles {
  /** Makes the pod's directory and its log directory. Idempotent. */
  makePodDirectories(podUid: string, logDirectory: string): Promise<void>;
  /** Removes the pod's directory; fails, in the kubelet's words, while a volume in it is not empty. Idempotent. */
  removePodDirectory(podUid: string): Promise<void>;
  /** What lies right in a directory, sorted by name; nothing when there is no such directory. */
  listDirectory(directory: string): Promise<readonly NodeEntry[]>;
  /** A symbolic link; one of that name is replaced. */
  linkFile(target: string, link: string): Promise<void>;
  /** Bytes; undefined for a file that is not there. */
  fileSizes(paths: readonly string[]): Promise<readonly (number | undefined)[]>;
  renameFile(from: string, to: string): Promise<void>;
  /** Into a file of the same name and `.gz`; the file itself goes. */
  compressFile(path: string): Promise<void>;
  /** A container's log with every rotated file, and the link to it. Idempotent. */
  removeLog(path: string, link: string): Promise<void>;
  /** Removes a directory with everything in it. Idempotent. */
  removeDirectory(path: string): Promise<void>;
  /** Makes the volume ready; resolves to its path on the node. Idempotent. */
  mountVolume(volume: VolumeMountRequest): Promise<string>;
  /** What the kubelet made goes with its content, a hostPath stays as it is. Idempotent. */
  unmountVolume(volume: VolumeMountRequest): Promise<void>;
  /** What lies in each emptyDir. What the kubelet itself writes into other volumes is not worth looking at. */
  volumeUsage(): Promise<readonly MeasuredVolume[]>;
  /** A file's text. NotFound, in Go's words, when there is none, or when it lies outside of `within`. */
  readText(path: string, within?: string): Promise<string>;
  /** Puts the whole text in place at once; makes the directories above. */
  writeText(path: string, text: string): Promise<void>;
  /** Adds to a file's end; makes it, and the directories above, when there is none. */
  appendText(path: string, text: string): Promise<void>;
  /** Idempotent. */
  removeFile(path: string): Promise<void>;
  /** The files right in a directory, sorted by name; none when there is no such directory. Of a file itself: that alone, without a name. */
  listFiles(directory: string): Promise<readonly NodeFile[]>;
  /** Tells of the node's files that somebody changes behind the kubelet's back, by their paths on the node. */
  onChange(listener: (path: string) => void): void;
  /** Where a path of the node really lies on this machine. */
  toReal(nodePath: string): string;
  /** The other way round. */
  toNode(realPath: string): string;
  /** A text, such as an error's, in which every real path is the node's again. */
  tellNode(text: string): string;
  /** Frees what this run holds. */
  close(): Promise<void>;
}

/** kubelet_volumes.go removeOrphanedPodVolumeDirs. */
export function volumeNotEmpty(podUid: string, path: string): RuntimeError {
  const text = `orphaned pod "${podUid}" found, but failed to rmdir() volume at path ${path}: directory not empty`;
  return new RuntimeError('FailedPrecondition', text);
}

/** Go's words for a file that is not there. */
export function noSuchFile(path: string): RuntimeError {
  return new RuntimeError('NotFound', `open ${path}: no such file or directory`);
}

/** The text of a file; undefined when there is none. */
export async function textIfThere(
  files: Pick<NodeFiles, 'readText'>,
  path: string,
): Promise<string | undefined> {
  try {
    return await files.readText(path);
  } catch (error) {
    if (error instanceof RuntimeError && error.code === 'NotFound') return undefined;
    throw error;
  }
}

/** Where a volume that the kubelet makes itself lies on the node; undefined for one that lies elsewhere. */
export function ownVolumePath({ podUid, volumeName, source }: VolumeMountRequest): string | undefined {
  switch (source.kind) {
    case 'emptyDir':
      return podVolumeDirectory(podUid, 'kubernetes.io/empty-dir', volumeName);
    case 'files':
      return podVolumeDirectory(podUid, source.plugin, volumeName);
    case 'hostPath':
    case 'image':
      return undefined;
  }
}

/**
 * Throws, in the kubelet's words, when what lies at `path` is not of `type`; returns what is to be made
 * there first (pkg/volume/hostpath/host_path.go, checkType).
 */
export function checkHostPath(
  path: string,
  type: string,
  found: FileKind | undefined,
  parentFound = true,
): PathToCreate | undefined {
  const check = decideHostPath(type, path, found ?? 'nothing', parentFound);
  if (!check.ok) throw new RuntimeError('FailedPrecondition', check.error);
  return check.creates;
}
