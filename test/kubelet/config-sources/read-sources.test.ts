import { expect, test } from 'vitest';
import { podsOfDirectory, podsOfResponse } from '../../../src/kubelet/config-sources/read-sources.ts';
import { fnv1a128 } from '../../../src/lib/fnv.ts';

const manifest = (name: string, more = '') =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec:\n  containers: [{ name: app, image: busybox }]\n${more}`;
const read = (...texts: string[]) =>
  podsOfDirectory(
    '/manifests',
    texts.map((text, index) => ({ name: `${index}.yaml`, text })),
    'node-1',
  );

test('a static pod is named after its node and marked with a hash that is its UID', () => {
  const [pod] = read(manifest('web')).pods;
  expect(pod?.metadata).toMatchObject({ name: 'web-node-1', namespace: 'default' });
  expect(pod?.metadata.annotations?.['kubernetes.io/config.hash']).toBe(pod?.metadata.uid);
  expect(pod?.metadata.uid).toMatch(/^[0-9a-f]{32}$/);
  expect(pod?.spec).toMatchObject({
    nodeName: 'node-1',
    tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
  });
  expect(pod?.status).toEqual({ phase: 'Pending' });
});

test('the UID changes with the manifest and with its place, and only then', () => {
  const uid = (text: string, name = 'a.yaml') =>
    podsOfDirectory('/manifests', [{ name, text }], 'n').pods[0]?.metadata.uid;
  expect(uid(manifest('web'))).toBe(uid(manifest('web')));
  expect(uid(manifest('web'))).not.toBe(uid(manifest('web', '  hostNetwork: true\n')));
  expect(uid(manifest('web'))).not.toBe(uid(manifest('web'), 'b.yaml'));
});

test('files whose names begin with a dot are no manifests', () => {
  const files = [{ name: '.web.yaml.swp', text: 'nonsense: [' }];
  expect(podsOfDirectory('/manifests', files, 'n')).toEqual({ pods: [], problems: {} });
});

test.each([
  ['  serviceAccountName: robot\n', 'serviceaccounts'],
  ['  imagePullSecrets: [{ name: registry }]\n', 'secrets'],
  ['  volumes: [{ name: v, configMap: { name: settings } }]\n', 'configmaps'],
  ['  volumes: [{ name: v, persistentVolumeClaim: { claimName: data } }]\n', 'persistentvolumeclaims'],
  [
    '  volumes: [{ name: v, projected: { sources: [{ serviceAccountToken: { path: t } }] } }]\n',
    'serviceaccounts (via projected volumes)',
  ],
])('a static pod may not refer to objects of the API: %j', (more, resource) => {
  const { pods, problems } = read(manifest('web', more), manifest('other'));
  expect(problems).toEqual({ '/manifests/0.yaml': `static pods may not reference ${resource}` });
  expect(pods.map(({ metadata }) => metadata.name)).toEqual(['other-node-1']);
});

test('a manifest without a name, or with a bad one, is refused', () => {
  const nameless = manifest('web').replace('name: web', 'labels: {}');
  expect(Object.values(read(nameless, manifest('Web')).problems)).toEqual([
    'invalid pod: name is needed for the pod',
    expect.stringContaining('invalid pod: [metadata.name: Invalid value: "Web-node-1"'),
  ]);
});

test('a URL gives one pod or a list; other answers change nothing, an empty one takes all away', () => {
  const url = 'http://config.example/pods';
  const list = `apiVersion: v1\nkind: List\nitems:\n- ${manifest('a').replaceAll('\n', '\n  ')}\n- ${manifest('b').replaceAll('\n', '\n  ')}`;
  const names = (answer: ReturnType<typeof podsOfResponse>) =>
    'pods' in answer ? answer.pods.map(({ metadata }) => metadata.name) : answer.error;
  expect(names(podsOfResponse(url, 200, manifest('web'), 'n'))).toEqual(['web-n']);
  expect(names(podsOfResponse(url, 200, list, 'n'))).toEqual(['a-n', 'b-n']);
  expect(names(podsOfResponse(url, 500, 'oops', 'n'))).toBe('http://config.example/pods: 500');
  expect(podsOfResponse(url, 200, '', 'n')).toEqual({
    pods: [],
    error: 'zero-length data received from http://config.example/pods',
  });
  for (const empty of [
    '{"apiVersion":"v1","kind":"PodList","items":[]}',
    'apiVersion: v1\nkind: PodList\nitems:\n',
  ]) {
    expect(podsOfResponse(url, 200, empty, 'n')).toEqual({ pods: [] });
  }
  const web = podsOfResponse(url, 200, manifest('web'), 'n');
  expect('pods' in web && web.pods[0]?.spec.tolerations).toBeUndefined();
});

test('a field that nobody knows is left out, as a lenient decoder does', () => {
  const { pods, problems } = podsOfDirectory(
    '/m',
    [{ name: 'a.yaml', text: manifest('web').replace('spec:', 'spec:\n  colour: red') }],
    'n',
  );
  expect(problems).toEqual({});
  expect(pods.map(({ metadata }) => metadata.name)).toEqual(['web-n']);
});

test('the path may be one file', () => {
  const { pods } = podsOfDirectory('/m/web.yaml', [{ name: '', text: manifest('web') }], 'n');
  expect(pods.map(({ metadata }) => metadata.name)).toEqual(['web-n']);
  const { problems } = podsOfDirectory('/m/web.yaml', [{ name: '', text: 'x' }], 'n');
  expect(Object.keys(problems)).toEqual(['/m/web.yaml']);
});

test('FNV-1a of 128 bits, as its authors publish it', () => {
  expect(fnv1a128('')).toBe('6c62272e07bb014262b821756295c58d');
  expect(fnv1a128('foobar')).toBe('343e1662793c64bf6f0d3597ba446f18');
});
