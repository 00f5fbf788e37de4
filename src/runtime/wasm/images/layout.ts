/** The local store: an OCI image layout (image-spec: image-layout.md) that processes share. */
import { createReadStream } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PodstepError } from '../../../lib/errors.ts';
import { ANNOTATION, type Artifact, type Manifest, MEDIA_TYPE } from './artifact.ts';
import { type Descriptor, sha256 } from './digest.ts';
import { sweepDirectory, UNFINISHED, writeDurably } from './durable.ts';
import { type IngestOptions, ingest, type OpenBlob } from './ingest.ts';
import { withLock } from './lock.ts';

/** One name of one image; an image with two names has two entries. */
export interface IndexEntry extends Descriptor {
  readonly annotations: {
    readonly 'org.opencontainers.image.ref.name': string;
    /** The digests of the programs that were transpiled for it, with spaces between. */
    readonly 'podstep.components'?: string;
    /** The rules by which it was decided which programs those are (Transpiled.rules); another podstep has others. */
    readonly 'podstep.rules'?: string;
    /** `true` for what was built on this machine. */
    readonly 'podstep.built'?: string;
  };
}

export const REF_NAME = 'org.opencontainers.image.ref.name';
export const COMPONENTS = 'podstep.components';
export const RULES = 'podstep.rules';
export const BUILT = 'podstep.built';

/** A pull that broke off is resumed within this time, or its bytes go. */
const INGEST_AGE_MS = 86_400_000;

/** Another process downloads the same blob: it may be large, and the line slow. */
const WAIT_FOR_BLOB_MS = 1_800_000;

interface Index {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly manifests: readonly IndexEntry[];
}

/** What a person is told about a blob that is not what it says, and how to repair it. */
function damaged(directory: string, descriptor: Descriptor, problem: string, cause?: unknown): PodstepError {
  return new PodstepError(
    'STORE_CORRUPT',
    `the blob ${descriptor.digest} in ${directory} is damaged: ${problem}`,
    {
      advice: 'Pull the image again: a pull replaces damaged blobs (podstep images pull NAME).',
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

export class ImageLayout {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Where blobs lie on their way here. */
  get #ingests(): string {
    return join(this.directory, 'ingest');
  }

  blobPath(digest: string): string {
    return join(this.directory, 'blobs', 'sha256', digest.slice('sha256:'.length));
  }

  /** Makes the directories and says which layout this is. Idempotent. */
  async prepare(): Promise<void> {
    await mkdir(join(this.directory, 'blobs', 'sha256'), { recursive: true });
    await mkdir(this.#ingests, { recursive: true });
    const marker = join(this.directory, 'oci-layout');
    // Whatever is in the way of looking is in the way of writing too, and is told there.
    if (await stat(marker).catch(() => undefined)) return;
    await writeDurably(marker, Buffer.from(JSON.stringify({ imageLayoutVersion: '1.0.0' })));
  }

  /** The names that are here; none when nothing was ever pulled. */
  async entries(): Promise<readonly IndexEntry[]> {
    const file = join(this.directory, 'index.json');
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    try {
      const index: Index = JSON.parse(text);
      for (const entry of index.manifests)
        if (typeof entry.annotations[REF_NAME] !== 'string') throw new Error();
      return index.manifests;
    } catch (cause) {
      throw new PodstepError('STORE_CORRUPT', `${file} is damaged`, {
        advice: 'Delete that file; images are then pulled again.',
        cause,
      });
    }
  }

  /** Only under the store's lock. */
  async writeEntries(entries: readonly IndexEntry[]): Promise<void> {
    const index: Index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: entries };
    await writeDurably(join(this.directory, 'index.json'), Buffer.from(JSON.stringify(index)));
  }

  /** A blob, with size and digest verified. @throws PodstepError STORE_CORRUPT */
  async read(descriptor: Descriptor): Promise<Uint8Array> {
    let bytes: Uint8Array;
    try {
      bytes = await readFile(this.blobPath(descriptor.digest));
    } catch (cause) {
      throw damaged(this.directory, descriptor, 'it cannot be read', cause);
    }
    if (bytes.length !== descriptor.size)
      throw damaged(this.directory, descriptor, `it has ${bytes.length} bytes, not ${descriptor.size}`);
    const digest = sha256(bytes);
    if (digest !== descriptor.digest) throw damaged(this.directory, descriptor, `its digest is ${digest}`);
    return bytes;
  }

  /** A blob's bytes as they are; whoever sends them on has them verified there. */
  stream(descriptor: Descriptor): AsyncIterable<Uint8Array> {
    return createReadStream(this.blobPath(descriptor.digest));
  }

  async isWhole(descriptor: Descriptor): Promise<boolean> {
    try {
      await this.read(descriptor);
      return true;
    } catch (error) {
      if (error instanceof PodstepError) return false;
      throw error;
    }
  }

  async manifest(descriptor: Descriptor): Promise<Manifest> {
    return JSON.parse(new TextDecoder().decode(await this.read(descriptor)));
  }

  /**
   * Copies one blob from its source, unless it is here and whole. What arrives must have the size and the
   * digest that the manifest says. Resolves to the bytes copied.
   */
  async copy(descriptor: Descriptor, read: () => Promise<Uint8Array>): Promise<number> {
    if (await this.isWhole(descriptor)) return 0;
    const bytes = await read();
    const digest = sha256(bytes);
    if (bytes.length !== descriptor.size || digest !== descriptor.digest)
      throw new PodstepError(
        'STORE_CORRUPT',
        `the source of ${descriptor.annotations?.[ANNOTATION.title] ?? descriptor.mediaType} gave ${bytes.length} ` +
          `bytes with the digest ${digest} instead of ${descriptor.digest}`,
        {
          advice:
            'The file is not the one that was shipped: install podstep again; in a checkout: npm run build.',
        },
      );
    await writeDurably(this.blobPath(descriptor.digest), bytes);
    return bytes.length;
  }

  /** Brings one blob from a registry, unless it is here and whole; one process at a time, where the last has left off. */
  async ingest(descriptor: Descriptor, open: OpenBlob, options: IngestOptions): Promise<void> {
    if (await this.isWhole(descriptor)) return;
    const name = descriptor.digest.slice('sha256:'.length);
    const paths = { aside: join(this.#ingests, name), path: this.blobPath(descriptor.digest) };
    const bring = async () => {
      if (!(await this.isWhole(descriptor))) await ingest(descriptor, paths, open, options);
    };
    await withLock(this.#ingests, bring, { name: `${name}.lock`, giveUpMs: WAIT_FOR_BLOB_MS });
  }

  /** True when the image is here under that name, with every blob whole. */
  async holds(name: string, artifact: Artifact): Promise<boolean> {
    const named = (await this.entries()).some(
      (entry) => entry.annotations[REF_NAME] === name && entry.digest === artifact.manifest.digest,
    );
    if (!named) return false;
    const all = [artifact.manifest, ...artifact.blobs.map((blob) => blob.descriptor)];
    const whole = await Promise.all(all.map((descriptor) => this.isWhole(descriptor)));
    return whole.every(Boolean);
  }

  /** Every digest that an image in the index needs. Damaged manifests need nothing but themselves. */
  async digestsInUse(): Promise<ReadonlySet<string>> {
    const used = new Set<string>();
    for (const entry of await this.entries()) {
      used.add(entry.digest);
      for (const digest of entry.annotations[COMPONENTS]?.split(' ') ?? []) used.add(digest);
      if (!(await this.isWhole(entry))) continue;
      const { config, layers } = await this.manifest(entry);
      for (const { digest } of [config, ...layers]) used.add(digest);
    }
    return used;
  }

  /** Deletes the blobs that no image needs, and what was never finished. Only under the store's lock. */
  async sweep(used: ReadonlySet<string>, minAgeMs: number): Promise<void> {
    const directory = join(this.directory, 'blobs', 'sha256');
    const isNeeded = (name: string) => !name.includes(UNFINISHED) && used.has(`sha256:${name}`);
    await sweepDirectory(directory, isNeeded, minAgeMs);
    await sweepDirectory(this.#ingests, () => false, INGEST_AGE_MS);
  }
}
