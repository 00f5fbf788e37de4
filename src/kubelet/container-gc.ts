/**
 * Container garbage: of each container only the newest dead record is kept, of each pod only the newest
 * sandbox; what is left of deleted pods goes. Each minute.
 * Follows pkg/kubelet/kuberuntime/kuberuntime_gc.go (MaxPerPodContainer 1, MinAge 0).
 */
import type { Pod } from '../api/types.ts';
import { collectBackoff } from './backoff/backoff.ts';
import { type Draft, move, refOf, update } from './draft.ts';
import { startTimer } from './loop-timer.ts';
import type { RuntimePod } from './runtime-pod.ts';
import { WHERE } from './where.ts';

export const GC_TIMER = 'gc/containers';

/** kubelet.go ContainerGCPeriod. */
export const GC_PERIOD_MS = 60_000;

export function collectGarbage(draft: Draft): void {
  startTimer(draft, GC_TIMER, GC_PERIOD_MS);
  const { crashBackoff, nowMs } = draft.state;
  update(draft, { crashBackoff: collectBackoff(crashBackoff, nowMs) });
  for (const [podUid, runtimePod] of Object.entries(draft.state.pleg.cache)) {
    const worker = draft.state.workers[podUid];
    // A pod whose sync is under way may be about to use what it saw.
    if (worker === undefined || worker.sync !== undefined) continue;
    const deleted = draft.state.pods[podUid] === undefined;
    collectContainers(draft, worker.pod, runtimePod, deleted ? 0 : 1);
    collectSandboxes(draft, worker.pod, runtimePod, deleted);
  }
}

/** evictContainers: dead records past the `keep` newest of each container. */
function collectContainers(draft: Draft, pod: Pod, runtimePod: RuntimePod, keep: number): void {
  const seen = new Map<string, number>();
  for (const { id, metadata, state } of runtimePod.containers) {
    if (state === 'CONTAINER_RUNNING') continue;
    const { name } = metadata;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    if (count <= keep) continue;
    const say = {
      stage: 'gc',
      why: 'gc.container',
      values: { container: name },
      where: WHERE.evictContainers,
    } as const;
    move(draft, refOf('container', pod, { name }), { type: 'RemoveContainer', containerId: id }, say);
  }
}

/** evictSandboxes: dead, without any container, and not the newest of a pod that is still wanted. */
function collectSandboxes(draft: Draft, pod: Pod, runtimePod: RuntimePod, deleted: boolean): void {
  const used = new Set(runtimePod.containers.map(({ podSandboxId }) => podSandboxId));
  for (const [index, { id, state, metadata }] of runtimePod.sandboxes.entries()) {
    if (state === 'SANDBOX_READY' || used.has(id) || (index === 0 && !deleted)) continue;
    const values = { attempt: metadata.attempt };
    const say = { stage: 'gc', why: 'gc.sandbox', values, where: WHERE.evictSandboxes } as const;
    move(draft, refOf('sandbox', pod), { type: 'RemovePodSandbox', sandboxId: id }, say);
  }
}
