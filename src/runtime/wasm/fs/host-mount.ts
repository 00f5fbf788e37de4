/** One bind mount of one container: what it may still grow by, and what it remembers of the host's files. */
import fs from 'node:fs';
import { FileError, hostIo } from '../host/result.ts';
import { identity, remember, typeOf } from './host-stats.ts';
import type { Node, NodeIds, Stat, Times } from './node.ts';
import type { MountedTmpfs } from './tmpfs.ts';

/** One file of the host may be made this large, and one mount may grow by this much through one container. */
export const HOST_FILE_LIMIT_BYTES = 1 << 30;
/** Through one mount of one container, at once: the host's open files are the whole node's. */
export const OPEN_FILES_LIMIT = 256;
/** Made through one mount by one container and still there: the host's file system has only so many. */
export const MADE_FILES_LIMIT = 65_536;

export class HostMount {
  readonly readonly: boolean;
  readonly ids: NodeIds;
  /** Mounts below this one, by the host path that they cover. */
  readonly covered = new Map<string, Node>();
  readonly now: () => number;
  readonly #virtual: boolean;
  /** The volume stands for a file system in memory. */
  readonly #memory: MountedTmpfs | undefined;
  /** By identity, as the times. */
  readonly #ids = new Map<string, number>();
  /** In virtual time the host's own times would differ from run to run, so they are kept here. */
  readonly #times = new Map<string, Times>();
  readonly #startMs: number;
  #grownBytes = 0;
  #openFiles = 0;
  /** Names made, less those taken away. */
  madeFiles = 0;

  constructor(options: {
    readonly: boolean;
    ids: NodeIds;
    now: () => number;
    virtual: boolean;
    memory?: MountedTmpfs;
  }) {
    this.readonly = options.readonly;
    this.ids = options.ids;
    this.now = options.now;
    this.#virtual = options.virtual;
    this.#memory = options.memory;
    this.#startMs = options.now();
  }

  idOf(stats: fs.Stats): number {
    const key = identity(stats);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.ids.take();
    remember(this.#ids, key, id);
    return id;
  }

  mayWrite(): void {
    if (this.readonly) throw new FileError('read-only');
  }

  /** Counts an open file; the return value counts it out again. One guest must not use up what all share. */
  opens(): () => void {
    if (this.#openFiles >= OPEN_FILES_LIMIT) throw new FileError('insufficient-memory');
    this.#openFiles++;
    return () => {
      this.#openFiles--;
    };
  }

  /** A file is about to be so large. @throws FileError insufficient-space, insufficient-memory */
  resizes(stats: fs.Stats, sizeBytes: number): void {
    const grown = Math.max(0, sizeBytes - stats.size);
    if (this.#grownBytes + grown > HOST_FILE_LIMIT_BYTES) throw new FileError('insufficient-space');
    this.#memory?.volume.resize(identity(stats), stats.size, sizeBytes, this.#memory.payer);
    this.#grownBytes += grown;
  }

  openedFile(stats: fs.Stats): void {
    this.#memory?.volume.opened(identity(stats));
  }

  closes(stats: fs.Stats): void {
    this.#memory?.volume.closed(identity(stats), stats.size, stats.nlink === 0);
  }

  /** A name goes, perhaps the last one. */
  unlinks(stats: fs.Stats | undefined): void {
    if (stats?.isFile() && stats.nlink === 1) this.#memory?.volume.unlinked(identity(stats), stats.size);
  }

  stat(stats: fs.Stats): Stat {
    const type = typeOf(stats);
    const times = this.#virtual
      ? { ...(this.#times.get(identity(stats)) ?? this.#startTimes()) }
      : { accessedMs: stats.atimeMs, modifiedMs: stats.mtimeMs, changedMs: stats.ctimeMs };
    const sizeBytes = type === 'directory' ? 4096 : stats.size;
    const linkCount = type === 'directory' ? 2 : stats.nlink;
    return { type, linkCount, sizeBytes, times, mode: stats.mode & 0o7777 };
  }

  /** Notes that a file or directory was made, or its content changed, through this mount. */
  touched(stats: fs.Stats): void {
    if (!this.#virtual) return;
    const nowMs = this.now();
    remember(this.#times, identity(stats), { accessedMs: nowMs, modifiedMs: nowMs, changedMs: nowMs });
  }

  /** Notes that it got another name, or lost one. */
  renamed(stats: fs.Stats): void {
    if (!this.#virtual) return;
    const times = this.#times.get(identity(stats)) ?? this.#startTimes();
    remember(this.#times, identity(stats), { ...times, changedMs: this.now() });
  }

  setTimes(
    hostPath: string,
    stats: fs.Stats,
    accessedMs: number | undefined,
    modifiedMs: number | undefined,
  ): void {
    this.mayWrite();
    if (!this.#virtual) {
      const accessed = (accessedMs ?? stats.atimeMs) / 1000;
      const modified = (modifiedMs ?? stats.mtimeMs) / 1000;
      hostIo(() => fs.lutimesSync(hostPath, accessed, modified));
      return;
    }
    const times = this.#times.get(identity(stats)) ?? this.#startTimes();
    remember(this.#times, identity(stats), {
      accessedMs: accessedMs ?? times.accessedMs,
      modifiedMs: modifiedMs ?? times.modifiedMs,
      changedMs: this.now(),
    });
  }

  #startTimes(): Times {
    return { accessedMs: this.#startMs, modifiedMs: this.#startMs, changedMs: this.#startMs };
  }
}
