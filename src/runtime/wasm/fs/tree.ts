/** The path walk of a container: names one by one from its root, symlinks as the container sees them, `..` ends at the root. */
import { FileError } from '../host/result.ts';
import type { DirectoryNode, Node } from './node.ts';

/** A directory and the way to it, so that `..` needs no help of the host. */
export interface Location {
  readonly directory: DirectoryNode;
  /** Undefined at the container's root. */
  readonly parent: Location | undefined;
  readonly name: string;
}

/** The end of a path walk: the directory that holds the last name, and what is there. */
export interface Found {
  readonly parent: Location;
  /** Empty when the path means `parent` itself (`.`, `..`, `/`). */
  readonly name: string;
  readonly node: Node | undefined;
  /** The location itself when `node` is a directory. */
  readonly location: Location | undefined;
  /** The path ended with `/`: it can only mean a directory. */
  readonly mustBeDirectory: boolean;
}

const SYMLINK_LIMIT = 40;
/** In one walk, those of symlinks' targets included: a path has at most half as many, and each is looked up on the disk. */
const NAMES_LIMIT = 4096;
const PATH_LIMIT_BYTES = 4096;
const NAME_LIMIT_BYTES = 255;

/** Where every walk ends that goes up. */
export function rootLocation(directory: DirectoryNode): Location {
  return { directory, parent: undefined, name: '' };
}

/** The absolute path of a location in its container. */
function pathOf(location: Location): string {
  const names: string[] = [];
  for (let at: Location | undefined = location; at?.parent !== undefined; at = at.parent)
    names.unshift(at.name);
  return `/${names.join('/')}`;
}

/** The container's absolute path of what a walk found. */
export function foundPath(found: Found): string {
  if (found.name === '') return pathOf(found.parent);
  const parent = pathOf(found.parent);
  return parent === '/' ? `/${found.name}` : `${parent}/${found.name}`;
}

/**
 * Walks `path` from `base` (an absolute path or symlink target: from the root). The last name may be missing
 * (`node` undefined); a missing one on the way is `no-entry`. The last symlink is followed when `follow`.
 * @throws FileError no-entry, not-directory, loop, name-too-long, invalid
 */
export function walk(root: Location, base: Location, path: string, follow: boolean): Found {
  if (path === '') throw new FileError('no-entry');
  if (path.includes('\0')) throw new FileError('invalid');
  if (Buffer.byteLength(path) > PATH_LIMIT_BYTES) throw new FileError('name-too-long');
  let at = path.startsWith('/') ? root : base;
  // The next name is the last one here.
  const names = namesOf(path);
  const mustBeDirectory = path.endsWith('/');
  let symlinks = 0;
  let walked = 0;
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    walked++;
    if (walked > NAMES_LIMIT) throw new FileError('loop');
    const last = names.length === 0;
    if (name === '.' || name === '..') {
      if (name === '..') at = at.parent ?? at;
      continue;
    }
    if (Buffer.byteLength(name) > NAME_LIMIT_BYTES) throw new FileError('name-too-long');
    const node = at.directory.lookup(name);
    if (node?.kind === 'symlink' && (!last || follow || mustBeDirectory)) {
      symlinks++;
      if (symlinks > SYMLINK_LIMIT) throw new FileError('loop');
      const target = node.target;
      if (target.startsWith('/')) at = root;
      names.push(...namesOf(target));
      continue;
    }
    if (last) return ending(at, name, node, mustBeDirectory);
    if (node === undefined) throw new FileError('no-entry');
    if (node.kind !== 'directory') throw new FileError('not-directory');
    at = { directory: node, parent: at, name };
  }
  return { parent: at, name: '', node: at.directory, location: at, mustBeDirectory };
}

/** The names of a path, the first one last. */
const namesOf = (path: string) =>
  path
    .split('/')
    .filter((name) => name !== '')
    .reverse();

function ending(at: Location, name: string, node: Node | undefined, mustBeDirectory: boolean): Found {
  if (node !== undefined && node.kind !== 'directory' && mustBeDirectory)
    throw new FileError('not-directory');
  const location = node?.kind === 'directory' ? { directory: node, parent: at, name } : undefined;
  return { parent: at, name, node, location, mustBeDirectory };
}
