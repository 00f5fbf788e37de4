/** The cache of transpiled components: one directory each, made once, shared by processes. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompiledComponent } from '../image.ts';
import { sha256 } from './digest.ts';
import { sweepDirectory, UNFINISHED } from './durable.ts';
import { MODULE_FILE, type TranspiledFiles, Transpiler, transpilerVersion } from './transpile.ts';

/** Says that a directory is whole, and what must be in it: written last. */
const COMPLETE_FILE = 'complete.json';

type Complete = Readonly<Record<string, string>>;

export class TranspiledComponents {
  readonly #directory: string;
  readonly #version: string;
  readonly #transpiler = new Transpiler();
  /** Those that this process has verified already. */
  readonly #known = new Map<string, CompiledComponent>();

  constructor(directory: string) {
    this.#directory = directory;
    this.#version = transpilerVersion();
  }

  #pathOf(digest: string): string {
    return join(this.#directory, `${digest.slice('sha256:'.length)}-${this.#version}`);
  }

  /** The transpiled component; undefined when it was never made here or is not whole. */
  async find(digest: string): Promise<CompiledComponent | undefined> {
    const directory = this.#pathOf(digest);
    const known = this.#known.get(digest);
    // Another process may have removed the image since.
    if (known && (await stat(directory).catch(() => undefined))) return known;
    let complete: Complete;
    try {
      complete = JSON.parse(await readFile(join(directory, COMPLETE_FILE), 'utf8'));
      for (const [name, expected] of Object.entries(complete))
        if (sha256(await readFile(join(directory, name))) !== expected) return undefined;
    } catch (error) {
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT')
        return undefined;
      throw error;
    }
    const cores = Object.keys(complete).filter((name) => name !== MODULE_FILE);
    const compiled: CompiledComponent = {
      digest,
      modulePath: join(directory, MODULE_FILE),
      coreModulePaths: Object.fromEntries(cores.map((name) => [name, join(directory, name)])),
    };
    this.#known.set(digest, compiled);
    return compiled;
  }

  /** No fsync: what a power cut takes is noticed by its digest, and made again. */
  async #write(digest: string, files: TranspiledFiles): Promise<void> {
    const directory = this.#pathOf(digest);
    const aside = `${directory}${UNFINISHED}${randomUUID()}`;
    await mkdir(aside, { recursive: true });
    const complete: Record<string, string> = {};
    for (const [name, bytes] of files) {
      complete[name] = sha256(bytes);
      await writeFile(join(aside, name), bytes);
    }
    await writeFile(join(aside, COMPLETE_FILE), JSON.stringify(complete));
    await rm(directory, { recursive: true, force: true });
    await rename(aside, directory);
  }

  /**
   * Transpiles what is missing of `components`. Only under the store's lock.
   * @throws Error when a component cannot be run here.
   */
  async make(
    components: readonly { readonly digest: string; readonly read: () => Promise<Uint8Array> }[],
    onDone: (digest: string) => void = () => {},
  ): Promise<void> {
    for (const { digest, read } of components) {
      if (!(await this.find(digest)))
        await this.#write(digest, await this.#transpiler.transpile(await read()));
      onDone(digest);
    }
  }

  /** Deletes what no image needs, what other versions made, and what was never finished. Only under the store's lock. */
  async sweep(used: ReadonlySet<string>, minAgeMs: number): Promise<void> {
    const keep = new Set([...used].map((digest) => `${digest.slice('sha256:'.length)}-${this.#version}`));
    await sweepDirectory(this.#directory, (name) => keep.has(name), minAgeMs);
    for (const digest of this.#known.keys()) if (!used.has(digest)) this.#known.delete(digest);
  }
}
