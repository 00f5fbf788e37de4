/** A stand-in as an OCI artifact: manifest, configuration, one layer a component and one with the files. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PodstepError } from '../../../lib/errors.ts';
import type { ImageConfig } from '../image.ts';
import { type Descriptor, describe } from './digest.ts';
import type { OpenBlob } from './ingest.ts';
import type { StandIn } from './stand-in.ts';
import { writeTar } from './tar.ts';

/** WebAssembly as OCI artifacts (CNCF Wasm working group: OCI artifact layout), and the layers of the image-spec. */
export const MEDIA_TYPE = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.wasm.config.v0+json',
  component: 'application/wasm',
  files: 'application/vnd.oci.image.layer.v1.tar',
} as const;

export const ANNOTATION = {
  title: 'org.opencontainers.image.title',
  description: 'org.opencontainers.image.description',
  version: 'org.opencontainers.image.version',
  /** The executable paths that start a component, as a JSON list. */
  paths: 'podstep.program.paths',
  /** `true` for what podstep ships in place of a well-known image. */
  standIn: 'podstep.stand-in',
} as const;

export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The image configuration: the Wasm artifact's fields, and `config` as in the OCI image configuration. */
export interface ConfigFile {
  readonly architecture: string;
  readonly os: string;
  readonly layerDigests?: readonly string[];
  /** Of an image: the digests of its layers, unpacked. */
  readonly rootfs?: { readonly diff_ids?: unknown };
  /** Artifacts of others have none. */
  readonly config?: {
    readonly User?: string;
    readonly ExposedPorts?: Readonly<Record<string, object>>;
    readonly Env?: readonly string[];
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly WorkingDir?: string;
    readonly StopSignal?: string;
  };
}

/** One blob of an image, and where it comes from: a file that was shipped, or a registry. */
export type ArtifactBlob = ShippedBlob | { readonly descriptor: Descriptor; readonly open: OpenBlob };

export interface ShippedBlob {
  readonly descriptor: Descriptor;
  readonly read: () => Promise<Uint8Array>;
}

/** An image that can be copied: its manifest and every blob behind it. */
export interface Artifact {
  readonly manifest: Descriptor;
  readonly manifestBytes: Uint8Array;
  /** Configuration and layers, in the order in which they are copied. */
  readonly blobs: readonly ArtifactBlob[];
  /** Frees what the blobs are read through. */
  readonly close?: () => void;
}

export interface ShippedArtifact extends Artifact {
  readonly blobs: readonly ShippedBlob[];
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function configFile(config: ImageConfig, layers: readonly Descriptor[]): ConfigFile {
  return {
    architecture: 'wasm',
    os: 'wasip2',
    layerDigests: layers.map((layer) => layer.digest),
    config: {
      User: config.user,
      ExposedPorts: Object.fromEntries(config.exposedPorts.map((port) => [port, {}])),
      Env: config.env,
      Entrypoint: config.entrypoint,
      Cmd: config.cmd,
      WorkingDir: config.workingDir,
      StopSignal: config.stopSignal,
    },
  };
}

/** The configuration as the sandbox side wants it. @throws Error that names the field which is not as it must be. */
export function imageConfig(file: ConfigFile): ImageConfig {
  const config = file.config ?? {};
  return {
    entrypoint: texts(config.Entrypoint, 'Entrypoint'),
    cmd: texts(config.Cmd, 'Cmd'),
    env: texts(config.Env, 'Env'),
    workingDir: text(config.WorkingDir, 'WorkingDir') || '/',
    user: text(config.User, 'User'),
    stopSignal: text(config.StopSignal, 'StopSignal') || 'SIGTERM',
    exposedPorts: Object.keys(config.ExposedPorts ?? {}),
  };
}

/** A registry's configuration is what somebody wrote. */
function text(value: unknown, field: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw new Error(`the image configuration's config.${field} is no text`);
}

function texts(value: unknown, field: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  throw new Error(`the image configuration's config.${field} is no list of texts`);
}

/** What the build noted of each component (workloads/built.json): the digests that the shipped files must have. None without it. */
async function shippedDigests(directory: string): Promise<Readonly<Record<string, string | undefined>>> {
  const note = await readFile(join(directory, 'built.json'), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  const built: Record<string, { componentSha256?: string }> = JSON.parse(note);
  return Object.fromEntries(
    Object.entries(built).map(([name, { componentSha256 }]) => [name, componentSha256]),
  );
}

async function readComponent(directory: string, component: string): Promise<Uint8Array> {
  try {
    return await readFile(join(directory, component));
  } catch (cause) {
    throw new PodstepError('STORE_CORRUPT', `workloads/${component} cannot be read`, {
      advice: 'Install podstep again; in a checkout: npm run build.',
      cause,
    });
  }
}

/** A program's layer, which says what starts it. `title`: its file, for those who look at the manifest. */
export function programLayer(title: string, paths: readonly string[], bytes: Uint8Array): Descriptor {
  return describe(MEDIA_TYPE.component, bytes, {
    [ANNOTATION.title]: title,
    [ANNOTATION.paths]: JSON.stringify(paths),
  });
}

/** Puts an image together: the same parts give the same digests. */
export async function pack(
  programs: readonly ShippedBlob[],
  image: Pick<StandIn, 'files' | 'config'>,
  annotations: Readonly<Record<string, string>>,
): Promise<ShippedArtifact> {
  const tar = await writeTar(image.files);
  const files = { descriptor: describe(MEDIA_TYPE.files, tar), read: async () => tar };
  const layers = [...programs, files];
  const descriptors = layers.map((layer) => layer.descriptor);
  const configBytes = json(configFile(image.config, descriptors));
  const config = { descriptor: describe(MEDIA_TYPE.config, configBytes), read: async () => configBytes };
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: config.descriptor,
    layers: descriptors,
    annotations,
  };
  const manifestBytes = json(manifest);
  return {
    manifest: describe(MEDIA_TYPE.manifest, manifestBytes),
    manifestBytes,
    blobs: [config, ...layers],
  };
}

/** The layers of what podstep ships. @throws PodstepError STORE_CORRUPT */
export async function shippedLayers(
  programs: StandIn['programs'],
  directory: string,
): Promise<readonly ShippedBlob[]> {
  const shipped = await shippedDigests(directory);
  return Promise.all(
    programs.map(async ({ component, paths }) => {
      const read = () => readComponent(directory, component);
      const found = programLayer(component, paths, await read());
      const noted = shipped[basename(component, '.wasm')];
      // The manifest names what was shipped; copying will notice a file that is something else.
      return { descriptor: noted ? { ...found, digest: `sha256:${noted}` } : found, read };
    }),
  );
}

/** Assembles the artifact of a stand-in: the same files give the same digests. @throws PodstepError STORE_CORRUPT */
export async function assemble(standIn: StandIn, directory: string): Promise<ShippedArtifact> {
  return pack(await shippedLayers(standIn.programs, directory), standIn, {
    [ANNOTATION.title]: standIn.name,
    [ANNOTATION.version]: standIn.version,
    [ANNOTATION.description]: standIn.description,
    [ANNOTATION.standIn]: 'true',
  });
}
