import { describe, expect, test } from 'vitest';
import { BytePipe } from '../../../../src/runtime/wasm/host/bytes.ts';
import type { ConnectionEnd } from '../../../../src/runtime/wasm/net/connection.ts';
import { exchange, requestText } from '../../../../src/runtime/wasm/net/http-get.ts';

const request = { scheme: 'HTTP', host: '10.0.0.1', port: 8080, path: '/healthz', headers: [] } as const;

const BROKEN = 'net/http: HTTP/1.x transport connection broken: ';

/** Gives the answer in the pieces given, then ends; returns what the client made of it. */
function answered(...pieces: readonly string[]) {
  const incoming = new BytePipe();
  const nowhere = { ip: '', port: 0 };
  const end: ConnectionEnd = {
    incoming,
    outgoing: new BytePipe(),
    local: nowhere,
    remote: nowhere,
    close() {},
  };
  const results: unknown[] = [];
  exchange(end, request, (result) => results.push(result));
  for (const piece of pieces) incoming.write(Buffer.from(piece));
  const before = results.length;
  incoming.release();
  expect(results).toHaveLength(1);
  return { result: results[0], beforeTheEnd: before === 1 };
}

describe('reading an answer', () => {
  test('with a length it is done before the connection ends', () => {
    const { result, beforeTheEnd } = answered('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    expect(result).toMatchObject({ statusCode: 200, body: 'ok' });
    expect(beforeTheEnd).toBe(true);
  });

  test('byte by byte', () => {
    const { result } = answered(...'HTTP/1.0 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nsick');
    expect(result).toMatchObject({ statusCode: 503, body: 'sick' });
  });

  test('in chunks', () => {
    const { result, beforeTheEnd } = answered(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
      '2\r\nde\r\n0\r\n\r\n',
    );
    expect(result).toMatchObject({ statusCode: 200, body: 'abcde' });
    expect(beforeTheEnd).toBe(true);
  });

  test('without a length it lasts to the end', () => {
    const { result, beforeTheEnd } = answered('HTTP/1.1 200 OK\r\n\r\nall of', ' it');
    expect(result).toMatchObject({ statusCode: 200, body: 'all of it' });
    expect(beforeTheEnd).toBe(false);
  });

  test('what a server says before its answer is skipped', () => {
    const { result } = answered(
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
    );
    expect(result).toMatchObject({ statusCode: 204, body: '' });
  });

  test('a body that breaks off counts as far as it came', () => {
    const { result } = answered('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n9\r\nde');
    expect(result).toMatchObject({ statusCode: 200, body: 'abcde' });
  });

  test('a large body is cut', () => {
    const { result } = answered(`HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n${'x'.repeat(60_000)}`);
    expect(result).toMatchObject({ statusCode: 200, body: 'x'.repeat(10_240) });
  });

  test.each([
    ['', 'EOF'],
    ['HTTP/1.1 200 OK\r\nContent-', `${BROKEN}unexpected EOF`],
    ['220 smtp ready\r\n\r\n', `${BROKEN}malformed HTTP response "220 smtp ready"`],
    ['HTTP/1.1 200 OK\r\nno field\r\n\r\n', `${BROKEN}malformed header field "no field"`],
  ])('%j is no answer', (text, malformed) => {
    expect(answered(text).result).toEqual({ malformed });
  });
});

describe('the request', () => {
  test('says whom it is for and who asks', () => {
    expect(requestText(request).split('\r\n')).toEqual([
      'GET /healthz HTTP/1.1',
      'Host: 10.0.0.1:8080',
      'User-Agent: kube-probe/1.36',
      'Accept: */*',
      'Connection: close',
      '',
      '',
    ]);
  });

  test('takes the probe’s headers, and an empty one means none', () => {
    const headers = [
      ['Host', 'example.org'],
      ['user-agent', ''],
      ['X-Custom', 'yes'],
    ] as const;
    const text = requestText({ ...request, port: 80, headers });
    expect(text).toContain('Host: example.org\r\n');
    expect(text).toContain('X-Custom: yes\r\n');
    expect(text.toLowerCase()).not.toContain('user-agent');
  });
});
