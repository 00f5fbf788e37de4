/** compute-pod-actions.json: the plan of one sync, and whether a new sandbox is needed. */
import type { ContainerStatus } from '../../../src/api/cri.ts';
import type { Pod } from '../../../src/api/types.ts';
import { containerSpecHash } from '../../../src/kubelet/container-hash.ts';
import { computePodActions } from '../../../src/kubelet/pod-actions/compute-pod-actions.ts';
import { podSandboxChanged } from '../../../src/kubelet/pod-actions/sandbox-changed.ts';
import type { ProbeResult } from '../../../src/kubelet/probes/results.ts';
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
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly specHash: 'match' | 'mismatch' | 'none';
  readonly exitCode?: number;
}

interface ShortSandbox {
  readonly id?: string;
  readonly state: 'ready' | 'notready';
  readonly attempt: number;
  readonly ip?: string;
  readonly networkNamespace?: string;
}

interface SyncInput {
  readonly pod: {
    readonly restartPolicy: 'Always' | 'OnFailure' | 'Never' | null;
    readonly initContainers: readonly ShortContainer[];
    readonly containers: readonly ShortContainer[];
    readonly ephemeralContainers: readonly ShortContainer[];
  };
  readonly sandboxes: readonly ShortSandbox[];
  readonly containerStatuses: readonly ShortRecord[];
  readonly activeContainerStatuses: 'same' | null | readonly ShortRecord[];
  readonly probeResults: Readonly<Record<'liveness' | 'startup', Readonly<Record<string, ProbeResult>>>>;
  readonly restartAllContainers?: boolean;
}

/** `networkNamespace: POD` is the CRI's word for a sandbox that has a network of its own. */
export function shortSandbox(short: ShortSandbox, hostNetwork: boolean) {
  return sandbox({
    id: short.id ?? 'sandboxID',
    attempt: short.attempt,
    state: short.state === 'ready' ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
    ip: short.ip ?? '10.0.0.1',
    hostNetwork: short.networkNamespace === 'POD' ? false : hostNetwork,
  });
}

function records(input: SyncInput, desired: Pod): ContainerStatus[] {
  const { spec } = desired;
  const all = [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  const active = input.activeContainerStatuses;
  return input.containerStatuses.map((short) => {
    const isActive = active === 'same' || (active ?? []).some((other) => other.id === short.id);
    const definition = all.find((candidate) => candidate.name === short.name);
    const hash = short.specHash === 'match' && definition ? containerSpecHash(definition) : 'other';
    return record(short.name, {
      id: short.id,
      state: containerState(short.state),
      exitCode: short.exitCode ?? 0,
      hash,
      podSandboxId: isActive ? (input.sandboxes[0]?.id ?? '') : 'an-older-sandbox',
    });
  });
}

function sync({ input }: VectorCase<SyncInput, Record<string, unknown>>) {
  const desired = pod({
    ...(input.pod.restartPolicy ? { restartPolicy: input.pod.restartPolicy } : {}),
    initContainers: input.pod.initContainers.map(container),
    containers: input.pod.containers.map(container),
    ephemeralContainers: input.pod.ephemeralContainers.map(container),
  });
  const actions = computePodActions({
    pod: desired,
    runtimePod: {
      podUid: desired.metadata.uid,
      sandboxes: input.sandboxes.map((short) => shortSandbox(short, false)),
      containers: records(input, desired),
    },
    probeResults: { readiness: {}, ...input.probeResults },
    restartAllContainers: input.restartAllContainers ?? false,
  });
  // Limits are told in vectors of their own kind: these records have none.
  const { containersToUpdate: _none, ...rest } = actions;
  return {
    ...rest,
    containersToKill: actions.containersToKill.map(({ id, name, reason }) => ({ id, name, reason })),
    // The list is told only where the gate is on.
    containersToReset: input.restartAllContainers === undefined ? undefined : actions.containersToReset,
  };
}

interface SandboxInput {
  readonly hostNetwork: boolean;
  readonly sandboxes: readonly ShortSandbox[];
}

function sandboxChanged({ input }: VectorCase<SandboxInput>) {
  const { changed, attempt, sandboxId } = podSandboxChanged(pod({ hostNetwork: input.hostNetwork }), {
    podUid: 'uid-1',
    sandboxes: input.sandboxes.map((short) => shortSandbox(short, input.hostNetwork)),
    containers: [],
  });
  return { changed, attempt, sandboxId };
}

export default { groups: { '': sync, sandboxChanged } } satisfies VectorAdapter;
