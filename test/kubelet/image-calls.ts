/** Calls of the image manager one after the other, as backoff.json and image-pull.json describe them. */
import type { Image } from '../../src/api/cri.ts';
import { applyDefaultImageTag } from '../../src/api/image-name.ts';
import type { PullPolicy } from '../../src/api/types.ts';
import type { ImageAccess } from '../../src/kubelet/images/access.ts';
import {
  afterImageStatus,
  afterPull,
  beginEnsureImage,
  type EnsureImageRequest,
  type EnsureImageStep,
  type ImagePullState,
  newImagePullState,
} from '../../src/kubelet/images/ensure.ts';

export interface ImageCalls {
  readonly image: string;
  readonly policy: PullPolicy;
  readonly present: boolean;
  readonly inspectError: string | null;
  readonly pullError: string | null;
  readonly qps: number;
  readonly burst: number;
  readonly access: ImageAccess | undefined;
  readonly calls: number;
  /** The source's tests use 1 s to 60 s, and step the clock by 1 s before each call. */
  readonly backOff?: { readonly initialSeconds: number; readonly maxSeconds: number };
  readonly clockStepSeconds?: number;
}

export interface ImageCall {
  readonly calls: readonly string[];
  readonly error: string | null;
  readonly events: readonly string[];
  readonly message: string;
}

const IMAGE: Image = {
  id: 'sha256:1',
  repoTags: [],
  repoDigests: [],
  sizeBytes: 1,
  pinned: false,
  standIn: false,
};

/** Puts the calls one after the other and tells what came of each. */
export function callImageManager(input: ImageCalls): ImageCall[] {
  const { qps, burst, backOff = { initialSeconds: 1, maxSeconds: 60 }, clockStepSeconds = 1 } = input;
  const tagged = applyDefaultImageTag(input.image);
  const request: EnsureImageRequest = {
    podUid: 'uid-1',
    image: input.image,
    nameError: tagged.ok ? undefined : tagged.error,
    policy: input.policy,
    access: input.access,
  };
  let state = newImagePullState(0, {
    initialMs: backOff.initialSeconds * 1000,
    maxMs: backOff.maxSeconds * 1000,
    qps,
    burst,
  });
  const answers: ImageCall[] = [];
  for (let call = 1; call <= input.calls; call++) {
    const [answer, after] = callOnce(input, request, state, call * clockStepSeconds * 1000);
    answers.push(answer);
    state = after;
  }
  return answers;
}

function callOnce(
  input: ImageCalls,
  request: EnsureImageRequest,
  before: ImagePullState,
  nowMs: number,
): [ImageCall, ImagePullState] {
  const calls: string[] = [];
  let step: EnsureImageStep = beginEnsureImage(request, before, nowMs);
  let events = step.events;
  if (step.step === 'inspect') {
    calls.push('GetImageRef');
    const found = input.inspectError ? { error: input.inspectError } : input.present ? IMAGE : null;
    step = afterImageStatus(request, step.state, found, nowMs);
    events = [...events, ...step.events];
  }
  if (step.step === 'pull') {
    calls.push('PullImage');
    // The size comes with the answer of a pull here; the kubelet asks for it in a call of its own.
    if (!input.pullError) calls.push('GetImageSize');
    const outcome = input.pullError
      ? { error: input.pullError }
      : { image: IMAGE, pullMs: 1, withWaitingMs: 1 };
    step = afterPull(request, step.state, outcome, nowMs);
    events = [...events, ...step.events];
  }
  const error = step.step === 'failed' ? step.error : undefined;
  return [
    {
      calls,
      error: error?.reason ?? null,
      events: events.map((event) => event.reason),
      message: error?.message ?? '',
    },
    step.state,
  ];
}
