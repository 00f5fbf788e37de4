/** The gRPC server of the stand-ins, asked by a client that is not ours: Node's HTTP/2, over the bridge of wall time. */
import { mkdtempSync, rmSync } from 'node:fs';
import http2 from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { composeEngine } from '../../src/compose/engine.ts';
import type { Engine } from '../../src/engine/types.ts';

const images = mkdtempSync(join(tmpdir(), 'podstep-grpc-'));
const stop = new AbortController();
let engine: Engine;
let running: Promise<unknown>;
let session: http2.ClientHttp2Session;

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'etcd' },
  spec: {
    containers: [
      {
        name: 'etcd',
        image: 'registry.k8s.io/etcd:3.5.1-0',
        command: ['/usr/local/bin/etcd', '--listen-client-urls', 'http://0.0.0.0:2379'],
        args: ['--advertise-client-urls', 'http://127.0.0.1:2379'],
        readinessProbe: { tcpSocket: { port: 2379 }, periodSeconds: 1 },
      },
    ],
  },
};

beforeAll(async () => {
  engine = await composeEngine({
    runtime: 'wasm',
    clock: 'wall',
    seed: 1,
    nodeName: 'node-1',
    imageDirectory: images,
  });
  engine.start();
  engine.apply(POD);
  // A pod may be Running before its server listens.
  const isReady = () =>
    engine.pods()[0]?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ??
    false;
  await engine.run({ forMs: 60_000, until: isReady });
  running = engine.run({ signal: stop.signal });
  session = http2.connect(`http://${engine.pods()[0]?.status?.podIP}:2379`);
}, 90_000);

afterAll(async () => {
  session.close();
  stop.abort();
  await running;
  await engine.close();
  rmSync(images, { recursive: true, force: true });
});

/** One call: what the server says, its answer's bytes and its status. */
function call(path: string, message: Buffer): Promise<{ data: Buffer; status: string | undefined }> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'a client with a long name that is worth a Huffman code',
    });
    const chunks: Buffer[] = [];
    let status: string | undefined;
    const note = (headers: http2.IncomingHttpHeaders) => {
      const found = headers['grpc-status'];
      if (found !== undefined) status = String(found);
    };
    stream.on('response', note);
    stream.on('trailers', note);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('end', () => resolve({ data: Buffer.concat(chunks), status }));
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([prefix, message]));
  });
}

const CHECK = '/grpc.health.v1.Health/Check';
const asking = (service: string) => Buffer.from([0x0a, service.length, ...Buffer.from(service)]);

test('it is serving, and says so to many calls of one connection', async () => {
  for (let times = 0; times < 5; times++) {
    const { data, status } = await call(CHECK, Buffer.alloc(0));
    expect([...data, status]).toEqual([0, 0, 0, 0, 2, 0x08, 1, '0']);
  }
});

test('a service that it does not know is not found, another method is not implemented', async () => {
  expect((await call(CHECK, asking('books'))).status).toBe('5');
  expect((await call('/etcdserverpb.KV/Range', Buffer.alloc(0))).status).toBe('12');
});

test('calls at the same time are answered each on its own', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => call(CHECK, asking(''))));
  expect(all.map(({ status }) => status)).toEqual(Array(20).fill('0'));
});

test('a ping comes back', async () => {
  const took = await new Promise<number>((resolve, reject) => {
    session.ping((error, duration) => (error ? reject(error) : resolve(duration)));
  });
  expect(took).toBeGreaterThan(0);
});

test('the same port speaks HTTP/1', async () => {
  const answer = await fetch(`http://${engine.pods()[0]?.status?.podIP}:2379/health`);
  expect(await answer.json()).toEqual({ health: 'true', reason: '' });
});
