/** The mirror of a static pod, as its sync brings it about: taken away when it is old, made when there is none. */
import type { Pod } from '../../api/types.ts';
import { type Draft, emit, note, referenceOf, refOf } from '../draft.ts';
import { logError, logInfo, podKeys } from '../log/log.ts';
import { ownNode } from '../node-status/node-inputs.ts';
import { mirrorAction, mirrorOf, mirrorPodOf } from '../pod-manager/mirror-pods.ts';
import { POD_MANAGER_WHERE } from '../pod-manager/where.ts';
import { waitFor } from './worker-slice.ts';

/** kubelet.go tryReconcileMirrorPods. */
export function reconcileMirrorPod(draft: Draft, pod: Pod): void {
  const mirror = mirrorOf(draft.state, pod);
  switch (mirrorAction(pod, mirror, ownNode(draft.state))) {
    case 'none':
      return;
    case 'create':
      createMirrorPod(draft, pod);
      return;
    case 'recreate':
      if (mirror !== undefined) deleteMirrorPod(draft, pod, mirror);
  }
}

function deleteMirrorPod(draft: Draft, pod: Pod, mirror: Pod): void {
  const { namespace, name, uid } = mirror.metadata;
  const isDeleted = mirror.metadata.deletionTimestamp !== undefined;
  const reason = isDeleted ? 'DeletionTimestamp' : 'outdated';
  logInfo(draft, 2, 'kubelet.go', 'Deleted mirror pod', { ...podKeys(mirror), reason });
  const effectId = emit(draft, refOf('podWorker', pod), {
    type: 'deleteObject',
    kind: 'Pod',
    namespace,
    name,
    uid,
    gracePeriodSeconds: 0,
  });
  const why = isDeleted ? 'mirror.deleted' : 'mirror.outdated';
  const where = POD_MANAGER_WHERE.reconcileMirrorPods;
  note(
    draft,
    'podWorker',
    referenceOf(pod),
    'DeleteMirrorPod',
    'syncing.working',
    { stage: 'sync', why, where },
    ['deleteObject'],
  );
  waitFor(draft, pod.metadata.uid, { for: 'effect', effectId });
}

function createMirrorPod(draft: Draft, pod: Pod): void {
  const effectId = postMirrorPod(draft, pod);
  if (effectId !== undefined) waitFor(draft, pod.metadata.uid, { for: 'effect', effectId });
}

/** The id of the request; undefined when there is no Node that could own the mirror. */
function postMirrorPod(draft: Draft, pod: Pod): number | undefined {
  const node = ownNode(draft.state);
  if (node === undefined) return undefined;
  const object = mirrorPodOf(pod, node);
  const effectId = emit(draft, refOf('podWorker', pod), { type: 'createObject', object });
  const where = POD_MANAGER_WHERE.createMirrorPod;
  note(
    draft,
    'podWorker',
    referenceOf(pod),
    'CreateMirrorPod',
    'syncing.working',
    { stage: 'sync', why: 'mirror.create', where },
    ['createObject'],
  );
  return effectId;
}

/**
 * The Node was not there until now: static pods that started before it get their mirrors at once, not with
 * their next sync (kubelet.go fastStaticPodsRegistration).
 */
export function registerStaticPods(draft: Draft): void {
  const { pods, mirrorPods } = draft.state;
  for (const pod of Object.values(pods)) {
    const mirror = mirrorOf({ mirrorPods }, pod);
    if (mirrorAction(pod, mirror, ownNode(draft.state)) === 'create') postMirrorPod(draft, pod);
  }
}

/**
 * A request for the mirror was answered. A mirror that is gone is as good as deleted; other failures are
 * logged, and the sync goes on without. True when a new one was asked for, which the sync waits for.
 */
export function mirrorReturned(
  draft: Draft,
  pod: Pod,
  asked: 'deleteObject' | 'createObject',
  failure: string | undefined,
): boolean {
  if (failure !== undefined) {
    const message =
      asked === 'createObject' ? 'Failed creating a mirror pod' : 'Failed deleting a mirror pod';
    logError(draft, 'kubelet.go', failure, message, podKeys(pod));
  }
  if (asked === 'createObject' || failure !== undefined) return false;
  createMirrorPod(draft, pod);
  return true;
}
