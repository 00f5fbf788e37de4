import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatManifestError } from '../../../src/api/manifest/errors.ts';
import { readManifests } from '../../../src/api/manifest/read.ts';

const MANIFESTS = new URL('../../manifests/', import.meta.url);
const MALFORMED = [
  'pods/inject/pod-multiple-secret-env-variable.yaml',
  'pods/inject/pod-single-secret-env-variable.yaml',
];
const files = readdirSync(MANIFESTS, { recursive: true, encoding: 'utf8' }).filter((f) =>
  f.endsWith('.yaml'),
);
const load = (file: string) => readManifests(readFileSync(new URL(file, MANIFESTS), 'utf8'), file);
const read = (text: string) => readManifests(text, 'x.yaml');
const firstError = (text: string) => {
  const [error] = read(text).errors;
  return error ? formatManifestError(error) : 'no error';
};
const pod = (spec: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n${spec}`;

test.each(files.filter((file) => !MALFORMED.includes(file)))('%s is read without a complaint', (file) => {
  const { objects, errors } = load(file);
  expect(errors).toEqual([]);
  expect(objects.length).toBeGreaterThan(0);
});

test('a tab as indentation is refused at its place, with what to do', () => {
  const { objects, errors } = load(MALFORMED[0] ?? '');
  expect(objects).toEqual([]);
  expect(errors).toMatchObject([{ line: 15, column: 1, advice: { key: 'manifest.tab' } }]);
  expect(errors[0]?.message).toMatch(/^error converting YAML to JSON: yaml: line 15: /);
});

test('an object without apiVersion is refused in the words of the API machinery', () => {
  const { errors } = load(MALFORMED[1] ?? '');
  expect(errors).toMatchObject([{ line: 1, column: 1, advice: { key: 'manifest.addApiVersion' } }]);
  expect(errors[0]?.message).toMatch(/^Object 'apiVersion' is missing in '\{"kind":"Pod"/);
});

test('an apostrophe may be escaped between double quotes, as Kubernetes reads it', () => {
  const { objects } = load('pods/inject/envars-file-container.yaml');
  expect(objects[0]?.object).toMatchObject({
    spec: { initContainers: [{ command: ['sh', '-c', expect.stringContaining("DB_ADDRESS='address'\n")] }] },
  });
});

test('a mode with a leading zero is octal', () => {
  const { objects } = load('pods/emptydir-volume-mode.yaml');
  expect(objects[0]?.object).toMatchObject({ spec: { volumes: [{ emptyDir: { mode: 0o1777 } }] } });
});

test('a field is found at its place in the file', () => {
  const [object] = read(pod('  containers:\n  - name: c\n    image: nginx\n')).objects;
  expect(object?.locate('spec.containers[0].image')).toEqual({ line: 8, column: 12 });
  expect(object?.locate('spec.containers[0].resources.limits[cpu]')).toEqual({ line: 7, column: 5 });
});

test('lists and several documents give their objects one by one', () => {
  const item = '{apiVersion: v1, kind: Pod, metadata: {name: b,},}';
  const text = `---\n# nothing\n---\napiVersion: v1\nkind: List\nitems:\n- ${item}\n- ${item}\n---\n${item}\n`;
  const { objects, errors } = read(text);
  expect(errors).toEqual([]);
  expect(objects.map(({ line, object }) => [line, object.kind])).toEqual([
    [7, 'Pod'],
    [8, 'Pod'],
    [10, 'Pod'],
  ]);
});

test('JSON indented with tabs is read, and its duplicate keys are worded as for JSON', () => {
  const text = '{\n\t"apiVersion": "v1",\n\t"kind": "Pod",\n\t"spec": {\n\t\t"nodeName": "a"\n\t}\n}';
  expect(read(text).errors).toEqual([]);
  expect(firstError(text.replace('"nodeName": "a"', '"nodeName": "a",\n\t\t"nodeName": "b"'))).toBe(
    'x.yaml:6:3: strict decoding error: duplicate field "spec.nodeName"',
  );
});

test.each([
  [
    pod('  containers:\n  - name: c\n    foo: 1\n'),
    'x.yaml:8:5: strict decoding error: unknown field "spec.containers[0].foo"',
  ],
  [
    pod('  nodeName: a\n  nodeName: b\n'),
    'x.yaml:7:3: error converting YAML to JSON: yaml: unmarshal errors: line 7: key "nodeName" already set in map',
  ],
  [
    pod('  containers:\n  - name: c\n    env:\n    - {name: A, value: 8080}\n'),
    'x.yaml:9:24: json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string',
  ],
  [
    pod('  containers:\n  - name: c\n    ports: [{containerPort: "80"}]\n'),
    'x.yaml:8:29: json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
  ],
  [
    pod('  containers:\n    name: c\n'),
    'x.yaml:7:5: json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
  ],
  [
    pod('  terminationGracePeriodSeconds: 1.5\n'),
    'x.yaml:6:34: json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64',
  ],
  [
    pod('  hostNetwork: "yes"\n'),
    'x.yaml:6:16: json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool',
  ],
  [
    pod('  containers: [{resources: {limits: {cpu: lots}}}]\n'),
    "x.yaml:6:43: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
  ['apiVersion: v1\nkind: Secret\ndata: {a: "%%"}\n', 'x.yaml:3:11: illegal base64 data at input byte 0'],
  ['apiVersion: v1\nkind: Podd\n', 'x.yaml:2:7: no matches for kind "Podd" in version "v1"'],
  [
    'apiVersion: v1\nmetadata: {}\n',
    `x.yaml:1:1: Object 'Kind' is missing in '{"apiVersion":"v1","metadata":{}}'`,
  ],
  [
    'just text\n',
    "x.yaml:1:1: couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string; Kind string }",
  ],
  ['', 'x.yaml:1:1: no objects passed to apply'],
  ['a: *b\n', "x.yaml:1:4: error converting YAML to JSON: yaml: unknown anchor 'b' referenced"],
  ['a: &b [*b]\n', "x.yaml:1:8: error converting YAML to JSON: yaml: anchor 'b' value contains itself"],
])('%j: %s', (text, error) => {
  expect(firstError(text)).toBe(error);
});

test.each([
  ['a: b: c', '1:4', 'mapping values are not allowed in this context'],
  ['a: "x', '1:6', 'found unexpected end of stream'],
  ['a:\n  b: 1\n c: 2', '3:1', 'did not find expected key'],
  ['a: {b: 1', '1:9', "did not find expected ',' or '}'"],
  ['a: [b', '1:6', "did not find expected ',' or ']'"],
  ['a: - b', '1:4', 'block sequence entries are not allowed in this context'],
  ['a: "b" c', '1:8', 'did not find expected key'],
  ['a:b\nc: d', '1:1', 'mapping values are not allowed in this context'],
  ['a: *', '1:4', 'did not find expected alphabetic or numeric character'],
  ['{a: 1}}', '1:7', 'did not find expected <document start>'],
  ['a: 1\nb\n', '2:1', "could not find expected ':'"],
  ['a: @b', '1:4', 'found character that cannot start any token'],
  ['a: "\\q"', '1:5', 'found unknown escape character'],
])('%j is no YAML: at %s, %s', (text, place, words) => {
  const { errors } = read(text);
  expect(errors).toHaveLength(1);
  expect(`${errors[0]?.line}:${errors[0]?.column}`).toBe(place);
  expect(errors[0]?.message).toContain(`: ${words} (`);
});

test('a misspelt kind and a kind of an old version are answered with what there is', () => {
  const advice = (text: string) => read(text).errors[0]?.advice?.values;
  expect(advice('apiVersion: v1\nkind: pod\n')).toEqual({ field: 'Pod' });
  expect(advice('apiVersion: extensions/v1beta1\nkind: Deployment\n')).toEqual({
    kind: 'Deployment',
    versions: 'apps/v1',
  });
});

test('a misspelt field is answered with the one that was meant', () => {
  const { errors } = read(pod('  Containers: []\n  restartPolcy: Never\n'));
  expect(errors.map((error) => error.advice?.values?.field)).toEqual(['containers', 'restartPolicy']);
});

test('quantities come out in canonical form, and null fields are as if they were not there', () => {
  const { objects } = read(
    pod('  nodeName:\n  containers: [{name: c, resources: {limits: {memory: 1024Mi, cpu: 0.5}}}]\n'),
  );
  expect(objects[0]?.object.spec).toEqual({
    containers: [{ name: 'c', resources: { limits: { memory: '1Gi', cpu: '500m' } } }],
  });
});

test('merge keys and aliases give values of their own', () => {
  const text = pod('  containers:\n  - &c {name: a, image: x}\n  - {<<: *c, name: b}\n  - *c\n');
  expect(read(text).objects[0]?.object).toMatchObject({
    spec: { containers: [{ name: 'a' }, { name: 'b', image: 'x' }, { name: 'a', image: 'x' }] },
  });
});

test('an alias bomb is refused and does not blow up', () => {
  let bomb = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n';
  for (let i = 1; i < 20; i++)
    bomb += `a${i}: &a${i} [${Array(10)
      .fill(`*a${i - 1}`)
      .join(', ')}]\n`;
  expect(firstError(bomb)).toContain('document contains excessive aliasing');
});

test('nesting without end and files without end are refused', () => {
  expect(firstError('['.repeat(100_000))).toContain('exceeded max depth of 128');
  expect(firstError('a'.repeat(2_000_000))).toContain('Request entity too large: limit is 1572864');
});
