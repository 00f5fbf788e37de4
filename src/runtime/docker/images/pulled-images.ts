/**
 * Which images podstep has pulled, and under which names: a file an image, for each Engine. All others are somebody's
 * own, and are never removed; so are those that somebody has named since.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseImageName } from '../../../api/image-name.ts';
import { podstepHome } from '../../wasm/images/home.ts';
import type { EngineInfo } from '../engine/types.ts';

/** Where the records of this Engine's images lie. */
export function pulledDirectory({ ID: id }: Pick<EngineInfo, 'ID'>): string {
  return join(podstepHome(), 'docker', fileName(id), 'pulled');
}

const fileName = (id: string) => id.replace(/[^0-9a-z]/gi, '-');

/** What the Engine says of an image. */
interface Named {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
}

interface PullRecord {
  /** The names under which podstep pulled it, in full. */
  readonly names: readonly string[];
}

export class PulledImages {
  readonly #directory: string;
  readonly #records = new Map<string, PullRecord>();

  /** `directory`: of this Engine's records; it is made when there is something to write. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** A pull has brought this image, which was not there before, or has given it one more name. */
  async note(id: string, name: string): Promise<void> {
    const { names } = (await this.#read(id)) ?? { names: [] };
    const full = fullName(name);
    if (names.includes(full)) return;
    const record: PullRecord = { names: [...names, full] };
    await mkdir(this.#directory, { recursive: true });
    const file = this.#fileOf(id);
    const fresh = `${file}.${process.pid}.tmp`;
    await writeFile(fresh, JSON.stringify(record));
    await rename(fresh, file);
    this.#records.set(id, record);
  }

  async has(id: string): Promise<boolean> {
    return (await this.#read(id)) !== undefined;
  }

  async forget(id: string): Promise<void> {
    this.#records.delete(id);
    await rm(this.#fileOf(id), { force: true });
  }

  /** Whether podstep may remove the image: it pulled it, and nobody else has named it. */
  async owns({ id, repoTags, repoDigests }: Named): Promise<boolean> {
    const record = await this.#read(id);
    if (record === undefined) return false;
    const repositories = new Set(record.names.map(repositoryOf));
    return (
      repoTags.every((tag) => record.names.includes(fullName(tag))) &&
      repoDigests.every((digest) => repositories.has(repositoryOf(digest)))
    );
  }

  async #read(id: string): Promise<PullRecord | undefined> {
    const known = this.#records.get(id);
    if (known !== undefined) return known;
    const record = await readRecord(this.#fileOf(id));
    if (record !== undefined) this.#records.set(id, record);
    return record;
  }

  #fileOf(id: string): string {
    return join(this.#directory, `${fileName(id)}.json`);
  }
}

/** Undefined where there is none, or none that can be read: the image counts as somebody's own then. */
async function readRecord(file: string): Promise<PullRecord | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('names' in value) || !Array.isArray(value.names))
      return undefined;
    return { names: value.names.filter((name) => typeof name === 'string') };
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function fullName(name: string): string {
  const parsed = parseImageName(name);
  if (!parsed.ok) return name;
  const { repository, tag, digest } = parsed.name;
  return `${repository}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;
}

function repositoryOf(name: string): string {
  const parsed = parseImageName(name);
  return parsed.ok ? parsed.name.repository : name;
}
