/** pod-validation.json against src/api/validation: offending fields are put into a pod that is fine otherwise. */
import { defaultObject } from '../../../src/api/defaulting/objects.ts';
import { type FieldValidation, readManifests } from '../../../src/api/manifest/read.ts';
import type { KubeObject, Pod } from '../../../src/api/types.ts';
import { type FieldError, formatFieldError } from '../../../src/api/validation/field-error.ts';
import { invalidMessage } from '../../../src/api/validation/invalid.ts';
import { validatePod } from '../../../src/api/validation/pod.ts';
import { isResize, validatePodResize } from '../../../src/api/validation/pod-resize.ts';
import { validatePodUpdate } from '../../../src/api/validation/pod-update.ts';
import { computePodQos } from '../../../src/kubelet/qos.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

type Fields = Record<string, unknown>;
type Expected = { readonly errors?: readonly Fields[] } & Fields;

/** What stands around a field that a case names by its path alone; a value given whole is left alone. */
const AROUND: readonly (readonly [path: RegExp, value: (index: number) => unknown])[] = [
  [/^spec\.containers\[(\d+)\]$/, (i) => ({ name: `c${i}`, image: 'nginx:1' })],
  [/^spec\.initContainers\[(\d+)\]$/, (i) => ({ name: `i${i}`, image: 'nginx:1' })],
  [/\.ports\[(\d+)\]$/, (i) => ({ containerPort: 80 + i, protocol: 'TCP' })],
  [/\.volumeMounts\[(\d+)\]$/, (i) => ({ name: 'data', mountPath: `/m${i}` })],
  [/^spec\.volumes\[(\d+)\]$/, (i) => ({ name: `v${i}` })],
  [/\.env\[(\d+)\]$/, (i) => ({ name: `E${i}` })],
  [/\.hostPath$/, () => ({ path: '/x' })],
  [/\.configMap$/, () => ({ name: 'c' })],
  [/\.secret$/, () => ({ secretName: 's' })],
  [/Probe$/, () => ({ exec: { command: ['true'] } })],
  [/\.fieldRef$/, () => ({ apiVersion: 'v1' })],
  [/\.tolerations\[(\d+)\]$/, (i) => ({ key: `k${i}`, operator: 'Exists' })],
];

type Change = (pod: KubeObject, path: string) => void;

const listAt = (pod: KubeObject, path: string): Fields[] => {
  put(pod, path, valueAt(pod, path) ?? []);
  return valueAt(pod, path) as Fields[];
};
const add: Change = (pod, path) => {
  const list = listAt(pod, path);
  list.push(around(`${path}[${list.length}]`, false) as Fields);
};

/** Changes that a file tells in words: the first group of the pattern is the path that changes. */
const CHANGES: readonly (readonly [told: RegExp, change: Change])[] = [
  [/^one more (\S+) entry$/, add],
  [/^(\S+) has another length$/, add],
  [/^(\S+) entry removed$/, (pod, path) => void listAt(pod, path).pop()],
  // The last one of a list of examples.
  [/^for example .*?(\w+)$/, (pod, name) => put(pod, `spec.${name}`, 'Never')],
  [
    /^resources that change the class \((resize)\)$/,
    (pod) => {
      const { containers } = pod.spec as { containers: Fields[] };
      const amounts = { cpu: '1', memory: '1Gi' };
      for (const container of containers) container.resources = { requests: amounts, limits: amounts };
    },
  ],
];

/** What stands at a path; undefined when there is nothing. */
function valueAt(root: KubeObject, path: string): unknown {
  return stepsOf(path).reduce<unknown>(
    (at, step) => (at as Record<string | number, unknown> | undefined)?.[step],
    root,
  );
}

const stepsOf = (path: string) =>
  [...path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map((step) => step[1] ?? Number(step[2]));

function basePod(): Pod {
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'default' },
    spec: { containers: [{ name: 'c0', image: 'nginx:1' }] },
  };
  return object as unknown as Pod;
}

/** A mount of which neither name nor path is given stands for one that has both. */
function completeMounts(spec: { containers?: { volumeMounts?: Fields[] }[] }): void {
  for (const [i, mount] of spec.containers?.flatMap((c) => c.volumeMounts ?? []).entries() ?? []) {
    if (!('name' in mount || 'mountPath' in mount))
      Object.assign(mount, { name: 'data', mountPath: `/m${i}` });
  }
}

/** The pod with the offending fields; defaulted, but for what a case names of volumes and resources. */
function podWith(input: Fields): Pod {
  const pod = basePod() as unknown as KubeObject;
  for (const [path, value] of Object.entries(input)) put(pod, path, written(path, value));
  const spec = pod.spec as { volumes?: Fields[] };
  spec.volumes ??= [{ name: 'data', emptyDir: {} }];
  for (const [i, volume] of spec.volumes.entries()) {
    const whole = `spec.volumes[${i}]` in input;
    if (!whole && Object.keys(volume).length === 1) volume.emptyDir = {};
  }
  completeMounts(pod.spec as Parameters<typeof completeMounts>[0]);
  const given = pod as unknown as Pod;
  const { spec: defaulted, ...rest } = defaultObject(pod) as unknown as Pod;
  const containers = defaulted.containers.map((container, i) => ({
    ...container,
    resources: given.spec.containers[i]?.resources,
  }));
  return { ...rest, spec: { ...defaulted, volumes: given.spec.volumes, containers } };
}

/** `a x 64` stands for 64 times that letter; a total size for annotations that large. */
function written(path: string, value: unknown): unknown {
  if (typeof value === 'string') {
    const total = /^total size (\d+)$/.exec(value);
    if (total && path === 'metadata.annotations') return { k: 'v'.repeat(Number(total[1]) - 1) };
    return value.replace(/^(\S) x (\d+)$/, (_, letter: string, times: string) =>
      letter.repeat(Number(times)),
    );
  }
  if (Array.isArray(value)) return value.map((item) => written(path, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, written(path, item)]));
}

/** Sets a field by its path; `[*]` spreads the values over the elements. */
function put(root: KubeObject, path: string, value: unknown): void {
  if (path.includes('[*]')) {
    for (const [i, item] of (value as unknown[]).entries()) put(root, path.replace('[*]', `[${i}]`), item);
    return;
  }
  const steps = stepsOf(path);
  let at: Fields | unknown[] = root;
  let here = '';
  for (const [i, step] of steps.entries()) {
    const container = at as Record<string | number, unknown>;
    here += typeof step === 'number' ? `[${step}]` : `${here === '' ? '' : '.'}${step}`;
    if (i === steps.length - 1) container[step] = value;
    else container[step] ??= around(here, typeof steps[i + 1] === 'number');
    at = container[step] as Fields | unknown[];
  }
}

function around(path: string, list: boolean): unknown {
  for (const [pattern, value] of AROUND) {
    const match = pattern.exec(path);
    if (match) return value(Number(match.at(-1) ?? 0));
  }
  return list ? [] : {};
}

function told(error: FieldError): Fields {
  const { field, type, detail, badValue } = error;
  return { field, type, detail, text: formatFieldError(error), badValue };
}

/** The answer beside the file's own remarks, which are nothing that code could give. */
function answer(errors: readonly FieldError[], { errors: wanted }: Expected): unknown {
  const all = errors.map((error, i) => {
    const like = wanted?.[i];
    const start = like?.detailStartsWith;
    if (typeof start !== 'string') return told(error);
    const rest = error.detail.startsWith(start) && error.detail.length > start.length;
    return { ...like, field: error.field, type: error.type, detailStartsWith: rest ? start : error.detail };
  });
  return { errors: all };
}

function update(input: Fields, expected: Expected): unknown {
  // A number is the deadline's; fields are given by their paths.
  const old = typeof input.old === 'object' ? (input.old as Fields) : {};
  const stored = podWith({ 'spec.tolerations[0].key': 'old', ...old });
  if (typeof input.old === 'number') stored.spec.activeDeadlineSeconds = input.old;
  const next = structuredClone(stored);
  if (typeof input.update === 'string') changeAsTold(next as unknown as KubeObject, input.update);
  for (const [path, value] of typeof input.update === 'object'
    ? Object.entries(input.update as Fields)
    : []) {
    put(next as unknown as KubeObject, path, value ?? undefined);
  }
  const qos = { stored: computePodQos(stored.spec), next: computePodQos(next.spec) };
  const errors = isResize(next.spec, stored.spec)
    ? validatePodResize(next, stored, qos)
    : validatePodUpdate(next, stored);
  return answer(errors, expected);
}

function changeAsTold(pod: KubeObject, told: string): void {
  for (const [pattern, change] of CHANGES) {
    const match = pattern.exec(told);
    if (match === null) continue;
    change(pod, match[1] ?? '');
    return;
  }
  throw new Error(`no such change: ${told}`);
}

/** A field in words: what is wrong in the manifest, read back as the server answers. */
function decode(yaml: string, expected: Expected): unknown {
  const pod = basePod() as unknown as KubeObject;
  const twice = /^(\S+) twice \(JSON body\)$/.exec(yaml)?.[1];
  const [path = '', text = '1'] = twice ? [twice, '"a"'] : yaml.split(': ');
  put(pod, path, path === 'kind' ? text : JSON.parse(text));
  const leaf = `"${path.split('.').at(-1)}":${text}`;
  const json = JSON.stringify(pod);
  const [error] = readManifests(twice ? json.replace(leaf, `${leaf},${leaf}`) : json, 'FILE').errors;
  return { ...expected, message: messageOf(error?.message ?? '', expected) };
}

/** An unknown field, in a request that asks for another `fieldValidation`. */
function lenient(query: string, expected: Expected): unknown {
  const asked = new URLSearchParams(query).get('fieldValidation') as FieldValidation;
  const pod = basePod() as unknown as KubeObject;
  const path = /"(.+)"/.exec(String(expected.warningHeader))?.[1] ?? 'spec.containers[0].imagge';
  put(pod, path, 'x');
  const { objects, warnings } = readManifests(JSON.stringify(pod), 'FILE', undefined, asked);
  return { httpStatus: objects.length === 1 ? 201 : 400, warningHeader: warnings[0]?.message };
}

/** The server's sentence around the decoder's. */
function messageOf(message: string, { httpStatus }: Expected): string {
  if (httpStatus === 400) return `Pod in version "v1" cannot be handled as a Pod: ${message}`;
  return `error: resource mapping not found for name: "NAME" namespace: "" from "FILE": ${message}\nensure CRDs are installed first`;
}

const adapter: VectorAdapter = {
  groups: {
    '': ({ input, expected }: VectorCase<Fields, Expected>) => {
      if ('update' in input) return update(input, expected);
      if (typeof input.query === 'string') return lenient(input.query, expected);
      if (typeof input.yaml === 'string') return decode(input.yaml, expected);
      if (expected.httpStatus === 400) {
        const pod = basePod() as unknown as KubeObject;
        for (const [path, value] of Object.entries(input)) put(pod, path, value);
        const [error] = readManifests(JSON.stringify(pod), 'FILE').errors;
        return { ...expected, message: messageOf(error?.message ?? '', expected) };
      }
      if (typeof input.errors === 'number') {
        const missing = ['name', 'image'].slice(2 - input.errors).map((name) => ({
          type: 'Required' as const,
          field: `spec.containers[0].${name}`,
          detail: '',
        }));
        return { ...expected, message: invalidMessage('Pod', String(input.name), missing) };
      }
      return answer(validatePod(podWith(input)), expected);
    },
  },
};
export default adapter;
