import { expect, test } from 'vitest';
import type { Pod } from '../../../src/api/types.ts';
import { containerSpecHash } from '../../../src/kubelet/container-hash.ts';
import { computePodActions } from '../../../src/kubelet/pod-actions/compute-pod-actions.ts';
import { NO_PROBE_RESULTS, setProbeResult } from '../../../src/kubelet/probes/results.ts';
import type { RuntimePod } from '../../../src/kubelet/runtime-pod.ts';
import { pod, record, sandbox } from '../fixtures.ts';

const APP = { name: 'app', image: 'busybox' };
const HASH = containerSpecHash(APP);

function plan(desired: Pod, runtimePod: RuntimePod, probeResults = NO_PROBE_RESULTS) {
  return computePodActions({ pod: desired, runtimePod, probeResults, restartAllContainers: false });
}

function running(hash = HASH): RuntimePod {
  return { podUid: 'uid-1', sandboxes: [sandbox()], containers: [record('app', { id: 'a', hash })] };
}

test('a failed liveness probe kills and restarts, and says so in the Killing event', () => {
  const failed = setProbeResult(NO_PROBE_RESULTS, 'liveness', 'a', 'failure');
  const actions = plan(pod({ containers: [APP] }), running(), failed);
  expect(actions.containersToKill).toEqual([
    {
      id: 'a',
      name: 'app',
      message: 'Container app failed liveness probe, will be restarted',
      reason: 'LivenessProbe',
    },
  ]);
  expect(actions.containersToStart).toEqual([0]);
  expect(actions.killPod).toBe(false);
});

test('under Never a failed startup probe only kills, and the pod with it', () => {
  const failed = setProbeResult(NO_PROBE_RESULTS, 'startup', 'a', 'failure');
  const actions = plan(pod({ containers: [APP], restartPolicy: 'Never' }), running(), failed);
  expect(actions.containersToKill[0]?.message).toBe('Container app failed startup probe');
  expect(actions.containersToStart).toEqual([]);
  expect(actions.killPod).toBe(true);
});

test("a container's own policy decides over the pod's when a probe failed", () => {
  const failed = setProbeResult(NO_PROBE_RESULTS, 'liveness', 'a', 'failure');
  const own = { ...APP, restartPolicy: 'Always' };
  const actions = plan(pod({ containers: [own], restartPolicy: 'Never' }), running(), failed);
  expect(actions.containersToStart).toEqual([0]);
});

test('a changed definition restarts even under Never', () => {
  const actions = plan(pod({ containers: [APP], restartPolicy: 'Never' }), running('another'));
  expect(actions.containersToKill[0]).toMatchObject({
    message: 'Container app definition changed, will be restarted',
    reason: '',
  });
  expect(actions.containersToStart).toEqual([0]);
});

test('nothing of a pod that is being deleted is started again', () => {
  const deleted = pod({ containers: [APP] }, { deletionTimestamp: '2026-01-01T00:00:00Z' });
  const exited: RuntimePod = {
    ...running(),
    containers: [record('app', { state: 'CONTAINER_EXITED', exitCode: 1, hash: HASH })],
  };
  expect(plan(deleted, exited).containersToStart).toEqual([]);
});

test('without any record a pod under Never gets another sandbox', () => {
  const failedSandbox: RuntimePod = {
    podUid: 'uid-1',
    sandboxes: [sandbox({ state: 'SANDBOX_NOTREADY' })],
    containers: [],
  };
  const actions = plan(pod({ containers: [APP], restartPolicy: 'Never' }), failedSandbox);
  expect(actions).toMatchObject({ createSandbox: true, attempt: 1, containersToStart: [0] });
});

test('the hash looks at name and image only', () => {
  expect(containerSpecHash({ ...APP, env: [{ name: 'A', value: 'b' }] })).toBe(HASH);
  expect(containerSpecHash({ ...APP, image: 'nginx' })).not.toBe(HASH);
});
