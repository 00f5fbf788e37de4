/** The mark by which a sync sees that a container's definition changed since it was created. */
import type { ContainerStatus } from '../api/cri.ts';
import { ANNOTATION } from '../api/cri.ts';
import type { Container } from '../api/types.ts';
import { fnv1a32 } from '../lib/fnv.ts';

/** A definition never changes; every sync of its pod asks for its hash. */
const hashes = new WeakMap<Container, string>();

/**
 * The hash of what the kubelet compares, name and image only (pkg/kubelet/container/helpers.go
 * HashContainer, pickFieldsToHash), in lower-case hex as it stands in the annotation. Go hashes its own
 * print of the JSON bytes; here it is the JSON itself, so the digits differ from a real node's.
 */
export function containerSpecHash(container: Container): string {
  const known = hashes.get(container);
  if (known !== undefined) return known;
  const { image = '', name } = container;
  const hash = fnv1a32(JSON.stringify({ image, name })).toString(16);
  hashes.set(container, hash);
  return hash;
}

/** Whether the definition differs from the one with which `status` was created (containerChanged). */
export function containerChanged(container: Container, status: ContainerStatus): boolean {
  return status.annotations[ANNOTATION.containerHash] !== containerSpecHash(container);
}
