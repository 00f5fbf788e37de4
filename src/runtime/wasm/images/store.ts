/** The image side of the wasm runtime: CRI's ImageService over an OCI image layout, and images ready to instantiate. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuthConfig, FilesystemUsage, Image } from '../../../api/cri.ts';
import { parseImageName } from '../../../api/image-name.ts';
import { PodstepError } from '../../../lib/errors.ts';
import { type ImageService, type PullProgress, RuntimeError } from '../../port.ts';
import { pullDenied } from '../../pull-denied.ts';
import type { CompiledComponent, CompiledImage, CompiledImages } from '../image.ts';
import {
  ANNOTATION,
  type Artifact,
  assemble,
  type ConfigFile,
  imageConfig,
  type Manifest,
  MEDIA_TYPE,
} from './artifact.ts';
import type { Descriptor } from './digest.ts';
import { isDigest } from './digest.ts';
import { imageDirectory } from './home.ts';
import { ImageLayout, type IndexEntry, REF_NAME } from './layout.ts';
import { withLock } from './lock.ts';
import { isPrivate, opensPrivateRegistry, publicName } from './private-registry.ts';
import { parseReference, taggedName } from './reference.ts';
import { familiarNames, findStandIn, readStandIns, type StandIn, WORKLOADS_DIRECTORY } from './stand-in.ts';
import { readTar } from './tar.ts';
import { BUILT_DIRECTORY, TranspiledComponents } from './transpiled.ts';

export type WasmImages = ImageService & CompiledImages;

export interface ImageStoreOptions {
  /** The local store; by default the user's (home.ts). */
  readonly directory?: string;
  /** Where the stand-ins lie; by default those that come with podstep. */
  readonly workloadsDirectory?: string;
  /** Where the build has left the stand-ins transpiled; by default beside the built code, and nowhere from sources. */
  readonly builtDirectory?: string;
  /** Epoch milliseconds, for ImageFsInfo. */
  readonly now?: () => number;
}

const DAY_MS = 86_400_000;

/** What keeps a sandbox open is never removed: containerd pins the image that it is configured with. */
const isSandboxImage = (name: string) => name.startsWith('registry.k8s.io/pause:');

type OnProgress = (progress: PullProgress) => void;

class ImageStore implements ImageService, CompiledImages {
  readonly #layout: ImageLayout;
  readonly #transpiled: TranspiledComponents;
  readonly #workloads: string;
  readonly #now: () => number;
  #standIns: Promise<readonly StandIn[]> | undefined;
  /** By manifest digest; what is behind a digest never changes. */
  readonly #compiled = new Map<string, Omit<CompiledImage, 'repoTags'>>();

  constructor(directory: string, workloads: string, built: string | undefined, now: () => number) {
    this.#layout = new ImageLayout(directory);
    this.#transpiled = new TranspiledComponents(join(directory, 'transpiled'), built);
    this.#workloads = workloads;
    this.#now = now;
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
          advice: 'Set PODSTEP_HOME to a directory that you may write to.',
          cause,
        },
      );
    }
  }

  async pullImage(image: string, onProgress: OnProgress = () => {}, auth?: AuthConfig): Promise<string> {
    const report = (phase: PullProgress['phase'], doneBytes = 0, totalBytes = 0) =>
      onProgress({ image, phase, doneBytes, totalBytes });
    report('resolving');
    try {
      const artifact = await this.#resolve(image, auth);
      const name = taggedName(parseReference(image));
      const totalBytes = artifact.blobs.reduce((sum, blob) => sum + blob.descriptor.size, 0);
      const here = (await this.#layout.holds(name, artifact)) && (await this.#isTranspiled(artifact));
      if (!here) await withLock(this.#layout.directory, () => this.#fetch(name, artifact, report));
      report('done', totalBytes, totalBytes);
      return artifact.manifest.digest;
    } catch (error) {
      throw asPullFailure(image, error);
    }
  }

  async #resolve(image: string, auth: AuthConfig | undefined): Promise<Artifact> {
    this.#standIns ??= readStandIns(this.#workloads);
    const standIns = await this.#standIns;
    if (isPrivate(image) && !opensPrivateRegistry(auth)) throw new RuntimeError('Unknown', pullDenied(image));
    const standIn = findStandIn(standIns, publicName(image));
    if (standIn) return assemble(standIn, this.#workloads);
    throw new RuntimeError(
      'NotFound',
      `no stand-in for this image: podstep has its own programs for ${familiarNames(standIns).join(', ')} ` +
        '(all names: podstep images); other images need Docker or a registry of WebAssembly images, ' +
        'which this version cannot use yet',
      { reason: 'ErrImagePull' },
    );
  }

  async #isTranspiled(artifact: Artifact): Promise<boolean> {
    const digests = artifact.blobs.map((blob) => blob.descriptor).filter(isComponent);
    const found = await Promise.all(digests.map(({ digest }) => this.#transpiled.find(digest)));
    return found.every((component) => component !== undefined);
  }

  /** Copies, verifies, transpiles what the build has not, and only then names the image: a crash in between leaves no half image. */
  async #fetch(
    name: string,
    artifact: Artifact,
    report: (phase: PullProgress['phase'], doneBytes: number, totalBytes: number) => void,
  ): Promise<void> {
    const manifest = { descriptor: artifact.manifest, read: async () => artifact.manifestBytes };
    const blobs = [...artifact.blobs, manifest];
    const totalBytes = artifact.blobs.reduce((sum, blob) => sum + blob.descriptor.size, 0);
    let doneBytes = 0;
    const step = (phase: PullProgress['phase'], descriptor: Descriptor) => {
      doneBytes = Math.min(totalBytes, doneBytes + descriptor.size);
      report(phase, doneBytes, totalBytes);
    };
    report('copying', 0, totalBytes);
    for (const { descriptor, read } of blobs) {
      await this.#layout.copy(descriptor, read);
      step('copying', descriptor);
    }
    doneBytes = 0;
    for (const { descriptor } of blobs) {
      await this.#layout.read(descriptor);
      step('verifying', descriptor);
    }
    const components = blobs.map((blob) => blob.descriptor).filter(isComponent);
    const componentBytes = components.reduce((sum, { size }) => sum + size, 0);
    let transpiledBytes = 0;
    await this.#transpiled.make(
      components.map((descriptor) => ({
        digest: descriptor.digest,
        read: () => this.#layout.read(descriptor),
      })),
      (digest, isDone) => {
        if (isDone) transpiledBytes += components.find((one) => one.digest === digest)?.size ?? 0;
        report('transpiling', transpiledBytes, componentBytes);
      },
    );
    const others = (await this.#layout.entries()).filter((entry) => entry.annotations[REF_NAME] !== name);
    const entry: IndexEntry = { ...artifact.manifest, annotations: { [REF_NAME]: name } };
    await this.#layout.writeEntries([...others, entry]);
    // Another process may still run what the name meant before; a day later nobody does.
    await this.#sweep(DAY_MS);
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
    const name = taggedName(reference);
    const digest = reference.digest || entries.find((entry) => entry.annotations[REF_NAME] === name)?.digest;
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
      repoTags: names,
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
    return { ...known, repoTags };
  }

  async #compile(descriptor: Descriptor): Promise<Omit<CompiledImage, 'repoTags'>> {
    const manifest = await this.#layout.manifest(descriptor);
    const components = manifest.layers.filter(isComponent);
    const missing = await Promise.all(components.map(({ digest }) => this.#transpiled.find(digest)));
    if (missing.includes(undefined)) await this.#transpileAgain(components);
    const programs: Record<string, CompiledComponent> = {};
    for (const component of components) {
      const compiled = await this.#transpiled.find(component.digest);
      if (!compiled) throw new PodstepError('STORE_CORRUPT', `${component.digest} could not be transpiled`);
      const paths: string[] = JSON.parse(component.annotations?.[ANNOTATION.paths] ?? '[]');
      for (const path of paths) programs[path] = compiled;
    }
    const config = await this.#config(manifest);
    const files: CompiledImage['files'][number][] = [];
    for (const layer of manifest.layers)
      if (layer.mediaType === MEDIA_TYPE.files) files.push(...readTar(await this.#layout.read(layer)));
    return {
      id: descriptor.digest,
      sizeBytes: sizeOf(manifest),
      standIn: manifest.annotations?.[ANNOTATION.standIn] === 'true',
      config: imageConfig(config),
      files,
      programs,
    };
  }

  /** After an update of podstep the image is here, but was transpiled by other rules. */
  async #transpileAgain(components: readonly Descriptor[]): Promise<void> {
    await withLock(this.#layout.directory, () =>
      this.#transpiled.make(
        components.map((descriptor) => ({
          digest: descriptor.digest,
          read: () => this.#layout.read(descriptor),
        })),
      ),
    );
  }
}

function isComponent(descriptor: Descriptor): boolean {
  return descriptor.mediaType === MEDIA_TYPE.component;
}

function userOf(config: ConfigFile): { user?: string } {
  const { user } = imageConfig(config);
  return user === '' ? {} : { user };
}

function sizeOf(manifest: Manifest): number {
  return manifest.layers.reduce((sum, layer) => sum + layer.size, manifest.config.size);
}

/** In the words of containerd's CRI, which is what a pod's events and status show on most clusters. */
function asPullFailure(image: string, error: unknown): RuntimeError {
  const parsed = parseImageName(image);
  const name = parsed.ok ? taggedName(parsed.name) : image;
  const cause = error instanceof Error ? error : new Error(String(error));
  const message = `failed to pull and unpack image "${name}": ${cause.message}`;
  if (error instanceof RuntimeError)
    return new RuntimeError(error.code, message, {
      cause,
      ...(error.reason ? { reason: error.reason } : {}),
    });
  return new RuntimeError('Unknown', message, { reason: 'ErrImagePull', cause });
}

/** Opens the image store, making it when it is not there. @throws PodstepError RUNTIME_UNAVAILABLE */
export async function openImageStore(options: ImageStoreOptions = {}): Promise<WasmImages> {
  const store = new ImageStore(
    options.directory ?? imageDirectory(),
    options.workloadsDirectory ?? WORKLOADS_DIRECTORY,
    options.builtDirectory ?? BUILT_DIRECTORY,
    options.now ?? Date.now,
  );
  await store.open();
  return store;
}
