import { expect, test } from 'vitest';
import { defaultConfiguration } from '../../../src/api/kubelet-configuration/defaulting.ts';
import type { KubeObject, Pod } from '../../../src/api/types.ts';
import { encodeBase64 } from '../../../src/lib/base64.ts';
import { podOf, World } from '../world.ts';

const podUsing = (name: string, image: string, spec: Partial<Pod['spec']> = {}) =>
  podOf(
    { containers: [{ name, image, imagePullPolicy: 'IfNotPresent' }], ...spec },
    { name, uid: `uid-${name}` },
  );

const secret = (name: string, user: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'kubernetes.io/dockerconfigjson',
  metadata: { name, namespace: 'default', uid: name },
  data: {
    '.dockerconfigjson': encodeBase64(
      JSON.stringify({ auths: { 'quay.io': { username: user, password: 'p' } } }),
    ),
  },
});

/** A registry that lets only `ann` in. */
function privateWorld(...secrets: KubeObject[]): World {
  const world = new World();
  for (const object of secrets) world.send({ type: 'ObjectChanged', object });
  world.intercept = (effect) =>
    effect.type === 'pullImage' && effect.auth?.username !== 'ann'
      ? { code: 'Unknown', message: `denied ${effect.auth?.username}` }
      : undefined;
  return world;
}
const withSecrets = (...names: string[]) => ({ imagePullSecrets: names.map((name) => ({ name })) });

test('each credential that fits is tried until one opens the registry', () => {
  const world = privateWorld(secret('one', 'bob'), secret('two', 'ann'));
  world.apply(podUsing('app', 'quay.io/x:1', withSecrets('one', 'two')));
  world.run(2_000);
  const tried = world.effects.flatMap((effect) =>
    effect.type === 'pullImage' ? [effect.auth?.username] : [],
  );
  expect(tried).toEqual(['bob', 'ann']);
  expect(world.statuses.get('uid-app')?.phase).toBe('Running');
});

test('when none does, the message has what each of them met', () => {
  const world = privateWorld(secret('one', 'bob'), secret('two', 'eve'));
  world.apply(podUsing('app', 'quay.io/x:1', withSecrets('one', 'two')));
  world.run(500);
  expect(world.said('Failed')[0]).toBe('Failed to pull image "quay.io/x:1": [denied bob, denied eve]');
});

test('secrets that are not there are named with each sync, and the pull is tried all the same', () => {
  const world = privateWorld(secret('one', 'ann'));
  world.apply(podUsing('app', 'quay.io/x:1', withSecrets('gone', 'one', 'lost')));
  world.run(2_000);
  expect(world.said('FailedToRetrieveImagePullSecret')[0]).toBe(
    'Unable to retrieve some image pull secrets (gone, lost); attempting to pull the image may not succeed.',
  );
  expect(world.statuses.get('uid-app')?.phase).toBe('Running');
});

test('an image that a secret brought is not given to a pod without it, although it is here', () => {
  const world = privateWorld(secret('one', 'ann'), secret('same', 'ann'));
  world.apply(podUsing('app', 'quay.io/x:1', withSecrets('one')));
  world.run(2_000);
  world.apply(podUsing('thief', 'quay.io/x:1'));
  world.apply(podUsing('friend', 'quay.io/x:1', withSecrets('same')));
  world.run(2_000);
  const waiting = world.statuses.get('uid-thief')?.containerStatuses?.[0]?.state?.waiting;
  expect(waiting?.message).toContain('ErrImagePull: denied undefined');
  // The same user and password, from whatever secret, open the door.
  expect(world.statuses.get('uid-friend')?.phase).toBe('Running');
  expect(world.timesOf('pullImage')).toHaveLength(2);
});

test('under NeverVerify an image that is here is for everybody', () => {
  const world = privateWorld(secret('one', 'ann'));
  const config = defaultConfiguration({ imagePullCredentialsVerificationPolicy: 'NeverVerify' });
  world.state = { ...world.state, config };
  world.apply(podUsing('app', 'quay.io/x:1', withSecrets('one')));
  world.run(2_000);
  world.apply(podUsing('other', 'quay.io/x:1'));
  world.run(2_000);
  expect(world.statuses.get('uid-other')?.phase).toBe('Running');
});
