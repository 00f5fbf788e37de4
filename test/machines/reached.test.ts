import { expect, test } from 'vitest';
import { getAdjacencyMap, getShortestPaths } from 'xstate/graph';
import type { ContainerConfig, PodSandboxConfig } from '../../src/api/cri.ts';
import { chartOf } from '../../src/machines/chart.ts';
import type { Hook } from '../../src/machines/container-events.ts';
import type { TokenRequest, VolumeMountRequest } from '../../src/machines/effects.ts';
import {
  accepts,
  type EventOf,
  type MachineName,
  machines,
  send,
  startMachine,
} from '../../src/machines/run-machine.ts';

const sandboxConfig = { metadata: { attempt: 0 } } as PodSandboxConfig;
const config = { metadata: { name: 'web', attempt: 0 } } as ContainerConfig;
const volume: VolumeMountRequest = {
  volumeName: 'data',
  podUid: 'uid',
  source: { kind: 'emptyDir', medium: '', forGroup: false },
};
const tokenRequest: TokenRequest = {
  namespace: 'default',
  serviceAccount: 'default',
  audience: '',
  expirationSeconds: 3607,
  podName: 'web',
  podUid: 'uid',
};
const hooks: readonly Hook[] = [
  { kind: 'exec', containerId: 'c', command: ['true'], timeoutSeconds: 1 },
  {
    kind: 'httpGet',
    request: { scheme: 'HTTP', host: 'h', port: 80, path: '/', headers: [] },
    timeoutSeconds: 1,
  },
  { kind: 'sleep', seconds: 1 },
];
const waitingReasons = [
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PostStartHookError',
];

/** Every event of every machine, in each of the forms that its guards tell apart. */
const EVENTS: { readonly [Name in MachineName]: readonly EventOf<Name>[] } = {
  pod: [
    { type: 'Admitted' },
    { type: 'Rejected' },
    { type: 'VolumesMounted' },
    { type: 'SandboxReady', initContainers: true },
    { type: 'SandboxReady', initContainers: false },
    { type: 'Initialized' },
    { type: 'PhasePending' },
    { type: 'PhaseRunning' },
    { type: 'PhaseSucceeded' },
    { type: 'PhaseFailed' },
    { type: 'PodReady' },
    { type: 'PodNotReady' },
    { type: 'PodTerminating' },
    { type: 'PodTerminated' },
  ],
  podWorker: [
    { type: 'UpdatePod' },
    { type: 'CacheNewer' },
    { type: 'SyncCompleted', requeueMs: 60_000, terminal: false },
    { type: 'SyncCompleted', requeueMs: 60_000, terminal: true },
    { type: 'TerminatePod' },
    { type: 'TerminatingCompleted' },
    { type: 'TerminatingFailed', requeueMs: 10_000 },
    { type: 'TerminatedCompleted' },
    { type: 'StartDenied', requeueMs: 10_000 },
    { type: 'NeverStarted' },
    { type: 'SeenTerminated' },
  ],
  nodeCondition: [{ type: 'ConditionMet' }, { type: 'ConditionNotMet' }, { type: 'HeartbeatMissed' }],
  sandbox: [
    { type: 'RunPodSandbox', config: sandboxConfig },
    { type: 'SandboxStarted', sandboxId: 's' },
    { type: 'RunPodSandboxFailed' },
    { type: 'SandboxDied' },
    { type: 'StopPodSandbox', sandboxId: 's' },
    { type: 'StopPodSandboxFailed' },
    { type: 'RemovePodSandbox', sandboxId: 's' },
    { type: 'SandboxRemoved' },
  ],
  container: [
    { type: 'AwaitInitContainers' },
    { type: 'PodInitialized' },
    { type: 'BackOff', backOffMs: 10_000 },
    ...waitingReasons.map((reason) => ({ type: 'StartFailed', reason }) as const),
    { type: 'CreateContainer', sandboxId: 's', config, sandboxConfig },
    { type: 'StartContainer', containerId: 'c' },
    ...hooks.map((hook) => ({ type: 'RunPostStart', hook, hookMs: 1_000 }) as const),
    { type: 'PostStartDone', startupPending: false },
    { type: 'PostStartDone', startupPending: true },
    ...hooks.map((hook) => ({ type: 'RunPreStop', hook, hookMs: 1_000 }) as const),
    { type: 'PreStopDone' },
    { type: 'PreStopShortened', hookMs: 500 },
    { type: 'StopSooner', containerId: 'c', timeoutSeconds: 2 },
    { type: 'AwaitTurn', turnMs: 1_000 },
    { type: 'StopContainer', containerId: 'c', timeoutSeconds: 30 },
    { type: 'StopContainerFailed' },
    { type: 'RemoveContainer', containerId: 'old' },
    { type: 'ReopenContainerLog', containerId: 'old' },
    { type: 'ContainerCreated', containerId: 'c' },
    { type: 'ContainerStarted', containerId: 'c', startupPending: false },
    { type: 'ContainerStarted', containerId: 'c', startupPending: true },
    { type: 'StartupSucceeded' },
    { type: 'ContainerSignalled', signal: 'SIGTERM' },
    { type: 'ContainerSignalled', signal: 'SIGKILL' },
    { type: 'ContainerDied', containerId: 'c', exitCode: 0, reason: 'Completed' },
    { type: 'ContainerDied', containerId: 'c', exitCode: 1, reason: 'Error' },
    { type: 'ContainerDied', containerId: 'c', exitCode: 137, reason: 'OOMKilled' },
    { type: 'ContainerRemoved', containerId: 'c' },
  ],
  imagePull: [
    { type: 'InspectImage', image: 'i' },
    { type: 'ImagePresent', imageRef: 'sha256:1' },
    { type: 'QueuePull' },
    { type: 'InspectFailed' },
    { type: 'PullImage', image: 'i' },
    { type: 'ImagePulled', imageRef: 'sha256:1' },
    { type: 'ImagePullFailed' },
    { type: 'BackOff', backOffMs: 10_000 },
    { type: 'NeverPull' },
    { type: 'InvalidName' },
  ],
  volume: [
    { type: 'MountVolume', volume },
    { type: 'VolumeMounted', hostPath: '/v' },
    { type: 'MountFailed', retryMs: 500 },
    { type: 'FetchToken', request: tokenRequest },
    { type: 'TokenFetched' },
    { type: 'RemountVolume', volume },
    { type: 'UnmountVolume', volume },
    { type: 'VolumeUnmounted' },
    { type: 'GiveUp' },
    { type: 'UnmountFailed', retryMs: 500 },
  ],
  storedImage: [
    { type: 'RemoveImage', image: 'sha256:1' },
    { type: 'ImageRemoved' },
    { type: 'RemoveImageFailed' },
  ],
  probe: [
    { type: 'ContainerStarted', initial: 'Success' },
    { type: 'ContainerStarted', initial: 'Failure' },
    { type: 'ContainerStarted', initial: 'Unknown' },
    { type: 'ProbeSucceeded', hold: false },
    { type: 'ProbeSucceeded', hold: true },
    { type: 'ProbeFailed', hold: false },
    { type: 'ProbeFailed', hold: true },
    { type: 'ProbeStopped' },
  ],
};

/** The events that no state but these accepts: what is not listed here is allowed somewhere or everywhere. */
const FORBIDDEN: readonly (readonly [machine: MachineName, state: string, events: readonly string[]])[] = [
  ['pod', 'Succeeded.Finished', ['PhaseRunning', 'PhasePending', 'PhaseFailed']],
  ['pod', 'Failed.Terminated', ['PhaseRunning', 'PhasePending', 'PhaseSucceeded', 'PodTerminating']],
  ['pod', 'Pending.Admitting', ['VolumesMounted', 'SandboxReady']],
  ['pod', 'Pending.MountingVolumes', ['SandboxReady', 'Initialized']],
  ['podWorker', 'syncing.working', ['UpdatePod', 'CacheNewer', 'TerminatedCompleted']],
  ['podWorker', 'terminating.working', ['SyncCompleted', 'TerminatePod', 'UpdatePod']],
  ['podWorker', 'terminated.finished', ['UpdatePod', 'CacheNewer', 'TerminatePod', 'SeenTerminated']],
  ['podWorker', 'terminating.working', ['StartDenied', 'NeverStarted', 'SeenTerminated']],
  ['sandbox', 'absent', ['StopPodSandbox', 'SandboxDied']],
  ['sandbox', 'ready', ['RunPodSandbox', 'SandboxStarted']],
  ['container', 'waiting.ContainerCreating', ['StartContainer', 'StopContainer', 'RunPreStop']],
  ['container', 'creating', ['CreateContainer', 'StartContainer', 'BackOff']],
  ['container', 'running.started', ['CreateContainer', 'StartContainer', 'BackOff', 'StartFailed']],
  ['container', 'terminating.preStop', ['StopContainer', 'CreateContainer', 'RunPreStop']],
  ['container', 'terminating.TERM', ['StopContainer', 'RunPreStop', 'CreateContainer']],
  ['container', 'terminated.Completed', ['ContainerDied', 'StopContainer', 'ContainerStarted']],
  ['imagePull', 'pulling', ['InspectImage', 'QueuePull']],
  ['imagePull', 'present', ['PullImage', 'ImagePulled']],
  ['volume', 'mounting', ['MountVolume', 'UnmountVolume']],
  ['volume', 'mounted', ['MountVolume', 'VolumeMounted']],
  ['probe', 'stopped', ['ContainerStarted', 'ProbeSucceeded', 'ProbeFailed']],
  ['probe', 'onHold.Failure', ['ProbeSucceeded', 'ProbeFailed']],
];

const dotted = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Object.entries(value as object)
        .map(([key, inner]) => `${key}.${dotted(inner)}`)
        .join('');

/** Delays count as events too: XState names them after the state that they leave. */
function eventsOf(name: MachineName) {
  const { edges } = chartOf(name);
  const delays = edges.flatMap(({ from, delay }) =>
    delay === undefined ? [] : [{ type: `xstate.after.${delay}.${name}.${from}` }],
  );
  return [...EVENTS[name], ...delays];
}

function options(name: MachineName) {
  return {
    events: eventsOf(name) as never[],
    serializeState: ({ value }: { value: unknown }) => JSON.stringify(value),
    limit: 100_000,
  };
}

const NAMES = Object.keys(machines) as MachineName[];

test.each(NAMES)('every state of %s is reached by a path', (name) => {
  const paths = getShortestPaths(machines[name] as never, options(name) as never);
  const reached = new Set(paths.map(({ state }) => dotted((state as { value: unknown }).value)));
  const { states } = chartOf(name);
  const leaves = states.filter(({ id }) => !states.some(({ parent }) => parent === id)).map(({ id }) => id);
  expect([...reached].sort()).toEqual([...leaves].sort());
});

test.each(NAMES)('every edge of %s is taken by some event', (name) => {
  const map = getAdjacencyMap(machines[name] as never, options(name) as never);
  const taken = new Set<string>();
  for (const { state, transitions } of Object.values(map)) {
    for (const { event, state: after } of Object.values(
      transitions as Record<string, { event: { type: string }; state: unknown }>,
    )) {
      taken.add(`${event.type} to ${dotted((after as { value: unknown }).value)}`);
      expect(dotted((state as { value: unknown }).value)).toBeTruthy();
    }
  }
  const leafOf = (id: string) => {
    const { states } = chartOf(name);
    return (leaf: string) => leaf === id || (leaf.startsWith(`${id}.`) && states.some((s) => s.id === leaf));
  };
  for (const { event, delay, from, to } of chartOf(name).edges) {
    const type = delay === undefined ? event : `xstate.after.${delay}.${name}.${from}`;
    const isTarget = leafOf(to);
    const found = [...taken].some((text) => {
      const [taking, leaf = ''] = text.split(' to ');
      return taking === type && isTarget(leaf);
    });
    expect(found, `${from} -${type}-> ${to}`).toBe(true);
  }
});

test.each(FORBIDDEN)('%s in %s refuses %j', (name, state, types) => {
  const context = startMachine(name).context;
  const snapshot = { machine: name, state, context };
  for (const event of EVENTS[name].filter(({ type }) => types.includes(type))) {
    expect(accepts(snapshot, event as EventOf<typeof name>), event.type).toBe(false);
    expect(() => send(snapshot, event as EventOf<typeof name>, 'key')).toThrow(/must accept/);
  }
  expect(types.every((type) => EVENTS[name].some((event) => event.type === type))).toBe(true);
});

test('every event that a machine declares in its chart is among those tried', () => {
  for (const name of NAMES) {
    const tried = new Set(EVENTS[name].map(({ type }) => type as string));
    const inChart = chartOf(name).edges.flatMap(({ event }) => (event === '' ? [] : [event]));
    expect([...new Set(inChart)].filter((event) => !tried.has(event))).toEqual([]);
  }
});
