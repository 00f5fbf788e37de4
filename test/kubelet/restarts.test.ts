import { expect, test } from 'vitest';
import { podOf, World } from './world.ts';

const web = { name: 'web', image: 'busybox:1.36', imagePullPolicy: 'IfNotPresent' } as const;

test('a container that fails at once is restarted at once, then after 10 s doubling to 300 s', () => {
  const world = new World();
  world.programs.set('web', { runsMs: 0, exitCode: 1 });
  world.apply(podOf({ containers: [web] }));
  world.run(1_800_000);
  const starts = world.timesOf('startContainer');
  const waits = starts.slice(2).map((atMs, index) => Math.round((atMs - (starts[index + 1] ?? 0)) / 1_000));
  expect(starts[1]).toBe(1_000);
  expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300, 300, 300]);
  expect(world.boxes.size).toBeLessThanOrEqual(2);
});

test('between two starts the pod is Running, its container waits in CrashLoopBackOff and has a last state', () => {
  const world = new World();
  world.programs.set('web', { runsMs: 500, exitCode: 137, reason: 'OOMKilled' });
  world.apply(podOf({ containers: [web] }));
  world.run(5_000);
  const status = world.statuses.get('uid-1');
  expect(status?.phase).toBe('Running');
  expect(status?.containerStatuses?.[0]).toMatchObject({
    restartCount: 1,
    ready: false,
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: 'back-off 10s restarting failed container=web pod=web_default(uid-1)',
      },
    },
    lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
  });
  expect(world.state.machines['uid-1']?.['container/uid-1/web']?.state).toBe('waiting.CrashLoopBackOff');
  expect(world.said('BackOff')).toEqual([
    'Back-off restarting failed container web in pod web_default(uid-1)',
  ]);
});

test('a run longer than ten minutes past the last step makes the next restart immediate again', () => {
  const world = new World();
  world.programs.set('web', (attempt) => ({ runsMs: attempt === 2 ? 700_500 : 0, exitCode: 1 }));
  world.apply(podOf({ containers: [web] }));
  world.run(800_000);
  const starts = world.timesOf('startContainer');
  expect(starts.slice(0, 3)).toEqual([0, 1_000, 11_000]);
  expect(starts[3]).toBe(712_000);
});

test.each([
  ['Never', 0, 'Succeeded', 1],
  ['Never', 3, 'Failed', 1],
  ['OnFailure', 0, 'Succeeded', 1],
  ['OnFailure', 3, 'Running', 2],
] as const)(
  'restartPolicy %s, exit code %d: %s after %d start(s)',
  (restartPolicy, exitCode, phase, starts) => {
    const world = new World();
    world.programs.set('web', { runsMs: 2_500, exitCode });
    world.apply(podOf({ containers: [web], restartPolicy }));
    world.run(5_000);
    expect(world.statuses.get('uid-1')?.phase).toBe(phase);
    expect(world.timesOf('startContainer')).toHaveLength(starts);
  },
);

test('a pod that has finished is tidied up and stays; its deletion removes the object', () => {
  const world = new World();
  world.programs.set('web', { runsMs: 2_500 });
  world.apply(podOf({ containers: [web], restartPolicy: 'Never' }));
  world.run(60_000);
  expect(world.state.machines['uid-1']?.['worker/uid-1']?.state).toBe('terminated.finished');
  expect(world.state.machines['uid-1']?.['pod/uid-1']?.state).toBe('Succeeded.Terminated');
  expect(world.pods.size).toBe(1);
  world.delete('uid-1');
  world.run(1_000);
  expect(world.pods.size).toBe(0);
});

test('the termination message is in the status as soon as the end is', () => {
  const world = new World();
  world.programs.set('web', { runsMs: 500, exitCode: 2 });
  world.intercept = (effect) =>
    effect.type === 'readTerminationMessage' ? { type: 'text', text: 'disk full' } : undefined;
  world.tookMs = (effect) => (effect.type === 'readTerminationMessage' ? 200 : 0);
  world.apply(
    podOf({
      restartPolicy: 'Never',
      containers: [{ ...web, terminationMessagePolicy: 'FallbackToLogsOnError' }],
    }),
  );
  world.run(5_000);
  const told = world.effects.flatMap((effect) =>
    effect.type === 'patchPodStatus'
      ? (effect.status.containerStatuses ?? []).flatMap(({ state }) => state?.terminated ?? [])
      : [],
  );
  expect(told.length).toBeGreaterThan(0);
  expect(told.map(({ message }) => message)).toEqual(told.map(() => 'disk full'));
  const [read] = world.effects.filter(({ type }) => type === 'readTerminationMessage');
  expect(read).toMatchObject({ fromLogs: true });
});

test('a change of annotations starts no container anew; a changed image does', () => {
  const world = new World();
  const pod = podOf({ containers: [web] });
  world.apply(pod);
  world.run(5_000);
  world.apply({ ...pod, metadata: { ...pod.metadata, annotations: { note: 'new' } } });
  world.run(5_000);
  expect(world.timesOf('startContainer')).toHaveLength(1);
  world.apply({ ...pod, spec: { ...pod.spec, containers: [{ ...web, image: 'busybox:1.37' }] } });
  world.run(5_000);
  expect(world.timesOf('startContainer')).toHaveLength(2);
  expect(world.said('Killing')).toEqual(['Container web definition changed, will be restarted']);
});

test('a dead sandbox takes its containers along: all start anew in the next one', () => {
  const world = new World();
  world.programs.set('init', { runsMs: 10 });
  world.apply(podOf({ initContainers: [{ ...web, name: 'init' }], containers: [web] }));
  world.run(10_000);
  const address = world.statuses.get('uid-1')?.podIP;
  world.killSandbox();
  world.run(10_000);
  expect(world.said('SandboxChanged')).toHaveLength(1);
  const attempts = world.effects.flatMap((effect) =>
    effect.type === 'runPodSandbox' ? [effect.config.metadata.attempt] : [],
  );
  expect(attempts).toEqual([0, 1]);
  const started = world.effects.flatMap((effect) =>
    effect.type === 'createContainer' ? [effect.config.metadata.name] : [],
  );
  expect(started).toEqual(['init', 'web', 'init', 'web']);
  const status = world.statuses.get('uid-1');
  expect(status?.phase).toBe('Running');
  expect(status?.podIP).not.toBe(address);
});

test('a container whose creation fails waits with CreateContainerError and is tried again', () => {
  const world = new World();
  let tries = 0;
  world.intercept = (effect) => {
    if (effect.type !== 'createContainer') return undefined;
    tries += 1;
    return tries === 1 ? { code: 'Unknown', message: 'no space left on device' } : undefined;
  };
  world.apply(podOf({ containers: [web] }));
  world.run(500);
  expect(world.statuses.get('uid-1')?.containerStatuses?.[0]?.state).toEqual({
    waiting: { reason: 'CreateContainerError', message: 'no space left on device' },
  });
  expect(world.said('Failed')).toEqual(['Error: no space left on device']);
  world.run(20_000);
  expect(world.statuses.get('uid-1')?.phase).toBe('Running');
});

test('a container that cannot be started waits with RunContainerError; the next try is a new record', () => {
  const world = new World();
  world.intercept = ({ type }) =>
    type === 'startContainer' && world.elapsedMs < 5_000
      ? { code: 'Unknown', message: 'exec: "nope": executable file not found in $PATH' }
      : undefined;
  world.apply(podOf({ containers: [web] }));
  world.run(4_000);
  expect(world.statuses.get('uid-1')?.containerStatuses?.[0]?.state?.waiting).toEqual({
    reason: 'RunContainerError',
    message: 'exec: "nope": executable file not found in $PATH',
  });
  world.run(60_000);
  expect(world.statuses.get('uid-1')?.phase).toBe('Running');
  expect(world.state.machines['uid-1']?.['container/uid-1/web']?.state).toBe('running.started');
});
