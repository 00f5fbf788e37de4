import { describe, expect, test } from 'vitest';
import { BytePipe } from '../../../../src/runtime/wasm/host/bytes.ts';
import { IncomingBytes, sendBody } from '../../../../src/runtime/wasm/net/http1/body.ts';
import {
  keepsAlive,
  MalformedMessage,
  MessageInput,
  readRequestHead,
  readResponseHead,
  requestAuthority,
  requestFraming,
  responseFraming,
} from '../../../../src/runtime/wasm/net/http1/message.ts';

function inputOf(text: string, ended = true): MessageInput {
  const pipe = new BytePipe();
  pipe.write(Buffer.from(text, 'latin1'));
  if (ended) pipe.release();
  return new MessageInput(pipe);
}

const request = (text: string) => readRequestHead(inputOf(text));

/** Everything that can be read now. */
function drain(body: IncomingBytes): string {
  const pieces: Uint8Array[] = [];
  for (let piece = body.read(7); piece !== undefined && piece.length > 0; piece = body.read(7))
    pieces.push(piece);
  return Buffer.concat(pieces).toString('latin1');
}

describe('a request', () => {
  test('has a method, a target, a version and fields', () => {
    expect(request('\r\nGET /a?b=c HTTP/1.1\r\nHost: x\r\nX-Two:  a, b \r\n\r\n')).toEqual({
      method: 'GET',
      target: '/a?b=c',
      minor: 1,
      headers: [
        ['Host', 'x'],
        ['X-Two', 'a, b'],
      ],
    });
  });

  test('that is not whole is waited for', () => {
    expect(readRequestHead(inputOf('GET / HTTP/1.1\r\nHost:', false))).toBeUndefined();
  });

  test.each([
    ['GET /\r\n\r\n', 400],
    ['GET / HTTP/1.1 more\r\n\r\n', 400],
    ['G(T / HTTP/1.1\r\n\r\n', 400],
    ['GET / HTTP/2.0\r\n\r\n', 505],
    ['GET / HTTP/1.1\r\nNo colon\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nA : b\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nA: b\0c\r\n\r\n', 400],
  ])('is refused when it is malformed: %j', (text, status) => {
    expect(() => request(text)).toThrow(expect.objectContaining({ status }));
  });

  test('is refused when its fields are more than 64 KiB', () => {
    const large = `GET / HTTP/1.1\r\nA: ${'x'.repeat(70_000)}`;
    expect(() => request(large)).toThrow(expect.objectContaining({ status: 431 }));
  });

  const framing = (fields: string) => {
    const head = request(`POST / HTTP/1.1\r\n${fields}\r\n`);
    if (head === undefined) throw new Error('no head');
    return requestFraming(head);
  };

  test('has a body as long as it says, and none when it says nothing', () => {
    expect(framing('')).toEqual({ kind: 'none' });
    expect(framing('Content-Length: 5\r\ncontent-length: 5\r\n')).toEqual({ kind: 'length', bytes: 5 });
    expect(framing('Transfer-Encoding: Chunked\r\n')).toEqual({ kind: 'chunked' });
  });

  test.each([
    ['Content-Length: 5\r\nContent-Length: 6\r\n', 400],
    ['Content-Length: -1\r\n', 400],
    ['Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', 400],
    ['Content-Length: 5\r\nTransfer-Encoding:\r\n', 400],
    ['Content-Length:\r\n', 400],
    ['Content-Length: +5\r\n', 400],
    ['Content-Length: 0x5\r\n', 400],
    ['Content-Length: 5 5\r\n', 400],
    ['Content-Length: 5, 6\r\n', 400],
    ['Content-Length: 9999999999999999\r\n', 400],
    ['Transfer-Encoding: gzip, chunked\r\n', 501],
    ['Transfer-Encoding:\r\n', 501],
    ['Transfer-Encoding: chunked, chunked\r\n', 501],
    ['Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', 501],
    ['Transfer-Encoding: "chunked"\r\n', 501],
  ])('whose length could be understood in two ways is refused: %j', (fields, status) => {
    expect(() => framing(fields)).toThrow(expect.objectContaining({ status }));
  });

  test('of HTTP/1.0 has no transfer coding', () => {
    const head = request('POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n');
    expect(() => head && requestFraming(head)).toThrow(expect.objectContaining({ status: 400 }));
  });

  test('is for one host, and the request line’s comes first', () => {
    const authority = (line: string, fields: string) => {
      const head = request(`${line}\r\n${fields}\r\n`);
      return head && requestAuthority(head);
    };
    expect(authority('GET / HTTP/1.1', 'host: a:80\r\n')).toBe('a:80');
    expect(authority('GET http://b/c HTTP/1.1', 'Host: a\r\n')).toBe('b');
    expect(authority('GET / HTTP/1.0', '')).toBeUndefined();
    const status = expect.objectContaining({ status: 400 });
    expect(() => authority('GET / HTTP/1.1', '')).toThrow(status);
    expect(() => authority('GET / HTTP/1.1', 'Host: a\r\nHost: a\r\n')).toThrow(status);
  });

  test('keeps its connection unless it says otherwise', () => {
    const keeps = (version: string, fields = '') => {
      const head = request(`GET / HTTP/${version}\r\n${fields}\r\n`);
      return head !== undefined && keepsAlive(head);
    };
    expect(keeps('1.1')).toBe(true);
    expect(keeps('1.1', 'Connection: Close\r\n')).toBe(false);
    expect(keeps('1.0')).toBe(false);
    expect(keeps('1.0', 'Connection: keep-alive\r\n')).toBe(true);
  });
});

test('a response’s body depends on what was asked and answered', () => {
  const framing = (head: string, method = 'GET') => {
    const read = readResponseHead(inputOf(`${head}\r\n\r\n`));
    return read && responseFraming(read, method).kind;
  };
  expect(framing('HTTP/1.1 200 OK')).toBe('close');
  expect(framing('HTTP/1.1 200 OK\r\ncontent-length: 3')).toBe('length');
  expect(framing('HTTP/1.1 200 OK\r\ncontent-length: 3', 'HEAD')).toBe('none');
  expect(framing('HTTP/1.1 204 No Content')).toBe('none');
  expect(framing('HTTP/1.1 304')).toBe('none');
  expect(() => framing('SSH-2.0-server')).toThrow(MalformedMessage);
});

describe('a body', () => {
  test('in chunks is what is in them, and its trailers; what follows is left', () => {
    const input = inputOf('5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 11\r\n\r\nGET ');
    const body = new IncomingBytes(input, { kind: 'chunked' });
    expect(drain(body)).toBe('hello world');
    expect(body.done).toBe(true);
    expect(body.trailers).toEqual([['X-Sum', '11']]);
    expect(Buffer.from(input.take(99)).toString()).toBe('GET ');
  });

  test('in chunks that come byte by byte is read as they come', () => {
    const pipe = new BytePipe();
    const body = new IncomingBytes(new MessageInput(pipe), { kind: 'chunked' });
    let text = '';
    for (const letter of '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n') {
      pipe.write(Buffer.from(letter));
      const ready = body.isReadable();
      const piece = drain(body);
      expect(ready).toBe(piece !== '' || body.done);
      text += piece;
    }
    expect(text).toBe('abcde');
    expect(body.done).toBe(true);
  });

  test.each([
    ['length', 'abc', 'incomplete'],
    ['chunked', '5\r\nabc', 'incomplete'],
    ['chunked', '5\r\nabcdefg\r\n', 'malformed'],
    ['chunked', 'five\r\n', 'malformed'],
    ['chunked', '0\r\nbad trailer\r\n\r\n', 'malformed'],
  ] as const)('of %s that ends too early or is none says so: %j', (kind, text, failure) => {
    const body = new IncomingBytes(inputOf(text), kind === 'length' ? { kind, bytes: 5 } : { kind });
    drain(body);
    expect(body.failure).toBe(failure);
    expect(body.isReadable()).toBe(true);
  });

  test('has no more than 64 KiB of trailers, and many small ones are read as quickly as few', () => {
    const pipe = new BytePipe();
    const body = new IncomingBytes(new MessageInput(pipe), { kind: 'chunked' });
    pipe.write(Buffer.from('0\r\n'));
    const startMs = performance.now();
    for (let pieces = 0; pieces < 100 && body.failure === undefined; pieces++) {
      pipe.write(Buffer.from('a:\r\n'.repeat(1_000)));
      body.read(1);
    }
    expect(body.failure).toBe('malformed');
    expect(body.trailers.length).toBeLessThanOrEqual(16_384);
    // Each against all before it took seconds.
    expect(performance.now() - startMs).toBeLessThan(500);
  });

  test('without a length lasts as long as the connection', () => {
    const body = new IncomingBytes(inputOf('all of it'), { kind: 'close' });
    expect(drain(body)).toBe('all of it');
    expect(body).toMatchObject({ done: true, failure: undefined });
  });

  test('is sent as fast as it is read, in chunks, with its trailers', () => {
    const source = { pipe: new BytePipe(), finished: false, trailers: [['x-sum', '1']] as const };
    const to = new BytePipe();
    let whole: boolean | undefined;
    sendBody(source, to, true, (sent) => {
      whole = sent;
    });
    const large = 'y'.repeat(60_000);
    source.pipe.write(Buffer.from(large));
    source.pipe.write(Buffer.from('z'.repeat(5_000)));
    expect(to.capacity()).toBeLessThan(2_000);
    source.finished = true;
    source.pipe.release();
    const body = new IncomingBytes(new MessageInput(to), { kind: 'chunked' });
    expect(drain(body)).toBe(large + 'z'.repeat(5_000));
    expect(whole).toBe(true);
    expect(body.trailers).toEqual([['x-sum', '1']]);
  });

  test('that its writer gives up has no last chunk', () => {
    const source = { pipe: new BytePipe(), finished: false, trailers: [] };
    const to = new BytePipe();
    let whole: boolean | undefined;
    sendBody(source, to, true, (sent) => {
      whole = sent;
    });
    source.pipe.write(Buffer.from('half'));
    source.pipe.release();
    expect(whole).toBe(false);
    to.release();
    const body = new IncomingBytes(new MessageInput(to), { kind: 'chunked' });
    expect(drain(body)).toBe('half');
    expect(body.failure).toBe('incomplete');
  });
});
