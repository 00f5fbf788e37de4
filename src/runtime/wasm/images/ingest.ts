/**
 * A blob on its way from a registry into the store: written aside, resumed where it broke off (also by another
 * process, after a crash), verified, and only then given its name. In containerd: the content store's ingests.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ExchangeError } from '../registry/dial-error.ts';
import type { RegistryLimits } from '../registry/limits.ts';
import type { Descriptor } from './digest.ts';
import { syncDirectory } from './durable.ts';

/** A blob's bytes from `offset` on; `from` is 0 when the source cannot resume. */
export type OpenBlob = (offset: number) => Promise<{
  readonly from: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}>;

/** A blob breaks off at most so often. */
const MOST_ATTEMPTS = 64;
/** Without bytes that are worth it, only so often in a row. */
const MOST_FRUITLESS = 2;
const WORTH_BYTES = 4_096;

export interface IngestOptions {
  readonly limits: Pick<RegistryLimits, 'retryMs'>;
  /** `layer` or `config`: how containerd names it when it is not what it says. */
  readonly kind: string;
  /** Bytes that are here now; less than before when a source had to begin anew. */
  readonly onBytes: (doneBytes: number) => void;
}

/** Brings the blob to `path`, by way of `aside`. One at a time for each `aside`. @throws Error in containerd's words. */
export async function ingest(
  descriptor: Descriptor,
  paths: { readonly aside: string; readonly path: string },
  openBlob: OpenBlob,
  options: IngestOptions,
): Promise<void> {
  const { aside, path } = paths;
  const file = await open(aside, 'a+');
  try {
    const arriving = new Arriving(file, descriptor, options);
    const isResumed = await arriving.takeUp(aside);
    await arriving.fill(openBlob);
    // What an earlier pull has left may be damaged: once more, from the beginning.
    if (isResumed && !arriving.isRight) {
      await arriving.beginAnew();
      await arriving.fill(openBlob);
    }
    if (!arriving.isRight) {
      const { mismatch } = arriving;
      await arriving.beginAnew();
      throw new Error(mismatch);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
  await syncDirectory(dirname(path));
}

class Arriving {
  readonly #file: FileHandle;
  readonly #descriptor: Descriptor;
  readonly #options: IngestOptions;
  #hash: Hash = createHash('sha256');
  #bytes = 0;
  #digest: string | undefined;

  constructor(file: FileHandle, descriptor: Descriptor, options: IngestOptions) {
    this.#file = file;
    this.#descriptor = descriptor;
    this.#options = options;
  }

  /** Goes on from what lies in the file. */
  async takeUp(path: string): Promise<boolean> {
    const { size } = await this.#file.stat();
    if (size === 0) return false;
    if (size > this.#descriptor.size) {
      await this.beginAnew();
      return false;
    }
    for await (const chunk of createReadStream(path)) this.#hash.update(chunk);
    this.#bytes = size;
    this.#options.onBytes(size);
    return true;
  }

  async beginAnew(): Promise<void> {
    await this.#file.truncate(0);
    this.#hash = createHash('sha256');
    this.#bytes = 0;
    this.#digest = undefined;
  }

  /** Asks for what is missing, again where it breaks off: as long as something comes, and within bounds. */
  async fill(openBlob: OpenBlob): Promise<void> {
    const { size } = this.#descriptor;
    let fruitless = 0;
    for (let attempt = 1; ; attempt++) {
      const before = this.#bytes;
      const isWorth = () => this.#bytes - before >= WORTH_BYTES;
      const isLast = () => (isWorth() ? attempt >= MOST_ATTEMPTS : fruitless + 1 >= MOST_FRUITLESS);
      try {
        await this.#take(openBlob);
      } catch (error) {
        if (!(error instanceof ExchangeError) || isLast()) throw error;
      }
      if (this.#bytes === size) return;
      if (isLast()) throw new Error(this.mismatch);
      fruitless = isWorth() ? 0 : fruitless + 1;
      if (fruitless > 0) await delay(this.#options.limits.retryMs);
    }
  }

  async #take(openBlob: OpenBlob): Promise<void> {
    const { size } = this.#descriptor;
    const { from, bytes } = await openBlob(this.#bytes);
    if (from !== this.#bytes) await this.beginAnew();
    for await (const chunk of bytes) {
      this.#bytes += chunk.length;
      if (this.#bytes > size) {
        const { mismatch } = this;
        await this.beginAnew();
        throw new Error(mismatch);
      }
      await this.#file.appendFile(chunk);
      this.#hash.update(chunk);
      this.#options.onBytes(this.#bytes);
    }
  }

  get isRight(): boolean {
    return this.#bytes === this.#descriptor.size && this.#found === this.#descriptor.digest;
  }

  get #found(): string {
    this.#digest ??= `sha256:${this.#hash.digest('hex')}`;
    return this.#digest;
  }

  /** containerd: plugins/content/local/writer.go Commit. */
  get mismatch(): string {
    const { digest, size } = this.#descriptor;
    const ref = `failed commit on ref "${this.#options.kind}-${digest}"`;
    return this.#bytes === size
      ? `${ref}: unexpected commit digest ${this.#found}, expected ${digest}: failed precondition`
      : `${ref}: unexpected commit size ${this.#bytes}, expected ${size}: failed precondition`;
  }
}
