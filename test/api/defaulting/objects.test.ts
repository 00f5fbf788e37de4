import { expect, test } from 'vitest';
import { defaultObject } from '../../../src/api/defaulting/objects.ts';
import type { KubeObject, PodSpec } from '../../../src/api/types.ts';

const object = (kind: string, fields: Record<string, unknown>): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'a' },
  ...fields,
});
const podSpec = (spec: unknown) => defaultObject(object('Pod', { spec })).spec as PodSpec;

test('a pod that says nothing but its image gets what the API server fills in', () => {
  expect(podSpec({ containers: [{ name: 'c', image: 'nginx' }] })).toEqual({
    containers: [
      {
        name: 'c',
        image: 'nginx',
        imagePullPolicy: 'Always',
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ],
    dnsPolicy: 'ClusterFirst',
    enableServiceLinks: true,
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  });
});

test('what the author wrote stays, a grace of zero too', () => {
  const spec = podSpec({
    containers: [],
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 0,
    enableServiceLinks: false,
  });
  expect(spec).toMatchObject({
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 0,
    enableServiceLinks: false,
  });
});

test('probes, hooks, ports and field references are filled in', () => {
  const [container] = podSpec({
    containers: [
      {
        name: 'c',
        image: 'nginx:1.14.2',
        livenessProbe: { httpGet: { port: 80 }, periodSeconds: 3 },
        readinessProbe: { grpc: { port: 1 } },
        lifecycle: { preStop: { httpGet: { port: 80, scheme: 'HTTPS' } } },
        ports: [{ containerPort: 80 }],
        env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      },
    ],
  }).containers;
  expect(container).toMatchObject({
    imagePullPolicy: 'IfNotPresent',
    livenessProbe: {
      httpGet: { path: '/', scheme: 'HTTP', port: 80 },
      timeoutSeconds: 1,
      periodSeconds: 3,
      successThreshold: 1,
      failureThreshold: 3,
    },
    readinessProbe: { grpc: { service: '' } },
    lifecycle: { preStop: { httpGet: { path: '/', scheme: 'HTTPS' } } },
    ports: [{ protocol: 'TCP' }],
    env: [{ valueFrom: { fieldRef: { apiVersion: 'v1' } } }],
  });
});

test('requests come from limits, for containers and init containers, one resource at a time', () => {
  const resources = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m' } };
  const spec = podSpec({
    containers: [{ name: 'c', resources }],
    initContainers: [{ name: 'i', resources }],
  });
  const filled = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m', memory: '1Gi' } };
  expect(spec.containers[0]?.resources).toEqual(filled);
  expect(spec.initContainers?.[0]?.resources).toEqual(filled);
});

test('pod-level requests come from the containers, then from the pod-level limits', () => {
  const spec = podSpec({
    resources: { limits: { cpu: '2', memory: '1Gi' } },
    containers: [{ name: 'c', resources: { requests: { cpu: '300m' } } }],
    initContainers: [{ name: 's', restartPolicy: 'Always', resources: { requests: { cpu: '200m' } } }],
  });
  expect(spec.resources).toEqual({
    limits: { cpu: '2', memory: '1Gi' },
    requests: { cpu: '500m', memory: '1Gi' },
  });
});

test('volumes: no source is an emptyDir, files are 0644, a hostPath has the empty type', () => {
  const spec = podSpec({
    containers: [],
    volumes: [{ name: 'a' }, { name: 'b', secret: {} }, { name: 'c', hostPath: { path: '/x' } }],
  });
  expect(spec.volumes).toEqual([
    { name: 'a', emptyDir: {} },
    { name: 'b', secret: { defaultMode: 0o644 } },
    { name: 'c', hostPath: { path: '/x', type: '' } },
  ]);
});

test("on the host's network every port is a host port", () => {
  const spec = podSpec({ hostNetwork: true, containers: [{ name: 'c', ports: [{ containerPort: 80 }] }] });
  expect(spec.containers[0]?.ports).toEqual([{ containerPort: 80, hostPort: 80, protocol: 'TCP' }]);
});

test("a secret's stringData ends in its data, as base64 of UTF-8", () => {
  const secret = defaultObject(object('Secret', { data: { a: 'eA==' }, stringData: { b: 'é' } }));
  expect(secret).toMatchObject({ type: 'Opaque', data: { a: 'eA==', b: 'w6k=' } });
  expect(secret).not.toHaveProperty('stringData');
});

test("a template gets the defaults of a pod's spec, not those of a Pod", () => {
  const template = {
    spec: { containers: [{ name: 'c', image: 'a:1', resources: { limits: { cpu: '1' } } }] },
  };
  const deployment = defaultObject(object('Deployment', { spec: { template } }));
  expect(deployment.spec).toMatchObject({
    replicas: 1,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%' } },
    template: { spec: { restartPolicy: 'Always', containers: [{ imagePullPolicy: 'IfNotPresent' }] } },
  });
  expect(JSON.stringify(deployment)).not.toContain('requests');
});

test('defaulting leaves its input as it was, and a second time changes nothing', () => {
  const pod = object('Pod', {
    spec: { containers: [{ name: 'c', image: 'x', livenessProbe: {} }], volumes: [{ name: 'v' }] },
  });
  const before = structuredClone(pod);
  const once = defaultObject(pod);
  expect(pod).toEqual(before);
  expect(defaultObject(once)).toEqual(once);
});
