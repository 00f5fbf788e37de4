import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sandboxConfig } from '../../contract/setup.ts';
import { GuestRuntime } from './guest-runtime.ts';

describe.each(['virtual', 'wall'] as const)('the pods’ network (%s)', (clock) => {
  let guests: GuestRuntime;
  let sandboxId: string;
  let host: string;

  beforeAll(async () => {
    guests = await GuestRuntime.open(clock);
    sandboxId = await guests.sandbox();
    host = await guests.ip(sandboxId);
    const server = await guests.start(['serve', '0.0.0.0', '80'], { sandboxId });
    await guests.logged(server, 'listening');
  }, 120_000);
  afterAll(() => guests.close());

  const get = (
    path: string,
    more: { readonly scheme?: 'HTTPS'; readonly port?: number } = {},
    timeoutSeconds = 2,
  ) => {
    const request = {
      scheme: more.scheme ?? ('HTTP' as const),
      host,
      port: more.port ?? 80,
      path,
      headers: [],
    };
    return guests.settle(guests.runtime.network.httpGet(request, timeoutSeconds));
  };

  test('the node reaches a pod', async () => {
    expect(await get('/')).toEqual({ statusCode: 200, body: 'hello\n' });
    expect(await get('/absent')).toEqual({ statusCode: 404, body: '' });
    await guests.settle(guests.runtime.network.tcpConnect(host, 80, 1));
  });

  test('a redirect on the same host is followed', async () => {
    expect(await get('/moved')).toEqual({ statusCode: 200, body: 'hello\n' });
  });

  test('a port without a listener is refused in Go’s words', async () => {
    const message = `dial tcp ${host}:81: connect: connection refused`;
    await expect(get('/', { port: 81 })).rejects.toMatchObject({ code: 'Unavailable', message });
  });

  test('HTTPS meets a server that does not speak it', async () => {
    const message = expect.stringContaining('server gave HTTP response to HTTPS client');
    await expect(get('/', { scheme: 'HTTPS' })).rejects.toMatchObject({ code: 'Unavailable', message });
  });

  test('pods reach each other and themselves', async () => {
    expect((await guests.run(['reach', host, '80'])).log).toBe('connected');
    expect((await guests.run(['reach', host, '80'], { sandboxId })).log).toBe('connected');
    expect((await guests.run(['reach', '127.0.0.1', '80'], { sandboxId })).log).toBe('connected');
    expect((await guests.run(['reach', '127.0.0.1', '80'])).log).toBe('Connection refused');
  });

  test('names of hostAliases stand in /etc/hosts', async () => {
    const hostAliases = [{ ip: '10.1.2.3', hostnames: ['foo.remote', 'bar.remote'] }];
    const config = { ...sandboxConfig('aliased'), hostAliases };
    const aliased = await guests.settle(guests.service.runPodSandbox(config));
    const { log } = await guests.run(['show', '/etc/hosts'], { sandboxId: aliased });
    expect(log).toMatch(
      /\taliased\n\n# Entries added by HostAliases\.\n10\.1\.2\.3\tfoo\.remote\tbar\.remote$/,
    );
  });

  test('one port of a pod has one listener, and is free again after it', async () => {
    const taken = await guests.run(['serve', '0.0.0.0', '80'], { sandboxId });
    expect(taken).toMatchObject({ exitCode: 1, log: expect.stringMatching(/in use/) });
    for (let i = 0; i < 2; i++) {
      const id = await guests.start(['serve', '0.0.0.0', '8080'], { sandboxId });
      await guests.logged(id, 'listening');
      await guests.settle(guests.service.stopContainer(id, 5));
      expect((await guests.service.containerStatus(id)).exitCode).toBe(0);
    }
  });

  test('an address is free again when its sandbox has stopped', async () => {
    const other = await guests.sandbox();
    const ip = await guests.ip(other);
    const server = await guests.start(['serve', '0.0.0.0', '80'], { sandboxId: other });
    await guests.logged(server, 'listening');
    await guests.settle(guests.service.stopPodSandbox(other));
    expect(await guests.ip(other)).toBe('');
    await expect(guests.settle(guests.runtime.network.tcpConnect(ip, 80, 1))).rejects.toMatchObject({
      code: 'Unavailable',
    });
  });

  test('a pod that wants the host’s network is refused', async () => {
    const config = {
      metadata: { name: 'h', uid: 'uid-h', namespace: 'default', attempt: 0 },
      hostname: 'h',
      logDirectory: '',
      portMappings: [],
      labels: {},
      annotations: {},
      hostNetwork: true,
      sharedProcessNamespace: false,
    };
    await expect(guests.settle(guests.service.runPodSandbox(config))).rejects.toThrow(/hostNetwork/);
  });

  test('a server that does not answer is given up at the time-out', async () => {
    const beforeMs = guests.now();
    await expect(get('/silent', {}, 1)).rejects.toMatchObject({
      code: 'DeadlineExceeded',
      message: expect.stringContaining('context deadline exceeded'),
    });
    expect(guests.now() - beforeMs).toBeGreaterThanOrEqual(999);
  });
});

test.runIf(process.platform === 'linux')('with wall time the pod’s address answers on the host', async () => {
  const guests = await GuestRuntime.open('wall');
  try {
    const sandboxId = await guests.sandbox();
    const host = await guests.ip(sandboxId);
    const server = await guests.start(['serve', '0.0.0.0', '18080'], { sandboxId });
    await guests.logged(server, 'listening');
    const answer = await new Promise<string>((resolve, reject) => {
      const request = http.get({ host, port: 18_080, path: '/', agent: false }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve(body));
      });
      request.on('error', reject);
    });
    expect(answer).toBe('hello\n');
  } finally {
    await guests.close();
  }
});
