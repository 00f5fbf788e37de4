/**
 * The collectors as the sync loop drives them: containers, images, directories of pods that are gone, and
 * the logs that grow too large. Follows pkg/kubelet/kubelet.go StartGarbageCollection.
 */
import type { EffectId } from '../machines/effects.ts';
import type { EffectError, EffectResult } from '../machines/events.ts';
import { containerGcReturned, GC_PERIOD_MS, GC_TIMER } from './container-gc/container-gc.ts';
import { podDirectoriesReturned } from './container-gc/pod-directories.ts';
import type { Draft } from './draft.ts';
import { reclaimOver } from './eviction-loop.ts';
import { collectImages, collectsImages, imageGcReturned } from './images/gc/image-gc.ts';
import { logManagerReturned, startLogManager } from './logs/container-log-manager.ts';
import { startTimer } from './loop-timer.ts';
import { reconstructionReturned } from './volumes/reconstruction.ts';

/** The kubelet has started: nothing has died yet, but images may lie there. */
export function startCollectors(draft: Draft): void {
  startTimer(draft, GC_TIMER, GC_PERIOD_MS);
  if (collectsImages(draft)) collectImages(draft);
  startLogManager(draft);
}

/** An effect's outcome, for the collector that waits for it. True when nobody else asked. */
export function collectorReturned(
  draft: Draft,
  effectId: EffectId,
  key: string,
  result: EffectResult | EffectError,
): boolean {
  if (containerGcReturned(draft, effectId, result)) reclaimOver(draft, 'containers');
  if (imageGcReturned(draft, effectId, result)?.purpose === 'eviction') reclaimOver(draft, 'images');
  podDirectoriesReturned(draft, effectId, result);
  reconstructionReturned(draft, effectId, result);
  logManagerReturned(draft, effectId, result);
  return key === GC_TIMER;
}
