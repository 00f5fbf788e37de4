/** The client against a server that answers as an Engine does, well and badly. */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { EngineClient } from '../../../../src/runtime/docker/engine/client.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An engine of the given versions; what is asked of it beside them is answered by `answer`. */
async function serve(answer: Answer, versions: object = { ApiVersion: '1.41', MinAPIVersion: '1.12' }) {
  const folder = mkdtempSync(join(tmpdir(), 'podstep-engine-'));
  const path = join(folder, 'e.sock');
  const server: Server = createServer((request, response) => {
    if (request.url === '/version') response.end(JSON.stringify({ Version: '20.10', ...versions }));
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { type: 'socket', path } as const;
}

const never: Answer = () => {};

test.each([
  [{ ApiVersion: '1.41', MinAPIVersion: '1.12' }, [1, 41]],
  [{ ApiVersion: '1.99', MinAPIVersion: '1.44' }, [1, 52]],
])('of a server with %j the version %j is spoken, in front of each path', async (versions, api) => {
  const seen: (string | undefined)[] = [];
  const address = await serve(({ url }, response) => {
    seen.push(url);
    response.end('[]');
  }, versions);
  const engine = await EngineClient.connect(address);
  expect(engine.api).toEqual(api);
  await engine.call('GET', '/containers/json', {
    query: { all: true, filters: { label: ['a=b'] }, size: undefined },
  });
  expect(seen).toEqual([
    `/v${api.join('.')}/containers/json?all=true&filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D`,
  ]);
});

test.each([
  [{ ApiVersion: '1.40' }, /speaks API 1\.40; podstep needs 1\.41/],
  [{ ApiVersion: '1.99', MinAPIVersion: '1.90' }, /refuses API versions before 1\.90/],
  [{ ApiVersion: 'hello' }, /is no version of the Docker Engine API/],
])('a server with %j is refused', async (versions, message) => {
  await expect(EngineClient.connect(await serve(never, versions))).rejects.toThrow(message);
});

test.each([
  [404, '{"message":"No such container: x"}', 'NotFound', 'No such container: x'],
  [
    409,
    '{"message":"Conflict. The container name \\"/a\\" is already in use"}',
    'AlreadyExists',
    /already in use/,
  ],
  [409, '{"message":"Container x is not running"}', 'FailedPrecondition', /not running/],
  [400, '{"message":"bad"}', 'InvalidArgument', 'bad'],
  [500, 'no JSON', 'Unknown', 'no JSON'],
  [503, '', 'Unavailable', /503/],
])('a status of %i with %s is told as %s', async (status, body, code, message) => {
  const engine = await EngineClient.connect(
    await serve((_request, response) => response.writeHead(status).end(body)),
  );
  await expect(engine.call('POST', '/x')).rejects.toMatchObject({ code, status });
  await expect(engine.call('POST', '/x')).rejects.toThrow(message);
});

test('an engine that accepts and does not answer fails the call in time', async () => {
  const engine = await EngineClient.connect(await serve(never));
  const late = { code: 'DeadlineExceeded', message: expect.stringMatching(/GET .*\/info.* within 20 ms/) };
  await expect(engine.call('GET', '/info', { timeoutMs: 20 })).rejects.toMatchObject(late);
});

test('an engine that stops in the middle of its answer fails the call in time', async () => {
  const engine = await EngineClient.connect(await serve((_request, response) => response.write('{"half":')));
  await expect(engine.call('GET', '/info', { timeoutMs: 50 })).rejects.toMatchObject({
    code: 'DeadlineExceeded',
  });
});

test('where nobody listens, the words are those of Docker’s own client', async () => {
  const path = join(tmpdir(), 'podstep-nobody.sock');
  await expect(EngineClient.connect({ type: 'socket', path })).rejects.toMatchObject({
    code: 'Unavailable',
    message: expect.stringMatching(
      /^Cannot connect to the Docker daemon at unix:.*nobody\.sock\. Is the docker daemon/,
    ),
  });
});

test('a stream of JSON comes line by line, however it is cut', async () => {
  const engine = await EngineClient.connect(
    await serve((_request, response) => {
      response.write('{"n":1}\n{"n"');
      setImmediate(() => response.end(':2}\r\n\n{"n":3}'));
    }),
  );
  const seen: number[] = [];
  for await (const { n } of engine.lines<{ n: number }>('GET', '/events')) seen.push(n);
  expect(seen).toEqual([1, 2, 3]);
});

test('an upgraded connection is a pipe both ways', async () => {
  const address = await serve(never);
  const server = createServer();
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly ');
    socket.pipe(socket);
  });
  server.on('request', (_request, response) => response.end('{"ApiVersion":"1.41"}'));
  const path = `${address.path}2`;
  await new Promise<void>((resolve) => server.listen(path, resolve));
  open.push(() => server.close());
  const { socket } = await (await EngineClient.connect({ type: 'socket', path })).upgrade('/exec/x/start');
  socket.end('echo');
  let text = '';
  for await (const piece of socket) text += piece;
  expect(text).toBe('early echo');
});
