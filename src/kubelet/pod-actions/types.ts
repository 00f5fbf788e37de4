/** What one sync of a pod must do: the plan that machines then carry out. */
import type { LinuxContainerResources } from '../../api/cri.ts';

/** Why one container is killed (kuberuntime containerKillReason); empty: its definition changed. */
export type KillReason =
  | ''
  | 'StartupProbe'
  | 'LivenessProbe'
  | 'FailedPostStartHook'
  | 'RestartAllContainers'
  | 'Unknown';

export interface ContainerToKill {
  readonly id: string;
  readonly name: string;
  /** The text of the Killing event. */
  readonly message: string;
  readonly reason: KillReason;
}

/** A running container whose limits are to change. */
export interface ContainerToUpdate {
  readonly id: string;
  readonly name: string;
  readonly before: LinuxContainerResources;
  readonly resources: LinuxContainerResources;
}

/** A record to remove for RestartAllContainers; its logs stay. */
export interface ContainerToReset {
  readonly id: string;
  readonly name: string;
  /** It still runs, so it is killed first (grace 0, floored to 2 s). */
  readonly kill: boolean;
}

/**
 * kuberuntime podActions. Indices point into the spec's lists, in the order of starting. `killPod` with
 * `createSandbox` means: stop everything, then make a new sandbox.
 */
export interface PodActions {
  readonly killPod: boolean;
  readonly createSandbox: boolean;
  /** The sandbox to go on with; with `createSandbox` the old one, if there is one; else empty. */
  readonly sandboxId: string;
  /** The number of the next sandbox; when nothing changed, the newest one's. */
  readonly attempt: number;
  readonly initContainersToStart: readonly number[];
  readonly containersToStart: readonly number[];
  readonly ephemeralContainersToStart: readonly number[];
  readonly containersToKill: readonly ContainerToKill[];
  readonly containersToReset: readonly ContainerToReset[];
  readonly containersToUpdate: readonly ContainerToUpdate[];
}
