/** A scripted program in time: its output, its end, and what signals do to it. */
import type { ContainerEventType } from '../../api/cri.ts';
import { invariant } from '../../lib/assert.ts';
import { ContainerLogFile } from '../log-file.ts';
import type { FakeContainer, FakeNode } from './node.ts';
import type { OutputLine } from './script.ts';

/** Exit code of a program that SIGKILL ended: 128 + 9. */
const KILLED = 137;

/** Starts the container's program now. */
export function startProgram(node: FakeNode, container: FakeContainer): void {
  container.logFile = ContainerLogFile.open(container.status.logPath);
  container.status = {
    ...container.status,
    state: 'CONTAINER_RUNNING',
    startedAtMs: node.clock.now(),
    reason: '',
  };
  tell(node, container, 'CONTAINER_STARTED_EVENT');
  for (const line of container.program.output ?? []) say(node, container, line, line.atMs);
  const exit = container.program.exit;
  if (exit === undefined) return;
  after(node, container, exit.afterMs, () => endProgram(node, container, exit.code, exit.reason));
}

/** Tells the streams what became of the container. */
function tell(node: FakeNode, { status }: FakeContainer, type: ContainerEventType): void {
  node.tell(type, node.sandbox(status.podSandboxId), status.id);
}

function say(node: FakeNode, container: FakeContainer, line: OutputLine, delayMs: number): void {
  after(node, container, delayMs, () => {
    node.write(container, line.stream ?? 'stdout', line.text);
    if (line.everyMs !== undefined) say(node, container, line, Math.max(1, line.everyMs));
  });
}

function after(node: FakeNode, container: FakeContainer, delayMs: number, fire: () => void): void {
  container.timers.push(node.clock.schedule(delayMs, fire));
}

/** Ends the running program with `exitCode` and tells of it. */
export function endProgram(
  node: FakeNode,
  container: FakeContainer,
  exitCode: number,
  reason = exitCode === 0 ? 'Completed' : 'Error',
): void {
  invariant(container.status.state === 'CONTAINER_RUNNING', 'only a running program ends');
  for (const cancel of container.timers.splice(0)) cancel();
  const atMs = node.clock.now();
  container.status = {
    ...container.status,
    state: 'CONTAINER_EXITED',
    finishedAtMs: atMs,
    exitCode,
    reason,
  };
  const containerId = container.status.id;
  node.emit({ type: 'containerExited', containerId, podUid: container.podUid, exitCode, reason, atMs });
  tell(node, container, 'CONTAINER_STOPPED_EVENT');
  for (const told of container.onExit.splice(0)) told();
}

/** SIGKILL: the program ends at once. */
export function killProgram(node: FakeNode, container: FakeContainer): void {
  if (container.status.state !== 'CONTAINER_RUNNING') return;
  tellSignal(node, container, 'SIGKILL');
  endProgram(node, container, KILLED);
}

/** Sends the stop signal and, `timeoutSeconds` later, SIGKILL; resolves when the program has ended. */
export function stopProgram(
  node: FakeNode,
  container: FakeContainer,
  signal: string,
  timeoutSeconds: number,
): Promise<void> {
  if (container.status.state !== 'CONTAINER_RUNNING') return Promise.resolve();
  if (timeoutSeconds <= 0) {
    killProgram(node, container);
    return Promise.resolve();
  }
  const ended = new Promise<void>((resolve) => {
    container.onExit.push(resolve);
  });
  if (!container.stopSignalSent) {
    container.stopSignalSent = true;
    tellSignal(node, container, signal);
    const answer = container.program.onStopSignal ?? { afterMs: 0, code: 143 };
    if (answer !== 'ignore') {
      if (answer.afterMs <= 0) endProgram(node, container, answer.code);
      else after(node, container, answer.afterMs, () => endProgram(node, container, answer.code));
    }
  }
  if (container.status.state === 'CONTAINER_RUNNING') {
    after(node, container, timeoutSeconds * 1000, () => killProgram(node, container));
  }
  return ended;
}

function tellSignal(node: FakeNode, container: FakeContainer, signal: string): void {
  node.emit({
    type: 'containerSignalled',
    containerId: container.status.id,
    podUid: container.podUid,
    signal,
    atMs: node.clock.now(),
  });
}
