/** The main thread's end of exec, attach and port-forward sessions: the streams that the port gives away. */
import { OutputQueue } from '../output-queue.ts';
import type { InputSink, SessionEnd } from '../sessions.ts';
import type { Call } from './calls.ts';
import type { Node } from './node.ts';
import type { CallName, Params, SessionEvent } from './thread/protocol.ts';

/** So much is taken before the thread is told: half of what may be on its way. */
const ACKNOWLEDGE_BYTES = 32 << 10;
/** A longer write goes in pieces, each in its turn. */
const INPUT_PIECE_BYTES = 64 << 10;

/** One session as its events see it. */
interface Open {
  readonly stdout: OutputQueue;
  readonly stderr: OutputQueue;
  readonly end: (end: SessionEnd) => void;
}

/** All open sessions, by number. */
export class Sessions {
  readonly #open = new Map<number, Open>();
  #nextId = 1;

  take(): number {
    return this.#nextId++;
  }

  add(sessionId: number, session: Open): void {
    this.#open.set(sessionId, session);
  }

  hear(event: SessionEvent): void {
    const session = this.#open.get(event.sessionId);
    if (session === undefined) return;
    if (event.type === 'output') session[event.stream].push(event.bytes);
    else this.drop(event.sessionId, event.end);
  }

  /** Ends a session here; later events of it are not heard. */
  drop(sessionId: number, end: SessionEnd): void {
    const session = this.#open.get(sessionId);
    this.#open.delete(sessionId);
    session?.stdout.end();
    session?.stderr.end();
    session?.end(end);
  }

  /** The thread is gone with all that ran there. */
  lose(message: string): void {
    for (const sessionId of [...this.#open.keys()]) this.drop(sessionId, { type: 'lost', message });
  }
}

/** What the three kinds of sessions have in common. */
export interface OpenedSession {
  readonly stdin: InputSink;
  readonly stdout: OutputQueue;
  readonly stderr: OutputQueue;
  readonly ended: Promise<SessionEnd>;
  readonly send: <Name extends SessionCall>(name: Name, params: Omit<Params<Name>, 'sessionId'>) => void;
  readonly detach: () => void;
}

type SessionCall = 'sessionResize' | 'sessionInputEnd' | 'detachSession';

/** Opens a session by `open`, which asks the thread; every later word of it goes in order too. */
export async function openSession(
  node: Node,
  call: Call,
  open: (sessionId: number) => Promise<void>,
): Promise<OpenedSession> {
  const { sessions } = node;
  const sessionId = sessions.take();
  /** A session that is over, or a thread that is gone, has nothing to say to this; `ended` tells of both. */
  const say = <Name extends CallName>(name: Name, params: Params<Name>): void => {
    call(name, params).catch(() => {});
  };
  const output = (stream: 'stdout' | 'stderr') => {
    let unsaid = 0;
    return new OutputQueue((bytes) => {
      unsaid += bytes;
      if (unsaid < ACKNOWLEDGE_BYTES) return;
      say('sessionTaken', { sessionId, stream, bytes: unsaid });
      unsaid = 0;
    });
  };
  const stdout = output('stdout');
  const stderr = output('stderr');
  const ended = Promise.withResolvers<SessionEnd>();
  sessions.add(sessionId, { stdout, stderr, end: ended.resolve });
  try {
    await open(sessionId);
  } catch (error) {
    sessions.drop(sessionId, { type: 'detached' });
    throw error;
  }
  let inputOpen = true;
  return {
    stdout,
    stderr,
    ended: ended.promise,
    stdin: {
      async write(bytes) {
        for (let at = 0; at < bytes.length; at += INPUT_PIECE_BYTES) {
          const piece = bytes.slice(at, at + INPUT_PIECE_BYTES);
          // A thread that is gone takes nothing; `ended` says why.
          const taken =
            inputOpen && (await call('sessionInput', { sessionId, bytes: piece }).catch(() => false));
          if (!taken) return false;
        }
        return inputOpen;
      },
      end() {
        if (!inputOpen) return;
        inputOpen = false;
        say('sessionInputEnd', { sessionId });
      },
    },
    send: (name, params) => say(name, { sessionId, ...params } as Params<typeof name>),
    detach() {
      sessions.drop(sessionId, { type: 'detached' });
      say('detachSession', { sessionId });
    },
  };
}
