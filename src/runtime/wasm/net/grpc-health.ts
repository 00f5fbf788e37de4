/** One call of grpc.health.v1.Health/Check over a connection of the pods' network: a client of HTTP/2, no more. */
import { RuntimeError } from '../../port.ts';
import type { ConnectionEnd } from './connection.ts';
import { readHeaders, writeHeaders } from './hpack.ts';

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;

const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;
const PADDED = 8;
const PRIORITY = 32;

const STREAM = 1;
/** What a server may send in one frame (SETTINGS_MAX_FRAME_SIZE's default). */
const FRAME_LIMIT_BYTES = 16_384;

/** So much data a server may send that is never told of more room (SETTINGS_INITIAL_WINDOW_SIZE's default). */
const WINDOW_BYTES = 65_535;

/** SETTINGS_HEADER_TABLE_SIZE = 0: headers come as they are. */
const OWN_SETTINGS = Buffer.from([0, 1, 0, 0, 0, 0]);
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly payload: Buffer;
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [0x80 | (value & 0x7f), ...varint(value >> 7)];
}

/** A gRPC message: whether it is compressed, its length, and HealthCheckRequest { service = 1 }. */
function requestMessage(service: string): Buffer {
  const name = Buffer.from(service);
  const field = Buffer.from([0x0a, ...varint(name.length)]);
  const message = name.length === 0 ? name : Buffer.concat([field, name]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

const SERVING_STATUS = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** HealthCheckResponse { status = 1 }; an empty message is the first one. */
function servingStatus(data: Buffer): string {
  const [tag, value = 0] = data.subarray(5);
  return SERVING_STATUS[tag === 0x08 ? value : 0] ?? String(value);
}

/** By `grpc-status`, which is whatever the server writes. */
const CODES: ReadonlyMap<string, RuntimeError['code']> = new Map([
  ['4', 'DeadlineExceeded'],
  ['5', 'NotFound'],
  ['12', 'Unimplemented'],
  ['14', 'Unavailable'],
]);

/** The client's end of the conversation. `connected` once the server has shown that it speaks HTTP/2. */
export class HealthCheck {
  connected = false;
  readonly #end: ConnectionEnd;
  readonly #authority: string;
  readonly #service: string;
  readonly #done: (result: string | RuntimeError) => void;
  #held: Buffer = Buffer.alloc(0);
  #answer: Buffer = Buffer.alloc(0);
  #over = false;

  /** `done` is called once with the serving status, or with why there is none; never, where nobody speaks HTTP/2. */
  constructor(
    end: ConnectionEnd,
    request: { readonly authority: string; readonly service: string },
    done: (result: string | RuntimeError) => void,
  ) {
    this.#end = end;
    this.#authority = request.authority;
    this.#service = request.service;
    this.#done = done;
    end.outgoing.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0, OWN_SETTINGS)]));
    this.#look();
  }

  close(): void {
    this.#over = true;
    this.#end.close();
  }

  #look(): void {
    while (!this.#over) {
      const bytes = this.#end.incoming.read(65_536);
      if (bytes === undefined) {
        if (this.connected) this.#finish(new RuntimeError('Unavailable', 'connection closed'));
        return;
      }
      if (bytes.length === 0) {
        this.#end.incoming.readable.add(() => this.#look());
        return;
      }
      this.#held = Buffer.concat([this.#held, bytes]);
      this.#readFrames();
    }
  }

  #readFrames(): void {
    for (let next = this.#nextFrame(); next !== undefined && !this.#over; next = this.#nextFrame()) {
      try {
        this.#take(next);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.#finish(new RuntimeError('Unknown', error.message));
      }
    }
  }

  #nextFrame(): Frame | undefined {
    const held = this.#held;
    if (held.length < 9) return undefined;
    const length = held.readUIntBE(0, 3);
    const type = held.readUInt8(3);
    // What begins otherwise is no HTTP/2, and nothing that it says is of interest.
    if (length > FRAME_LIMIT_BYTES || (!this.connected && type !== SETTINGS)) this.#over = true;
    if (this.#over || held.length < 9 + length) return undefined;
    this.#held = held.subarray(9 + length);
    return { type, flags: held.readUInt8(4), payload: held.subarray(9, 9 + length) };
  }

  #take({ type, flags, payload }: Frame): void {
    switch (type) {
      case SETTINGS:
        if ((flags & ACK) !== 0) return;
        this.#answerWith(frame(SETTINGS, ACK, 0, Buffer.alloc(0)));
        if (!this.connected) this.#ask();
        this.connected = true;
        return;
      case PING:
        if ((flags & ACK) === 0) this.#answerWith(frame(PING, ACK, 0, payload));
        return;
      case DATA:
        if (this.#answer.length + payload.length > WINDOW_BYTES)
          throw new RangeError('the server sent more than the flow control allows');
        this.#answer = Buffer.concat([this.#answer, withoutPadding(payload, flags)]);
        return;
      case HEADERS:
        if ((flags & END_HEADERS) === 0) throw new RangeError('header blocks in several frames are not read');
        this.#headers(readHeaders(withoutPriority(withoutPadding(payload, flags), flags)));
        return;
      case RST_STREAM:
      case GOAWAY:
        this.#finish(new RuntimeError('Unavailable', 'the server ended the stream'));
    }
  }

  /** What a server has asked for that does not read its answers is not kept for it. */
  #answerWith(bytes: Buffer): void {
    if ((this.#end.outgoing.capacity() ?? 0) < bytes.length)
      throw new RangeError('the server does not read what it asks for');
    this.#end.outgoing.write(bytes);
  }

  #ask(): void {
    const headers = writeHeaders([
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', '/grpc.health.v1.Health/Check'],
      [':authority', this.#authority],
      ['content-type', 'application/grpc'],
      ['user-agent', 'kube-probe/1.36'],
      ['te', 'trailers'],
    ]);
    const asked = frame(HEADERS, END_HEADERS, STREAM, headers);
    const message = frame(DATA, END_STREAM, STREAM, requestMessage(this.#service));
    this.#end.outgoing.write(Buffer.concat([asked, message]));
  }

  /** The trailers say how the call went; the headers before them say nothing of it. */
  #headers(headers: ReadonlyMap<string, string>): void {
    const status = headers.get('grpc-status');
    if (status === undefined) {
      const http = headers.get(':status') ?? '200';
      if (http !== '200') this.#finish(new RuntimeError('Unknown', `unexpected HTTP status code: ${http}`));
      return;
    }
    if (status === '0') {
      this.#finish(servingStatus(this.#answer));
      return;
    }
    const message = messageText(headers.get('grpc-message') ?? '');
    this.#finish(new RuntimeError(CODES.get(status) ?? 'Unknown', message));
  }

  #finish(result: string | RuntimeError): void {
    if (this.#over) return;
    this.close();
    this.#done(result);
  }
}

/** As grpc-go decodes it (internal/transport/http_util.go): a percent sign that means no byte stands for itself. */
function messageText(encoded: string): string {
  const bytes = encoded.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function withoutPadding(payload: Buffer, flags: number): Buffer {
  if ((flags & PADDED) === 0) return payload;
  return payload.subarray(1, payload.length - (payload[0] ?? 0));
}

function withoutPriority(payload: Buffer, flags: number): Buffer {
  return (flags & PRIORITY) === 0 ? payload : payload.subarray(5);
}
