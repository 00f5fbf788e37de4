/** What the `resize` subresource may change of a stored Pod: CPU and memory (validation.go ValidatePodResize). */
import { sameData } from '../../lib/same-data.ts';
import type { Container, Pod, PodSpec, QosClass } from '../types.ts';
import { type FieldError, forbidden, invalid } from './field-error.ts';

type Resources = NonNullable<Container['resources']>;
type AnyPod = Pick<Pod, 'spec'> & {
  readonly metadata: { readonly annotations?: Pod['metadata']['annotations'] };
};

const RESIZABLE = ['cpu', 'memory'] as const;

/** Whether `next` differs from `stored` in what asks for resources, and in nothing else: then it is a resize. */
export function isResize(next: PodSpec, stored: PodSpec): boolean {
  return !sameData(next, stored) && sameData(withoutResources(next), withoutResources(stored));
}

function withoutResources(spec: PodSpec): unknown {
  const without = (containers: readonly Container[] = []) =>
    containers.map((container) => ({ ...container, resources: undefined }));
  return {
    ...spec,
    resources: undefined,
    containers: without(spec.containers),
    initContainers: without(spec.initContainers),
  };
}

/** Checks a resize; `qos` are the classes before and after. None: it may be. */
export function validatePodResize(
  next: AnyPod,
  stored: AnyPod,
  qos: { readonly stored: QosClass; readonly next: QosClass },
): FieldError[] {
  if (stored.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) {
    return [forbidden('', 'static pods cannot be resized')];
  }
  const errors: FieldError[] = [];
  if (qos.stored !== qos.next) {
    errors.push(invalid('spec', qos.next, 'Pod QOS Class may not change as a result of resizing'));
  }
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [i, container] of (next.spec[list] ?? []).entries()) {
      const before = stored.spec[list]?.[i];
      if (before === undefined || sameData(container.resources ?? {}, before.resources ?? {})) continue;
      const field = `spec.${list}[${i}].resources`;
      if (list === 'initContainers' && container.restartPolicy !== 'Always') {
        errors.push(forbidden(field, 'resources for non-sidecar init containers are immutable'));
      } else errors.push(...resourceErrors(field, container.resources ?? {}, before.resources ?? {}));
    }
  }
  errors.push(...resourceErrors('spec.resources', next.spec.resources ?? {}, stored.spec.resources ?? {}));
  return errors;
}

function resourceErrors(field: string, next: Resources, stored: Resources): FieldError[] {
  const errors: FieldError[] = [];
  for (const kind of ['requests', 'limits'] as const) {
    const [after, before] = [next[kind] ?? {}, stored[kind] ?? {}];
    const fixed = (list: typeof after) =>
      Object.entries(list).filter(([name]) => !(RESIZABLE as readonly string[]).includes(name));
    if (!sameData(Object.fromEntries(fixed(after)), Object.fromEntries(fixed(before)))) {
      errors.push(forbidden(field, 'only cpu and memory resources are mutable'));
    }
    const removed = RESIZABLE.some((name) => before[name] !== undefined && after[name] === undefined);
    if (removed) errors.push(forbidden(`${field}.${kind}`, `resource ${kind} cannot be removed`));
  }
  return errors;
}
