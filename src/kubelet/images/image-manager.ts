/**
 * The image manager at work: performs the decisions of `ensure.ts` for containers and for volumes that show
 * images, with the credentials of the pod, in the turn that the pull queue gives.
 * Follows pkg/kubelet/images/image_manager.go, and kuberuntime_image.go PullImage for the credentials.
 */
import type { Image } from '../../api/cri.ts';
import { applyDefaultImageTag } from '../../api/image-name.ts';
import { isEnabled } from '../../api/kubelet-configuration/gates.ts';
import { aggregateErrors } from '../aggregate-errors.ts';
import { type Draft, type MachineRef, move, moveIf, refOf, type Say, update } from '../draft.ts';
import { recordEvent } from '../events/recorder.ts';
import { logError } from '../log/log.ts';
import type { StartError } from '../status/start-error.ts';
import { WHERE } from '../where.ts';
import {
  afterImageStatus,
  afterPull,
  beginEnsureImage,
  type EnsureImageRequest,
  type EnsureImageStep,
  type ImagePullState,
} from './ensure.ts';
import { type ImageUser, imageUserOf } from './image-user.ts';
import { type Credential, credentialsFor } from './keyring.ts';
import {
  type ActivePull,
  activePull,
  nextPull,
  type PullQueue,
  parallelPulls,
  withActive,
  withoutPull,
} from './pull-queue.ts';
import { pullRecordsChanged } from './pull-record-files.ts';
import { imageAccess, type PullRecords, pullRecorded } from './pull-records.ts';
import { pullSecretsOf } from './pull-secrets.ts';

/** The image manager's slice. */
export interface ImageManager {
  readonly pulls: ImagePullState;
  readonly queue: PullQueue;
  readonly records: PullRecords;
}

export type ImageDecision =
  | { readonly type: 'present'; readonly imageRef: string }
  | { readonly type: 'failed'; readonly error: StartError; readonly retryAtMs?: number }
  /** The outcome comes with an event. */
  | { readonly type: 'waits' };

/** `imageRef`: of the image that is there, where that is known. */
function requestOf({ state }: Draft, user: ImageUser, imageRef?: string): EnsureImageRequest {
  const { pod, image, policy } = user;
  const named = applyDefaultImageTag(image);
  return {
    podUid: pod.metadata.uid,
    image,
    nameError: named.ok ? undefined : named.error,
    policy,
    access: isEnabled(state.config, 'KubeletEnsureSecretPulledImages')
      ? imageAccess(state.images.records, { image, imageRef }, credentialsOf({ state }, user), state.config)
      : undefined,
  };
}

function credentialsOf({ state }: Pick<Draft, 'state'>, { pod, image }: ImageUser): readonly Credential[] {
  const { secrets } = pullSecretsOf(state, pod);
  return secrets.length === 0 ? [] : credentialsFor(image, secrets);
}

const refOfImage = ({ pod, name }: ImageUser): MachineRef<'imagePull'> => refOf('imagePull', pod, { name });

function setImages(draft: Draft, change: Partial<ImageManager>): void {
  update(draft, { images: { ...draft.state.images, ...change } });
}

/** The image is needed on this node. */
export function ensureImage(draft: Draft, user: ImageUser): ImageDecision {
  const { images, nowMs } = draft.state;
  return follow(draft, user, beginEnsureImage(requestOf(draft, user), images.pulls, nowMs));
}

/** The image store answered; an error is its text. */
export function imageInspected(
  draft: Draft,
  user: ImageUser,
  image: Image | null | { readonly error: string },
): ImageDecision {
  const { images, nowMs } = draft.state;
  const imageRef = image !== null && 'id' in image ? image.id : undefined;
  return follow(draft, user, afterImageStatus(requestOf(draft, user, imageRef), images.pulls, image, nowMs));
}

/** A pull ended, well or not: the next credential is tried, or the next pull in the queue begins. */
export function pullEnded(
  draft: Draft,
  user: ImageUser,
  outcome: Image | { readonly error: string },
): ImageDecision {
  const key = { podUid: user.pod.metadata.uid, name: user.name };
  const pull = activePull(draft.state.images.queue, key);
  if (pull === undefined) return { type: 'waits' };
  if ('error' in outcome) {
    const tried = { ...pull, errors: [...pull.errors, outcome.error] };
    const [credential, ...others] = pull.others;
    if (credential !== undefined && tryPull(draft, user, { ...tried, credential, others }))
      return { type: 'waits' };
    return pullOver(draft, user, tried, { error: aggregateErrors(tried.errors) });
  }
  const { images, nowMs } = draft.state;
  const pulled = { image: user.image, imageRef: outcome.id };
  pullRecordsChanged(draft, pullRecorded(images.records, pulled, pull.credential, nowMs), outcome.id);
  return pullOver(draft, user, pull, outcome);
}

function pullOver(
  draft: Draft,
  user: ImageUser,
  pull: ActivePull,
  outcome: Image | { readonly error: string },
): ImageDecision {
  const { images, nowMs } = draft.state;
  if ('error' in outcome) {
    const { image } = user;
    logError(draft, 'log.go', outcome.error, 'PullImage from image service failed', { image });
    logError(draft, 'kuberuntime_image.go', outcome.error, 'Failed to pull image', { image });
  }
  setImages(draft, { queue: withoutPull(images.queue, pull) });
  const times = { pullMs: nowMs - pull.begunMs, withWaitingMs: nowMs - pull.queuedMs };
  const told = 'error' in outcome ? outcome : { image: outcome, ...times };
  const decision = follow(draft, user, afterPull(requestOf(draft, user), images.pulls, told, nowMs));
  pullNext(draft);
  return decision;
}

function follow(draft: Draft, user: ImageUser, step: EnsureImageStep): ImageDecision {
  const ref = refOfImage(user);
  const { pod, image, name } = user;
  setImages(draft, { pulls: step.state });
  const values = { image };
  const where = WHERE.ensureImageExists;
  for (const event of step.events) recordEvent(draft, pod, event, user.container);
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
      const { queue } = draft.state.images;
      const queued = { podUid: pod.metadata.uid, name, queuedMs: draft.state.nowMs };
      setImages(draft, { queue: { ...queue, waiting: [...queue.waiting, queued] } });
      pullNext(draft);
      return { type: 'waits' };
    }
    case 'present':
      present(draft, ref, step.image, image);
      return { type: 'present', imageRef: step.image.id };
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

/** Begins the pulls whose turn it is; one that nobody needs any more makes way. */
function pullNext(draft: Draft): void {
  for (;;) {
    const { images, workers, config, nowMs } = draft.state;
    const queued = nextPull(images.queue, parallelPulls(config));
    if (queued === undefined) return;
    const pod = workers[queued.podUid]?.pod;
    const user = pod && imageUserOf(pod, queued.name);
    const [credential, ...others] = user === undefined ? [] : credentialsOf(draft, user);
    const pull = { ...queued, begunMs: nowMs, others, errors: [], ...(credential && { credential }) };
    if (user === undefined || !tryPull(draft, user, pull)) {
      setImages(draft, { queue: withoutPull(images.queue, queued) });
    }
  }
}

/** False when the machine is past its pull. */
function tryPull(draft: Draft, user: ImageUser, pull: ActivePull): boolean {
  const { image } = user;
  const where = draft.state.config.serializeImagePulls ? WHERE.serialPull : WHERE.parallelPull;
  const { credential } = pull;
  const say: Say =
    credential === undefined
      ? { stage: 'pull', why: 'image.pull', values: { image }, where }
      : {
          stage: 'pull',
          why: 'image.pullWithSecret',
          values: { image, secret: credential.secret.split('/')[1] ?? '' },
          where,
        };
  const event = { type: 'PullImage', image, ...(credential && { auth: credential.auth }) } as const;
  if (moveIf(draft, refOfImage(user), event, say) === undefined) return false;
  setImages(draft, { queue: withActive(draft.state.images.queue, pull) });
  return true;
}

/** A pod is gone: its pulls that have not begun are dropped; those under way end by themselves. */
export function dropPulls(draft: Draft, podUid: string): void {
  const { queue } = draft.state.images;
  const waiting = queue.waiting.filter((pull) => pull.podUid !== podUid);
  if (waiting.length !== queue.waiting.length) setImages(draft, { queue: { ...queue, waiting } });
}

/** The outcome of a pull that nobody needs any more: it only makes way for the next. */
export function orphanPullEnded(draft: Draft, podUid: string, name: string): void {
  setImages(draft, { queue: withoutPull(draft.state.images.queue, { podUid, name }) });
  pullNext(draft);
}
