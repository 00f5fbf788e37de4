import { expect, test } from 'vitest';
import { podResourcesStatus } from '../../../src/kubelet/status/pod-resources.ts';
import { pod } from '../fixtures.ts';

const limits = { cpu: '500m', memory: '64Mi' };
const requests = { cpu: '100m', memory: '32Mi', 'ephemeral-storage': '1Gi' };
const both = [
  { name: 'a', image: 'a', resources: { requests, limits } },
  { name: 'b', image: 'b', resources: { requests, limits: { memory: '64Mi' } } },
];

test('a pod that asks for nothing was promised nothing, and says so', () => {
  expect(podResourcesStatus(pod())).toEqual({ resources: {} });
});

test('before it runs: what its containers ask for together', () => {
  const asked = { cpu: '200m', memory: '64Mi', 'ephemeral-storage': '2Gi' };
  expect(podResourcesStatus(pod({ containers: both }))).toEqual({
    allocatedResources: asked,
    resources: { requests: asked, limits: { cpu: '500m', memory: '128Mi' } },
  });
});

test('while it runs: what its cgroup has; a limit that one container lacks is none of the pod', () => {
  expect(podResourcesStatus({ ...pod({ containers: both }), status: { phase: 'Running' } })).toEqual({
    allocatedResources: { cpu: '200m', memory: '64Mi', 'ephemeral-storage': '2Gi' },
    resources: { requests: { cpu: '200m', memory: '64Mi' }, limits: { memory: '128Mi' } },
  });
});
