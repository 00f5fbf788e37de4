/** Housekeeping, every two seconds: what is left of pods that are gone for good is forgotten. */
import { type Draft, forgetMachines, note, referenceOf, update } from './draft.ts';
import { dropPulls } from './images/image-manager.ts';
import { startTimer } from './loop-timer.ts';
import { without } from './state.ts';
import { WHERE } from './where.ts';

export const HOUSEKEEPING_TIMER = 'loop/housekeeping';

/** kubelet.go housekeepingPeriod. */
export const HOUSEKEEPING_PERIOD_MS = 2_000;

/** kubelet_pods.go HandlePodCleanups. A pod is remembered until the runtime has no record of it either. */
export function housekeeping(draft: Draft): void {
  startTimer(draft, HOUSEKEEPING_TIMER, HOUSEKEEPING_PERIOD_MS);
  for (const [podUid, { pod }] of Object.entries(draft.state.workers)) {
    const gone = draft.state.pods[podUid] === undefined && draft.state.pleg.cache[podUid] === undefined;
    if (!gone || draft.state.machines[podUid]?.[`worker/${podUid}`]?.state !== 'terminated.finished')
      continue;
    const say = { stage: 'gc', why: 'housekeeping.forgotten', where: WHERE.handlePodCleanups } as const;
    note(draft, 'podWorker', referenceOf(pod), 'PodForgotten', 'terminated.finished', say);
    forgetPod(draft, podUid);
  }
}

function forgetPod(draft: Draft, podUid: string): void {
  const { workers, startErrors, statuses, crashBackoff, mountRetries } = draft.state;
  const own = (key: string) => key.split('/')[1] === podUid;
  const backoffs = Object.entries(crashBackoff.entries).filter(([key]) => !key.includes(podUid));
  update(draft, {
    workers: without(workers, podUid),
    startErrors: without(startErrors, podUid),
    statuses: without(statuses, podUid),
    mountRetries: Object.fromEntries(Object.entries(mountRetries).filter(([key]) => !own(key))),
    crashBackoff: { ...crashBackoff, entries: Object.fromEntries(backoffs) },
  });
  forgetMachines(draft, podUid);
  dropPulls(draft, podUid);
}
