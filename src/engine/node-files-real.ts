/** The node's files in a directory of this machine: one for each run, or one that is the node's; gone when the run is closed. */
import { rmSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { MANIFEST_DIRECTORY, podDirectory, subPathsDirectory } from '../kubelet/paths.ts';
import type { FileKind } from '../kubelet/volumes/host-path.ts';
import type { VolumeMountRequest } from '../machines/effects.ts';
import { RuntimeError } from '../runtime/port.ts';
import { writeAtomically } from './atomic-files.ts';
import { directories } from './directories.ts';
import { logFiles } from './log-files.ts';
import { checkHostPath, type NodeFiles, ownVolumePath } from './node-files.ts';
import { textFiles } from './text-files.ts';
import { EmptyDirs } from './volume-usage.ts';
import { watchedDirectory } from './watched-directory.ts';

/** An emptyDir is for everybody unless its mode says otherwise (pkg/volume/emptydir, perm). */
const EMPTY_DIR_MODE = 0o777;

/** What a volume for the pod's group gets besides: the group may all, and new files are the group's (pkg/volume/volume_linux.go). */
const GROUP_DIRECTORY_MODE = 0o2770;

/** Directories of the node that lie under the run's own root; everything else is this machine's. */
const OWN_PLACES = [
  '/var/lib/kubelet',
  '/var/log/containers',
  '/var/log/kubelet.log',
  '/etc/kubernetes',
  '/etc/systemd/logind.conf.d',
  // Where the persistent volumes of Kubernetes' own examples lie.
  '/mnt',
];

/** Roots of runs that were not closed: a process that ends early takes them along. */
const openRoots = new Set<string>();

function removeOpenRoots(): void {
  for (const root of openRoots) rmSync(root, { recursive: true, force: true });
}

export interface NodeFilesOptions {
  /** The node's own root, which outlives a process that ends early; by default one of the run's, which does not. */
  readonly root?: string | undefined;
  /** What becomes of a root of the node's own. */
  readonly onClose?: () => Promise<void>;
  /** A directory of this machine that is the node's manifest directory; it is watched. */
  readonly manifestDirectory?: string | undefined;
  /** Where the logs of pods lie on the node (`podLogsDir`), if not in the usual place. */
  readonly podLogsDir?: string;
}

/** Opens the node's root, or makes the run's in the temporary directory of the machine. */
export async function openNodeFiles({
  root: own,
  onClose,
  manifestDirectory,
  podLogsDir = '/var/log/pods',
}: NodeFilesOptions = {}): Promise<NodeFiles> {
  // Without symlinks, as the runtime names it in its errors.
  const root = own ?? (await realpath(await mkdtemp(join(tmpdir(), 'podstep-'))));
  if (own === undefined) {
    if (openRoots.size === 0) process.once('exit', removeOpenRoots);
    openRoots.add(root);
  }
  // As on every node: somewhere to mount things.
  await mkdir(join(root, 'mnt'), { recursive: true });
  const emptyDirs = new EmptyDirs();
  const manifests = manifestDirectory === undefined ? undefined : watchedDirectory(manifestDirectory);
  const isUnder = (path: string, place: string) =>
    path.startsWith(place) && (path.length === place.length || path[place.length] === '/');
  const isOwn = (nodePath: string) => [...OWN_PLACES, podLogsDir].some((place) => isUnder(nodePath, place));
  const toReal = (nodePath: string) => {
    if (manifests !== undefined && isUnder(nodePath, MANIFEST_DIRECTORY)) {
      return join(manifests.path, nodePath.slice(MANIFEST_DIRECTORY.length));
    }
    return isOwn(nodePath) ? join(root, nodePath) : nodePath;
  };
  const toNode = (realPath: string) =>
    realPath.startsWith(root) ? realPath.slice(root.length).split(sep).join('/') : realPath;
  return {
    async makePodDirectories(podUid, logDirectory) {
      await mkdir(toReal(podDirectory(podUid)), { recursive: true });
      await mkdir(toReal(logDirectory), { recursive: true });
    },
    async mountVolume(volume) {
      const { source } = volume;
      const nodePath = ownVolumePath(volume);
      if (source.kind === 'hostPath') await openHostPath(source, toReal(source.path), isOwn(source.path));
      if (nodePath === undefined) return source.kind === 'hostPath' ? source.path : '';
      if (source.kind === 'emptyDir') {
        await makeEmptyDir(source, toReal(nodePath));
        emptyDirs.add(toReal(nodePath), volume);
      }
      if (source.kind === 'files') {
        await writeAtomically(toReal(nodePath), source.payload, source.versionDirectory);
      }
      return nodePath;
    },
    async unmountVolume(volume) {
      const nodePath = ownVolumePath(volume);
      const held = subPathsDirectory(volume.podUid, volume.volumeName);
      await rm(toReal(held), { recursive: true, force: true });
      if (nodePath === undefined) return;
      await rm(toReal(nodePath), { recursive: true, force: true });
      emptyDirs.delete(toReal(nodePath));
    },
    volumeUsage: () => emptyDirs.usage(),
    ...textFiles(toReal),
    ...directories(toReal),
    ...logFiles(toReal),
    onChange: (listener) => manifests?.onChange((name) => listener(`${MANIFEST_DIRECTORY}/${name}`)),
    toReal,
    toNode,
    tellNode: (text) => text.replaceAll(root, ''),
    async close() {
      manifests?.close();
      if (own !== undefined) return onClose?.();
      await rm(root, { recursive: true, force: true });
      if (openRoots.delete(root) && openRoots.size === 0) process.removeListener('exit', removeOpenRoots);
    },
  };
}

type Source<Kind> = Extract<VolumeMountRequest['source'], { kind: Kind }>;

async function makeEmptyDir({ mode, forGroup }: Source<'emptyDir'>, real: string): Promise<void> {
  await mkdir(real, { recursive: true });
  await chmod(real, (mode ?? EMPTY_DIR_MODE) | (forGroup ? GROUP_DIRECTORY_MODE : 0));
}

/**
 * Makes sure that what lies there is what the pod says; `real` is the path on this machine. A runtime makes the
 * directory of an empty type when it is missing: only where nothing but the run is touched is that done here.
 */
async function openHostPath({ path, type }: Source<'hostPath'>, real: string, isOwn: boolean): Promise<void> {
  if (type === '' && isOwn && (await kindOf(real)) === undefined) await mkdir(real, { recursive: true });
  const parentFound = (await kindOf(dirname(real))) === 'directory';
  const creates = checkHostPath(path, type, await kindOf(real), parentFound);
  try {
    if (creates?.kind === 'directory') await mkdir(real, { recursive: creates.parents, mode: 0o755 });
    if (creates?.kind === 'file') await writeFile(real, '', { mode: 0o644 });
  } catch (cause) {
    throw new RuntimeError('FailedPrecondition', notMade(path, cause), { cause });
  }
}

/** Why a path could not be made, as Go says it. */
function notMade(path: string, cause: unknown): string {
  const { code, syscall = 'open', message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `${syscall} ${path}: no such file or directory`;
  return code === 'EACCES' ? `${syscall} ${path}: permission denied` : message;
}

/** What lies there, links followed; undefined when nothing does, or when it may not be looked at. */
async function kindOf(path: string): Promise<FileKind | undefined> {
  const found = await stat(path).catch(() => lstat(path).catch(() => undefined));
  if (found === undefined) return undefined;
  if (found.isDirectory()) return 'directory';
  if (found.isFile()) return 'file';
  if (found.isSocket()) return 'socket';
  if (found.isCharacterDevice()) return 'character device';
  return found.isBlockDevice() ? 'block device' : undefined;
}
