import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/api/types.ts';
import { serviceVariables } from '../../../src/kubelet/env/service-links.ts';

const service = (name: string, namespace: string, spec: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { clusterIP: '10.0.0.9', ports: [{ port: 80 }], ...spec },
});
const master = service('kubernetes', 'default', {
  clusterIP: '10.96.0.1',
  ports: [{ name: 'https', port: 443 }],
});
const hosts = (services: readonly KubeObject[], namespace: string, links: boolean) =>
  [...serviceVariables(services, namespace, links)].filter(([name]) => name.endsWith('_SERVICE_HOST'));

test('the API server is always there; others by namespace and by choice; headless ones never', () => {
  const services = [
    service('web', 'shop', {}),
    service('elsewhere', 'default', {}),
    service('headless', 'shop', { clusterIP: 'None' }),
    master,
  ];
  expect(hosts(services, 'shop', true)).toEqual([
    ['KUBERNETES_SERVICE_HOST', '10.96.0.1'],
    ['WEB_SERVICE_HOST', '10.0.0.9'],
  ]);
  expect(hosts(services, 'shop', false)).toEqual([['KUBERNETES_SERVICE_HOST', '10.96.0.1']]);
});

test('ports by name, and as links of old', () => {
  const ports = [
    { name: 'http-main', port: 80, protocol: 'TCP' },
    { name: 'dns', port: 53, protocol: 'UDP' },
  ];
  const variables = serviceVariables([service('2nd.web-app', 'a', { ports })], 'a', true);
  expect(Object.fromEntries(variables)).toEqual({
    _2ND_WEB_APP_SERVICE_HOST: '10.0.0.9',
    _2ND_WEB_APP_SERVICE_PORT: '80',
    _2ND_WEB_APP_SERVICE_PORT_HTTP_MAIN: '80',
    _2ND_WEB_APP_SERVICE_PORT_DNS: '53',
    _2ND_WEB_APP_PORT: 'tcp://10.0.0.9:80',
    _2ND_WEB_APP_PORT_80_TCP: 'tcp://10.0.0.9:80',
    _2ND_WEB_APP_PORT_80_TCP_PROTO: 'tcp',
    _2ND_WEB_APP_PORT_80_TCP_PORT: '80',
    _2ND_WEB_APP_PORT_80_TCP_ADDR: '10.0.0.9',
    _2ND_WEB_APP_PORT_53_UDP: 'udp://10.0.0.9:53',
    _2ND_WEB_APP_PORT_53_UDP_PROTO: 'udp',
    _2ND_WEB_APP_PORT_53_UDP_PORT: '53',
    _2ND_WEB_APP_PORT_53_UDP_ADDR: '10.0.0.9',
  });
});
