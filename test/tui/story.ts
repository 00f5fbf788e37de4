/** A short story of one pod for the screen's tests: what the engine would have told, without an engine. */
import type { Pod } from '../../src/api/types.ts';
import type { Step } from '../../src/engine/types.ts';
import type { Stage } from '../../src/lib/stage.ts';
import type { TraceEntry } from '../../src/machines/trace.ts';
import { emptyScene, foldStep, type Scene } from '../../src/tui/model/scene.ts';

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

/** The scene after the first `count` steps. */
export function sceneAfter(count: number, pods: readonly Pod[]): Scene {
  const empty = emptyScene({ runtime: 'wasm', clock: 'virtual', seed: 1 });
  return { ...STEPS.slice(0, count).reduce(foldStep, empty), pods };
}
