import { expect, test } from 'vitest';
import { NetPod } from '../../../../src/runtime/wasm/net/pod-net.ts';

test('a pod knows its own name, localhost and the names of its hostAliases, and no others', () => {
  const pod = new NetPod({
    sandboxId: 's',
    ip: '10.244.0.2',
    hostname: 'web',
    hostNames: ['web.db.default.svc.cluster.local', 'web'],
    hostAliases: [
      { ip: '10.1.2.3', hostnames: ['foo.remote', 'bar.remote'] },
      { ip: '10.9.9.9', hostnames: ['bar.remote', 'localhost'] },
    ],
  });
  expect(pod.addressOf('web.db.default.svc.cluster.local')).toBe('10.244.0.2');
  expect(pod.addressOf('web')).toBe('10.244.0.2');
  expect(pod.addressOf('localhost')).toBe('127.0.0.1');
  expect(pod.addressOf('bar.remote')).toBe('10.1.2.3');
  expect(pod.addressOf('example.com')).toBeUndefined();
});
