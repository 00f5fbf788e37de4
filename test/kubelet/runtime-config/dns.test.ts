import { expect, test } from 'vitest';
import type { PodSpec } from '../../../src/api/types.ts';
import { podDns } from '../../../src/kubelet/runtime-config/dns.ts';
import { podHostname } from '../../../src/kubelet/runtime-config/hostname.ts';
import { pod } from '../fixtures.ts';

const CLUSTER = { clusterDNS: ['10.96.0.10'], clusterDomain: 'cluster.local' };
const dns = (spec: Partial<PodSpec>, cluster = CLUSTER) => podDns(pod(spec), cluster);

test('cluster first: the cluster’s server, the search path of the namespace, five dots', () => {
  expect(dns({ dnsPolicy: 'ClusterFirst' }).dns).toEqual({
    servers: ['10.96.0.10'],
    searches: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
    options: ['ndots:5'],
  });
});

test('on the host’s network only ClusterFirstWithHostNet asks the cluster', () => {
  expect(dns({ dnsPolicy: 'ClusterFirst', hostNetwork: true }).dns.servers).toEqual(['127.0.0.1']);
  expect(dns({ dnsPolicy: 'ClusterFirstWithHostNet', hostNetwork: true }).dns.servers).toEqual([
    '10.96.0.10',
  ]);
});

test('a kubelet that knows no cluster DNS says so and falls back', () => {
  const {
    dns: fallen,
    events,
    nodeEvents,
  } = dns({ dnsPolicy: 'ClusterFirst' }, { ...CLUSTER, clusterDNS: [] });
  expect(fallen.servers).toEqual(['127.0.0.1']);
  expect(events.map(({ reason }) => reason)).toEqual(['MissingClusterDNS']);
  expect(nodeEvents.map(({ reason }) => reason)).toEqual(['MissingClusterDNS']);
});

test('the pod’s own entries come after the policy’s; three servers are all that a library reads', () => {
  const nameservers = ['10.96.0.10', '192.0.2.1', '192.0.2.2', '192.0.2.3'];
  const options = [{ name: 'ndots', value: '2' }, { name: 'edns0' }];
  const { dns: merged, events } = dns({ dnsPolicy: 'ClusterFirst', dnsConfig: { nameservers, options } });
  expect(merged.servers).toEqual(['10.96.0.10', '192.0.2.1', '192.0.2.2']);
  expect(merged.options).toEqual(['ndots:2', 'edns0']);
  expect(events[0]?.message).toBe(
    'Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 10.96.0.10 192.0.2.1 192.0.2.2',
  );
});

test('a host name is the pod’s name cut to a label, or what the spec says', () => {
  const named = (spec: Partial<PodSpec>, name = 'web') => podHostname(pod(spec, { name }), 'cluster.local');
  expect(named({}, `${'a'.repeat(62)}.b`)).toMatchObject({ hostname: 'a'.repeat(62) });
  expect(named({ hostname: 'db-0', subdomain: 'db' })).toEqual({
    hostname: 'db-0',
    hostNames: ['db-0.db.default.svc.cluster.local', 'db-0'],
  });
});
