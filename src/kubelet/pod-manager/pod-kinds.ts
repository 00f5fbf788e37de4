/** Static pods, mirror pods and what tells them apart: annotations that the config sources write. */
import type { Pod } from '../../api/types.ts';

/** Where the kubelet has a pod from (pkg/kubelet/types/pod_update.go). */
export type ConfigSource = 'api' | 'file' | 'http';

/** Annotations of the config sources (pkg/kubelet/types/pod_update.go). */
export const CONFIG_ANNOTATION = {
  /** `api`, `file` or `http`. */
  source: 'kubernetes.io/config.source',
  /** On a mirror pod: the hash of the static pod that it mirrors. */
  mirror: 'kubernetes.io/config.mirror',
  /** When the kubelet saw the pod first. */
  seen: 'kubernetes.io/config.seen',
  /** The hash of the manifest, which is the pod's UID too. */
  hash: 'kubernetes.io/config.hash',
} as const;

/** The pod's own word on one of the annotations. */
export function configAnnotation(
  { metadata }: Pick<Pod, 'metadata'>,
  name: keyof typeof CONFIG_ANNOTATION,
): string | undefined {
  return metadata.annotations?.[CONFIG_ANNOTATION[name]];
}

/** A pod that did not come from the API server (pod_update.go IsStaticPod). */
export function isStaticPod(pod: Pick<Pod, 'metadata'>): boolean {
  const source = configAnnotation(pod, 'source');
  return source !== undefined && source !== 'api';
}

/** What the API server shows of a static pod (pod_update.go IsMirrorPod). */
export function isMirrorPod(pod: Pick<Pod, 'metadata'>): boolean {
  return configAnnotation(pod, 'mirror') !== undefined;
}

/** `name_namespace` (pkg/kubelet/container/helpers.go BuildPodFullName). */
export function podFullName({
  name,
  namespace,
}: {
  readonly name: string;
  readonly namespace: string;
}): string {
  return `${name}_${namespace}`;
}
