/**
 * A container's log on the node, as a CRI runtime keeps it: one file, written in CRI's format until the
 * kubelet has renamed it and asks for it to be opened again. Written at once, so that whoever looks sees it.
 */
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { formatNanoTime } from '../lib/time.ts';
import type { LogLine } from './port.ts';

/** `2026-01-31T08:00:00.25Z stdout F text` (containerd internal/cri/io/logger.go; F is a full line, P a part of one). */
function formatLogLine({ atMs, stream, text, partial }: LogLine): string {
  return `${formatNanoTime(atMs)} ${stream} ${partial ? 'P' : 'F'} ${text}\n`;
}

export class ContainerLogFile {
  readonly #path: string;
  #descriptor: number | undefined;
  /** Of the file that is written. */
  #ownBytes = 0;
  /** Of the others, and the directory's time when they were looked at. */
  #rotated = { seenMs: -1, bytes: 0 };

  private constructor(path: string) {
    this.#path = path;
    this.reopen();
  }

  /** Opens the log; undefined where the kubelet has made no directory for the pod's logs. */
  static open(path: string): ContainerLogFile | undefined {
    const directory = dirname(path);
    if (!isAbsolute(path) || statSync(dirname(directory), { throwIfNoEntry: false }) === undefined)
      return undefined;
    mkdirSync(directory, { recursive: true });
    return new ContainerLogFile(path);
  }

  write(lines: readonly LogLine[]): void {
    if (this.#descriptor === undefined) return;
    this.#ownBytes += writeSync(this.#descriptor, lines.map(formatLogLine).join(''));
  }

  /** What is written from now on goes to a file of the log's own name (CRI ReopenContainerLog). */
  reopen(): void {
    this.close();
    this.#descriptor = openSync(this.#path, 'a');
    this.#ownBytes = fstatSync(this.#descriptor).size;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** What the log takes on the disk, with its rotated files; 0 once the kubelet has removed them all. */
  bytes(): number {
    const directory = dirname(this.#path);
    const changedMs = statSync(directory, { throwIfNoEntry: false })?.mtimeMs;
    if (changedMs === undefined) return 0;
    // Looking into the directory takes long, and it changes only when the kubelet turns the log over.
    if (changedMs !== this.#rotated.seenMs) {
      this.#rotated = { seenMs: changedMs, bytes: this.#rotatedBytes(directory) };
    }
    return this.#ownBytes + this.#rotated.bytes;
  }

  #rotatedBytes(directory: string): number {
    const prefix = `${basename(this.#path)}.`;
    const files = readdirSync(directory).filter((file) => file.startsWith(prefix));
    const sizes = files.map((file) => statSync(join(directory, file), { throwIfNoEntry: false })?.size ?? 0);
    return sizes.reduce((sum, size) => sum + size, 0);
  }
}
