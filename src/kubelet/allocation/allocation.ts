/**
 * What the kubelet has promised a pod, which may be less, or more, than what its spec asks for by now: a resize
 * is wanted in the spec, then allocated, then carried out (pkg/kubelet/allocation/allocation_manager.go).
 */
import type { Container, Pod, PodSpec } from '../../api/types.ts';
import { sameData } from '../../lib/same-data.ts';
import { isSidecar } from '../pod-actions/restart-policy.ts';

type Resources = Container['resources'];

/** The resources of one pod, as it was admitted or last resized (state.PodResourceInfo). */
export interface Allocation {
  readonly podLevel?: Resources;
  /** By name: the containers that can be resized, which are all but plain init containers. */
  readonly containers: Readonly<Record<string, Resources>>;
}

function resizable({ containers, initContainers = [] }: PodSpec): readonly Container[] {
  return [...initContainers.filter(isSidecar), ...containers];
}

export function allocationOf({ spec }: Pod): Allocation {
  const containers = Object.fromEntries(resizable(spec).map(({ name, resources }) => [name, resources]));
  return { ...(spec.resources === undefined ? {} : { podLevel: spec.resources }), containers };
}

/** The pod with what it was promised in place of what it asks for (UpdatePodFromAllocation); itself when that is the same. */
export function withAllocation(pod: Pod, allocation: Allocation | undefined): Pod {
  if (allocation === undefined || sameData(allocation, allocationOf(pod))) return pod;
  const { spec } = pod;
  const promised = (container: Container): Container => {
    if (!Object.hasOwn(allocation.containers, container.name)) return container;
    const { resources: _wanted, ...rest } = container;
    const resources = allocation.containers[container.name];
    return resources === undefined ? rest : { ...rest, resources };
  };
  const { resources: _podLevel, ...rest } = spec;
  return {
    ...pod,
    spec: {
      ...rest,
      ...(allocation.podLevel === undefined ? {} : { resources: allocation.podLevel }),
      containers: spec.containers.map(promised),
      ...(spec.initContainers === undefined
        ? {}
        : { initContainers: spec.initContainers.map((one) => (isSidecar(one) ? promised(one) : one)) }),
    },
  };
}

/**
 * What an earlier kubelet had promised, as the pod's status tells it: a resize that was put off or refused is
 * still in the spec. The real kubelet keeps a file of its own for this (allocated_pods_state).
 */
export function allocationTold(pod: Pod): Allocation | undefined {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const own = allocationOf(pod);
  const told = Object.entries(own.containers).map(([name, wanted]): [string, Resources] => {
    const status = statuses.find((one) => one.name === name);
    if (status?.resources === undefined || status.allocatedResources === undefined) return [name, wanted];
    const { limits } = status.resources;
    return [
      name,
      { ...wanted, requests: status.allocatedResources, ...(limits === undefined ? {} : { limits }) },
    ];
  });
  return { ...own, containers: Object.fromEntries(told) };
}
