/** backoff.json: crash-loop and pull back-off, and how long a pod worker rests. */

import type { PullPolicy } from '../../../src/api/types.ts';
import { type Backoff, backoffMs } from '../../../src/kubelet/backoff/backoff.ts';
import {
  type CrashLoopGates,
  crashLoopKey,
  crashLoopWindow,
  doBackOff,
  newCrashLoopBackoff,
} from '../../../src/kubelet/backoff/crash-loop.ts';
import {
  REQUEUE_JITTER_FACTOR,
  requeueDelayMs,
  type SyncError,
} from '../../../src/kubelet/backoff/requeue.ts';
import type { PullRecord } from '../../../src/kubelet/images/access.ts';
import { pod, record } from '../../kubelet/fixtures.ts';
import { callImageManager, type ImageCall } from '../../kubelet/image-calls.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

const NOW_MS = 10_000_000;

interface Configuration {
  readonly featureGates: CrashLoopGates;
  readonly configuredMaxSeconds: number | null;
}

function configuration({ input }: VectorCase<Configuration>) {
  const configured = input.configuredMaxSeconds === null ? undefined : input.configuredMaxSeconds * 1000;
  const { initialMs, maxMs } = crashLoopWindow(input.featureGates, configured);
  return { initialSeconds: initialMs / 1000, maxSeconds: maxMs / 1000 };
}

interface Crash {
  readonly initialSeconds: number;
  readonly maxSeconds: number;
  readonly expireAfterSeconds: number;
  readonly runSeconds?: number;
  readonly restarts?: number;
  readonly entrySeconds?: number;
  readonly finishedSecondsAgo?: number;
  readonly lastUpdateSecondsAgo?: number;
  readonly finishMinusLastUpdateSeconds?: number;
}

const POD = pod();
const CONTAINER = { name: 'app', image: 'busybox' };
const KEY = crashLoopKey(POD, CONTAINER);

/** What the kubelet decides at `nowMs` about a container that finished at `finishedAtMs`. */
function decide(backoff: Backoff, finishedAtMs: number, nowMs: number) {
  const ended = record('app', { state: 'CONTAINER_EXITED', exitCode: 1, finishedAtMs });
  const runtimePod = { podUid: 'uid-1', sandboxes: [], containers: [ended] };
  return doBackOff({ pod: POD, container: CONTAINER, runtimePod, backoff, nowMs });
}

function crashSequence({ input, expected }: VectorCase<Crash, object>) {
  const window = { initialMs: input.initialSeconds * 1000, maxMs: input.maxSeconds * 1000 };
  const empty = { ...newCrashLoopBackoff(window), resetAfterMs: input.expireAfterSeconds * 1000 };
  if (input.restarts !== undefined) {
    return { waitBeforeRestartSeconds: waits(empty, input.restarts, (input.runSeconds ?? 0) * 1000) };
  }
  const finishedAtMs = NOW_MS - (input.finishedSecondsAgo ?? 0) * 1000;
  const sinceUpdate = input.finishMinusLastUpdateSeconds;
  const lastUpdateMs =
    sinceUpdate === undefined
      ? NOW_MS - (input.lastUpdateSecondsAgo ?? 0) * 1000
      : finishedAtMs - sinceUpdate * 1000;
  const entry = { backoffMs: (input.entrySeconds ?? 0) * 1000, lastUpdateMs };
  const backoff = { ...empty, entries: { [KEY]: entry } };
  const decision = decide(backoff, finishedAtMs, NOW_MS);
  const told = decision.inBackOff
    ? {
        inBackOff: true,
        retryInSeconds: (decision.retryAtMs - NOW_MS) / 1000,
        entryAfterSeconds: backoffMs(backoff, KEY) / 1000,
      }
    : { inBackOff: false, nextEntrySeconds: backoffMs(decision.backoff, KEY) / 1000 };
  return Object.fromEntries(Object.entries(told).filter(([key]) => key in expected));
}

/** A container that ends after `runMs` each time: how long the kubelet waits before each restart. */
function waits(empty: Backoff, restarts: number, runMs: number): number[] {
  let backoff = empty;
  let nowMs = NOW_MS;
  return Array.from({ length: restarts }, () => {
    nowMs += runMs;
    const finishedAtMs = nowMs;
    const first = decide(backoff, finishedAtMs, nowMs);
    nowMs = first.inBackOff ? first.retryAtMs : nowMs;
    const second = decide(backoff, finishedAtMs, nowMs);
    if (second.inBackOff) throw new Error('still in back-off when its window has ended');
    backoff = second.backoff;
    return (nowMs - finishedAtMs) / 1000;
  });
}

interface Pull {
  readonly image: string;
  readonly imagePresent: boolean;
  readonly pullPolicy: PullPolicy;
  readonly inspectError?: string | null;
  readonly pullError?: string | null;
  readonly qps?: number;
  readonly burst?: number;
  readonly known?: 'everything allowed' | Readonly<Record<string, { readonly secrets: readonly string[] }>>;
  readonly podSecrets?: readonly string[];
  readonly backOff?: { readonly initialSeconds: number; readonly maxSeconds: number };
  readonly clockStepBeforeEachCallSeconds?: number;
}

interface PullExpected {
  readonly calls: readonly { readonly messageContains?: string }[];
}

function access({ known, image, podSecrets = [] }: Pull) {
  if (known === undefined) return undefined;
  const records: Record<string, PullRecord> =
    known === 'everything allowed'
      ? { [image]: { kind: 'everyone' } }
      : Object.fromEntries(
          Object.entries(known).map(([name, { secrets }]) => [
            name,
            { kind: 'credentials', credentials: secrets },
          ]),
        );
  return { records, podCredentials: podSecrets };
}

function imagePull({ input, expected }: VectorCase<Pull, PullExpected>) {
  const answers = callImageManager({
    image: input.image,
    policy: input.pullPolicy,
    present: input.imagePresent,
    inspectError: input.inspectError ?? null,
    pullError: input.pullError ?? null,
    qps: input.qps ?? 0,
    burst: input.burst ?? 0,
    access: access(input),
    calls: expected.calls.length,
    ...(input.backOff ? { backOff: input.backOff } : {}),
    clockStepSeconds: input.clockStepBeforeEachCallSeconds ?? 1,
  });
  return { calls: answers.map((answer, index) => told(answer, expected.calls[index]?.messageContains)) };
}

function told({ calls, error, events, message }: ImageCall, part: string | undefined) {
  const contains = part !== undefined && message.includes(part) ? part : message;
  return {
    runtimeCalls: calls,
    error,
    events,
    messageContains: part === undefined ? undefined : contains,
  };
}

interface Requeue {
  readonly phaseTransition: boolean;
  readonly errors:
    | null
    | readonly ('generic' | 'network not ready' | { readonly backoffUntilInSeconds: number })[];
  readonly resyncIntervalSeconds: number;
  readonly defaultBackOffSeconds: number;
}

function workerRequeue({ input }: VectorCase<Requeue>) {
  const errors = (input.errors ?? []).map((error): SyncError => {
    if (error === 'generic') return { kind: 'generic' };
    if (error === 'network not ready') return { kind: 'networkNotReady' };
    return { kind: 'backoff', untilMs: NOW_MS + error.backoffUntilInSeconds * 1000 };
  });
  const delay = requeueDelayMs({
    phaseTransition: input.phaseTransition,
    errors,
    nowMs: NOW_MS,
    resyncIntervalMs: input.resyncIntervalSeconds * 1000,
    defaultBackOffMs: input.defaultBackOffSeconds * 1000,
  });
  return { delaySeconds: [delay / 1000, (delay * (1 + REQUEUE_JITTER_FACTOR)) / 1000] };
}

export default {
  groups: { configuration, crashSequence, imagePull, imagePullCredentials: imagePull, workerRequeue },
} satisfies VectorAdapter;
