/** The node's memory: every container's group is in it, and its OOM killer decides who goes when it is full. */
import { oomVictim } from '../../out-of-memory.ts';
import type { MemoryPayer } from '../fs/tmpfs.ts';
import { MemoryAccount, MemoryGroup } from './memory-account.ts';

/** A process as the OOM killer sees it. */
export interface OomProcess {
  readonly memoryBytes: number;
  readonly oomScoreAdj: number;
  readonly hostPid: number;
  readonly name: string;
  /** It alone goes; what it holds is free at once. */
  readonly oomKill: () => void;
}

/** A container as the OOM killer sees it. */
export interface OomContainer {
  readonly podId: string;
  readonly containerId: string;
  /** With one process the whole container goes (memory.oom.group). */
  readonly oomGroup: boolean;
  readonly oomProcesses: () => Iterable<OomProcess>;
  readonly oomKill: () => void;
}

/** Tells that the node itself was out of memory. */
export type OnSystemOom = (victim: OomContainer, process: OomProcess) => void;

interface Member {
  readonly container: OomContainer;
  readonly own: MemoryGroup;
  readonly account: MemoryAccount;
}

export class NodeMemory {
  readonly #node: MemoryGroup;
  readonly #pods = new Map<string, MemoryGroup>();
  readonly #members = new Set<Member>();
  #lastPid = 1000;

  constructor(limitBytes: number, onSystemOom: OnSystemOom) {
    this.#node = new MemoryGroup(limitBytes, () => this.#killOn(this.#members, limitBytes, onSystemOom));
  }

  /** The pid that a process has outside its container. */
  nextHostPid(): number {
    this.#lastPid++;
    return this.#lastPid;
  }

  addPod(podId: string, limitBytes: number): void {
    const group: MemoryGroup = new MemoryGroup(limitBytes, () => {
      const members = [...this.#members].filter(({ container }) => container.podId === podId);
      return this.#killOn(members, group.limitBytes);
    });
    this.#pods.set(podId, group);
  }

  setPodLimit(podId: string, limitBytes: number): void {
    const group = this.#pods.get(podId);
    if (group !== undefined) group.limitBytes = limitBytes;
  }

  /** What all of the pod holds: its processes, and its files in memory. */
  podBytes(podId: string): number {
    return this.#pods.get(podId)?.usedBytes ?? 0;
  }

  /** Files in memory that no container of the pod has written. */
  podFiles(podId: string): MemoryAccount {
    const pod = this.#pods.get(podId);
    return pod === undefined ? new MemoryAccount(this.#node) : new MemoryAccount(pod, this.#node);
  }

  removePod(podId: string): void {
    this.#pods.delete(podId);
  }

  /** A container's group in its pod's; it is dead once it has been killed for want of memory. */
  addContainer(container: OomContainer, limitBytes: number): ContainerMemory {
    const own: MemoryGroup = new MemoryGroup(limitBytes, () =>
      container.oomGroup ? this.#kill(member) : this.#killOn([member], own.limitBytes),
    );
    const pod = this.#pods.get(container.podId);
    const groups = [own, ...(pod === undefined ? [] : [pod]), this.#node] as const;
    const account = new MemoryAccount(...groups);
    // Its files outlive it: they stay in the groups around.
    const written = new MemoryAccount(...groups);
    const files: MemoryPayer = {
      take: (bytes) => written.take(bytes, () => account.open),
      free: (bytes) => written.free(bytes),
    };
    const member: Member = { container, own, account };
    this.#members.add(member);
    return { own, account, files, gone: () => this.#members.delete(member) };
  }

  #killOn(members: Iterable<Member>, totalBytes: number, told?: OnSystemOom): boolean {
    const candidates = [...members].flatMap((member) =>
      [...member.container.oomProcesses()].map((process) => ({ ...process, member, process })),
    );
    const victim = oomVictim(candidates, totalBytes);
    if (victim === undefined) return false;
    const { member, process } = victim;
    told?.(member.container, process);
    if (member.container.oomGroup) return this.#kill(member);
    process.oomKill();
    return true;
  }

  #kill(member: Member): boolean {
    if (!member.account.open) return false;
    member.account.close();
    this.#members.delete(member);
    member.container.oomKill();
    return true;
  }
}

export interface ContainerMemory {
  readonly own: MemoryGroup;
  /** Its processes'. */
  readonly account: MemoryAccount;
  /** Its files' in memory. */
  readonly files: MemoryPayer;
  /** The container has ended. */
  readonly gone: () => void;
}
