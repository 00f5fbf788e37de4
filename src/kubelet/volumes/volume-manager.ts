/**
 * The volume manager: mounts what a pod's containers use before anything of the pod starts, and unmounts it
 * after everything has ended. A failed mount is tried again after 500 ms, doubling to 2m2s.
 * Follows pkg/kubelet/volumemanager and pkg/volume/util/nestedpendingoperations.
 */
import type { Pod, Volume } from '../../api/types.ts';
import { type Draft, type MachineRef, move, moveIf, refOf, snapshotOf, stateOf, update } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import { failedMount } from '../events/texts.ts';
import { without } from '../state.ts';
import { WHERE } from '../where.ts';
import { toMountRequest } from './sources.ts';

/** exponentialbackoff.go: the first wait, and the longest (2 minutes and 2 seconds). */
const INITIAL_RETRY_MS = 500;
const LONGEST_RETRY_MS = 122_000;

const refOfVolume = (pod: Pod, name: string): MachineRef<'volume'> => refOf('volume', pod, { name });

/** The volumes that some container mounts; others are left alone (desired_state_of_world_populator.go). */
export function volumesInUse(pod: Pod): readonly Volume[] {
  const { spec } = pod;
  const containers = [
    ...(spec.initContainers ?? []),
    ...spec.containers,
    ...(spec.ephemeralContainers ?? []),
  ];
  const used = new Set(
    containers.flatMap(({ volumeMounts }) => (volumeMounts ?? []).map(({ name }) => name)),
  );
  return (spec.volumes ?? []).filter(({ name }) => used.has(name));
}

/** Mounts what is not mounted and not waiting for its next try; true when everything is mounted. */
export function mountVolumes(draft: Draft, pod: Pod): boolean {
  const volumes = volumesInUse(pod);
  for (const volume of volumes) mountVolume(draft, pod, volume);
  return volumes.every(({ name }) => stateOf(draft, refOfVolume(pod, name)) === 'mounted');
}

function mountVolume(draft: Draft, pod: Pod, volume: Volume): void {
  const ref = refOfVolume(pod, volume.name);
  if (stateOf(draft, ref) !== 'unmounted') return;
  const request = toMountRequest(pod, volume);
  const values = { volume: volume.name };
  const where = WHERE.mountVolume;
  if ('unsupported' in request) {
    move(
      draft,
      ref,
      { type: 'SourceUnsupported' },
      { stage: 'mount', why: 'volume.unsupported', values, where },
    );
    recordEvent(draft, pod, failedMount(volume.name, request.unsupported));
    return;
  }
  move(
    draft,
    ref,
    { type: 'MountVolume', volume: request },
    { stage: 'mount', why: 'volume.mount', values, where },
  );
}

/** The volumes that are not mounted, by name. */
export function unmountedVolumes(draft: Draft, pod: Pod): readonly string[] {
  return volumesInUse(pod)
    .map(({ name }) => name)
    .filter((name) => stateOf(draft, refOfVolume(pod, name)) !== 'mounted');
}

/** Where a mounted volume is on the node; undefined while it is not mounted. */
export function mountedPath(draft: Draft, pod: Pod, name: string): string | undefined {
  const { state, context } = snapshotOf(draft, refOfVolume(pod, name));
  return state === 'mounted' ? context.hostPath : undefined;
}

/** Unmounts what is mounted; true when nothing is left. */
export function unmountVolumes(draft: Draft, pod: Pod): boolean {
  for (const { name } of volumesInUse(pod)) {
    const ref = refOfVolume(pod, name);
    const { state, context } = snapshotOf(draft, ref);
    if (state === 'mounted' && context.volume !== undefined) {
      const say = {
        stage: 'mount',
        why: 'volume.unmount',
        values: { volume: name },
        where: WHERE.unmountVolume,
      } as const;
      move(draft, ref, { type: 'UnmountVolume', volume: context.volume }, say);
    } else if (state === 'mountBackOff') {
      const say = {
        stage: 'mount',
        why: 'volume.givenUp',
        values: { volume: name },
        where: WHERE.unmountVolume,
      } as const;
      moveIf(draft, ref, { type: 'GiveUp' }, say);
    }
  }
  return volumesInUse(pod).every(({ name }) =>
    ['unmounted', 'unsupported'].includes(stateOf(draft, refOfVolume(pod, name))),
  );
}

/** What came of a mount or an unmount. */
export type VolumeOutcome =
  | { readonly type: 'mounted'; readonly hostPath: string }
  | { readonly type: 'unmounted' }
  | { readonly type: 'failed'; readonly message: string };

/** Moves the volume's machine on; a failure opens a back-off of its own. */
export function volumeReturned(draft: Draft, pod: Pod, key: string, outcome: VolumeOutcome): void {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const ref = refOfVolume(pod, name);
  const values = { volume: name };
  const unmounting = stateOf(draft, ref) === 'unmounting';
  const where = unmounting ? WHERE.unmountVolume : WHERE.mountVolume;
  if (outcome.type !== 'failed') {
    update(draft, { mountRetries: without(draft.state.mountRetries, key) });
    if (outcome.type === 'mounted') {
      const { hostPath } = outcome;
      moveIf(
        draft,
        ref,
        { type: 'VolumeMounted', hostPath },
        { stage: 'mount', why: 'volume.mounted', values, where },
      );
    } else {
      moveIf(
        draft,
        ref,
        { type: 'VolumeUnmounted' },
        { stage: 'mount', why: 'volume.unmounted', values, where },
      );
    }
    return;
  }
  const before = draft.state.mountRetries[key];
  const retryMs = before === undefined ? INITIAL_RETRY_MS : Math.min(before * 2, LONGEST_RETRY_MS);
  update(draft, { mountRetries: { ...draft.state.mountRetries, [key]: retryMs } });
  const say = {
    stage: 'mount',
    why: 'volume.failed',
    values: { ...values, message: outcome.message },
    where,
  } as const;
  moveIf(draft, ref, { type: unmounting ? 'UnmountFailed' : 'MountFailed', retryMs }, say);
  if (!unmounting) recordEvent(draft, pod, failedMount(name, outcome.message));
}
