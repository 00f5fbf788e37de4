import { expect, test } from 'vitest';
import { collectBackoff } from '../../../src/kubelet/backoff/backoff.ts';
import { doBackOff, newCrashLoopBackoff } from '../../../src/kubelet/backoff/crash-loop.ts';
import { jitteredMs } from '../../../src/kubelet/backoff/requeue.ts';
import { seedRandom } from '../../../src/lib/random.ts';
import { pod, record } from '../fixtures.ts';

const container = { name: 'app', image: 'busybox' };

function decide(backoff = newCrashLoopBackoff(), finishedAtMs = 0, nowMs = 0) {
  const ended = record('app', { state: 'CONTAINER_EXITED', finishedAtMs });
  const runtimePod = { podUid: 'uid-1', sandboxes: [], containers: [ended] };
  return doBackOff({ pod: pod(), container, runtimePod, backoff, nowMs });
}

test('the first restart is immediate, the second waits, in the words of the kubelet', () => {
  const first = decide();
  if (first.inBackOff) throw new Error('the first restart must not wait');
  const second = decide(first.backoff, 1_000, 2_000);
  expect(second).toEqual({
    inBackOff: true,
    error: {
      reason: 'CrashLoopBackOff',
      message: 'back-off 10s restarting failed container=app pod=web_default(uid-1)',
    },
    event: {
      type: 'Warning',
      reason: 'BackOff',
      message: 'Back-off restarting failed container app in pod web_default(uid-1)',
    },
    retryAtMs: 11_000,
  });
});

test('a container that never ran is not held back and leaves no entry', () => {
  const runtimePod = { podUid: 'uid-1', sandboxes: [], containers: [] };
  const backoff = newCrashLoopBackoff();
  expect(doBackOff({ pod: pod(), container, runtimePod, backoff, nowMs: 0 })).toEqual({
    inBackOff: false,
    backoff,
  });
});

test('entries that have expired are collected', () => {
  const first = decide();
  if (first.inBackOff) throw new Error('the first restart must not wait');
  expect(Object.keys(collectBackoff(first.backoff, 600_000).entries)).toHaveLength(1);
  expect(Object.keys(collectBackoff(first.backoff, 600_001).entries)).toHaveLength(0);
});

test('jitter only ever stretches, and comes from the seed', () => {
  const [delayMs, after] = jitteredMs(10_000, 0.5, seedRandom(1));
  expect(delayMs).toBeGreaterThanOrEqual(10_000);
  expect(delayMs).toBeLessThan(15_000);
  expect(jitteredMs(10_000, 0.5, seedRandom(1))).toEqual([delayMs, after]);
});
