/** Which probe workers a pod has, when they begin, and what stays of them when they end. */
import { PROBE_DEFAULTS } from '../../api/defaulting/container.ts';
import type { Container, Pod, ProbeKind } from '../../api/types.ts';
import { nextFloat, type RandomState } from '../../lib/random.ts';
import { isSidecar } from '../pod-actions/restart-policy.ts';
import { type ProbeResults, removeProbeResult } from './results.ts';
import { newProbeWorker, type ProbeWorker } from './worker.ts';

const KINDS: readonly ProbeKind[] = ['startup', 'readiness', 'liveness'];

/** By `probeWorkerKey`. */
export type ProbeWorkers = Readonly<Record<string, ProbeWorker>>;

export interface ProbeWorkersState {
  readonly workers: ProbeWorkers;
  readonly results: ProbeResults;
}

export function probeWorkerKey({ podUid, containerName, kind }: Omit<ProbeWorker, 'spec'>): string {
  return `${podUid}/${containerName}/${kind}`;
}

/** The workers of regular containers and sidecars; probes on plain init containers are ignored. */
function probeWorkersForPod(pod: Pod): ProbeWorker[] {
  const probed = [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)];
  return probed.flatMap((container) =>
    KINDS.flatMap((kind) => {
      const spec = probeOf(container, kind);
      return spec ? [newProbeWorker(pod.metadata.uid, container.name, kind, spec)] : [];
    }),
  );
}

function probeOf(container: Container, kind: ProbeKind) {
  if (kind === 'liveness') return container.livenessProbe;
  return kind === 'readiness' ? container.readinessProbe : container.startupProbe;
}

/** Adds the pod's missing workers; those that exist go on as they are (prober_manager.go AddPod). */
export function addProbeWorkers(workers: ProbeWorkers, pod: Pod): ProbeWorkers {
  const missing = probeWorkersForPod(pod).filter((worker) => !(probeWorkerKey(worker) in workers));
  if (missing.length === 0) return workers;
  return { ...workers, ...Object.fromEntries(missing.map((worker) => [probeWorkerKey(worker), worker])) };
}

/** Ends one worker: it and its result are gone (worker.go run, on return). Ending it again does nothing. */
export function stopProbeWorker(state: ProbeWorkersState, key: string): ProbeWorkersState {
  const { [key]: stopped, ...workers } = state.workers;
  if (!stopped) return state;
  return { workers, results: removeProbeResult(state.results, stopped.kind, stopped.containerId) };
}

/** Ends the workers of one pod (prober_manager.go RemovePod). */
export function removePodWorkers(state: ProbeWorkersState, podUid: string): ProbeWorkersState {
  return stopWhere(state, (worker) => worker.podUid === podUid);
}

/** Ends the liveness and startup workers of a pod that is being terminated (StopLivenessAndStartup). */
export function stopLivenessAndStartup(state: ProbeWorkersState, podUid: string): ProbeWorkersState {
  return stopWhere(state, (worker) => worker.podUid === podUid && worker.kind !== 'readiness');
}

/** Ends the workers of all pods but `desired` (prober_manager.go CleanupPods). */
export function cleanupProbeWorkers(
  state: ProbeWorkersState,
  desired: ReadonlySet<string>,
): ProbeWorkersState {
  return stopWhere(state, (worker) => !desired.has(worker.podUid));
}

function stopWhere(state: ProbeWorkersState, stops: (worker: ProbeWorker) => boolean): ProbeWorkersState {
  return Object.entries(state.workers).reduce(
    (after, [key, worker]) => (stops(worker) ? stopProbeWorker(after, key) : after),
    state,
  );
}

/** The pause between two turns of a worker, in milliseconds. */
export function probePeriodMs(worker: ProbeWorker): number {
  return (worker.spec.periodSeconds ?? PROBE_DEFAULTS.periodSeconds) * 1000;
}

/**
 * How long a new worker waits for its first turn: nothing, except right after the kubelet's own start,
 * when a random part of a period spreads the probes (worker.go run).
 */
export function firstTurnDelayMs(
  worker: ProbeWorker,
  kubeletUptimeMs: number,
  random: RandomState,
): [delayMs: number, random: RandomState] {
  const periodMs = probePeriodMs(worker);
  if (kubeletUptimeMs >= periodMs) return [0, random];
  const [fraction, after] = nextFloat(random);
  return [Math.floor(fraction * periodMs), after];
}
