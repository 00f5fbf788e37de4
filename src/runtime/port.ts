/**
 * The runtime port, in CRI's words: what the engine needs of anything that runs containers. Every adapter
 * passes the same contract suite (test/contract). Failures are thrown as `RuntimeError`.
 */
import type {
  AuthConfig,
  ContainerConfig,
  ContainerEvent,
  ContainerStats,
  ContainerStatus,
  ExecSyncResponse,
  FilesystemUsage,
  Image,
  LinuxContainerResources,
  LinuxPodResources,
  PodSandboxConfig,
  PodSandboxStats,
  PodSandboxStatus,
  RuntimeCondition,
  RuntimeVersion,
} from '../api/cri.ts';
import type { ServiceNetwork } from '../api/service-network.ts';
import type { AttachOptions, ExecOptions, PortForwardSession, StreamSession } from './sessions.ts';

/** gRPC's code names, as CRI's servers use them. */
export type RuntimeErrorCode =
  | 'NotFound'
  | 'AlreadyExists'
  | 'DeadlineExceeded'
  | 'Unavailable'
  | 'InvalidArgument'
  | 'FailedPrecondition'
  | 'Unimplemented'
  | 'Unknown';

/** What gRPC says when nobody listens at the runtime's socket. */
export const DOWN =
  'connection error: desc = "transport: Error while dialing: dial unix /run/podstep.sock: connect: connection refused"';

/** The message of a DeadlineExceeded of a gRPC server that was reached and did not answer. */
export const GRPC_RPC_LATE = 'health rpc did not complete';

/** An expected failure of a runtime call. `reason` is a kubelet waiting reason when the failure decides it. */
export class RuntimeError extends Error {
  override name = 'RuntimeError';
  readonly code: RuntimeErrorCode;
  readonly reason: string | undefined;
  constructor(code: RuntimeErrorCode, message: string, options: { reason?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.reason = options.reason;
  }
}

export interface PodSandboxFilter {
  readonly id?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface ContainerFilter extends PodSandboxFilter {
  readonly podSandboxId?: string;
}

/** One line of a container's log (CRI format: time, stream, tag, text; here already parsed). */
export interface LogLine {
  readonly atMs: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** True when the line was cut and goes on in the next entry (CRI tag `P`). */
  readonly partial: boolean;
}

/** What a runtime tells unasked, beside CRI's stream of events: ends, the signals that it sends, lines of logs. */
export type RuntimeEvent =
  | {
      readonly type: 'containerSignalled';
      readonly containerId: string;
      readonly podUid: string;
      readonly signal: string;
      readonly atMs: number;
    }
  | {
      readonly type: 'containerExited';
      readonly containerId: string;
      readonly podUid: string;
      readonly exitCode: number;
      readonly reason: string;
      readonly atMs: number;
    }
  /** The runtime itself has died, and with it all that ran; another one has taken its place. */
  | { readonly type: 'runtimeDied'; readonly message: string; readonly atMs: number }
  /** The kernel's log: the node's memory ran out, and this process was killed for it. */
  | {
      readonly type: 'systemOom';
      readonly containerId: string;
      readonly podUid: string;
      readonly processName: string;
      readonly pid: number;
      readonly atMs: number;
    }
  /** Where this machine does not have the pods' addresses: a port of 127.0.0.1 leads to a port of the pod. */
  | {
      readonly type: 'portOpened';
      readonly podUid: string;
      readonly port: number;
      readonly hostPort: number;
      readonly atMs: number;
    }
  /** A container may not go where it tried to: beyond the pods' network. Told once for each place; port 0: only its name was looked up. */
  | {
      readonly type: 'egressDenied';
      readonly containerId: string;
      readonly podUid: string;
      readonly containerName: string;
      readonly host: string;
      readonly port: number;
      readonly atMs: number;
    }
  /** An image was pulled that is made for other machines: its programs run by emulation, if at all. */
  | {
      readonly type: 'imageOfOtherPlatform';
      readonly image: string;
      /** `linux/arm64` */
      readonly platform: string;
      readonly nodePlatform: string;
      readonly atMs: number;
    }
  | {
      readonly type: 'logWritten';
      readonly containerId: string;
      readonly podUid: string;
      readonly containerName: string;
      readonly line: LogLine;
    };

export interface RuntimeService {
  /** Name and version, for `podstep doctor` and the node's status (`containerRuntimeVersion`). */
  version(): Promise<RuntimeVersion>;
  status(): Promise<{ readonly runtime: RuntimeCondition; readonly network: RuntimeCondition }>;

  /** Makes and starts a sandbox; resolves to its id once its network is up. AlreadyExists for the same uid and attempt. */
  runPodSandbox(config: PodSandboxConfig): Promise<string>;
  /** Ends every process in the sandbox by force and takes its network away. Idempotent. */
  stopPodSandbox(sandboxId: string): Promise<void>;
  /** Removes the sandbox and every container in it. Idempotent. */
  removePodSandbox(sandboxId: string): Promise<void>;
  podSandboxStatus(sandboxId: string): Promise<PodSandboxStatus>;
  listPodSandbox(filter?: PodSandboxFilter): Promise<readonly PodSandboxStatus[]>;

  createContainer(
    sandboxId: string,
    config: ContainerConfig,
    sandboxConfig: PodSandboxConfig,
  ): Promise<string>;
  startContainer(containerId: string): Promise<void>;
  /** Changes the limits of a container that is created or runs, while it runs. */
  updateContainerResources(containerId: string, resources: LinuxContainerResources): Promise<void>;
  /** Changes the bounds of the pod as a whole. */
  updatePodSandboxResources(sandboxId: string, resources: LinuxPodResources): Promise<void>;
  /** Sends the stop signal, waits `timeoutSeconds` of the runtime's time, then SIGKILL. Idempotent. */
  stopContainer(containerId: string, timeoutSeconds: number): Promise<void>;
  /** Removes a container; a running one is killed first. Idempotent. */
  removeContainer(containerId: string): Promise<void>;
  listContainers(filter?: ContainerFilter): Promise<readonly ContainerStatus[]>;
  containerStatus(containerId: string): Promise<ContainerStatus>;

  /** Runs a command in a running container. DeadlineExceeded after `timeoutSeconds` (0: none), and the process is ended. */
  execSync(
    containerId: string,
    command: readonly string[],
    timeoutSeconds: number,
  ): Promise<ExecSyncResponse>;
  /**
   * Runs a command beside the container's own processes, for one who talks with it. FailedPrecondition when
   * the container does not run; a command that cannot be started fails in the words of runc.
   */
  exec(containerId: string, options: ExecOptions): Promise<StreamSession>;
  /**
   * Joins process 1's own streams, from now on; any number may. The slowest reader holds the program up. The end
   * of the input closes the container's with `stdinOnce` (unless it has a terminal); otherwise it detaches.
   */
  attach(containerId: string, options: AttachOptions): Promise<StreamSession>;
  /** Connects to `localhost:port` in the pod's network. Unknown, in containerd's words, when it is refused. */
  portForward(sandboxId: string, port: number): Promise<PortForwardSession>;
  /** Goes on writing the log under its own name, after the kubelet has renamed what there was. Only while it runs. */
  reopenContainerLog(containerId: string): Promise<void>;
  /** The container's log so far, oldest line first; the last `tailLines` when given. */
  containerLog(containerId: string, options?: { readonly tailLines?: number }): Promise<readonly LogLine[]>;
  /** The termination message file's content, at most 4096 bytes; empty when there is none. */
  terminationMessage(containerId: string): Promise<string>;
  containerStats(containerId: string): Promise<ContainerStats>;
  /** Also of containers that have exited: their layer and their log are still there. */
  listContainerStats(filter?: ContainerFilter): Promise<readonly ContainerStats[]>;
  /** Of sandboxes that are ready. */
  listPodSandboxStats(filter?: PodSandboxFilter): Promise<readonly PodSandboxStats[]>;
  /** Calls `listener` for every event from now on; the return value ends it. */
  subscribe(listener: (event: RuntimeEvent) => void): () => void;
  /**
   * CRI's GetContainerEvents: a stream of what is created, started, stopped and deleted, containers and sandboxes.
   * Resolves once it is open, to what closes it; `onBroken` is called once if it breaks before that.
   */
  getContainerEvents(
    onEvent: (event: ContainerEvent) => void,
    onBroken: (error: RuntimeError) => void,
  ): Promise<() => void>;
}

/** How far a pull has come. */
export interface PullProgress {
  readonly image: string;
  readonly phase:
    | 'resolving'
    | 'copying'
    | 'downloading'
    | 'verifying'
    | 'transpiling'
    | 'uploading'
    /** The registry cannot be reached: what was pulled under that name earlier takes its place. */
    | 'offline'
    | 'done';
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface ImageService {
  /** Resolves to the image's reference (its digest). The error's message is what the pod's status will say. */
  pullImage(image: string, onProgress?: (progress: PullProgress) => void, auth?: AuthConfig): Promise<string>;
  imageStatus(image: string): Promise<Image | null>;
  listImages(): Promise<readonly Image[]>;
  /** Idempotent. */
  removeImage(image: string): Promise<void>;
  imageFsInfo(): Promise<readonly FilesystemUsage[]>;
}

/** The network as the kubelet sees it: how it reaches a pod's address for probes, hooks and port-forward. */
export interface PodNetwork {
  /** What kube-proxy and CoreDNS would bring to this node: the cluster's Services and names, from now on. */
  setServices(services: ServiceNetwork): Promise<void>;
  /** Time-outs are in the runtime's time. DeadlineExceeded, or Unavailable with Go's words (`dial tcp 10.0.0.1:80: connect: connection refused`). */
  httpGet(
    request: {
      readonly scheme: 'HTTP' | 'HTTPS';
      readonly host: string;
      readonly port: number;
      readonly path: string;
      readonly headers: readonly (readonly [string, string])[];
    },
    timeoutSeconds: number,
  ): Promise<{ readonly statusCode: number; readonly body: string }>;
  tcpConnect(host: string, port: number, timeoutSeconds: number): Promise<void>;
  /**
   * grpc.health.v1.Health/Check; resolves to the serving status. Fails with DeadlineExceeded when no gRPC
   * server is reached in time, with Unimplemented or NotFound when it answers so.
   */
  grpcHealthCheck(host: string, port: number, service: string, timeoutSeconds: number): Promise<string>;
}

/**
 * How a runtime shares the engine's virtual time. The engine advances time only when `quiesce` has resolved,
 * and never past `nextDeadlineMs`.
 */
export interface VirtualTime {
  /**
   * Resolves when every guest is blocked and every call in flight waits for virtual time alone. All events
   * and outcomes up to then have been delivered, in an order that the seed decides.
   */
  quiesce(): Promise<void>;
  /** The earliest instant (epoch ms) at which a guest or a call wakes by itself; undefined when none waits. */
  nextDeadlineMs(): number | undefined;
  /** Sets the runtime's clock; wakes what is due. Never goes back. */
  advanceTo(nowMs: number): void;
}

/** Everything one adapter offers. */
export interface Runtime {
  readonly name: 'wasm' | 'docker' | 'fake';
  readonly runtimeService: RuntimeService;
  readonly imageService: ImageService;
  readonly network: PodNetwork;
  /** Null for a runtime that has wall time only. */
  readonly virtualTime: VirtualTime | null;
  /** Has it die as by a fault of its own; left out where that cannot be done. */
  readonly crash?: () => void;
  /** Ends everything that this adapter started and frees what it holds. */
  close(): Promise<void>;
}

/** How the runtime answers: as it should, not at all (its socket is gone), or never. */
export type RuntimeHealth = 'up' | 'down' | 'hanging';

/** A call that can be made to fail once. */
export type FailingCall =
  | 'pullImage'
  | 'runPodSandbox'
  | 'createContainer'
  | 'startContainer'
  | 'stopContainer'
  | 'removeContainer'
  | 'execSync'
  | 'removeImage';

export interface RuntimeFaults {
  /** Until it is set again. `hanging`: calls end with DeadlineExceeded after two minutes. */
  setHealth(health: RuntimeHealth): void;
  /** Until it is set again: the runtime says that its network plugin does not work; pods that have a sandbox keep it. */
  setNetworkReady(ready: boolean): void;
  /** Until it is set again: calls of this kind end with DeadlineExceeded after two minutes. */
  setHanging(call: string, hanging: boolean): void;
  /** The next call of this kind fails so; several wait in line. */
  failNext(call: FailingCall, error: RuntimeError): void;
  /** Ends a container behind the kubelet's back, as the node's own tools would: SIGKILL. */
  killContainer(containerId: string): Promise<void>;
  /** Takes a container's record away behind the kubelet's back. */
  removeContainer(containerId: string): Promise<void>;
  /** The runtime dies, and all that it runs with it. FailedPrecondition where that cannot be done. */
  crashRuntime(): Promise<void>;
  /** Ends a sandbox, and all that runs in it, behind the kubelet's back. */
  stopSandbox(sandboxId: string): Promise<void>;
}

export interface FaultyRuntime extends Runtime {
  readonly faults: RuntimeFaults;
}
