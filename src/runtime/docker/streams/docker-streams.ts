/** Who talks with a program on Docker: exec, attach and port-forward over connections that the Engine hands over. */

import { RuntimeError } from '../../port.ts';
import type { SessionEnd, StreamSession, TerminalSize } from '../../sessions.ts';
import { asExchangeError } from '../../wasm/registry/dial-error.ts';
import type { EngineClient } from '../engine/client.ts';
import { streamPieces } from '../engine/frames.ts';
import type { ContainerInspect } from '../engine/types.ts';
import { dial } from '../network/dial.ts';
import type { PodCalls, StreamCalls } from '../parts.ts';
import { isEngineFailure } from '../reconnect.ts';
import { execSync } from './exec-sync.ts';
import { beginExec, inspectExec, mustRun, untilStarted } from './run-exec.ts';
import { openSocketSession, type SocketSession } from './session.ts';

const DIAL_TIMEOUT_MS = 10_000;

/** A window's width and height fit into sixteen bits, as in struct winsize. */
const SIZE_LIMIT = 65_535;

/** The four calls. A port is forwarded to the pod's address: a server on the pod's loopback alone is not reached. */
export function dockerStreams(engine: EngineClient, pods: Pick<PodCalls, 'podSandboxStatus'>): StreamCalls {
  return {
    execSync: (containerId, command, timeoutSeconds) =>
      execSync(engine, containerId, command, timeoutSeconds),
    async exec(containerId, { command, tty, stdin }) {
      await mustRun(engine, containerId);
      const begun = await beginExec(engine, containerId, { command, tty, stdin });
      await untilStarted(engine, begun, tty).catch((error: unknown) => {
        begun.socket.destroy();
        throw error;
      });
      const session = openSocketSession(begun.socket, streamPieces(begun.socket, tty), async () => {
        const { ExitCode: exitCode } = await inspectExec(engine, begun.id);
        return { type: 'exited', exitCode: exitCode ?? 0 };
      });
      return sessionOf(engine, session, tty, stdin, `/exec/${begun.id}/resize`);
    },
    attach: (containerId, { stdin }) => attach(engine, containerId, stdin),
    async portForward(sandboxId, port) {
      const { state, ip, hostNetwork } = await pods.podSandboxStatus(sandboxId);
      if (state !== 'SANDBOX_READY')
        throw new RuntimeError('FailedPrecondition', `sandbox container "${sandboxId}" is not running`);
      const socket = await dialPod(hostNetwork ? '127.0.0.1' : ip, port, sandboxId);
      const detached: SessionEnd = { type: 'detached' };
      const session = openSocketSession(socket, streamPieces(socket, true), async () => detached);
      const { sink: output, stdout: input, ended, detach } = session;
      return { output, input, ended, detach };
    },
  };
}

async function attach(engine: EngineClient, containerId: string, stdin: boolean): Promise<StreamSession> {
  const { Tty: tty, OpenStdin: open, StdinOnce: once } = (await mustRun(engine, containerId)).Config;
  const hasInput = stdin && open;
  const query = { stream: true, stdin: hasInput, stdout: true, stderr: true };
  const { socket } = await engine.upgrade(`/containers/${containerId}/attach`, { query });
  const howItEnded = async (): Promise<SessionEnd> => {
    const { State: state } = await engine.call<ContainerInspect>('GET', `/containers/${containerId}/json`);
    return state.Running ? { type: 'detached' } : { type: 'exited', exitCode: state.ExitCode };
  };
  const endInput = () => (once && !tty ? socket.end() : session.detach());
  const session = openSocketSession(socket, streamPieces(socket, tty), howItEnded, endInput);
  return sessionOf(engine, session, tty, hasInput, `/containers/${containerId}/resize`);
}

async function dialPod(host: string, port: number, sandboxId: string) {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), DIAL_TIMEOUT_MS);
  try {
    return await dial({ host, port, signal: over.signal });
  } catch (error) {
    const why = asExchangeError(error).message;
    const text = `failed to execute portforward in network namespace "${sandboxId}": failed to connect to localhost:${port} inside namespace "${sandboxId}": ${why}`;
    throw new RuntimeError('Unknown', text, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function sessionOf(
  engine: EngineClient,
  { sink, stdout, stderr, ended, detach }: SocketSession,
  tty: boolean,
  hasInput: boolean,
  resizePath: string,
): StreamSession {
  return {
    stdin: hasInput ? sink : null,
    stdout,
    stderr,
    tty,
    ended,
    resize({ width, height }: TerminalSize) {
      if (!tty) return;
      const bounded = (value: number) => Math.min(Math.max(1, Math.floor(value)), SIZE_LIMIT);
      const query = { w: bounded(width), h: bounded(height) };
      // A program that has ended has no window any more; `ended` tells of it, and of an Engine that is gone.
      engine.call('POST', resizePath, { query }).catch((error: unknown) => {
        if (!isEngineFailure(error)) throw error;
      });
    },
    detach,
  };
}
