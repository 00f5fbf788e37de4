/** The sync loop's part in evictions: it does for the eviction manager what is other managers' to do. */
import type { EffectId } from '../machines/effects.ts';
import type { EffectError, EffectResult } from '../machines/events.ts';
import { deleteAllUnusedContainers } from './container-gc/container-gc.ts';
import type { Draft } from './draft.ts';
import { recordEvent } from './events/recorder.ts';
import { evicted } from './events/texts.ts';
import { type EvictionWork, evictionMeasured, reclaimed } from './eviction/eviction-manager.ts';
import { EVICTED } from './eviction/message.ts';
import type { Eviction, Reclaim } from './eviction/synchronize.ts';
import { EVICTION_WHERE } from './eviction/where.ts';
import { deleteUnusedImages } from './images/gc/image-gc.ts';
import { killPodNow } from './pod-worker/kill-pod-now.ts';

/** What the node and its pods use has been measured. */
export function statsReturned(draft: Draft, effectId: EffectId, result: EffectResult | EffectError): void {
  work(draft, evictionMeasured(draft, effectId, result));
}

/** A collector has done what the eviction manager wanted of it. */
export function reclaimOver(draft: Draft, reclaim: Reclaim): void {
  work(draft, reclaimed(draft, reclaim));
}

function work(draft: Draft, wanted: EvictionWork): void {
  switch (wanted.type) {
    case 'nothing':
      return;
    case 'reclaim':
      if (wanted.reclaim === 'containers') deleteAllUnusedContainers(draft);
      else deleteUnusedImages(draft);
      return;
    case 'evict':
      for (const eviction of wanted.evictions) evictPod(draft, eviction);
  }
}

/** The pod ends as Failed, and its object stays (eviction_manager.go evictPod). */
function evictPod(draft: Draft, eviction: Eviction): void {
  const { pod, message, graceSeconds, annotations, disruption } = eviction;
  recordEvent(draft, pod, evicted(message, annotations));
  const ending = { reason: EVICTED, message, ...(disruption ? { disruption: message } : {}) };
  const say = {
    stage: 'evict',
    why: disruption ? 'eviction.victim' : 'eviction.storageLimit',
    values: { message: message.trimEnd(), seconds: graceSeconds },
    where: disruption ? EVICTION_WHERE.evictPod : EVICTION_WHERE.localStorage,
  } as const;
  killPodNow(draft, pod, ending, say, { evict: true, graceOverrideSeconds: graceSeconds });
}
