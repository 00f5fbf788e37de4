import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/api/types.ts';
import { credentialsFor } from '../../../src/kubelet/images/keyring.ts';
import { encodeBase64 } from '../../../src/lib/base64.ts';

type Entries = Readonly<Record<string, Readonly<Record<string, string>>>>;

function secret(entries: Entries, name = 'regcred'): KubeObject {
  const data = { '.dockerconfigjson': encodeBase64(JSON.stringify({ auths: entries })) };
  const metadata = { name, namespace: 'default', uid: name };
  return { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/dockerconfigjson', metadata, data };
}

const user = (username: string) => ({ username, password: 'p' });
/** The users whose credentials would be tried, in order. */
const users = (image: string, ...registries: string[]) =>
  credentialsFor(image, [secret(Object.fromEntries(registries.map((one) => [one, user(one)])))]).map(
    ({ auth }) => auth.username,
  );

test.each([
  ['quay.io/coreos/etcd', ['quay.io', 'quay.io/coreos', 'quay.io/other'], ['quay.io/coreos', 'quay.io']],
  ['quay.io/coreos/etcd', ['https://quay.io/v1/'], ['https://quay.io/v1/']],
  ['quay.io/coreos/etcd', ['http://quay.io/v2/coreos'], ['http://quay.io/v2/coreos']],
  ['quay.io/coreos/etcd', ['quay.io:5000', 'evil.io', 'io'], []],
  ['registry.example.com:5000/a', ['registry.example.com:5000'], ['registry.example.com:5000']],
  ['a.azurecr.io/x', ['*.azurecr.io'], ['*.azurecr.io']],
  ['a.b.azurecr.io/x', ['*.azurecr.io'], []],
  ['busybox', ['https://index.docker.io/v1/'], ['https://index.docker.io/v1/']],
  ['docker.io/library/busybox:1', ['index.docker.io'], ['index.docker.io']],
  ['quay.io/coreos/etcd', ['https://index.docker.io/v1/'], []],
])('%s with credentials for %j is pulled with those of %j', (image, registries, expected) => {
  expect(users(image, ...registries)).toEqual(expected);
});

test('auth holds user and password in one and wins; a password may have colons', () => {
  const entry = { username: 'no', password: 'no', auth: encodeBase64('ann:a:b') };
  expect(credentialsFor('quay.io/x', [secret({ 'quay.io': entry })])).toEqual([
    { auth: { username: 'ann', password: 'a:b' }, secret: 'default/regcred/regcred' },
  ]);
});

test('an old dockercfg holds its registries without "auths"; a secret of another type holds none', () => {
  const data = { '.dockercfg': encodeBase64(JSON.stringify({ 'quay.io': user('old') })) };
  const old = { ...secret({}), type: 'kubernetes.io/dockercfg', data };
  expect(credentialsFor('quay.io/x', [old]).map(({ auth }) => auth.username)).toEqual(['old']);
  expect(credentialsFor('quay.io/x', [{ ...secret({ 'quay.io': user('u') }), type: 'Opaque' }])).toEqual([]);
});

test('what is no configuration file is passed over', () => {
  const broken = { ...secret({}), data: { '.dockerconfigjson': '!!!' } };
  expect(credentialsFor('quay.io/x', [broken, secret({ 'quay.io': user('u') })])).toHaveLength(1);
});
