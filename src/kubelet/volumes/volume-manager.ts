/**
 * The volume manager: what pods want mounted, what is mounted, and the pass that brings them together. The
 * real reconciler passes every 100 ms; this one passes 100 ms after something differs, so that rest costs nothing.
 * Follows pkg/kubelet/volumemanager (populator, reconciler, actual and desired state of the world).
 */
import type { Pod } from '../../api/types.ts';
import { sameData } from '../../lib/same-data.ts';
import { withEntry } from '../../lib/with-entry.ts';
import { type Draft, move, moveIf, snapshotOf, stateOf } from '../draft.ts';
import { startTimer } from '../loop-timer.ts';
import { without } from '../state.ts';
import { type ActualState, reconcileActions, type VolumeToReconcile } from './reconcile.ts';
import { contentDiffers, setUpVolume } from './set-up.ts';
import { isMounted, refOfVolume, setVolumes } from './volume-slice.ts';
import { desiredVolumes } from './volume-spec.ts';
import { volumesInUse, type WaitState } from './wait.ts';
import { WHERE_VOLUMES } from './where.ts';

export const RECONCILE_TIMER = 'volumes/reconcile';

/** volume_manager.go reconcilerLoopSleepPeriod. */
const RECONCILE_PERIOD_MS = 100;

/** One volume of one pod, as a pass names it. */
interface Key {
  readonly pod: Pod;
  readonly name: string;
}

/**
 * Takes what the pod wants into the desired state, and has its mounted files looked at again: this is how
 * a changed ConfigMap reaches a pod (populator ReprocessPod). Returns why volumes could not be taken in.
 */
export function processPodVolumes(draft: Draft, pod: Pod): readonly string[] {
  const { uid } = pod.metadata;
  const { desired, remounts } = draft.state.volumes;
  const { specs, errors } = desiredVolumes(pod, draft.state.objects, desired[uid] ?? []);
  const outdated = specs
    .filter((spec) => stateOf(draft, refOfVolume(pod, spec.name)) === 'mounted')
    .filter((spec) => contentDiffers(draft, pod, spec))
    .map(({ name }) => refOfVolume(pod, name).key);
  if (!sameData(desired[uid], specs)) setVolumes(draft, { desired: withEntry(desired, uid, specs) });
  if (outdated.length > 0) setVolumes(draft, { remounts: [...new Set([...remounts, ...outdated])] });
  const absent = specs.some(({ name }) => stateOf(draft, refOfVolume(pod, name)) === 'unmounted');
  if (absent || outdated.length > 0) passSoon(draft);
  return errors;
}

/** The next pass of the reconciler, unless one is on its way. */
function passSoon(draft: Draft): void {
  if (draft.state.volumes.passDue) return;
  setVolumes(draft, { passDue: true });
  startTimer(draft, RECONCILE_TIMER, RECONCILE_PERIOD_MS);
}

/** reconciler.go reconcile. */
export function reconcile(draft: Draft): void {
  const actions = reconcileActions(volumesToReconcile(draft));
  setVolumes(draft, { passDue: false, remounts: [] });
  for (const { type, key } of actions) {
    if (type === 'unmount') unmountVolume(draft, key);
    else setUpWanted(draft, key.pod, key.name);
  }
}

/** Every volume of every pod: wanted, there, or both. */
function volumesToReconcile(draft: Draft): VolumeToReconcile<Key>[] {
  const { desired, remounts } = draft.state.volumes;
  return Object.values(draft.state.workers).flatMap(({ pod }) => {
    const wanted = new Set((desired[pod.metadata.uid] ?? []).map(({ name }) => name));
    return volumesInUse(pod).map(({ name }) => {
      const ref = refOfVolume(pod, name);
      return {
        key: { pod, name },
        wanted: wanted.has(name),
        actual: actualOf(stateOf(draft, ref)),
        remountRequired: remounts.includes(ref.key),
      };
    });
  });
}

function actualOf(state: string): ActualState {
  if (state === 'unmounted') return 'absent';
  return state === 'mounted' || state === 'updateBackOff' ? 'mounted' : 'busy';
}

function setUpWanted(draft: Draft, pod: Pod, name: string): void {
  const spec = draft.state.volumes.desired[pod.metadata.uid]?.find((wanted) => wanted.name === name);
  if (spec !== undefined) setUpVolume(draft, pod, spec);
}

function unmountVolume(draft: Draft, { pod, name }: Key): void {
  const ref = refOfVolume(pod, name);
  const { volume } = snapshotOf(draft, ref).context;
  if (volume === undefined) return;
  const say = {
    stage: 'mount',
    why: 'volume.unmount',
    values: { volume: name },
    where: WHERE_VOLUMES.unmount,
  } as const;
  move(draft, ref, { type: 'UnmountVolume', volume }, say);
}

/** What the wait for volumes goes by. */
export function waitStateOf(draft: Draft, pod: Pod): WaitState {
  const expectedVolumes = volumesInUse(pod).map(({ name }) => name);
  const desired = draft.state.volumes.desired[pod.metadata.uid] ?? [];
  return {
    expectedVolumes,
    mounted: expectedVolumes.filter((name) => isMounted(draft, pod, name)),
    inDesiredState: desired.map(({ name }) => name),
    attachableNotAttached: [],
  };
}

export function allMounted(draft: Draft, pod: Pod): boolean {
  return volumesInUse(pod).every(({ name }) => isMounted(draft, pod, name));
}

/** A mounted volume as a container finds it. */
export interface MountedVolume {
  /** Where it is on the node. */
  readonly hostPath: string;
  /** Whatever the container says: the kubelet alone writes here, or the claim is for reading (Attributes.ReadOnly). */
  readonly readOnly: boolean;
  /** How much the file system in memory holds; undefined for a volume on disk. */
  readonly sizeBytes?: number;
}

/** Undefined while the volume is not mounted. */
export function mountedVolume(draft: Draft, pod: Pod, name: string): MountedVolume | undefined {
  if (!isMounted(draft, pod, name)) return undefined;
  const { hostPath, volume } = snapshotOf(draft, refOfVolume(pod, name)).context;
  const source = volume?.source;
  const readOnly = source?.kind === 'files' || (source?.kind === 'hostPath' && source.readOnly === true);
  if (source?.kind !== 'emptyDir' || source.medium !== 'Memory') return { hostPath, readOnly };
  return { hostPath, readOnly, sizeBytes: source.sizeLimitBytes };
}

/** The pod is over: nothing of it is wanted any more. True when nothing is left. */
export function unmountVolumes(draft: Draft, pod: Pod): boolean {
  setVolumes(draft, { desired: without(draft.state.volumes.desired, pod.metadata.uid) });
  for (const { name } of volumesInUse(pod)) {
    const say = {
      stage: 'mount',
      why: 'volume.givenUp',
      values: { volume: name },
      where: WHERE_VOLUMES.unmount,
    } as const;
    moveIf(draft, refOfVolume(pod, name), { type: 'GiveUp' }, say);
  }
  if (stillMounted(draft, pod).length === 0) return true;
  passSoon(draft);
  return false;
}

/** The volumes of a pod that are not unmounted yet. */
export function stillMounted(draft: Draft, pod: Pod): readonly string[] {
  return volumesInUse(pod)
    .map(({ name }) => name)
    .filter((name) => stateOf(draft, refOfVolume(pod, name)) !== 'unmounted');
}

/** The wait after a failed operation is over: it is tried again at once. */
export function retryVolume(draft: Draft, pod: Pod, name: string): void {
  const wanted = draft.state.volumes.desired[pod.metadata.uid] !== undefined;
  if (wanted) setUpWanted(draft, pod, name);
  else if (stateOf(draft, refOfVolume(pod, name)) === 'mounted') unmountVolume(draft, { pod, name });
}
