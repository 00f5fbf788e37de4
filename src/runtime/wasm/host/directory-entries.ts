/** The `directory-entry-stream` resource: a directory as it was when it was opened. */
import type { Stat } from '../fs/node.ts';
import type { Process } from '../process/process.ts';

export class DirectoryEntryStream {
  readonly #entries: readonly (readonly [string, Stat['type']])[];
  readonly #release: () => void;
  #next = 0;

  constructor(process: Process, entries: readonly (readonly [string, Stat['type']])[]) {
    this.#entries = entries;
    this.#release = process.own(() => {});
  }

  readDirectoryEntry(): { name: string; type: Stat['type'] } | undefined {
    const entry = this.#entries[this.#next++];
    return entry === undefined ? undefined : { name: entry[0], type: entry[1] };
  }

  [Symbol.dispose](): void {
    this.#release();
  }
}
