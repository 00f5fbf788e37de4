import http2 from 'node:http2';
import { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { RuntimeError } from '../../../../src/runtime/port.ts';
import { BytePipe } from '../../../../src/runtime/wasm/host/bytes.ts';
import type { ConnectionEnd } from '../../../../src/runtime/wasm/net/connection.ts';
import { HealthCheck } from '../../../../src/runtime/wasm/net/grpc-health.ts';

const request = { authority: '10.0.0.1:9000', service: 'liveness' } as const;

function clientEnd(): ConnectionEnd {
  const nowhere = { ip: '', port: 0 };
  const incoming = new BytePipe();
  const outgoing = new BytePipe();
  return { incoming, outgoing, local: nowhere, remote: nowhere, close: () => outgoing.release() };
}

/** What Node's own HTTP/2 server is given for a socket: the other end of the pipes. */
function serverSocket({ incoming, outgoing }: ConnectionEnd): Duplex {
  const forward = () => {
    for (;;) {
      const bytes = outgoing.read(65_536);
      if (bytes === undefined) return void socket.push(null);
      if (bytes.length === 0) return void outgoing.readable.add(forward);
      socket.push(Buffer.from(bytes));
    }
  };
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, callback) {
      incoming.write(chunk);
      callback();
    },
    final(callback) {
      incoming.release();
      callback();
    },
  });
  forward();
  return socket;
}

interface Call {
  readonly headers: http2.IncomingHttpHeaders;
  readonly message: Buffer;
}

/** Checks against Node's HTTP/2 server, which answers with the message and the trailers given. */
async function checked(service: string, message: readonly number[], trailers: http2.OutgoingHttpHeaders) {
  const server = http2.createServer();
  const calls: Call[] = [];
  server.on('stream', (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => {
    const pieces: Buffer[] = [];
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('error', () => {});
    stream.on('end', () => {
      calls.push({ headers, message: Buffer.concat(pieces) });
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
      stream.end(Buffer.from(message));
    });
  });
  const end = clientEnd();
  server.emit('connection', serverSocket(end));
  const result = await new Promise<string | RuntimeError>((resolve) => {
    new HealthCheck(end, { ...request, service }, resolve);
  });
  return { result, call: calls[0] };
}

const OK = { 'grpc-status': '0' };

describe('a server of the health service', () => {
  test.each([
    ['SERVING', [0, 0, 0, 0, 2, 0x08, 1]],
    ['NOT_SERVING', [0, 0, 0, 0, 2, 0x08, 2]],
    ['SERVICE_UNKNOWN', [0, 0, 0, 0, 2, 0x08, 3]],
    ['UNKNOWN', [0, 0, 0, 0, 0]],
  ])('that answers %s', async (status, message) => {
    expect((await checked('liveness', message, OK)).result).toBe(status);
  });

  test.each([
    ['5', 'NotFound', 'unknown service'],
    ['12', 'Unimplemented', 'unknown service grpc.health.v1.Health'],
    ['14', 'Unavailable', 'down'],
    ['13', 'Unknown', 'no reason, and 100% of it'],
  ])('that fails with %s', async (status, code, text) => {
    const trailers = { 'grpc-status': status, 'grpc-message': encodeURIComponent(text) };
    const { result } = await checked('liveness', [], trailers);
    expect(result).toBeInstanceOf(RuntimeError);
    expect(result).toMatchObject({ code, message: text });
  });

  test('is asked as the kubelet asks', async () => {
    const { call } = await checked('liveness', [0, 0, 0, 0, 0], OK);
    expect(call?.headers).toMatchObject({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      ':authority': '10.0.0.1:9000',
      'content-type': 'application/grpc',
      'user-agent': 'kube-probe/1.36',
      te: 'trailers',
    });
    expect(call?.message).toEqual(Buffer.from('\0\0\0\0\x0a\x0a\x08liveness', 'latin1'));
  });

  test('is asked for itself, without a service', async () => {
    const { call } = await checked('', [0, 0, 0, 0, 0], OK);
    expect(call?.message).toEqual(Buffer.alloc(5));
  });

  test('takes a long name', async () => {
    const { call } = await checked('s'.repeat(200), [0, 0, 0, 0, 0], OK);
    expect(call?.message.subarray(0, 8)).toEqual(Buffer.from([0, 0, 0, 0, 203, 0x0a, 200, 1]));
  });
});

describe('a server of something else', () => {
  test.each(['HTTP/1.1 400 Bad Request\r\n\r\n', 'hello, who is there?\n', ''])('saying %j', (text) => {
    const end = clientEnd();
    const results: unknown[] = [];
    const check = new HealthCheck(end, request, (result) => results.push(result));
    end.incoming.write(Buffer.from(text));
    end.incoming.release();
    expect(check.connected).toBe(false);
    expect(results).toEqual([]);
  });

  test('that ends the connection once connected', () => {
    const end = clientEnd();
    const results: unknown[] = [];
    const check = new HealthCheck(end, request, (result) => results.push(result));
    end.incoming.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
    expect(check.connected).toBe(true);
    end.incoming.release();
    expect(results).toMatchObject([{ code: 'Unavailable' }]);
  });
});

describe('a server that means no good', () => {
  const frame = (type: number, flags: number, payload: Uint8Array) =>
    Buffer.concat([
      Buffer.from([0, payload.length >> 8, payload.length & 255, type, flags, 0, 0, 0, type > 3 ? 0 : 1]),
      payload,
    ]);
  const SETTINGS = frame(4, 0, Buffer.alloc(0));
  const literal = (name: string, value: string) =>
    Buffer.from([0, name.length, ...Buffer.from(name), value.length, ...Buffer.from(value)]);

  /** What came of its frames, the last one sent again until there is an outcome. */
  function outcome(...frames: readonly Buffer[]) {
    const end = clientEnd();
    const results: unknown[] = [];
    new HealthCheck(end, request, (result) => results.push(result));
    end.incoming.write(SETTINGS);
    for (const one of frames) end.incoming.write(one);
    const again = frames.at(-1) ?? SETTINGS;
    for (let count = 0; count < 20_000 && results.length === 0; count++) end.incoming.write(again);
    return { result: results[0], waiting: 65_536 - (end.outgoing.capacity() ?? 0) };
  }

  test('data without end', () => {
    const { result } = outcome(frame(0, 0, Buffer.alloc(16_000)));
    expect(result).toMatchObject({ code: 'Unknown', message: expect.stringMatching(/flow control/) });
  });

  test.each([
    ['pings', 6, Buffer.alloc(8)],
    ['settings', 4, Buffer.alloc(0)],
  ])('%s without end whose answers it does not read', (_, type, payload) => {
    const { result, waiting } = outcome(frame(type, 0, payload));
    expect(result).toMatchObject({ code: 'Unknown', message: expect.stringMatching(/does not read/) });
    expect(waiting).toBeLessThanOrEqual(65_536);
  });

  test.each(['%', '%zz', '%ff', '100% sure'])('a message that is no text: %s', (message) => {
    const headers = Buffer.concat([literal('grpc-status', '13'), literal('grpc-message', message)]);
    expect(outcome(frame(1, 4, headers)).result).toMatchObject({ code: 'Unknown' });
  });

  test.each(['constructor', '__proto__', 'toString', '99999999999999999999'])('the status %s', (status) => {
    expect(outcome(frame(1, 4, literal('grpc-status', status))).result).toMatchObject({ code: 'Unknown' });
  });
});
