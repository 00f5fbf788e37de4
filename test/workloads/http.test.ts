/** HTTP/1.1 as the stand-ins' servers speak it, byte for byte, over nc. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPod, type TestPod } from './pod.ts';

let pod: TestPod;
let client: string;
beforeAll(async () => {
  pod = await openPod();
  await pod.start('gcr.io/google-samples/hello-app:1.0');
  client = await pod.start('registry.k8s.io/e2e-test-images/agnhost:2.53', {
    args: ['netexec', '--http-port', '8888', '--udp-port=-1'],
  });
  await pod.pass(0.1);
}, 60_000);
afterAll(() => pod.close());

const send = async (bytes: string, port = 8080) =>
  (await pod.exec(client, ['sh', '-c', `printf '${bytes}' | nc -w 2 localhost ${port}`])).stdout;
const statusLines = (text: string) => text.match(/^HTTP\/1\.1 \d+ .*$/gm)?.map((line) => line.trim());

it('answers with date, length and type', async () => {
  expect(await send('GET /x HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n')).toMatch(
    /^HTTP\/1\.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:\d\d:\d\d GMT\r\nContent-Length: 43\r\nContent-Type: text\/plain; charset=utf-8\r\nConnection: close\r\n\r\nHello, world!\nVersion: 1\.0\.0\nHostname: web\n$/,
  );
});

it('HEAD has the head alone', async () => {
  const answer = await send('HEAD / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n');
  expect(answer).toContain('Content-Length: 43\r\n');
  expect(answer.endsWith('\r\n\r\n')).toBe(true);
});

it('keeps a connection, and answers requests that came in one piece in their order', async () => {
  const three = await send(
    'GET /a HTTP/1.1\\r\\nHost: a\\r\\n\\r\\nPOST /b HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3\\r\\n\\r\\nabcGET /c HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\nGET /d HTTP/1.1\\r\\n',
  );
  expect(statusLines(three)).toEqual(Array(3).fill('HTTP/1.1 200 OK'));
});

it('an owed answer holds back what came behind it', async () => {
  const both = await send(
    'GET /shell?cmd=sleep+1%%3Becho+first HTTP/1.1\\r\\nHost: a\\r\\n\\r\\nGET /echo?msg=second HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n',
    8888,
  );
  expect(both.indexOf('first')).toBeGreaterThan(0);
  expect(both.indexOf('second')).toBeGreaterThan(both.indexOf('first'));
});

it('takes bodies in chunks', async () => {
  const chunked =
    'POST /echo HTTP/1.1\\r\\nHost: a\\r\\nContent-Type: application/x-www-form-urlencoded\\r\\nTransfer-Encoding: chunked\\r\\nConnection: close\\r\\n\\r\\n5;x=y\\r\\nmsg=t\\r\\n3\\r\\nwo!\\r\\n0\\r\\nTrailer: 1\\r\\n\\r\\n';
  expect(await send(chunked, 8888)).toMatch(/\r\n\r\ntwo!$/);
});

it('HTTP/1.0 closes unless it is asked not to', async () => {
  expect(await send('GET / HTTP/1.0\\r\\n\\r\\n')).toContain('Connection: close\r\n');
  expect(await send('GET / HTTP/1.0\\r\\nConnection: keep-alive\\r\\n\\r\\n')).not.toContain(
    'Connection: close\r\n',
  );
});

it.each([
  ['no version', 'GET /\\r\\n\\r\\n', '400 Bad Request'],
  ['no host', 'GET / HTTP/1.1\\r\\n\\r\\n', '400 Bad Request'],
  ['a header without a name', 'GET / HTTP/1.1\\r\\nHost: a\\r\\n: x\\r\\n\\r\\n', '400 Bad Request'],
  [
    'a length that is none',
    'POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: -1\\r\\n\\r\\n',
    '400 Bad Request',
  ],
  [
    'two lengths',
    'POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\n',
    '400 Bad Request',
  ],
  [
    'a chunk that is none',
    'POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\n',
    '400 Bad Request',
  ],
  [
    'too long a body',
    'POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 99999999\\r\\n\\r\\n',
    '413 Request Entity Too Large',
  ],
  ['another version', 'GET / HTTP/2.0\\r\\nHost: a\\r\\n\\r\\n', '505 HTTP Version Not Supported'],
])('%s is refused, and the connection closed', async (_what, bytes, status) => {
  const answer = await send(`${bytes}GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n`);
  expect(statusLines(answer)).toEqual([`HTTP/1.1 ${status}`]);
  expect(answer).toContain('Connection: close\r\n');
});

it('too long a head is refused', async () => {
  const script = `(printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nX: '; head -c 20000 /dev/zero | tr '\\0' x; printf '\\r\\n\\r\\n') | nc -w 2 localhost 8080`;
  const { stdout } = await pod.exec(client, ['sh', '-c', script]);
  expect(statusLines(stdout)).toEqual(['HTTP/1.1 431 Request Header Fields Too Large']);
});
