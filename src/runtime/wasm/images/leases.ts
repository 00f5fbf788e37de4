/** Which images other processes run, so that nobody removes one from under them: a file a process, beside the store. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isStale, SELF, TOUCH_MS } from './lock.ts';

/** Of this process; they go when it ends in order, and are stale when it did not. */
const own = new Set<string>();

function removeOwn(): void {
  for (const file of own) rmSync(file, { force: true });
}

export class Leases {
  readonly #directory: string;
  readonly #file: string;
  readonly #digests = new Set<string>();

  /** `directory`: the store's. */
  constructor(directory: string) {
    this.#directory = join(directory, 'leases');
    this.#file = join(this.#directory, `${process.pid}.${randomUUID()}`);
  }

  /** Says that this process runs the image, until it ends. Idempotent. */
  async take(digest: string): Promise<void> {
    if (this.#digests.has(digest)) return;
    this.#digests.add(digest);
    try {
      await mkdir(this.#directory, { recursive: true });
      await writeFile(this.#file, [SELF, ...this.#digests].join(' '));
    } catch {
      // On a full disk an image can still be run; others are then not told of it.
      return;
    }
    if (own.size === 0) process.once('exit', removeOwn);
    if (own.has(this.#file)) return;
    own.add(this.#file);
    setInterval(() => utimes(this.#file, new Date(), new Date()).catch(() => {}), TOUCH_MS).unref();
  }

  /** The numbers of the other processes that run it. What ended processes have left is cleared away. */
  async othersThatRun(digest: string): Promise<readonly number[]> {
    const found = new Set<number>();
    for (const name of await readdir(this.#directory).catch(() => [])) {
      const file = join(this.#directory, name);
      if (await isStale(file)) {
        await rm(file, { force: true });
        continue;
      }
      // Its process may end at this moment.
      const [pid = '', , ...digests] = (await readFile(file, 'utf8').catch(() => '')).split(' ');
      if (digests.includes(digest) && !own.has(file)) found.add(Number(pid));
    }
    return [...found].sort((a, b) => a - b);
  }
}
