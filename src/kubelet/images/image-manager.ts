/**
 * The image manager at work: performs the decisions of `ensure.ts`, one pull at a time for the node unless the
 * configuration allows more. Follows pkg/kubelet/images/image_manager.go and puller.go.
 */
import type { Image } from '../../api/cri.ts';
import { applyDefaultImageTag, defaultPullPolicy } from '../../api/image-name.ts';
import type { KubeletConfiguration } from '../../api/kubelet-configuration/fields.ts';
import type { Container, Pod, PullPolicy } from '../../api/types.ts';
import { type Draft, type MachineRef, move, moveIf, refOf, type Say, update } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import type { StartError } from '../status/start-error.ts';
import { WHERE } from '../where.ts';
import { openToEveryone } from './access.ts';
import {
  afterImageStatus,
  afterPull,
  beginEnsureImage,
  type EnsureImageRequest,
  type EnsureImageStep,
  type ImagePullState,
} from './ensure.ts';

/** A pull that waits for its turn or is under way. */
export interface QueuedPull {
  readonly podUid: string;
  readonly container: string;
  readonly queuedMs: number;
  readonly underWay: boolean;
}

/** The image manager's slice. */
export interface ImageManager {
  readonly pulls: ImagePullState;
  /** First come, first pulled; those that are done are gone from here. */
  readonly queue: readonly QueuedPull[];
}

export type ImageDecision =
  | { readonly type: 'present' }
  | { readonly type: 'failed'; readonly error: StartError; readonly retryAtMs?: number }
  /** The outcome comes with an event. */
  | { readonly type: 'waits' };

function requestOf(pod: Pod, container: Container): EnsureImageRequest {
  const image = container.image ?? '';
  const named = applyDefaultImageTag(image);
  return {
    podUid: pod.metadata.uid,
    image,
    nameError: named.ok ? undefined : named.error,
    policy: (container.imagePullPolicy as PullPolicy | undefined) ?? defaultPullPolicy(image),
    access: openToEveryone(image),
  };
}

const refOfImage = (pod: Pod, container: Container): MachineRef<'imagePull'> =>
  refOf('imagePull', pod, container);

function setPulls(draft: Draft, pulls: ImagePullState): void {
  update(draft, { images: { ...draft.state.images, pulls } });
}

/** The container's image is needed on this node. */
export function ensureImage(draft: Draft, pod: Pod, container: Container): ImageDecision {
  const step = beginEnsureImage(requestOf(pod, container), draft.state.images.pulls, draft.state.nowMs);
  return follow(draft, pod, container, step);
}

/** The image store answered; an error is its text. */
export function imageInspected(
  draft: Draft,
  pod: Pod,
  container: Container,
  image: Image | null | { readonly error: string },
): ImageDecision {
  const { images, nowMs } = draft.state;
  return follow(
    draft,
    pod,
    container,
    afterImageStatus(requestOf(pod, container), images.pulls, image, nowMs),
  );
}

/** A pull ended, well or not; the next one in the queue begins. */
export function pullEnded(
  draft: Draft,
  pod: Pod,
  container: Container,
  outcome: { readonly image: Image; readonly pullMs: number } | { readonly error: string },
): ImageDecision {
  const { nowMs } = draft.state;
  const pull = takePull(draft, pod.metadata.uid, container.name);
  const { images } = draft.state;
  const told =
    'error' in outcome ? outcome : { ...outcome, withWaitingMs: nowMs - (pull?.queuedMs ?? nowMs) };
  const decision = follow(
    draft,
    pod,
    container,
    afterPull(requestOf(pod, container), images.pulls, told, nowMs),
  );
  beginPulls(draft);
  return decision;
}

function follow(draft: Draft, pod: Pod, container: Container, step: EnsureImageStep): ImageDecision {
  const ref = refOfImage(pod, container);
  const image = container.image ?? '';
  setPulls(draft, step.state);
  const values = { image };
  const where = WHERE.ensureImageExists;
  for (const event of step.events) recordEvent(draft, pod, event, container.name);
  switch (step.step) {
    case 'inspect':
      move(
        draft,
        ref,
        { type: 'InspectImage', image },
        { stage: 'pull', why: 'image.inspect', values, where },
      );
      return { type: 'waits' };
    case 'pull': {
      move(draft, ref, { type: 'QueuePull' }, { stage: 'pull', why: 'image.queue', values, where });
      const { images, nowMs } = draft.state;
      const { uid: podUid } = pod.metadata;
      const queued = { podUid, container: container.name, queuedMs: nowMs, underWay: false };
      update(draft, { images: { ...images, queue: [...images.queue, queued] } });
      beginPulls(draft);
      return { type: 'waits' };
    }
    case 'present':
      present(draft, ref, step.image, image);
      return { type: 'present' };
    case 'failed': {
      const { error, retryAtMs } = step;
      refused(draft, ref, error, retryAtMs);
      return { type: 'failed', error, ...(retryAtMs === undefined ? {} : { retryAtMs }) };
    }
  }
}

function present(draft: Draft, ref: MachineRef<'imagePull'>, found: Image, image: string): void {
  const { id: imageRef, user: imageUser = '', standIn } = found;
  const values = { image };
  const pulled = standIn ? 'image.pulledStandIn' : 'image.pulled';
  const say: Say = { stage: 'pull', why: pulled, values, where: WHERE.pullImage };
  if (moveIf(draft, ref, { type: 'ImagePulled', imageRef, imageUser }, say) !== undefined) return;
  const why = standIn ? 'image.presentStandIn' : 'image.present';
  moveIf(
    draft,
    ref,
    { type: 'ImagePresent', imageRef, imageUser },
    { stage: 'pull', why, values, where: WHERE.ensureImageExists },
  );
}

function refused(draft: Draft, ref: MachineRef<'imagePull'>, error: StartError, retryAtMs?: number): void {
  const { reason, message } = error;
  const say: Say = {
    stage: 'pull',
    why: 'image.refused',
    values: { reason, message },
    where: WHERE.ensureImageExists,
  };
  switch (reason) {
    case 'ImagePullBackOff':
      moveIf(
        draft,
        ref,
        { type: 'BackOff', backOffMs: (retryAtMs ?? draft.state.nowMs) - draft.state.nowMs },
        say,
      );
      return;
    case 'ErrImageNeverPull':
      moveIf(draft, ref, { type: 'NeverPull' }, say);
      return;
    case 'InvalidImageName':
      moveIf(draft, ref, { type: 'InvalidName' }, say);
      return;
    case 'ImageInspectError':
      moveIf(draft, ref, { type: 'InspectFailed' }, say);
      return;
    default:
      moveIf(draft, ref, { type: 'ImagePullFailed' }, say);
  }
}

/** How many images may be pulled at a time (NewImageManager: the serial or the parallel puller). */
function pullsAtATime({ serializeImagePulls, maxParallelImagePulls }: KubeletConfiguration): number {
  return serializeImagePulls ? 1 : (maxParallelImagePulls ?? Number.POSITIVE_INFINITY);
}

function setQueue(draft: Draft, queue: readonly QueuedPull[]): void {
  update(draft, { images: { ...draft.state.images, queue } });
}

/** Begins the pulls whose turn it is; one whose pod is gone makes way. */
function beginPulls(draft: Draft): void {
  const limit = pullsAtATime(draft.state.config);
  for (;;) {
    const { queue } = draft.state.images;
    const next = queue.find(({ underWay }) => !underWay);
    if (next === undefined || queue.filter(({ underWay }) => underWay).length >= limit) return;
    const begun = begin(draft, next);
    const others = (pull: QueuedPull) =>
      pull === next ? (begun ? [{ ...next, underWay: true }] : []) : [pull];
    setQueue(draft, queue.flatMap(others));
  }
}

/** False when nobody wants it any more. */
function begin(draft: Draft, { podUid, container }: QueuedPull): boolean {
  const pod = draft.state.workers[podUid]?.pod;
  if (pod === undefined) return false;
  const image = imageOf(pod, container);
  const ref = refOf('imagePull', pod, { name: container });
  const say: Say = { stage: 'pull', why: 'image.pull', values: { image }, where: WHERE.pullImages };
  return moveIf(draft, ref, { type: 'PullImage', image }, say) !== undefined;
}

/** Takes the pull that has ended out of the queue. */
function takePull(draft: Draft, podUid: string, container: string): QueuedPull | undefined {
  const { queue } = draft.state.images;
  const ended = queue.find((pull) => pull.underWay && pull.podUid === podUid && pull.container === container);
  setQueue(
    draft,
    queue.filter((pull) => pull !== ended),
  );
  return ended;
}

function imageOf({ spec }: Pod, name: string): string {
  const all = [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  return all.find((container) => container.name === name)?.image ?? '';
}

/** A pod is gone: its pulls that have not begun are dropped; one under way ends by itself. */
export function dropPulls(draft: Draft, podUid: string): void {
  const { queue } = draft.state.images;
  const left = queue.filter((pull) => pull.underWay || pull.podUid !== podUid);
  if (left.length !== queue.length) setQueue(draft, left);
}

/** The outcome of a pull whose pod is gone: it only makes way for the next. */
export function orphanPullEnded(draft: Draft, podUid: string, container: string): void {
  takePull(draft, podUid, container);
  beginPulls(draft);
}
