/** Exec, attach and port-forward on the runtime thread: what comes in goes to a program, what it writes goes out. */
import { RuntimeError } from '../../port.ts';
import type { SessionEnd, TerminalSize } from '../../sessions.ts';
import type { ByteSink } from '../host/bytes.ts';
import type { NetPod } from '../net/pod-net.ts';
import type { Container } from '../process/container.ts';
import { startExec } from '../process/exec.ts';
import { SessionSink } from '../process/session-sink.ts';
import type { Terminal } from '../process/terminal.ts';
import type { Params } from './protocol.ts';
import type { World } from './world.ts';

const SESSION_LIMIT = 256;

interface Session {
  readonly input: InputQueue;
  readonly stdout: SessionSink;
  readonly stderr: SessionSink;
  readonly terminal?: Terminal | undefined;
  /** The end of what is typed or sent. */
  readonly endInput: () => void;
  /** Lets go of the program. */
  readonly detach: () => void;
}

/** What was sent and does not fit yet, in order; each write is answered once all of it has gone in. */
class InputQueue {
  readonly #sink: ByteSink | undefined;
  #waiting: { bytes: Uint8Array; readonly done: (taken: boolean) => void }[] = [];
  #afterAll: (() => void) | undefined;

  constructor(sink: ByteSink | undefined) {
    this.#sink = sink;
  }

  write(bytes: Uint8Array, done: (taken: boolean) => void): void {
    this.#waiting.push({ bytes, done });
    if (this.#waiting.length === 1) this.#pump();
  }

  /** Calls back once everything written before has gone in. */
  end(then: () => void): void {
    if (this.#waiting.length === 0) then();
    else this.#afterAll = then;
  }

  #pump(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const room = this.#sink?.capacity();
      if (this.#sink !== undefined && room === 0) {
        this.#sink.writable.add(() => this.#pump());
        return;
      }
      if (room !== undefined) {
        this.#sink?.write(first.bytes.subarray(0, room));
        first.bytes = first.bytes.subarray(room);
        if (first.bytes.length > 0) continue;
      }
      this.#waiting.shift();
      first.done(room !== undefined);
    }
    const then = this.#afterAll;
    this.#afterAll = undefined;
    then?.();
  }
}

/** All open sessions of the thread, by number. */
export class ThreadSessions {
  readonly #world: World;
  readonly #open = new Map<number, Session>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Starts the command. @throws RuntimeError when it cannot begin */
  exec(container: Container, { sessionId, command, tty, stdin }: Params<'openExec'>): void {
    this.#needRoom();
    const { stdout, stderr } = this.#sinks(sessionId);
    const { process, terminal, input, closeInput } = startExec(
      container,
      command,
      { stdout, stderr },
      tty,
      stdin,
    );
    this.#open.set(sessionId, {
      input: new InputQueue(input),
      stdout,
      stderr,
      terminal,
      endInput: () => (terminal === undefined ? closeInput() : undefined),
      detach: closeInput,
    });
    process.gone.add(() => {
      this.#end(sessionId, { type: 'exited', exitCode: process.outcome?.exitCode ?? 0 });
    });
  }

  attach(container: Container, { sessionId, stdin }: Params<'openAttach'>): void {
    this.#needRoom();
    if (!container.running) throw new RuntimeError('FailedPrecondition', 'container is not running');
    const { streams, plan } = container;
    const { stdout, stderr } = this.#sinks(sessionId, streams.sink('stdout'));
    const letGo = streams.attach({ stdout, stderr });
    const forget = container.onExit(() => {
      this.#end(sessionId, { type: 'exited', exitCode: container.outcome?.exitCode ?? 0 });
    });
    this.#open.set(sessionId, {
      input: new InputQueue(stdin ? streams.input : undefined),
      stdout,
      stderr,
      terminal: streams.terminal,
      endInput: () => {
        if (plan.stdinOnce && !plan.tty) streams.closeInput();
        else this.#end(sessionId, { type: 'detached' });
      },
      detach: () => {
        forget();
        letGo();
      },
    });
  }

  /** @throws RuntimeError in containerd's words when nothing listens (sandbox_portforward_linux.go) */
  portForward(pod: NetPod, { sessionId, sandboxId, port }: Params<'openPortForward'>): void {
    this.#needRoom();
    const end = this.#connect(pod, sandboxId, port);
    const { stdout, stderr } = this.#sinks(sessionId);
    const pump = (): void => {
      for (;;) {
        const room = stdout.capacity();
        if (room === 0) {
          stdout.writable.add(pump);
          return;
        }
        const bytes = end.incoming.read(room);
        if (bytes === undefined) {
          this.#end(sessionId, { type: 'detached' });
          return;
        }
        if (bytes.length === 0) {
          end.incoming.readable.add(pump);
          return;
        }
        stdout.write(bytes);
      }
    };
    this.#open.set(sessionId, {
      input: new InputQueue(end.outgoing),
      stdout,
      stderr,
      endInput: () => end.outgoing.release(),
      detach: () => end.close(),
    });
    pump();
  }

  input({ sessionId, bytes }: Params<'sessionInput'>, done: (taken: boolean) => void): void {
    const session = this.#open.get(sessionId);
    if (session === undefined) done(false);
    else session.input.write(bytes, done);
  }

  inputEnd({ sessionId }: Params<'sessionInputEnd'>): void {
    const session = this.#open.get(sessionId);
    session?.input.end(session.endInput);
  }

  taken({ sessionId, stream, bytes }: Params<'sessionTaken'>): void {
    this.#open.get(sessionId)?.[stream].taken(bytes);
  }

  resize(sessionId: number, size: TerminalSize): void {
    this.#open.get(sessionId)?.terminal?.resize(size);
  }

  detach(sessionId: number): void {
    this.#end(sessionId, { type: 'detached' });
  }

  #needRoom(): void {
    if (this.#open.size >= SESSION_LIMIT) {
      throw new RuntimeError('Unavailable', `too many open sessions: at most ${SESSION_LIMIT}`);
    }
  }

  /** `beside`: the sinks share what those who wait for room wait on. */
  #sinks(sessionId: number, beside?: ByteSink) {
    const sink = (stream: 'stdout' | 'stderr') =>
      new SessionSink(
        (bytes) => this.#world.emitSession({ type: 'output', sessionId, stream, bytes }),
        beside?.writable,
      );
    return { stdout: sink('stdout'), stderr: sink('stderr') };
  }

  #connect(pod: NetPod, sandboxId: string, port: number) {
    const { outcome } = this.#world.net.dial(pod, '127.0.0.1', port);
    if (outcome !== undefined && typeof outcome !== 'string') return outcome;
    const refused = `dial tcp4 127.0.0.1:${port}: connect: connection refused`;
    const none = `dial tcp6 [::1]:${port}: connect: connection refused`;
    const text = `failed to execute portforward in network namespace "/var/run/netns/${sandboxId}": failed to connect to localhost:${port} inside namespace "${sandboxId}", IPv4: ${refused} IPv6 ${none}`;
    throw new RuntimeError('Unknown', text);
  }

  #end(sessionId: number, end: SessionEnd): void {
    const session = this.#open.get(sessionId);
    if (session === undefined) return;
    this.#open.delete(sessionId);
    session.detach();
    session.stdout.close();
    session.stderr.close();
    this.#world.emitSession({ type: 'ended', sessionId, end });
  }
}
