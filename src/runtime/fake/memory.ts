/** The fake node's memory: what scripted programs hold, and whom the kernel kills when a bound is passed. */
import { oomVictim } from '../out-of-memory.ts';
import type { FakeContainer, FakeNode } from './node.ts';
import { endProgram } from './process.ts';

/** Exit code of a program that SIGKILL ended: 128 + 9. */
const KILLED = 137;
/** A scripted program is one process; this stands for its number on the node. */
const PID = 1001;

const running = ({ status }: FakeContainer) => status.state === 'CONTAINER_RUNNING';

/** What the container's program holds now. */
export function memoryOf({ status, program, memoryBytes }: FakeContainer): number {
  return status.state === 'CONTAINER_RUNNING' ? (memoryBytes ?? program.memoryBytes ?? 1024 * 1024) : 0;
}

/** Holds the container's memory against its own limit, its pod's and the node's: one program goes for each. */
export function enforceMemory(node: FakeNode, container: FakeContainer): void {
  const own = container.resources.memoryLimitBytes;
  if (own > 0 && memoryOf(container) > own) oomKill(node, container);
  const { podSandboxId } = container.status;
  const podLimit = node.sandboxes.get(podSandboxId)?.memoryLimitBytes ?? 0;
  if (podLimit > 0) killUntilFits(node, () => node.containersOf(podSandboxId), podLimit);
  killUntilFits(node, () => [...node.containers.values()], node.memoryBytes, tellSystemOom);
}

function killUntilFits(
  node: FakeNode,
  group: () => readonly FakeContainer[],
  limitBytes: number,
  told?: (node: FakeNode, victim: FakeContainer) => void,
): void {
  for (;;) {
    const live = group().filter(running);
    if (live.reduce((sum, one) => sum + memoryOf(one), 0) <= limitBytes) return;
    const candidates = live.map((one) => ({
      one,
      memoryBytes: memoryOf(one),
      oomScoreAdj: one.resources.oomScoreAdj,
    }));
    const victim = oomVictim(candidates, limitBytes)?.one;
    if (victim === undefined) return;
    told?.(node, victim);
    oomKill(node, victim);
  }
}

function oomKill(node: FakeNode, container: FakeContainer): void {
  if (running(container)) endProgram(node, container, KILLED, 'OOMKilled');
}

function tellSystemOom(node: FakeNode, { status, podUid, config }: FakeContainer): void {
  const processName = (config.command[0] ?? config.metadata.name).split('/').at(-1) ?? '';
  const atMs = node.clock.now();
  node.emit({ type: 'systemOom', containerId: status.id, podUid, processName, pid: PID, atMs });
}
