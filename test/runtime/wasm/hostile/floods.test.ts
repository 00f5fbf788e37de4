/** Guests that want all of the network for themselves, and people or the kubelet who are served without end, in both clocks. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GuestRuntime, type RunOptions } from '../guest-runtime.ts';
import { hideSecrets, Witness } from './witness.ts';

describe.each(['virtual', 'wall'] as const)('in %s time', (clock) => {
  let guests: GuestRuntime;
  let witness: Witness;

  beforeAll(async () => {
    hideSecrets();
    guests = await GuestRuntime.open(clock);
    witness = await Witness.open(guests);
  }, 120_000);
  afterAll(async () => {
    await guests.close();
    witness.close();
  });

  /** A pod with one guest in it. */
  async function pod(words: readonly string[], options: RunOptions = {}) {
    const sandboxId = await guests.sandbox();
    const id = await guests.start(words, { ...options, sandboxId });
    return { sandboxId, id, ip: await guests.ip(sandboxId) };
  }

  /** They are killed within a second, whatever they wait for, and nothing of them is left. */
  async function end(...pods: readonly { readonly sandboxId: string; readonly id: string }[]) {
    for (const { sandboxId, id } of pods) {
      const fromMs = guests.now();
      await guests.settle(guests.service.stopContainer(id, 0));
      await guests.exited(id);
      expect(guests.now() - fromMs).toBeLessThan(clock === 'virtual' ? 1_000 : 5_000);
      witness.sawNothing(await guests.log(id));
      await witness.removed(sandboxId, id);
    }
    await witness.nothingIsLeft();
  }

  test('datagrams to a thousand sockets that nobody receives from', async () => {
    const held = await pod(['udp-hold', '10000', '2000']);
    await guests.logged(held.id, 'sockets');
    expect(await guests.log(held.id)).toBe('1024 sockets');
    const beforeBytes = process.memoryUsage.rss();
    // 960 KB to each port: without a bound the host would hold all of it, close to a gigabyte. What it may hold, 64 KB
    // to each, is far below half of that; the rest of the room is for garbage that is not collected yet.
    const flood = await pod(['udp-flood', held.ip, '10000', '400', '1']);
    await guests.logged(flood.id, 'sent');
    expect(process.memoryUsage.rss() - beforeBytes).toBeLessThan(480 << 20);
    await end(flood, held);
  });

  test('connections that are never accepted: 128 wait, the others are refused', async () => {
    const server = await pod(['listen', '80']);
    await guests.logged(server.id, 'listening');
    const client = await pod(['dial', server.ip, '80']);
    await guests.exited(client.id);
    expect(await guests.log(client.id)).toBe('128: Connection refused');
    await guests.settle(guests.runtime.network.tcpConnect(server.ip, 81, 1)).catch(() => {});
    await end(client, server);
    await expect(guests.settle(guests.runtime.network.tcpConnect(server.ip, 80, 1))).rejects.toThrow(
      /refused/,
    );
  });

  test('connections that are accepted and never read: their writers wait', async () => {
    const server = await pod(['hoard', '80']);
    await guests.logged(server.id, 'listening');
    const clients = [];
    for (let count = 0; count < 8; count++) clients.push(await pod(['pour', server.ip, '80']));
    for (const { id } of clients) await guests.logged(id, 'pouring');
    await guests.pass(200);
    const stats = await guests.settle(guests.service.listPodSandboxStats());
    expect(stats.find(({ id }) => id === server.sandboxId)?.network.rxBytes).toBeLessThanOrEqual(8 * 65_536);
    await end(...clients, server);
  });

  test('a server that is held by silent clients answers again once they are gone', async () => {
    const crowd = await pod(['crowd', witness.neighbour.ip, '8080', '2000']);
    await guests.logged(crowd.id, 'connections');
    expect(Number.parseInt(await guests.log(crowd.id), 10)).toBeLessThanOrEqual(1_024);
    await end(crowd);
  });

  test.each([
    ['the cluster', 'svc.cluster.local'],
    ['the world', 'example.com'],
    ['many labels', `${'x.'.repeat(110)}x`],
  ])('look-ups of names of %s without end', async (_, domain) => {
    const client = await pod(['look-up', domain, '3000']);
    await guests.logged(client.id, 'asked');
    expect(guests.events.filter(({ type }) => type === 'egressDenied').length).toBeLessThanOrEqual(64);
    await end(client);
  });
});
