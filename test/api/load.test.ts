import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadManifests } from '../../src/api/load.ts';
import { formatManifestError } from '../../src/api/manifest/errors.ts';

const MANIFESTS = new URL('../manifests/', import.meta.url);
const files = readdirSync(MANIFESTS, { recursive: true, encoding: 'utf8' }).filter((f) =>
  f.endsWith('.yaml'),
);
const MALFORMED = /pod-(multiple|single)-secret-env-variable/;
const load = (text: string) => loadManifests(text, 'pod.yaml');

test.each(files)('%s is accepted, unless it is one of the malformed two', (file) => {
  const { objects, errors } = loadManifests(readFileSync(new URL(file, MANIFESTS), 'utf8'), file);
  expect(errors.length).toBe(MALFORMED.test(file) ? 1 : 0);
  expect(objects.length > 0).toBe(!MALFORMED.test(file));
});

test('what the API server would refuse stands at its place in the file', () => {
  const { objects, errors } = load(`apiVersion: v1
kind: Pod
metadata:
  name: Web
spec:
  containers:
  - name: app
    image: nginx
    ports:
    - containerPort: 70000
    volumeMounts:
    - {name: data, mountPath: /data}
    resources:
      limits: {cpu: "1"}
      requests: {cpu: "2"}
`);
  expect(objects).toEqual([]);
  expect(errors.map(formatManifestError)).toEqual([
    expect.stringMatching(
      /^pod\.yaml:4:9: Pod "Web" is invalid: metadata\.name: Invalid value: "Web": a lowercase/,
    ),
    'pod.yaml:10:22: Pod "Web" is invalid: spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    'pod.yaml:12:14: Pod "Web" is invalid: spec.containers[0].volumeMounts[0].name: Not found: "data"',
    'pod.yaml:15:17: Pod "Web" is invalid: spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
  ]);
});

test('a field that is missing is told at what lacks it', () => {
  const { errors } = load(
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: c\n',
  );
  expect(errors.map(formatManifestError)).toEqual([
    'pod.yaml:6:5: Pod "a" is invalid: spec.containers[0].image: Required value',
  ]);
});

test('a pod without a spec lacks containers', () => {
  const { errors } = load('apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n');
  expect(errors[0]?.message).toBe('Pod "a" is invalid: spec.containers: Required value');
});

test('one bad object does not keep the others of its file out', () => {
  const good = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
  const { objects, errors } = load(`${good}---\n${good.replace('name: a', 'name: A')}---\n${good}`);
  expect(objects).toHaveLength(2);
  expect(errors).toHaveLength(1);
});

test("a Job's pods may not restart always", () => {
  const { errors } = load(`apiVersion: batch/v1
kind: Job
metadata: {name: a}
spec: {template: {spec: {containers: [{name: c, image: x}]}}}
`);
  expect(errors.map((error) => error.message)).toEqual([
    'Job "a" is invalid: spec.template.spec.restartPolicy: Unsupported value: "Always": supported values: "OnFailure", "Never"',
  ]);
});

test.each([
  [
    'v1',
    'Namespace',
    'a.b',
    'Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b": must not contain dots',
  ],
  [
    'v1',
    'Service',
    '1a',
    'Service "1a" is invalid: metadata.name: Invalid value: "1a": a DNS-1035 label must consist',
  ],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'a/b', "may not contain '/'"],
])('names of %s %s have a rule of their own', (apiVersion, kind, name, text) => {
  const { errors } = load(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: "${name}"}\n`);
  expect(errors).toMatchObject([{ message: expect.stringContaining(text) }]);
  expect(load(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: "a"}\n`).errors).toEqual([]);
});
