/**
 * Volumes that show an image's files: their images are pulled before containers are started, and a container
 * that mounts one whose image is not there does not start.
 * Follows pkg/kubelet/kuberuntime/kuberuntime_manager.go getImageVolumes and toKubeContainerImageVolumes.
 */
import type { Container, Pod } from '../../api/types.ts';
import { type Draft, refOf, snapshotOf } from '../draft.ts';
import { ensureImage, type ImageDecision } from '../images/image-manager.ts';
import { imageVolumesOf, volumeImage } from '../images/image-user.ts';
import { doNext, setSync, syncOf, waitFor } from './worker-slice.ts';

type Failure = Extract<ImageDecision, { type: 'failed' }>;

/** One volume after the other; the rest of the task follows when this one is decided. */
export function pullImageVolumes(draft: Draft, pod: Pod, [name, ...rest]: readonly string[]): void {
  const { uid } = pod.metadata;
  const volume = imageVolumesOf(pod).find((one) => one.name === name);
  if (rest.length > 0) doNext(draft, uid, [{ type: 'pullImageVolumes', volumes: rest }]);
  if (volume === undefined) return;
  const user = volumeImage(pod, volume);
  const decision = ensureImage(draft, user);
  if (decision.type === 'waits') waitFor(draft, uid, { for: 'image', name: user.name });
  else imageVolumeDecided(draft, pod, volume.name, decision);
}

/** What the image manager said; a failure is kept for the containers that mount the volume. */
export function imageVolumeDecided(draft: Draft, pod: Pod, name: string, decision: ImageDecision): void {
  if (decision.type !== 'failed') return;
  const { uid } = pod.metadata;
  const { imageVolumeFailures = {} } = syncOf(draft, uid);
  setSync(draft, uid, { imageVolumeFailures: { ...imageVolumeFailures, [name]: decision } });
}

/** Why the container cannot have one of its volumes: the last one that it mounts. */
export function imageVolumeFailure(draft: Draft, pod: Pod, container: Container): Failure | undefined {
  const { imageVolumeFailures = {} } = syncOf(draft, pod.metadata.uid);
  const failures = (container.volumeMounts ?? []).flatMap(({ name }) => imageVolumeFailures[name] ?? []);
  return failures.at(-1);
}

/** By volume: the reference of the image that it shows. */
export function imageVolumeRefs(draft: Draft, pod: Pod): Readonly<Record<string, string>> {
  const refs = imageVolumesOf(pod).map((volume) => {
    const { context } = snapshotOf(draft, refOf('imagePull', pod, { name: volumeImage(pod, volume).name }));
    return [volume.name, context.imageRef] as const;
  });
  return Object.fromEntries(refs);
}
