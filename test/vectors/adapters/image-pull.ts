/** image-pull.json: the image manager tick by tick, its errors and texts, and names of images. */
import { applyDefaultImageTag, defaultPullPolicy, parseImageName } from '../../../src/api/image-name.ts';
import type { PullPolicy } from '../../../src/api/types.ts';
import { nextBackoff } from '../../../src/kubelet/backoff/backoff.ts';
import * as texts from '../../../src/kubelet/events/texts.ts';
import type { PullRecord } from '../../../src/kubelet/images/access.ts';
import { beginEnsureImage, imageBackoffKey, newImagePullState } from '../../../src/kubelet/images/ensure.ts';
import { classifyPullError } from '../../../src/kubelet/images/pull-errors.ts';
import { callImageManager } from '../../kubelet/image-calls.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';
import { asked } from '../asked.ts';

/** How far the fake clock goes before each call. */
const TICK_SECONDS = 1;

interface Ensure {
  readonly image: string;
  readonly policy: PullPolicy;
  readonly present: boolean;
  readonly inspectError: string | null;
  readonly pullError: string | null;
  readonly qps: number;
  readonly burst: number;
  readonly recordedCredentials?: Readonly<Record<string, readonly string[]>>;
  readonly podCredentials?: readonly string[];
}

function ensure({ input, expected }: VectorCase<Ensure, { readonly ticks: readonly unknown[] }>) {
  const { recordedCredentials: recorded, podCredentials = [], ...rest } = input;
  const records = Object.entries(recorded ?? {}).map(([image, credentials]): [string, PullRecord] => [
    image,
    { kind: 'credentials', credentials },
  ]);
  const access = recorded && { records: Object.fromEntries(records), podCredentials };
  const answers = callImageManager({
    ...rest,
    access,
    calls: expected.ticks.length,
    clockStepSeconds: TICK_SECONDS,
  });
  return { ticks: answers.map(({ calls, error, events }) => ({ calls, error, events })) };
}

function classify({ input }: VectorCase<{ image: string; pullError: string }>) {
  const { reason, message } = classifyPullError(input.image, input.pullError);
  return { error: reason, message };
}

/** Durations and size as the file's place holders, by values that occur nowhere else. */
function pulledForm(): texts.EventText {
  const event = texts.pulled('IMG', 11_000, 22_000, 33);
  const message = event.message.replace('11s', 'D1').replace('22s', 'D2').replace('33', 'N');
  return { ...event, message };
}

const EVENTS: Readonly<Record<string, () => texts.EventText>> = {
  Pulling: () => texts.pulling('IMG'),
  'Pulled after a pull': pulledForm,
  'Pulled because present': () => texts.alreadyPresent('IMG', false),
  Failed: () => texts.failedToPull('IMG', 'ERR'),
  BackOff: () => texts.backOffPulling('IMG'),
  'InspectFailed (name)': () => texts.invalidImageName('IMG', 'ERR'),
  'InspectFailed (inspect)': () => texts.failedToInspectImage('IMG', 'ERR'),
  ErrImageNeverPull: () => texts.neverPull('IMG'),
};

function event({ input }: VectorCase<{ which: string }>) {
  const make = EVENTS[input.which];
  if (!make) throw new Error(`no such event here: ${input.which}`);
  const { type, reason, message } = make();
  return { type, reason, messageForm: message };
}

interface Waiting {
  readonly image: string;
  readonly previous: { readonly error: string; readonly message: string };
}

function waitingMessage({ input }: VectorCase<Waiting>) {
  const request = {
    podUid: 'uid-1',
    image: input.image,
    nameError: undefined,
    policy: 'Always' as const,
    access: undefined,
  };
  const key = imageBackoffKey(request);
  const state = newImagePullState(0);
  const step = beginEnsureImage(
    request,
    {
      ...state,
      backoff: nextBackoff(state.backoff, key, 0, 0),
      previousErrors: { [key]: { reason: input.previous.error, message: input.previous.message } },
    },
    1_000,
  );
  if (step.step !== 'failed') throw new Error(`not in back-off: ${step.step}`);
  return { ...step.error, eventMessage: step.events[0]?.message };
}

function rule({ expected }: VectorCase<unknown, { readonly messageForms?: readonly string[] }>) {
  const failed = texts.failed('ErrImagePull');
  const reasons = ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName'];
  const { backoff } = newImagePullState(0);
  const once = nextBackoff(backoff, 'key', 0, 0);
  const twice = nextBackoff(once, 'key', 0, 0);
  const told = {
    type: failed.type,
    reason: failed.reason,
    messageForms: reasons.map((reason) => texts.failed(reason).message),
    initialSeconds: backoff.initialMs / 1000,
    maxSeconds: backoff.maxMs / 1000,
    factor: (twice.entries.key?.backoffMs ?? 0) / (once.entries.key?.backoffMs ?? 1),
    key: imageBackoffKey({
      podUid: 'podUID',
      image: 'image',
      nameError: undefined,
      policy: 'Always',
      access: undefined,
    }),
    resetAfterIdle: backoff.resetAfterMs === 2 * backoff.maxMs ? 'twice the max' : 'something else',
    testTickSeconds: TICK_SECONDS,
  };
  return asked(told, expected);
}

function parseName({ input, expected }: VectorCase<{ image: string }, { errorContains: string | null }>) {
  const parsed = parseImageName(input.image);
  if (parsed.ok) return { ...parsed.name, errorContains: null };
  const part = expected.errorContains;
  const errorContains = part !== null && parsed.error.includes(part) ? part : parsed.error;
  return { repository: null, tag: null, digest: null, errorContains };
}

function defaultPolicy({ input, expected }: VectorCase<{ image: string }, object>) {
  const parsed = parseImageName(input.image);
  const { tag, digest } = parsed.ok ? parsed.name : { tag: '', digest: '' };
  return asked({ imagePullPolicy: defaultPullPolicy(input.image), tag, digest }, expected);
}

function applyDefaultTag({ input }: VectorCase<{ image: string }>) {
  const tagged = applyDefaultImageTag(input.image);
  return tagged.ok ? { image: tagged.image } : { error: tagged.error };
}

export default {
  groups: {
    ensure,
    'classify-pull-error': classify,
    event,
    'waiting-message': waitingMessage,
    rule,
    'parse-name': parseName,
    'default-policy': defaultPolicy,
    'apply-default-tag': applyDefaultTag,
  },
} satisfies VectorAdapter;
