import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/api/types.ts';
import type { Answer } from '../../kubelet/world.ts';
import { podOf, World } from '../world.ts';

const configMap = (data: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'default' },
  data,
});
const withConfig = (metadata = {}) =>
  podOf(
    {
      containers: [{ name: 'app', image: 'i:1', volumeMounts: [{ name: 'config', mountPath: '/c' }] }],
      volumes: [{ name: 'config', configMap: { name: 'settings' } }],
    },
    metadata,
  );
const seen = (world: World, object: KubeObject) => world.send({ type: 'ObjectChanged', object });

test('a changed ConfigMap is mounted again with the next sync, an unchanged one never', () => {
  const world = new World();
  seen(world, configMap({ a: '1' }));
  world.apply(withConfig());
  world.run(300_000);
  expect(world.timesOf('mountVolume')).toEqual([100]);
  seen(world, configMap({ a: '2' }));
  world.run(100_000);
  expect(world.timesOf('mountVolume')).toHaveLength(2);
  expect(world.pathOf('volume/uid-1/config')).toEqual([
    'unmounted',
    'mounting',
    'mounted',
    'updating',
    'mounted',
  ]);
  expect(world.said('FailedMount')).toEqual([]);
});

test('a ConfigMap that goes leaves the pod as it is, and is missed aloud', () => {
  const world = new World();
  seen(world, configMap({ a: '1' }));
  world.apply(withConfig());
  world.run(5_000);
  world.send({ type: 'ObjectRemoved', object: configMap({}) });
  world.run(120_000);
  expect(world.said('FailedMount')[0]).toContain('configmap "settings" not found');
  expect(world.state.machines['uid-1']?.['volume/uid-1/config']?.state).toBe('updateBackOff');
  expect(world.statuses.get('uid-1')?.phase).toBe('Running');
  world.delete('uid-1');
  world.run(60_000);
  expect(world.pods.size).toBe(0);
});

const TOKEN_VOLUME = {
  name: 'token',
  projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 600 } }] },
};
const withToken = () =>
  podOf({
    containers: [{ name: 'app', image: 'i:1', volumeMounts: [{ name: 'token', mountPath: '/t' }] }],
    volumes: [TOKEN_VOLUME],
  });

/** Gives tokens of ten minutes until `silentFromMs`. */
function issuer(world: World, silentFromMs: number): void {
  let issued = 0;
  world.intercept = ({ type }): Answer | undefined => {
    if (type !== 'requestToken') return undefined;
    if (world.elapsedMs >= silentFromMs) return { code: 'Unavailable', message: 'connection refused' };
    issued += 1;
    return { type: 'token', token: `token-${issued}`, expiresAtMs: world.nowMs + 600_000 };
  };
}

test('a token is asked for before the mount, and renewed after 80 % of its life', () => {
  const world = new World();
  issuer(world, Number.POSITIVE_INFINITY);
  world.apply(withToken());
  world.run(600_000);
  const [first, second] = world.timesOf('requestToken');
  expect(first).toBe(100);
  expect(second).toBeGreaterThanOrEqual(470_000);
  expect(second).toBeLessThan(570_000);
  const mounts = world.effects.flatMap((effect) =>
    effect.type === 'mountVolume' ? [effect.volume.source] : [],
  );
  expect(mounts).toMatchObject([
    { payload: { token: { data: 'token-1' } } },
    { payload: { token: { data: 'token-2' } } },
  ]);
});

test('an old token does until it expires; then the volume fails to be brought up to date', () => {
  const world = new World();
  issuer(world, 1_000);
  world.apply(withToken());
  world.run(595_000);
  expect(world.timesOf('requestToken').length).toBeGreaterThan(1);
  expect(world.said('FailedMount')).toEqual([]);
  world.run(120_000);
  // The token left the cache at 10 minutes or after: until then it has expired, from then on it is not known.
  const refused = `Post "https://127.0.0.1:6443/api/v1/namespaces/default/serviceaccounts/default/token": connection refused`;
  const bound = 'v1.BoundObjectReference{Kind:"Pod", APIVersion:"v1", Name:"web", UID:"uid-1"}';
  const said = world.said('FailedMount');
  expect(said[0]).toContain(
    `token "default"/"default"/[]string(nil)/600/${bound} expired and refresh failed: ${refused}`,
  );
  expect(said.at(-1)).toContain(`failed to fetch token: ${refused}`);
  expect(world.statuses.get('uid-1')?.phase).toBe('Running');
});

test('without a token nothing starts', () => {
  const world = new World();
  issuer(world, 0);
  world.apply(withToken());
  world.run(3_000);
  expect(world.timesOf('runPodSandbox')).toEqual([]);
  expect(world.said('FailedMount')[0]).toBe(
    'MountVolume.SetUp failed for volume "token" : failed to fetch token: Post "https://127.0.0.1:6443/api/v1/namespaces/default/serviceaccounts/default/token": connection refused',
  );
});

test('nothing is asked of anybody while nothing changes', () => {
  const world = new World();
  issuer(world, Number.POSITIVE_INFINITY);
  seen(world, configMap({ a: '1' }));
  world.apply(withConfig());
  world.run(10_000);
  const timers = world.effects.filter(
    (effect) => effect.type === 'startTimer' && effect.timerId.startsWith('volumes/'),
  );
  world.run(600_000);
  const later = world.effects.filter(
    (effect) => effect.type === 'startTimer' && effect.timerId.startsWith('volumes/'),
  );
  expect(later).toHaveLength(timers.length);
});
