import { expect, test } from 'vitest';
import type { Pod, PodStatus } from '../../../src/api/types.ts';
import { NO_PROBE_RESULTS } from '../../../src/kubelet/probes/results.ts';
import { emptyRuntimePod, type RuntimePod } from '../../../src/kubelet/runtime-pod.ts';
import { podStatusEqual } from '../../../src/kubelet/status/equal.ts';
import { generatePodStatus } from '../../../src/kubelet/status/generate.ts';
import { mergePodStatus } from '../../../src/kubelet/status/merge.ts';
import { pod, record, sandbox } from '../fixtures.ts';

function generate(desired: Pod, runtimePod: RuntimePod, previous?: PodStatus, nowMs = 0): PodStatus {
  return generatePodStatus({
    pod: desired,
    runtimePod,
    previous,
    startErrors: {},
    podIsTerminal: false,
    hostIPs: ['192.168.0.1'],
    runtimeName: 'wasm',
    nowMs,
    probeWorkers: [],
    probeResults: NO_PROBE_RESULTS,
  }).status;
}

const running: RuntimePod = {
  podUid: 'uid-1',
  sandboxes: [sandbox()],
  containers: [record('app', { id: 'a', image: 'busybox', imageRef: 'sha256:1', startedAtMs: 5_000 })],
};

test('a pod of which nothing runs yet waits for its container', () => {
  const status = generate(pod(), emptyRuntimePod('uid-1'));
  expect(status).toMatchObject({
    phase: 'Pending',
    qosClass: 'BestEffort',
    hostIP: '192.168.0.1',
    startTime: '1970-01-01T00:00:00Z',
    containerStatuses: [
      { state: { waiting: { reason: 'ContainerCreating' } }, ready: false, started: false },
    ],
  });
  expect(status.podIP).toBeUndefined();
});

test('a running pod is ready, has its address and its image', () => {
  const status = generate(pod(), running, undefined, 9_000);
  expect(status).toMatchObject({
    phase: 'Running',
    podIP: '10.0.0.1',
    podIPs: [{ ip: '10.0.0.1' }],
    containerStatuses: [
      {
        state: { running: { startedAt: '1970-01-01T00:00:05Z' } },
        containerID: 'wasm://a',
        imageID: 'sha256:1',
        ready: true,
        started: true,
      },
    ],
  });
  expect(status.conditions?.map(({ type, status: value }) => [type, value])).toEqual([
    ['PodReadyToStartContainers', 'True'],
    ['Initialized', 'True'],
    ['Ready', 'True'],
    ['ContainersReady', 'True'],
    ['PodScheduled', 'True'],
  ]);
});

test('whether all containers restart is told last', () => {
  const exitCodes = { operator: 'In', values: [42] };
  const rule = { action: 'RestartAllContainers', exitCodes };
  const container = { name: 'app', image: 'busybox', restartPolicy: 'Never', restartPolicyRules: [rule] };
  const status = generate(pod({ containers: [container] }), running);
  expect(status.conditions?.map(({ type }) => type).slice(-2)).toEqual([
    'PodScheduled',
    'AllContainersRestarting',
  ]);
});

test('start time stays, and a transition time changes only with its condition', () => {
  const before = generate(pod(), emptyRuntimePod('uid-1'), undefined, 1_000);
  const after = generate(pod(), running, before, 9_000);
  const time = (type: string) => after.conditions?.find((c) => c.type === type)?.lastTransitionTime;
  expect(after.startTime).toBe('1970-01-01T00:00:01Z');
  expect(time('Ready')).toBe('1970-01-01T00:00:09Z');
  expect(time('PodScheduled')).toBe('1970-01-01T00:00:01Z');
});

test('an ended pod keeps the address that it had', () => {
  const before = generate(pod(), running);
  const ended: RuntimePod = {
    ...running,
    sandboxes: [sandbox({ state: 'SANDBOX_NOTREADY', ip: '' })],
    containers: [record('app', { id: 'a', state: 'CONTAINER_EXITED', reason: 'Completed' })],
  };
  const after = generate(pod({ restartPolicy: 'Never', containers: [{ name: 'app' }] }), ended, before);
  expect(after).toMatchObject({ phase: 'Succeeded', podIP: '10.0.0.1' });
  expect(after.containerStatuses?.[0]?.state?.terminated).toMatchObject({
    exitCode: 0,
    reason: 'Completed',
    containerID: 'wasm://a',
  });
});

test('on the host network the pod has the address of the node', () => {
  expect(generate(pod({ hostNetwork: true, containers: [] }), emptyRuntimePod('uid-1')).podIP).toBe(
    '192.168.0.1',
  );
});

test('conditions of others are kept, in any order, and do not count as news', () => {
  const theirs = { type: 'example.com/ok', status: 'True' };
  const desired: Pod = { ...pod(), status: { conditions: [theirs] } };
  const status = generate(desired, running);
  expect(status.conditions).toContainEqual(theirs);
  const reversed = { ...status, conditions: [...(status.conditions ?? [])].reverse() };
  expect(podStatusEqual(status, reversed)).toBe(true);
  expect(podStatusEqual(status, { ...status, phase: 'Failed' })).toBe(false);
});

test('a terminal phase is held back while containers could run', () => {
  const merged = mergePodStatus({ phase: 'Running' }, { phase: 'Failed', reason: 'Evicted' }, true);
  expect(merged).toEqual({ phase: 'Running', conditions: [] });
});
