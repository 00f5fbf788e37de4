/** probes.json: probe workers, their results, and the flags that come of them. */
import type { ContainerStatusApi, Pod, PodStatus, Probe, ProbeKind } from '../../../src/api/types.ts';
import { failedAnswer, type ProbeAnswer, probeOutcome } from '../../../src/kubelet/probes/answer.ts';
import { updateReadiness } from '../../../src/kubelet/probes/readiness.ts';
import { probeRequest } from '../../../src/kubelet/probes/request.ts';
import {
  NO_PROBE_RESULTS,
  type ProbeResult,
  type ProbeResults,
  setProbeResult,
} from '../../../src/kubelet/probes/results.ts';
import {
  doProbe,
  newProbeWorker,
  type ProbeWorker,
  recordAnswer,
} from '../../../src/kubelet/probes/worker.ts';
import {
  addProbeWorkers,
  cleanupProbeWorkers,
  type ProbeWorkers,
  probeWorkerKey,
  removePodWorkers,
  stopProbeWorker,
} from '../../../src/kubelet/probes/workers.ts';
import { formatTime } from '../../../src/lib/time.ts';
import { pod } from '../../kubelet/fixtures.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';
import { asked } from '../asked.ts';

const NOW_MS = 1_000_000_000;

interface ShortStatus {
  readonly state: 'running' | 'waiting' | 'terminated';
  readonly startedSecondsAgo?: number;
  readonly started?: boolean;
  readonly exitCode?: number | null;
  readonly id?: string;
  readonly hasContainerID?: boolean;
}

function containerStatus(name: string, short: ShortStatus): ContainerStatusApi {
  const states = {
    running: { running: { startedAt: formatTime(NOW_MS - (short.startedSecondsAgo ?? 0) * 1000) } },
    waiting: { waiting: {} },
    terminated: { terminated: { exitCode: short.exitCode ?? 0 } },
  };
  return {
    name,
    image: '',
    imageID: '',
    ready: false,
    restartCount: 0,
    ...(short.hasContainerID === false ? {} : { containerID: `test://${short.id ?? 'id-1'}` }),
    state: states[short.state],
    ...(short.started === undefined ? {} : { started: short.started }),
  };
}

/** One turn of a worker with the prober's answer at hand. */
function turn(
  worker: ProbeWorker,
  results: ProbeResults,
  desired: Pod,
  status: PodStatus | undefined,
  answer: 'success' | 'failure',
) {
  const asked = doProbe({ worker, results, pod: desired, status, nowMs: NOW_MS });
  if (asked.next !== 'probe') {
    return { ...asked, continues: asked.next !== 'stop', proberCalled: false };
  }
  const recorded = recordAnswer(asked.worker, asked.results, asked.worker.containerId, answer);
  return { ...recorded, continues: true, proberCalled: true };
}

interface DoProbeInput {
  readonly probeType: ProbeKind;
  readonly podRestartPolicy: 'Always' | 'OnFailure' | 'Never';
  readonly probe: Probe;
  readonly podStatus: { readonly phase: PodStatus['phase']; readonly container: ShortStatus | null } | null;
  readonly podDeletionTimestampSet: boolean;
  readonly proberAnswer: 'success' | 'failure';
}

function doProbeOnce({ input }: VectorCase<DoProbeInput>) {
  const desired = pod(
    { restartPolicy: input.podRestartPolicy },
    input.podDeletionTimestampSet ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {},
  );
  const { podStatus } = input;
  const status = podStatus && {
    ...(podStatus.phase ? { phase: podStatus.phase } : {}),
    containerStatuses: podStatus.container ? [containerStatus('app', podStatus.container)] : [],
  };
  const worker = newProbeWorker('uid-1', 'app', input.probeType, input.probe);
  const after = turn(worker, NO_PROBE_RESULTS, desired, status ?? undefined, input.proberAnswer);
  const result = after.results[input.probeType]['id-1'];
  return { continue: after.continues, resultRecorded: result !== undefined, result };
}

interface SequenceInput {
  readonly probeType: ProbeKind;
  readonly probe: Probe;
  readonly started?: boolean;
  readonly steps: readonly {
    readonly containerStartedSecondsAgo?: number;
    readonly prober: 'success' | 'failure';
    readonly newContainerId?: boolean;
    readonly started?: boolean;
  }[];
}

interface SequenceExpected {
  readonly steps: readonly Readonly<Record<string, unknown>>[];
  readonly onHoldBefore?: boolean;
}

function sequence({ input, expected }: VectorCase<SequenceInput, SequenceExpected>) {
  let worker = newProbeWorker('uid-1', 'app', input.probeType, input.probe);
  let results = NO_PROBE_RESULTS;
  let id = 1;
  const onHoldBefore = worker.onHold;
  const steps = input.steps.map((step, index) => {
    if (step.newContainerId) id += 1;
    const short: ShortStatus = {
      state: 'running',
      startedSecondsAgo: step.containerStartedSecondsAgo ?? 0,
      started: step.started ?? input.started ?? false,
      id: `id-${id}`,
    };
    const status = { phase: 'Running' as const, containerStatuses: [containerStatus('app', short)] };
    const after = turn(worker, results, pod(), status, step.prober);
    worker = after.worker;
    results = after.results;
    const told = {
      continue: after.continues,
      result: results[input.probeType][`id-${id}`],
      onHoldAfter: worker.onHold,
      resultRunAfter: worker.resultRun,
      proberCalled: after.proberCalled,
    };
    return asked(told, expected.steps[index]);
  });
  return asked({ steps, onHoldBefore }, expected);
}

function worker({ input }: VectorCase<{ probeType: ProbeKind; stopCalls: number }>) {
  const only = { ...newProbeWorker('uid-1', 'app', input.probeType, {}), containerId: 'id-1' };
  const key = probeWorkerKey(only);
  let state = {
    workers: { [key]: only } as ProbeWorkers,
    results: setProbeResult(NO_PROBE_RESULTS, input.probeType, 'id-1', 'success'),
  };
  for (let call = 0; call < input.stopCalls; call++) state = stopProbeWorker(state, key);
  return { resultPresent: 'id-1' in state.results[input.probeType], workerPresent: key in state.workers };
}

interface ReadinessInput {
  readonly containerKind: 'regular' | 'init' | 'sidecar';
  readonly state: 'running' | 'terminated' | 'waiting';
  readonly exitCode?: number | null;
  readonly workers: readonly ProbeKind[];
  readonly cachedResults: Readonly<Partial<Record<ProbeKind, ProbeResult>>>;
}

function updatePodStatus({ input, expected }: VectorCase<ReadinessInput, object>) {
  const isInit = input.containerKind !== 'regular';
  const container = { name: 'x', ...(input.containerKind === 'sidecar' ? { restartPolicy: 'Always' } : {}) };
  const status = containerStatus('x', { state: input.state, exitCode: input.exitCode ?? 0 });
  let results = NO_PROBE_RESULTS;
  for (const kind of ['liveness', 'readiness', 'startup'] as const) {
    const cached = input.cachedResults[kind];
    if (cached) results = setProbeResult(results, kind, 'id-1', cached);
  }
  const updated = updateReadiness(
    pod(isInit ? { initContainers: [container] } : { containers: [container] }),
    isInit ? { initContainerStatuses: [status] } : { containerStatuses: [status] },
    input.workers.map((kind) => ({ containerName: 'x', kind })),
    results,
  ).status;
  const [flagged] = updated.initContainerStatuses ?? updated.containerStatuses ?? [];
  return asked({ started: flagged?.started, ready: flagged?.ready }, expected);
}

interface ShortContainer {
  readonly name: string;
  readonly restartPolicy?: string | null;
  readonly probes?: readonly ProbeKind[];
}

interface WorkersInput {
  readonly initContainers?: readonly ShortContainer[];
  readonly containers?: readonly ShortContainer[];
  readonly pods?: readonly string[];
  readonly workersPerPod?: readonly (readonly [name: string, kind: ProbeKind])[];
  readonly desired?: readonly string[];
  readonly steps?: readonly string[];
}

function probed({ name, restartPolicy, probes = [] }: ShortContainer) {
  const probe = { exec: { command: ['true'] } };
  return {
    name,
    ...(restartPolicy ? { restartPolicy } : {}),
    ...Object.fromEntries(probes.map((kind) => [`${kind}Probe`, probe])),
  };
}

const keys = (workers: ProbeWorkers) =>
  Object.values(workers).map((one) => [one.podUid, one.containerName, one.kind]);

/** Where a case has one pod only. */
const namesAndKinds = (workers: ProbeWorkers) => keys(workers).map(([, name, kind]) => [name, kind]);

function workersForPod({ input }: VectorCase<WorkersInput>) {
  if (input.pods) {
    const containers = (input.workersPerPod ?? []).map(([name, kind]) => probed({ name, probes: [kind] }));
    const all = input.pods.map((uid) => pod({ containers }, { uid }));
    const workers = all.reduce(addProbeWorkers, {});
    const state = cleanupProbeWorkers({ workers, results: NO_PROBE_RESULTS }, new Set(input.desired));
    return { remaining: keys(state.workers) };
  }
  if (input.steps) return { ready: readinessSteps(input.steps) };
  const desired = pod({
    initContainers: (input.initContainers ?? []).map(probed),
    containers: (input.containers ?? []).map(probed),
  });
  const added = { workers: addProbeWorkers({}, desired), results: NO_PROBE_RESULTS };
  const removed = removePodWorkers(added, 'uid-1');
  const again = removePodWorkers(removed, 'uid-1');
  return {
    workersAfterAdd: namesAndKinds(added.workers),
    workersAfterRemove: namesAndKinds(removed.workers),
    secondRemove: again.workers === removed.workers ? 'no effect' : 'changed',
  };
}

/** The prober's answers one after the other, and the pod's ready flag after each. */
function readinessSteps(steps: readonly string[]) {
  const status = { containerStatuses: [containerStatus('app', { state: 'running', started: true })] };
  let readiness = newProbeWorker('uid-1', 'app', 'readiness', { failureThreshold: 1 });
  let results = NO_PROBE_RESULTS;
  return steps.map((step) => {
    const answer = step.endsWith('success') ? 'success' : 'failure';
    const after = turn(readiness, results, pod(), status, answer);
    readiness = after.worker;
    results = after.results;
    return updateReadiness(pod(), status, [readiness], results).status.containerStatuses?.[0]?.ready;
  });
}

interface OutcomeInput {
  readonly probe: { readonly exec?: boolean } | null;
  readonly answer?: 'success' | 'warning' | 'failure' | 'unknown';
  readonly error?: boolean;
  readonly probeType: ProbeKind;
}

/** A container without the probe has no worker: nothing stands against it. */
function outcome({ input }: VectorCase<OutcomeInput>) {
  if (!input.probe) return { result: 'success', error: false };
  const spec = input.probe.exec ? { exec: { command: ['true'] } } : {};
  const request = probeRequest(spec, { name: 'app' }, '10.0.0.1', 'web_default(uid-1)');
  const found = probeOutcome(input.probeType, runCheck(input, request));
  return { result: found.answer ?? 'failure', error: found.answer === undefined };
}

function runCheck(input: OutcomeInput, request: ReturnType<typeof probeRequest>): ProbeAnswer {
  if (request.kind === 'invalid' || input.error) {
    return failedAnswer(request, { code: 'Unknown', message: 'test error' });
  }
  return { result: input.answer ?? 'success', output: '' };
}

export default {
  groups: { doProbe: doProbeOnce, sequence, worker, updatePodStatus, workersForPod, outcome },
} satisfies VectorAdapter;
