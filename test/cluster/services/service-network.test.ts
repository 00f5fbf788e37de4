import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../src/api/types.ts';
import { serviceNetwork } from '../../../src/cluster/services/service-network.ts';
import { emptyStore, insert, type Store } from '../../../src/cluster/store.ts';

interface PodShape {
  readonly ip: string;
  readonly ready?: boolean;
  readonly terminating?: boolean;
  readonly spec?: Record<string, unknown>;
}

const pod = (name: string, { ip, ready = true, terminating = false, spec = {} }: PodShape): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'shop',
    labels: { app: 'web' },
    ...(terminating && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  },
  spec: { containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 8080 }] }], ...spec },
  status: { phase: 'Running', podIP: ip, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

const service = (spec: Record<string, unknown>, name = 'web'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: {
    clusterIP: '10.96.1.1',
    selector: { app: 'web' },
    ports: [{ port: 80, targetPort: 'http' }],
    ...spec,
  },
});

const network = (...objects: readonly KubeObject[]) =>
  serviceNetwork(objects.reduce<Store>((store, object) => insert(store, object, 0).store, emptyStore(1)));

describe('a Service’s cluster IP', () => {
  test('leads to the ready pods that its selector finds, at the port that it names', () => {
    const [port, ...others] = network(
      service({}),
      pod('a', { ip: '10.244.0.2' }),
      pod('b', { ip: '10.244.0.3', ready: false }),
      pod('c', { ip: '10.244.0.4', spec: { containers: [{ name: 'c' }] } }),
    ).ports;
    expect(others).toEqual([]);
    expect(port).toEqual({
      ip: '10.96.1.1',
      protocol: 'TCP',
      port: 80,
      endpoints: [{ ip: '10.244.0.2', port: 8080 }],
      sticky: false,
    });
  });

  test('leaves out pods that terminate, unless they alone still serve', () => {
    const leaving = pod('a', { ip: '10.244.0.2', terminating: true });
    const staying = pod('b', { ip: '10.244.0.3' });
    const endpoints = (...pods: readonly KubeObject[]) => network(service({}), ...pods).ports[0]?.endpoints;
    expect(endpoints(leaving, staying)).toEqual([{ ip: '10.244.0.3', port: 8080 }]);
    expect(endpoints(leaving)).toEqual([{ ip: '10.244.0.2', port: 8080 }]);
  });

  test('leads to pods that are not ready where the Service publishes them', () => {
    const published = service({ publishNotReadyAddresses: true });
    const { ports } = network(published, pod('a', { ip: '10.244.0.2', ready: false }));
    expect(ports[0]?.endpoints).toHaveLength(1);
  });

  test('without a selector leads nowhere', () => {
    const { ports } = network(service({ selector: undefined }), pod('a', { ip: '10.244.0.2' }));
    expect(ports[0]?.endpoints).toEqual([]);
  });
});

describe('a Service’s name', () => {
  const records = (...objects: readonly KubeObject[]) => network(...objects).dns.records;

  test('is its cluster IP', () => {
    expect(records(service({}))).toEqual([{ name: 'web.shop.svc.cluster.local', addresses: ['10.96.1.1'] }]);
  });

  test('of a headless one is its pods, each of which has a name there', () => {
    const named = pod('a', {
      ip: '10.244.0.2',
      spec: { hostname: 'first', subdomain: 'web', containers: [] },
    });
    expect(records(service({ clusterIP: 'None' }), named, pod('b', { ip: '10.244.0.3' }))).toEqual([
      { name: 'web.shop.svc.cluster.local', addresses: ['10.244.0.2', '10.244.0.3'] },
      { name: 'first.web.shop.svc.cluster.local', addresses: ['10.244.0.2'] },
      { name: '10-244-0-3.web.shop.svc.cluster.local', addresses: ['10.244.0.3'] },
    ]);
  });

  test('of an ExternalName is another name', () => {
    expect(
      records(service({ type: 'ExternalName', externalName: 'Db.Example.com', clusterIP: undefined })),
    ).toEqual([{ name: 'web.shop.svc.cluster.local', addresses: [], alias: 'db.example.com' }]);
  });
});
