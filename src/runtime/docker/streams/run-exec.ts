/** An exec on the Engine: begun, and ended by force where its time is over, for which the Engine has no call. */
import { readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { RuntimeError } from '../../port.ts';
import type { EngineClient } from '../engine/client.ts';
import { hasStatus } from '../engine/error.ts';
import { streamPieces } from '../engine/frames.ts';
import type { ContainerInspect, ExecInspect } from '../engine/types.ts';
import { waitFor } from '../reconnect.ts';

export interface WantedExec {
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
}

export interface BegunExec {
  readonly id: string;
  readonly socket: Duplex;
}

/** The Engine writes why nothing was started where the output would be. */
const FAILED = /^OCI runtime exec failed: /;
/** What runc and the shell say for a program that cannot be started (126), or is not there (127). */
const NOT_STARTED = [126, 127];
const LOOK_AGAIN_MS = 5;
/** A failure's text is short; a program's own output is not read for it. */
const FAILURE_BYTES = 4096;

/** A container that runs. @throws RuntimeError NotFound; FailedPrecondition in containerd's words */
export async function mustRun(engine: EngineClient, containerId: string): Promise<ContainerInspect> {
  const container = await engine.call<ContainerInspect>('GET', `/containers/${containerId}/json`);
  const { Running: running, Status: status } = container.State;
  if (running) return container;
  const state = status === 'created' ? 'CONTAINER_CREATED' : 'CONTAINER_EXITED';
  throw new RuntimeError('FailedPrecondition', `container is in ${state} state`);
}

/** Starts the command; the streams are those of the connection. */
export async function beginExec(
  engine: EngineClient,
  containerId: string,
  { command, tty, stdin }: WantedExec,
): Promise<BegunExec> {
  const { Id: id } = await engine.call<{ Id: string }>('POST', `/containers/${containerId}/exec`, {
    json: {
      Cmd: command,
      Tty: tty,
      AttachStdin: stdin,
      AttachStdout: true,
      AttachStderr: true,
      ...(tty && { Env: ['TERM=xterm'] }),
    },
  });
  const { socket } = await engine.upgrade(`/exec/${id}/start`, { json: { Detach: false, Tty: tty } });
  return { id, socket };
}

/** How it stands. */
export function inspectExec(engine: EngineClient, id: string): Promise<ExecInspect> {
  return engine.call('GET', `/exec/${id}/json`);
}

/** Resolves once the process is there. @throws RuntimeError Unknown, in runc's words, when it cannot be started */
export async function untilStarted(engine: EngineClient, { id, socket }: BegunExec, tty: boolean) {
  for (;;) {
    const { Pid: pid, ExitCode: exitCode } = await inspectExec(engine, id);
    if (pid > 0) return;
    if (exitCode !== null) {
      if (!NOT_STARTED.includes(exitCode)) return;
      throw new RuntimeError('Unknown', await firstText(socket, tty));
    }
    await waitFor(LOOK_AGAIN_MS, AbortSignal.timeout(LOOK_AGAIN_MS * 2));
  }
}

async function firstText(socket: Duplex, tty: boolean): Promise<string> {
  let text = '';
  for await (const { bytes } of streamPieces(socket, tty)) {
    text += Buffer.from(bytes).toString('utf8');
    if (text.length > FAILURE_BYTES) break;
  }
  return text.trim();
}

/** What runc said if `stdout` of an ended exec is its word and no program's; undefined for a program's own output. */
export function startFailure(exitCode: number, stdout: string): string | undefined {
  return NOT_STARTED.includes(exitCode) && FAILED.test(stdout) ? stdout.trim() : undefined;
}

/**
 * Ends the process by its number on the Engine's machine. Where that is another machine, or the right is missing,
 * nothing can be done. Returns false then. A number that meanwhile is another's is left alone: the process must be
 * in a control group of this container.
 */
export async function killExec(engine: EngineClient, containerId: string, id: string): Promise<boolean> {
  try {
    const { Pid: pid, Running: running } = await inspectExec(engine, id);
    if (!running || pid <= 0) return !running;
    if (!readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(containerId)) return false;
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    if (hasStatus(error, 404)) return true;
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return true;
    if (code === 'ENOENT' || code === 'EPERM' || code === 'EACCES') return false;
    throw error;
  }
}
