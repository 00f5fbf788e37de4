/** The fake's exec, attach and port-forward sessions: scripted answers, and programs that write back what they read. */
import { OutputQueue } from '../output-queue.ts';
import { RuntimeError } from '../port.ts';
import type {
  AttachOptions,
  ExecOptions,
  InputSink,
  PortForwardSession,
  SessionEnd,
  StreamSession,
} from '../sessions.ts';
import { execAnswer } from './containers.ts';
import { failed } from './faults.ts';
import { listening } from './network.ts';
import type { FakeContainer, FakeNode, FakeSandbox } from './node.ts';
import { endProgram } from './process.ts';

/** The streams and the end that every session has; a reader of the fake holds nobody up. */
class Session {
  readonly stdout = new OutputQueue(() => {});
  readonly stderr = new OutputQueue(() => {});
  readonly #ended = Promise.withResolvers<SessionEnd>();
  readonly ended = this.#ended.promise;
  over = false;

  end(end: SessionEnd): void {
    if (this.over) return;
    this.over = true;
    this.stdout.end();
    this.stderr.end();
    this.#ended.resolve(end);
  }

  say(stream: 'stdout' | 'stderr', text: string, tty: boolean): void {
    const bytes = Buffer.from(tty ? text.replaceAll('\n', '\r\n') : text);
    this[tty ? 'stdout' : stream].push(bytes);
  }

  input(take: (text: string) => void, end: () => void): InputSink {
    let open = true;
    return {
      write: async (bytes) => {
        if (!open || this.over) return false;
        take(Buffer.from(bytes).toString('utf8'));
        return true;
      },
      end: () => {
        if (open && !this.over) end();
        open = false;
      },
    };
  }
}

function needRunning({ status }: FakeContainer): void {
  if (status.state === 'CONTAINER_RUNNING') return;
  throw new RuntimeError('FailedPrecondition', `container is in ${status.state} state`);
}

export function openExec(node: FakeNode, container: FakeContainer, options: ExecOptions): StreamSession {
  needRunning(container);
  const { command, tty, stdin } = options;
  const answer = execAnswer(container, command, node.clock.now() - container.status.startedAtMs);
  if (answer?.fail !== undefined) throw failed(answer.fail);
  const session = new Session();
  const exit = () => {
    session.say('stdout', answer?.stdout ?? '', tty);
    session.say('stderr', answer?.stderr ?? '', tty);
    session.end({ type: 'exited', exitCode: answer?.exitCode ?? 0 });
  };
  container.onExit.push(() => session.end({ type: 'exited', exitCode: 137 }));
  const echoes = answer?.echoes === true && stdin;
  if (!echoes) node.clock.schedule(answer?.takesMs ?? 0, exit);
  const take = (text: string) => {
    if (echoes) session.say('stdout', text, tty);
  };
  const endInput = () => {
    if (echoes) exit();
  };
  const { stdout, stderr, ended } = session;
  const detach = () => session.end({ type: 'detached' });
  return {
    stdin: stdin ? session.input(take, endInput) : null,
    stdout,
    stderr,
    tty,
    ended,
    resize() {},
    detach,
  };
}

export function openAttach(node: FakeNode, container: FakeContainer, options: AttachOptions): StreamSession {
  needRunning(container);
  const { tty, stdinOnce, stdin: hasStdin } = container.config;
  const session = new Session();
  const hear = (stream: 'stdout' | 'stderr', text: string) => session.say(stream, text, tty);
  container.attached.add(hear);
  const end = (how: SessionEnd) => {
    container.attached.delete(hear);
    session.end(how);
  };
  container.onExit.push(() => end({ type: 'exited', exitCode: container.status.exitCode }));
  let line = '';
  const take = (text: string) => {
    if (!container.program.echoes || container.inputEnded) return;
    const lines = (line + text).split('\n');
    line = lines.pop() ?? '';
    for (const whole of lines) node.write(container, 'stdout', whole);
  };
  const endInput = () => {
    if (!stdinOnce || tty) end({ type: 'detached' });
    else if (!container.inputEnded) {
      container.inputEnded = true;
      if (container.program.echoes) endProgram(node, container, 0);
    }
  };
  return {
    stdin: options.stdin && hasStdin ? session.input(take, endInput) : null,
    stdout: session.stdout,
    stderr: session.stderr,
    tty,
    ended: session.ended,
    resize() {},
    detach: () => end({ type: 'detached' }),
  };
}

/** One request is answered as the script's ports say, and the connection closes. */
export function openPortForward(node: FakeNode, { status }: FakeSandbox, port: number): PortForwardSession {
  if (status.state !== 'SANDBOX_READY') {
    throw new RuntimeError('FailedPrecondition', `sandbox container "${status.id}" is not running`);
  }
  const answers = answersAt(node, status.ip, port);
  const session = new Session();
  let head = '';
  const take = (text: string) => {
    head += text;
    if (!head.includes('\r\n\r\n')) return;
    const path = head.split(' ')[1]?.split('?')[0];
    const answer = answers.find((one) => one.path === undefined || one.path === path);
    const { statusCode = 404, body = '' } = answer ?? {};
    session.say('stdout', `HTTP/1.1 ${statusCode} \r\nContent-Length: ${body.length}\r\n\r\n${body}`, false);
    session.end({ type: 'detached' });
  };
  return {
    output: session.input(take, () => {}),
    input: session.stdout,
    ended: session.ended,
    detach: () => session.end({ type: 'detached' }),
  };
}

function answersAt(node: FakeNode, ip: string, port: number) {
  try {
    return listening(node, ip, port);
  } catch (cause) {
    const text = `failed to execute portforward: failed to connect to localhost:${port} inside namespace`;
    throw new RuntimeError('Unknown', `${text}: connection refused`, { cause });
  }
}
