/** Who needs an image on the node: a container, or a volume of a pod that shows an image's files. */
import { defaultPullPolicy } from '../../api/image-name.ts';
import type { Container, Pod, PullPolicy, Volume } from '../../api/types.ts';
import { findContainer } from '../pod-spec.ts';

export interface ImageUser {
  readonly pod: Pod;
  /** Tells it from the pod's other users: the container's name, or `volumes/<volume>`. */
  readonly name: string;
  /** As the pod names it. */
  readonly image: string;
  readonly policy: PullPolicy;
  /** The container that events are about; undefined: they are about the pod. */
  readonly container?: string;
}

/** A container, init and ephemeral ones included. */
export function containerImage(pod: Pod, container: Container): ImageUser {
  const { name, image = '', imagePullPolicy } = container;
  return { pod, name, image, policy: policyOf(image, imagePullPolicy), container: name };
}

/** A volume of source `image`. */
export function volumeImage(pod: Pod, { name, image }: Volume): ImageUser {
  const { reference = '', pullPolicy } = image ?? {};
  return { pod, name: `${VOLUMES}${name}`, image: reference, policy: policyOf(reference, pullPolicy) };
}

/** No name of a container has a slash. */
const VOLUMES = 'volumes/';

function policyOf(image: string, policy: string | undefined): PullPolicy {
  return (policy as PullPolicy | undefined) ?? defaultPullPolicy(image);
}

/** The user of this name; undefined when the pod has none any more. */
export function imageUserOf(pod: Pod, name: string): ImageUser | undefined {
  if (!name.startsWith(VOLUMES)) {
    const container = findContainer(pod, name);
    return container && containerImage(pod, container);
  }
  const volume = imageVolumesOf(pod).find((one) => `${VOLUMES}${one.name}` === name);
  return volume && volumeImage(pod, volume);
}

export function imageVolumesOf({ spec }: Pod): readonly Volume[] {
  return (spec.volumes ?? []).filter(({ image }) => image !== undefined);
}
