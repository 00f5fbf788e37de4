/** What holds after every turn, whatever came in: checked each time, for what the turn has touched. */
import { invariant } from '../lib/assert.ts';
import type { KubeletState } from './state.ts';

/**
 * Looks at the pods that the turn has touched.
 * @throws InvariantViolation naming the pod and the fact that does not hold.
 */
export function checkInvariants(
  before: KubeletState,
  after: KubeletState,
  touched: ReadonlySet<string>,
): void {
  for (const podUid of touched) {
    if (after.workers[podUid] !== undefined) checkWorker(after, podUid);
    checkPhase(after, podUid);
  }
  if (after.cpuManager !== before.cpuManager) checkCpus(after);
  if (after.images.queue === before.images.queue) return;
  for (const { podUid, name } of after.images.queue.active) {
    const state = after.machines[podUid]?.[`image/${podUid}/${name}`]?.state;
    const gone = after.workers[podUid] === undefined;
    invariant(gone || state === 'pulling', `a pull that has begun is under way (${name}: ${state})`);
  }
}

/** Whoever has a CPU for itself does not find it among the shared ones. */
function checkCpus({ cpuManager: { assignments } }: KubeletState): void {
  const shared = new Set(assignments.defaultCpuSet);
  for (const [podUid, containers] of Object.entries(assignments.entries)) {
    for (const [name, cpus] of Object.entries(containers)) {
      const both = cpus.filter((cpu) => shared.has(cpu));
      invariant(both.length === 0, `${podUid}/${name} has CPUs that are shared: ${both.join(',')}`);
    }
  }
}

/** A sync is under way exactly while the worker's machine says so, and waits only for what was asked for. */
function checkWorker(after: KubeletState, podUid: string): void {
  const key = `worker/${podUid}`;
  const worker = after.workers[podUid];
  const state = after.machines[podUid]?.[key]?.state ?? 'syncing.idle';
  const isBusy = after.busyWorkers.includes(podUid);
  invariant(isBusy === (state !== 'syncing.idle'), `${key} is in ${state}, and ${isBusy ? '' : 'not '}busy`);
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
function checkPhase(after: KubeletState, podUid: string): void {
  const key = `pod/${podUid}`;
  const record = after.statuses[podUid];
  const machine = after.machines[podUid]?.[key];
  if (record === undefined || machine === undefined) return;
  const phase = machine.state.split('.')[0];
  invariant(
    phase === record.computedPhase,
    `${key} is in ${machine.state}, and its computed phase is ${record.computedPhase}`,
  );
}
