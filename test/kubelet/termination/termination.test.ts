import { expect, test } from 'vitest';
import { podGracePeriod } from '../../../src/kubelet/termination/grace.ts';
import { hookRequest, hookSucceeded } from '../../../src/kubelet/termination/hooks.ts';
import { hasStopOrder, stopPrerequisites } from '../../../src/kubelet/termination/order.ts';
import { pod } from '../fixtures.ts';

const NAME = 'web_default(uid-1)';
const grace = (currentSeconds: number, overrideSeconds: number) =>
  podGracePeriod({ currentSeconds, overrideSeconds, specSeconds: 30, deletionSeconds: undefined });

test('once termination began the grace period only goes down', () => {
  expect(grace(10, 60)).toEqual({ gracePeriodSeconds: 10, shortened: false });
  expect(grace(10, 5)).toEqual({ gracePeriodSeconds: 5, shortened: true });
  expect(grace(10, 0)).toEqual({ gracePeriodSeconds: 1, shortened: true });
});

test('without a sidecar nobody waits', () => {
  const plain = pod({ containers: [{ name: 'a' }, { name: 'b' }] });
  expect(hasStopOrder(plain)).toBe(false);
  expect(stopPrerequisites(plain, new Set(['a', 'b']))).toEqual({ a: [], b: [] });
});

test('a hook runs as it is written, asks over HTTP, or sleeps', () => {
  const container = { name: 'app' };
  expect(hookRequest({ exec: { command: ['sh'] } }, container, '10.0.0.1', NAME)).toEqual({
    kind: 'exec',
    command: ['sh'],
  });
  expect(hookRequest({ httpGet: { port: 80, path: 'bye' } }, container, '10.0.0.1', NAME)).toMatchObject({
    kind: 'httpGet',
    request: { host: '10.0.0.1', port: 80, path: '/bye' },
  });
  expect(hookRequest({ sleep: { seconds: 3 } }, container, '10.0.0.1', NAME)).toEqual({
    kind: 'sleep',
    seconds: 3,
  });
  expect(hookRequest({}, container, '10.0.0.1', NAME).kind).toBe('invalid');
  expect([200, 399, 400, 500].map(hookSucceeded)).toEqual([true, true, false, false]);
});
