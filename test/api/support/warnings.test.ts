import { expect, test } from 'vitest';
import { supportWarnings } from '../../../src/api/support/warnings.ts';

const paths = (spec: unknown) => supportWarnings(spec).map((warning) => warning.path);

test('a field that nothing honours is named with its indices', () => {
  const spec = {
    hostPID: true,
    containers: [
      { name: 'a', image: 'nginx' },
      { name: 'b', image: 'busybox', volumeDevices: [{ name: 'd', devicePath: '/dev/d' }] },
    ],
  };
  expect(paths(spec)).toEqual(['spec.hostPID', 'spec.containers[1].volumeDevices']);
});

test('everything below an unsupported part is one warning', () => {
  const spec = {
    securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'x' } },
    containers: [],
  };
  expect(paths(spec)).toEqual(['spec.securityContext.seccompProfile']);
});

test('honoured fields, empty lists and switches at their default give none', () => {
  const spec = {
    restartPolicy: 'Never',
    hostNetwork: false,
    hostUsers: true,
    ephemeralContainers: [],
    containers: [
      { name: 'a', image: 'nginx', livenessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 5 } },
    ],
  };
  expect(paths(spec)).toEqual([]);
});

test('hostUsers asks for something only when it is false', () => {
  expect(paths({ hostUsers: false })).toEqual(['spec.hostUsers']);
});

test('a volume source that is not there leaves the pod waiting', () => {
  const [warning] = supportWarnings({ volumes: [{ name: 'share', nfs: { server: 'nas', path: '/' } }] });
  expect(warning?.path).toBe('spec.volumes[0].nfs');
  expect(warning?.field.wasm).toBe('stuck');
});
