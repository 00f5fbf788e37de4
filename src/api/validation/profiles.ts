/** Profiles of seccomp and AppArmor, and sysctls (validation.go validateSeccompProfileField, validateSysctls). */
import type { PodSpec } from '../types.ts';
import { duplicate, type FieldError, invalid, notSupported, required } from './field-error.ts';
import { validateDescendingPath } from './volumes.ts';

type PodSecurity = NonNullable<PodSpec['securityContext']>;

const TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL_FORMAT = `^(${SYSCTL_SEGMENT}[\\./])*${SYSCTL_SEGMENT}$`;
const SYSCTL_MAX = 253;
/** util/sysctl namespaces: what belongs to the network, and to inter-process communication. */
const NET = /^net[./]/;
const IPC = /^(kernel[./]shm|kernel[./]msg|kernel[./]sem$|fs[./]mqueue[./])/;
const MAX_APPARMOR_BYTES = 4_095;

/** A seccomp profile: of a file on the node, or the runtime's. */
export function validateSeccomp(profile: PodSecurity['seccompProfile'], field: string): FieldError[] {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  const errors = validateType(type, 'seccompProfile', `${field}.type`);
  const at = `${field}.localhostProfile`;
  if (type !== 'Localhost') {
    if (localhostProfile === undefined) return errors;
    return [...errors, invalid(at, profile, 'can only be set when seccomp type is Localhost')];
  }
  return localhostProfile === undefined
    ? [...errors, required(at, 'must be set when seccomp type is Localhost')]
    : [...errors, ...validateDescendingPath(localhostProfile, at)];
}

/** A profile of AppArmor: one that is loaded on the node, or the runtime's. */
export function validateAppArmor(profile: PodSecurity['appArmorProfile'], field: string): FieldError[] {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  const at = `${field}.localhostProfile`;
  if (type !== 'Localhost') {
    const errors = validateType(type, 'appArmorProfile', `${field}.type`);
    if (localhostProfile === undefined || errors.length > 0) return errors;
    return [invalid(at, localhostProfile, 'can only be set when AppArmor type is Localhost')];
  }
  if (localhostProfile === undefined || localhostProfile === '') {
    return [required(at, 'must be set when AppArmor type is Localhost')];
  }
  const errors: FieldError[] = [];
  if (localhostProfile.trim() !== localhostProfile) {
    errors.push(invalid(at, localhostProfile, 'must not be padded with whitespace'));
  }
  if (localhostProfile.length > MAX_APPARMOR_BYTES) {
    const detail = `may not be more than ${MAX_APPARMOR_BYTES} bytes`;
    errors.push({ type: 'TooLong', field: at, detail });
  }
  return errors;
}

function validateType(type: string | undefined, of: string, field: string): FieldError[] {
  if (!type) return [required(field, `type is required when ${of} is set`)];
  return TYPES.includes(type) ? [] : [notSupported(field, type, TYPES)];
}

/** Settings of the kernel: each once, well named, and of no namespace that the pod shares with its host. */
export function validateSysctls(
  { hostNetwork, hostIPC, securityContext }: PodSpec,
  field: string,
): FieldError[] {
  const names = new Set<string>();
  return (securityContext?.sysctls ?? []).flatMap(({ name = '' }, i) => {
    const at = `${field}[${i}].name`;
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(at));
    else if (name.length > SYSCTL_MAX || !new RegExp(SYSCTL_FORMAT).test(name)) {
      const detail = `must have at most ${SYSCTL_MAX} characters and match regex ${SYSCTL_FORMAT}`;
      errors.push(invalid(at, name, detail));
    } else if (names.has(name)) errors.push(duplicate(at, name));
    names.add(name);
    if (hostNetwork && NET.test(name)) {
      errors.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    } else if (hostIPC && IPC.test(name)) {
      errors.push(invalid(at, name, "may not be specified when 'hostIPC' is true"));
    }
    return errors;
  });
}
