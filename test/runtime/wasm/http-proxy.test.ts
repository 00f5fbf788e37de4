import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GuestRuntime, type RunOptions } from './guest-runtime.ts';

/** Starts the tests' `wasi:http/proxy` component and waits until it is served. */
async function serve(guests: GuestRuntime, options: RunOptions = {}) {
  const sandboxId = options.sandboxId ?? (await guests.sandbox());
  const id = await guests.start([], { ...options, sandboxId, command: ['/bin/proxy'] });
  await guests.logged(id, 'Serving HTTP');
  return { id, sandboxId, host: await guests.ip(sandboxId) };
}

describe.each(['virtual', 'wall'] as const)('a component that handles requests (%s)', (clock) => {
  let guests: GuestRuntime;
  let id: string;
  let host: string;

  beforeAll(async () => {
    guests = await GuestRuntime.open(clock);
    const served = await serve(guests, { envs: [{ key: 'COLOUR', value: 'blue' }] });
    ({ id, host } = served);
  }, 120_000);
  afterAll(() => guests.close());

  const get = (path: string, to = host, timeoutSeconds = 10) => {
    const request = {
      scheme: 'HTTP' as const,
      host: to,
      port: 8080,
      path,
      headers: [['X-Asked', 'yes']] as const,
    };
    return guests.settle(guests.runtime.network.httpGet(request, timeoutSeconds));
  };

  test('is served at its pod’s address, on 8080 unless something says another port', async () => {
    expect(await get('/hello')).toEqual({ statusCode: 200, body: 'hello\n' });
    expect(await get('/status/418')).toEqual({ statusCode: 418, body: 'as you like\n' });
    expect(await guests.log(id)).toContain('Serving HTTP on http://0.0.0.0:8080/');
  });

  test('has the container’s environment, and its output is the container’s log', async () => {
    expect(await get('/env/COLOUR')).toEqual({ statusCode: 200, body: 'blue' });
    expect(await guests.log(id)).toContain('asked for /env/COLOUR');
  });

  test('sees a request’s fields without those of the connection', async () => {
    const { body } = await get('/headers');
    expect(body).toContain('x-asked=yes\n');
    expect(body).toContain(`authority=${host}:8080\n`);
    expect(body).not.toMatch(/^(?:host|connection)=/m);
    expect(await guests.log(id)).toContain('header connection: 1');
  });

  test('is an instance of its own for each request', async () => {
    const all = await Promise.all(['/slow/1', '/hello', '/slow/1'].map((path) => get(path)));
    expect(all.map(({ body }) => body)).toEqual(['slow\n', 'hello\n', 'slow\n']);
  });

  test('answers 500 where it traps, says why in the log, and goes on', async () => {
    expect((await get('/trap')).statusCode).toBe(500);
    expect((await get('/nothing')).statusCode).toBe(500);
    expect((await get('/error')).statusCode).toBe(500);
    const log = await guests.log(id);
    expect(log).toMatch(/\[\d+\] request failed: .*unreachable/);
    expect(log).toMatch(/\[\d+\] request failed: the handler returned without a response/);
    expect(log).toMatch(/\[\d+\] the handler answered with the error DNS-error$/m);
    expect((await get('/hello')).statusCode).toBe(200);
  });

  test('a body that is shorter than it promises is cut off, not ended', async () => {
    const { body } = await get('/half/5');
    expect(body).toBe('half\n');
    await get('/half/9').catch(() => undefined);
    await guests.logged(id, 'finish: ');
  });

  test('TERM lets it finish what it has begun, and ends it with 0', async () => {
    const { id: other, host: there } = await serve(guests);
    const client = await guests.start(['fetch', `${there}:8080`, '/slow/2']);
    await guests.logged(other, 'asked for /slow');
    await guests.settle(guests.service.stopContainer(other, 30));
    expect(await guests.service.containerStatus(other)).toMatchObject({ exitCode: 0, reason: 'Completed' });
    await guests.logged(client, '200 slow');
  });

  test('KILL ends it with its requests', async () => {
    const { id: other, host: there } = await serve(guests);
    const client = await guests.start(['fetch', `${there}:8080`, '/spin']);
    await guests.logged(other, 'asked for /spin');
    await guests.settle(guests.service.stopContainer(other, 0));
    expect((await guests.service.containerStatus(other)).exitCode).toBe(137);
    await guests.logged(client, 'failed with 7'); // connection-terminated
  });

  test('its requests share the container’s memory limit', async () => {
    const { id: other, host: there } = await serve(guests, { memoryLimitBytes: 32 << 20 });
    await get('/hog', there).catch(() => undefined);
    const { exitCode, reason } = await guests.exited(other);
    expect({ exitCode, reason }).toEqual({ exitCode: 137, reason: 'OOMKilled' });
  });

  test('has no more than 128 connections; others wait until one ends', async () => {
    const { host: there } = await serve(guests);
    const idle = await guests.start(['crowd', there, '8080', '128']);
    await guests.logged(idle, '128 connections');
    const waits = await guests.start(['fetch', `${there}:8080`, '/hello']);
    await guests.pass(500);
    expect(await guests.log(waits)).toBe('');
    await guests.settle(guests.service.stopContainer(idle, 0));
    await guests.logged(waits, '200 hello');
  });

  test('two in one pod cannot have the same port', async () => {
    const { sandboxId } = await serve(guests);
    const second = await guests.start([], { sandboxId, command: ['/bin/proxy'] });
    expect((await guests.exited(second)).exitCode).toBe(1);
    expect(await guests.log(second)).toContain('cannot listen on 0.0.0.0:8080: address-in-use');
  });

  describe('asks others', () => {
    test('a pod, by its address', async () => {
      expect((await get(`/fetch/${host}:8080`)).body).toBe('200 hello\n');
      expect((await guests.run(['fetch', `${host}:8080`, '/status/404'])).log).toBe('404 as you like');
    });

    test('and hears what goes wrong', async () => {
      const failures = {
        [`${host}:9999`]: 'failed with 6', // connection-refused
        '192.0.2.1:80': 'failed with 15', // HTTP-request-denied
        'nobody.invalid': 'failed with 1', // DNS-error
        'no-such-service': 'failed with 1',
        [`https://${host}:8080`]: 'failed with 12', // TLS-protocol-error
      };
      for (const [authority, text] of Object.entries(failures)) {
        expect(await guests.run(['fetch', authority])).toEqual({ exitCode: 0, log: text });
      }
      const denied = guests.events.filter(({ type }) => type === 'egressDenied');
      expect(denied.map((event) => 'host' in event && `${event.host}:${event.port}`)).toEqual([
        '192.0.2.1:80',
        'nobody.invalid:80',
      ]);
    });

    test('and waits no longer than it wants to', async () => {
      const { host: there } = await serve(guests);
      const beforeMs = guests.now();
      const { log } = await guests.run(['fetch', `${there}:8080`, '/slow/60']);
      expect(log).toBe('failed with 9'); // connection-read-timeout
      expect(guests.now() - beforeMs).toBeGreaterThanOrEqual(2_900);
    });
  });
});

test.runIf(process.platform === 'linux')(
  'a client of this machine streams through it, with trailers',
  async () => {
    const guests = await GuestRuntime.open('wall');
    try {
      const { host } = await serve(guests, {
        envs: [{ key: 'WASMTIME_HTTP_PROXY_SOCKET_ADDR', value: '0.0.0.0:18081' }],
      });
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const echo = (pieces: readonly string[]) =>
        new Promise<{ body: string; trailer: string | undefined }>((resolve, reject) => {
          const headers = { trailer: 'X-Sum', 'transfer-encoding': 'chunked' };
          const request = http.request({ host, port: 18_081, path: '/echo', method: 'POST', agent, headers });
          request.on('error', reject).on('response', (response) => {
            let body = '';
            response.setEncoding('utf8').on('data', (piece: string) => {
              body += piece;
            });
            response.on('end', () => resolve({ body, trailer: response.trailers['x-sum'] }));
          });
          for (const piece of pieces) request.write(piece);
          request.addTrailers({ 'X-Sum': String(pieces.length) });
          request.end();
        });
      const large = Array.from({ length: 40 }, (_, i) => String(i % 10).repeat(10_000));
      expect(await echo(large)).toEqual({ body: large.join(''), trailer: '40' });
      expect(await echo(['again'])).toEqual({ body: 'again', trailer: '1' });
      agent.destroy();
    } finally {
      await guests.close();
    }
  },
);

test.runIf(process.platform === 'linux')(
  'what lies beyond the pods’ network is reached where it is allowed',
  async () => {
    // An address of this machine that is neither a pod's nor a pod's own loopback.
    const host = '127.88.0.1';
    const server = http.createServer((_, response) => response.end('outside\n'));
    const port = await new Promise<number>((resolve) => {
      server.listen(0, host, () => resolve((server.address() as AddressInfo).port));
    });
    const guests = await GuestRuntime.open('wall', 1, { egress: [`${host}:${port}`] });
    try {
      expect((await guests.run(['fetch', `${host}:${port}`])).log).toBe('200 outside');
      expect((await guests.run(['reach', host, String(port)])).log).toBe('connected');
      expect((await guests.run(['fetch', `https://${host}:${port}`])).log).toBe('failed with 12'); // it speaks no TLS
      expect((await guests.run(['fetch', `${host}:1`])).log).toBe('failed with 15'); // HTTP-request-denied
      expect((await guests.run(['reach', host, '1'])).log).toBe('Permission denied');
      const denied = guests.events.filter(({ type }) => type === 'egressDenied');
      expect(denied).toMatchObject([
        { host, port: 1 },
        { host, port: 1 },
      ]);
    } finally {
      await guests.close();
      server.close();
    }
  },
);
