/**
 * Making room for a critical pod: its victims end one after the other, and until the last one has, the sync
 * loop takes no other pod in. Follows pkg/kubelet/preemption/preemption.go evictPodsToFreeRequests, which
 * blocks the real kubelet's loop in the same place.
 */
import type { Pod } from '../../api/types.ts';
import type { PodOperation } from '../config-sources/merge.ts';
import { type Draft, update } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import { preempting } from '../events/texts.ts';
import { killIsOver, killPodNow } from '../pod-worker/kill-pod-now.ts';
import { PREEMPTION_WHERE } from './where.ts';

export interface Preemption {
  /** The critical pod that waits for room. */
  readonly podUid: string;
  /** Those that go: the first is being ended. */
  readonly victims: readonly string[];
  /** What the sources said meanwhile, oldest first: a few operations for each pod of the node. */
  readonly held: readonly PodOperation[];
}

const MESSAGE = 'Preempted in order to admit critical pod';

/** Begins to end the victims; the critical pod waits. */
export function beginPreemption(draft: Draft, pod: Pod, victims: readonly Pod[]): void {
  const uids = victims.map(({ metadata }) => metadata.uid);
  update(draft, { preemption: { podUid: pod.metadata.uid, victims: uids, held: [] } });
  endVictim(draft);
}

function endVictim(draft: Draft): void {
  const { preemption, workers, pods } = draft.state;
  const victim = workers[preemption?.victims[0] ?? '']?.pod;
  if (preemption === undefined || victim === undefined) return;
  recordEvent(draft, victim, preempting());
  const ending = {
    reason: 'Preempting',
    message: MESSAGE,
    disruption: 'Pod was preempted by Kubelet to accommodate a critical pod.',
  };
  const say = {
    stage: 'evict',
    why: 'preemption.victim',
    values: { pod: pods[preemption.podUid]?.metadata.name ?? '' },
    where: PREEMPTION_WHERE.evictPods,
  } as const;
  killPodNow(draft, victim, ending, say, { evict: true });
}

/** Keeps an operation for later, while a critical pod waits; false when none does. */
export function holdWhilePreempting(draft: Draft, operation: PodOperation): boolean {
  const { preemption } = draft.state;
  if (preemption === undefined) return false;
  update(draft, { preemption: { ...preemption, held: [...preemption.held, operation] } });
  return true;
}

/**
 * Goes on once a victim has ended, or took too long. When the last one is done, gives the pod that may come
 * in now, and what was held meanwhile.
 */
export function preemptionGoesOn(
  draft: Draft,
): { readonly podUid: string; readonly held: readonly PodOperation[] } | undefined {
  for (;;) {
    const { preemption, workers } = draft.state;
    if (preemption === undefined) return undefined;
    const [uid, ...victims] = preemption.victims;
    if (uid === undefined) {
      const { preemption: _over, ...rest } = draft.state;
      draft.state = rest;
      return preemption;
    }
    const victim = workers[uid]?.pod;
    if (victim !== undefined && !killIsOver(draft, victim)) return undefined;
    update(draft, { preemption: { ...preemption, victims } });
    endVictim(draft);
  }
}
