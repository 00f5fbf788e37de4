import { expect, test } from 'vitest';
import { updateReadiness } from '../../../src/kubelet/probes/readiness.ts';
import { NO_PROBE_RESULTS, setProbeResult } from '../../../src/kubelet/probes/results.ts';
import { doProbe, newProbeWorker, recordAnswer } from '../../../src/kubelet/probes/worker.ts';
import {
  addProbeWorkers,
  firstTurnDelayMs,
  stopLivenessAndStartup,
} from '../../../src/kubelet/probes/workers.ts';
import { seedRandom } from '../../../src/lib/random.ts';
import { pod } from '../fixtures.ts';

const status = (id: string) => ({
  phase: 'Running' as const,
  containerStatuses: [
    {
      name: 'app',
      image: '',
      imageID: '',
      ready: false,
      started: true,
      restartCount: 0,
      containerID: `wasm://${id}`,
      state: { running: { startedAt: '1970-01-01T00:00:00Z' } },
    },
  ],
});

test('a new container id drops the old result and begins with the initial one', () => {
  const worker = { ...newProbeWorker('uid-1', 'app', 'liveness', {}), containerId: 'old', onHold: true };
  const results = setProbeResult(NO_PROBE_RESULTS, 'liveness', 'old', 'failure');
  const turn = doProbe({ worker, results, pod: pod(), status: status('new'), nowMs: 60_000 });
  expect(turn).toMatchObject({ next: 'probe', worker: { containerId: 'new', onHold: false } });
  expect(turn.results.liveness).toEqual({ new: 'success' });
});

test('an answer that comes after the container was replaced changes nothing', () => {
  const worker = {
    ...newProbeWorker('uid-1', 'app', 'liveness', { failureThreshold: 1 }),
    containerId: 'new',
  };
  const after = recordAnswer(worker, NO_PROBE_RESULTS, 'old', 'failure');
  expect(after).toEqual({ worker, results: NO_PROBE_RESULTS, changed: false, counted: false });
});

test('the same answer again is counted but tells nobody', () => {
  const worker = { ...newProbeWorker('uid-1', 'app', 'readiness', {}), containerId: 'id' };
  const first = recordAnswer(worker, NO_PROBE_RESULTS, 'id', 'success');
  expect(first).toMatchObject({ changed: true, counted: true });
  expect(recordAnswer(first.worker, first.results, 'id', 'success').changed).toBe(false);
});

test('the initial delay counts whole seconds from the start', () => {
  const worker = newProbeWorker('uid-1', 'app', 'readiness', { initialDelaySeconds: 5 });
  const at = (nowMs: number) =>
    doProbe({ worker, results: NO_PROBE_RESULTS, pod: pod(), status: status('id'), nowMs }).next;
  expect(at(4_999)).toBe('wait');
  expect(at(5_000)).toBe('probe');
});

test('a started container that is not ready asks for a probe at once', () => {
  const { status: flagged, probeNow } = updateReadiness(
    pod(),
    status('id'),
    [{ containerName: 'app', kind: 'readiness' }],
    setProbeResult(NO_PROBE_RESULTS, 'readiness', 'id', 'failure'),
  );
  expect(flagged.containerStatuses?.[0]).toMatchObject({ started: true, ready: false });
  expect(probeNow).toEqual(['app']);
});

test('workers that exist go on as they are; termination leaves readiness alone', () => {
  const probe = { exec: { command: ['true'] } };
  const desired = pod({ containers: [{ name: 'app', livenessProbe: probe, readinessProbe: probe }] });
  const workers = addProbeWorkers({}, desired);
  const [key = ''] = Object.keys(workers);
  const busy = { ...workers, [key]: { ...newProbeWorker('uid-1', 'app', 'readiness', probe), resultRun: 2 } };
  expect(addProbeWorkers(busy, desired)[key]?.resultRun).toBe(2);
  const left = stopLivenessAndStartup({ workers, results: NO_PROBE_RESULTS }, 'uid-1').workers;
  expect(Object.values(left).map((worker) => worker.kind)).toEqual(['readiness']);
});

test('only right after the kubelet started is the first turn put off, by less than a period', () => {
  const worker = newProbeWorker('uid-1', 'app', 'liveness', { periodSeconds: 10 });
  const [delayMs] = firstTurnDelayMs(worker, 0, seedRandom(3));
  expect(delayMs).toBeLessThan(10_000);
  expect(firstTurnDelayMs(worker, 10_000, seedRandom(3))[0]).toBe(0);
});
