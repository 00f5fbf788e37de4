/**
 * The root file system that an image's layers make, one on top of the other: later ones win, whiteouts take away.
 * Nothing leaves the root. Follows containerd's pkg/archive/tar.go (applyNaive) and the image-spec's layer.md.
 */
import { posix } from 'node:path';
import type { ImageFile } from '../image.ts';
import type { LayerEntry, UnpackLimits } from './layer.ts';

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** Links that lead to links: as Linux. */
const MOST_LINKS = 40;

export class RootFiles {
  readonly #files = new Map<string, ImageFile>();
  /** The paths of the layer that is being applied: its whiteouts do not mean them. */
  #ofLayer = new Set<string>();
  readonly #limits: Pick<UnpackLimits, 'pathBytes'>;

  constructor(limits: Pick<UnpackLimits, 'pathBytes'>) {
    this.#limits = limits;
  }

  beginLayer(): void {
    this.#ofLayer = new Set();
  }

  /** @throws Error for an entry that no honest layer has. */
  apply({ header, content }: LayerEntry): void {
    const path = this.#placeOf(header.name);
    if (path === '/') return;
    const name = posix.basename(path);
    if (name.startsWith(WHITEOUT)) {
      this.#whiteOut(posix.dirname(path), name);
      return;
    }
    const file = this.#fileOf(path, header, content);
    if (file === undefined) return;
    this.#put(path, file);
  }

  #fileOf(path: string, header: LayerEntry['header'], content: Uint8Array): ImageFile | undefined {
    const mode = (header.mode ?? 0) & 0o7777;
    switch (header.type ?? 'file') {
      case 'file':
        return { type: 'file', path, mode, content };
      case 'directory':
        return { type: 'directory', path, mode };
      case 'symlink':
        return { type: 'symlink', path, target: header.linkname ?? '' };
      case 'link':
        return this.#linked(path, header.linkname ?? '');
      default:
        // Devices and pipes: a container's are its runtime's.
        return undefined;
    }
  }

  /** The parents first. */
  list(): readonly ImageFile[] {
    return [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Where an entry lies: within the root, through the directory links that are there already. */
  #placeOf(name: string): string {
    if (Buffer.byteLength(name) > this.#limits.pathBytes)
      throw new Error(
        `the layer has a path of more than ${this.#limits.pathBytes} bytes: ${name.slice(0, 60)}...`,
      );
    if (name.includes('\0'))
      throw new Error(`the layer has a path with a NUL in it: ${JSON.stringify(name)}`);
    const relative = posix.normalize(name.replace(/^\/+/, ''));
    if (relative === '..' || relative.startsWith('../'))
      throw new Error(`the layer has a path that leaves the root: ${name}`);
    const path = posix.join('/', relative).replace(/(.)\/$/, '$1');
    return path === '/' ? path : posix.join(this.#directory(posix.dirname(path)), posix.basename(path));
  }

  /** A directory's path after all links. */
  #directory(path: string): string {
    let at = '/';
    let rest = path.split('/').filter((part) => part !== '');
    for (let links = 0; rest.length > 0; ) {
      const [part = '', ...after] = rest;
      rest = after;
      const next = part === '..' ? posix.dirname(at) : posix.join(at, part);
      const file = this.#files.get(next);
      if (file?.type !== 'symlink') {
        at = next;
        continue;
      }
      if (++links > MOST_LINKS) throw new Error(`the layer has too many levels of symbolic links: ${path}`);
      if (file.target.startsWith('/')) at = '/';
      rest = [...file.target.split('/').filter((one) => one !== '' && one !== '.'), ...rest];
    }
    return at;
  }

  #linked(path: string, target: string): ImageFile {
    const file = this.#files.get(this.#placeOf(target));
    if (file === undefined || file.type === 'directory')
      throw new Error(`the layer links ${path} to ${target}, which is no file of the image`);
    return { ...file, path };
  }

  #put(path: string, file: ImageFile): void {
    const found = this.#files.get(path);
    if (found?.type === 'directory' && file.type !== 'directory') this.#removeBelow(path, new Set());
    for (let parent = posix.dirname(path); parent !== '/'; parent = posix.dirname(parent)) {
      if (this.#files.get(parent)?.type === 'directory') break;
      this.#files.set(parent, { type: 'directory', path: parent, mode: 0o755 });
    }
    this.#files.set(path, file);
    this.#ofLayer.add(path);
  }

  #whiteOut(directory: string, name: string): void {
    if (name === OPAQUE) {
      this.#removeBelow(directory, this.#ofLayer);
      return;
    }
    const path = posix.join(directory, name.slice(WHITEOUT.length));
    if (posix.dirname(path) !== directory || path === directory)
      throw new Error(`the layer has a whiteout that leaves its directory: ${directory}/${name}`);
    this.#removeBelow(path, this.#ofLayer);
    if (!this.#ofLayer.has(path)) this.#files.delete(path);
  }

  /** What lies below, but for `kept`, which keep their parents too. */
  #removeBelow(directory: string, kept: ReadonlySet<string>): void {
    const below = directory === '/' ? '/' : `${directory}/`;
    const needed = new Set<string>();
    for (const path of kept)
      for (let one = path; one.startsWith(below); one = posix.dirname(one)) needed.add(one);
    for (const path of this.#files.keys())
      if (path.startsWith(below) && !needed.has(path)) this.#files.delete(path);
  }
}
