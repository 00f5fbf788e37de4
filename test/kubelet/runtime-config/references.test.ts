import { expect, test } from 'vitest';
import { podOf, World } from '../world.ts';

test.each([
  [
    { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'cm', key: 'k' } } }] },
    'configmap "cm" not found',
  ],
  [{ envFrom: [{ secretRef: { name: 's' } }] }, 'secret "s" not found'],
])(
  'a container that needs a ConfigMap or Secret that is not there waits, and is told so',
  (fields, words) => {
    const world = new World();
    world.apply(podOf({ containers: [{ name: 'app', image: 'busybox:1', ...fields }] }));
    world.run(500);
    expect(world.statuses.get('uid-1')?.containerStatuses?.[0]?.state?.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: words,
    });
  },
);

test('an optional reference is left out, as without the object', () => {
  const world = new World();
  const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } }];
  world.apply(podOf({ containers: [{ name: 'app', image: 'busybox:1', env }] }));
  world.run(2_000);
  expect(world.statuses.get('uid-1')?.containerStatuses?.[0]?.state).toHaveProperty('running');
});
