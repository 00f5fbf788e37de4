/** What came of a container's hooks and kills: the sync that waits for them goes on. */

import type { Pod } from '../api/types.ts';
import { type Draft, refOf, stateOf } from './draft.ts';
import { broughtBack, type Outcome } from './outcome.ts';
import { findContainer } from './pod-spec.ts';
import { hookFailure } from './pod-worker/hook.ts';
import { killsGoOn, preStopReturned } from './pod-worker/kill.ts';
import { postStartReturned } from './pod-worker/post-start.ts';
import { resume } from './pod-worker/worker-run.ts';
import { waitOf } from './pod-worker/worker-slice.ts';

/** A container has ended: kills go on, and the sync with them once all are done. */
export function resumeAfterKills(draft: Draft, podUid: string): void {
  const pod = draft.state.workers[podUid]?.pod;
  if (pod !== undefined && killsGoOn(draft, pod)) resume(draft, podUid);
}

/** A hook's command or request came back. */
export function hookReturned(draft: Draft, pod: Pod, event: Outcome): void {
  const { owner, effectId } = event;
  const name = owner.object.container ?? '';
  const container = findContainer(pod, name);
  if (container === undefined) return;
  const state = stateOf(draft, refOf('container', pod, { name }));
  const { postStart, preStop: before } = container.lifecycle ?? {};
  const hook = state === 'running.postStart' ? postStart : before;
  const failure = hookFailure(broughtBack(event), { pod, container, hook });
  const wait = waitOf(draft, pod.metadata.uid);
  // An answer may come late: for a hook that nobody waits for any more.
  const awaited = wait?.for === 'hook' && wait.effectId === effectId;
  const preStop = draft.state.workers[pod.metadata.uid]?.kills[name]?.hookEffect;
  if (state === 'running.postStart' && awaited) postStartOver(draft, pod, name, failure);
  else if (state === 'terminating.preStop' && preStop === effectId) {
    preStopReturned(draft, pod, name, failure);
    resumeAfterKills(draft, pod.metadata.uid);
  }
}

/** The postStart hook that the sync waits for is over; it goes on, or first kills the container. */
export function postStartOver(draft: Draft, pod: Pod, name: string, failure: string | undefined): void {
  const { uid } = pod.metadata;
  const container = findContainer(pod, name);
  const wait = waitOf(draft, uid);
  if (container === undefined || wait?.for !== 'hook' || wait.name !== name) return;
  postStartReturned(draft, pod, container, failure);
  // A failure set a new wait: for the kill.
  if (waitOf(draft, uid)?.for === 'hook') resume(draft, uid);
}
