import { expect, test } from 'vitest';
import type { Container } from '../../../src/api/types.ts';
import { expand } from '../../../src/kubelet/env/expand.ts';
import { expandCommand, makeEnvironment } from '../../../src/kubelet/env/make-environment.ts';
import { pod } from '../fixtures.ts';

function environment(container: Container, data: Record<string, Record<string, string>> = {}) {
  return makeEnvironment({
    pod: pod({ containers: [container], nodeName: 'node-1' }, { labels: { app: 'web' } }),
    container,
    facts: { podIPs: ['10.0.0.1'], hostIPs: ['192.168.0.1'] },
    allocatable: { cpu: '4', memory: '8Gi' },
    lookup: {
      configMap: (name) => data[name],
      secret: (name) => data[name],
      services: [],
      file: () => undefined,
    },
  });
}

test('references see what stands before them, escapes and unknown names stay', () => {
  const made = environment(
    {
      name: 'app',
      envFrom: [{ prefix: 'P_', configMapRef: { name: 'cm' } }],
      env: [
        { name: 'A', value: 'a $(P_X) $(LATER) $$(A)' },
        { name: 'LATER', value: '$(A)!' },
      ],
    },
    { cm: { X: 'x' } },
  );
  expect(made).toMatchObject({
    ok: true,
    envs: [
      { key: 'P_X', value: 'x' },
      { key: 'A', value: 'a x $(LATER) $(A)' },
      { key: 'LATER', value: 'a x $(LATER) $(A)!' },
    ],
  });
});

test('the downward API gives the pod and the node, limits default to the node', () => {
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const resource = (name: string, of: string, divisor?: string) => ({
    name,
    valueFrom: { resourceFieldRef: { resource: of, ...(divisor ? { divisor } : {}) } },
  });
  const made = environment({
    name: 'app',
    resources: { requests: { cpu: '250m' }, limits: { memory: '100M' } },
    env: [
      field('POD_IP', 'status.podIP'),
      field('HOST_IP', 'status.hostIP'),
      field('NODE', 'spec.nodeName'),
      field('LABEL', "metadata.labels['app']"),
      resource('CPU_REQUEST', 'requests.cpu'),
      resource('CPU_MILLI', 'requests.cpu', '1m'),
      resource('CPU_LIMIT', 'limits.cpu'),
      resource('MEMORY', 'limits.memory', '1Mi'),
      resource('NO_REQUEST', 'requests.memory'),
    ],
  });
  if (!made.ok) throw new Error(made.error.message);
  expect(Object.fromEntries(made.envs.map(({ key, value }) => [key, value]))).toEqual({
    POD_IP: '10.0.0.1',
    HOST_IP: '192.168.0.1',
    NODE: 'node-1',
    LABEL: 'web',
    CPU_REQUEST: '1',
    CPU_MILLI: '250',
    CPU_LIMIT: '4',
    MEMORY: '96',
    NO_REQUEST: '0',
  });
});

test('optional sources that are missing leave the variable out', () => {
  const made = environment({
    name: 'app',
    envFrom: [{ secretRef: { name: 'none', optional: true } }],
    env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'none', key: 'k', optional: true } } }],
  });
  expect(made).toEqual({ ok: true, envs: [], events: [] });
});

test('since v1.34 a key may begin with a digit', () => {
  const made = environment(
    { name: 'app', envFrom: [{ configMapRef: { name: 'cm' } }] },
    { cm: { '1bad': 'x' } },
  );
  expect(made).toEqual({ ok: true, envs: [{ key: '1bad', value: 'x' }], events: [] });
});

test('command and arguments take the values in', () => {
  const expanded = expandCommand({ name: 'app', command: ['sh', '-c'], args: ['echo $(A) $(B)'] }, [
    { key: 'A', value: '1' },
  ]);
  expect(expanded).toEqual({ command: ['sh', '-c'], args: ['echo 1 $(B)'] });
});

test.each([
  ['$(A)', 'a'],
  ['$$(A)', '$(A)'],
  ['$$$(A)', '$a'],
  ['$(A', '$(A'],
  ['$A', '$A'],
  ['cost: $', 'cost: $'],
  ['$()', '$()'],
])('%s expands to %s', (text, expanded) => {
  expect(expand(text, (name) => (name === 'A' ? 'a' : undefined))).toBe(expanded);
});
