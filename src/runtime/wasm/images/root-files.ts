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
/** Of one path: each makes a directory, and every look-up in a container walks them. */
const MOST_NAMES = 256;
const NAME_LIMIT_BYTES = 255;

/** A file, and what lies in it when it is a directory. */
interface Place {
  file: ImageFile;
  readonly children: Map<string, Place>;
  /** The number of the layer that has an entry for it; 0 for a directory that only others need. */
  layer: number;
  /** The last layer that has taken away what the ones before had here: it need not look again. */
  clearedIn: number;
}

const directoryAt = (path: string): Place => ({
  file: { type: 'directory', path, mode: 0o755 },
  children: new Map(),
  layer: 0,
  clearedIn: 0,
});

export class RootFiles {
  readonly #root = directoryAt('/');
  #layer = 1;
  /** Ever made, directories that only others need among them: a path of 4 KiB could be thousands. */
  #made = 0;
  readonly #limits: Pick<UnpackLimits, 'pathBytes' | 'entries'>;

  constructor(limits: Pick<UnpackLimits, 'pathBytes' | 'entries'>) {
    this.#limits = limits;
  }

  beginLayer(): void {
    this.#layer++;
  }

  /** @throws Error for an entry that no honest layer has. */
  apply({ header, content }: LayerEntry): void {
    const names = this.#placeOf(header.name);
    const name = names.at(-1);
    if (name === undefined) return;
    if (name.startsWith(WHITEOUT)) {
      this.#whiteOut(names.slice(0, -1), name);
      return;
    }
    const file = this.#fileOf(`/${names.join('/')}`, header, content);
    if (file !== undefined) this.#put(names, file);
  }

  #fileOf(path: string, header: LayerEntry['header'], content: Uint8Array): ImageFile | undefined {
    const mode = (header.mode ?? 0) & 0o7777;
    switch (header.type ?? 'file') {
      case 'file':
        return { type: 'file', path, mode, content };
      case 'directory':
        return { type: 'directory', path, mode };
      case 'symlink':
        return { type: 'symlink', path, target: this.#bounded(header.linkname ?? '') };
      case 'link':
        return this.#linked(path, header.linkname ?? '');
      default:
        // Devices and pipes: a container's are its runtime's.
        return undefined;
    }
  }

  /** The parents first. */
  list(): readonly ImageFile[] {
    const files: ImageFile[] = [];
    const gather = ({ children }: Place): void => {
      for (const child of children.values()) {
        files.push(child.file);
        gather(child);
      }
    };
    gather(this.#root);
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** The names on the way to an entry: within the root, through the directory links that are there already. */
  #placeOf(name: string): readonly string[] {
    const relative = posix.normalize(this.#bounded(name).replace(/^\/+/, ''));
    if (relative === '..' || relative.startsWith('../'))
      throw new Error(`the layer has a path that leaves the root: ${name}`);
    const names = namesOf(relative);
    const last = names.pop();
    if (last === undefined) return [];
    const place = [...this.#resolved(names), last];
    this.#bounded(place.join('/'));
    if (place.length > MOST_NAMES)
      throw new Error(`the layer has a path of more than ${MOST_NAMES} names: ${brief(name)}`);
    if (Buffer.byteLength(last) > NAME_LIMIT_BYTES)
      throw new Error(`the layer has a name of more than ${NAME_LIMIT_BYTES} bytes: ${brief(last)}`);
    return place;
  }

  /** A path, or where a link leads. @throws Error for one that no file system takes */
  #bounded(path: string): string {
    if (Buffer.byteLength(path) > this.#limits.pathBytes)
      throw new Error(`the layer has a path of more than ${this.#limits.pathBytes} bytes: ${brief(path)}`);
    if (path.includes('\0'))
      throw new Error(`the layer has a path with a NUL in it: ${JSON.stringify(path)}`);
    return path;
  }

  /** A directory's names after all links. */
  #resolved(names: readonly string[]): readonly string[] {
    const rest = names.toReversed();
    const at: string[] = [];
    const places: (Place | undefined)[] = [this.#root];
    let links = 0;
    for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
      const file = name === '..' ? undefined : places.at(-1)?.children.get(name)?.file;
      if (name === '..') {
        at.pop();
        if (places.length > 1) places.pop();
      } else if (file?.type === 'symlink') {
        if (++links > MOST_LINKS)
          throw new Error(`the layer has too many levels of symbolic links: ${names.join('/')}`);
        if (file.target.startsWith('/')) {
          at.length = 0;
          places.length = 1;
        }
        rest.push(...namesOf(file.target).reverse());
      } else {
        places.push(places.at(-1)?.children.get(name));
        at.push(name);
      }
    }
    return at;
  }

  #linked(path: string, target: string): ImageFile {
    const file = this.#find(this.#placeOf(target))?.file;
    if (file === undefined || file.type === 'directory')
      throw new Error(`the layer links ${path} to ${target}, which is no file of the image`);
    return { ...file, path };
  }

  #find(names: readonly string[]): Place | undefined {
    let at: Place | undefined = this.#root;
    for (const name of names) at = at?.children.get(name);
    return at;
  }

  /** The parents become directories where they are none; what lies below a directory that becomes something else is gone. */
  #put(names: readonly string[], file: ImageFile): void {
    let at = this.#root;
    let path = '';
    for (const [index, name] of names.entries()) {
      path += `/${name}`;
      const isLast = index === names.length - 1;
      const found = at.children.get(name);
      const stays = found?.file.type === 'directory' && (!isLast || file.type === 'directory');
      const next = stays ? found : this.#new(path);
      at.children.set(name, next);
      at = next;
    }
    at.file = file;
    at.layer = this.#layer;
  }

  #new(path: string): Place {
    this.#made++;
    if (this.#made > this.#limits.entries)
      throw new Error(`the image has more than ${this.#limits.entries} files`);
    return directoryAt(path);
  }

  #whiteOut(directory: readonly string[], name: string): void {
    const hidden = name.slice(WHITEOUT.length);
    const parent = this.#find(directory);
    if (name === OPAQUE) {
      if (parent !== undefined) this.#clear(parent);
    } else if (['', '.', '..'].includes(hidden)) {
      throw new Error(
        `the layer has a whiteout that leaves its directory: /${[...directory, name].join('/')}`,
      );
    } else if (parent !== undefined) this.#clearOne(parent, hidden);
  }

  /** Takes away what the layers before have there; a directory stays where this layer has something in it. */
  #clear(place: Place): void {
    if (place.clearedIn === this.#layer) return;
    place.clearedIn = this.#layer;
    for (const name of [...place.children.keys()]) this.#clearOne(place, name);
  }

  #clearOne(parent: Place, name: string): void {
    const place = parent.children.get(name);
    if (place === undefined) return;
    this.#clear(place);
    if (place.layer !== this.#layer && place.children.size === 0) parent.children.delete(name);
  }
}

const namesOf = (path: string) => path.split('/').filter((name) => name !== '' && name !== '.');

const brief = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}...` : text);
