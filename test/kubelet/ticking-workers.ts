/** Pod workers with a clock that moves one second for each update and each run, as Kubernetes' own test has them. */
import type { Pod } from '../../src/api/types.ts';
import {
  acknowledgeTerminating,
  completeSync,
  completeTerminated,
  completeTerminating,
  completeTerminatingRuntimePod,
  completeWork,
} from '../../src/kubelet/pod-worker/complete-sync.ts';
import {
  NO_POD_WORKERS,
  type PodWorkers,
  type UpdatePodOptions,
  type WorkType,
} from '../../src/kubelet/pod-worker/pod-workers.ts';
import { startPodSync } from '../../src/kubelet/pod-worker/start-pod-sync.ts';
import { applyUpdate } from '../../src/kubelet/pod-worker/update-pod.ts';
import { pod } from './fixtures.ts';

export interface ShortPod {
  readonly uid: string;
  readonly name: string;
  readonly namespace?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly deletionTimestamp?: number;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly phase?: NonNullable<Pod['status']>['phase'];
  readonly static?: boolean;
}

export function toPod(short: ShortPod): Pod {
  const { uid, name, namespace = '', terminationGracePeriodSeconds, deletionGracePeriodSeconds } = short;
  const made = pod(terminationGracePeriodSeconds === undefined ? {} : { terminationGracePeriodSeconds }, {
    uid,
    name,
    namespace,
    ...(short.labels ? { labels: short.labels } : {}),
    ...(short.static ? { annotations: { 'kubernetes.io/config.source': 'file' } } : {}),
    ...(short.deletionTimestamp === undefined
      ? {}
      : { deletionTimestamp: new Date(short.deletionTimestamp * 1000).toISOString() }),
    ...(deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds }),
  });
  return short.phase === undefined ? made : { ...made, status: { ...made.status, phase: short.phase } };
}

/** The test's goroutines: each worker runs until nothing waits, unless it is held. */
export class Workers {
  state: PodWorkers = NO_POD_WORKERS;
  second = 1;
  /** By pod UID: the sync steps that were run. */
  readonly steps = new Map<string, { step: string; type?: string; gracePeriod?: number; name?: string }[]>();
  readonly held = new Set<string>();
  readonly requeued = new Set<string>();
  terminal = false;

  get nowMs(): number {
    return this.second * 1000;
  }

  update(options: UpdatePodOptions, runtimeDone = false): void {
    this.state = applyUpdate(this.state, options, this.nowMs, runtimeDone).workers;
    this.second += 1;
  }

  drain(): void {
    const waiting = () =>
      Object.keys(this.state.statuses).find(
        (uid) => this.state.statuses[uid]?.working === true && !this.held.has(uid),
      );
    for (let uid = waiting(); uid !== undefined; uid = waiting()) this.#run(uid);
  }

  #run(uid: string): void {
    this.second += 1;
    const started = startPodSync(this.state, uid, this.nowMs);
    this.state = started.workers;
    if (started.start === 'waits') this.requeued.add(uid);
    if (started.start !== 'runs' || started.update === undefined) return;
    this.#work(uid, started.workType, started.update);
    this.state = completeWork(this.state, uid);
  }

  #work(uid: string, workType: WorkType, update: UpdatePodOptions): void {
    const steps = this.steps.get(uid) ?? [];
    this.steps.set(uid, steps);
    switch (workType) {
      case 'SyncPod':
        steps.push({
          step: 'sync',
          type: update.type,
          ...(update.pod ? { name: update.pod.metadata.name } : {}),
        });
        this.requeued.add(uid);
        if (this.terminal) this.state = completeSync(this.state, uid, this.nowMs);
        return;
      case 'TerminatingPod': {
        const gracePeriod = this.state.statuses[uid]?.graceSeconds;
        steps.push({ step: 'terminating', ...(gracePeriod === undefined ? {} : { gracePeriod }) });
        this.state = acknowledgeTerminating(this.state, uid);
        if (update.pod === undefined) this.state = completeTerminatingRuntimePod(this.state, uid);
        else this.state = completeTerminating(this.state, uid, this.nowMs);
        return;
      }
      case 'TerminatedPod':
        steps.push({ step: 'terminated' });
        this.state = completeTerminated(this.state, uid);
        return;
    }
  }
}
