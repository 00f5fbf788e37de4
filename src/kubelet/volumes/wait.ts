/** The pod worker's wait for volumes: what it waits for, how long, and how it fails. */
import type { Pod, Volume } from '../../api/types.ts';
import type { EventText } from '../events/texts.ts';

/** volume_manager.go podAttachAndMountTimeout: 2 minutes and 3 seconds. */
export const MOUNT_TIMEOUT_MS = 123_000;

/** volume_manager.go podAttachAndMountRetryInterval: how often the wait looks whether it is over. */
export const MOUNT_POLL_MS = 300;

/** How a wait that took too long ends. */
export const DEADLINE_EXCEEDED = 'context deadline exceeded';

/** What the volume manager knows of one pod's volumes, by the names that the pod gives them. */
export interface WaitState {
  /** Those that some container mounts. */
  readonly expectedVolumes: readonly string[];
  readonly mounted: readonly string[];
  /** Those that the populator could make something of. */
  readonly inDesiredState: readonly string[];
  /** Of the desired: those that have to be attached to the node first, and are not. */
  readonly attachableNotAttached: readonly string[];
}

/** Why the wait ended without its volumes. */
export interface WaitFailure {
  readonly error: string;
  /** A time-out is told by no event: the failed mounts themselves were (kubelet.go SyncPod). */
  readonly event?: EventText;
}

const list = (names: readonly string[]) => `[${[...names].sort().join(' ')}]`;

/** volume_manager.go WaitForAttachAndMount; undefined when in the end every volume is mounted. */
export function waitFailure(state: WaitState, cause: string): WaitFailure | undefined {
  const { expectedVolumes, mounted, inDesiredState, attachableNotAttached } = state;
  const unmounted = expectedVolumes.filter((name) => !mounted.includes(name));
  if (unmounted.length === 0) return undefined;
  const notProcessed = expectedVolumes.filter((name) => !inDesiredState.includes(name));
  const error = `unmounted volumes=${list(unmounted)}, unattached volumes=${list(attachableNotAttached)}, failed to process volumes=${list(notProcessed)}: ${cause}`;
  if (cause === DEADLINE_EXCEEDED) return { error };
  const message = `Unable to attach or mount volumes: ${error}`;
  return { error, event: { type: 'Warning', reason: 'FailedMount', message } };
}

/** volume_manager.go WaitForUnmount, when its time is over; undefined when nothing is mounted any more. */
export function unmountFailure(stillMounted: readonly string[]): string | undefined {
  if (stillMounted.length === 0) return undefined;
  return `mounted volumes=${list(stillMounted)}: ${DEADLINE_EXCEEDED}`;
}

/** The volumes that some container mounts; others are left alone (pkg/volume/util GetPodVolumeNames). */
export function volumesInUse({ spec }: Pod): readonly Volume[] {
  const containers = [
    ...(spec.initContainers ?? []),
    ...spec.containers,
    ...(spec.ephemeralContainers ?? []),
  ];
  const used = new Set(
    containers.flatMap(({ volumeMounts, volumeDevices }) =>
      [...(volumeMounts ?? []), ...(volumeDevices ?? [])].map(({ name }) => name),
    ),
  );
  return (spec.volumes ?? []).filter(({ name }) => used.has(name));
}
