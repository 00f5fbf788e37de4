import { expect, test } from 'vitest';
import { defaultObject } from '../../../src/api/defaulting/objects.ts';
import type { Pod } from '../../../src/api/types.ts';
import { formatFieldError } from '../../../src/api/validation/field-error.ts';
import { invalidMessage } from '../../../src/api/validation/invalid.ts';
import { validatePod } from '../../../src/api/validation/pod.ts';
import { validatePodUpdate } from '../../../src/api/validation/pod-update.ts';

function pod(spec: Record<string, unknown>): Pod {
  const containers = [{ name: 'c', image: 'nginx:1' }];
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers, ...spec } };
  return defaultObject(object) as unknown as Pod;
}
const errorsOf = (spec: Record<string, unknown>) => validatePod(pod(spec)).map(formatFieldError);
const withContainer = (container: Record<string, unknown>) =>
  errorsOf({ containers: [{ name: 'c', image: 'nginx:1', ...container }] });

test('a small pod is accepted', () => {
  expect(errorsOf({})).toEqual([]);
});

test.each([
  [
    { dnsPolicy: 'None' },
    'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None',
  ],
  [
    { hostAliases: [{ ip: '1.2.3' }] },
    'spec.hostAliases[0].ip: Invalid value: "1.2.3": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
  ],
  [
    { shareProcessNamespace: true, hostPID: true },
    'spec.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
  ],
  [
    { securityContext: { runAsUser: -1 } },
    'spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
  ],
  [
    { ephemeralContainers: [{ name: 'd', image: 'x' }] },
    'spec.ephemeralContainers: Forbidden: cannot be set on create',
  ],
  [
    { volumes: [{ name: 'v', persistentVolumeClaim: {} }] },
    'spec.volumes[0].persistentVolumeClaim.claimName: Required value',
  ],
  [
    {
      volumes: [
        { name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 5 } }] } },
      ],
    },
    'spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes',
  ],
  [
    { volumes: [{ name: 'v', configMap: { name: 'm', items: [{ key: 'k', path: '..data' }] } }] },
    'spec.volumes[0].configMap.items[0].path: Invalid value: "..data": must not start with \'..\'',
  ],
  [
    {
      resources: { requests: { cpu: '1' } },
      containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '2' } } }],
    },
    'spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2',
  ],
  [
    {
      resources: { limits: { cpu: '1' } },
      containers: [{ name: 'c', image: 'x', resources: { limits: { cpu: '2' }, requests: { cpu: '1' } } }],
    },
    'spec.containers[0].resources.limits[cpu]: Invalid value: "2": must be less than or equal to pod limits of 1',
  ],
])('%j', (spec, text) => {
  expect(errorsOf(spec)).toEqual([text]);
});

test.each([
  [
    {
      ports: [
        { containerPort: 80, hostPort: 80 },
        { containerPort: 81, hostPort: 80 },
      ],
    },
    'spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//80"',
  ],
  [{ livenessProbe: {} }, 'spec.containers[0].livenessProbe: Required value: must specify a handler type'],
  [
    { livenessProbe: { httpGet: { port: 'web server' } } },
    'spec.containers[0].livenessProbe.httpGet.port: Invalid value: "web server": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
  ],
  [
    { envFrom: [{}] },
    'spec.containers[0].envFrom[0]: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
  ],
  [
    { env: [{ name: 'A', value: 'x', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
    'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
  ],
  [
    { env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.gpu' } } }] },
    'spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.gpu": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"',
  ],
  [
    { resources: { limits: { 'hugepages-2Mi': '2Mi' } } },
    'spec.containers[0].resources: Forbidden: HugePages require cpu or memory',
  ],
])('container %j', (container, text) => {
  expect(withContainer(container)).toEqual([text]);
});

test('a sidecar may have probes and hooks, and no two containers share a name', () => {
  const sidecar = {
    name: 's',
    image: 'x',
    restartPolicy: 'Always',
    startupProbe: { exec: { command: ['true'] } },
  };
  expect(errorsOf({ initContainers: [sidecar] })).toEqual([]);
  expect(errorsOf({ initContainers: [sidecar, sidecar] })).toEqual([
    'spec.initContainers[1].name: Duplicate value: "s"',
  ]);
});

test('equal errors are told once', () => {
  const error = { type: 'Required', field: 'spec.x', detail: '' } as const;
  expect(invalidMessage('Pod', 'a', [error, error])).toBe('Pod "a" is invalid: spec.x: Required value');
});

test('an update may change images and add tolerations, and says what else it changes', () => {
  const stored = pod({});
  const image = pod({ containers: [{ name: 'c', image: 'nginx:2' }], tolerations: [{ operator: 'Exists' }] });
  expect(validatePodUpdate({ ...image, spec: { ...image.spec } }, stored)).toEqual([]);
  const [error] = validatePodUpdate(pod({ restartPolicy: 'Never', hostname: 'h' }), stored);
  expect(error?.detail).toContain('\nchanged: spec.restartPolicy, spec.hostname');
});

test('long names are judged at once, whatever they are made of', () => {
  const name = `${'a'.repeat(50_000)}!`;
  const [error] = errorsOf({ nodeName: name });
  expect(error).toContain('must be no more than 253 bytes');
});
