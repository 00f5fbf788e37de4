import { expect, test } from 'vitest';
import type { PodSandboxConfig } from '../../../../src/api/cri.ts';
import { sandboxBody } from '../../../../src/runtime/docker/pods/sandbox-body.ts';
import { sandboxConfig } from '../../../contract/setup.ts';

const around = { owner: 'here', cgroupParent: '/podstep-1/pod1', leastOomScoreAdj: -1000 };
const body = (more: Partial<PodSandboxConfig> = {}, least = -1000) =>
  sandboxBody({ ...sandboxConfig('web'), ...more }, 'pause', { ...around, leastOomScoreAdj: least });

test('a sandbox is the pause image with a shareable IPC namespace, never restarted, without a log', () => {
  expect(body()).toMatchObject({
    Image: 'pause',
    Hostname: 'web',
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      NetworkMode: 'bridge',
      IpcMode: 'shareable',
      CgroupParent: '/podstep-1/pod1',
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'none' },
    },
  });
});

test('its OOM score is as low as the Engine may go', () => {
  expect(body().HostConfig.OomScoreAdj).toBe(-998);
  expect(body({}, 0).HostConfig.OomScoreAdj).toBe(0);
});

test('only ports with a host’s port are published; all are exposed', () => {
  const { ExposedPorts: exposed, HostConfig: host } = body({
    portMappings: [
      { protocol: 'TCP', containerPort: 80, hostPort: 8080, hostIP: '127.0.0.1' },
      { protocol: 'TCP', containerPort: 80, hostPort: 8081 },
      { protocol: 'UDP', containerPort: 53 },
    ],
  });
  expect(Object.keys(exposed ?? {})).toEqual(['80/tcp', '53/udp']);
  expect(host.PortBindings).toEqual({
    '80/tcp': [
      { HostIp: '127.0.0.1', HostPort: '8080' },
      { HostIp: '', HostPort: '8081' },
    ],
  });
});

test('with the host’s network there is neither a name nor a published port of its own', () => {
  const { Hostname: name, HostConfig: host } = body({
    hostNetwork: true,
    portMappings: [{ protocol: 'TCP', containerPort: 80, hostPort: 80 }],
  });
  expect([name, host.NetworkMode, host.PortBindings]).toEqual([undefined, 'host', undefined]);
});

test('name servers are the pod’s; without search domains the host’s are kept out', () => {
  const dns = (searches: readonly string[]) =>
    body({ dnsConfig: { servers: ['10.96.0.10'], searches, options: ['ndots:5'] } }).HostConfig;
  expect(dns(['svc'])).toMatchObject({
    Dns: ['10.96.0.10'],
    DnsSearch: ['svc'],
    DnsOptions: ['ndots:5'],
  });
  expect(dns([]).DnsSearch).toEqual(['.']);
});

test('sysctls are the sandbox’s', () => {
  expect(body({ sysctls: { 'net.core.somaxconn': '100' } }).HostConfig.Sysctls).toEqual({
    'net.core.somaxconn': '100',
  });
});
