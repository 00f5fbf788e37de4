/** A pod that only the runtime knows, put together from the labels and annotations of its containers. */
import type { ContainerStatus } from '../../api/cri.ts';
import { ANNOTATION } from '../../api/cri.ts';
import type { Container, LifecycleHook, Pod } from '../../api/types.ts';
import type { RuntimePod } from '../runtime-pod.ts';
import type { RunningPod } from './pod-workers.ts';

/**
 * Enough of a pod to end it (pkg/kubelet/container/runtime.go ToAPIPod): its name, and each container with
 * the hook that is to run before it stops (kuberuntime_container.go restoreSpecsFromContainerLabels).
 */
export function runtimeOnlyPod(runtimePod: RuntimePod | undefined, running: RunningPod | undefined): Pod {
  const { uid = '', name = '', namespace = '' } = running ?? {};
  const containers = new Map<string, Container>();
  for (const status of runtimePod?.containers ?? []) {
    if (!containers.has(status.metadata.name)) containers.set(status.metadata.name, restored(status));
  }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { uid, name, namespace },
    spec: { containers: [...containers.values()] },
  } as Pod;
}

function restored({ metadata, image, annotations }: ContainerStatus): Container {
  const hook = annotations[ANNOTATION.preStopHandler];
  const lifecycle = hook === undefined ? {} : { lifecycle: { preStop: JSON.parse(hook) as LifecycleHook } };
  return { name: metadata.name, image, ...lifecycle };
}
