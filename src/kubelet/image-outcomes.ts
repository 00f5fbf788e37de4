/** What came of the image store's answers: the sync that waits for an image goes on. */
import type { Pod } from '../api/types.ts';
import type { Owner } from '../machines/effects.ts';
import type { EffectError, EffectResult } from '../machines/events.ts';
import type { Draft } from './draft.ts';
import { imageInspected, orphanPullEnded, pullEnded } from './images/image-manager.ts';
import { imageUserOf } from './images/image-user.ts';
import { imageVolumeDecided } from './pod-worker/image-volumes.ts';
import { imageDecided } from './pod-worker/start-container.ts';
import { resume } from './pod-worker/worker-run.ts';
import { waitOf } from './pod-worker/worker-slice.ts';

/** The image user's name in its machine's key, `image/<uid>/<name>`. */
const nameIn = ({ key, podUid }: Owner) => key.slice(`image/${podUid}/`.length);

/** A pull came back whose pod is gone. */
export function imagePullOrphaned(draft: Draft, owner: Owner): void {
  orphanPullEnded(draft, owner.podUid, nameIn(owner));
}

/** The image was looked up, or its pull ended. */
export function imageCallReturned(
  draft: Draft,
  pod: Pod,
  owner: Owner,
  call: 'imageStatus' | 'pullImage',
  result: EffectResult | EffectError,
): void {
  const name = nameIn(owner);
  const user = imageUserOf(pod, name);
  if (user === undefined) {
    if (call === 'pullImage') imagePullOrphaned(draft, owner);
    return;
  }
  const image = 'code' in result ? { error: result.message } : result.type === 'image' ? result.image : null;
  const decision =
    call === 'imageStatus'
      ? imageInspected(draft, user, image)
      : pullEnded(draft, user, image ?? { error: 'the image is not there after its pull' });
  const { uid } = pod.metadata;
  const wait = waitOf(draft, uid);
  const task = draft.state.workers[uid]?.sync?.task;
  if (wait?.for !== 'image' || wait.name !== name || decision.type === 'waits') return;
  if (task?.type === 'pullImageVolumes') imageVolumeDecided(draft, pod, task.volumes[0] ?? '', decision);
  else if (task?.type === 'startContainer' && task.name === name) imageDecided(draft, pod, task, decision);
  else return;
  resume(draft, uid);
}
