/** The image side of the wasm runtime: CRI's ImageService over an OCI image layout, and images ready to instantiate. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuthConfig, FilesystemUsage, Image } from '../../../api/cri.ts';
import { PodstepError } from '../../../lib/errors.ts';
import { type ImageService, type PullProgress, RuntimeError } from '../../port.ts';
import type { CompiledComponent, CompiledImage, CompiledImages } from '../image.ts';
import { Registries, type RegistriesOptions } from '../registry/registries.ts';
import { NotFound } from '../registry/registry-error.ts';
import { ANNOTATION, type Artifact, type ConfigFile, imageConfig, type Manifest } from './artifact.ts';
import { isDigest } from './digest.ts';
import { imageDirectory } from './home.ts';
import { BUILT, COMPONENTS, ImageLayout, type IndexEntry, REF_NAME, RULES } from './layout.ts';
import { Leases } from './leases.ts';
import { withLock } from './lock.ts';
import { type PullWorld, pullArtifact } from './pull.ts';
import { asPullFailure, codeOf } from './pull-failure.ts';
import { pushEntry, type UploadOptions } from './push.ts';
import { canonicalName, parseReference } from './reference.ts';
import { ImageSources } from './sources.ts';
import { WORKLOADS_DIRECTORY } from './stand-in.ts';
import { BUILT_DIRECTORY, TranspiledComponents } from './transpiled.ts';
import { unpack } from './unpack.ts';

type OnProgress = (progress: PullProgress) => void;

export interface PushOptions extends UploadOptions {
  /** The name in the registry; by default the image's own. */
  readonly as?: string;
}

export interface WasmImages extends ImageService, CompiledImages {
  /**
   * Uploads an image of the store to its registry; resolves to its digest.
   * @throws RuntimeError in containerd's words; NotFound when the store does not have it.
   */
  pushImage(image: string, options?: PushOptions): Promise<string>;
  /**
   * Puts an image that was made on this machine into the store; resolves to its digest. From then on a pull of
   * the name means it, before stand-ins and registries, until it is removed. @throws Error when it cannot run.
   */
  addImage(image: string, artifact: Artifact, onProgress?: OnProgress): Promise<string>;
  /** The numbers of other processes of this machine that have run the image and are still there. */
  othersThatRun(image: string): Promise<readonly number[]>;
  /** Whether that name, or that id, means an image that was made on this machine. */
  isBuilt(image: string): Promise<boolean>;
}

export interface ImageStoreOptions {
  /** The local store; by default the user's (home.ts). */
  readonly directory?: string;
  /** Where the stand-ins lie; by default those that come with podstep. */
  readonly workloadsDirectory?: string;
  /** Where the build has left the stand-ins transpiled; by default beside the built code, and nowhere from sources. */
  readonly builtDirectory?: string;
  /** How registries are reached; by default as the folder `certs.d` beside the store says. */
  readonly registries?: Partial<RegistriesOptions>;
  /** Epoch milliseconds, for ImageFsInfo. */
  readonly now?: () => number;
}

const DAY_MS = 86_400_000;

/** What keeps a sandbox open is never removed: containerd pins the image that it is configured with. */
const isSandboxImage = (name: string) => name.startsWith('registry.k8s.io/pause:');

class ImageStore implements WasmImages {
  readonly #layout: ImageLayout;
  readonly #transpiled: TranspiledComponents;
  readonly #registries: Registries;
  readonly #sources: ImageSources;
  readonly #leases: Leases;
  readonly #now: () => number;
  /** By manifest digest; what is behind a digest never changes. */
  readonly #compiled = new Map<string, Omit<CompiledImage, 'repoTags'>>();

  constructor(options: ImageStoreOptions) {
    const directory = options.directory ?? imageDirectory();
    this.#layout = new ImageLayout(directory);
    this.#leases = new Leases(directory);
    this.#transpiled = new TranspiledComponents(
      join(directory, 'transpiled'),
      options.builtDirectory ?? BUILT_DIRECTORY,
    );
    const registries = { directory: join(directory, '..', 'certs.d'), ...options.registries };
    this.#registries = new Registries(registries);
    this.#sources = new ImageSources(options.workloadsDirectory ?? WORKLOADS_DIRECTORY, this.#registries);
    this.#now = options.now ?? Date.now;
  }

  get #world(): PullWorld {
    return {
      layout: this.#layout,
      transpiled: this.#transpiled,
      limits: this.#registries.limits,
      // Another process may still run what the name meant before; a day later nobody does.
      sweep: () => this.#sweep(DAY_MS),
    };
  }

  async open(): Promise<void> {
    try {
      await this.#layout.prepare();
    } catch (cause) {
      const { directory } = this.#layout;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new PodstepError(
        'RUNTIME_UNAVAILABLE',
        `the image store ${directory} cannot be written: ${why}`,
        {
          advice: { key: isFull(cause) ? 'store.full' : 'store.unwritable' },
          cause,
        },
      );
    }
  }

  async pullImage(image: string, onProgress: OnProgress = () => {}, auth?: AuthConfig): Promise<string> {
    const report = (phase: PullProgress['phase'], doneBytes = 0, totalBytes = 0) =>
      onProgress({ image, phase, doneBytes, totalBytes });
    report('resolving');
    let artifact: Artifact | undefined;
    try {
      const name = canonicalName(parseReference(image));
      artifact = (await this.#built(name)) ?? (await this.#sources.resolve(image, auth));
      const totalBytes = artifact.blobs.reduce((sum, blob) => sum + blob.descriptor.size, 0);
      if (!(await this.#isHere(name, artifact))) await pullArtifact(this.#world, name, artifact, report);
      report('done', totalBytes, totalBytes);
      return artifact.manifest.digest;
    } catch (error) {
      throw asPullFailure(image, error);
    } finally {
      artifact?.close?.();
    }
  }

  async #isHere(name: string, artifact: Artifact): Promise<boolean> {
    const entries = await this.#layout.entries();
    const entry = entries.find(
      ({ annotations, digest }) => annotations[REF_NAME] === name && digest === artifact.manifest.digest,
    );
    return entry !== undefined && (await this.#layout.holds(name, artifact)) && (await this.#isMade(entry));
  }

  /** Whether its programs are transpiled, all that can run, as this podstep would do it. */
  async #isMade({ annotations }: IndexEntry): Promise<boolean> {
    const { [COMPONENTS]: made, [RULES]: rules } = annotations;
    if (made === undefined || rules !== this.#transpiled.rules) return false;
    const found = await Promise.all(digestsOf(made).map((digest) => this.#transpiled.find(digest)));
    return found.every((component) => component !== undefined);
  }

  async pushImage(image: string, { as = image, ...options }: PushOptions = {}): Promise<string> {
    const target = parseReference(as);
    try {
      const [entry] = await this.#entriesOf(image);
      if (!entry) throw new NotFound(`image "${image}": not found`);
      return await pushEntry(this.#layout, this.#registries, entry, target, options);
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      const message = `failed to push image "${canonicalName(target)}": ${cause.message}`;
      throw new RuntimeError(codeOf(cause), message, { cause });
    }
  }

  async addImage(image: string, artifact: Artifact, onProgress: OnProgress = () => {}): Promise<string> {
    const name = canonicalName(parseReference(image));
    const report = (phase: PullProgress['phase'], doneBytes: number, totalBytes: number) =>
      onProgress({ image, phase, doneBytes, totalBytes });
    await pullArtifact(this.#world, name, artifact, report, { [BUILT]: 'true' });
    return artifact.manifest.digest;
  }

  async othersThatRun(image: string): Promise<readonly number[]> {
    const [entry] = await this.#entriesOf(image);
    return entry === undefined ? [] : this.#leases.othersThatRun(entry.digest);
  }

  async isBuilt(image: string): Promise<boolean> {
    return (await this.#entriesOf(image)).some(({ annotations }) => annotations[BUILT] === 'true');
  }

  /** What was built on this machine under that name. */
  async #built(name: string): Promise<Artifact | undefined> {
    const entry = (await this.#layout.entries()).find(
      ({ annotations }) => annotations[REF_NAME] === name && annotations[BUILT] === 'true',
    );
    return entry === undefined ? undefined : this.#artifact(entry);
  }

  /** An image of the store as a source of itself. */
  async #artifact({ mediaType, digest, size }: IndexEntry): Promise<Artifact> {
    const manifest = { mediaType, digest, size };
    const { config, layers } = await this.#layout.manifest(manifest);
    const blobs = [config, ...layers].map((descriptor) => ({
      descriptor,
      read: () => this.#layout.read(descriptor),
    }));
    return { manifest, manifestBytes: await this.#layout.read(manifest), blobs };
  }

  async #sweep(minAgeMs: number): Promise<void> {
    const used = await this.#layout.digestsInUse();
    await this.#layout.sweep(used, minAgeMs);
    await this.#transpiled.sweep(used, minAgeMs);
  }

  /** The entries of one image: by its id, by `name@digest`, or by a name. */
  async #entriesOf(image: string): Promise<readonly IndexEntry[]> {
    const entries = await this.#layout.entries();
    if (isDigest(image)) return entries.filter((entry) => entry.digest === image);
    const reference = parseReference(image);
    const name = canonicalName(reference);
    // A name with the digest of an index stands for the manifest that was chosen of it.
    const named = entries.find((entry) => entry.annotations[REF_NAME] === name)?.digest;
    const digest = named ?? reference.digest;
    return entries.filter((entry) => entry.digest === digest);
  }

  async imageStatus(image: string): Promise<Image | null> {
    const entries = await this.#entriesOf(image);
    return entries.length === 0 ? null : this.#describe(entries);
  }

  async listImages(): Promise<readonly Image[]> {
    const byDigest = Map.groupBy(await this.#layout.entries(), (entry) => entry.digest);
    return Promise.all([...byDigest.values()].map((entries) => this.#describe(entries)));
  }

  async #describe(entries: readonly IndexEntry[]): Promise<Image> {
    const [first] = entries;
    if (!first) throw new RangeError('an image has at least one name');
    const manifest = await this.#layout.manifest(first);
    const names = entries.map((entry) => entry.annotations[REF_NAME]);
    const repositories = new Set(names.map((name) => parseReference(name).repository));
    return {
      id: first.digest,
      repoTags: names.filter((name) => !name.includes('@')),
      repoDigests: [...repositories].map((repository) => `${repository}@${first.digest}`),
      sizeBytes: sizeOf(manifest),
      pinned: names.some(isSandboxImage),
      standIn: manifest.annotations?.[ANNOTATION.standIn] === 'true',
      ...userOf(await this.#config(manifest)),
    };
  }

  async #config({ config }: Manifest): Promise<ConfigFile> {
    return JSON.parse(new TextDecoder().decode(await this.#layout.read(config)));
  }

  async removeImage(image: string): Promise<void> {
    if ((await this.#entriesOf(image)).length === 0) return;
    await withLock(this.#layout.directory, async () => {
      const removed = new Set((await this.#entriesOf(image)).map((entry) => entry.digest));
      const kept = (await this.#layout.entries()).filter((entry) => !removed.has(entry.digest));
      await this.#layout.writeEntries(kept);
      for (const digest of removed) this.#compiled.delete(digest);
      await this.#sweep(0);
    });
  }

  async imageFsInfo(): Promise<readonly FilesystemUsage[]> {
    const { directory } = this.#layout;
    const files = await readdir(directory, { recursive: true });
    let usedBytes = 0;
    for (const file of files) {
      // A file of a pull that runs may be gone by now.
      const found = await stat(join(directory, file)).catch(() => undefined);
      if (found?.isFile()) usedBytes += found.size;
    }
    return [{ atMs: this.#now(), mountpoint: directory, usedBytes, inodesUsed: files.length }];
  }

  async compiled(imageRef: string): Promise<CompiledImage | null> {
    const entries = await this.#entriesOf(imageRef);
    const [first] = entries;
    if (!first) return null;
    const repoTags = entries.map((entry) => entry.annotations[REF_NAME]);
    const known = this.#compiled.get(first.digest) ?? (await this.#compile(first));
    this.#compiled.set(first.digest, known);
    await this.#leases.take(first.digest);
    return { ...known, repoTags };
  }

  async #compile(entry: IndexEntry): Promise<Omit<CompiledImage, 'repoTags'>> {
    const manifest = await this.#layout.manifest(entry);
    const unpacked = await unpack(manifest, (blob) => this.#layout.read(blob));
    const made = (await this.#isMade(entry)) ? entry : await this.#makeAgain(entry);
    const usable = new Set(digestsOf(made.annotations[COMPONENTS]));
    const components = unpacked.programs.filter(({ digest }) => usable.has(digest));
    const programs: Record<string, CompiledComponent> = {};
    for (const { digest, paths } of components) {
      const compiled = await this.#transpiled.find(digest);
      if (!compiled) throw new PodstepError('STORE_CORRUPT', `${digest} could not be transpiled`);
      for (const path of paths) programs[path] = compiled;
    }
    return {
      id: entry.digest,
      sizeBytes: sizeOf(manifest),
      standIn: manifest.annotations?.[ANNOTATION.standIn] === 'true',
      config: unpacked.config,
      files: unpacked.files,
      programs,
    };
  }

  /** Another podstep has pulled the image: it transpiles by other rules, and may have left out programs that run here. */
  async #makeAgain(entry: IndexEntry): Promise<IndexEntry> {
    const { [REF_NAME]: name, [BUILT]: built } = entry.annotations;
    const notes = built === undefined ? {} : { [BUILT]: built };
    await pullArtifact(this.#world, name, await this.#artifact(entry), () => {}, notes);
    return (await this.#layout.entries()).find(({ annotations }) => annotations[REF_NAME] === name) ?? entry;
  }
}

const isFull = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOSPC';

function digestsOf(components = ''): readonly string[] {
  return components.split(' ').filter((digest) => digest !== '');
}

function userOf(config: ConfigFile): { user?: string } {
  const { user } = imageConfig(config);
  return user === '' ? {} : { user };
}

function sizeOf(manifest: Manifest): number {
  return manifest.layers.reduce((sum, layer) => sum + layer.size, manifest.config.size);
}

/** Opens the image store, making it when it is not there. @throws PodstepError RUNTIME_UNAVAILABLE */
export async function openImageStore(options: ImageStoreOptions = {}): Promise<WasmImages> {
  const store = new ImageStore(options);
  await store.open();
  return store;
}
