/** container-statuses.json: runtime records told in the words of the API. */
import type { ContainerStatusApi, PodStatus } from '../../../src/api/types.ts';
import { shouldContainerBeRestarted } from '../../../src/kubelet/pod-actions/restart-policy.ts';
import { nextRestartCountFromLogs } from '../../../src/kubelet/restart-count.ts';
import { kubeContainerStatus } from '../../../src/kubelet/runtime-pod.ts';
import { toApiContainerStatuses } from '../../../src/kubelet/status/container-statuses.ts';
import { generateApiPodStatus } from '../../../src/kubelet/status/generate.ts';
import {
  container,
  containerState,
  pod,
  record,
  type ShortContainer,
  sandbox,
} from '../../kubelet/fixtures.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

interface ShortRecord {
  readonly name: string;
  readonly id?: string;
  readonly state: string;
  readonly exitCode?: number;
  readonly startedAtUnix?: number;
}

type ShortApiStatus = Partial<ContainerStatusApi> & { readonly name: string };

function longApiStatus(short: ShortApiStatus): ContainerStatusApi {
  return { image: '', imageID: '', ready: false, restartCount: 0, ...short };
}

/** Newest first, as they stand in the list; the restart count, which no case gives, is the one told before. */
function runtimePod(
  shorts: readonly ShortRecord[],
  sandboxReady = true,
  previous: readonly ShortApiStatus[] = [],
) {
  return {
    podUid: 'uid-1',
    sandboxes: sandboxReady ? [sandbox()] : [],
    containers: shorts.map((short, index) =>
      record(short.name, {
        id: short.id ?? `${short.name}-${index}`,
        attempt: previous.find((status) => status.name === short.name)?.restartCount ?? 0,
        state: containerState(short.state),
        exitCode: short.exitCode ?? 0,
        startedAtMs: (short.startedAtUnix ?? 0) * 1000,
        finishedAtMs: 0,
      }),
    ),
  };
}

/** The file's words for a state: times only where a case gives one, no ids. */
function shortState(state: ContainerStatusApi['state']) {
  if (state?.running) {
    const startedAtUnix = Math.floor(Date.parse(String(state.running.startedAt)) / 1000);
    return { running: startedAtUnix > 0 ? { startedAtUnix } : {} };
  }
  if (state?.waiting) {
    const { reason = '', message } = state.waiting;
    return { waiting: { reason, message } };
  }
  if (state?.terminated) {
    const { exitCode, reason, message } = state.terminated;
    return { terminated: { exitCode, reason, message } };
  }
  return undefined;
}

function shortStatus(status: ContainerStatusApi) {
  return {
    name: status.name,
    state: shortState(status.state),
    lastState: shortState(status.lastState),
    restartCount: status.restartCount,
  };
}

interface ConvertInput {
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never';
  readonly deletionTimestampSet?: boolean;
  readonly containers: readonly (string | ShortContainer)[];
  readonly containerKind: 'regular' | 'init';
  readonly podHasInitContainers?: boolean;
  readonly podRestartingAllContainers?: boolean;
  readonly runtimeStatuses: readonly ShortRecord[];
  readonly previousApiStatuses: readonly ShortApiStatus[];
  readonly containerRestartPolicies?: Readonly<Record<string, string>>;
  readonly startErrors?: Readonly<Record<string, string>>;
}

function longContainers(input: ConvertInput) {
  return input.containers.map((entry) => {
    const short = typeof entry === 'string' ? { name: entry } : entry;
    const restartPolicy = input.containerRestartPolicies?.[short.name];
    return container(restartPolicy ? { ...short, restartPolicy } : short);
  });
}

function convert(input: ConvertInput): ContainerStatusApi[] {
  const containers = longContainers(input);
  const isInit = input.containerKind === 'init';
  const desired = pod(
    {
      restartPolicy: input.restartPolicy,
      containers: isInit ? [] : containers,
      ...(isInit || input.podHasInitContainers ? { initContainers: containers } : {}),
    },
    input.deletionTimestampSet ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {},
  );
  const errors = Object.entries(input.startErrors ?? {});
  return toApiContainerStatuses({
    pod: desired,
    runtimePod: runtimePod(input.runtimeStatuses, true, input.previousApiStatuses),
    containers,
    previous: input.previousApiStatuses.map(longApiStatus),
    kind: input.containerKind,
    startErrors: Object.fromEntries(errors.map(([name, reason]) => [name, { reason, message: '' }])),
    restartingAllContainers: input.podRestartingAllContainers ?? false,
    runtimeName: 'test',
  });
}

function convertToAPIContainerStatuses({ input }: VectorCase<ConvertInput>) {
  return { containerStatuses: convert(input).map(shortStatus) };
}

function startErrorReasons({ input }: VectorCase<ConvertInput>) {
  const statuses = convert(input).map(shortStatus);
  const present = statuses.filter((status) => status.lastState !== undefined);
  return {
    states: Object.fromEntries(statuses.map((status) => [status.name, status.state])),
    lastStates: Object.fromEntries(present.map((status) => [status.name, status.lastState])),
  };
}

function order({ input }: VectorCase<{ containers: string[]; runtimeOrder: string[] }>) {
  const statuses = convert({
    restartPolicy: 'Always',
    containers: input.containers,
    containerKind: 'regular',
    runtimeStatuses: input.runtimeOrder.map((name) => ({ name, state: 'running' })),
    previousApiStatuses: [],
  });
  return { order: statuses.map((status) => status.name) };
}

interface GenerateInput {
  readonly spec: { readonly restartPolicy: 'Always' | 'OnFailure' | 'Never'; readonly containers: string[] };
  readonly pod: ShortPodStatus & { readonly deletionTimestampSet?: boolean };
  readonly sandboxReady: boolean;
  readonly runtimeStatuses: readonly ShortRecord[];
  readonly previousStatus: ShortPodStatus;
  readonly podIsTerminal: boolean;
}

interface ShortPodStatus {
  readonly phase?: PodStatus['phase'];
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: Readonly<Record<string, string>>;
  readonly containerStatuses: readonly ShortApiStatus[];
}

/** When the disruption was noted; that it stays is what the case is about. */
const DISRUPTED_AT = '2020-01-01T00:00:00Z';

function longPodStatus(short: ShortPodStatus): PodStatus {
  const { phase, reason, message } = short;
  return {
    ...(phase ? { phase } : {}),
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
    conditions: Object.entries(short.conditions ?? {}).map(([type, status]) => ({
      type,
      status,
      lastTransitionTime: DISRUPTED_AT,
    })),
    containerStatuses: short.containerStatuses.map(longApiStatus),
  };
}

function generateAPIPodStatus({ input }: VectorCase<GenerateInput>) {
  const desired = pod(
    { restartPolicy: input.spec.restartPolicy, containers: input.spec.containers.map((name) => ({ name })) },
    input.pod.deletionTimestampSet ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {},
  );
  const status = generateApiPodStatus(
    {
      pod: { ...desired, status: longPodStatus(input.pod) },
      runtimePod: runtimePod(input.runtimeStatuses, input.sandboxReady),
      previous: longPodStatus(input.previousStatus),
      startErrors: {},
      podIsTerminal: input.podIsTerminal,
      hostIPs: ['127.0.0.1', '::1'],
      runtimeName: '',
      nowMs: 0,
    },
    // The source's fixture has every container ready.
    (unflagged) => ({
      ...unflagged,
      containerStatuses: (unflagged.containerStatuses ?? []).map((s) => ({ ...s, ready: true })),
    }),
  );
  const find = (type: string) => status.conditions?.find((condition) => condition.type === type);
  const disruption = find('DisruptionTarget');
  const readyToStart = find('PodReadyToStartContainers');
  const no = readyToStart?.status === 'False';
  return {
    hostIP: status.hostIP,
    hostIPs: status.hostIPs?.map(({ ip }) => ip),
    qosClass: status.qosClass,
    phase: status.phase,
    reason: status.reason,
    message: status.message,
    conditions: Object.fromEntries(
      ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => [
        type,
        [find(type)?.status, find(type)?.reason ?? ''],
      ]),
    ),
    containerStatuses: status.containerStatuses?.map((s) => ({
      ...shortStatus(s),
      ready: s.ready,
      containerID: s.containerID,
    })),
    disruptionTarget: disruption && {
      status: disruption.status,
      lastTransitionTime: disruption.lastTransitionTime === DISRUPTED_AT ? 'kept' : 'changed',
    },
    podReadyToStartContainers: {
      status: readyToStart?.status,
      // The only cause that the source's fixture has; the texts of the constants are not known.
      reasonConstant: no ? 'PodSandboxNotReadyReason' : undefined,
      messageConstant: no ? 'PodSandboxNotReadyMsgNoPodSandbox' : undefined,
    },
  };
}

interface RestartInput {
  readonly container: string;
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never';
  readonly deletionTimestampSet: boolean;
  readonly runtimeStatuses: readonly ShortRecord[];
}

function restart({ input }: VectorCase<RestartInput>) {
  const desired = pod(
    { restartPolicy: input.restartPolicy },
    input.deletionTimestampSet ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {},
  );
  return {
    restart: shouldContainerBeRestarted(
      { name: input.container },
      desired,
      runtimePod(input.runtimeStatuses),
    ),
  };
}

function restartCountFromLogs({ input }: VectorCase<{ fileNames: string[] }>) {
  return { nextRestartCount: nextRestartCountFromLogs(input.fileNames) };
}

interface CriStatus {
  readonly state: string;
  readonly image: string;
  readonly createdAt: number;
  readonly startedAt?: number;
  /** A time that no case names. */
  readonly finishedAt?: 'set';
  readonly exitCode?: number;
  readonly reason?: string;
  readonly message?: string;
}

const REPORTED_END = 5_000;

/** A record of the runtime as the kubelet keeps it. */
function runtimeStatusConversion({ input }: VectorCase<CriStatus>) {
  const { image, exitCode = 0, reason = '', message = '' } = input;
  const status = kubeContainerStatus(
    record('app', {
      image,
      state: containerState(input.state),
      createdAtMs: input.createdAt,
      startedAtMs: input.startedAt ?? 0,
      finishedAtMs: input.finishedAt === undefined ? 0 : REPORTED_END,
      exitCode,
      reason,
      message,
    }),
  );
  const ended = status.state === 'CONTAINER_EXITED';
  return {
    state: status.state.replace('CONTAINER_', '').toLowerCase(),
    createdAt: status.createdAtMs,
    ...(status.startedAtMs > 0 && { startedAt: status.startedAtMs }),
    ...(ended && {
      finishedAt: status.finishedAtMs === REPORTED_END ? 'as reported' : status.finishedAtMs,
      exitCode: status.exitCode,
      reason: status.reason || undefined,
      message: status.message || undefined,
    }),
  };
}

/** The fixtures of the Go test: what the container mounts, and where. */
const IMAGE_VOLUME = { name: 'image-volume', mountPath: '/mock/path' };
const IMAGE = 'registry.k8s.io/example:1.2.3';

interface ImageVolumeInput {
  readonly imageVolume: boolean;
  readonly resolvedDigest: string;
  readonly runtimeStatuses: readonly ShortRecord[];
}

function imageVolumeDigest({ input }: VectorCase<ImageVolumeInput>) {
  const { imageVolume, resolvedDigest, runtimeStatuses } = input;
  const mount = {
    containerPath: IMAGE_VOLUME.mountPath,
    hostPath: '',
    readonly: true,
    image: resolvedDigest,
  };
  const { containers } = runtimePod(runtimeStatuses);
  const told = toApiContainerStatuses({
    pod: pod({ containers: containers.map(({ metadata }) => container({ name: metadata.name })) }),
    runtimePod: {
      ...runtimePod(runtimeStatuses),
      containers: containers.map((one) => (imageVolume ? { ...one, image: IMAGE, mounts: [mount] } : one)),
    },
    containers: containers.map(({ metadata }) => ({
      ...container({ name: metadata.name }),
      ...(imageVolume ? { volumeMounts: [IMAGE_VOLUME] } : {}),
    })),
    previous: [],
    kind: 'regular',
    startErrors: {},
    restartingAllContainers: false,
    runtimeName: 'test',
  });
  const containerStatuses = told.map((status) => ({
    ...shortStatus(status),
    containerID: status.containerID,
    resources: status.resources,
    ...(status.image === '' ? {} : { image: status.image }),
    volumeMounts: status.volumeMounts?.map(({ name, mountPath, ...rest }) => ({
      name,
      mountPath,
      imageRef: (rest as { volumeStatus?: { image: { imageRef: string } } }).volumeStatus?.image.imageRef,
    })),
  }));
  return { containerStatuses };
}

export default {
  groups: {
    runtimeStatusConversion,
    convertToAPIContainerStatuses,
    startErrorReasons,
    order,
    generateAPIPodStatus,
    shouldContainerBeRestarted: restart,
    restartCountFromLogs,
    imageVolumeDigest,
  },
} satisfies VectorAdapter;
