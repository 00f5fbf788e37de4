/** Events in the store: what a recorder counts up is patched under its name, and only so many are kept. */
import type { CoreEvent, KubeObject } from '../api/types.ts';
import { formatMicroTime, formatTime } from '../lib/time.ts';
import { type Change, find, insert, keyOf, replace, type Store } from './store.ts';

/** An API server forgets events after an hour; here the oldest go when there are more than this. */
const EVENTS_LIMIT = 1000;

/**
 * Stores `event`. Whoever counts for itself, as the kubelet does, names it, and its count, message and time
 * replace those stored under the name (client-go tools/record, event.go recordEvent); one without a name is
 * counted here.
 */
export function recordEvent(store: Store, event: CoreEvent, atMs: number): Change {
  const time = formatTime(atMs);
  const { count = 1, message, firstTimestamp = time, lastTimestamp = time } = event;
  const known = storedOf(store, event);
  if (known !== undefined) {
    const counted = event.metadata.name === undefined ? Number(known.count ?? 1) + 1 : count;
    return replace(store, { ...known, count: counted, message, lastTimestamp });
  }
  const involved = event.involvedObject;
  const namespace = event.metadata.namespace ?? involved.namespace ?? 'default';
  const name = event.metadata.name ?? freeName(store, namespace, involved.name ?? 'unknown', atMs);
  const object: KubeObject = {
    ...event,
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    count,
    firstTimestamp,
    lastTimestamp,
    eventTime: null,
  };
  return insert(withoutOldest(store), object, atMs);
}

/**
 * Stores an event of the events.k8s.io API, which the scheduler speaks, as core/v1 shows it: the moment is its
 * `eventTime`, and count, source and the two older times are empty (client-go tools/events, event_recorder.go makeEvent).
 */
export function recordEventsV1(store: Store, event: EventsV1, atMs: number): Change {
  const { namespace = 'default', name = 'unknown' } = event.involvedObject;
  const object: KubeObject = {
    ...event,
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: freeName(store, namespace, name, atMs), namespace },
    eventTime: formatMicroTime(atMs),
    firstTimestamp: null,
    lastTimestamp: null,
    source: {},
  };
  return insert(withoutOldest(store), object, atMs);
}

/** What a recorder of events.k8s.io says, in the names of core/v1. */
export type EventsV1 = Pick<
  CoreEvent,
  'involvedObject' | 'type' | 'reason' | 'message' | 'action' | 'reportingComponent' | 'reportingInstance'
>;

function storedOf(store: Store, event: CoreEvent): KubeObject | undefined {
  const { name, namespace = event.involvedObject.namespace ?? 'default' } = event.metadata;
  if (name !== undefined) return find(store, 'Event', namespace, name);
  return [...store.objects.values()].find((object) => saysTheSame(object, event));
}

function saysTheSame(object: KubeObject, event: CoreEvent): boolean {
  if (object.kind !== 'Event') return false;
  const stored = object as unknown as CoreEvent;
  return (
    stored.involvedObject.uid === event.involvedObject.uid &&
    stored.involvedObject.name === event.involvedObject.name &&
    stored.involvedObject.fieldPath === event.involvedObject.fieldPath &&
    stored.reason === event.reason &&
    stored.type === event.type &&
    stored.message === event.message
  );
}

/** `name.` and the time in hexadecimal nanoseconds, as client-go names events; one further when it is taken. */
function freeName(store: Store, namespace: string, name: string, atMs: number): string {
  for (let nanos = BigInt(Math.round(atMs)) * 1_000_000n; ; nanos++) {
    const candidate = `${name}.${nanos.toString(16)}`;
    if (find(store, 'Event', namespace, candidate) === undefined) return candidate;
  }
}

function withoutOldest(store: Store): Store {
  const events = [...store.objects.values()].filter(({ kind }) => kind === 'Event');
  const oldest = events[0];
  if (events.length < EVENTS_LIMIT || oldest === undefined) return store;
  const objects = new Map(store.objects);
  objects.delete(keyOf(oldest));
  return { ...store, objects };
}
