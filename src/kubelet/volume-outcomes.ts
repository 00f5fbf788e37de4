/** What came of a volume's calls: whoever waits for the pod's volumes goes on. */
import type { Pod } from '../api/types.ts';
import type { Draft } from './draft.ts';
import { broughtBack, type Outcome } from './outcome.ts';
import { volumesMounted } from './pod-worker/tasks.ts';
import { resume } from './pod-worker/worker-run.ts';
import { waitOf } from './pod-worker/worker-slice.ts';
import { volumeReturned } from './volumes/set-up.ts';
import { allMounted, unmountVolumes } from './volumes/volume-manager.ts';

/** A volume was mounted or unmounted, or its token came. */
export function volumeCallReturned(draft: Draft, pod: Pod, event: Outcome): void {
  const result = broughtBack(event);
  const { key } = event.owner;
  if ('code' in result) volumeReturned(draft, pod, key, { type: 'failed', error: result });
  else if (result.type === 'mounted' || result.type === 'token') volumeReturned(draft, pod, key, result);
  else volumeReturned(draft, pod, key, { type: 'unmounted' });
  volumesGoOn(draft, pod);
}

/** Whoever waits for volumes goes on when the last one is there, or gone. */
export function volumesGoOn(draft: Draft, pod: Pod): void {
  const { uid } = pod.metadata;
  const wait = waitOf(draft, uid);
  if (wait?.for === 'volumes' && allMounted(draft, pod)) {
    volumesMounted(draft, pod);
    resume(draft, uid);
  }
  if (wait?.for === 'unmounts' && unmountVolumes(draft, pod)) resume(draft, uid);
}
