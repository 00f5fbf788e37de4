/** How a container's status names its image, as containerd does (internal/cri/server/container_status.go). */
import type { ContainerStatus } from '../api/cri.ts';
import { parseImageName } from '../api/image-name.ts';

/**
 * The first of the image's names in full, or what was asked for when it has none any more, and its digest in that
 * repository. `names` are references of any form.
 */
export function statusNames(
  asked: string,
  id: string,
  names: readonly string[],
): Pick<ContainerStatus, 'image' | 'imageRef' | 'imageId'> {
  const parsed = names.toSorted().flatMap((name) => {
    const one = parseImageName(name);
    return one.ok ? [one.name] : [];
  });
  const tagged = parsed.find(({ tag }) => tag !== '');
  const [first] = parsed;
  return {
    image: tagged === undefined ? asked : `${tagged.repository}:${tagged.tag}`,
    imageRef: first === undefined ? id : `${first.repository}@${id}`,
    imageId: id,
  };
}
