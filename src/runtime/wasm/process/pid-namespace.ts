/** The processes that see each other: one container's, or a whole pod's that share (pid_namespaces(7)). */
import type { Process } from './process.ts';

/** A process as others see it. */
interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  readonly arguments: readonly string[];
}

/** The sandbox's own process: it reaps, ignores what it is sent, and runs no program here. */
const PAUSE: ListedProcess = { pid: 1, parent: 0, arguments: ['/pause'] };

export class PidNamespace {
  /** Of a pod: process 1 is the sandbox's. */
  readonly shared: boolean;
  readonly #processes = new Map<number, Process>();
  #nextPid: number;

  constructor(shared: boolean) {
    this.shared = shared;
    this.#nextPid = shared ? PAUSE.pid + 1 : 1;
  }

  /** The number of the next process. */
  take(): number {
    return this.#nextPid++;
  }

  add(process: Process): void {
    this.#processes.set(process.pid, process);
  }

  /** A process has ended; its children are process 1's now. */
  remove(process: Process): void {
    this.#processes.delete(process.pid);
    for (const other of this.#processes.values()) if (other.parent === process.pid) other.parent = 1;
  }

  /** A process and all that it has started, and what those have. */
  family(process: Process): readonly Process[] {
    const members = new Set([process]);
    // A set that grows is walked to its end.
    for (const member of members) {
      for (const other of this.#processes.values()) if (other.parent === member.pid) members.add(other);
    }
    return [...members];
  }

  find(pid: number): Process | undefined {
    return this.#processes.get(pid);
  }

  all(): Iterable<Process> {
    return this.#processes.values();
  }

  list(): readonly ListedProcess[] {
    const running = [...this.#processes.values()].map(({ pid, parent, plan }) => ({
      pid,
      parent,
      arguments: plan.arguments,
    }));
    return this.shared ? [PAUSE, ...running] : running;
  }
}
