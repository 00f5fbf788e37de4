import { expect, test } from 'vitest';
import { delayedEvent, type EventOf, send, startMachine } from '../../src/machines/run-machine.ts';

test('a transition gives the next snapshot and its effects as plain data, and executes nothing', () => {
  const first = startMachine('container');
  const { snapshot, effects } = send(first, { type: 'BackOff', backOffMs: 10_000 }, 'container/uid/web');
  expect(JSON.parse(JSON.stringify(snapshot))).toEqual({
    machine: 'container',
    state: 'waiting.CrashLoopBackOff',
    context: { containerId: '', backOffMs: 10_000, hookMs: 0, turnMs: 0 },
  });
  const [timer] = effects;
  expect(timer).toMatchObject({ type: 'startTimer', delayMs: 10_000 });
  expect(first.state).toBe('waiting.ContainerCreating');
});

test('a snapshot that was written down and read back goes on as before', () => {
  const { snapshot, effects } = send(
    startMachine('container'),
    { type: 'BackOff', backOffMs: 500 },
    'container/uid/web',
  );
  const restored = JSON.parse(JSON.stringify(snapshot)) as typeof snapshot;
  const [timer] = effects;
  const delayed = timer?.type === 'startTimer' ? delayedEvent(timer.timerId) : undefined;
  expect(delayed?.key).toBe('container/uid/web');
  const after = send(restored, delayed?.event as EventOf<'container'>, 'container/uid/web');
  expect(after.snapshot.state).toBe('waiting.BackOffOver');
});

test('leaving a state with a delay cancels its timer', () => {
  const key = 'worker/uid';
  const idle = startMachine('podWorker');
  const { effects } = send(idle, { type: 'UpdatePod' }, key);
  expect(effects).toEqual([
    { type: 'cancelTimer', timerId: `${key}#xstate.after.requeue.podWorker.syncing.idle` },
  ]);
});

test("an action's params become the effect", () => {
  const created = send(
    { ...startMachine('container'), state: 'created' },
    { type: 'StartContainer', containerId: 'c1' },
    'container/uid/web',
  );
  expect(created.effects).toEqual([{ type: 'startContainer', containerId: 'c1' }]);
});
