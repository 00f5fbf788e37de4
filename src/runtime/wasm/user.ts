/** Who a container's processes are: what the pod asks, what the image says, and its own lists of users and groups. */
import type { ContainerUser } from '../../api/cri.ts';
import type { LinuxContainerSecurityContext } from '../../api/cri-security.ts';
import { RuntimeError } from '../port.ts';
import type { CompiledImage } from './image.ts';

export interface GuestUser extends ContainerUser {
  readonly home: string;
}

type Entry = readonly string[];

/** The lines of `/etc/passwd` or `/etc/group`, cut at the colons. */
function entriesOf({ files }: Pick<CompiledImage, 'files'>, path: string): readonly Entry[] {
  const file = files.find((one) => one.path === path);
  if (file?.type !== 'file') return [];
  const lines = new TextDecoder().decode(file.content).split('\n');
  return lines.map((line) => line.split(':')).filter(([name]) => name !== '');
}

const isNumber = (text: string) => /^\d+$/.test(text);

/**
 * As containerd resolves it (pkg/oci WithUser, WithAdditionalGIDs): numbers stand for themselves, names are
 * looked up in the image; a user whom the image knows brings its primary group and the groups that list it.
 * @throws RuntimeError for a name that the image does not know.
 */
export function resolveUser(
  { runAsUser, runAsGroup, supplementalGroups = [] }: LinuxContainerSecurityContext,
  image: Pick<CompiledImage, 'files' | 'config'>,
): GuestUser {
  const [imageUser = '', imageGroup = ''] = image.config.user.split(':');
  const wanted = runAsUser === undefined ? imageUser || '0' : String(runAsUser);
  const known = entriesOf(image, '/etc/passwd').find(
    ([name, , uid]) => wanted === (isNumber(wanted) ? uid : name),
  );
  if (known === undefined && !isNumber(wanted)) {
    throw new RuntimeError('Unknown', `unable to find user ${wanted}: no matching entries in passwd file`);
  }
  const [name = '', , uid = wanted, primary = '0', , home = '/'] = known ?? [];
  const groups = entriesOf(image, '/etc/group');
  const group = runAsUser === undefined && imageGroup !== '' ? numberOf(imageGroup, groups) : Number(primary);
  const gid = runAsGroup ?? group;
  const listed = groups.filter(([, , , members = '']) => name !== '' && members.split(',').includes(name));
  const all = [gid, ...listed.map(([, , number]) => Number(number)), ...supplementalGroups];
  return { uid: Number(uid), gid, supplementalGroups: [...new Set(all)].sort((a, b) => a - b), home };
}

function numberOf(group: string, groups: readonly Entry[]): number {
  if (isNumber(group)) return Number(group);
  const found = groups.find(([name]) => name === group);
  if (found === undefined) {
    throw new RuntimeError('Unknown', `unable to find group ${group}: no matching entries in group file`);
  }
  return Number(found[2]);
}

/** What `/proc/self/status` says of it: real, effective, saved and file-system ids. */
export function processStatus({ uid, gid, supplementalGroups }: ContainerUser): string {
  const four = (id: number) => Array.from({ length: 4 }, () => id).join('\t');
  return `Uid:\t${four(uid)}\nGid:\t${four(gid)}\nGroups:\t${supplementalGroups.join(' ')} \n`;
}
