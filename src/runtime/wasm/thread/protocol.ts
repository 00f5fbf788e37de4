/** What the main thread and the runtime thread say to each other. Everything is plain data. */
import type { ContainerStats, ContainerUser, HostAlias } from '../../../api/cri.ts';
import type { PidNamespace } from '../../../api/cri-security.ts';
import type { ServiceNetwork } from '../../../api/service-network.ts';
import type { QosClass } from '../../../api/types.ts';
import type { LogLine, RuntimeErrorCode, RuntimeEvent } from '../../port.ts';
import type { SessionEnd, TerminalSize } from '../../sessions.ts';
import type { CompiledImage } from '../image.ts';
import type { HostPort } from '../net/bridge.ts';
import type { Traffic } from '../net/pod-net.ts';
import type { CpuBounds } from '../scheduler/cpu-group.ts';

export interface ThreadOptions {
  readonly clock: 'virtual' | 'wall';
  readonly seed: number;
  readonly epochMs: number;
  /** What the node has for all containers together. */
  readonly nodeMemoryBytes: number;
  readonly nodeCpus: number;
  /** Where guests may go beyond the pods' network: `HOST[:PORT]`. With wall time only. */
  readonly egress: readonly string[];
  /** This machine has the pods' addresses. */
  readonly podAddresses: boolean;
  /** The cluster's Services, where they are known already. */
  readonly services?: ServiceNetwork | undefined;
  /** Counts up with every slice and every portion of fuel, so that the main thread sees that it lives. */
  readonly pulse: SharedArrayBuffer;
}

/** The bounds of a pod as a whole. */
export interface PodLimits extends CpuBounds {
  /** 0: none but the node's. */
  readonly memoryLimitBytes: number;
  /** Processes of the whole pod, the sandbox's own among them; left out: no limit. */
  readonly pidsLimit?: number;
  /** Whose group lies around the pod's; left out: none. */
  readonly qosClass?: QosClass;
}

/** A pod as the runtime thread needs it: its address and its name. */
export interface PodPlan {
  readonly sandboxId: string;
  readonly podUid: string;
  readonly ip: string;
  readonly hostname: string;
  readonly hostAliases: readonly HostAlias[];
  /** Of the whole pod. */
  readonly limits: PodLimits;
  /** The pod's names in its `/etc/hosts`, the full one first. */
  readonly hostNames: readonly string[];
  /** `/etc/resolv.conf`, as the pod's DNS policy has it. */
  readonly resolvConf: string;
  /** Ports of this machine that lead into the pod; with wall time only. */
  readonly hostPorts: readonly HostPort[];
}

export interface MountPlan {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readonly: boolean;
  readonly sizeBytes?: number;
  readonly subPath?: { readonly path: string; readonly volumeName: string; readonly bindPath: string };
  /** Of an image that `addImage` has brought: its files are what is mounted. */
  readonly image?: string;
  readonly imageSubPath?: string;
}

/** What a container may use; it can change while the container runs. */
export interface LimitsPlan extends CpuBounds {
  /** 0: no limit but the pod's and the node's. */
  readonly memoryLimitBytes: number;
  /** Such as `0-3`; empty: every CPU. */
  readonly cpusetCpus: string;
  readonly oomScoreAdj: number;
}

/** A container as the runtime thread needs it; image and configuration are merged already. */
export interface ContainerPlan {
  readonly containerId: string;
  readonly sandboxId: string;
  readonly name: string;
  /** Of an image that `addImage` has brought. */
  readonly imageId: string;
  readonly arguments: readonly string[];
  readonly environment: readonly (readonly [string, string])[];
  readonly workingDir: string;
  readonly mounts: readonly MountPlan[];
  readonly readonlyRootfs: boolean;
  readonly user: ContainerUser;
  readonly pidNamespace: PidNamespace;
  /** Standard input is open, also while nobody is attached; otherwise it is at its end. */
  readonly stdin: boolean;
  /** The end of the first attached input ends it for good. */
  readonly stdinOnce: boolean;
  readonly tty: boolean;
  readonly limits: LimitsPlan;
  /** With one process that is out of memory the whole container is killed. */
  readonly oomGroup: boolean;
  readonly stopSignal: string;
  /** Where the host listens for a component that handles requests. */
  readonly httpPort: number;
  readonly terminationMessagePath: string;
}

export interface HttpRequest {
  readonly scheme: 'HTTP' | 'HTTPS';
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
}

/** The calls that the runtime thread answers, by name. */
export interface Calls {
  startPod(plan: PodPlan): void;
  /** Kills every process of the pod and takes its network away. */
  stopPod(params: { readonly sandboxId: string }): void;
  /** The cluster's Services from now on. */
  setServices(services: ServiceNetwork): void;
  addImage(image: CompiledImage): void;
  removeImage(params: { readonly imageId: string }): void;
  createContainer(plan: ContainerPlan): void;
  startContainer(params: { readonly containerId: string }): void;
  updateContainer(params: { readonly containerId: string; readonly limits: LimitsPlan }): void;
  updatePod(params: { readonly sandboxId: string; readonly limits: PodLimits }): void;
  stopContainer(params: { readonly containerId: string; readonly timeoutSeconds: number }): void;
  removeContainer(params: { readonly containerId: string }): void;
  exec(params: {
    readonly containerId: string;
    readonly command: readonly string[];
    readonly timeoutSeconds: number;
  }): { readonly stdout: string; readonly stderr: string; readonly exitCode: number };
  openExec(params: {
    readonly sessionId: number;
    readonly containerId: string;
    readonly command: readonly string[];
    readonly tty: boolean;
    readonly stdin: boolean;
  }): void;
  openAttach(params: {
    readonly sessionId: number;
    readonly containerId: string;
    readonly stdin: boolean;
  }): void;
  openPortForward(params: {
    readonly sessionId: number;
    readonly sandboxId: string;
    readonly port: number;
  }): void;
  /** Answered once the bytes lie before the program; false when nobody will read them. */
  sessionInput(params: { readonly sessionId: number; readonly bytes: Uint8Array }): boolean;
  sessionInputEnd(params: { readonly sessionId: number }): void;
  /** The reader has taken so much of a stream: the writer may go on. */
  sessionTaken(params: {
    readonly sessionId: number;
    readonly stream: 'stdout' | 'stderr';
    readonly bytes: number;
  }): void;
  sessionResize(params: { readonly sessionId: number; readonly size: TerminalSize }): void;
  detachSession(params: { readonly sessionId: number }): void;
  terminationMessage(params: { readonly containerId: string }): string;
  usage(params: { readonly containerIds: readonly string[] }): readonly Usage[];
  podUsage(params: {
    readonly sandboxIds: readonly string[];
  }): readonly { readonly traffic: Traffic; readonly memoryBytes: number }[];
  httpGet(params: { readonly request: HttpRequest; readonly timeoutSeconds: number }): {
    readonly statusCode: number;
    readonly body: string;
  };
  grpcHealthCheck(params: {
    readonly host: string;
    readonly port: number;
    readonly service: string;
    readonly timeoutSeconds: number;
  }): string;
  tcpConnect(params: { readonly host: string; readonly port: number; readonly timeoutSeconds: number }): void;
}

export type Usage = Pick<
  ContainerStats,
  | 'cpuUsageCoreNanoSeconds'
  | 'cpuThrottling'
  | 'memoryWorkingSetBytes'
  | 'writableLayerBytes'
  | 'writableLayerInodes'
  | 'processCount'
>;

export type CallName = keyof Calls;
export type Params<Name extends CallName> = Parameters<Calls[Name]>[0];
export type Result<Name extends CallName> = ReturnType<Calls[Name]>;

/** What the runtime thread deals with in turn. `sequence` counts, so that `idle` can say how far it has come. */
export type Numbered =
  | { readonly kind: 'call'; readonly sequence: number; readonly name: CallName; readonly params: unknown }
  | { readonly kind: 'advance'; readonly sequence: number; readonly nowMs: number }
  | { readonly kind: 'logsTaken'; readonly sequence: number; readonly bytes: number };

/** To the runtime thread: what belongs together goes in one message. A ping is answered with the pulse, at once. */
export type ToThread = readonly Numbered[] | { readonly kind: 'ping' };

/** An event of the port as the thread tells it: which pod it concerns is known to the main thread. */
type OfContainer<Type extends RuntimeEvent['type']> = Omit<
  Extract<RuntimeEvent, { type: Type }>,
  'podUid' | 'containerName'
>;

/** What has happened to a container, or to a port of its pod. */
export type ContainerEvent =
  | { readonly type: 'started'; readonly containerId: string; readonly atMs: number }
  | {
      readonly type: 'signalled';
      readonly containerId: string;
      readonly signal: string;
      readonly atMs: number;
    }
  | {
      readonly type: 'exited';
      readonly containerId: string;
      readonly exitCode: number;
      readonly reason: string;
      readonly message: string;
      readonly atMs: number;
    }
  | Extract<RuntimeEvent, { type: 'portOpened' }>
  | OfContainer<'egressDenied'>
  | OfContainer<'systemOom'>
  | { readonly type: 'log'; readonly containerId: string; readonly lines: readonly LogLine[] };

/** What happens in a session that `openExec`, `openAttach` or `openPortForward` has begun. */
export type SessionEvent =
  | {
      readonly type: 'output';
      readonly sessionId: number;
      readonly stream: 'stdout' | 'stderr';
      readonly bytes: Uint8Array;
    }
  | { readonly type: 'ended'; readonly sessionId: number; readonly end: SessionEnd };

export interface CallFailure {
  readonly code: RuntimeErrorCode;
  readonly message: string;
  readonly reason: string | undefined;
}

/** What the runtime thread has to say, in the order in which things happened there. */
export type Told =
  | { readonly kind: 'answer'; readonly sequence: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly sequence: number; readonly failure: CallFailure }
  | { readonly kind: 'event'; readonly event: ContainerEvent }
  | { readonly kind: 'session'; readonly event: SessionEvent }
  /** Virtual time: every message up to `handled` is dealt with and every guest is blocked. */
  | { readonly kind: 'idle'; readonly handled: number; readonly nextDeadlineMs: number | undefined };

/** From the runtime thread. */
export type FromThread = readonly Told[];
