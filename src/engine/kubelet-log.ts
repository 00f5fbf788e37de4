/** The kubelet's log as the node keeps it: the last lines in memory, and the file `/var/log/kubelet.log`. */
import { type KlogRecord, klogLine } from '../lib/klog.ts';
import type { Audience } from './audience.ts';
import type { NodeFiles } from './node-files.ts';
import type { Outbox } from './outbox.ts';

/** Where the node keeps it. */
const KUBELET_LOG_PATH = '/var/log/kubelet.log';

/** Lines kept in memory; the file has at most twice as many. */
const LINES_LIMIT = 20_000;

export class KubeletLog {
  readonly #lines: string[] = [];
  #unwritten: string[] = [];
  #inFile = 0;

  readonly #audience: Audience;

  constructor(audience: Audience) {
    this.#audience = audience;
  }

  add(record: KlogRecord, atMs: number): void {
    const line = klogLine(record, atMs);
    this.#lines.push(line);
    this.#unwritten.push(line);
    if (this.#lines.length > LINES_LIMIT) this.#lines.shift();
    this.#audience.tell((listener) => listener.onKubeletLog?.(line));
  }

  /** The newest lines, oldest first. */
  lines(): readonly string[] {
    return this.#lines;
  }

  /** Writes what is new into the node's file; nobody waits for it. */
  flush(files: NodeFiles, outbox: Outbox): void {
    if (this.#unwritten.length === 0) return;
    const unwritten = this.#unwritten;
    this.#unwritten = [];
    this.#inFile += unwritten.length;
    if (this.#inFile <= 2 * LINES_LIMIT) {
      outbox.follow(files.appendText(KUBELET_LOG_PATH, textOf(unwritten)));
      return;
    }
    this.#inFile = this.#lines.length;
    outbox.follow(files.writeText(KUBELET_LOG_PATH, textOf(this.#lines)));
  }
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
