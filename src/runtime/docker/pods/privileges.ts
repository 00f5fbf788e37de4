/** What a container's program may do beyond its user's rights, as cri-dockerd asks (core/security_context.go, core/helpers_linux.go). */
import { readFileSync } from 'node:fs';
import type {
  LinuxContainerSecurityContext,
  SecurityProfile,
  SelinuxOption,
} from '../../../api/cri-security.ts';
import { RuntimeError } from '../../port.ts';
import type { HostConfig } from '../engine/types.ts';

type Privileges = Pick<HostConfig, 'CapAdd' | 'CapDrop' | 'SecurityOpt' | 'MaskedPaths' | 'ReadonlyPaths'>;

/** @throws RuntimeError where the node has no such profile */
export function privileges(context: LinuxContainerSecurityContext): Privileges {
  const { capabilities, noNewPrivs, seccomp, selinuxOptions, maskedPaths, readonlyPaths } = context;
  return {
    ...(capabilities === undefined ? {} : { CapAdd: capabilities.add, CapDrop: capabilities.drop }),
    SecurityOpt: [
      ...seccompOption(seccomp),
      ...selinuxLabels(selinuxOptions ?? {}),
      ...(noNewPrivs === true ? ['no-new-privileges'] : []),
    ],
    ...(maskedPaths === undefined ? {} : { MaskedPaths: maskedPaths }),
    ...(readonlyPaths === undefined ? {} : { ReadonlyPaths: readonlyPaths }),
  };
}

/** The Engine has its own profile where nothing is said; a kubelet that says nothing wants none. */
function seccompOption(profile: SecurityProfile | undefined): readonly string[] {
  switch (profile?.profileType) {
    case 'RuntimeDefault':
      return [];
    case 'Localhost':
      return [`seccomp=${readProfile(profile.localhostRef)}`];
    default:
      return ['seccomp=unconfined'];
  }
}

/** The Engine wants its text in one line. */
function readProfile(path: string): string {
  try {
    return JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? `open ${path}: no such file or directory` : String(cause);
    throw new RuntimeError('InvalidArgument', `cannot load seccomp profile "${path}": ${why}`, { cause });
  }
}

/** `label=level:s0:c1,c2`; without SELinux the Engine passes them over. */
function selinuxLabels(option: SelinuxOption): readonly string[] {
  return (['user', 'role', 'type', 'level'] as const).flatMap((part) => {
    const value = option[part];
    return value === undefined || value === '' ? [] : [`label=${part}:${value}`];
  });
}
