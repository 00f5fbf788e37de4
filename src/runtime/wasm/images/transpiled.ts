/** The cache of transpiled components: one directory each, made once, shared by processes. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { offeredInterfaces, offeredMembers } from '../host/offered.ts';
import type { CompiledComponent } from '../image.ts';
import { sha256 } from './digest.ts';
import { sweepDirectory, UNFINISHED } from './durable.ts';
import { MODULE_FILE, type TranspiledFiles, Transpiler, transpilerVersion } from './transpile.ts';

/**
 * Where the build leaves the transpiled stand-ins. Only built code takes them: sources that somebody works on
 * must not run what an earlier state of them has made.
 */
export const BUILT_DIRECTORY: string | undefined = import.meta.url.endsWith('.js')
  ? fileURLToPath(new URL('../../../stand-ins/', import.meta.url))
  : undefined;

/** Says that a directory is whole, and what must be in it: written last. */
const COMPLETE_FILE = 'complete.json';

/** Of all that a program may import: one that was refused by an earlier podstep may run now. */
const OFFERED = sha256(
  Buffer.from(
    offeredInterfaces()
      .flatMap((name) => [name, ...(offeredMembers(name) ?? [])])
      .join('\n'),
  ),
).slice('sha256:'.length, 'sha256:'.length + 12);

type Complete = Readonly<Record<string, string>>;

/** The files of a transpiled component, each with the digest noted beside it; undefined when not all are there and whole. */
async function readWhole(directory: string): Promise<TranspiledFiles | undefined> {
  try {
    const complete: Complete = JSON.parse(await readFile(join(directory, COMPLETE_FILE), 'utf8'));
    const files = await Promise.all(
      Object.entries(complete).map(async ([name, expected]) => {
        const bytes = await readFile(join(directory, name));
        return { name, bytes, isWhole: sha256(bytes) === expected };
      }),
    );
    if (!files.every(({ isWhole }) => isWhole)) return undefined;
    return new Map(files.map(({ name, bytes }) => [name, bytes]));
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export class TranspiledComponents {
  readonly #directory: string;
  readonly #built: string | undefined;
  readonly #version: string;
  readonly #transpiler = new Transpiler();
  /** Those that this process has verified already. */
  readonly #known = new Map<string, CompiledComponent>();

  /** `built`: another such directory, read only, from which a component is copied when it is there. */
  constructor(directory: string, built?: string) {
    this.#directory = directory;
    this.#built = built;
    this.#version = transpilerVersion();
  }

  /** What decides whether a program can run here, and as what code: changes with podstep. */
  get rules(): string {
    return `${this.#version}-imports-${OFFERED}`;
  }

  #nameOf(digest: string): string {
    return `${digest.slice('sha256:'.length)}-${this.#version}`;
  }

  #pathOf(digest: string): string {
    return join(this.#directory, this.#nameOf(digest));
  }

  /** The transpiled component; undefined when it was never made here or is not whole. */
  async find(digest: string): Promise<CompiledComponent | undefined> {
    const directory = this.#pathOf(digest);
    const known = this.#known.get(digest);
    // Another process may have removed the image since.
    if (known && (await stat(directory).catch(() => undefined))) return known;
    const files = await readWhole(directory);
    if (!files) return undefined;
    const cores = [...files.keys()].filter((name) => name !== MODULE_FILE);
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

  /** What the build has made of the component; undefined when it made nothing, or by other rules. */
  async #fromBuild(digest: string): Promise<TranspiledFiles | undefined> {
    return this.#built === undefined ? undefined : readWhole(join(this.#built, this.#nameOf(digest)));
  }

  /**
   * Copies from the build, or else transpiles, what is missing of `components`. Only under the store's lock.
   * @throws Error when a component cannot be run here.
   */
  async make(
    components: readonly { readonly digest: string; readonly read: () => Promise<Uint8Array> }[],
    onTranspile: (digest: string, isDone: boolean) => void = () => {},
  ): Promise<void> {
    for (const { digest, read } of components) {
      if (await this.find(digest)) continue;
      const built = await this.#fromBuild(digest);
      if (built) {
        await this.#write(digest, built);
        continue;
      }
      onTranspile(digest, false);
      await this.#write(digest, await this.#transpiler.transpile(await read()));
      onTranspile(digest, true);
    }
  }

  /** Deletes what no image needs, what other versions made, and what was never finished. Only under the store's lock. */
  async sweep(used: ReadonlySet<string>, minAgeMs: number): Promise<void> {
    const keep = new Set([...used].map((digest) => this.#nameOf(digest)));
    await sweepDirectory(this.#directory, (name) => keep.has(name), minAgeMs);
    for (const digest of this.#known.keys()) if (!used.has(digest)) this.#known.delete(digest);
  }
}
