/** What a container can read of its own bounds: the files of its cgroup and of `/proc`, made when they are read. */
import type { ContainerUser } from '../../../api/cri.ts';
import { FileError } from '../host/result.ts';
import type { CpuGroup, CpuStat } from '../scheduler/cpu-group.ts';
import type { LimitsPlan } from '../thread/protocol.ts';
import { processStatus } from '../user.ts';
import { type MemoryStore, timesAt } from './memory.ts';
import type { FileNode, OpenFile, Stat, Times } from './node.ts';

export interface ViewedContainer {
  readonly user: ContainerUser;
  readonly limits: () => LimitsPlan;
  readonly nodeCpus: number;
  /** Bytes in use. */
  readonly memory: () => number;
  readonly cpu: CpuGroup;
  readonly cpuStat: () => CpuStat;
}

/** By path; the names are those of cgroup v2. */
export function kernelViews({
  user,
  limits,
  nodeCpus,
  memory,
  cpu,
  cpuStat,
}: ViewedContainer): Record<string, () => string> {
  const everyCpu = nodeCpus > 1 ? `0-${nodeCpus - 1}` : '0';
  const score = () => `${limits().oomScoreAdj}\n`;
  return {
    '/sys/fs/cgroup/cpuset.cpus.effective': () => `${limits().cpusetCpus || everyCpu}\n`,
    '/sys/fs/cgroup/cpu.max': () => `${limits().cpuQuota || 'max'} ${limits().cpuPeriod}\n`,
    '/sys/fs/cgroup/cpu.weight': () => `${cpu.weight}\n`,
    '/sys/fs/cgroup/cpu.stat': () => statText(cpuStat()),
    '/sys/fs/cgroup/memory.max': () => `${limits().memoryLimitBytes || 'max'}\n`,
    '/sys/fs/cgroup/memory.current': () => `${memory()}\n`,
    // Every process of the container is the same user.
    '/proc/self/status': () => processStatus(user),
    '/proc/self/oom_score_adj': score,
    '/proc/1/oom_score_adj': score,
  };
}

/** The lines of cgroup v2's cpu.stat. What guests do in the host is not told apart from what they do themselves. */
function statText(stat: CpuStat): string {
  const microseconds = (ns: number) => Math.round(ns / 1000);
  const lines = {
    usage_usec: microseconds(stat.usageNs),
    user_usec: microseconds(stat.usageNs),
    system_usec: 0,
    nr_periods: stat.periods,
    nr_throttled: stat.throttledPeriods,
    throttled_usec: microseconds(stat.throttledNs),
    nr_bursts: 0,
    burst_usec: 0,
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name} ${value}\n`)
    .join('');
}

/** A file that only the kernel writes. */
export class KernelView implements FileNode {
  readonly kind = 'file';
  readonly id: number;
  readonly #text: () => string;
  readonly #times: Times;

  constructor(store: MemoryStore, text: () => string) {
    this.id = store.ids.take();
    this.#text = text;
    this.#times = timesAt(store.now());
  }

  stat(): Stat {
    const sizeBytes = Buffer.byteLength(this.#text());
    return { type: 'regular-file', linkCount: 1, sizeBytes, times: { ...this.#times }, mode: 0o444 };
  }

  setTimes(): void {}

  open(access: { readonly write: boolean; readonly truncate: boolean }): OpenFile {
    if (access.write || access.truncate) throw new FileError('read-only');
    const bytes = new TextEncoder().encode(this.#text());
    return {
      read: (offset, length) => bytes.slice(offset, offset + length),
      write: () => {
        throw new FileError('read-only');
      },
      sizeBytes: () => bytes.length,
      truncate: () => {
        throw new FileError('read-only');
      },
      stat: () => this.stat(),
      sync: () => {},
      close: () => {},
    };
  }
}
