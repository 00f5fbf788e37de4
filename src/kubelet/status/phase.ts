/** The phase that a pod's container statuses add up to; the pod machine must always agree with it. */

import type { Container, ContainerStatusApi, Pod, PodPhase } from '../../api/types.ts';
import {
  containerShouldRestart,
  exitRestartsAllContainers,
  isSidecar,
} from '../pod-actions/restart-policy.ts';
import { isStaticPod } from '../pod-manager/pod-kinds.ts';

export interface PhaseInput {
  readonly pod: Pod;
  /** Init and regular containers' statuses in one list; the order does not matter. */
  readonly statuses: readonly ContainerStatusApi[];
  /** No container will be restarted any more. */
  readonly podIsTerminal: boolean;
  /** A regular container was made on the current sandbox. */
  readonly podHasInitialized: boolean;
}

interface Counts {
  pendingInit: number;
  pendingSidecars: number;
  failedForGood: number;
  unknown: number;
  running: number;
  waiting: number;
  stopped: number;
  succeeded: number;
  comingBack: number;
}

/** pkg/kubelet/kubelet_pods.go getPhase. */
export function getPhase({ pod, statuses, podIsTerminal, podHasInitialized }: PhaseInput): PodPhase {
  const counts: Counts = {
    pendingInit: 0,
    pendingSidecars: 0,
    failedForGood: 0,
    unknown: 0,
    running: 0,
    waiting: 0,
    stopped: 0,
    succeeded: 0,
    comingBack: 0,
  };
  const find = (name: string) => statuses.find((status) => status.name === name);
  for (const container of pod.spec.initContainers ?? []) {
    if (isSidecar(container)) countSidecar(counts, find(container.name));
    else countInit(counts, pod, container, find(container.name));
  }
  for (const container of pod.spec.containers) countRegular(counts, pod, container, find(container.name));

  if (counts.failedForGood > 0) return 'Failed';
  if (counts.pendingInit > 0 || (counts.pendingSidecars > 0 && !podHasInitialized) || counts.waiting > 0) {
    return 'Pending';
  }
  if (counts.unknown > 0) return 'Pending';
  if (counts.running > 0) return 'Running';
  if (counts.stopped === 0) return 'Pending';
  const ended = counts.stopped === counts.succeeded ? 'Succeeded' : 'Failed';
  if (podIsTerminal && !isStaticPod(pod)) return ended;
  return counts.comingBack > 0 ? 'Running' : ended;
}

function countInit(counts: Counts, pod: Pod, container: Container, status?: ContainerStatusApi): void {
  const ended = status?.state?.terminated ?? (status?.state?.waiting && status.lastState?.terminated);
  if (!ended) {
    counts.pendingInit += 1;
  } else if (restartsWholePod(container, status, ended.exitCode)) {
    counts.pendingInit += 1;
  } else if (ended.exitCode !== 0 && !containerShouldRestart(container, pod.spec, ended.exitCode)) {
    counts.failedForGood += 1;
  }
}

function countSidecar(counts: Counts, status?: ContainerStatusApi): void {
  if (!status) {
    counts.unknown += 1;
  } else if (status.state?.running) {
    if (!status.started) counts.pendingSidecars += 1;
    counts.running += 1;
  } else if (status.state?.waiting) {
    if (status.lastState?.terminated) return;
    counts.pendingSidecars += 1;
    counts.waiting += 1;
  } else if (!status.state?.terminated) {
    counts.pendingSidecars += 1;
    counts.unknown += 1;
  }
}

function countRegular(counts: Counts, pod: Pod, container: Container, status?: ContainerStatusApi): void {
  const state = status?.state;
  if (state?.running) {
    counts.running += 1;
  } else if (state?.terminated) {
    counts.stopped += 1;
    if (state.terminated.exitCode === 0) counts.succeeded += 1;
    if (
      restartsWholePod(container, status, state.terminated.exitCode) ||
      containerShouldRestart(container, pod.spec, state.terminated.exitCode)
    ) {
      counts.comingBack += 1;
    }
  } else if (state?.waiting) {
    // Waiting after a run is the pause between two runs: stopped, not pending.
    if (!status?.lastState?.terminated) {
      counts.waiting += 1;
      return;
    }
    counts.stopped += 1;
    const { exitCode } = status.lastState.terminated;
    const policy = container.restartPolicy ?? pod.spec.restartPolicy;
    if (policy !== 'Never' || restartsWholePod(container, status, exitCode)) counts.comingBack += 1;
    else if (containerShouldRestart(container, pod.spec, exitCode)) counts.comingBack += 1;
  } else {
    counts.unknown += 1;
  }
}

/** Its exit restarts the whole pod in place, or it was just removed for that. */
function restartsWholePod(
  container: Container,
  status: ContainerStatusApi | undefined,
  exitCode: number,
): boolean {
  return (
    exitRestartsAllContainers(container, exitCode) ||
    status?.state?.waiting?.reason === RESTARTING_ALL_CONTAINERS
  );
}

/** Why a container waits whose record was removed by an in-place restart of the whole pod. */
export const RESTARTING_ALL_CONTAINERS = 'RestartingAllContainers';
