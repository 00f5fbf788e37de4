import { expect, test } from 'vitest';
import { hostPortsFree } from '../../../src/kubelet/admission/host-ports.ts';
import { pod } from '../fixtures.ts';

type Port = { containerPort: number; hostPort?: number; hostIP?: string; protocol?: 'TCP' | 'UDP' };
const withPort = (port: Port) => pod({ containers: [{ name: 'app', ports: [port] }] });
const taken = withPort({ containerPort: 80, hostPort: 80, hostIP: '127.0.0.1' });
const isFree = (port: Port) => hostPortsFree(withPort(port), [taken]);

test('a port is taken for its address, and for all addresses', () => {
  expect(isFree({ containerPort: 80, hostPort: 80 })).toBe(false);
  expect(isFree({ containerPort: 80, hostPort: 80, hostIP: '127.0.0.1' })).toBe(false);
  expect(isFree({ containerPort: 80, hostPort: 80, hostIP: '10.0.0.1' })).toBe(true);
});

test('another protocol, another port, or no port of the host at all takes nothing', () => {
  expect(isFree({ containerPort: 80, hostPort: 80, protocol: 'UDP' })).toBe(true);
  expect(isFree({ containerPort: 80, hostPort: 81 })).toBe(true);
  expect(isFree({ containerPort: 80 })).toBe(true);
});

test('init containers are over before anybody else needs a port; sidecars are not', () => {
  const port = { containerPort: 1, hostPort: 80, hostIP: '127.0.0.1' };
  const init = (restartPolicy?: string) =>
    pod({ initContainers: [{ name: 'i', ports: [port], ...(restartPolicy && { restartPolicy }) }] });
  expect(hostPortsFree(init(), [taken])).toBe(true);
  expect(hostPortsFree(init('Always'), [taken])).toBe(false);
});
