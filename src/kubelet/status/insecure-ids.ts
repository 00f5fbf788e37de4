/**
 * Containers that run as root without anybody having asked for it: two conditions of a later release, behind
 * a feature gate (pkg/kubelet/status/generate.go GenerateInsecureUserIDCondition, ...GroupIDCondition).
 */
import type { Container, ContainerStatusApi, Pod } from '../../api/types.ts';
import { allContainers } from '../pod-spec.ts';
import type { Condition } from './conditions.ts';

interface InsecureIdInput {
  readonly pod: Pod;
  /** Of every kind of container. */
  readonly statuses: readonly ContainerStatusApi[];
}

interface ContainerUser {
  readonly name: string;
  readonly container: Container;
  readonly uid: number;
  readonly gid: number;
  readonly supplementalGroups: readonly number[];
}

/** Both conditions. */
export function insecureIdConditions(pod: Pod, statuses: readonly ContainerStatusApi[]): Condition[] {
  return [insecureUserIdCondition({ pod, statuses }), insecureGroupIdCondition({ pod, statuses })];
}

/** InsecureUserID: somebody runs as user 0, and no runAsUser says so. */
export function insecureUserIdCondition(input: InsecureIdInput): Condition {
  const shared = input.pod.spec.securityContext?.runAsUser;
  return condition(input, 'UserID', 'UID', (users) =>
    told(
      users.filter(
        ({ uid, container }) => uid === 0 && (container.securityContext?.runAsUser ?? shared) === undefined,
      ),
      'running as UID 0 without runAsUser set',
    ),
  );
}

/** InsecureGroupID: somebody is in group 0, and neither runAsGroup nor the pod's groups say so. */
export function insecureGroupIdCondition(input: InsecureIdInput): Condition {
  const { runAsGroup, fsGroup, supplementalGroups = [] } = input.pod.spec.securityContext ?? {};
  const asked = fsGroup === 0 || supplementalGroups.some((group) => group === 0);
  return condition(input, 'GroupID', 'GID', (users) => [
    ...told(
      users.filter(
        ({ gid, container }) =>
          gid === 0 && (container.securityContext?.runAsGroup ?? runAsGroup) === undefined,
      ),
      'running as GID 0 without runAsGroup set',
    ),
    // A runtime lists the primary group among the others too: there it counts above.
    ...told(
      users.filter((user) => !asked && user.gid !== 0 && user.supplementalGroups.includes(0)),
      'running with GID 0 merged into supplementalGroups from the image (supplementalGroupsPolicy: Merge)',
    ),
  ]);
}

function told(users: readonly ContainerUser[], what: string): string[] {
  return users.length === 0 ? [] : [`container(s) [${users.map(({ name }) => name).join(' ')}] ${what}`];
}

/** An offender wins over a user that is not known yet, and that over peace. */
function condition(
  { pod, statuses }: InsecureIdInput,
  id: 'UserID' | 'GroupID',
  short: string,
  offences: (users: readonly ContainerUser[]) => string[],
): Condition {
  const type = `Insecure${id}`;
  // In a user namespace of its own the pod's root is nobody on the host.
  if (pod.spec.hostUsers === false) return { type, status: 'False' };
  const unknown: string[] = [];
  const users: ContainerUser[] = [];
  for (const container of allContainers(pod)) {
    const { name } = container;
    const linux = statuses.find((status) => status.name === name)?.user?.linux;
    if (linux === undefined) unknown.push(name);
    else {
      const { uid, gid, supplementalGroups = [] } = linux;
      users.push({
        name,
        container,
        uid: Number(uid),
        gid: Number(gid),
        supplementalGroups: supplementalGroups.map(Number),
      });
    }
  }
  const messages = offences(users);
  if (messages.length > 0) {
    return { type, status: 'True', reason: `ImplicitlyInsecure${id}`, message: messages.join('; ') };
  }
  if (unknown.length === 0) return { type, status: 'False' };
  return {
    type,
    status: 'Unknown',
    message: `container(s) [${unknown.join(' ')}]: ${short} not yet reported`,
  };
}
