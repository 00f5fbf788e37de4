/**
 * Mirror pods: what the API server shows of static pods. The kubelet makes them, makes them anew when they are
 * deleted, and removes those whose static pods are gone.
 * Follows pkg/kubelet/pod/mirror_client.go, pod_manager.go and kubelet.go tryReconcileMirrorPods.
 */
import type { KubeObject, Pod } from '../../api/types.ts';
import type { KubeletState } from '../state.ts';
import { CONFIG_ANNOTATION, configAnnotation, isStaticPod, podFullName } from './pod-kinds.ts';

type Pods = Readonly<Record<string, Pod>>;

function byFullName(pods: Pods, name: string): Pod | undefined {
  return Object.values(pods).find(({ metadata }) => podFullName(metadata) === name);
}

/** The mirror of a static pod, as the API server has it. */
export function mirrorOf({ mirrorPods }: Pick<KubeletState, 'mirrorPods'>, pod: Pod): Pod | undefined {
  return isStaticPod(pod) ? byFullName(mirrorPods, podFullName(pod.metadata)) : undefined;
}

/** The static pod that a mirror shows; undefined when it is an orphan. */
export function staticPodOfMirror({ pods }: Pick<KubeletState, 'pods'>, mirror: Pod): Pod | undefined {
  const found = Object.values(pods).find(
    (pod) => isStaticPod(pod) && podFullName(pod.metadata) === podFullName(mirror.metadata),
  );
  return found;
}

/** The mirror shows this very pod, not one of an older manifest (IsMirrorPodOf). */
function isMirrorPodOf(mirror: Pod, pod: Pod): boolean {
  const hash = configAnnotation(mirror, 'mirror');
  return hash !== undefined && hash === configAnnotation(pod, 'hash');
}

/** What is to be done about a static pod's mirror. */
export type MirrorAction = 'none' | 'create' | 'recreate';

/**
 * `recreate`: the mirror is being deleted, or shows an older manifest. Without the Node there is nobody that
 * could own a mirror, so none is made.
 */
export function mirrorAction(pod: Pod, mirror: Pod | undefined, node: KubeObject | undefined): MirrorAction {
  if (!isStaticPod(pod) || node === undefined || node.metadata.deletionTimestamp !== undefined) return 'none';
  if (mirror === undefined) return 'create';
  const isOld = mirror.metadata.deletionTimestamp !== undefined || !isMirrorPodOf(mirror, pod);
  return isOld ? 'recreate' : 'none';
}

/** The mirror as it is posted: the static pod, with its hash as a mark, owned by the Node. */
export function mirrorPodOf(pod: Pod, node: KubeObject): KubeObject {
  const { uid: _uid, resourceVersion: _version, creationTimestamp: _created, ...metadata } = pod.metadata;
  const hash = configAnnotation(pod, 'hash') ?? '';
  const { name, uid } = node.metadata;
  return {
    ...(pod as unknown as KubeObject),
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [CONFIG_ANNOTATION.mirror]: hash },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid, controller: true }],
    },
  };
}

/**
 * Where a pod's status is posted: the pod itself, or a static pod's mirror; undefined while there is no mirror
 * (status_manager.go syncBatch, TranslatePodUID).
 */
export function statusTarget(state: Pick<KubeletState, 'mirrorPods'>, pod: Pod): string | undefined {
  return isStaticPod(pod) ? mirrorOf(state, pod)?.metadata.uid : pod.metadata.uid;
}
