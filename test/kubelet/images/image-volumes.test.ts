import { expect, test } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../../src/api/kubelet-configuration/defaulting.ts';
import { podOf, World } from '../world.ts';

const pod = podOf({
  containers: [
    { name: 'app', image: 'busybox:1', volumeMounts: [{ name: 'data', mountPath: '/data', subPath: 'etc' }] },
    { name: 'other', image: 'busybox:1' },
  ],
  volumes: [{ name: 'data', image: { reference: 'files:1', pullPolicy: 'IfNotPresent' } }],
});

test('the image is pulled before any container is started, and mounted read-only with its path', () => {
  const world = new World();
  world.apply(pod);
  world.run(3_000);
  const asked = world.effects.flatMap((effect) => {
    if (effect.type === 'pullImage') return [`pull ${effect.image}`];
    return effect.type === 'createContainer' ? [`create ${effect.config.metadata.name}`] : [];
  });
  expect(asked).toEqual(['pull files:1', 'pull busybox:1', 'create app', 'create other']);
  const [app] = world.effects.flatMap((effect) => (effect.type === 'createContainer' ? [effect.config] : []));
  expect(app?.mounts).toEqual([
    { containerPath: '/data', hostPath: '', readonly: true, image: 'sha256:files:1', imageSubPath: 'etc' },
  ]);
  const pulled = world.events.filter(({ reason }) => reason === 'Pulled');
  expect(pulled[0]?.involvedObject.fieldPath).toBeUndefined();
  expect(world.statuses.get('uid-1')?.containerStatuses?.[0]?.volumeMounts).toMatchObject([
    { name: 'data', volumeStatus: { image: { imageRef: 'sha256:files:1' } } },
  ]);
});

test('without its image only the containers that mount it wait, with its reason, and come when it comes', () => {
  const world = new World();
  const failing = (image: string) => image === 'files:1';
  world.intercept = (effect) =>
    effect.type === 'pullImage' && failing(effect.image)
      ? { code: 'NotFound', message: 'no files' }
      : undefined;
  world.apply(pod);
  world.run(5_000);
  const states = () =>
    world.statuses.get('uid-1')?.containerStatuses?.map(({ state }) => state?.waiting?.reason ?? 'running');
  expect(states()).toEqual(['ImagePullBackOff', 'running']);
  expect(world.said('Failed')).toContain('Failed to pull image "files:1": no files');
  expect(world.said('Failed')).toContain('Error: ErrImagePull');
  world.intercept = () => undefined;
  world.run(20_000);
  expect(states()).toEqual(['running', 'running']);
});

test('an image that a volume shows is in use: it is not removed', () => {
  // Nobody is evicted: the collector alone looks at the disk.
  const world = new World(undefined, { ...DEFAULT_CONFIGURATION, evictionHard: {} });
  world.apply(pod);
  world.run(601_000);
  world.imageFs = { capacityBytes: 10_000, availableBytes: 500 };
  world.run(300_000);
  expect([...world.images].sort()).toEqual(['busybox:1', 'files:1']);
});
