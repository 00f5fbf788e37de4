/** What holds after every turn, whatever came in: checked each time, for what the turn has touched. */
import { invariant } from '../lib/assert.ts';
import type { KubeletState } from './state.ts';

/**
 * Compares the state after a turn with the one before.
 * @throws InvariantViolation naming the pod and the fact that does not hold.
 */
export function checkInvariants(before: KubeletState, after: KubeletState): void {
  const moved = after.machines !== before.machines;
  if (moved || after.workers !== before.workers) {
    for (const podUid of Object.keys(after.workers)) checkWorker(before, after, podUid);
  }
  if (moved || after.statuses !== before.statuses) {
    for (const podUid of Object.keys(after.statuses)) checkPhase(before, after, podUid);
  }
  const [pull] = after.images.queue;
  if (pull !== undefined && after.images.queue !== before.images.queue) {
    const state = after.machines[pull.podUid]?.[`image/${pull.podUid}/${pull.container}`]?.state;
    const gone = after.workers[pull.podUid] === undefined;
    invariant(gone || state === 'pulling', `the first pull in the queue is under way (${state})`);
  }
}

/** A sync is under way exactly while the worker's machine says so, and waits only for what was asked for. */
function checkWorker(before: KubeletState, after: KubeletState, podUid: string): void {
  const worker = after.workers[podUid];
  const machines = after.machines[podUid];
  if (worker === before.workers[podUid] && machines === before.machines[podUid]) return;
  const key = `worker/${podUid}`;
  const state = machines?.[key]?.state ?? 'syncing.idle';
  const isWorking = /\.(working|cancelling)$/.test(state);
  invariant(
    isWorking === (worker?.sync !== undefined),
    `${key} is in ${state}, and its sync is ${isWorking ? 'gone' : 'there'}`,
  );
  const status = after.podWorkers.statuses[podUid];
  const ended = status?.terminatedAtMs !== undefined;
  invariant(
    status === undefined || ended === state.startsWith('terminated'),
    `${key} is in ${state}, and its record says that its containers have ${ended ? '' : 'not '}ended`,
  );
  const wait = worker?.sync?.wait;
  invariant(!isWorking || wait !== undefined, `${key} works on a sync that waits for nothing`);
  if (wait?.for === 'effect') {
    invariant(wait.effectId < after.nextEffectId, `${key} waits for an effect that nobody asked for`);
  }
}

/** The phase of the pod's machine is the one that was computed from its containers. */
function checkPhase(before: KubeletState, after: KubeletState, podUid: string): void {
  const record = after.statuses[podUid];
  const machines = after.machines[podUid];
  if (record === before.statuses[podUid] && machines === before.machines[podUid]) return;
  const key = `pod/${podUid}`;
  const machine = machines?.[key];
  if (record === undefined || machine === undefined) return;
  const phase = machine.state.split('.')[0];
  invariant(
    phase === record.computedPhase,
    `${key} is in ${machine.state}, and its computed phase is ${record.computedPhase}`,
  );
}
