/** What becomes of an event before it is sent: dropped as spam, combined with similar ones, or counted up. */
import type { CoreEvent } from '../../api/types.ts';
import { formatTime } from '../../lib/time.ts';
import type { EventText } from './texts.ts';

type InvolvedObject = CoreEvent['involvedObject'];

/** Who records it, and on what. */
export interface EventSubject {
  readonly object: InvolvedObject;
  /** `kubelet`, `default-scheduler`, ... */
  readonly component: string;
  /** The node; empty for what runs on none. */
  readonly host: string;
}

interface Observation {
  readonly name: string;
  readonly count: number;
  readonly firstMs: number;
}

interface Similar {
  readonly messages: readonly string[];
  readonly lastMs: number;
}

interface Tokens {
  readonly tokens: number;
  readonly lastMs: number;
}

/** client-go tools/record/events_cache.go EventCorrelator, as data. */
export interface EventCorrelator {
  readonly observed: Readonly<Record<string, Observation>>;
  readonly similar: Readonly<Record<string, Similar>>;
  readonly spam: Readonly<Record<string, Tokens>>;
  /** Makes names of events at the same instant differ. */
  readonly sequence: number;
}

export const NO_EVENTS: EventCorrelator = { observed: {}, similar: {}, spam: {}, sequence: 0 };

/** More different messages than this, of one kind and within the window, are combined. */
const MAX_SIMILAR = 10;
const SIMILAR_WINDOW_MS = 600_000;
/** One source may say so much about one object at once, and then one event in five minutes. */
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;
/** The oldest entries of each cache go beyond this. */
const MAX_ENTRIES = 4096;

/**
 * The event as it is to be sent, or undefined when there were too many about the object. An event with
 * the same text again keeps its name and first time, and its count goes up.
 */
export function correlateEvent(
  correlator: EventCorrelator,
  text: EventText,
  subject: EventSubject,
  nowMs: number,
): { readonly correlator: EventCorrelator; readonly event: CoreEvent | undefined } {
  const [similar, message] = aggregate(correlator, text, subject, nowMs);
  const [accepted, spam] = filterSpam(correlator, subject, nowMs);
  const combined = message !== text.message;
  const { fieldPath = '' } = subject.object;
  const key = combined ? similarKey(text, subject) : join([similarKey(text, subject), fieldPath, message]);
  const before = correlator.observed[key];
  const observation: Observation = before
    ? { ...before, count: before.count + 1 }
    : { name: eventName(subject, nowMs, correlator.sequence), count: 1, firstMs: nowMs };
  return {
    correlator: {
      observed: put(correlator.observed, key, observation),
      similar,
      spam,
      sequence: correlator.sequence + 1,
    },
    // What is dropped was counted all the same.
    event: accepted ? coreEvent({ ...text, message }, subject, observation, nowMs) : undefined,
  };
}

/** EventAggregator: after ten different messages of one kind the next ones count as one event. */
function aggregate(
  { similar }: EventCorrelator,
  text: EventText,
  subject: EventSubject,
  nowMs: number,
): [similar: EventCorrelator['similar'], message: string] {
  const key = similarKey(text, subject);
  const known = similar[key];
  const recent = known && nowMs - known.lastMs <= SIMILAR_WINDOW_MS ? known.messages : [];
  const messages = recent.includes(text.message) ? recent : [...recent, text.message];
  if (messages.length < MAX_SIMILAR) {
    return [put(similar, key, { messages, lastMs: nowMs }), text.message];
  }
  // The oldest message goes, so that the list stays as long as it is.
  const kept = messages.slice(-MAX_SIMILAR);
  const message = `(combined from similar events): ${text.message}`;
  return [put(similar, key, { messages: kept.slice(1), lastMs: nowMs }), message];
}

/** EventSourceObjectSpamFilter: a token bucket for each source and object. */
function filterSpam(
  { spam }: EventCorrelator,
  subject: EventSubject,
  nowMs: number,
): [accepted: boolean, spam: EventCorrelator['spam']] {
  const key = join([subject.component, subject.host, ...objectKey(subject.object)]);
  const known = spam[key] ?? { tokens: SPAM_BURST, lastMs: nowMs };
  const tokens = Math.min(known.tokens + (nowMs - known.lastMs) / SPAM_REFILL_MS, SPAM_BURST);
  const accepted = tokens >= 1;
  return [accepted, put(spam, key, { tokens: accepted ? tokens - 1 : tokens, lastMs: nowMs })];
}

function objectKey({ kind, namespace, name, uid, apiVersion }: InvolvedObject): string[] {
  return [kind ?? '', namespace ?? '', name ?? '', uid ?? '', apiVersion ?? ''];
}

/** EventAggregatorByReasonFunc: two containers of one pod count together. */
function similarKey(text: EventText, { object, component, host }: EventSubject): string {
  return join([component, host, ...objectKey(object), text.type, text.reason]);
}

/** The parts with a sign between them that none of them holds. */
function join(parts: readonly string[]): string {
  return parts.join('\u0000');
}

/** The object's name and the instant in nanoseconds, in hex, as client-go names events. */
function eventName({ object }: EventSubject, nowMs: number, sequence: number): string {
  const nanoseconds = BigInt(Math.trunc(nowMs)) * 1_000_000n + BigInt(sequence % 1_000_000);
  return `${object.name}.${nanoseconds.toString(16)}`;
}

function coreEvent(
  { type, reason, message, annotations }: EventText,
  { object, component, host }: EventSubject,
  { name, count, firstMs }: Observation,
  nowMs: number,
): CoreEvent {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name,
      namespace: object.namespace ?? 'default',
      ...(annotations && Object.keys(annotations).length > 0 ? { annotations: { ...annotations } } : {}),
    },
    involvedObject: object,
    type,
    reason,
    message,
    source: { component, ...(host === '' ? {} : { host }) },
    firstTimestamp: formatTime(firstMs),
    lastTimestamp: formatTime(nowMs),
    count,
    reportingComponent: component,
    reportingInstance: host,
  };
}

/** The cache with this entry as its newest; the oldest goes when there are too many. */
function put<T>(cache: Readonly<Record<string, T>>, key: string, value: T): Readonly<Record<string, T>> {
  const next: Record<string, T> = Object.assign({}, cache);
  // What is there already would keep its place.
  delete next[key];
  next[key] = value;
  const keys = Object.keys(next);
  if (keys.length > MAX_ENTRIES) delete next[keys[0] ?? ''];
  return next;
}
