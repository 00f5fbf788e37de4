/** The plan while it is being made: the lists of PodActions, open for writing inside this folder only. */
import type { ContainerToKill, ContainerToReset, ContainerToUpdate } from './types.ts';

export interface Plan {
  killPod: boolean;
  createSandbox: boolean;
  readonly sandboxId: string;
  readonly attempt: number;
  initContainersToStart: number[];
  containersToStart: number[];
  ephemeralContainersToStart: number[];
  containersToKill: ContainerToKill[];
  containersToReset: ContainerToReset[];
  containersToUpdate: ContainerToUpdate[];
}
