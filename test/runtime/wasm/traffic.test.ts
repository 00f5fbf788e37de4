import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuestRuntime } from './guest-runtime.ts';

let guests: GuestRuntime;
beforeAll(async () => {
  guests = await GuestRuntime.open('virtual');
}, 120_000);
afterAll(() => guests.close());

async function traffic(id: string) {
  const [stats] = await guests.settle(guests.service.listPodSandboxStats({ id }));
  if (stats === undefined) throw new Error('no stats of the sandbox');
  return stats.network;
}

test('what goes over a pod’s interface is counted by direction', async () => {
  const sandboxId = await guests.sandbox();
  const host = await guests.ip(sandboxId);
  expect(await traffic(sandboxId)).toEqual({ name: 'eth0', rxBytes: 0, txBytes: 0 });
  await guests.logged(await guests.start(['serve', '0.0.0.0', '80'], { sandboxId }), 'listening');
  const request = { scheme: 'HTTP', host, port: 80, path: '/', headers: [] } as const;
  await guests.settle(guests.runtime.network.httpGet(request, 10));
  const once = await traffic(sandboxId);
  expect(once.rxBytes).toBeGreaterThan(20);
  expect(once.txBytes).toBeGreaterThan(20);
  await guests.settle(guests.runtime.network.httpGet(request, 10));
  expect(await traffic(sandboxId)).toEqual({
    name: 'eth0',
    rxBytes: 2 * once.rxBytes,
    txBytes: 2 * once.txBytes,
  });
});

test('a pod that is stopped has none any more', async () => {
  const id = await guests.sandbox();
  await guests.settle(guests.service.stopPodSandbox(id));
  expect(await guests.settle(guests.service.listPodSandboxStats({ id }))).toEqual([]);
});
