/** What of a stored Pod may still change (validation.go ValidatePodUpdate): its images, and little else. */
import { sameData } from '../../lib/same-data.ts';
import type { Container, Pod, PodSpec, Toleration } from '../types.ts';
import { validateEphemeralUpdate } from './ephemeral-containers.ts';
import { type FieldError, forbidden, invalid, required } from './field-error.ts';
import { type Metadata, validateObjectMeta } from './metadata.ts';
import { validateTolerations } from './tolerations.ts';

type AnyPod = Pick<Pod, 'spec'> & { readonly metadata: Metadata };
const MAY_CHANGE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** Checks that the defaulted `next` may take the place of `stored`. None: it may. */
export function validatePodUpdate(next: AnyPod, stored: AnyPod): FieldError[] {
  const errors = [...validateObjectMeta(next.metadata), ...validateIdentity(next.metadata, stored.metadata)];
  const lists = ['containers', 'initContainers'] as const;
  const counts = lists.filter((list) => (next.spec[list] ?? []).length !== (stored.spec[list] ?? []).length);
  if (counts.length > 0) {
    // Nothing else can be compared then.
    return [
      ...errors,
      ...counts.map((list) => forbidden(`spec.${list}`, 'pod updates may not add or remove containers')),
    ];
  }
  for (const list of lists) errors.push(...validateImages(next.spec[list] ?? [], `spec.${list}`));
  errors.push(...validateDeadline(next.spec.activeDeadlineSeconds, stored.spec.activeDeadlineSeconds));
  const tolerations = validateTolerationsKept(next.spec.tolerations ?? [], stored.spec.tolerations ?? []);
  errors.push(...tolerations);
  errors.push(...validateGatesRemoved(next.spec.schedulingGates, stored.spec.schedulingGates));
  errors.push(...validateNodeSelectorAdded(next.spec, stored.spec));
  errors.push(...validateEphemeralUpdate(next.spec, stored.spec));
  const changed = changedFields(next.spec, stored.spec);
  if (changed.length > 0) errors.push(forbidden('spec', `${MAY_CHANGE}\nchanged: ${changed.join(', ')}`));
  return errors;
}

function validateIdentity(next: Metadata, stored: Metadata): FieldError[] {
  return (['name', 'namespace', 'uid'] as const).flatMap((name) =>
    next[name] === undefined || next[name] === stored[name]
      ? []
      : [invalid(`metadata.${name}`, next[name], 'field is immutable')],
  );
}

function validateImages(containers: readonly Container[], field: string): FieldError[] {
  return containers.flatMap(({ image = '' }, i) => {
    const at = `${field}[${i}].image`;
    if (image === '') return [required(at)];
    return image === image.trim() ? [] : [invalid(at, image, 'must not have leading or trailing whitespace')];
  });
}

/** A deadline may come nearer, and neither move away nor go. */
function validateDeadline(next: number | undefined, stored: number | undefined): FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  if (next === undefined) {
    if (stored === undefined) return [];
    return [invalid(field, null, 'must not update from a positive integer to nil value')];
  }
  if (next < 0 || next > 2_147_483_647)
    return [invalid(field, next, 'must be between 0 and 2147483647, inclusive')];
  const later = stored !== undefined && next > stored;
  return later ? [invalid(field, next, 'must be less than or equal to previous value')] : [];
}

/** Tolerations may be added; of one that is there only the seconds may change. */
function validateTolerationsKept(next: readonly Toleration[], stored: readonly Toleration[]): FieldError[] {
  const withoutSeconds = (toleration: Toleration) => ({ ...toleration, tolerationSeconds: undefined });
  const kept = stored.every((old) => next.some((one) => sameData(withoutSeconds(one), withoutSeconds(old))));
  const detail = 'existing toleration can not be modified except its tolerationSeconds';
  if (!kept) return [forbidden('spec.tolerations', detail)];
  return validateTolerations(next, 'spec.tolerations');
}

type Gates = NonNullable<PodSpec['schedulingGates']>;

/** Gates are only taken away. */
function validateGatesRemoved(next: Gates = [], stored: Gates = []): FieldError[] {
  return next.flatMap(({ name }, i) => {
    if (stored.some((old) => old.name === name)) return [];
    const detail = `only deletion is allowed, but found new scheduling gate '${name}'`;
    return [forbidden(`spec.schedulingGates[${i}].name`, detail)];
  });
}

/** A pod that no scheduler has looked at yet may become more particular about its node. */
function validateNodeSelectorAdded(next: PodSpec, stored: PodSpec): FieldError[] {
  if (!stored.schedulingGates?.length) return [];
  const { nodeSelector = {} } = next;
  const kept = Object.entries(stored.nodeSelector ?? {}).every(([key, value]) => nodeSelector[key] === value);
  const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
  return kept ? [] : [invalid('spec.nodeSelector', nodeSelector, detail)];
}

/** The paths, two levels deep, of what changed although it may not. Kubernetes prints Go's own difference here. */
function changedFields(next: PodSpec, stored: PodSpec): string[] {
  const [after, before] = [fixedPart(next, stored), fixedPart(stored, stored)];
  const names = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [...names].flatMap((name) => {
    const [one, other] = [after[name], before[name]];
    if (sameData(one, other)) return [];
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return [`spec.${name}`];
    return one.flatMap((item, i) => (sameData(item, other[i]) ? [] : [`spec.${name}[${i}]`]));
  });
}

function fixedPart(spec: PodSpec, stored: PodSpec): Record<string, unknown> {
  const withoutImage = (containers: readonly Container[] = []) =>
    containers.map((container) => ({ ...container, image: undefined }));
  const wasNegative =
    (stored.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1;
  return {
    ...spec,
    containers: withoutImage(spec.containers),
    initContainers: withoutImage(spec.initContainers),
    activeDeadlineSeconds: undefined,
    tolerations: undefined,
    schedulingGates: undefined,
    ephemeralContainers: undefined,
    ...(stored.schedulingGates?.length && { nodeSelector: undefined }),
    ...(wasNegative && { terminationGracePeriodSeconds: stored.terminationGracePeriodSeconds }),
  };
}
