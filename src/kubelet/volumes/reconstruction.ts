/**
 * What an earlier kubelet left in the directories of pods that nobody wants any more is unmounted, once the
 * sources have said whom they want. Volumes of the others are set up again by their pods' syncs.
 * Follows pkg/kubelet/volumemanager/reconciler/reconstruct.go.
 */
import type { EffectId, VolumeMountRequest } from '../../machines/effects.ts';
import type { EffectError, EffectResult, PodVolume } from '../../machines/events.ts';
import { allSourcesReady } from '../container-gc/pod-states.ts';
import { type Draft, emit, nodeOwner, note } from '../draft.ts';
import { setVolumes } from './volume-slice.ts';
import { WHERE_VOLUMES } from './where.ts';

const OWNER = 'volumes/reconstruction';

/** Part of housekeeping: one look at the disk after each start, then until nothing of it is left. */
export function reconstructVolumes(draft: Draft): void {
  const { at, waits, found } = draft.state.volumes.reconstruction;
  if (at === 'over' || waits.length > 0 || !allSourcesReady(draft.state)) return;
  if (at === 'due') {
    const effectId = emit(draft, nodeOwner(draft.state, OWNER), { type: 'listPodVolumes' });
    setVolumes(draft, { reconstruction: { at: 'under way', waits: [effectId], found } });
    return;
  }
  // What its pod has set up again is its pod's own affair; a pod that ends sets nothing up.
  const left = found.filter((volume) => !isSetUp(draft, volume));
  const orphans = left.filter(({ podUid }) => !needsVolumes(draft, podUid));
  const begun = orphans.map((volume) => unmount(draft, volume));
  const rest = left.filter((volume) => !orphans.includes(volume));
  setVolumes(draft, { reconstruction: { at: phaseOf(begun, rest), waits: begun, found: rest } });
}

/** What lies on disk, or one of its volumes is gone; everything else is none of its business. */
export function reconstructionReturned(
  draft: Draft,
  effectId: EffectId,
  result: EffectResult | EffectError,
): void {
  const { waits, found } = draft.state.volumes.reconstruction;
  if (!waits.includes(effectId)) return;
  const left = waits.filter((id) => id !== effectId);
  const seen = 'type' in result && result.type === 'podVolumes' ? result.volumes : found;
  setVolumes(draft, { reconstruction: { at: phaseOf(left, seen), waits: left, found: seen } });
}

function phaseOf(waits: readonly EffectId[], found: readonly PodVolume[]): 'under way' | 'over' {
  return waits.length === 0 && found.length === 0 ? 'over' : 'under way';
}

function isSetUp({ state }: Draft, { podUid, name }: PodVolume): boolean {
  return state.machines[podUid]?.[`volume/${podUid}/${name}`]?.state === 'mounted';
}

/** Containers that use a volume end first, and so does the pod that they belong to. */
function needsVolumes({ state }: Draft, podUid: string): boolean {
  const containers = state.pleg.cache[podUid]?.containers ?? [];
  const runs = containers.some((container) => container.state === 'CONTAINER_RUNNING');
  const worker = state.machines[podUid]?.[`worker/${podUid}`]?.state ?? '';
  return runs || (state.pods[podUid] !== undefined && !worker.startsWith('terminated'));
}

function unmount(draft: Draft, { podUid, plugin, name }: PodVolume): EffectId {
  const owner = nodeOwner(draft.state, OWNER);
  const say = {
    stage: 'mount',
    why: 'volume.orphan',
    values: { volume: name, pod: podUid },
    where: WHERE_VOLUMES.reconstruct,
  } as const;
  note(draft, 'volumeManager', owner.object, 'CleanupOrphanedVolume', 'unmounting', say, ['unmountVolume']);
  const volume: VolumeMountRequest = { volumeName: name, podUid, source: sourceOf(plugin) };
  return emit(draft, owner, { type: 'unmountVolume', volume });
}

/** All that an unmount needs to know is the plugin, which names the directory. */
function sourceOf(plugin: PodVolume['plugin']): VolumeMountRequest['source'] {
  return plugin === 'kubernetes.io/empty-dir'
    ? { kind: 'emptyDir', medium: '', forGroup: false }
    : { kind: 'files', plugin, payload: {}, versionDirectory: '' };
}
