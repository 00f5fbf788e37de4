/** `fields` of `wasi:http/types`: header fields and trailers in a guest's hands. */
import { type HeaderList, isFieldValue, isToken } from '../../net/http1/message.ts';
import type { Process } from '../../process/process.ts';
import { ResultError } from '../result.ts';

type HeaderErrorTag = 'invalid-syntax' | 'forbidden' | 'immutable';

const refused = (tag: HeaderErrorTag) => new ResultError({ tag });

/** Names and values together, of one `fields`. */
const LIMIT_BYTES = 128 << 10;

/** What the connection itself needs: a guest neither sees nor sets these (wasmtime's wasi-http has the same list). */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** What a guest sees of a message's fields: without what is the connection's own. */
export function seenOf(headers: HeaderList): HeaderList {
  const seen = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return seen.filter(([name]) => !OF_CONNECTION.has(name));
}

const textOf = (value: Uint8Array) => Buffer.from(value).toString('latin1');
const bytesOf = (value: string) => new Uint8Array(Buffer.from(value, 'latin1'));

export class Fields {
  readonly #process: Process;
  readonly #release: () => void;
  readonly #immutable: boolean;
  /** Replaced, never changed: what is cloned or looked at again takes no memory of its own. */
  #entries: HeaderList;

  /** A guest's own are empty and can be changed. */
  constructor(process: Process, entries: HeaderList = [], immutable = false) {
    this.#process = process;
    this.#entries = entries;
    this.#immutable = immutable;
    this.#release = process.own(() => {});
  }

  /** What came over a connection, as `seenOf` gives it; it cannot be changed. */
  static received(process: Process, headers: HeaderList): Fields {
    return new Fields(process, headers, true);
  }

  static fromList(process: Process, entries: readonly (readonly [string, Uint8Array])[]): Fields {
    const fields = new Fields(process);
    try {
      for (const [name, value] of entries) fields.append(name, value);
      return fields;
    } catch (error) {
      fields.#release();
      throw error;
    }
  }

  /** As they are sent. */
  get list(): HeaderList {
    return this.#entries;
  }

  get(name: string): Uint8Array[] {
    this.#process.hostCall();
    const key = name.toLowerCase();
    return this.#entries.filter(([other]) => other === key).map(([, value]) => bytesOf(value));
  }

  has(name: string): boolean {
    this.#process.hostCall();
    return this.#entries.some(([other]) => other === name.toLowerCase());
  }

  set(name: string, values: readonly Uint8Array[]): void {
    const key = this.#changing(name);
    const added = values.map((value) => [key, checked(value)] as const);
    this.#keep([...this.#entries.filter(([other]) => other !== key), ...added]);
  }

  delete(name: string): void {
    const key = this.#changing(name);
    this.#keep(this.#entries.filter(([other]) => other !== key));
  }

  append(name: string, value: Uint8Array): void {
    const key = this.#changing(name);
    this.#keep([...this.#entries, [key, checked(value)]]);
  }

  entries(): [string, Uint8Array][] {
    this.#process.hostCall(this.#sizeOf(this.#entries));
    return this.#entries.map(([name, value]) => [name, bytesOf(value)]);
  }

  /** The clone can be changed. */
  clone(): Fields {
    this.#process.hostCall(this.#sizeOf(this.#entries));
    return new Fields(this.#process, this.#entries);
  }

  [Symbol.dispose](): void {
    this.#release();
  }

  #changing(name: string): string {
    const key = name.toLowerCase();
    if (!isToken(key)) throw refused('invalid-syntax');
    if (OF_CONNECTION.has(key)) throw refused('forbidden');
    if (this.#immutable) throw refused('immutable');
    return key;
  }

  #keep(entries: HeaderList): void {
    const bytes = this.#sizeOf(entries);
    this.#process.hostCall(bytes);
    // `header-error` has no word for it: as with wasmtime, the guest is ended.
    if (bytes > LIMIT_BYTES) throw new Error(`unreachable: more than ${LIMIT_BYTES} bytes of header fields`);
    this.#entries = entries;
  }

  #sizeOf(entries: HeaderList): number {
    return entries.reduce((sum, [name, value]) => sum + name.length + value.length + 16, 0);
  }
}

function checked(value: Uint8Array): string {
  const text = textOf(value);
  if (!isFieldValue(text)) throw refused('invalid-syntax');
  return text;
}
