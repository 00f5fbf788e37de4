/**
 * A static pod from the text of its manifest: its name, UID and marks are the kubelet's own, and it may not
 * refer to objects of the API. Follows pkg/kubelet/config/common.go tryDecodeSinglePod and applyDefaults.
 */
import { defaultObject } from '../../api/defaulting/objects.ts';
import { readManifests } from '../../api/manifest/read.ts';
import type { KubeObject, Pod } from '../../api/types.ts';
import { formatFieldError } from '../../api/validation/field-error.ts';
import { validatePod } from '../../api/validation/pod.ts';
import { fnv1a128 } from '../../lib/fnv.ts';
import { CONFIG_ANNOTATION } from '../pod-manager/pod-kinds.ts';
import { apiObjectReference } from './api-references.ts';

/** Where a manifest came from: it goes into the pod's UID. */
export interface ManifestOrigin {
  readonly source: 'file' | 'http';
  /** The file's path on the node, or the URL. */
  readonly place: string;
  readonly nodeName: string;
}

export type Decoded = { readonly pod: Pod } | { readonly error: string };

/** A list of pods that has none is a word too: all are to go. */
const EMPTY_LIST = /["']?kind["']?\s*:\s*["']?PodList\b/;

/** The objects that stand in the text, or why there are none; fields that nobody knows are left out. */
export function readObjects(text: string, place: string): readonly KubeObject[] | string {
  const { objects, errors } = readManifests(text, place, undefined, 'Ignore');
  const found = objects.map(({ object }) => object).filter(({ kind }) => kind !== 'PodList');
  if (found.length === 0 && EMPTY_LIST.test(text)) return [];
  const [error] = errors;
  return error === undefined ? found : error.message;
}

/** One object as a static pod; an error is in the real kubelet's words. */
export function staticPodOf(read: KubeObject, origin: ManifestOrigin): Decoded {
  if (read.kind !== 'Pod') return { error: `invalid pod: it is a ${read.kind}` };
  if (!read.metadata.name) return { error: 'invalid pod: name is needed for the pod' };
  const pod = withDefaults(defaultObject(read) as unknown as Pod, origin);
  const errors = validatePod(pod).map(formatFieldError);
  if (errors.length > 0) return { error: `invalid pod: [${errors.join(', ')}]` };
  const resource = apiObjectReference(read as unknown as Pod);
  if (resource !== undefined) return { error: `static pods may not reference ${resource}` };
  return { pod };
}

/**
 * The UID is a hash of the pod and of where it came from, so that a changed manifest is another pod. Go hashes
 * its own print of the object; here it is the JSON, so the digits differ from a real node's.
 */
function withDefaults(read: Pod, { source, place, nodeName }: ManifestOrigin): Pod {
  const where = source === 'file' ? `host:${nodeName}file:${place}` : `url:${place}`;
  const uid = read.metadata.uid || fnv1a128(JSON.stringify(read) + where);
  const { metadata, spec } = read;
  return {
    ...read,
    metadata: {
      ...metadata,
      uid,
      name: `${metadata.name}-${nodeName.toLowerCase()}`,
      namespace: metadata.namespace || 'default',
      resourceVersion: '',
      creationTimestamp: '',
      annotations: { ...metadata.annotations, [CONFIG_ANNOTATION.hash]: uid },
    },
    spec: { ...spec, nodeName, ...(source === 'file' ? { tolerations: tolerant(spec.tolerations) } : {}) },
    status: { phase: 'Pending' },
  };
}

/** Static pods from files stay when their node has problems (AddOrUpdateTolerationInPod). */
function tolerant(tolerations: Pod['spec']['tolerations'] = []): NonNullable<Pod['spec']['tolerations']> {
  const all = { operator: 'Exists', effect: 'NoExecute' } as const;
  const same = ({ key, operator, effect }: (typeof tolerations)[number]) =>
    !key && operator === all.operator && effect === all.effect;
  return tolerations.some(same) ? tolerations : [...tolerations, all];
}
