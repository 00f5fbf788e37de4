import { describe, expect, test } from 'vitest';
import { BytePipe } from '../../../../src/runtime/wasm/host/bytes.ts';
import { failureOf, IncomingBody, OutgoingBody } from '../../../../src/runtime/wasm/host/http/bodies.ts';
import { Fields, seenOf } from '../../../../src/runtime/wasm/host/http/fields.ts';
import { httpImports } from '../../../../src/runtime/wasm/host/http/imports.ts';
import { methodOf, OutgoingRequest } from '../../../../src/runtime/wasm/host/http/messages.ts';
import { IncomingBytes } from '../../../../src/runtime/wasm/net/http1/body.ts';
import { MessageInput } from '../../../../src/runtime/wasm/net/http1/message.ts';
import { processOn } from './fake-process.ts';

const process = processOn('memory').process.asProcess;
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const texts = (values: readonly Uint8Array[]) => values.map((value) => Buffer.from(value).toString());

/** The payload that a call fails with. */
function failureOfCall(operation: () => unknown): unknown {
  try {
    operation();
  } catch (error) {
    return (error as { payload?: unknown }).payload;
  }
  return 'ok';
}

describe('fields', () => {
  test('have names whose case is nothing, and several values', () => {
    const fields = new Fields(process);
    fields.append('X-A', bytes('1'));
    fields.append('x-a', bytes('2'));
    fields.append('y', bytes('3'));
    expect(texts(fields.get('x-A'))).toEqual(['1', '2']);
    fields.set('X-a', [bytes('4')]);
    expect(texts(fields.get('x-a'))).toEqual(['4']);
    fields.delete('Y');
    expect(fields.has('y')).toBe(false);
    expect(fields.entries()).toEqual([['x-a', bytes('4')]]);
  });

  test('refuse names and values that could not be sent, and those of the connection', () => {
    const fields = new Fields(process);
    expect(failureOfCall(() => fields.append('a b', bytes('1')))).toEqual({ tag: 'invalid-syntax' });
    expect(failureOfCall(() => fields.append('a', bytes('1\r\nb: 2')))).toEqual({ tag: 'invalid-syntax' });
    for (const name of ['Host', 'connection', 'Transfer-Encoding', 'upgrade'])
      expect(failureOfCall(() => fields.set(name, []))).toEqual({ tag: 'forbidden' });
    const list = [
      ['a', bytes('1')],
      ['host', bytes('x')],
    ] as const;
    expect(failureOfCall(() => Fields.fromList(process, list))).toEqual({ tag: 'forbidden' });
  });

  test('of a message cannot be changed, a clone of them can', () => {
    const headers = seenOf([
      ['Host', 'x'],
      ['A', '1'],
    ]);
    const received = Fields.received(process, headers);
    expect(received.entries()).toEqual([['a', bytes('1')]]);
    expect(failureOfCall(() => received.append('a', bytes('2')))).toEqual({ tag: 'immutable' });
    expect(failureOfCall(() => received.delete('a'))).toEqual({ tag: 'immutable' });
    received.clone().append('a', bytes('2'));
  });

  test('hold no more than 128 KiB', () => {
    const fields = new Fields(process);
    const large = bytes('x'.repeat(60_000));
    fields.append('a', large);
    fields.append('b', large);
    expect(() => fields.append('c', large)).toThrow(/unreachable/);
  });
});

test('a guest makes instances of classes that are the host’s own', () => {
  const types = httpImports(process)['wasi:http/types'] as { Fields: new () => Fields };
  const made = new types.Fields();
  expect(made).toBeInstanceOf(Fields);
  expect(Fields.received(process, [])).toBeInstanceOf(types.Fields);
});

describe('an outgoing request', () => {
  test('refuses what cannot stand in a request, and gives its body once', () => {
    const request = new OutgoingRequest(process, new Fields(process));
    expect(failureOfCall(() => request.setMethod({ tag: 'other', val: 'a b' }))).toBeUndefined();
    expect(failureOfCall(() => request.setPathWithQuery('/a b'))).toBeUndefined();
    expect(failureOfCall(() => request.setAuthority('a/b'))).toBeUndefined();
    expect(failureOfCall(() => request.setScheme({ tag: 'other', val: '1' }))).toBeUndefined();
    expect(failureOfCall(() => request.setMethod({ tag: 'other', val: 'PURGE' }))).toBe('ok');
    expect(failureOfCall(() => request.headers().append('a', bytes('1')))).toEqual({ tag: 'immutable' });
    request.body();
    expect(failureOfCall(() => request.body())).toBeUndefined();
  });

  test('tells methods apart by case', () => {
    expect(methodOf('GET')).toEqual({ tag: 'get' });
    expect(methodOf('get')).toEqual({ tag: 'other', val: 'get' });
    expect(methodOf('PURGE')).toEqual({ tag: 'other', val: 'PURGE' });
  });
});

describe('a body that a guest writes', () => {
  const promised = (length: string) => new OutgoingBody(process, 'response', [['content-length', length]]);

  test('is as long as it promises, or says so', () => {
    const exact = promised('3');
    exact.write().write(bytes('abc'));
    expect(failureOfCall(() => OutgoingBody.finish(exact, undefined))).toBe('ok');
    expect(exact.finished).toBe(true);
    const short = promised('3');
    expect(failureOfCall(() => OutgoingBody.finish(short, undefined))).toEqual({
      tag: 'HTTP-response-body-size',
      val: 0n,
    });
    expect(short.finished).toBe(false);
    const stream = promised('3').write();
    expect(failureOfCall(() => stream.write(bytes('abcd')))).toMatchObject({
      tag: 'last-operation-failed',
      val: { code: { tag: 'HTTP-response-body-size', val: 4n } },
    });
  });

  test('has one stream', () => {
    const body = promised('3');
    body.write();
    expect(failureOfCall(() => body.write())).toBeUndefined();
  });
});

describe('a body that comes in', () => {
  function incoming(text: string, ended: boolean) {
    const pipe = new BytePipe();
    pipe.write(bytes(text));
    if (ended) pipe.release();
    const body = new IncomingBytes(new MessageInput(pipe), { kind: 'chunked' });
    return { pipe, body: new IncomingBody(process, body, () => {}), raw: body };
  }

  test('has one stream, and its trailers once it is finished', () => {
    const { pipe, body } = incoming('3\r\nabc\r\n', false);
    expect(Buffer.from(body.stream().read(99n)).toString()).toBe('abc');
    expect(failureOfCall(() => body.stream())).toBeUndefined();
    const trailers = IncomingBody.finish(body);
    expect(trailers.get()).toBeUndefined();
    expect(trailers.subscribe().ready()).toBe(false);
    pipe.write(bytes('2\r\nxx\r\n0\r\nx-sum: 5\r\n\r\n'));
    expect(trailers.subscribe().ready()).toBe(true);
    const given = trailers.get() as { val: { val: Fields } };
    expect(texts(given.val.val.get('x-sum'))).toEqual(['5']);
    expect(trailers.get()).toEqual({ tag: 'err' });
  });

  test('that breaks off fails its stream and its trailers', () => {
    const { body, raw } = incoming('9\r\nabc', true);
    const stream = body.stream();
    stream.read(99n);
    const incomplete = { tag: 'HTTP-response-incomplete' };
    expect(failureOfCall(() => stream.read(1n))).toMatchObject({ val: { code: incomplete } });
    expect(failureOf(raw)).toEqual(incomplete);
    expect(IncomingBody.finish(body).get()).toEqual({ tag: 'ok', val: { tag: 'err', val: incomplete } });
  });
});
