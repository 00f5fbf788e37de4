/** One probe worker: one kind of probe of one container, and what it does when its turn comes. */

import { PROBE_DEFAULTS } from '../../api/defaulting/container.ts';
import type { ContainerStatusApi, Pod, PodStatus, Probe, ProbeKind } from '../../api/types.ts';
import { parseTime } from '../../lib/time.ts';
import { containerShouldRestart, shouldAllContainersRestart } from '../pod-actions/restart-policy.ts';
import { findContainer } from '../pod-spec.ts';
import { ranBefore, runtimeContainerID } from './readiness.ts';
import { type ProbeResult, type ProbeResults, removeProbeResult, setProbeResult } from './results.ts';

/** pkg/kubelet/prober/worker.go worker, as data. */
export interface ProbeWorker {
  readonly podUid: string;
  readonly containerName: string;
  readonly kind: ProbeKind;
  readonly spec: Probe;
  /** The runtime's id of the container being probed; empty before the first one. */
  readonly containerId: string;
  /** The last answer, and how many times in a row it came. */
  readonly lastResult: ProbeResult;
  readonly resultRun: number;
  /** Nothing is probed until there is a new container id. */
  readonly onHold: boolean;
}

/** What stands in the cache before the first answer. */
const INITIAL_RESULT: Readonly<Record<ProbeKind, ProbeResult>> = {
  liveness: 'success',
  readiness: 'failure',
  startup: 'unknown',
};

export function newProbeWorker(
  podUid: string,
  containerName: string,
  kind: ProbeKind,
  spec: Probe,
): ProbeWorker {
  return {
    podUid,
    containerName,
    kind,
    spec,
    containerId: '',
    lastResult: 'unknown',
    resultRun: 0,
    onHold: false,
  };
}

/** Why a worker's turn passed without a probe. */
export type ProbeSkip =
  | 'noPodStatus'
  | 'podEnded'
  | 'noContainer'
  | 'onHold'
  | 'notRunning'
  | 'notRestarting'
  | 'podDeleted'
  | 'initialDelay'
  | 'startedAlready'
  | 'notStarted';

export interface ProbeTurn {
  readonly worker: ProbeWorker;
  readonly results: ProbeResults;
  /** `probe`: run the probe and give its answer to `recordAnswer`. `stop`: the worker is over. */
  readonly next: 'probe' | 'wait' | 'stop';
  /** Undefined when it probes. */
  readonly skip: ProbeSkip | undefined;
}

export interface ProbeTurnInput {
  readonly worker: ProbeWorker;
  readonly results: ProbeResults;
  readonly pod: Pod;
  /** The status manager's; undefined when it has none yet. */
  readonly status: PodStatus | undefined;
  readonly nowMs: number;
  /** A container that ran before this kubelet begins without a result: it keeps its flags until it is probed. */
  readonly kubeletStartedMs?: number | undefined;
}

/** worker.go doProbe up to the probe itself. The order of the questions is the real one. */
export function doProbe(input: ProbeTurnInput): ProbeTurn {
  const { worker, results, pod, status, nowMs } = input;
  const turn = (next: ProbeTurn['next'], skip?: ProbeSkip): ProbeTurn => ({ worker, results, next, skip });
  if (!status) return turn('wait', 'noPodStatus');
  if (status.phase === 'Failed' || status.phase === 'Succeeded') return turn('stop', 'podEnded');
  const container = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].find(
    (candidate) => candidate.name === worker.containerName,
  );
  const containerId = runtimeContainerID(container?.containerID);
  if (!container || containerId === '') return turn('wait', 'noContainer');
  if (containerId === worker.containerId) return probeContainer(turn('probe'), pod, status, container, nowMs);
  const cleared = removeProbeResult(results, worker.kind, worker.containerId);
  const begun = ranBefore(container, input.kubeletStartedMs)
    ? cleared
    : setProbeResult(cleared, worker.kind, containerId, INITIAL_RESULT[worker.kind]);
  const renewed = { ...turn('probe'), worker: { ...worker, containerId, onHold: false }, results: begun };
  return probeContainer(renewed, pod, status, container, nowMs);
}

function probeContainer(
  turn: ProbeTurn,
  pod: Pod,
  status: PodStatus,
  container: ContainerStatusApi,
  nowMs: number,
): ProbeTurn {
  const { worker } = turn;
  const skip = (why: ProbeSkip): ProbeTurn => ({ ...turn, next: 'wait', skip: why });
  const set = (result: ProbeResult) => setProbeResult(turn.results, worker.kind, worker.containerId, result);
  if (worker.onHold) return skip('onHold');
  const running = container.state?.running;
  if (!running) {
    const stays = comesBack(worker, pod, status, container);
    const answer = stays ? skip('notRunning') : { ...skip('notRestarting'), next: 'stop' as const };
    return { ...answer, results: set('failure') };
  }
  if (pod.metadata.deletionTimestamp !== undefined && worker.kind !== 'readiness') {
    // A last success, so that nothing is killed while the pod goes.
    return { ...turn, results: set('success'), next: 'stop', skip: 'podDeleted' };
  }
  const startedMs = parseTime(String(running.startedAt ?? '')) ?? nowMs;
  const runsSeconds = Math.trunc((nowMs - startedMs) / 1000);
  if (runsSeconds < (worker.spec.initialDelaySeconds ?? PROBE_DEFAULTS.initialDelaySeconds))
    return skip('initialDelay');
  if (container.started && worker.kind === 'startup') return skip('startedAlready');
  if (!container.started && worker.kind !== 'startup') return skip('notStarted');
  return turn;
}

function comesBack(worker: ProbeWorker, pod: Pod, status: PodStatus, container: ContainerStatusApi): boolean {
  const ended = container.state?.terminated;
  if (!ended) return true;
  if (shouldAllContainersRestart(pod, undefined, status)) return true;
  const definition = findContainer(pod, worker.containerName);
  return definition !== undefined && containerShouldRestart(definition, pod.spec, ended.exitCode);
}

export interface RecordedAnswer {
  readonly worker: ProbeWorker;
  readonly results: ProbeResults;
  /** The cached result is another one now: the sync loop has to hear of it. */
  readonly changed: boolean;
  /** The answer reached its threshold, so that it stands in the cache. */
  readonly counted: boolean;
}

/**
 * worker.go doProbe after the probe. An answer below its threshold leaves the cache as it is; a liveness
 * failure at its threshold and any startup answer at its threshold put the worker on hold. An answer for
 * a container that is no longer the worker's is dropped.
 */
export function recordAnswer(
  worker: ProbeWorker,
  results: ProbeResults,
  containerId: string,
  answer: 'success' | 'failure',
): RecordedAnswer {
  if (containerId !== worker.containerId) return { worker, results, changed: false, counted: false };
  const resultRun = worker.lastResult === answer ? worker.resultRun + 1 : 1;
  const counting: ProbeWorker = { ...worker, lastResult: answer, resultRun };
  const threshold = thresholdOf(worker, answer);
  if (resultRun < threshold) return { worker: counting, results, changed: false, counted: false };
  const after = setProbeResult(results, worker.kind, containerId, answer);
  const holds = worker.kind === 'startup' || (worker.kind === 'liveness' && answer === 'failure');
  return {
    worker: holds ? { ...counting, onHold: true, resultRun: 0 } : counting,
    results: after,
    changed: after !== results,
    counted: true,
  };
}

/** How many of these answers in a row count. */
export function thresholdOf({ spec }: Pick<ProbeWorker, 'spec'>, answer: 'success' | 'failure'): number {
  return answer === 'failure'
    ? (spec.failureThreshold ?? PROBE_DEFAULTS.failureThreshold)
    : (spec.successThreshold ?? PROBE_DEFAULTS.successThreshold);
}
