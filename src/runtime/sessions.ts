/**
 * The streaming half of the port (CRI's Exec, Attach and PortForward): what one holds who talks with a running
 * program. CRI answers with a URL and a streaming server behind it; here the caller gets the streams themselves.
 */

/** A terminal's window, in characters. */
export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

export interface ExecOptions {
  readonly command: readonly string[];
  /** Gives the command a terminal: stdout and stderr are one stream then, and lines end with CR LF. */
  readonly tty: boolean;
  /** Left out input is at its end. */
  readonly stdin: boolean;
}

/** CRI's AttachRequest has `tty` too; runtimes go by the container's own, and so does this port. */
export interface AttachOptions {
  readonly stdin: boolean;
}

/** The way to a program's input. */
export interface InputSink {
  /**
   * Resolves once all bytes lie before the program, where at most 64 KiB wait to be read: that is the
   * back-pressure. False when nobody will ever read them. Writes keep their order.
   */
  write(bytes: Uint8Array): Promise<boolean>;
  /** No more will be written. Calling it again does nothing. */
  end(): void;
}

/** How a session ended. Only of an exec is the exit code the command's; of an attach it is process 1's. */
export type SessionEnd =
  | { readonly type: 'exited'; readonly exitCode: number }
  /** By `detach`, by the end of an attached input without `stdinOnce`, or by the other side of a connection. */
  | { readonly type: 'detached' }
  /** The runtime is gone, and the program with it. */
  | { readonly type: 'lost'; readonly message: string };

export interface StreamSession {
  /** Null when no input was asked for, or when the container has none (`stdin: false`). */
  readonly stdin: InputSink | null;
  /** To be read once. What is not read holds the program up as soon as 64 KiB wait here. */
  readonly stdout: AsyncIterable<Uint8Array>;
  /** With a terminal it is empty: all comes on `stdout`. */
  readonly stderr: AsyncIterable<Uint8Array>;
  /** True when the program sits at a terminal. */
  readonly tty: boolean;
  /** Tells the terminal its new size; without one it does nothing. */
  resize(size: TerminalSize): void;
  /** After it nothing comes on the streams any more. Never rejects. */
  readonly ended: Promise<SessionEnd>;
  /** Lets go of the program, which goes on: its output here is dropped, and an exec's input is at its end. */
  detach(): void;
}

/** A connection to a port of a pod. */
export interface PortForwardSession {
  readonly output: InputSink;
  readonly input: AsyncIterable<Uint8Array>;
  /** `detached` once the pod's side has ended, or after `detach`. */
  readonly ended: Promise<SessionEnd>;
  /** Ends both directions. */
  detach(): void;
}
