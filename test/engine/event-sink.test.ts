import { expect, test } from 'vitest';
import type { CoreEvent } from '../../src/api/types.ts';
import { EventSink } from '../../src/engine/event-sink.ts';

const event = (reason: string): CoreEvent => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: {},
  involvedObject: {},
  reason,
});
const reasons = (events: readonly CoreEvent[]) => events.map(({ reason }) => reason);

test('events arrive at once, and those that could not when the API server is back', () => {
  const sink = new EventSink();
  sink.add(event('A'), 0);
  expect(reasons(sink.take(true, 0))).toEqual(['A']);
  sink.add(event('B'), 1_000);
  sink.add(event('C'), 2_000);
  expect(sink.take(false, 2_000)).toEqual([]);
  expect(reasons(sink.take(true, 60_000))).toEqual(['B', 'C']);
});

test('each event is tried for two minutes, one after the other, and then given up', () => {
  const sink = new EventSink();
  for (const reason of ['A', 'B', 'C']) sink.add(event(reason), 0);
  sink.take(false, 130_000);
  expect(reasons(sink.take(true, 130_000))).toEqual(['B', 'C']);
});
