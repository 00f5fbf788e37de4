/** A wasi:http/proxy that Rust's crate `wasi` made: served in its pod, probed as the kubelet probes, asked by others. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GuestRuntime } from '../guest-runtime.ts';
import { imagesOf, programImage } from '../program-image.ts';

describe.each(['virtual', 'wall'] as const)('a handler of requests in Rust (%s)', (clock) => {
  let guests: GuestRuntime;
  let sandboxId: string;
  let id: string;

  beforeAll(async () => {
    const program = readFileSync(join(import.meta.dirname, 'programs/rust-proxy.wasm'));
    const images = imagesOf(await programImage('guest:1', { '/bin/proxy': program }));
    guests = await GuestRuntime.open(clock, 1, { images });
    sandboxId = await guests.sandbox();
    const envs = [{ key: 'GREETING', value: 'good day' }];
    id = await guests.start([], { sandboxId, envs, command: ['/bin/proxy'] });
    await guests.logged(id, 'Serving HTTP');
  }, 60_000);
  afterAll(() => guests.close());

  const get = async (path: string) => {
    const host = await guests.ip(sandboxId);
    const request = { scheme: 'HTTP', host, port: 8080, path, headers: [] } as const;
    return guests.settle(guests.runtime.network.httpGet(request, 10));
  };

  test('passes probes, and fails those for a path that it does not know', async () => {
    expect(await get('/ready')).toEqual({ statusCode: 200, body: 'ready\n' });
    expect(await get('/none?a=b')).toEqual({ statusCode: 404, body: 'nothing at /none?a=b\n' });
  });

  test('sees its environment, and is a fresh instance for each request', async () => {
    const answer = { statusCode: 200, body: 'good day from Rust, request 1 of this instance\n' };
    expect([await get('/hello'), await get('/hello')]).toEqual([answer, answer]);
    // It says so after it has answered.
    await guests.logged(id, '/hello: 200\n/hello: 200');
  });

  test('reads a body of many pieces, and answers with as many', async () => {
    const text = 'abcdefgh'.repeat(10_000);
    const { output, input } = await guests.settle(guests.service.portForward(sandboxId, 8080));
    const head = `POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${text.length}\r\n\r\n`;
    const sent = output.write(Buffer.from(head + text));
    let answer = '';
    const read = async () => {
      for await (const bytes of input) answer += Buffer.from(bytes).toString('latin1');
    };
    await guests.settle(Promise.all([sent, read()]));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer.match(/ABCDEFGH/g)).toHaveLength(10_000);
  });

  test('that panics has not answered, and goes on', async () => {
    expect((await get('/panic')).statusCode).toBe(500);
    expect(await guests.log(id)).toMatch(/panicked at 'as asked'/);
    expect((await get('/ready')).statusCode).toBe(200);
  });

  test('ends with 0 when it is asked to', async () => {
    await guests.settle(guests.service.stopContainer(id, 30));
    expect(await guests.service.containerStatus(id)).toMatchObject({ exitCode: 0, reason: 'Completed' });
  });
});
