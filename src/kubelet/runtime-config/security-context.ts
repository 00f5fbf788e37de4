/** Who a container runs as, and whose processes it sees (kuberuntime/security_context.go, pkg/securitycontext). */
import type { LinuxContainerSecurityContext, PidNamespace, SecurityProfile } from '../../api/cri-security.ts';
import type { Container, Pod } from '../../api/types.ts';
import { formatPod } from '../events/texts.ts';
import { SECCOMP_ROOT } from '../paths.ts';
import { newestContainer, type RuntimePod } from '../runtime-pod.ts';

/** The container's own words win over the pod's (DetermineEffectiveSecurityContext). */
export function securityContextOf(
  { spec }: Pod,
  { securityContext: own }: Container,
  targetId: string | undefined,
): LinuxContainerSecurityContext {
  const shared = spec.securityContext;
  const user = own?.runAsUser ?? shared?.runAsUser;
  const group = own?.runAsGroup ?? shared?.runAsGroup;
  const groups = [
    ...(shared?.fsGroup === undefined ? [] : [shared.fsGroup]),
    ...(shared?.supplementalGroups ?? []),
  ];
  return {
    ...(user === undefined ? {} : { runAsUser: Number(user) }),
    ...(group === undefined ? {} : { runAsGroup: Number(group) }),
    ...(groups.length === 0 ? {} : { supplementalGroups: groups.map(Number) }),
    readonlyRootfs: own?.readOnlyRootFilesystem === true,
    privileged: own?.privileged === true,
    pidNamespace: pidNamespaceOf(spec, targetId),
    ...privilegesOf(spec, own),
  };
}

type Privileges = Pick<
  LinuxContainerSecurityContext,
  'capabilities' | 'noNewPrivs' | 'seccomp' | 'selinuxOptions' | 'maskedPaths' | 'readonlyPaths'
>;

/** What is not said is left out: the runtime's own way holds then (security_context.go convertToRuntimeSecurityContext). */
function privilegesOf(
  { securityContext: shared }: Pod['spec'],
  own: Container['securityContext'],
): Privileges {
  const { capabilities, procMount, allowPrivilegeEscalation } = own ?? {};
  const selinuxOptions = own?.seLinuxOptions ?? shared?.seLinuxOptions;
  const seccomp = seccompOf(own?.seccompProfile ?? shared?.seccompProfile);
  const { add = [], drop = [] } = capabilities ?? {};
  return {
    ...(capabilities === undefined ? {} : { capabilities: { add, drop } }),
    // pkg/securitycontext/util.go AddNoNewPrivileges.
    ...(allowPrivilegeEscalation === false ? { noNewPrivs: true } : {}),
    ...(seccomp === undefined ? {} : { seccomp }),
    ...(selinuxOptions === undefined ? {} : { selinuxOptions }),
    ...(procMount === 'Unmasked' ? { maskedPaths: [], readonlyPaths: [] } : {}),
  };
}

type SeccompProfile = NonNullable<NonNullable<Container['securityContext']>['seccompProfile']>;

/** kuberuntime/helpers.go fieldSeccompProfile. */
function seccompOf(profile: SeccompProfile | undefined): SecurityProfile | undefined {
  switch (profile?.type) {
    case 'RuntimeDefault':
      return { profileType: 'RuntimeDefault' };
    case 'Localhost':
      return {
        profileType: 'Localhost',
        localhostRef: `${SECCOMP_ROOT}/${profile.localhostProfile ?? ''}`,
      };
    default:
      return undefined;
  }
}

/** A shared namespace is seen as a whole; a target only matters without one (kuberuntime/util NamespacesForPod). */
function pidNamespaceOf(spec: Pod['spec'], targetId: string | undefined): PidNamespace {
  if (spec.shareProcessNamespace === true) return { mode: 'POD' };
  return targetId === undefined ? { mode: 'CONTAINER' } : { mode: 'TARGET', targetId };
}

/** The container whose processes an ephemeral one wants to see (kuberuntime_container.go getTargetID). */
export function targetContainerId(
  container: Container & { readonly targetContainerName?: string },
  runtimePod: RuntimePod,
): { readonly id: string | undefined } | { readonly error: string } {
  const { targetContainerName: name } = container;
  if (!name) return { id: undefined };
  const id = newestContainer(runtimePod, name)?.id;
  return id === undefined ? { error: `unable to find target container ${name}` } : { id };
}

/**
 * Why the container may not be created; undefined when it may (security_context_others.go verifyRunAsNonRoot).
 * @param imageUser the user that the image names, by number or by name; empty: root.
 */
export function runAsNonRootError(pod: Pod, container: Container, imageUser: string): string | undefined {
  const own = container.securityContext;
  const shared = pod.spec.securityContext;
  if ((own?.runAsNonRoot ?? shared?.runAsNonRoot) !== true) return undefined;
  const user = own?.runAsUser ?? shared?.runAsUser;
  const where = `(pod: "${formatPod(pod)}", container: ${container.name})`;
  if (user !== undefined) {
    return Number(user) === 0 ? `container's runAsUser breaks non-root policy ${where}` : undefined;
  }
  // `user:group`: the group does not matter here.
  const [name = ''] = imageUser.split(':');
  if (name === '' || Number(name) === 0) {
    return `container has runAsNonRoot and image will run as root ${where}`;
  }
  if (/^\d+$/.test(name)) return undefined;
  return `container has runAsNonRoot and image has non-numeric user (${name}), cannot verify user is non-root ${where}`;
}
