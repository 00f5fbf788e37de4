/**
 * The prober manager at work: each probe worker has its own timer; a probe goes out, its answer is counted,
 * and only a result that changes moves a machine and wakes the sync loop.
 * Follows pkg/kubelet/prober/prober_manager.go, worker.go and prober.go. A probe is a question, not an
 * action on the runtime: it is the one thing that is asked of a container without its machine.
 */
import type { Pod, ProbeKind } from '../../api/types.ts';
import type { EffectBody, EffectId } from '../../machines/effects.ts';
import type { EffectError, EffectResult } from '../../machines/events.ts';
import {
  type Draft,
  emit,
  forgetMachine,
  type MachineRef,
  move,
  moveIf,
  note,
  refOf,
  type Say,
  stateOf,
  update,
} from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import { formatPod } from '../events/texts.ts';
import { findContainer } from '../pod-spec.ts';
import {
  execAnswer,
  failedAnswer,
  grpcAnswer,
  httpAnswer,
  PROBE_TRIES,
  type ProbeAnswer,
  probeOutcome,
  tcpAnswer,
} from '../probes/answer.ts';
import { type ProbeRequest, probeRequest } from '../probes/request.ts';
import type { ProbeResult } from '../probes/results.ts';
import { doProbe, type ProbeWorker, recordAnswer, thresholdOf } from '../probes/worker.ts';
import {
  addProbeWorkers,
  firstTurnDelayMs,
  probePeriodMs,
  probeWorkerKey,
  stopProbeWorker,
} from '../probes/workers.ts';
import { without } from '../state.ts';
import { WHERE } from '../where.ts';
import { logProbe } from './probe-log.ts';

/** What the sync loop has to do after a result changed. */
export interface ProbeChange {
  readonly kind: ProbeKind;
  readonly container: string;
  readonly containerId: string;
  readonly result: 'success' | 'failure';
}

const refOfProbe = (pod: Pod, { containerName, kind }: ProbeWorker): MachineRef<'probe'> =>
  refOf('probe', pod, { name: containerName, kind });

/** The timer of a probe worker is named like its machine. */
const timerOf = (worker: ProbeWorker) => `probe/${probeWorkerKey(worker)}`;

/** The pod's probe workers, by key. */
function workersOf(draft: Draft, podUid: string): [string, ProbeWorker][] {
  return Object.entries(draft.state.probes.workers).filter(([, worker]) => worker.podUid === podUid);
}

function arm(draft: Draft, pod: Pod, worker: ProbeWorker, delayMs: number): void {
  emit(draft, refOfProbe(pod, worker), { type: 'startTimer', timerId: timerOf(worker), delayMs });
}

/** Gives the pod its probe workers; those that exist go on. */
export function addProbes(draft: Draft, pod: Pod): void {
  const before = draft.state.probes.workers;
  const workers = addProbeWorkers(before, pod);
  if (workers === before) return;
  update(draft, { probes: { ...draft.state.probes, workers } });
  for (const [key, worker] of Object.entries(workers)) {
    if (key in before || worker.podUid !== pod.metadata.uid) continue;
    // A new worker of a probe that was over begins anew.
    forgetMachine(draft, refOfProbe(pod, worker));
    const { nowMs, startedMs = nowMs, random } = draft.state;
    const [delayMs, after] = firstTurnDelayMs(worker, nowMs - startedMs, random);
    update(draft, { random: after });
    arm(draft, pod, worker, delayMs);
  }
}

/** Readiness workers that should look at once (prober_manager.go, the manual trigger). */
export function probeReadinessNow(draft: Draft, pod: Pod, containers: readonly string[]): void {
  for (const [key, worker] of workersOf(draft, pod.metadata.uid)) {
    if (worker.kind !== 'readiness' || !containers.includes(worker.containerName)) continue;
    // Before its first turn a worker only waits: the trigger would not be heard.
    if (worker.containerId !== '' && draft.state.probing[key] === undefined) arm(draft, pod, worker, 0);
  }
}

function stopWorker(draft: Draft, pod: Pod, key: string, worker: ProbeWorker): void {
  update(draft, {
    probes: stopProbeWorker(draft.state.probes, key),
    probing: without(draft.state.probing, key),
  });
  const ref = refOfProbe(pod, worker);
  emit(draft, ref, { type: 'cancelTimer', timerId: timerOf(worker) });
  const values = { container: worker.containerName, probe: worker.kind };
  moveIf(
    draft,
    ref,
    { type: 'ProbeStopped' },
    { stage: 'probe', why: 'probe.stopped', values, where: WHERE.doProbe },
  );
}

/** While the pod ends, only readiness is probed on. */
export function stopLivenessAndStartup(draft: Draft, pod: Pod): void {
  for (const [key, worker] of workersOf(draft, pod.metadata.uid)) {
    if (worker.kind !== 'readiness') stopWorker(draft, pod, key, worker);
  }
}

/** Stops all of the pod's probe workers (prober_manager.go RemovePod). */
export function removeProbes(draft: Draft, pod: Pod): void {
  for (const [key, worker] of workersOf(draft, pod.metadata.uid)) stopWorker(draft, pod, key, worker);
}

/** A worker's turn: what it does is `doProbe`'s decision. */
export function probeTurn(draft: Draft, pod: Pod, key: string): void {
  const worker = draft.state.probes.workers[key];
  if (worker === undefined) return;
  const { results } = draft.state.probes;
  const status = draft.state.statuses[worker.podUid]?.status;
  const { nowMs, startedMs } = draft.state;
  const turn = doProbe({ worker, results, pod, status, nowMs, kubeletStartedMs: startedMs });
  const { workers } = draft.state.probes;
  update(draft, { probes: { workers: { ...workers, [key]: turn.worker }, results: turn.results } });
  if (turn.worker.containerId !== worker.containerId) begin(draft, pod, turn.worker);
  if (turn.next === 'stop') {
    stopWorker(draft, pod, key, turn.worker);
    return;
  }
  arm(draft, pod, turn.worker, probePeriodMs(worker));
  if (turn.next === 'probe' && draft.state.probing[key] === undefined) ask(draft, pod, key, turn.worker, 1);
}

const RESULT_WORDS = { success: 'Success', failure: 'Failure', unknown: 'Unknown' } as const satisfies Record<
  ProbeResult,
  string
>;

/** A new container: the probe begins with its kind's initial result. */
function begin(draft: Draft, pod: Pod, worker: ProbeWorker): void {
  // A container that ran before this kubelet has no result yet, and keeps its flags meanwhile.
  const known = draft.state.probes.results[worker.kind][worker.containerId];
  const initial = RESULT_WORDS[known ?? 'unknown'];
  const values = { container: worker.containerName, probe: worker.kind, result: initial };
  const say: Say = { stage: 'probe', why: 'probe.begins', values, where: WHERE.doProbe };
  moveIf(draft, refOfProbe(pod, worker), { type: 'ContainerStarted', initial }, say);
}

function requestOf(draft: Draft, pod: Pod, worker: ProbeWorker): ProbeRequest {
  const container = findContainer(pod, worker.containerName);
  const podIP = draft.state.statuses[worker.podUid]?.status.podIP ?? '';
  if (container === undefined) return { kind: 'invalid', error: `no container ${worker.containerName}` };
  return probeRequest(worker.spec, container, podIP, formatPod(pod));
}

function ask(draft: Draft, pod: Pod, key: string, worker: ProbeWorker, tries: number): void {
  const request = requestOf(draft, pod, worker);
  if (request.kind === 'invalid') {
    answered(draft, pod, key, worker.containerId, { result: 'error', error: request.error });
    return;
  }
  const effectId = emit(draft, refOfProbe(pod, worker), toEffect(request, worker));
  const underWay = { effectId, containerId: worker.containerId, tries };
  update(draft, { probing: { ...draft.state.probing, [key]: underWay } });
}

function toEffect(request: Exclude<ProbeRequest, { kind: 'invalid' }>, worker: ProbeWorker): EffectBody {
  const { timeoutSeconds } = request;
  switch (request.kind) {
    case 'exec': {
      const { containerId, kind } = worker;
      return {
        type: 'execSync',
        containerId,
        command: request.command,
        timeoutSeconds,
        purpose: { kind: 'probe', probe: kind },
      };
    }
    case 'httpGet':
      return { type: 'httpGet', request: request.request, timeoutSeconds };
    case 'grpc': {
      const { host, port, service } = request;
      return { type: 'grpcHealthCheck', host, port, service, timeoutSeconds };
    }
    case 'tcpConnect':
      return { type: 'tcpConnect', host: request.host, port: request.port, timeoutSeconds };
  }
}

/** A probe came back; what changed for the sync loop, if anything did. */
export function probeReturned(
  draft: Draft,
  pod: Pod,
  key: string,
  effectId: EffectId,
  outcome: EffectResult | EffectError,
): ProbeChange | undefined {
  const worker = draft.state.probes.workers[key];
  const underWay = draft.state.probing[key];
  if (worker === undefined || underWay?.effectId !== effectId) return undefined;
  update(draft, { probing: without(draft.state.probing, key) });
  const answer = toAnswer(requestOf(draft, pod, worker), outcome);
  if (
    answer.result === 'error' &&
    underWay.tries < PROBE_TRIES &&
    worker.containerId === underWay.containerId
  ) {
    ask(draft, pod, key, worker, underWay.tries + 1);
    return undefined;
  }
  return answered(draft, pod, key, underWay.containerId, answer);
}

function toAnswer(request: ProbeRequest, outcome: EffectResult | EffectError): ProbeAnswer {
  if ('code' in outcome) return failedAnswer(request, outcome);
  switch (outcome.type) {
    case 'exec':
      return execAnswer(outcome.response);
    case 'http':
      return httpAnswer(outcome.statusCode, outcome.body);
    case 'grpc':
      return grpcAnswer(outcome.servingStatus);
    default:
      return tcpAnswer();
  }
}

function answered(
  draft: Draft,
  pod: Pod,
  key: string,
  containerId: string,
  found: ProbeAnswer,
): ProbeChange | undefined {
  const worker = draft.state.probes.workers[key];
  if (worker === undefined) return undefined;
  const { answer, event } = probeOutcome(worker.kind, found);
  if (event !== undefined) recordEvent(draft, pod, event, worker.containerName);
  logProbe(draft, pod, worker, found);
  if (answer === undefined) return undefined;
  const { results, workers } = draft.state.probes;
  const recorded = recordAnswer(worker, results, containerId, answer);
  update(draft, { probes: { workers: { ...workers, [key]: recorded.worker }, results: recorded.results } });
  const threshold = thresholdOf(worker, answer);
  const run = recorded.counted && recorded.worker.onHold ? threshold : recorded.worker.resultRun;
  const output = 'output' in found ? found.output.trim() : '';
  const values = { container: worker.containerName, probe: worker.kind, run, threshold, output };
  const ref = refOfProbe(pod, worker);
  const where = WHERE.doProbe;
  if (recorded.changed) {
    const event = answer === 'success' ? 'ProbeSucceeded' : 'ProbeFailed';
    const why = answer === 'success' ? 'probe.succeeded' : 'probe.failed';
    move(draft, ref, { type: event, hold: recorded.worker.onHold }, { stage: 'probe', why, values, where });
    return { kind: worker.kind, container: worker.containerName, containerId, result: answer };
  }
  if (answer === 'failure') {
    const at = stateOf(draft, ref);
    note(draft, 'probe', ref.object, 'ProbeFailed', at, {
      stage: 'probe',
      why: 'probe.failedOnce',
      values,
      where,
    });
  }
  return undefined;
}
