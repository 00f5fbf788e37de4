import { expect, test } from 'vitest';
import type { KubeObject, PodSpec } from '../../src/api/types.ts';
import { applyObject } from '../../src/cluster/apply.ts';
import { bootstrap } from '../../src/cluster/bootstrap.ts';
import { emptyStore, find, type Store } from '../../src/cluster/store.ts';
import { grantToken } from '../../src/cluster/tokens.ts';
import { tokenSigner } from '../../src/engine/token-signer.ts';

const at = { atMs: Date.UTC(2026, 0, 1), nodeName: 'node-1' };
const cluster = bootstrap(emptyStore(1), at.atMs).store;
const TOKEN_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

const pod = (spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'app', image: 'nginx' }], ...spec },
});
const account = (fields: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'builder', namespace: 'default' },
  ...fields,
});
const specOf = (object: KubeObject) => object.spec as PodSpec;
const apply = (object: KubeObject, store: Store = cluster) => applyObject(store, object, at);

test('a pod gets the account default, and a volume with its token in every container', () => {
  const { object, store } = apply(pod({ initContainers: [{ name: 'init', image: 'nginx' }] }));
  const { serviceAccountName, volumes, containers, initContainers } = specOf(object);
  expect(serviceAccountName).toBe('default');
  const name = volumes?.[0]?.name ?? '';
  expect(name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
  const mount = { name, readOnly: true, mountPath: TOKEN_DIRECTORY };
  expect(containers[0]?.volumeMounts).toEqual([mount]);
  expect(initContainers?.[0]?.volumeMounts).toEqual([mount]);
  // The manifest, applied again, names no volume: the pod keeps the one that it has.
  expect(apply(pod({ initContainers: [{ name: 'init', image: 'nginx' }] }), store).deltas).toEqual([]);
});

test('pod and account can do without; a container with a mount of its own there is left alone', () => {
  expect(specOf(apply(pod({ automountServiceAccountToken: false })).object).volumes).toBeUndefined();
  const { store } = apply(
    account({ automountServiceAccountToken: false, imagePullSecrets: [{ name: 's' }] }),
  );
  const builder = specOf(apply(pod({ serviceAccountName: 'builder' }), store).object);
  expect(builder.volumes).toBeUndefined();
  expect(builder.imagePullSecrets).toEqual([{ name: 's' }]);
  const own = { name: 'own', mountPath: TOKEN_DIRECTORY };
  const spec = specOf(apply(pod({ containers: [{ name: 'app', volumeMounts: [own] }] })).object);
  expect(spec.volumes).toBeUndefined();
  expect(() => apply(pod({ serviceAccountName: 'nobody' }))).toThrow(
    'pods "web" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found',
  );
});

test('a service gets an address of its own and keeps it', () => {
  const service = (name: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { type: 'ClusterIP', ports: [{ port: 80 }] },
  });
  const first = apply(service('a'));
  const second = apply(service('b'), first.store);
  const address = ({ object }: { object: KubeObject }) => (object.spec as { clusterIP: string }).clusterIP;
  expect(address(first)).toMatch(/^10\.96\.\d+\.\d+$/);
  expect(address(second)).not.toBe(address(first));
  expect(apply(service('a'), second.store).deltas).toEqual([]);
});

test('a token names the pod that it is bound to, and is refused for any other', () => {
  const { object, store } = apply(pod());
  const request = {
    namespace: 'default',
    serviceAccount: 'default',
    audience: '',
    expirationSeconds: 3607,
    podName: 'web',
    podUid: String(object.metadata.uid),
  };
  const grant = grantToken(store, request, at.atMs, 'node-1');
  const now = at.atMs / 1_000;
  expect(grant).toMatchObject({
    ok: true,
    expiresAtMs: at.atMs + 3_607_000,
    claims: {
      sub: 'system:serviceaccount:default:default',
      exp: now + 365 * 24 * 3600,
      'kubernetes.io': { pod: { name: 'web', uid: request.podUid }, warnafter: now + 3607 },
    },
  });
  const refusal = (change: object) => grantToken(store, { ...request, ...change }, at.atMs, 'node-1');
  expect(refusal({ serviceAccount: 'x' })).toMatchObject({
    refusal: { message: 'serviceaccounts "x" not found' },
  });
  expect(refusal({ podName: 'x' })).toMatchObject({ refusal: { message: 'pods "x" not found' } });
  expect(refusal({ podUid: 'x' })).toMatchObject({ refusal: { code: 'Conflict' } });
  expect(find(store, 'ServiceAccount', 'default', 'default')).toBeDefined();
});

test('the same seed signs the same token, another seed another', () => {
  const claims = { sub: 'a' };
  expect(tokenSigner(1)(claims)).toBe(tokenSigner(1)(claims));
  expect(tokenSigner(1)(claims)).not.toBe(tokenSigner(2)(claims));
  const [, payload = ''] = tokenSigner(1)(claims).split('.');
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual(claims);
});
