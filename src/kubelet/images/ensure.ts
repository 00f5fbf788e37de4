/** The image manager's decisions: what to ask of the runtime before a container can be created. */
import type { Image } from '../../api/cri.ts';
import { DEFAULT_CONFIGURATION } from '../../api/kubelet-configuration/defaulting.ts';
import type { PullPolicy } from '../../api/types.ts';
import {
  type Backoff,
  backoffEndSinceUpdate,
  collectBackoff,
  newBackoff,
  nextBackoff,
} from '../backoff/backoff.ts';
import * as events from '../events/texts.ts';
import type { StartError } from '../status/start-error.ts';
import { type ImageAccess, mayUsePresentImage } from './access.ts';
import { classifyPullError } from './pull-errors.ts';
import { newPullLimit, PULL_QPS_EXCEEDED, type PullLimit, tryAccept } from './pull-limit.ts';

export interface EnsureImageRequest {
  readonly podUid: string;
  /** As the pod names it. */
  readonly image: string;
  /** Why the name does not parse; undefined when it does. */
  readonly nameError: string | undefined;
  readonly policy: PullPolicy;
  /** Undefined: presence is enough (gate KubeletEnsureSecretPulledImages off). */
  readonly access: ImageAccess | undefined;
}

interface ImagePullLimits {
  readonly initialMs?: number;
  readonly maxMs?: number;
  readonly qps?: number;
  readonly burst?: number;
}

/** What the image manager remembers between attempts. */
export interface ImagePullState {
  readonly backoff: Backoff;
  readonly limit: PullLimit;
  /** By back-off key: the error of the last pull, told while its window is open. */
  readonly previousErrors: Readonly<Record<string, StartError>>;
}

/** pkg/kubelet/kubelet.go imageBackOff: 10 s doubling to 300 s. */
export const IMAGE_PULL = { initialMs: 10_000, maxMs: 300_000 } as const;

const { registryPullQPS, registryBurst } = DEFAULT_CONFIGURATION;

/** Nothing was pulled yet. `qps` pulls a second may begin, `burst` of them at once. */
export function newImagePullState(
  nowMs: number,
  {
    initialMs = IMAGE_PULL.initialMs,
    maxMs = IMAGE_PULL.maxMs,
    qps = registryPullQPS,
    burst = registryBurst,
  }: ImagePullLimits = {},
): ImagePullState {
  return {
    backoff: newBackoff(initialMs, maxMs),
    limit: newPullLimit(qps, burst, nowMs),
    previousErrors: {},
  };
}

/** The next thing to do; `events` are recorded on the container in this order. */
export type EnsureImageStep =
  | EnsureImageDone
  /** Ask `imageStatus`, then `afterImageStatus`. */
  | { readonly step: 'inspect'; readonly events: readonly events.EventText[]; readonly state: ImagePullState }
  /** Ask `pullImage`, then `afterPull`. */
  | { readonly step: 'pull'; readonly events: readonly events.EventText[]; readonly state: ImagePullState };

export type EnsureImageDone =
  | {
      readonly step: 'present';
      readonly image: Image;
      readonly events: readonly events.EventText[];
      readonly state: ImagePullState;
    }
  | {
      readonly step: 'failed';
      readonly error: StartError;
      readonly events: readonly events.EventText[];
      readonly state: ImagePullState;
      /** When the window ends, where the refusal is the back-off's. */
      readonly retryAtMs?: number;
    };

/** image_manager.go EnsureImageExists, first part; policy Always never asks for presence. */
export function beginEnsureImage(
  request: EnsureImageRequest,
  state: ImagePullState,
  nowMs: number,
): EnsureImageStep {
  if (request.nameError !== undefined) {
    return refuse(state, 'InvalidImageName', events.invalidImageName(request.image, request.nameError));
  }
  if (request.policy === 'Always') return beginPull(request, state, nowMs);
  return { step: 'inspect', events: [], state };
}

/** After `imageStatus`: `image` is null when the node does not have it, a text when asking failed. */
export function afterImageStatus(
  request: EnsureImageRequest,
  state: ImagePullState,
  image: Image | null | { readonly error: string },
  nowMs: number,
): EnsureImageStep {
  if (image && 'error' in image) {
    return refuse(state, 'ImageInspectError', events.failedToInspectImage(request.image, image.error));
  }
  const { access } = request;
  if (image && (!access || mayUsePresentImage(request.image, access))) {
    const event = events.alreadyPresent(request.image, access !== undefined);
    return { step: 'present', image, events: [event], state };
  }
  if (request.policy === 'Never') {
    return refuse(state, 'ErrImageNeverPull', events.neverPull(request.image));
  }
  return beginPull(request, state, nowMs);
}

/** After `pullImage`; `withWaitingMs` also counts the time in the pull queue. */
export function afterPull(
  request: EnsureImageRequest,
  state: ImagePullState,
  outcome:
    | { readonly image: Image; readonly pullMs: number; readonly withWaitingMs: number }
    | { readonly error: string },
  nowMs: number,
): EnsureImageDone {
  if ('error' in outcome) return pullFailed(request, state, outcome.error, nowMs, []);
  const { image, pullMs, withWaitingMs } = outcome;
  return {
    step: 'present',
    image,
    events: [events.pulled(request.image, pullMs, withWaitingMs, image.sizeBytes)],
    state: collect(state, nowMs),
  };
}

/** Drops windows that are over and the errors told during them. */
function collect(state: ImagePullState, nowMs: number): ImagePullState {
  const backoff = collectBackoff(state.backoff, nowMs);
  const told = Object.entries(state.previousErrors).filter(([key]) => key in backoff.entries);
  return { ...state, backoff, previousErrors: Object.fromEntries(told) };
}

/** The key of the pull back-off: one entry a pod and image. */
export function imageBackoffKey({ podUid, image }: EnsureImageRequest): string {
  return `${podUid}_${image}`;
}

function beginPull(request: EnsureImageRequest, state: ImagePullState, nowMs: number): EnsureImageStep {
  const key = imageBackoffKey(request);
  const endMs = backoffEndSinceUpdate(state.backoff, key, nowMs);
  if (endMs !== undefined && nowMs < endMs) {
    const event = events.backOffPulling(request.image);
    const previous = state.previousErrors[key];
    // The cause goes into the waiting message, never into the event.
    const message = previous ? `${event.message}: ${previous.reason}: ${previous.message}` : event.message;
    const error = { reason: 'ImagePullBackOff', message };
    return { step: 'failed', error, events: [event], state, retryAtMs: endMs };
  }
  const { [key]: _told, ...previousErrors } = state.previousErrors;
  const [accepted, limit] = tryAccept(state.limit, nowMs);
  const next = { ...state, previousErrors, limit };
  const event = events.pulling(request.image);
  if (!accepted) return pullFailed(request, next, PULL_QPS_EXCEEDED, nowMs, [event]);
  return { step: 'pull', events: [event], state: next };
}

function pullFailed(
  request: EnsureImageRequest,
  state: ImagePullState,
  text: string,
  nowMs: number,
  before: readonly events.EventText[],
): EnsureImageDone {
  const key = imageBackoffKey(request);
  const error = classifyPullError(request.image, text);
  return {
    step: 'failed',
    error,
    events: [...before, events.failedToPull(request.image, text)],
    state: {
      ...state,
      backoff: nextBackoff(state.backoff, key, nowMs, nowMs),
      previousErrors: { ...state.previousErrors, [key]: error },
    },
  };
}

function refuse(state: ImagePullState, reason: string, event: events.EventText): EnsureImageDone {
  return { step: 'failed', error: { reason, message: event.message }, events: [event], state };
}
