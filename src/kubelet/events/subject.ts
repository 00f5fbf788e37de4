/** What an event is about: the pod, one container of it, or the node. */
import type { CoreEvent, Pod } from '../../api/types.ts';

/** tools/reference GetReference, and kubecontainer.GenerateContainerRef with a container's name. */
export function involvedPod(pod: Pod, containerName?: string): CoreEvent['involvedObject'] {
  const { namespace, name, uid, resourceVersion } = pod.metadata;
  const fieldPath = containerName === undefined ? undefined : containerFieldPath(pod, containerName);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
    name,
    uid,
    resourceVersion,
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}

/** A node's UID in events is its name, whatever its object says (pkg/kubelet/kubelet.go, nodeRef). */
export function involvedNode(nodeName: string): CoreEvent['involvedObject'] {
  return { kind: 'Node', name: nodeName, uid: nodeName };
}

/** `spec.containers{web}`, `spec.initContainers{init}`, `spec.ephemeralContainers{debug}`. */
function containerFieldPath({ spec }: Pod, name: string): string | undefined {
  const has = (list: readonly { readonly name: string }[] | undefined) =>
    list?.some((container) => container.name === name);
  if (has(spec.containers)) return `spec.containers{${name}}`;
  if (has(spec.initContainers)) return `spec.initContainers{${name}}`;
  if (has(spec.ephemeralContainers)) return `spec.ephemeralContainers{${name}}`;
  return undefined;
}
