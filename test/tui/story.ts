/** A short story of one pod for the screen's tests: what the engine would have told, without an engine. */
import type { CoreEvent, Pod } from '../../src/api/types.ts';
import type { Step } from '../../src/engine/types.ts';
import type { Stage } from '../../src/lib/stage.ts';
import type { TraceEntry } from '../../src/machines/trace.ts';
import { emptyScene, foldEvent, foldStep, type Scene } from '../../src/tui/model/scene.ts';

export const UID = 'b1d0a3c4-0000-4000-8000-000000000001';

/** The pod of `exec-liveness.yaml`, as the store holds it at some point of its life. */
export function livenessPod(state: 'creating' | 'running' | 'backOff'): Pod {
  const states = {
    creating: { waiting: { reason: 'ContainerCreating' } },
    running: { running: { startedAt: '2026-01-01T00:00:03Z' } },
    backOff: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container' } },
  } as const;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'liveness-exec',
      namespace: 'default',
      uid: UID,
      resourceVersion: '7',
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { containers: [{ name: 'liveness', image: 'registry.k8s.io/busybox:1.27.2' }] },
    status: {
      phase: state === 'creating' ? 'Pending' : 'Running',
      containerStatuses: [
        {
          name: 'liveness',
          image: 'registry.k8s.io/busybox:1.27.2',
          imageID: '',
          ready: state === 'running',
          started: state === 'running',
          restartCount: state === 'backOff' ? 2 : 0,
          state: states[state],
        },
      ],
    },
  };
}

type Move = readonly [ms: number, stage: Stage, machine: string, from: string, to: string, event: string];

export const MOVES: readonly Move[] = [
  [0, 'sync', 'podWorker', 'syncing.idle', 'syncing.awaitingCache', 'PodAdded'],
  [0, 'admit', 'pod', 'Pending.Admitting', 'Pending.MountingVolumes', 'Admitted'],
  [1, 'mount', 'pod', 'Pending.MountingVolumes', 'Pending.CreatingSandbox', 'VolumesMounted'],
  [1, 'sandbox', 'sandbox', 'absent', 'creating', 'RunPodSandbox'],
  [63, 'sandbox', 'sandbox', 'creating', 'ready', 'SandboxStarted'],
  [63, 'pull', 'imagePull', 'unknown', 'inspecting', 'InspectImage'],
  [64, 'pull', 'imagePull', 'inspecting', 'absent', 'ImageAbsent'],
  [64, 'pull', 'imagePull', 'absent', 'pulling', 'PullImage'],
  [812, 'pull', 'imagePull', 'pulling', 'present', 'ImagePulled'],
  [812, 'create', 'container', 'waiting.ContainerCreating', 'creating', 'CreateContainer'],
  [815, 'create', 'container', 'creating', 'created', 'ContainerCreated'],
  [815, 'start', 'container', 'created', 'starting', 'StartContainer'],
  [1000, 'start', 'container', 'starting', 'running.started', 'ContainerStarted'],
  [1000, 'status', 'pod', 'Pending.StartingContainers', 'Running.NotReady', 'PhaseRunning'],
  [1000, 'status', 'pod', 'Running.NotReady', 'Running.Ready', 'PodReady'],
  [41_004, 'probe', 'probe', 'probing.Success', 'probing.Failure', 'ProbeFailed'],
  [41_004, 'kill', 'container', 'running.started', 'terminating.stopping', 'StopContainer'],
  [41_005, 'kill', 'container', 'terminating.stopping', 'terminating.TERM', 'ContainerSignalled'],
  [71_005, 'kill', 'container', 'terminating.TERM', 'terminating.KILL', 'ContainerSignalled'],
  [71_006, 'kill', 'container', 'terminating.KILL', 'terminated.Error', 'ContainerDied'],
  [72_000, 'sync', 'container', 'terminated.Error', 'waiting.CrashLoopBackOff', 'BackOff'],
];

/** The machines' keys, as the kubelet's state has them. */
const KEYS: Readonly<Record<string, string>> = {
  pod: `pod/${UID}`,
  podWorker: `worker/${UID}`,
  sandbox: `sandbox/${UID}`,
  imagePull: `image/${UID}/liveness`,
  container: `container/${UID}/liveness`,
  probe: `probe/${UID}/liveness/liveness`,
};

const EFFECTS: Readonly<Record<string, readonly string[]>> = {
  StopContainer: ['stopContainer liveness 30s', 'recordEvent Killing'],
  PullImage: ['pullImage registry.k8s.io/busybox:1.27.2'],
  BackOff: ['startTimer 10s', 'recordEvent BackOff'],
};

function entryOf([, stage, machine, from, to, event]: Move): TraceEntry {
  const ofContainer = machine === 'container' || machine === 'imagePull' || machine === 'probe';
  return {
    stage,
    object: {
      kind: 'Pod',
      namespace: 'default',
      name: 'liveness-exec',
      uid: UID,
      ...(ofContainer ? { container: 'liveness' } : {}),
    },
    machine,
    key: KEYS[machine] ?? '',
    from,
    to,
    event,
    effects: EFFECTS[event] ?? [],
    why: { key: 'sync.podAdded' },
    where: { file: 'pkg/kubelet/kuberuntime/kuberuntime_manager.go', function: 'computePodActions' },
  };
}

/** The steps of the story, one entry each. */
export const STEPS: readonly Step[] = MOVES.map((move, n) => ({
  seq: n + 1,
  atMs: move[0],
  elapsedMs: move[0],
  event: { type: 'KubeletStarted', nodeName: 'node', hostIP: '10.0.0.1', seed: 1, atMs: move[0] },
  entries: [entryOf(move)],
  quiet: false,
}));

const RECORDED: Readonly<Record<string, readonly [type: string, reason: string, message: string]>> = {
  StopContainer: ['Normal', 'Killing', 'Container liveness failed liveness probe, will be restarted'],
  ProbeFailed: ['Warning', 'Unhealthy', "Liveness probe failed: cat: can't open '/tmp/healthy'"],
  BackOff: ['Warning', 'BackOff', 'Back-off restarting failed container liveness in pod liveness-exec'],
};

/** The Kubernetes events that a step of the story records. */
export function eventsOf({ entries }: Step): CoreEvent[] {
  return entries.flatMap(({ event }) => {
    const told = RECORDED[event];
    if (!told) return [];
    const [type, reason, message] = told;
    const involvedObject = { kind: 'Pod', name: 'liveness-exec' };
    return [{ apiVersion: 'v1', kind: 'Event', metadata: {}, involvedObject, type, reason, message }];
  });
}

/** The scene after the first `count` steps. */
export function sceneAfter(count: number, pods: readonly Pod[]): Scene {
  const empty = emptyScene({ runtime: 'wasm', clock: 'virtual', seed: 1 });
  return {
    ...STEPS.slice(0, count).reduce(
      (scene, step) => eventsOf(step).reduce(foldEvent, foldStep(scene, step)),
      empty,
    ),
    pods,
  };
}

type NodeMove = readonly [condition: string, from: string, to: string, event: string];

/** A step of the node's heartbeat: its conditions as they move, or (without a condition) something of the node itself. */
export function nodeStep(seq: number, ms: number, moves: readonly NodeMove[]): Step {
  const entries = moves.map(([condition, from, to, event]): TraceEntry => {
    const object = { kind: 'Node' as const, namespace: '', name: 'node-1', uid: 'node-1' };
    return {
      stage: 'heartbeat',
      object: condition === '' ? object : { ...object, condition },
      machine: condition === '' ? 'node' : 'nodeCondition',
      ...(condition === '' ? {} : { key: `node/${condition}` }),
      from,
      to,
      event,
      effects: [],
      why: { key: 'node.registered', values: { node: 'node-1' } },
      where: { file: 'pkg/kubelet/kubelet_node_status.go', function: 'tryRegisterWithAPIServer' },
    };
  });
  const event = { type: 'KubeletStarted', nodeName: 'node-1', hostIP: '', seed: 1, atMs: ms } as const;
  return { seq, atMs: ms, elapsedMs: ms, event, entries, quiet: false };
}

/** A node that comes up, as it breaks into the first pod's journey. */
export const NODE_STEPS: readonly Step[] = [
  nodeStep(101, 63, [
    ['MemoryPressure', 'Unknown', 'False', 'ConditionNotMet'],
    ['DiskPressure', 'Unknown', 'False', 'ConditionNotMet'],
    ['PIDPressure', 'Unknown', 'False', 'ConditionNotMet'],
    ['Ready', 'Unknown', 'False', 'ConditionNotMet'],
  ]),
  nodeStep(102, 63, [['', 'registered', 'registered', 'NodeRegistered']]),
  nodeStep(103, 63, [['', 'initialized', 'initialized', 'CSINodeCreated']]),
  nodeStep(104, 163, [['Ready', 'False', 'True', 'ConditionMet']]),
  nodeStep(105, 163, [['', 'held', 'held', 'LeaseCreated']]),
];
