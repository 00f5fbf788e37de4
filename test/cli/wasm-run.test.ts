/** Real manifests through the command line on the WebAssembly runtime, in virtual time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CoreEvent, Pod } from '../../src/api/types.ts';
import { cli } from './cli.ts';

const home = mkdtempSync(join(tmpdir(), 'podstep-home-'));
process.env.PODSTEP_HOME = home;
afterAll(() => rmSync(home, { recursive: true, force: true }));

const MANIFESTS = join(import.meta.dirname, '..', 'manifests');

const run = (file: string, ...args: string[]) => cli(['run', join(MANIFESTS, file), ...args]);

async function objects(file: string, ...args: string[]) {
  const { exitCode, out } = await run(file, ...args, '-o', 'json');
  expect(exitCode).toBe(0);
  const { items } = JSON.parse(out) as { items: { kind: string }[] };
  const pod = items.find(({ kind }) => kind === 'Pod') as unknown as Pod;
  const events = items.filter(({ kind }) => kind === 'Event') as unknown as CoreEvent[];
  return { pod, reasons: new Set(events.map(({ reason }) => reason)) };
}

describe('on the WebAssembly runtime', () => {
  test('a simple pod becomes Running and Ready', async () => {
    const { pod } = await objects('pods/simple-pod.yaml', '--until', 'Ready');
    expect(pod.status).toMatchObject({ phase: 'Running', podIP: expect.stringMatching(/^10\./) });
    expect(pod.status?.containerStatuses?.[0]).toMatchObject({ ready: true, restartCount: 0 });
  });

  test('a failing liveness probe kills the container, and it starts again', async () => {
    const { pod, reasons } = await objects('pods/probe/exec-liveness.yaml', '--for', '120s');
    expect(pod.status?.containerStatuses?.[0]?.restartCount).toBeGreaterThanOrEqual(1);
    for (const reason of ['Unhealthy', 'Killing', 'Created', 'Started', 'Pulled']) {
      expect(reasons).toContain(reason);
    }
  });

  test('hooks run, preStop before the stop signal', async () => {
    const { exitCode, out } = await run('pods/lifecycle-events.yaml', '--delete-after', '20s');
    expect(exitCode).toBe(0);
    const at = (text: string) => out.indexOf(text);
    expect(at('running.started -> running.postStart')).toBeGreaterThan(0);
    expect(at('-> terminating.preStop')).toBeGreaterThan(at('running.postStart'));
    expect(at('-> terminating.stopping')).toBeGreaterThan(at('-> terminating.preStop'));
  });

  test('ten seconds of a counter are ten lines', async () => {
    const { out } = await run('debug/counter-pod.yaml', '--for', '10s');
    const lines = out.split('\n').filter((line) => / log .* stdout /.test(line));
    expect(lines.map((line) => /(\d+): /.exec(line.slice(80))?.[1])).toEqual(
      Array.from({ length: 10 }, (_, index) => String(index)),
    );
  });

  test('more memory than the limit is OOMKilled, and crashes in a loop', async () => {
    const { pod } = await objects('pods/resource/memory-request-limit-2.yaml', '--for', '60s');
    const status = pod.status?.containerStatuses?.[0];
    expect(status?.lastState?.terminated).toMatchObject({ reason: 'OOMKilled', exitCode: 137 });
    expect(status?.state?.waiting?.reason).toBe('CrashLoopBackOff');
    expect(pod.status?.phase).toBe('Running');
  });

  test('a name that is no image reference is InvalidImageName', async () => {
    const { pod, reasons } = await objects('pods/private-reg-pod.yaml', '--for', '30s');
    expect(pod.status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe('InvalidImageName');
    expect(reasons).toContain('InspectFailed');
  });

  test.each([
    ['pods/inject/pod-multiple-secret-env-variable.yaml', /:15:1: /],
    ['pods/inject/pod-single-secret-env-variable.yaml', /:1:1: Object 'apiVersion' is missing/],
  ])('%s is refused at its place', async (file, message) => {
    const { exitCode, out, err } = await run(file);
    expect(exitCode).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(message);
  });

  test.each(['pods/probe/exec-liveness.yaml', 'pods/multi-container/shared-volume.yaml'])(
    'the same seed gives the same bytes: %s',
    async (file) => {
      const bytes = async (...more: string[]) => (await run(file, '--for', '60s', '--verbose', ...more)).out;
      const first = await bytes('-o', 'jsonl');
      expect(first.split('\n').length).toBeGreaterThan(20);
      expect(await bytes('-o', 'jsonl')).toBe(first);
      expect(await bytes()).toBe(await bytes());
    },
  );

  test('the walk shows a pod from admission to its end', async () => {
    const { exitCode, out, err } = await cli([]);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    for (const stage of ['admit', 'mount', 'sandbox', 'pull', 'create', 'start', 'probe', 'hook', 'kill']) {
      expect(out).toMatch(new RegExp(`^\\+\\d+\\.\\d{3}s +${stage} `, 'm'));
    }
    expect(out).not.toContain('Unhealthy');
    expect(out).toContain('The pod is gone.');
  });
});
