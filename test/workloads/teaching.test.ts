/** The teaching set, as far as its pages do not show it: what each setting changes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPod, type TestPod } from './pod.ts';

let pod: TestPod;
beforeAll(async () => {
  pod = await openPod();
}, 60_000);
afterAll(() => pod.close());

let port = 9000;
const start = (name: string, ...args: string[]) => pod.start(`podstep/${name}`, { args });
const stop = (id: string) => pod.until(pod.runtime.runtimeService.stopContainer(id, 5));
const get = (at: number, path = '/') =>
  pod.until(pod.runtime.network.httpGet({ scheme: 'HTTP', host: pod.ip, port: at, path, headers: [] }, 5));
/** Its exit code and its log after so many seconds. */
const stateAfter = async (seconds: number, id: string) => {
  await pod.pass(seconds);
  return [await pod.exitCode(id), await pod.log(id)] as const;
};

describe('settings', () => {
  it('a flag wins over the variable of its name', async () => {
    const id = await pod.start('podstep/crasher', {
      args: ['--exit-code=7'],
      env: { EXIT_CODE: '5', AFTER: '2s' },
    });
    expect(await stateAfter(3, id)).toEqual([7, 'crasher: dies in 2s\ncrasher: exits with 7\n']);
  });
  it('a mistake ends it with 2, and says what it takes', async () => {
    const [code, log] = await stateAfter(1, await start('crasher', '--after', 'soon'));
    expect([code, log]).toEqual([2, expect.stringContaining('invalid argument "soon" for "--after"')]);
    expect(log).toContain('--exit-code          EXIT_CODE');
    const variable = await pod.start('podstep/leak', { env: { RATE: 'much' } });
    expect(await stateAfter(1, variable)).toEqual([
      2,
      expect.stringContaining('RATE="much" is not what it takes'),
    ]);
    expect(await stateAfter(1, await start('crasher', '--until', '2'))).toEqual([
      2,
      expect.stringContaining('--state'),
    ]);
  });
  it('--help tells all of them', async () => {
    expect(await stateAfter(1, await start('leak', '--help'))).toEqual([
      0,
      expect.stringContaining('--ceiling'),
    ]);
  });
});

describe('crasher', () => {
  it.each([
    ['abort', 134],
    ['segfault', 139],
    ['overflow', 139],
  ])('dies of %s with %i', async (how, code) => {
    expect((await stateAfter(1, await start('crasher', '--how', how)))[0]).toBe(code);
  });
  it('is gone in the midst of the last request that it may answer', async () => {
    const id = await start('crasher', '--after-requests', '2', '--port', `${++port}`);
    await pod.pass(0.1);
    expect((await get(port)).body).toBe('request 1 of 2\n');
    await get(port).catch(() => undefined);
    expect((await stateAfter(0.1, id))[0]).toBe(1);
  });
});

it('slow-starter can listen at once and answer 503 meanwhile', async () => {
  const id = await start(
    'slow-starter',
    '--delay=10s',
    '--listen-at-once',
    '--file=/tmp/up',
    `--port=${++port}`,
  );
  const isUp = async () => (await pod.exec(id, ['test', '-f', '/tmp/up'])).exitCode;
  await pod.pass(4);
  expect([(await get(port)).statusCode, await isUp()]).toEqual([503, 1]);
  await pod.pass(7);
  expect([(await get(port)).statusCode, await isUp()]).toEqual([200, 0]);
  await stop(id);
});

it('flaky-health fails by chance, and hangs when it is told to', async () => {
  const id = await start('flaky-health', '--fail-percent=50', '--status=500', `--port=${++port}`);
  await pod.pass(0.1);
  const codes: number[] = [];
  for (let times = 0; times < 40; times++) codes.push((await get(port, '/healthz')).statusCode);
  expect(new Set(codes)).toEqual(new Set([200, 500]));
  expect((await get(port, '/work')).statusCode).toBe(200);
  const silent = await start('flaky-health', '--up=1s', '--down=0', '--hang', `--port=${++port}`);
  await pod.pass(2);
  await expect(get(port, '/healthz')).rejects.toThrow(/exceeded|timeout/i);
  await stop(id);
  await stop(silent);
});

it('leak stops at its ceiling; a child that dies by itself is told', async () => {
  const [code, log] = await stateAfter(5, await start('leak', '--rate=64Ki', '--ceiling=128Ki'));
  expect([code, log]).toEqual([-1, 'leak: holds 64 KiB\nleak: holds 128 KiB\nleak: stops at 128 KiB\n']);
  const id = await start('leak', '--child', '--stay', '--rate=64Ki');
  await pod.pass(1.5);
  await pod.exec(id, ['sh', '-c', 'kill -KILL 2']);
  const lived = await stateAfter(1, id);
  expect(lived).toEqual([
    -1,
    expect.stringContaining('process 1 lives on: its child ended with 137, killed\n'),
  ]);
  await stop(id);
});

it('log-spammer writes so many lines of that length, a share of them to stderr, and traces between', async () => {
  const id = await start(
    'log-spammer',
    '--rate=50',
    '--lines=100',
    '--length=40',
    '--stderr-percent=10',
    '--trace-every=50',
    '--trace-lines=3',
  );
  expect((await stateAfter(3, id))[0]).toBe(0);
  const lines = await pod.lines(id);
  const plain = lines.filter(({ text }) => text.startsWith('line '));
  expect([plain.length, new Set(plain.map(({ text }) => text.length))]).toEqual([100, new Set([40])]);
  expect(plain.filter(({ stream }) => stream === 'stderr')).toHaveLength(10);
  expect(lines.filter(({ text }) => text.startsWith('    at frame'))).toHaveLength(6);
});

it('disk-filler makes many files, or stops at its total', async () => {
  const many = await start('disk-filler', '--files-per-second=20', '--file-size=10');
  expect(await stateAfter(2.5, many)).toEqual([-1, expect.stringContaining('in 40 files\n')]);
  expect((await pod.exec(many, ['sh', '-c', 'ls /tmp/fill | wc -l'])).stdout.trim()).toBe('40');
  const some = await start('disk-filler', '--rate=64Ki', '--total=100Ki');
  expect(await stateAfter(5, some)).toEqual([-1, expect.stringMatching(/holds 100 KiB in 1 files\n$/)]);
  expect(await stateAfter(1, await start('disk-filler', '--folder', '/no/such/folder'))).toEqual([
    1,
    expect.stringContaining('cannot make /no/such/folder: No such file or directory'),
  ]);
  await stop(many);
});

it('dependent asks again, in many ways at once, and can wait for a start', async () => {
  const database = ++port;
  const waits = await start('dependent', '--wait', `--on=localhost:${database}`, '--retry-delay=1s');
  const gives = await start('dependent', '--wait', '--give-up=2', '--on=nowhere.example', '--retry-delay=1s');
  expect(await stateAfter(3.5, gives)).toEqual([1, expect.stringContaining('gives up: ends with 1')]);
  const server = await start('flaky-health', '--up=0', `--port=${database}`);
  expect((await stateAfter(2, waits))[0]).toBe(0);
  const id = await start(
    'dependent',
    `--on=http://localhost:${database}/healthz`,
    '--fan-out=3',
    `--port=${++port}`,
  );
  await pod.pass(0.1);
  expect((await get(port)).statusCode).toBe(200);
  expect((await pod.log(server)).match(/healthz: 200/g)).toHaveLength(3);
  await stop(server);
  expect(await get(port)).toMatchObject({
    statusCode: 503,
    body: expect.stringContaining('connection refused'),
  });
  expect((await get(port, '/healthz')).body).toBe('alive\n');
  await stop(id);
});
