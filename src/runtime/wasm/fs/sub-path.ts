/**
 * A path below a volume, as a container mounts it: missing directories are made, and neither they nor the
 * path itself may lie outside, wherever symlinks in the volume lead. All of it happens at once, without a
 * guest running in between.
 */
import fs from 'node:fs';
import path from 'node:path';
import { RuntimeError } from '../../port.ts';

export interface SubPath {
  /** The volume's directory on this machine. */
  readonly volumePath: string;
  readonly volumeName: string;
  /** Relative, without `..`. */
  readonly path: string;
  readonly containerName: string;
  /** Where a file is held on to. */
  readonly bindPath: string;
}

/**
 * The real place of a sub-path, free of symlinks; what is missing becomes directories of the volume's mode.
 * Follows kubelet_pods.go makeMounts and pkg/volume/util/subpath. Why it failed stays untold, as there: it
 * could tell a guest of the host's files.
 * @throws RuntimeError CreateContainerConfigError when it leads out of the volume or cannot be made
 */
export function openSubPath(subPath: SubPath): string {
  const volume = fs.realpathSync(subPath.volumePath);
  const names = subPath.path.split('/').filter((name) => name !== '' && name !== '.');
  const wanted = path.join(volume, ...names);
  if (names.includes('..')) throw failed(subPath, 'prepare subPath');
  if (!exists(wanted)) {
    if (!makeDirectories(volume, names)) throw failed(subPath, 'create subPath directory');
  }
  const found = inside(volume, wanted);
  if (found === undefined) throw failed(subPath, 'prepare subPath');
  return fs.statSync(found).isFile() ? held(found, subPath.bindPath) : found;
}

/**
 * A second name for the file, as a bind mount is one: when an update of the volume takes the file away, the
 * container goes on with the old one, and never sees the new. Between two disks there is no second name.
 */
function held(file: string, bindPath: string): string {
  try {
    fs.mkdirSync(path.dirname(bindPath), { recursive: true });
    fs.rmSync(bindPath, { force: true });
    fs.linkSync(file, bindPath);
    return bindPath;
  } catch {
    return file;
  }
}

/** Whether something lies there, links followed; what cannot be looked at counts as there. */
function exists(wanted: string): boolean {
  try {
    return fs.statSync(wanted, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

/** The real place, if it is the volume or lies in it. */
function inside(volume: string, wanted: string): string | undefined {
  try {
    const real = fs.realpathSync(wanted);
    return real === volume || real.startsWith(volume + path.sep) ? real : undefined;
  } catch {
    // Nothing there, a link that leads nowhere or round in a circle: no place in the volume.
    return undefined;
  }
}

function makeDirectories(volume: string, names: readonly string[]): boolean {
  const mode = fs.statSync(volume).mode & 0o777;
  let at = volume;
  for (const name of names) {
    const next = path.join(at, name);
    if (fs.lstatSync(next, { throwIfNoEntry: false }) === undefined) {
      fs.mkdirSync(next);
      fs.chmodSync(next, mode);
    }
    const real = inside(volume, next);
    if (real === undefined || !fs.statSync(real).isDirectory()) return false;
    at = real;
  }
  return true;
}

function failed({ volumeName, containerName }: SubPath, what: string): RuntimeError {
  const message = `failed to ${what} for volumeMount "${volumeName}" of container "${containerName}"`;
  return new RuntimeError('FailedPrecondition', message, { reason: 'CreateContainerConfigError' });
}
