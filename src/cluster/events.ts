/** Events in the store: the same news again raises a count, and only so many are kept. */
import type { CoreEvent, KubeObject } from '../api/types.ts';
import { formatTime } from '../lib/time.ts';
import { type Change, find, insert, keyOf, replace, type Store } from './store.ts';

/** An API server forgets events after an hour; here the oldest go when there are more than this. */
const EVENTS_LIMIT = 1000;

/** Stores `event`, or counts it up when the last of its kind said the same (client-go tools/record, events_cache.go). */
export function recordEvent(store: Store, event: CoreEvent, atMs: number): Change {
  const time = formatTime(atMs);
  const same = [...store.objects.values()].find((object) => isSame(object, event));
  if (same !== undefined) {
    const count = Number(same.count ?? 1) + 1;
    return replace(store, { ...same, count, lastTimestamp: time });
  }
  const involved = event.involvedObject;
  const namespace = involved.namespace ?? 'default';
  const object: KubeObject = {
    ...event,
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: freeName(store, namespace, involved.name ?? 'unknown', atMs), namespace },
    count: 1,
    firstTimestamp: time,
    lastTimestamp: time,
  };
  return insert(withoutOldest(store), object, atMs);
}

function isSame(object: KubeObject, event: CoreEvent): boolean {
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
