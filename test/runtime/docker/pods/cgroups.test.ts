import { expect, test } from 'vitest';
import { cgroupRoot, podCgroup } from '../../../../src/runtime/docker/pods/cgroups.ts';

test('each node has a root of its own', () => {
  expect(cgroupRoot('a')).toMatch(/^\/podstep-[0-9a-f]{8}$/);
  expect(cgroupRoot('a')).not.toBe(cgroupRoot('b'));
});

test.each([
  ['Guaranteed', 'cgroupfs', '/podu-1'],
  ['Burstable', 'cgroupfs', '/burstable/podu-1'],
  ['BestEffort', 'cgroupfs', '/besteffort/podu-1'],
  ['Burstable', 'systemd', '-burstable-podu_1.slice'],
] as const)('a %s pod, driver %s', (qos, driver, below) => {
  const root = driver === 'systemd' ? cgroupRoot('a').slice(1) : cgroupRoot('a');
  expect(podCgroup('a', 'u-1', qos, driver)).toBe(root + below);
});
