import { expect, test } from 'vitest';
import type { PodStatus } from '../../../src/api/types.ts';
import { withContainerReadiness, withContainerStartup } from '../../../src/kubelet/status/set-flag.ts';
import { podOf } from '../world.ts';

const pod = podOf({
  containers: [
    { name: 'a', image: 'a:1' },
    { name: 'b', image: 'b:1' },
  ],
});
const before = '2026-01-01T00:00:00Z';
const status: PodStatus = {
  phase: 'Running',
  conditions: [
    { type: 'Initialized', status: 'True', lastTransitionTime: before },
    { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: before },
    { type: 'ContainersReady', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: before },
  ],
  containerStatuses: [
    { name: 'a', ready: true, started: true, containerID: 'test://1' },
    { name: 'b', ready: false, started: false, containerID: 'test://2' },
  ] as unknown as NonNullable<PodStatus['containerStatuses']>,
};
const NOW_MS = Date.UTC(2026, 0, 1, 0, 1);

test('readiness flips the flag, Ready and ContainersReady, and nothing else', () => {
  const after = withContainerReadiness(pod, status, '2', true, NOW_MS);
  const now = '2026-01-01T00:01:00Z';
  expect(after).toEqual({
    ...status,
    conditions: [
      status.conditions?.[0],
      { type: 'Ready', status: 'True', lastTransitionTime: now },
      { type: 'ContainersReady', status: 'True', lastTransitionTime: now },
    ],
    containerStatuses: [
      status.containerStatuses?.[0],
      { name: 'b', ready: true, started: false, containerID: 'test://2' },
    ],
  });
});

test('a result about a container that the status does not know any more changes nothing', () => {
  expect(withContainerReadiness(pod, status, '3', true, NOW_MS)).toBe(status);
  expect(withContainerStartup(status, '3', true)).toEqual(status);
});

test('startup flips its flag alone: readiness waits for the sync', () => {
  const after = withContainerStartup(status, '2', true);
  expect(after.containerStatuses?.[1]).toMatchObject({ started: true, ready: false });
  expect(after.conditions).toEqual(status.conditions);
});
