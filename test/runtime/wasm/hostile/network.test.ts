/** Ways out of the pods' network, in both clocks, and servers that answer the kubelet's probes as no server should. */
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GuestRuntime } from '../guest-runtime.ts';

/** Addresses that are not a pod's, beside the host's own loopback. */
const ELSEWHERE = [
  '0.0.0.1',
  '8.8.8.8',
  '10.96.0.1',
  '127.0.0.53',
  '127.1.2.3',
  '169.254.169.254',
  '192.168.0.1',
  '224.0.0.1',
  '255.255.255.255',
];

const OK = 'HTTP/1.1 200 OK\r\n';
const ANSWERS: readonly (readonly [name: string, head: string, again: string])[] = [
  ['a body without end', `${OK}\r\n`, 'x'.repeat(500)],
  ['pieces without end', `${OK}Transfer-Encoding: chunked\r\n\r\n`, '5\r\nhello\r\n'],
  ['header fields without end', OK, 'X-More: and more\r\n'],
  ['one header field without end', `${OK}X-More: `, 'x'.repeat(500)],
  [
    'a piece with a length of thirty digits',
    `${OK}Transfer-Encoding: chunked\r\n\r\n${'f'.repeat(30)}\r\nx`,
    '',
  ],
  ['a negative length', `${OK}Content-Length: -5\r\n\r\nhello`, ''],
  ['a length that does not come', `${OK}Content-Length: 99999999999999999\r\n\r\nhello`, ''],
  ['two lengths', `${OK}Content-Length: 5\r\nContent-Length: 50\r\n\r\nhello`, ''],
  ['a length and pieces', `${OK}Content-Length: 500\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, ''],
  ['a status that is none', 'HTTP/1.1 99999 Never\r\n\r\n', ''],
  ['no HTTP', '\u0000\u0001 what?\r\n\r\n', ''],
  ['lines without end', '', '\r\n'],
  ['nothing but line ends of another kind', `HTTP/1.1 200 OK\n\n`, '\n'],
  [
    'a chunk that is longer than it says',
    `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n`,
    '',
  ],
  ['trailers without end', `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n`, 'a:\r\n'],
  ['a coding that is none', `${OK}Transfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc`, ''],
  ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n', 'x'.repeat(500)],
  [
    'a redirect to the host itself',
    'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:22/\r\nContent-Length: 0\r\n\r\n',
    '',
  ],
  ['a redirect to itself', 'HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n', ''],
  [
    'a redirect to a file',
    'HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n',
    '',
  ],
  [
    'a redirect to what is no address',
    'HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n',
    '',
  ],
  ['hints without end', '', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
];

describe.each(['virtual', 'wall'] as const)('in %s time', (clock) => {
  let guests: GuestRuntime;
  let onTheHost: Server;
  let port: number;
  const visitors: string[] = [];

  beforeAll(async () => {
    guests = await GuestRuntime.open(clock);
    onTheHost = createServer((socket) => {
      visitors.push(socket.remoteAddress ?? '');
      socket.destroy();
    });
    await new Promise<void>((resolve) => onTheHost.listen(0, '127.0.0.1', resolve));
    port = (onTheHost.address() as { port: number }).port;
  }, 120_000);
  afterAll(async () => {
    await guests.close();
    onTheHost.close();
  });

  test('the loopback of the host is not that of a pod', async () => {
    expect(await guests.run(['reach', '127.0.0.1', String(port)])).toEqual({
      exitCode: 1,
      log: 'Connection refused',
    });
    expect((await guests.run(['reach', '0.0.0.0', String(port)])).exitCode).toBe(1);
    expect(visitors).toEqual([]);
  });

  test.each(ELSEWHERE)('%s is out of reach', async (address) => {
    expect((await guests.run(['reach', address, String(port)])).exitCode).toBe(1);
    expect(visitors).toEqual([]);
  });

  test.each(['8.8.8.8', '255.255.255.255', '224.0.0.1'])('nobody listens at %s', async (address) => {
    const { exitCode, log } = await guests.run(['serve', address, '8080']);
    expect([exitCode, log]).toEqual([1, expect.stringMatching(/^listen: /)]);
  });

  test.each(ANSWERS)('a probe that is answered with %s comes to an end', async (_, head, again) => {
    const sandboxId = await guests.sandbox();
    const server = await guests.start(['answer', '8080', head, again], {
      sandboxId,
      memoryLimitBytes: 64 << 20,
    });
    await guests.logged(server, 'listening');
    const host = await guests.ip(sandboxId);
    const request = { scheme: 'HTTP', host, port: 8080, path: '/', headers: [] } as const;
    const outcome = await guests.settle(guests.runtime.network.httpGet(request, 2)).then(
      ({ body }) => {
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(10 << 10);
        expect(body).not.toContain('root:');
        return 'answered';
      },
      (error: unknown) => (error as Error).message,
    );
    expect(outcome).toMatch(/^answered$|^EOF$|Get "|context deadline|connection/);
    expect((await guests.service.containerStatus(server)).state).toBe('CONTAINER_RUNNING');
    await guests.settle(guests.service.stopContainer(server, 0));
    await guests.settle(guests.service.stopPodSandbox(sandboxId));
    expect(guests.events.filter(({ type }) => type === 'runtimeDied')).toEqual([]);
    expect(visitors).toEqual([]);
  });
});
