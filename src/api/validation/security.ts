/** Users and groups of pods and containers (validation.go ValidateSecurityContext, validatePodSpecSecurityContext). */
import type { Container, PodSpec } from '../types.ts';
import { type FieldError, invalid, invalids, notSupported, required } from './field-error.ts';
import { inRange } from './names.ts';
import { validateAppArmor, validateSeccomp, validateSysctls } from './profiles.ts';

const MAX_ID = 2_147_483_647;
const PROC_MOUNTS = ['Default', 'Unmasked'];
const FS_GROUP_CHANGE = ['Always', 'OnRootMismatch'];
const SUPPLEMENTAL_GROUPS = ['Merge', 'Strict'];
const SELINUX_CHANGE = ['MountOption', 'Recursive'];

const validateId = (id: number | undefined, field: string) =>
  id === undefined ? [] : invalids(field, id, inRange(id, 0, MAX_ID));

/** The security context of one container. */
export function validateContainerSecurity(
  context: Container['securityContext'],
  hostUsers: boolean,
  field: string,
): FieldError[] {
  if (!context) return [];
  const errors = [
    ...validateId(context.runAsUser, `${field}.runAsUser`),
    ...validateId(context.runAsGroup, `${field}.runAsGroup`),
    ...validateProcMount(context.procMount, hostUsers, `${field}.procMount`),
    ...validateSeccomp(context.seccompProfile, `${field}.seccompProfile`),
  ];
  if (context.allowPrivilegeEscalation === false && context.privileged) {
    const detail = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true';
    errors.push(invalid(field, context, detail));
  }
  if (context.allowPrivilegeEscalation === false && context.capabilities?.add?.includes('CAP_SYS_ADMIN')) {
    const detail = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN';
    errors.push(invalid(field, context, detail));
  }
  return [...errors, ...validateAppArmor(context.appArmorProfile, `${field}.appArmorProfile`)];
}

function validateProcMount(procMount: string | undefined, hostUsers: boolean, field: string): FieldError[] {
  if (procMount === undefined) return [];
  if (procMount === '') return [required(field)];
  if (!PROC_MOUNTS.includes(procMount)) return [notSupported(field, procMount, PROC_MOUNTS)];
  const mustNot = hostUsers && procMount === 'Unmasked';
  return mustNot ? [invalid(field, procMount, '`hostUsers` must be false to use `Unmasked`')] : [];
}

function oneOf(value: string | undefined, supported: readonly string[], field: string): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [notSupported(field, value, supported)];
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
  const at = `${field}.securityContext`;
  return [
    ...errors,
    ...validateSysctls(spec, `${at}.sysctls`),
    ...oneOf(context.fsGroupChangePolicy, FS_GROUP_CHANGE, `${at}.fsGroupChangePolicy`),
    ...validateSeccomp(context.seccompProfile, `${at}.seccompProfile`),
    ...validateAppArmor(context.appArmorProfile, `${at}.appArmorProfile`),
    ...oneOf(context.supplementalGroupsPolicy, SUPPLEMENTAL_GROUPS, `${at}.supplementalGroupsPolicy`),
    ...oneOf(context.seLinuxChangePolicy, SELINUX_CHANGE, `${at}.seLinuxChangePolicy`),
  ];
}
