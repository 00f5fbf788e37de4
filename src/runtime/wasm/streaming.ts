/** CRI's Exec, Attach and PortForward over the runtime thread. */
import { RuntimeError, type RuntimeService } from '../port.ts';
import type { StreamSession, TerminalSize } from '../sessions.ts';
import type { Call } from './calls.ts';
import type { Node } from './node.ts';
import { type OpenedSession, openSession } from './sessions.ts';

/** A window's width and height fit into sixteen bits, as in struct winsize. */
const SIZE_LIMIT = 65_535;

/** The three calls; each gives its streams once the program has started, or the port has answered. */
export function streamingCalls(
  node: Node,
  call: Call,
): Pick<RuntimeService, 'exec' | 'attach' | 'portForward'> {
  return {
    async exec(containerId, { command, tty, stdin }) {
      mustRun(node, containerId);
      const opened = await openSession(node, call, (sessionId) =>
        call('openExec', { sessionId, containerId, command, tty, stdin }),
      );
      return sessionOf(opened, tty, stdin);
    },
    async attach(containerId, { stdin }) {
      mustRun(node, containerId);
      const { config } = node.container(containerId);
      const opened = await openSession(node, call, (sessionId) =>
        call('openAttach', { sessionId, containerId, stdin: stdin && config.stdin }),
      );
      return sessionOf(opened, config.tty, stdin && config.stdin);
    },
    async portForward(sandboxId, port) {
      const { state } = node.sandbox(sandboxId);
      if (state !== 'SANDBOX_READY') {
        throw new RuntimeError('FailedPrecondition', `sandbox container "${sandboxId}" is not running`);
      }
      const { stdin, stdout, ended, detach } = await openSession(node, call, (sessionId) =>
        call('openPortForward', { sessionId, sandboxId, port }),
      );
      return { output: stdin, input: stdout, ended, detach };
    },
  };
}

/** As containerd says it (internal/cri/server/container_attach.go, container_exec.go). */
function mustRun(node: Node, containerId: string): void {
  const { state } = node.container(containerId).life;
  if (state !== 'CONTAINER_RUNNING') {
    throw new RuntimeError('FailedPrecondition', `container is in ${state} state`);
  }
}

function sessionOf(
  { stdin, stdout, stderr, ended, send, detach }: OpenedSession,
  tty: boolean,
  hasInput: boolean,
): StreamSession {
  return {
    stdin: hasInput ? stdin : null,
    stdout,
    stderr,
    tty,
    ended,
    resize: ({ width, height }: TerminalSize) => {
      if (!tty) return;
      const bounded = (value: number) => Math.min(Math.max(0, Math.floor(value)), SIZE_LIMIT);
      send('sessionResize', { size: { width: bounded(width), height: bounded(height) } });
    },
    detach,
  };
}
