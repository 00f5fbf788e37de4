/** Reading and writing the numbers of the WebAssembly binary format (core specification, section 5.2). */

/** Bytes that are no WebAssembly module, or one that uses what the rewriting does not know; `offset` is in the module. */
export class UnsupportedModule extends Error {
  override name = 'UnsupportedModule';
  readonly offset: number;
  constructor(what: string, offset: number) {
    super(`${what} (at byte ${offset})`);
    this.offset = offset;
  }
}

/** A place in a module's bytes; every read moves on. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    const value = this.at < this.end ? this.bytes[this.at] : undefined;
    if (value === undefined) throw new UnsupportedModule('the module ends too early', this.at);
    this.at += 1;
    return value;
  }

  /** An unsigned LEB128 number of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new UnsupportedModule('a number is longer than 32 bits', this.at);
  }

  /** Passes over a LEB128 number of any width, signed or not. */
  skipLeb(): void {
    for (let length = 0; length < 10; length++) if (this.byte() < 0x80) return;
    throw new UnsupportedModule('a number is longer than 64 bits', this.at);
  }

  skip(length: number): void {
    if (length > this.end - this.at) throw new UnsupportedModule('the module ends too early', this.at);
    this.at += length;
  }

  /** The next `length` bytes, shared with the module. */
  take(length: number): Uint8Array {
    const start = this.at;
    this.skip(length);
    return this.bytes.subarray(start, this.at);
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.u32()));
  }

  /** Reads a counted list. */
  list<T>(read: (index: number) => T): T[] {
    const count = this.u32();
    if (count > this.end - this.at) throw new UnsupportedModule('a list is longer than the module', this.at);
    return Array.from({ length: count }, (_, index) => read(index));
  }
}

/** An unsigned LEB128 number. */
export function uleb(value: number): number[] {
  const out: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    out.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return out;
}

/** A signed LEB128 number of 32 bits. */
export function sleb(value: number): number[] {
  const out: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    out.push(last ? low : low | 0x80);
    if (last) return out;
  }
}

/** Bytes that grow: the rewritten module. */
export class Writer {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
  }

  append(part: Uint8Array | readonly number[]): this {
    const needed = this.#length + part.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(part, this.#length);
    this.#length = needed;
    return this;
  }

  get length(): number {
    return this.#length;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** `name` as the binary format writes it. */
export function encodedName(name: string): number[] {
  const text = new TextEncoder().encode(name);
  return [...uleb(text.length), ...text];
}
