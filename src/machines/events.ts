/** The closed list of events that enter the core: one event, one turn, one step. */
import type {
  ContainerEvent,
  ContainerStatus,
  ExecSyncResponse,
  Image,
  PodSandboxStatus,
  RuntimeCondition,
  RuntimeVersion,
} from '../api/cri.ts';
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import type { MeasuredStats } from '../api/stats.ts';
import type { KubeObject, Pod } from '../api/types.ts';
import type { EffectId, EffectType, Owner, ProjectingPlugin } from './effects.ts';

/** What a performed effect brought back. Where CRI returns only an id, the shell reads the status back. */
export type EffectResult =
  | { readonly type: 'done' }
  | {
      readonly type: 'podsAndContainers';
      readonly sandboxes: readonly PodSandboxStatus[];
      readonly containers: readonly ContainerStatus[];
    }
  | { readonly type: 'runtimeStatus'; readonly runtime: RuntimeCondition; readonly network: RuntimeCondition }
  | { readonly type: 'runtimeVersion'; readonly version: RuntimeVersion }
  | { readonly type: 'sandbox'; readonly status: PodSandboxStatus }
  | { readonly type: 'container'; readonly status: ContainerStatus }
  | { readonly type: 'exec'; readonly response: ExecSyncResponse }
  /** `image` is null when the store does not have it; `tookMs` is in the engine's time. */
  | { readonly type: 'image'; readonly image: Image | null; readonly tookMs: number }
  /** `SERVING`, `NOT_SERVING`, `UNKNOWN`, `SERVICE_UNKNOWN` (grpc.health.v1). */
  | { readonly type: 'grpc'; readonly servingStatus: string }
  | { readonly type: 'http'; readonly statusCode: number; readonly body: string }
  | { readonly type: 'mounted'; readonly hostPath: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'images'; readonly images: readonly Image[]; readonly inUse: readonly string[] }
  | { readonly type: 'sizes'; readonly sizes: readonly (number | undefined)[] }
  | { readonly type: 'entries'; readonly entries: readonly NodeEntry[] }
  | { readonly type: 'podVolumes'; readonly volumes: readonly PodVolume[] }
  | { readonly type: 'stats'; readonly measured: MeasuredStats }
  | { readonly type: 'token'; readonly token: string; readonly expiresAtMs: number }
  | { readonly type: 'files'; readonly files: readonly NodeFile[] }
  /** As it is stored now. */
  | { readonly type: 'object'; readonly object: KubeObject };

/** A volume as it lies in its pod's directory. */
export interface PodVolume {
  readonly podUid: string;
  readonly plugin: 'kubernetes.io/empty-dir' | ProjectingPlugin;
  readonly name: string;
}

/** A file of the node and its text. */
export interface NodeFile {
  readonly name: string;
  readonly text: string;
}

/** What lies in a directory of the node. */
export interface NodeEntry {
  readonly name: string;
  readonly kind: 'directory' | 'file' | 'link';
  /** Of a link: what it points to is not there. */
  readonly dangling: boolean;
}

/** An expected failure of an effect, in the words of whoever failed. */
export interface EffectError {
  /** gRPC's code names, as CRI uses them. */
  readonly code:
    | 'NotFound'
    | 'AlreadyExists'
    | 'Conflict'
    | 'DeadlineExceeded'
    | 'Unavailable'
    | 'InvalidArgument'
    | 'Unimplemented'
    | 'FailedPrecondition'
    | 'Unknown';
  /** A waiting reason that the failure itself decides, for example `RegistryUnavailable`, `CreateContainerError`. */
  readonly reason?: string;
  readonly message: string;
}

/** A word of the runtime that did not come from asking. */
export type RuntimeNotice =
  /** From the stream that the evented PLEG asked for (CRI GetContainerEvents). */
  | { readonly type: 'ContainerEvent'; readonly event: ContainerEvent }
  /** That stream has ended. */
  | { readonly type: 'ContainerEventsBroken'; readonly error: EffectError }
  | {
      readonly type: 'ContainerSignalled';
      readonly containerId: string;
      readonly podUid: string;
      readonly signal: string;
    }
  | {
      readonly type: 'ContainerExited';
      readonly containerId: string;
      readonly podUid: string;
      readonly exitCode: number;
      readonly reason: string;
    }
  /** The runtime has died, and all that it ran with it; another has taken its place. */
  | { readonly type: 'RuntimeDied'; readonly message: string }
  /** From the kernel's log: the node was out of memory. */
  | {
      readonly type: 'SystemOom';
      readonly containerId: string;
      readonly podUid: string;
      readonly processName: string;
      readonly pid: number;
    };

export type KubeletEventBody =
  // Config sources (kubetypes.PodUpdate): the API server's list, once when the kubelet starts, then its watch.
  | { readonly type: 'PodsListed'; readonly source: 'api'; readonly pods: readonly Pod[] }
  | { readonly type: 'PodAdded'; readonly source: 'api'; readonly pod: Pod }
  | { readonly type: 'PodUpdated'; readonly source: 'api'; readonly pod: Pod }
  | { readonly type: 'PodRemoved'; readonly source: 'api'; readonly pod: Pod }
  // The kubelet's informers: objects that pods refer to, and its own Node (see `WATCHED_KINDS`).
  | { readonly type: 'ObjectChanged'; readonly object: KubeObject }
  | { readonly type: 'ObjectRemoved'; readonly object: KubeObject }
  // The node's files: somebody else than the kubelet wrote or removed this one (inotify).
  | { readonly type: 'NodeFileChanged'; readonly path: string }
  // systemd-logind's PrepareForShutdown: the machine is about to go down, or stays up after all.
  | { readonly type: 'NodeShutdownRequested' }
  | { readonly type: 'NodeShutdownCancelled' }
  // The loop's own clock: sent once when the engine starts the kubelet; it then keeps its own timers.
  | {
      readonly type: 'KubeletStarted';
      /** Read from its file anew; without it the configuration is the one before. */
      readonly config?: KubeletConfiguration;
      readonly nodeName: string;
      readonly hostIP: string;
      readonly seed: number;
      /** What the informers list first; none when there is no API server. */
      readonly objects?: readonly KubeObject[];
    }
  // The process ends, as by `systemctl stop kubelet`: containers go on without it.
  | { readonly type: 'KubeletStopped' }
  | { readonly type: 'TimerFired'; readonly timerId: string; readonly owner: Owner }
  // Outcomes.
  | {
      readonly type: 'EffectSucceeded';
      readonly effectId: EffectId;
      readonly effectType: EffectType;
      readonly owner: Owner;
      readonly result: EffectResult;
    }
  | {
      readonly type: 'EffectFailed';
      readonly effectId: EffectId;
      readonly effectType: EffectType;
      readonly owner: Owner;
      readonly error: EffectError;
    }
  | { readonly type: 'RuntimeNoticed'; readonly notice: RuntimeNotice };

/** An event with the instant (epoch milliseconds, the engine's clock) at which it entered. */
export type KubeletEvent = KubeletEventBody & { readonly atMs: number };
