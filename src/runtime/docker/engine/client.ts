/** The Engine as its adapter calls it: negotiated once, then a versioned path and a time-out on every call. */
import type { IncomingMessage } from 'node:http';
import { type EngineAddress, formatAddress } from './address.ts';
import { type StreamPiece, streamPieces } from './frames.ts';
import { jsonLines } from './lines.ts';
import { type EngineRequest, lateError, sendRequest, sendUpgrade, type Upgraded } from './request.ts';
import type { EngineInfo, EngineVersion } from './types.ts';
import { type ApiVersion, atLeast, negotiate, parseApiVersion } from './version.ts';

/** As the kubelet's `runtimeRequestTimeout`: a start may pull a device or a network up. */
const CALL_TIMEOUT_MS = 120_000;
/** For what the Engine answers from memory, when it answers at all. */
const PING_TIMEOUT_MS = 15_000;
const BODY_LIMIT_BYTES = 64 << 20;

/** What is no text goes as JSON (`filters`); undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | object | undefined>>;

export interface CallOptions extends Pick<EngineRequest, 'json' | 'tar' | 'headers' | 'signal'> {
  readonly query?: Query;
  /** Default two minutes. For a stream: until its first byte. */
  readonly timeoutMs?: number;
}

type Method = EngineRequest['method'];

export class EngineClient {
  readonly address: EngineAddress;
  /** That of the paths: the smaller of the server's and ours. */
  readonly api: ApiVersion;
  readonly version: EngineVersion;

  private constructor(address: EngineAddress, api: ApiVersion, version: EngineVersion) {
    this.address = address;
    this.api = api;
    this.version = version;
  }

  /** @throws RuntimeError Unavailable when nobody listens, DeadlineExceeded when nobody answers */
  static async connect(address: EngineAddress, timeoutMs = PING_TIMEOUT_MS): Promise<EngineClient> {
    const wanted = { method: 'GET', path: '/version', timeoutMs } as const;
    const version = await readJson<EngineVersion>(await sendRequest(address, wanted), wanted);
    const oldest = parseApiVersion(version.MinAPIVersion ?? '1.12');
    return new EngineClient(address, negotiate(parseApiVersion(version.ApiVersion ?? ''), oldest), version);
  }

  /** Whether the Engine speaks this version; what is newer is done otherwise where it does not. */
  speaks(major: number, minor: number): boolean {
    return atLeast(this.api, [major, minor]);
  }

  get name(): string {
    return formatAddress(this.address);
  }

  info(): Promise<EngineInfo> {
    return this.call('GET', '/info', { timeoutMs: PING_TIMEOUT_MS });
  }

  /** The answer's JSON; its shape is the Engine's word. Undefined for an answer without a body (204, 304). */
  async call<T>(method: Method, path: string, options: CallOptions = {}): Promise<T> {
    const wanted = this.#request(method, path, options);
    return readJson<T>(await sendRequest(this.address, wanted), wanted);
  }

  /** The answer's objects, a line each, as long as it goes on. */
  async *lines<T>(method: Method, path: string, options: CallOptions = {}): AsyncGenerator<T> {
    yield* jsonLines<T>(await this.stream(method, path, options));
  }

  /** A container's output as it comes (logs); `tty` is the container's own. */
  async *pieces(path: string, tty: boolean, options: CallOptions = {}): AsyncGenerator<StreamPiece> {
    yield* streamPieces(await this.stream('GET', path, options), tty);
  }

  /** The answer's bytes as they come. Whoever leaves early destroys it. */
  stream(method: Method, path: string, options: CallOptions = {}): Promise<IncomingMessage> {
    return sendRequest(this.address, this.#request(method, path, options));
  }

  /** A connection that becomes a program's streams. */
  upgrade(path: string, options: CallOptions = {}): Promise<Upgraded> {
    return sendUpgrade(this.address, this.#request('POST', path, options));
  }

  #request(method: Method, path: string, { query = {}, ...options }: CallOptions): EngineRequest {
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) {
      if (value === undefined) continue;
      search.set(key, typeof value === 'object' ? JSON.stringify(value) : String(value));
    }
    const versioned = `/v${this.api.join('.')}${path}`;
    const text = search.toString();
    return {
      timeoutMs: CALL_TIMEOUT_MS,
      ...options,
      method,
      path: text === '' ? versioned : `${versioned}?${text}`,
    };
  }
}

async function readJson<T>(message: IncomingMessage, wanted: EngineRequest): Promise<T> {
  // An Engine that stops in the middle of its answer.
  message.setTimeout(wanted.timeoutMs, () => message.destroy(lateError(wanted)));
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of message as AsyncIterable<Uint8Array>) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > BODY_LIMIT_BYTES) throw new RangeError(`${wanted.path}: the answer is too long`);
  }
  const text = Buffer.concat(pieces).toString('utf8');
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
