/** From a wanted volume to what the node's files are asked for: checks first, then the content. */
import { matchesNodeSelector, type NodeSelector } from '../../api/node-selector.ts';
import type { KubeObject, Pod, Volume } from '../../api/types.ts';
import type {
  FileProjection,
  Payload,
  ProjectingPlugin,
  VolumeMountRequest,
} from '../../machines/effects.ts';
import { bytesOf, memoryBackedSizeBytes } from './empty-dir.ts';
import { type PayloadInput, payloadOf } from './payload.ts';
import type { VolumeOperation } from './texts.ts';
import type { VolumeSpec } from './volume-spec.ts';

export interface SetUpInput extends PayloadInput {
  /** Names a new version of the volume's files. */
  readonly versionDirectory: string;
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly nodeMemoryBytes: number;
  /** Whether the persistent volume is mounted for another pod of this node. */
  readonly mountedElsewhere: boolean;
}

/** The request, or the step that failed and why. */
export type SetUp =
  | { readonly ok: true; readonly request: VolumeMountRequest }
  | { readonly ok: false; readonly operation: VolumeOperation; readonly error: string };

/** operation_generator.go GenerateMountVolumeFunc, as far as it goes without touching the node. */
export function setUpOf(spec: VolumeSpec, input: SetUpInput): SetUp {
  const refused = spec.persistentVolume && refusalOf(spec.persistentVolume, input);
  if (refused !== undefined) return refused;
  const shared = { volumeName: spec.name, podUid: input.pod.metadata.uid };
  const source = sourceOf(spec, input);
  if ('error' in source) return { ok: false, operation: 'setUp', error: source.error };
  return { ok: true, request: { ...shared, source } };
}

type Source = VolumeMountRequest['source'];

function sourceOf(
  { source: volume, readOnly }: VolumeSpec,
  input: SetUpInput,
): Source | { readonly error: string } {
  const { emptyDir, hostPath } = volume;
  if (emptyDir !== undefined) return emptyDirSource(emptyDir, input);
  if (hostPath !== undefined) {
    return { kind: 'hostPath', path: hostPath.path, type: hostPath.type ?? '', readOnly };
  }
  if (volume.image !== undefined) return { kind: 'image' };
  const { local } = volume as { readonly local?: { readonly path: string } };
  if (local !== undefined) return { kind: 'hostPath', path: local.path, type: 'Directory', readOnly };
  const made = payloadOf(volume, input);
  if (made === undefined) return { error: 'no volume plugin matched' };
  if (!made.ok) return { error: made.error };
  return {
    kind: 'files',
    plugin: pluginOf(volume),
    payload: forGroup(input.pod) ? readableByGroup(made.payload) : made.payload,
    versionDirectory: input.versionDirectory,
  };
}

function emptyDirSource(emptyDir: NonNullable<Volume['emptyDir']>, input: SetUpInput): Source {
  const { medium = '', sizeLimit } = emptyDir;
  const { mode } = emptyDir as { readonly mode?: number };
  const sizeLimitBytes = sizeLimit === undefined ? undefined : bytesOf(sizeLimit);
  const sizeBytes =
    medium === 'Memory'
      ? memoryBackedSizeBytes({
          sizeLimitBytes,
          podMemoryLimitBytes: podMemoryLimitBytes(input.pod),
          nodeMemoryBytes: input.nodeMemoryBytes,
        })
      : sizeLimitBytes;
  return {
    kind: 'emptyDir',
    medium,
    ...(sizeBytes === undefined ? {} : { sizeLimitBytes: sizeBytes }),
    ...(mode === undefined ? {} : { mode }),
    forGroup: forGroup(input.pod),
  };
}

/** What all containers together may use; undefined when one of them has no limit (resourcehelper.PodLimits, as emptyDir asks for it). */
function podMemoryLimitBytes({ spec }: Pod): number | undefined {
  const limits = spec.containers.map(({ resources }) => resources?.limits?.memory);
  if (limits.some((limit) => limit === undefined)) return undefined;
  return limits.reduce((sum: number, limit) => sum + bytesOf(limit ?? 0), 0);
}

function pluginOf({ configMap, secret, downwardAPI }: Volume): ProjectingPlugin {
  if (configMap !== undefined) return 'kubernetes.io/configmap';
  if (secret !== undefined) return 'kubernetes.io/secret';
  return downwardAPI === undefined ? 'kubernetes.io/projected' : 'kubernetes.io/downward-api';
}

const forGroup = ({ spec }: Pod) => spec.securityContext?.fsGroup !== undefined;

/** pkg/volume/volume_linux.go SetVolumeOwnership: the pod's group may read; the volume is read-only for it. */
function readableByGroup(payload: Payload): Payload {
  const files = Object.entries(payload).map(([path, file]): [string, FileProjection] => [
    path,
    { ...file, mode: file.mode | 0o440 },
  ]);
  return Object.fromEntries(files);
}

/** Where and by whom a persistent volume may be used. */
function refusalOf(volume: KubeObject, input: SetUpInput): Exclude<SetUp, { ok: true }> | undefined {
  const { nodeAffinity, accessModes = [] } = volume.spec as {
    nodeAffinity?: { required?: NodeSelector };
    accessModes?: readonly string[];
  };
  const required = nodeAffinity?.required;
  if (required !== undefined && !matchesNodeSelector(required, { name: '', labels: input.nodeLabels })) {
    return { ok: false, operation: 'nodeAffinity', error: 'no matching NodeSelectorTerms' };
  }
  // With more than one mode nobody knows which of them the pod means.
  const once = accessModes.length === 1 && accessModes[0] === 'ReadWriteOncePod';
  if (once && input.mountedElsewhere) {
    return {
      ok: false,
      operation: 'setUp',
      error: 'volume uses the ReadWriteOncePod access mode and is already in use by another pod',
    };
  }
  return undefined;
}
