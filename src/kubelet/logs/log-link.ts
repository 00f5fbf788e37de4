/** The link to a container's log under /var/log/containers, where log collectors look. */
import { type ContainerStatus, LABEL } from '../../api/cri.ts';
import { CONTAINER_LOG_ROOT } from '../paths.ts';

/** The longest file name of ext4 (kuberuntime/legacy.go). */
const NAME_LIMIT = 255;
const SUFFIX = '.log';

/** `/var/log/containers/<pod>_<namespace>_<container>-<id>.log` (kuberuntime/legacy.go logSymlink). */
export function containerLogLink({
  id,
  labels,
  metadata,
}: Pick<ContainerStatus, 'id' | 'labels' | 'metadata'>) {
  const pod = `${labels[LABEL.podName] ?? ''}_${labels[LABEL.podNamespace] ?? ''}`;
  const name = `${pod}_${metadata.name}-${id}`.slice(0, NAME_LIMIT - SUFFIX.length);
  return `${CONTAINER_LOG_ROOT}/${name}${SUFFIX}`;
}
