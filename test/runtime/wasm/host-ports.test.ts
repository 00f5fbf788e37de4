import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { sandboxConfig } from '../../contract/setup.ts';
import { GuestRuntime } from './guest-runtime.ts';

const get = (port: number) =>
  new Promise<string>((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/', agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
    });
    request.on('error', reject);
  });

/** A port of 127.0.0.1 that is free now, or that this keeps until it is closed. */
async function takePort(): Promise<{ readonly port: number; free(): Promise<void> }> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const free = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port: (server.address() as AddressInfo).port, free };
}

const wants = (name: string, hostPort: number) => ({
  ...sandboxConfig(name),
  portMappings: [{ protocol: 'TCP' as const, containerPort: 80, hostPort }],
});

describe('a host port (wall)', () => {
  test('leads from this machine to the pod, until the pod is gone', async () => {
    const guests = await GuestRuntime.open('wall');
    try {
      const { port, free } = await takePort();
      await free();
      const sandboxId = await guests.service.runPodSandbox(wants('published', port));
      const server = await guests.start(['serve', '0.0.0.0', '80'], { sandboxId });
      await guests.logged(server, 'listening');
      expect(await get(port)).toBe('hello\n');
      await guests.service.stopPodSandbox(sandboxId);
      await expect(get(port)).rejects.toThrow(/ECONNREFUSED/);
      await guests.service.runPodSandbox(wants('next', port));
    } finally {
      await guests.close();
    }
  });

  test('that another program of this machine has is refused with the reason, and leaves nothing behind', async () => {
    const guests = await GuestRuntime.open('wall');
    const { port, free } = await takePort();
    try {
      await expect(guests.service.runPodSandbox(wants('late', port))).rejects.toThrow(
        new RegExp(
          `plugin type="portmap" failed \\(add\\): cannot open hostport ${port} on 127.0.0.1: .*EADDRINUSE`,
        ),
      );
      expect(await guests.service.listPodSandbox()).toEqual([]);
      await free();
      await guests.service.runPodSandbox(wants('late', port));
    } finally {
      await guests.close();
    }
  });
});

test('where this machine does not have the pods’ addresses, each listener has a port of 127.0.0.1', async () => {
  const runtimes = [
    await GuestRuntime.open('wall', 1, { podAddresses: false }),
    await GuestRuntime.open('wall', 1, { podAddresses: false }),
  ];
  try {
    for (const guests of runtimes) {
      const sandboxId = await guests.sandbox();
      const server = await guests.start(['serve', '0.0.0.0', '80'], { sandboxId });
      await guests.logged(server, 'listening');
      expect(await guests.ip(sandboxId)).toMatch(/^10\.244\./);
      const opened = guests.events.flatMap((event) => (event.type === 'portOpened' ? [event] : []));
      expect(opened).toMatchObject([{ port: 80 }]);
      expect(await get(opened[0]?.hostPort ?? 0)).toBe('hello\n');
      expect((await guests.run(['reach', await guests.ip(sandboxId), '80'])).log).toBe('connected');
    }
  } finally {
    for (const guests of runtimes) await guests.close();
  }
});

test('in virtual time a host port is open nowhere', async () => {
  const guests = await GuestRuntime.open('virtual');
  const { port, free } = await takePort();
  try {
    await guests.settle(guests.service.runPodSandbox(wants('published', port)));
  } finally {
    await free();
    await guests.close();
  }
});
