/**
 * A pseudoterminal: what a person types becomes lines, echo and signals on its way to the guest, as with Linux's
 * line discipline (termios(3)); what the guest writes gets its carriage returns.
 */
import type { TerminalSize } from '../../sessions.ts';
import { type ByteSink, type ByteSource, PIPE_BYTES } from '../host/bytes.ts';
import { WaitQueue } from '../scheduler/wait-queue.ts';
import type { Standard } from './process.ts';
import { SIGINT, SIGQUIT, SIGTSTP, SIGWINCH } from './signals.ts';

/** The longest line that can be edited (N_TTY_BUF_SIZE). */
const LINE_BYTES = 4095;

const KEY = {
  interrupt: 3,
  end: 4,
  backspace: 8,
  tab: 9,
  newline: 10,
  return: 13,
  kill: 21,
  word: 23,
  suspend: 26,
  quit: 28,
  delete: 127,
} as const;

/** termios' ICANON, ECHO, ISIG, and ICRNL with ONLCR. */
export interface TerminalMode {
  readonly canonical: boolean;
  readonly echo: boolean;
  readonly signals: boolean;
  readonly translate: boolean;
}

const COOKED: TerminalMode = { canonical: true, echo: true, signals: true, translate: true };

/** An end that was typed takes a place too, or one could type it without end. */
const END_BYTES = 1;

/** What one read may get: typed bytes; none of them stand for an end of input (^D on an empty line). */
type Typed = Uint8Array;

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

export class Terminal implements ByteSource {
  readonly isTerminal = true;
  readonly readable = new WaitQueue();
  mode = COOKED;
  /** As a terminal is until someone says: 0 by 0. */
  size: TerminalSize = { width: 0, height: 0 };
  /** Where the keys' signals go: to processes with all their children, or alone; undefined: to all who sit here. */
  foreground: { readonly pids: readonly number[]; readonly alone: boolean } | undefined;
  /** Sends a signal to the foreground; set by who owns the terminal. */
  signal: (number: number) => void = () => {};
  /** The person's end. */
  readonly input: ByteSink;
  /** The guest's standard streams: both outputs are the same. */
  readonly standard: Standard;
  readonly #output: ByteSink;
  #typed: Typed[] = [];
  #heldBytes = 0;
  #line: number[] = [];
  #echoed: number[] = [];
  #hungUp = false;

  /** `output` gets what the guest writes, and the echo. */
  constructor(output: ByteSink) {
    this.#output = output;
    const room = new WaitQueue();
    this.input = {
      capacity: () => (this.#hungUp ? undefined : Math.max(0, PIPE_BYTES - this.#heldBytes)),
      write: (bytes) => this.#type(bytes),
      writable: room,
      retain: () => {},
      release: () => {},
    };
    const screen: ByteSink = {
      isTerminal: true,
      capacity: () => {
        const room = output.capacity();
        return room === undefined ? undefined : room >> 1;
      },
      write: (bytes) => output.write(this.#translated(bytes)),
      ...(output.byteCost === undefined ? {} : { byteCost: output.byteCost }),
      writable: output.writable,
      retain: () => {},
      release: () => {},
    };
    this.standard = { stdin: this, stdout: screen, stderr: screen };
  }

  read(length: number): Uint8Array | undefined {
    const first = this.#typed[0];
    if (first === undefined) return this.#hungUp ? undefined : new Uint8Array(0);
    const piece = first.subarray(0, length);
    if (piece.length === first.length) this.#typed.shift();
    else this.#typed[0] = first.subarray(length);
    this.#heldBytes -= first.length === 0 ? END_BYTES : piece.length;
    this.input.writable.notify();
    return piece.length === 0 ? undefined : piece;
  }

  isReadable(): boolean {
    return this.#hungUp || this.#typed.length > 0;
  }

  retain(): void {}
  release(): void {}

  /** What was typed of a line is read as it is once lines are no longer kept. */
  setMode(mode: TerminalMode): void {
    this.mode = mode;
    if (!mode.canonical) this.#push();
  }

  resize(size: TerminalSize): void {
    if (size.width === this.size.width && size.height === this.size.height) return;
    this.size = size;
    this.signal(SIGWINCH);
  }

  /** Nobody types any more: what has been typed is read, then comes the end. */
  hangUp(): void {
    this.#hungUp = true;
    this.readable.notify();
    this.input.writable.notify();
  }

  #type(bytes: Uint8Array): void {
    if (this.#hungUp) return;
    for (const byte of bytes) this.#key(byte);
    if (!this.mode.canonical) this.#push();
    this.#showEcho();
  }

  #key(byte: number): void {
    const { canonical, signals, translate } = this.mode;
    const signal = signals ? signalOf(byte) : undefined;
    if (signal !== undefined) {
      this.#line = [];
      this.#typed = [];
      this.#heldBytes = 0;
      this.#echo(byte);
      this.#showEcho();
      this.signal(signal);
      return;
    }
    const key = translate && byte === KEY.return ? KEY.newline : byte;
    if (canonical) this.#edit(key);
    else {
      this.#line.push(key);
      this.#echo(key);
    }
  }

  #edit(key: number): void {
    switch (key) {
      case KEY.backspace:
      case KEY.delete:
        this.#erase();
        return;
      case KEY.kill:
        while (this.#line.length > 0) this.#erase();
        return;
      case KEY.word:
        while (this.#line.at(-1) === 32) this.#erase();
        while (this.#line.length > 0 && this.#line.at(-1) !== 32) this.#erase();
        return;
      case KEY.end:
        this.#push(true);
        return;
      case KEY.newline:
        this.#line.push(key);
        this.#echo(key);
        this.#push();
        return;
      default:
        if (this.#line.length >= LINE_BYTES) return;
        this.#line.push(key);
        this.#echo(key);
    }
  }

  /** Takes the last character away, all its bytes. */
  #erase(): void {
    let byte = this.#line.pop();
    if (byte === undefined) return;
    while (byte !== undefined && byte >= 0x80 && byte < 0xc0) byte = this.#line.pop();
    const columns = byte !== undefined && byte < 32 ? 2 : 1;
    if (this.mode.echo) this.#echoed.push(...ascii('\b \b'.repeat(columns)));
  }

  /** What was typed can be read; an empty line only when it stands for the end. */
  #push(even = false): void {
    if (this.#line.length === 0 && !even) return;
    this.#typed.push(Uint8Array.from(this.#line));
    this.#heldBytes += this.#line.length || END_BYTES;
    this.#line = [];
    this.readable.notify();
  }

  #echo(key: number): void {
    if (!this.mode.echo) return;
    if (key === KEY.newline) this.#echoed.push(...this.#translated(Uint8Array.of(key)));
    else if (key < 32 && key !== KEY.tab) this.#echoed.push(...ascii(`^${String.fromCharCode(key + 64)}`));
    else this.#echoed.push(key);
  }

  /** As on Linux, an echo for which there is no room is lost. */
  #showEcho(): void {
    const echo = Uint8Array.from(this.#echoed.splice(0));
    if (echo.length > 0 && (this.#output.capacity() ?? 0) >= echo.length) this.#output.write(echo);
  }

  /** A newline as carriage return and newline. */
  #translated(bytes: Uint8Array): Uint8Array {
    if (!this.mode.translate || !bytes.includes(KEY.newline)) return bytes;
    const translated: number[] = [];
    for (const byte of bytes) {
      if (byte === KEY.newline) translated.push(KEY.return);
      translated.push(byte);
    }
    return Uint8Array.from(translated);
  }
}

function signalOf(byte: number): number | undefined {
  switch (byte) {
    case KEY.interrupt:
      return SIGINT;
    case KEY.quit:
      return SIGQUIT;
    case KEY.suspend:
      return SIGTSTP;
    default:
      return undefined;
  }
}
