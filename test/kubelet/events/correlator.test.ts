import { expect, test } from 'vitest';
import { correlateEvent, type EventCorrelator, NO_EVENTS } from '../../../src/kubelet/events/correlator.ts';
import { involvedPod } from '../../../src/kubelet/events/subject.ts';
import { created, killing, unhealthy } from '../../../src/kubelet/events/texts.ts';
import { pod } from '../fixtures.ts';

const subject = { object: involvedPod(pod(), 'app'), component: 'kubelet', host: 'node-1' };

function record(texts: readonly { at: number; text: ReturnType<typeof created> }[]) {
  let correlator: EventCorrelator = NO_EVENTS;
  return texts.map(({ at, text }) => {
    const after = correlateEvent(correlator, text, subject, at);
    correlator = after.correlator;
    return after.event;
  });
}

test('an event is about the container, from the kubelet on its node', () => {
  const [event] = record([{ at: 1_500, text: created() }]);
  expect(event).toMatchObject({
    metadata: { name: 'web.59682f00', namespace: 'default' },
    involvedObject: { kind: 'Pod', name: 'web', uid: 'uid-1', fieldPath: 'spec.containers{app}' },
    reason: 'Created',
    message: 'Container created',
    source: { component: 'kubelet', host: 'node-1' },
    count: 1,
    firstTimestamp: '1970-01-01T00:00:01Z',
  });
});

test('the same text again counts up under the same name', () => {
  const text = unhealthy('liveness', 'no');
  const [first, second] = record([
    { at: 0, text },
    { at: 5_000, text },
  ]);
  expect(second).toMatchObject({
    metadata: { name: first?.metadata.name },
    count: 2,
    firstTimestamp: '1970-01-01T00:00:00Z',
    lastTimestamp: '1970-01-01T00:00:05Z',
  });
});

test('events at the same instant have different names', () => {
  const [first, second] = record([
    { at: 0, text: created() },
    { at: 0, text: killing('app') },
  ]);
  expect(first?.metadata.name).not.toBe(second?.metadata.name);
});

test('after ten different messages of one kind the next ones are one event', () => {
  const events = record(
    Array.from({ length: 12 }, (_, index) => ({ at: index, text: unhealthy('liveness', `try ${index}`) })),
  );
  expect(events[8]?.message).toBe('Liveness probe failed: try 8');
  expect(events[9]).toMatchObject({
    message: '(combined from similar events): Liveness probe failed: try 9',
    count: 1,
  });
  expect(events[11]).toMatchObject({ count: 3, metadata: { name: events[9]?.metadata.name } });
});

test('one object gets 25 events at once, then one in five minutes; what is dropped is counted', () => {
  const text = unhealthy('readiness', 'no');
  const events = record([...Array.from({ length: 26 }, () => ({ at: 0, text })), { at: 300_000, text }]);
  expect(events[24]?.count).toBe(25);
  expect(events[25]).toBeUndefined();
  expect(events[26]?.count).toBe(27);
});
