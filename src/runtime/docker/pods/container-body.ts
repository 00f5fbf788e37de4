/** A container as the Engine is asked for it, as cri-dockerd asks (core/container_create.go, core/security_context.go). */
import type { ContainerConfig, LinuxContainerResources } from '../../../api/cri.ts';
import type { LinuxContainerSecurityContext } from '../../../api/cri-security.ts';
import type { CreateContainer, EngineMount, EngineResources } from '../engine/types.ts';
import { LABEL_CONFIG, LABEL_LOG_PATH, LABEL_SANDBOX_ID, labelsOf } from './labels.ts';
import { type Noted, writeNoted } from './noted.ts';
import { privileges } from './privileges.ts';
import type { Surroundings } from './sandbox-body.ts';

/** The Engine's own copy of the log: podstep reads it as it grows, and the kubelet rotates podstep's. */
const LOG_CONFIG = { Type: 'json-file', Config: { 'max-size': '64m', 'max-file': '2' } } as const;

/** What the mapping needs of the sandbox and of the node's files. */
export interface ContainerSurroundings extends Surroundings {
  readonly sandboxId: string;
  readonly sharedProcessNamespace: boolean;
  /** Absolute. */
  readonly logPath: string;
  /** The pod's volumes and the files that podstep lays over the image's. */
  readonly mounts: readonly EngineMount[];
  readonly noted: Noted;
}

/** The body of the container's creation. */
export function containerBody(config: ContainerConfig, around: ContainerSurroundings): CreateContainer {
  const { command, args, envs, workingDir, imageRef, securityContext, stopSignal } = config;
  const member = `container:${around.sandboxId}`;
  return {
    Image: imageRef,
    // An entrypoint of its own has the Engine forget the image's arguments, as CRI wants it.
    ...(command.length === 0 ? {} : { Entrypoint: command }),
    ...(args.length === 0 ? {} : { Cmd: args }),
    Env: envs.map(({ key, value }) => `${key}=${value}`),
    ...(workingDir === '' ? {} : { WorkingDir: workingDir }),
    ...userOf(securityContext),
    Labels: labelsOf(around.owner, 'container', config, {
      [LABEL_SANDBOX_ID]: around.sandboxId,
      [LABEL_LOG_PATH]: around.logPath,
      [LABEL_CONFIG]: writeNoted(around.noted),
    }),
    OpenStdin: config.stdin,
    StdinOnce: config.stdinOnce,
    Tty: config.tty,
    ...(stopSignal === undefined ? {} : { StopSignal: stopSignal }),
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      NetworkMode: member,
      IpcMode: member,
      ...pidMode(securityContext, around),
      CgroupParent: around.cgroupParent,
      ...engineResources(config.resources),
      OomScoreAdj: Math.max(config.resources.oomScoreAdj, around.leastOomScoreAdj),
      Privileged: securityContext.privileged,
      ReadonlyRootfs: securityContext.readonlyRootfs,
      GroupAdd: (securityContext.supplementalGroups ?? []).map(String),
      ...privileges(securityContext),
      RestartPolicy: { Name: 'no' },
      LogConfig: LOG_CONFIG,
      Mounts: around.mounts,
    },
  };
}

/** A group alone says nothing without a user: the kubelet refuses it before. */
function userOf({ runAsUser, runAsGroup }: LinuxContainerSecurityContext): { readonly User?: string } {
  if (runAsUser === undefined) return {};
  return { User: runAsGroup === undefined ? String(runAsUser) : `${runAsUser}:${runAsGroup}` };
}

function pidMode(
  { pidNamespace = { mode: 'CONTAINER' } }: LinuxContainerSecurityContext,
  { sandboxId, sharedProcessNamespace }: ContainerSurroundings,
): { readonly PidMode?: string } {
  if (pidNamespace.mode === 'TARGET') return { PidMode: `container:${pidNamespace.targetId}` };
  return pidNamespace.mode === 'POD' || sharedProcessNamespace ? { PidMode: `container:${sandboxId}` } : {};
}

/** Memory is memory and swap: a pod has no swap. What is 0 has no bound. */
export function engineResources(resources: LinuxContainerResources): EngineResources {
  const { memoryLimitBytes, cpuShares, cpuQuota, cpuPeriod, cpusetCpus } = resources;
  return {
    Memory: memoryLimitBytes,
    MemorySwap: memoryLimitBytes,
    CpuShares: cpuShares,
    CpuQuota: cpuQuota,
    CpuPeriod: cpuPeriod,
    ...(cpusetCpus === undefined ? {} : { CpusetCpus: cpusetCpus }),
  };
}

/** The same for one that is there: the Engine takes 0 for "as it is", so no bound is -1. */
export function changedResources(resources: LinuxContainerResources): EngineResources {
  const { Memory: memory = 0, CpuQuota: quota = 0, ...rest } = engineResources(resources);
  const noBound = memory === 0;
  return {
    ...rest,
    Memory: noBound ? -1 : memory,
    MemorySwap: noBound ? -1 : memory,
    CpuQuota: quota === 0 ? -1 : quota,
  };
}
