import { describe, expect, test } from 'vitest';
import { NetPod, PodNet } from '../../../../src/runtime/wasm/net/pod-net.ts';

const CLUSTER =
  'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n';

const pod = (resolvConf: string) =>
  new NetPod({
    sandboxId: 's',
    ip: '10.244.0.2',
    hostname: 'me',
    hostAliases: [{ ip: '10.1.2.3', hostnames: ['foo.remote'] }],
    resolvConf,
  });

const net = new PodNet();
net.update({
  ports: [],
  dns: {
    server: '10.96.0.10',
    domain: 'cluster.local',
    namespaces: ['default', 'shop'],
    records: [
      { name: 'web.default.svc.cluster.local', addresses: ['10.96.1.1'] },
      { name: 'web.shop.svc.cluster.local', addresses: ['10.96.1.2'] },
      { name: 'db.default.svc.cluster.local', addresses: [], alias: 'web.shop.svc.cluster.local' },
      { name: 'out.default.svc.cluster.local', addresses: [], alias: 'example.com' },
      { name: 'loop.default.svc.cluster.local', addresses: [], alias: 'loop.default.svc.cluster.local' },
    ],
  },
});

const lookUp = (name: string, resolvConf = CLUSTER) => net.lookUp(pod(resolvConf), name).outcome;

describe('a name', () => {
  test.each([
    ['10.9.8.7', ['10.9.8.7']],
    ['localhost', ['127.0.0.1']],
    ['me', ['10.244.0.2']],
    ['foo.remote', ['10.1.2.3']],
    ['web', ['10.96.1.1']],
    ['WEB', ['10.96.1.1']],
    ['web.shop', ['10.96.1.2']],
    ['web.shop.svc', ['10.96.1.2']],
    ['web.shop.svc.cluster.local', ['10.96.1.2']],
    ['web.shop.svc.cluster.local.', ['10.96.1.2']],
    ['web.', 'name-unresolvable'],
    ['db', ['10.96.1.2']],
    ['out', 'name-unresolvable'],
    ['loop', 'name-unresolvable'],
    ['10-244-0-9.shop.pod.cluster.local', ['10.244.0.9']],
    ['10-244-0-9.nowhere.pod.cluster.local', 'name-unresolvable'],
    ['example.com', 'name-unresolvable'],
    ['', 'invalid-argument'],
    ['x'.repeat(300), 'invalid-argument'],
  ] as const)('%s means %j', (name, outcome) => {
    expect(lookUp(name)).toEqual(outcome);
  });

  test('of the cluster means nothing to a pod that asks another name server', () => {
    const elsewhere = 'search default.svc.cluster.local\nnameserver 192.0.2.53\n';
    expect(lookUp('web', elsewhere)).toBe('name-unresolvable');
    expect(lookUp('web.default.svc.cluster.local', elsewhere)).toBe('name-unresolvable');
    expect(lookUp('localhost', elsewhere)).toEqual(['127.0.0.1']);
  });

  test('without search paths has to be whole', () => {
    const bare = 'nameserver 10.96.0.10\n';
    expect(lookUp('web', bare)).toBe('name-unresolvable');
    expect(lookUp('web.default.svc.cluster.local', bare)).toEqual(['10.96.1.1']);
  });
});

test('connections to a Service take turns, or stay with their endpoint', () => {
  const services = new PodNet();
  const pods = ['10.244.0.2', '10.244.0.3'].map((ip) => new NetPod({ sandboxId: ip, ip, hostname: ip }));
  const listeners = pods.map((one) => {
    services.attach(one);
    return services.listen(one, '0.0.0.0', 8080);
  });
  const update = (sticky: boolean) =>
    services.update({
      ports: [
        {
          ip: '10.96.1.1',
          protocol: 'TCP',
          port: 80,
          endpoints: pods.map(({ ip }) => ({ ip, port: 8080 })),
          sticky,
        },
      ],
      dns: { server: '', domain: '', namespaces: [], records: [] },
    });
  const client = new NetPod({ sandboxId: 'c', ip: '10.244.0.4', hostname: 'c' });
  update(false);
  for (let i = 0; i < 4; i++) expect(services.dial(client, '10.96.1.1', 80).outcome).toBeTypeOf('object');
  expect(listeners.map(({ pending }) => pending)).toEqual([2, 2]);
  update(true);
  for (let i = 0; i < 4; i++) services.dial(client, '10.96.1.1', 80);
  expect(listeners.map(({ pending }) => pending).sort()).toEqual([2, 6]);
  const { outcome } = services.dial(client, '10.96.1.1', 80);
  expect(outcome).toMatchObject({ remote: { ip: '10.96.1.1', port: 80 }, local: { ip: '10.244.0.4' } });
  expect(services.dial(client, '10.96.1.1', 81).outcome).toBe('connection-refused');
});
