/** What a pod worker remembers: the pod as it is wanted, and the sync under way as a list of tasks. */
import type { LinuxContainerResources, LinuxPodResources, PodSandboxStatus } from '../../api/cri.ts';
import type { Pod } from '../../api/types.ts';
import type { EffectId } from '../../machines/effects.ts';
import type { SyncError as RequeueError } from '../backoff/requeue.ts';
import type { ImageDecision } from '../images/image-manager.ts';
import type { ContainerToKill, ContainerToUpdate, KillReason } from '../pod-actions/types.ts';
import type { RuntimePod } from '../runtime-pod.ts';
import type { PodEnding } from '../status/ending.ts';

export type ContainerKind = 'init' | 'regular' | 'ephemeral';

/** One step of starting a container (kuberuntime_container.go startContainer), in this order. */
export type StartStep = 'backOff' | 'image' | 'environment' | 'create' | 'start' | 'postStart';

/** One piece of a sync. A task is done at once, or asks for an effect and waits for what comes of it. */
export type Task =
  | { readonly type: 'generateStatus' }
  | { readonly type: 'reconcileMirrorPod' }
  | { readonly type: 'makePodDirectories' }
  | { readonly type: 'waitForVolumes' }
  | { readonly type: 'computePodActions' }
  | { readonly type: 'killContainer'; readonly container: ContainerToKill }
  /** Kills every running container of the pod at the same time. */
  | { readonly type: 'killPod' }
  | { readonly type: 'stopPodSandbox'; readonly sandboxId: string }
  | {
      readonly type: 'removeContainer';
      readonly containerId: string;
      readonly name: string;
      /** The log stays when all containers restart in place; otherwise it goes with the record. */
      readonly keepsLog: boolean;
    }
  | { readonly type: 'pullImageVolumes'; readonly volumes: readonly string[] }
  | { readonly type: 'createSandbox'; readonly attempt: number }
  | {
      readonly type: 'startContainer';
      readonly step: StartStep;
      readonly name: string;
      readonly kind: ContainerKind;
    }
  // A resize in place.
  | { readonly type: 'checkMemory'; readonly containers: readonly ContainerToUpdate[] }
  | { readonly type: 'resizePod'; readonly resources: LinuxPodResources }
  | {
      readonly type: 'resizeContainer';
      readonly name: string;
      readonly containerId: string;
      readonly resources: LinuxContainerResources;
    }
  // Terminating and terminated.
  | { readonly type: 'readPodStatus' }
  | { readonly type: 'unmountVolumes' }
  | { readonly type: 'removeProbes' };

/** What the task under way waits for. */
export type Wait =
  | { readonly for: 'effect'; readonly effectId: EffectId }
  | { readonly for: 'volumes' | 'unmounts' | 'messages' }
  | { readonly for: 'image'; readonly name: string }
  /** A postStart hook; a sleep has no effect of its own. */
  | { readonly for: 'hook'; readonly name: string; readonly effectId?: EffectId }
  | { readonly for: 'kills'; readonly names: readonly string[] };

/** Why a sync did not do all that it should have; a back-off knows when it is over. */
export type SyncError = RequeueError & {
  readonly reason: string;
  readonly message: string;
  /** What of the runtime failed, and on what, where it was the runtime (kubecontainer.SyncResult). */
  readonly action?: 'StartContainer' | 'KillContainer' | 'CreatePodSandbox' | 'KillPodSandbox';
  readonly target?: string;
};

/** A sync under way. */
export interface Sync {
  /** The task under way when `wait` is set; it is no longer among `tasks`. */
  readonly task?: Task;
  readonly tasks: readonly Task[];
  readonly wait?: Wait;
  readonly errors: readonly SyncError[];
  /** By volume: why its image is not there. */
  readonly imageVolumeFailures?: Readonly<Record<string, Extract<ImageDecision, { type: 'failed' }>>>;
  /** The sandbox that this sync starts containers in. */
  readonly sandbox?: PodSandboxStatus;
  /** The pod's containers have all ended for good. */
  readonly terminal: boolean;
  /** The files that the environment of the container at hand is read from; null when one could not be read. */
  readonly envFiles?: Readonly<Record<string, string | null>>;
}

/** A container being killed: its hook, its turn, its stop. */
export interface Kill {
  readonly containerId: string;
  readonly name: string;
  readonly reason: KillReason;
  readonly graceSeconds: number;
  readonly begunMs: number;
  /** The preStop hook under way; a sleep has no effect of its own. */
  readonly hookEffect?: EffectId;
  /** What the preStop hook took; undefined while it runs. */
  readonly hookMs?: number;
  /** Since when it waits for its turn; undefined when it did not wait. */
  readonly waitedFromMs?: number;
  /** Its turn to be stopped comes after these have ended. */
  readonly after: readonly string[];
}

export interface PodWorker {
  readonly podUid: string;
  /** Its machine's, made once: every second it is asked of every worker where its machine stands. */
  readonly key: string;
  /** The pod as the sync under way, or the last one, got it: what the rest of the kubelet reconciles towards. */
  readonly pod: Pod;
  /** When the last sync ended; -1 before the first. */
  readonly lastSyncMs: number;
  /** PLEG's cache as it was when the last sync began: plan and status are made from it. */
  readonly runtimePod: RuntimePod;
  readonly sync?: Sync;
  readonly kills: Readonly<Record<string, Kill>>;
  /** By container: the number of its newest log file, which outlives a record that others removed. */
  readonly logs: Readonly<Record<string, number>>;
  /** The pod's directories exist. */
  readonly directoriesMade: boolean;
  /** The bounds of the pod as a whole, as they were last set; undefined: by an earlier kubelet, or not yet. */
  readonly podResources?: LinuxPodResources;
  /** What its status says when the kubelet itself ended it (killPodNow). */
  readonly ending?: PodEnding;
  /** Until when whoever ended it waits for that; epoch milliseconds. */
  readonly killDeadlineMs?: number;
}
