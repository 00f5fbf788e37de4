/** Forgetting a pod: nothing that the managers remember of it stays. */
import { forgetAllocation } from './allocation/allocation-manager.ts';
import { type Draft, forgetMachines, update } from './draft.ts';
import { dropPulls } from './images/image-manager.ts';
import { without } from './state.ts';
import { forgetVolumes } from './volumes/volume-slice.ts';

/** Drops the pod from every slice that is kept by UID, except what its sources want. */
export function forgetPod(draft: Draft, podUid: string): void {
  const { workers, startErrors, statuses, crashBackoff } = draft.state;
  const backoffs = Object.entries(crashBackoff.entries).filter(([key]) => !key.includes(podUid));
  update(draft, {
    workers: without(workers, podUid),
    startErrors: without(startErrors, podUid),
    statuses: without(statuses, podUid),
    crashBackoff: { ...crashBackoff, entries: Object.fromEntries(backoffs) },
  });
  forgetVolumes(draft, podUid);
  forgetMachines(draft, podUid);
  dropPulls(draft, podUid);
  forgetAllocation(draft, podUid);
}
