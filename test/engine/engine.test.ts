import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/types.ts';
import type { EffectBody } from '../../src/machines/effects.ts';
import { containerConfig, PROGRAM, sandboxConfig } from '../contract/setup.ts';
import { type Reaction, stubEngine, told } from './stub.ts';

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'app', image: 'busybox:1.36' }] },
};

/** Starts one container on start: sandbox, pull, create, start. */
const startsOne: Reaction = (event) => {
  if (event.type === 'KubeletStarted') return [{ type: 'pullImage', image: 'busybox:1.36' }];
  if (event.type !== 'EffectSucceeded') return [];
  const { result } = event;
  if (event.effectType === 'pullImage') return [{ type: 'runPodSandbox', config: sandboxConfig('web') }];
  if (result.type === 'sandbox') {
    const config = containerConfig('app', PROGRAM.sleeps30);
    const sandboxConfigOf = sandboxConfig('web');
    return [{ type: 'createContainer', sandboxId: result.status.id, config, sandboxConfig: sandboxConfigOf }];
  }
  if (event.effectType === 'createContainer' && result.type === 'container') {
    return [{ type: 'startContainer', containerId: result.status.id }];
  }
  return [];
};

const timer = (timerId: string, delayMs: number): EffectBody => ({ type: 'startTimer', timerId, delayMs });

test('virtual time jumps from event to event; what is due together keeps its order', async () => {
  const { engine } = stubEngine((event) =>
    event.type === 'KubeletStarted' ? [timer('b', 3_600_000), timer('a', 1000), timer('c', 1000)] : [],
  );
  engine.start();
  expect(await engine.run({})).toBe('idle');
  expect(told(engine)).toEqual([
    '+0ms KubeletStarted',
    '+1000ms TimerFired a',
    '+1000ms TimerFired c',
    '+3600000ms TimerFired b',
  ]);
});

test('a timer of the same name replaces the one before, and a cancelled one never fires', async () => {
  const { engine } = stubEngine((event) =>
    event.type === 'KubeletStarted'
      ? [timer('a', 1000), timer('a', 5000), timer('b', 2000), { type: 'cancelTimer', timerId: 'b' }]
      : [],
  );
  engine.start();
  await engine.run({});
  expect(told(engine)).toEqual(['+0ms KubeletStarted', '+5000ms TimerFired a']);
});

test('outcomes enter with the status read back, and what the runtime notices follows', async () => {
  const script = {
    containers: [{ match: {}, program: { exit: { afterMs: 2000, code: 1 } } }],
    sandboxes: [{ match: {}, takesMs: 50 }],
  };
  const { engine } = stubEngine(startsOne, { script });
  engine.start();
  await engine.run({});
  expect(told(engine)).toEqual([
    '+0ms KubeletStarted',
    '+100ms pullImage #1 image',
    '+150ms runPodSandbox #2 sandbox',
    '+150ms createContainer #3 container',
    '+150ms startContainer #4 container',
    '+2150ms ContainerExited',
  ]);
  const pulled = engine.steps().find(({ event }) => event.type === 'EffectSucceeded')?.event;
  expect(pulled).toMatchObject({ result: { tookMs: 100, image: { repoTags: ['busybox:1.36'] } } });
});

test('outcomes of one instant enter by effect id, whichever came first', async () => {
  const fail = { code: 'Unavailable', message: 'no answer' } as const;
  const calls = [{ call: 'imageStatus', match: { image: 'slow' }, delayMs: 10 } as const];
  const { engine } = stubEngine(
    (event) =>
      event.type === 'KubeletStarted'
        ? [
            { type: 'removePodSandbox', sandboxId: 'x' },
            { type: 'imageStatus', image: 'slow' },
            { type: 'relist' },
            { type: 'imageStatus', image: 'quick' },
          ]
        : [],
    { script: { calls: [...calls, { call: 'listContainers', fail }] } },
  );
  engine.start();
  await engine.run({});
  expect(told(engine)).toEqual([
    '+0ms KubeletStarted',
    '+0ms removePodSandbox #1 done',
    '+0ms relist #3 failed: Unavailable',
    '+0ms imageStatus #4 image',
    '+10ms imageStatus #2 image',
  ]);
});

test('a run stops at its time, after a step that fulfils its condition, or after its steps', async () => {
  const ticking: Reaction = (event) =>
    event.type === 'KubeletStarted' || event.type === 'TimerFired' ? [timer('tick', 1000)] : [];
  const { engine } = stubEngine(ticking);
  engine.start();
  expect(await engine.run({ forMs: 2500 })).toBe('time');
  expect(told(engine)).toHaveLength(3);
  expect(await engine.run({ forMs: 400 })).toBe('time');
  expect(told(engine)).toHaveLength(3);
  expect(await engine.run({ until: ({ elapsedMs }) => elapsedMs >= 4000 })).toBe('until');
  expect(told(engine)).toHaveLength(5);
  expect(await engine.run({ maxSteps: 2 })).toBe('maxSteps');
  const stop = new AbortController();
  stop.abort();
  expect(await engine.run({ signal: stop.signal })).toBe('aborted');
  expect(told(engine)).toHaveLength(7);
});

test('what is applied or deleted reaches the kubelet as events, and its answers reach the store', async () => {
  const { engine } = stubEngine((event) => {
    if (event.type === 'PodAdded') {
      const status = { phase: 'Running' as const };
      return [{ type: 'patchPodStatus', podUid: event.pod.metadata.uid, status }];
    }
    if (event.type !== 'PodUpdated') return [];
    return [{ type: 'deletePod', podUid: event.pod.metadata.uid, gracePeriodSeconds: 0 }];
  });
  engine.start();
  engine.apply(pod);
  await engine.run({});
  expect(engine.pods()[0]?.status?.phase).toBe('Running');
  engine.deletePod('default', 'web');
  await engine.run({});
  expect(engine.pods()).toEqual([]);
  expect(told(engine)).toEqual([
    '+0ms KubeletStarted',
    '+0ms PodAdded',
    '+0ms patchPodStatus #1 done',
    '+0ms PodUpdated',
    '+0ms PodRemoved',
    '+0ms deletePod #2 done',
  ]);
  expect(engine.objects().map(({ kind }) => kind)).toEqual([
    'Namespace',
    'ServiceAccount',
    'ConfigMap',
    'Service',
    'Event',
  ]);
});

test('an answer for a pod that is gone from the store fails', async () => {
  const { engine } = stubEngine((event) =>
    event.type === 'KubeletStarted' ? [{ type: 'patchPodStatus', podUid: 'nobody', status: {} }] : [],
  );
  engine.start();
  await engine.run({});
  expect(told(engine)).toEqual(['+0ms KubeletStarted', '+0ms patchPodStatus #1 failed: NotFound']);
});

test('a defect in the core, in a port or in a listener stops the run and every later one', async () => {
  const broken = stubEngine(() => {
    throw new TypeError('broken core');
  }).engine;
  broken.start();
  await expect(broken.run({})).rejects.toThrow('broken core');
  await expect(broken.step()).rejects.toThrow('broken core');

  const { engine } = stubEngine(() => []);
  engine.listen({
    onStep() {
      throw new TypeError('broken listener');
    },
  });
  engine.start();
  await expect(engine.run({})).rejects.toThrow('broken listener');

  const { engine: badPort, files } = stubEngine((event) =>
    event.type === 'KubeletStarted'
      ? [{ type: 'makePodDirectories', podUid: 'u', logDirectory: '/var/log/pods/x' }]
      : [],
  );
  files.makePodDirectories = () => Promise.reject(new TypeError('broken port'));
  badPort.start();
  await expect(badPort.run({})).rejects.toThrow('broken port');
});

test('logs are kept by pod and container, and told to listeners', async () => {
  const output = [{ atMs: 10, text: 'hello', everyMs: 10 }];
  const { engine } = stubEngine(startsOne, { script: { containers: [{ match: {}, program: { output } }] } });
  const heard: string[] = [];
  engine.listen({ onLog: ({ containerName, line }) => heard.push(`${containerName}: ${line.text}`) });
  engine.start();
  await engine.run({ forMs: 125 });
  expect(heard).toEqual(['app: hello', 'app: hello']);
  expect(engine.logs('uid-web', 'app')).toHaveLength(2);
});

test('two who step at once take turns', async () => {
  const { engine } = stubEngine((event) =>
    event.type === 'KubeletStarted' ? [timer('a', 10), timer('b', 20)] : [],
  );
  engine.start();
  const steps = await Promise.all([engine.step(), engine.step(), engine.stepVisible()]);
  expect(steps.map((step) => step?.seq)).toEqual([1, 2, undefined]);
});

test('a span of time ends before its end: what is due at that very instant is left for the next', async () => {
  const { engine } = stubEngine((event) => (event.type === 'KubeletStarted' ? [timer('due', 1_000)] : []));
  engine.start();
  expect(await engine.run({ forMs: 1_000 })).toBe('time');
  expect(told(engine).some((line) => line.includes('TimerFired'))).toBe(false);
  await engine.step();
  expect(told(engine).at(-1)).toBe('+1000ms TimerFired due');
});

test('paced time keeps to its speed, and takes in at once what is applied meanwhile', async () => {
  const { engine } = stubEngine((event) => (event.type === 'KubeletStarted' ? [timer('late', 60_000)] : []), {
    speed: 100_000,
  });
  engine.start();
  expect(await engine.run({ forMs: 60_001 })).toBe('time');
  expect(told(engine).at(-1)).toBe('+60000ms TimerFired late');

  const slow = stubEngine((event) => (event.type === 'KubeletStarted' ? [timer('late', 60_000)] : []), {
    speed: 0.001,
  }).engine;
  slow.start();
  const seen = slow.run({ until: ({ event }) => event.type === 'PodAdded' });
  setImmediate(() => slow.apply(pod));
  expect(await seen).toBe('until');
  const stop = new AbortController();
  const stopped = slow.run({ signal: stop.signal });
  setImmediate(() => stop.abort());
  expect(await stopped).toBe('aborted');
});

test('a closed engine handles nothing more, at whatever moment it is closed', async () => {
  for (let moment = 0; moment < 40; moment++) {
    const { engine } = stubEngine(startsOne);
    engine.start();
    const running = engine.run({});
    for (let n = 0; n < moment; n++) await Promise.resolve();
    const before = engine.steps().length;
    await engine.close();
    await running.catch(() => undefined);
    expect(engine.steps().length, `closed after ${moment} turns of the event loop`).toBe(before);
  }
});
