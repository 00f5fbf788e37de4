import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchOverNetwork } from '../../src/engine/fetch-manifest.ts';

let server: Server;
let url = '';
beforeAll(async () => {
  server = createServer(({ headers }, response) => {
    response.statusCode = headers['x-key'] === 'open' ? 200 : 403;
    response.end('kind: Pod\n');
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pods.yaml`;
});
afterAll(() => void server.close());

const request = (headers: readonly (readonly [string, string])[]) => ({ url, headers, timeoutSeconds: 5 });

test('a manifest comes over the network, asked for with the headers of the configuration', async () => {
  expect(await fetchOverNetwork(request([['X-Key', 'open']]))).toEqual({
    statusCode: 200,
    body: 'kind: Pod\n',
  });
});

test('an answer other than 200 is an answer', async () => {
  expect(await fetchOverNetwork(request([]))).toMatchObject({ statusCode: 403 });
});

test('no server is told as Go tells it', async () => {
  const gone = createServer();
  await new Promise<void>((listening) => {
    gone.listen(0, '127.0.0.1', listening);
  });
  const { port } = gone.address() as AddressInfo;
  await new Promise((closed) => {
    gone.close(closed);
  });
  await expect(
    fetchOverNetwork({ ...request([]), url: `http://127.0.0.1:${port}/pods.yaml` }),
  ).rejects.toMatchObject({
    code: 'Unavailable',
    message: `dial tcp 127.0.0.1:${port}: connect: connection refused`,
  });
});
