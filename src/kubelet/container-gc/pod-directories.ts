/**
 * Directories of pods that are gone: removed once no volume is in them. The disk is looked at when a pod has
 * gone since, and after a start, when nobody knows what an earlier kubelet left.
 * Follows pkg/kubelet/kubelet_volumes.go cleanupOrphanedPodDirs.
 */

import { formatDuration } from '../../lib/time.ts';
import type { EffectId } from '../../machines/effects.ts';
import type { EffectError, EffectResult } from '../../machines/events.ts';
import { type Draft, emit, nodeOwner, note, type Say, update } from '../draft.ts';
import { logError, logInfo } from '../log/log.ts';
import { PODS_ROOT, podDirectory } from '../paths.ts';
import { allSourcesReady } from './pod-states.ts';
import { GC_WHERE } from './where.ts';

const OWNER = 'housekeeping/podDirectories';

/** The slice of the clean-up. */
export interface PodDirectories {
  /** There may be a directory of a pod that is gone. */
  readonly unseen: boolean;
  readonly waits: readonly EffectId[];
  /** When this look at the disk was begun. */
  readonly begunMs?: number;
  /** The refusals that were told already. */
  readonly told: readonly string[];
}

const TOLD_LIMIT = 100;

/** kubelet.go housekeepingWarningDuration. */
export const HOUSEKEEPING_WARNING_MS = 1_000;

/** A pod is gone: there may be a directory to remove. */
export function podDirectoryLeft(draft: Draft): void {
  update(draft, { podDirectories: { ...draft.state.podDirectories, unseen: true } });
}

/** Part of housekeeping. */
export function cleanupPodDirectories(draft: Draft): void {
  const { unseen, waits } = draft.state.podDirectories;
  // What lies in the directories goes first.
  const { at, waits: unmounts } = draft.state.volumes.reconstruction;
  const looked = at !== 'due' && unmounts.length === 0;
  if (!unseen || waits.length > 0 || !looked || !allSourcesReady(draft.state)) return;
  const owner = nodeOwner(draft.state, OWNER);
  const question = emit(draft, owner, { type: 'listNodeDirectory', directory: PODS_ROOT });
  const { nowMs: begunMs, podDirectories } = draft.state;
  update(draft, { podDirectories: { ...podDirectories, unseen: false, waits: [question], begunMs } });
}

/** What came of a look at the disk, or of a removal; everything else is none of its business. */
export function podDirectoriesReturned(
  draft: Draft,
  effectId: EffectId,
  result: EffectResult | EffectError,
): void {
  const { waits } = draft.state.podDirectories;
  if (!waits.includes(effectId)) return;
  const left = waits.filter((id) => id !== effectId);
  update(draft, { podDirectories: { ...draft.state.podDirectories, waits: left } });
  if ('code' in result) stays(draft, result.message);
  else if (result.type === 'entries') {
    const names = result.entries.filter(({ kind }) => kind === 'directory').map(({ name }) => name);
    const removals = names.flatMap((podUid) => removeOrphan(draft, podUid));
    update(draft, { podDirectories: { ...draft.state.podDirectories, waits: [...left, ...removals] } });
  }
  tellDuration(draft);
}

/** The disk has answered to all that housekeeping wanted of it (kubelet.go, after HandlePodCleanups). */
function tellDuration(draft: Draft): void {
  const { nowMs, podDirectories } = draft.state;
  const { begunMs, ...rest } = podDirectories;
  if (rest.waits.length > 0 || begunMs === undefined) return;
  update(draft, { podDirectories: rest });
  const tookMs = nowMs - begunMs;
  if (tookMs > HOUSEKEEPING_WARNING_MS) {
    const values = { expected: formatDuration(HOUSEKEEPING_WARNING_MS), actual: formatDuration(tookMs) };
    logError(draft, 'kubelet.go', undefined, 'Housekeeping took longer than expected', values);
  }
  logInfo(draft, 4, 'kubelet.go', 'SyncLoop (housekeeping) end', { duration: formatDuration(tookMs) });
}

function removeOrphan(draft: Draft, podUid: string): readonly EffectId[] {
  const { pods, pleg, volumes, podDirectories } = draft.state;
  const found = volumes.reconstruction.found.some((volume) => volume.podUid === podUid);
  const running = pleg.cache[podUid]?.containers.some(({ state }) => state === 'CONTAINER_RUNNING') === true;
  if (pods[podUid] !== undefined) return [];
  // Not yet: its containers still run, or its volumes have not been unmounted.
  if (running || found || volumesMounted(draft, podUid)) {
    podDirectoryLeft(draft);
    return [];
  }
  const owner = nodeOwner(draft.state, OWNER);
  const values = { path: podDirectory(podUid) };
  const say: Say = { stage: 'gc', why: 'gc.podDirectory', values, where: GC_WHERE.cleanupOrphanedPodDirs };
  const isAgain = podDirectories.told.some((message) => message.includes(podUid));
  if (!isAgain) {
    note(draft, 'housekeeping', owner.object, 'CleanupPodDirectory', 'cleaning', say, ['removePodDirectory']);
  }
  return [emit(draft, owner, { type: 'removePodDirectory', podUid })];
}

function volumesMounted(draft: Draft, podUid: string): boolean {
  const own = Object.values(draft.state.machines[podUid] ?? {});
  return own.some(({ machine, state }) => machine === 'volume' && state !== 'unmounted');
}

/** Tried again by the next housekeeping; told once. */
function stays(draft: Draft, message: string): void {
  const { podDirectories } = draft.state;
  const told = [...podDirectories.told, message].slice(-TOLD_LIMIT);
  update(draft, { podDirectories: { ...podDirectories, unseen: true, told } });
  if (podDirectories.told.includes(message)) return;
  const { object } = nodeOwner(draft.state, OWNER);
  const say: Say = {
    stage: 'gc',
    why: 'gc.podDirectoryStays',
    values: { message },
    where: GC_WHERE.cleanupOrphanedPodDirs,
  };
  note(draft, 'housekeeping', object, 'CleanupPodDirectory', 'cleaning', say);
}
