import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cli } from './cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'podstep-run-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const MANIFESTS = join(import.meta.dirname, '..', 'manifests');
const SIMPLE = join(MANIFESTS, 'pods', 'simple-pod.yaml');
const SHARED = join(MANIFESTS, 'pods', 'multi-container', 'shared-volume.yaml');
const FAKE = ['--runtime', 'fake'];

const run = (...args: string[]) => cli(['run', SIMPLE, ...FAKE, ...args]);

describe('podstep run', () => {
  test('ends by itself once every pod is Ready and nothing more happens, with a table of them', async () => {
    const { exitCode, out, err } = await run();
    expect(exitCode).toBe(0);
    expect(err).toBe('');
    expect(out).toMatch(/^\+0\.000s {3}sync {7}node\/node-1/);
    expect(out).toMatch(/\nended after 1\d.*: every pod is Ready and nothing more happens/);
    expect(out).toMatch(
      /\nNAME +READY +STATUS +RESTARTS +AGE +IP\nnginx +1\/1 +Running +0 +1\ds +10\.88\.0\.2\n$/,
    );
  });

  test('reads standard input', async () => {
    const { exitCode, out } = await cli(['run', '-', ...FAKE, '--until', 'Ready'], {
      stdin: readFileSync(SIMPLE, 'utf8'),
    });
    expect(exitCode).toBe(0);
    expect(out).toContain('Ready holds');
  });

  test('a condition that is not met in time is exit code 1, and says how the pods stand', async () => {
    const { exitCode, err } = await run('--until', 'Succeeded', '--for', '20s');
    expect(exitCode).toBe(1);
    expect(err).toBe('podstep: --until Succeeded did not hold within 20s: pod/nginx Running 1/1\n');
  });

  test('--config: a mistake in the file is told with those of the manifests, and nothing starts', async () => {
    const file = join(directory, 'kubelet.yaml');
    const head = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';
    writeFileSync(file, `${head}maxPod: 1\n`);
    expect(await run('--config', file)).toEqual({
      exitCode: 2,
      out: '',
      err: `${file}:3:1: strict decoding error: unknown field "maxPod"\n  -> did you mean "maxPods"?\nnothing was started\n`,
    });
    writeFileSync(file, `${head}maxPods: 1\ncgroupDriver: systemd\n`);
    const { exitCode, err } = await run('--config', file, '--until', 'Ready');
    expect(exitCode).toBe(0);
    expect(err).toMatch(/^.*:4:15: Warning: cgroupDriver has no effect: a WebAssembly node has no such part/);
  });

  test('a recording keeps the configuration, so that its replay decides alike', async () => {
    const [config, recording] = [join(directory, 'one-pod.yaml'), join(directory, 'one-pod.jsonl')];
    writeFileSync(
      config,
      'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 1\n',
    );
    const { out } = await cli([
      'run',
      SIMPLE,
      SHARED,
      ...FAKE,
      '--for',
      '5s',
      '--config',
      config,
      '--record',
      recording,
    ]);
    expect(out).toContain('OutOfpods');
    expect((await cli(['replay', recording])).exitCode).toBe(0);
  });

  test('--kubelet-log and --manifest-dir add to the settings of a run without a file, and change none', async () => {
    const { out } = await run('--for', '5s');
    expect((await run('--for', '5s', '--kubelet-log', join(directory, 'same.log'), '--v=4')).out).toBe(out);
    const empty = mkdtempSync(join(directory, 'manifests-'));
    expect((await run('--for', '5s', '--manifest-dir', empty)).out).not.toContain('MissingClusterDNS');
  });

  test('--kubelet-log writes what the kubelet logs, as much as --v says', async () => {
    const file = join(directory, 'kubelet.log');
    await run('--until', 'Ready', '--kubelet-log', file);
    const usual = readFileSync(file, 'utf8');
    expect(usual).toMatch(
      /^I0101 00:00:00\.\d{6} {7}1 kubelet\.go:1\] "SyncLoop ADD" source="api" pods=\["default\/nginx"\]$/m,
    );
    expect((await run('--until', 'Ready', '--kubelet-log', '-', '--v', '0')).err).not.toContain('SyncLoop');
    await run('--for', '5s', '--kubelet-log', file, '--v=4');
    expect(readFileSync(file, 'utf8')).toContain('"SyncLoop (housekeeping)"');
  });

  test('--shutdown-after: the node goes down, and its pods end as the configuration says', async () => {
    const file = join(directory, 'shutdown.yaml');
    writeFileSync(
      file,
      'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nshutdownGracePeriod: 10s\n',
    );
    const { exitCode, out } = await run('--shutdown-after', '5s', '--config', file);
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /\+5\.\d+s +event +node\/node-1 +Normal Shutdown +Shutdown manager detected shutdown event/,
    );
    expect(out).toMatch(/every pod has finished\n/);
  });

  test('a pod that no manifest has cannot be waited for', async () => {
    const { exitCode, err } = await run('--until', 'pod/web=Ready');
    expect(exitCode).toBe(2);
    expect(err).toMatch(/no manifest has a pod web/);
  });

  test('--delete-after deletes as kubectl does, and waits until the pods are gone', async () => {
    const { exitCode, out } = await run('--delete-after', '5s');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/\+5\.\d+s +event +pod\/nginx nginx +Normal Killing/);
    expect(out).toMatch(/every pod is gone\n$/);
  });

  test('an event can be waited for', async () => {
    expect((await run('--until', 'event=Pulled')).exitCode).toBe(0);
    expect((await run('--until', 'event=OOMKilling', '--for', '10s')).exitCode).toBe(1);
  });

  test('-o json is one List with pods, events and the node', async () => {
    const { out } = await run('--until', 'Ready', '-o', 'json');
    const list = JSON.parse(out) as {
      kind: string;
      items: { kind: string; reason?: string; involvedObject?: { kind: string } }[];
    };
    expect(list.kind).toBe('List');
    const kinds = new Set(list.items.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      'CSINode',
      'ConfigMap',
      'Event',
      'Namespace',
      'Node',
      'Pod',
      'Service',
      'ServiceAccount',
    ]);
    const aboutPods = list.items.filter(({ involvedObject }) => involvedObject?.kind === 'Pod');
    const reasons = aboutPods.flatMap(({ reason }) => reason ?? []);
    expect(reasons).toEqual(['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started']);
  });

  test('kind follows kind, each by namespace and name; a scheduler speaks events.k8s.io', async () => {
    const { out } = await run('--until', 'Ready', '-o', 'json');
    const { items } = JSON.parse(out) as {
      items: { kind: string; reason?: string; metadata: { namespace?: string; name: string } }[];
    };
    const kinds = items.map(({ kind }) => kind).filter((kind, i, all) => kind !== all[i - 1]);
    expect(new Set(kinds).size).toBe(kinds.length);
    const names = items.flatMap(({ kind, metadata }) => (kind === 'Event' ? metadata.name : []));
    expect(names).toEqual([...names].sort());
    expect(items.find(({ reason }) => reason === 'Scheduled')).toMatchObject({
      action: 'Binding',
      eventTime: '2026-01-01T00:00:00.000000Z',
      firstTimestamp: null,
      lastTimestamp: null,
      reportingComponent: 'default-scheduler',
      source: {},
    });
  });

  test('its keys stand by the alphabet, as kubectl prints them', async () => {
    const { out } = await run('--until', 'Ready', '-o', 'json');
    const pod = JSON.parse(out).items.find(({ kind }: { kind: string }) => kind === 'Pod');
    expect(Object.keys(pod)).toEqual(['apiVersion', 'kind', 'metadata', 'spec', 'status']);
    expect(Object.keys(pod.status)).toEqual(Object.keys(pod.status).sort());
  });

  test('-o jsonl is one trace entry a line, the same bytes for the same seed', async () => {
    const jsonl = async (seed: string) => (await run('--for', '30s', '-o', 'jsonl', '--seed', seed)).out;
    const first = await jsonl('5');
    for (const line of first.trimEnd().split('\n')) {
      expect(JSON.parse(line)).toMatchObject({
        stage: expect.any(String),
        why: { text: expect.any(String) },
      });
    }
    expect(await jsonl('5')).toBe(first);
    expect(await jsonl('6')).not.toBe(first);
  });

  test('--verbose shows quiet steps and what each step asked for', async () => {
    const [short, long] = [await run('--for', '10s'), await run('--for', '10s', '--verbose')];
    expect(long.out).toContain('=> runPodSandbox');
    expect(short.out).not.toContain('=> ');
    expect(long.out.length).toBeGreaterThan(short.out.length);
  });

  test('what is not a pod is stored, and said to make none', async () => {
    const deployment = join(MANIFESTS, 'controllers', 'nginx-deployment.yaml');
    const { exitCode, out, err } = await cli(['run', deployment, ...FAKE]);
    expect(exitCode).toBe(0);
    expect(err).toMatch(/^note: Deployment nginx-deployment is stored, but no controller runs here/);
    expect(out).toContain('no pod for this node was applied');
  });

  test('a pod that names another node stays Pending, unless the node is called so', async () => {
    const manifest = join(MANIFESTS, 'pods', 'pod-nginx-specific-node.yaml');
    const { err } = await cli(['run', manifest, ...FAKE, '--for', '5s']);
    expect(err).toMatch(/^note: pod nginx names node foo-node/);
    const named = await cli(['run', manifest, ...FAKE, '--node-name', 'foo-node', '--until', 'Ready']);
    expect(named).toMatchObject({ exitCode: 0, err: '' });
  });

  test('a node is as large as one says, and a recording keeps that', async () => {
    const recording = join(directory, 'small.jsonl');
    const small = ['--node', 'memory=200Mi,pids=1000', '--for', '15s', '--record', recording];
    const { out } = await cli(['run', SIMPLE, ...FAKE, ...small]);
    expect(out).toContain('MemoryPressure');
    expect((await cli(['replay', recording])).exitCode).toBe(0);
    const { exitCode, err } = await cli(['run', SIMPLE, ...FAKE, '--node', 'memroy=1Gi']);
    expect(exitCode).toBe(2);
    expect(err).toContain('there are memory, disk, image-disk, inodes, pids');
  });

  test('speaks Chinese', async () => {
    const { out } = await cli(['run', SIMPLE, ...FAKE, '--until', 'Ready'], { language: 'zh' });
    expect(out).toMatch(/后结束：Ready 已成立/);
    expect(out).toMatch(/kubelet 启动/);
  });

  test('a signal ends the run in order, with exit code 130', async () => {
    const stop = new AbortController();
    stop.abort();
    const { exitCode, out } = await cli(['run', SIMPLE, ...FAKE, '--for', '1h'], { signal: stop.signal });
    expect(exitCode).toBe(130);
    expect(out).toContain('stopped by a signal');
  });

  test('paced time keeps to its speed', async () => {
    const { exitCode } = await run('--clock', 'paced', '--speed', '1000', '--for', '60s');
    expect(exitCode).toBe(0);
  });
});

describe('podstep replay', () => {
  const file = join(directory, 'run.jsonl');

  test('a recorded run replays step by step to the same trace', async () => {
    const recorded = await run('--for', '30s', '-o', 'jsonl', '--record', file);
    const replayed = await cli(['replay', file, '-o', 'jsonl']);
    expect(replayed).toMatchObject({ exitCode: 0, err: '' });
    expect(replayed.out).toBe(recorded.out);
    expect((await cli(['replay', file])).out).toMatch(/\n\d+ steps replayed, every one as recorded\n$/);
  });

  test('a recording that was changed is told where it differs', async () => {
    const changed = join(directory, 'changed.jsonl');
    writeFileSync(changed, readFileSync(file, 'utf8').replace('"to":"ready"', '"to":"gone"'));
    const { exitCode, err } = await cli(['replay', changed]);
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^podstep: step \d+ came out otherwise than recorded\nrecorded:\n.*"gone"/s);
  });

  test('a place where nothing can be written is refused before anything starts', async () => {
    const { exitCode, err, out } = await run('--record', join(directory, 'no', 'such', 'place'));
    expect(exitCode).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/cannot write/);
  });
});
