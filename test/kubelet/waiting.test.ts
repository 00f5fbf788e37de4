import { expect, test } from 'vitest';
import type { Container } from '../../src/api/types.ts';
import { podOf, World } from './world.ts';

const web: Container = { name: 'web', image: 'nope:1', imagePullPolicy: 'IfNotPresent' };
const waitingOf = (world: World) => world.statuses.get('uid-1')?.containerStatuses?.[0]?.state?.waiting;

test('a pull that fails is tried again after 10 s doubling to 300 s', () => {
  const world = new World();
  world.intercept = ({ type }) =>
    type === 'pullImage' ? { code: 'NotFound', message: 'nope:1 was not found' } : undefined;
  world.apply(podOf({ containers: [web] }));
  world.run(500);
  expect(waitingOf(world)).toEqual({ reason: 'ErrImagePull', message: 'nope:1 was not found' });
  world.run(1_000);
  expect(waitingOf(world)).toEqual({
    reason: 'ImagePullBackOff',
    message: 'Back-off pulling image "nope:1": ErrImagePull: nope:1 was not found',
  });
  world.run(1_000_000);
  expect(world.timesOf('pullImage')).toEqual([0, 10_000, 30_000, 70_000, 150_000, 310_000, 610_000, 910_000]);
});

test('an image name that cannot be read, and an image that must not be pulled', () => {
  const invalid = new World();
  invalid.apply(podOf({ containers: [{ ...web, image: 'Not A Name' }] }));
  invalid.run(500);
  expect(waitingOf(invalid)?.reason).toBe('InvalidImageName');
  expect(invalid.state.machines['uid-1']?.['image/uid-1/web']?.state).toBe('InvalidImageName');
  expect(invalid.timesOf('imageStatus')).toEqual([]);

  const never = new World();
  never.apply(podOf({ containers: [{ ...web, imagePullPolicy: 'Never' }] }));
  never.run(500);
  expect(waitingOf(never)?.reason).toBe('ErrImageNeverPull');
  expect(never.timesOf('pullImage')).toEqual([]);
});

test('pulls are done one at a time for the whole node', () => {
  const world = new World();
  world.tookMs = ({ type }) => (type === 'pullImage' ? 5_000 : 0);
  for (const n of [1, 2, 3]) {
    world.apply(podOf({ containers: [{ ...web, image: `i:${n}` }] }, { uid: `uid-${n}`, name: `p${n}` }));
  }
  world.run(20_000);
  expect(world.timesOf('pullImage')).toEqual([0, 5_000, 10_000]);
  expect(world.said('Pulled')[2]).toContain('in 5s (15s including waiting)');
});

test('nothing starts before the volumes are mounted; a failed mount is told and tried again', () => {
  const world = new World();
  let tries = 0;
  world.intercept = ({ type }) => {
    if (type !== 'mountVolume') return undefined;
    tries += 1;
    return tries <= 3
      ? { code: 'Unknown', message: 'hostPath type check failed: /data is not a directory' }
      : undefined;
  };
  const volumeMounts = [{ name: 'data', mountPath: '/data' }];
  world.apply(
    podOf({
      containers: [{ ...web, volumeMounts }],
      volumes: [
        { name: 'data', hostPath: { path: '/data', type: 'Directory' } },
        { name: 'unused', emptyDir: {} },
      ],
    }),
  );
  world.run(3_400);
  expect(world.timesOf('runPodSandbox')).toEqual([]);
  expect(world.timesOf('mountVolume')).toEqual([100, 600, 1_600]);
  expect(world.said('FailedMount')[0]).toBe(
    'MountVolume.SetUp failed for volume "data" : hostPath type check failed: /data is not a directory',
  );
  world.run(5_000);
  expect(world.timesOf('runPodSandbox')).toEqual([3_600]);
  const [created] = world.effects.filter(({ type }) => type === 'createContainer');
  expect(created).toMatchObject({
    config: { mounts: [{ containerPath: '/data', hostPath: '/volumes/data', readonly: false }] },
  });
});

test('a volume whose kind no plugin knows fails the sync at once, with an event', () => {
  const world = new World();
  const volumeMounts = [{ name: 'share', mountPath: '/share' }];
  world.apply(
    podOf({
      containers: [{ ...web, volumeMounts }],
      volumes: [{ name: 'share', nfs: { server: 'nas', path: '/share' } }],
    }),
  );
  world.run(1_000);
  expect(waitingOf(world)).toEqual({ reason: 'ContainerCreating' });
  expect(world.said('FailedMount')).toEqual([
    'Unable to attach or mount volumes: unmounted volumes=[share], unattached volumes=[], failed to process volumes=[share]: failed to get Plugin from volumeSpec for volume "share" err=no volume plugin matched',
  ]);
  world.delete('uid-1');
  world.run(10_000);
  expect(world.pods.size).toBe(0);
});

test('a sandbox that cannot be made is told and tried again', () => {
  const world = new World();
  world.intercept = ({ type }) =>
    type === 'runPodSandbox' && world.elapsedMs < 5_000
      ? { code: 'Unavailable', message: 'no address left' }
      : undefined;
  world.apply(podOf({ containers: [web] }));
  world.run(30_000);
  expect(world.said('FailedCreatePodSandBox')).toEqual(['Failed to create pod sandbox: no address left']);
  expect(world.statuses.get('uid-1')?.phase).toBe('Running');
});

test('a pod that asks for more than the node has is refused, and can be deleted', () => {
  const world = new World({ cpuMilli: 2_000, memoryBytes: 2 ** 30, pods: 110 });
  world.apply(podOf({ containers: [{ ...web, resources: { requests: { cpu: '100' } } }] }));
  world.run(1_000);
  expect(world.statuses.get('uid-1')).toMatchObject({
    phase: 'Failed',
    reason: 'OutOfcpu',
    message:
      "Pod was rejected: Node didn't have enough resource: cpu, requested: 100000, used: 0, capacity: 2000",
  });
  expect(world.said('OutOfcpu')).toHaveLength(1);
  expect(world.timesOf('runPodSandbox')).toEqual([]);
  world.delete('uid-1');
  world.run(10_000);
  expect(world.pods.size).toBe(0);
});

test('the node is full when its pods are too many or their requests too large', () => {
  const world = new World({ cpuMilli: 2_000, memoryBytes: 2 ** 30, pods: 2 });
  const add = (n: number, memory: string) =>
    world.apply(
      podOf(
        { containers: [{ ...web, resources: { requests: { memory } } }] },
        { uid: `uid-${n}`, name: `p${n}` },
      ),
    );
  add(1, '600Mi');
  add(2, '600Mi');
  add(3, '100Mi');
  add(4, '100Mi');
  world.run(1_000);
  const outcome = [1, 2, 3, 4].map((n) => {
    const status = world.statuses.get(`uid-${n}`);
    return status?.reason ?? status?.phase;
  });
  expect(outcome).toEqual(['Running', 'OutOfmemory', 'Running', 'OutOfpods']);
});
