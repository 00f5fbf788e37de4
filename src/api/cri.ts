/**
 * The data of the Container Runtime Interface (k8s.io/cri-api runtime/v1 api.proto), the messages
 * between kubelet and runtime. Names are the proto's; times are epoch milliseconds, sizes are bytes.
 */
import type { LinuxContainerSecurityContext } from './cri-security.ts';
import type { QosClass } from './types.ts';

export interface PodSandboxMetadata {
  readonly name: string;
  readonly uid: string;
  readonly namespace: string;
  readonly attempt: number;
}

export interface PortMapping {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly containerPort: number;
  readonly hostPort?: number;
  readonly hostIP?: string;
}

export interface PodSandboxConfig {
  readonly metadata: PodSandboxMetadata;
  readonly hostname: string;
  readonly logDirectory: string;
  readonly portMappings: readonly PortMapping[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hostNetwork: boolean;
  readonly sharedProcessNamespace: boolean;
  /** Left out: no bounds. */
  readonly resources?: LinuxPodResources;
  /** For `/etc/hosts`, which CRI leaves to the kubelet; here the runtime writes it. */
  readonly hostAliases?: readonly HostAlias[];
  /** The pod's names in its `/etc/hosts`, the full one first; its host name when left out. */
  readonly hostNames?: readonly string[];
  readonly dnsConfig?: DnsConfig;
  /** Kernel parameters of the sandbox's namespaces (LinuxPodSandboxConfig.sysctls). */
  readonly sysctls?: Readonly<Record<string, string>>;
}

/** What goes into `/etc/resolv.conf`. */
export interface DnsConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

export interface HostAlias {
  readonly ip: string;
  readonly hostnames: readonly string[];
}

export type PodSandboxState = 'SANDBOX_READY' | 'SANDBOX_NOTREADY';

export interface PodSandboxStatus {
  readonly id: string;
  readonly metadata: PodSandboxMetadata;
  readonly state: PodSandboxState;
  readonly createdAtMs: number;
  /** Empty until the sandbox's network is up, or with the host's network. */
  readonly ip: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hostNetwork: boolean;
}

export interface ContainerMetadata {
  readonly name: string;
  /** The restart count. */
  readonly attempt: number;
}

export interface Mount {
  readonly containerPath: string;
  /** Empty where an image is mounted. */
  readonly hostPath: string;
  /** The reference of the image whose files are mounted, and the path in it that is shown. */
  readonly image?: string;
  readonly imageSubPath?: string;
  readonly readonly: boolean;
  /** The most that it may hold: it stands for a file system in memory. CRI sees a mounted tmpfs instead. */
  readonly sizeBytes?: number;
  /**
   * Below `hostPath`, which is the volume's then. CRI leaves this to the kubelet; here it is the runtime's,
   * which alone can keep its guests still while it looks where symlinks lead.
   */
  readonly subPath?: {
    readonly path: string;
    readonly volumeName: string;
    /** Where a file is held on to: the container keeps this one, whatever the volume's name leads to later. */
    readonly bindPath: string;
  };
}

export interface LinuxContainerResources {
  /** 0: no limit. */
  readonly memoryLimitBytes: number;
  readonly cpuShares: number;
  /** 0: no quota. */
  readonly cpuQuota: number;
  readonly cpuPeriod: number;
  readonly oomScoreAdj: number;
  /** The CPUs it may run on, such as `0-3,8`; left out: all of them. */
  readonly cpusetCpus?: string;
  /** Files of its cgroup (v2) by name; `memory.oom.group` 1: with one process that is out of memory all are killed. */
  readonly unified?: Readonly<Record<string, string>>;
}

/** The pod's own group around those of its containers, which the real kubelet makes without the runtime. */
export interface LinuxPodResources {
  /** 0: no limit. */
  readonly memoryLimitBytes: number;
  readonly cpuShares: number;
  /** 0: no quota. */
  readonly cpuQuota: number;
  readonly cpuPeriod: number;
  /** Processes that the whole pod may have, the sandbox's own among them; left out: no limit. */
  readonly pidsLimit?: number;
  /** Whose group lies around the pod's; left out: none does, as with a Guaranteed pod. */
  readonly qosClass?: QosClass;
}

export interface ContainerConfig {
  readonly metadata: ContainerMetadata;
  /** The image as the pod names it, and the reference (digest) that the pull or the look-up gave. */
  readonly image: string;
  readonly imageRef: string;
  /** Replaces the image's entrypoint; empty: the image's own. */
  readonly command: readonly string[];
  /** Replaces the image's arguments; when empty and `command` is empty too: the image's own. */
  readonly args: readonly string[];
  readonly workingDir: string;
  readonly envs: readonly { readonly key: string; readonly value: string }[];
  readonly mounts: readonly Mount[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Relative to the sandbox's log directory. */
  readonly logPath: string;
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
  readonly tty: boolean;
  readonly resources: LinuxContainerResources;
  readonly securityContext: LinuxContainerSecurityContext;
  /** Overrides the image's stop signal, for example `SIGUSR1`. */
  readonly stopSignal?: string;
}

export type ContainerState =
  | 'CONTAINER_CREATED'
  | 'CONTAINER_RUNNING'
  | 'CONTAINER_EXITED'
  | 'CONTAINER_UNKNOWN';

export interface ContainerStatus {
  readonly id: string;
  readonly podSandboxId: string;
  readonly metadata: ContainerMetadata;
  readonly state: ContainerState;
  readonly createdAtMs: number;
  /** 0 while it has not started. */
  readonly startedAtMs: number;
  /** 0 while it has not finished. */
  readonly finishedAtMs: number;
  readonly exitCode: number;
  /** A name of the image in full: `docker.io/library/nginx:1.29`. */
  readonly image: string;
  /** By its digest: `docker.io/library/nginx@sha256:...`. */
  readonly imageRef: string;
  /** The image's own id, where that is not its reference. */
  readonly imageId?: string;
  /** CamelCase word on why it is in its state: `Completed`, `Error`, `OOMKilled`, `ContainerCannotRun`. */
  readonly reason: string;
  readonly message: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly logPath: string;
  /** What its group has now; a runtime need not say it of one that has ended. */
  readonly resources?: LinuxContainerResources;
  /** Left out by a runtime that does not say. */
  readonly user?: ContainerUser;
}

/** Who process 1 of a container is. */
export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  /** The primary group among them, as runtimes list it. */
  readonly supplementalGroups: readonly number[];
}

/** cpu.stat of a cgroup: nr_periods, nr_throttled, throttled_usec. */
export interface CpuThrottling {
  readonly periods: number;
  readonly throttledPeriods: number;
  readonly throttledMicroseconds: number;
}

export interface ContainerStats {
  readonly id: string;
  readonly atMs: number;
  readonly cpuUsageNanoCores: number;
  readonly cpuUsageCoreNanoSeconds: number;
  /** What its CPU quota has cost it; CRI tells it as metrics (container_cpu_cfs_...). Left out by a runtime that does not say. */
  readonly cpuThrottling?: CpuThrottling;
  readonly memoryWorkingSetBytes: number;
  readonly writableLayerBytes: number;
  readonly writableLayerInodes: number;
  readonly logBytes: number;
  /** What CRI gives for the sandbox alone (`ProcessUsage`). */
  readonly processCount: number;
}

/** What a sandbox has used as a whole; of CRI's PodSandboxStats what its containers' own figures do not say. */
export interface PodSandboxStats {
  readonly id: string;
  readonly atMs: number;
  /** LinuxPodSandboxStats.memory: of its containers, and of its files in memory. Left out by a runtime that does not say. */
  readonly memoryWorkingSetBytes?: number;
  /** LinuxPodSandboxStats.network.default_interface, since the sandbox began: payload alone, no headers. */
  readonly network: { readonly name: string; readonly rxBytes: number; readonly txBytes: number };
}

export interface ExecSyncResponse {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface Image {
  /** The content digest, `sha256:...`. */
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly sizeBytes: number;
  readonly pinned: boolean;
  /** The user that the image names, by number or by name (CRI: uid, username); root when it names none. */
  readonly user?: string;
  /** True for the programs that podstep ships in place of a well-known image. */
  readonly standIn: boolean;
}

/** What a registry wants to know before it gives an image. */
export interface AuthConfig {
  readonly username: string;
  readonly password: string;
  /** A refresh token, which a token server takes in place of the two. */
  readonly identityToken?: string;
  /** A bearer token, shown to the registry as it is. */
  readonly registryToken?: string;
}

export interface FilesystemUsage {
  readonly atMs: number;
  readonly mountpoint: string;
  readonly usedBytes: number;
  readonly inodesUsed: number;
}

/** Labels and annotations with which a kubelet finds its own again: pkg/kubelet/types/labels.go, kuberuntime/labels.go. */
export const LABEL = {
  podName: 'io.kubernetes.pod.name',
  podNamespace: 'io.kubernetes.pod.namespace',
  podUid: 'io.kubernetes.pod.uid',
  containerName: 'io.kubernetes.container.name',
} as const;

export const ANNOTATION = {
  containerHash: 'io.kubernetes.container.hash',
  containerRestartCount: 'io.kubernetes.container.restartCount',
  terminationMessagePath: 'io.kubernetes.container.terminationMessagePath',
  terminationMessagePolicy: 'io.kubernetes.container.terminationMessagePolicy',
  /** The container's ports as JSON, where it has any. */
  containerPorts: 'io.kubernetes.container.ports',
  /** The preStop hook as JSON: a kubelet that lost the pod still runs it. */
  preStopHandler: 'io.kubernetes.container.preStopHandler',
  podDeletionGracePeriod: 'io.kubernetes.pod.deletionGracePeriod',
  podTerminationGracePeriod: 'io.kubernetes.pod.terminationGracePeriod',
} as const;

/** CRI RuntimeCondition: `RuntimeReady` or `NetworkReady`. */
export interface RuntimeCondition {
  readonly ready: boolean;
  /** A word for why not; empty when ready. */
  readonly reason: string;
  readonly message: string;
}

export const READY: RuntimeCondition = { ready: true, reason: '', message: '' };

/** CRI ContainerEventType. */
export type ContainerEventType =
  | 'CONTAINER_CREATED_EVENT'
  | 'CONTAINER_STARTED_EVENT'
  | 'CONTAINER_STOPPED_EVENT'
  | 'CONTAINER_DELETED_EVENT';

/** CRI ContainerEventResponse: what became of a container or a sandbox, and how its sandbox stood right then. */
export interface ContainerEvent {
  /** The container's id, or the sandbox's own. */
  readonly containerId: string;
  readonly type: ContainerEventType;
  readonly createdAtMs: number;
  readonly podSandboxStatus: PodSandboxStatus;
  /** Every container of the sandbox. */
  readonly containersStatuses: readonly ContainerStatus[];
}

/** CRI VersionResponse. */
export interface RuntimeVersion {
  readonly runtimeName: string;
  readonly runtimeVersion: string;
  readonly runtimeApiVersion: string;
}
