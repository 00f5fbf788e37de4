/** Users and groups of pods and containers (validation.go ValidateSecurityContext, validatePodSpecSecurityContext). */
import type { Container, PodSpec } from '../types.ts';
import { type FieldError, invalid, invalids } from './field-error.ts';
import { inRange } from './names.ts';

const MAX_ID = 2_147_483_647;

const validateId = (id: number | undefined, field: string) =>
  id === undefined ? [] : invalids(field, id, inRange(id, 0, MAX_ID));

/** The security context of one container. */
export function validateContainerSecurity(
  context: Container['securityContext'],
  field: string,
): FieldError[] {
  if (!context) return [];
  const errors = [
    ...validateId(context.runAsUser, `${field}.runAsUser`),
    ...validateId(context.runAsGroup, `${field}.runAsGroup`),
  ];
  if (context.allowPrivilegeEscalation === false && context.privileged) {
    const detail = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true';
    errors.push(invalid(field, context, detail));
  }
  return errors;
}

/** The security context of the pod, and whose processes it sees. */
export function validatePodSecurity(spec: PodSpec, field: string): FieldError[] {
  const context = spec.securityContext ?? {};
  const groups = context.supplementalGroups ?? [];
  const errors = [
    ...validateId(context.fsGroup, `${field}.securityContext.fsGroup`),
    ...validateId(context.runAsUser, `${field}.securityContext.runAsUser`),
    ...validateId(context.runAsGroup, `${field}.securityContext.runAsGroup`),
    ...groups.flatMap((group, i) => validateId(group, `${field}.securityContext.supplementalGroups[${i}]`)),
  ];
  if (spec.shareProcessNamespace && spec.hostPID) {
    const detail = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(invalid(`${field}.shareProcessNamespace`, true, detail));
  }
  return errors;
}
