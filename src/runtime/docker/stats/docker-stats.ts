/** What containers and sandboxes use, read from the Engine one by one: it knows no call for all of them. */
import type { ContainerStats } from '../../../api/cri.ts';
import type { ContainerFilter } from '../../port.ts';
import { hasStatus } from '../engine/error.ts';
import type { DockerNode } from '../node.ts';
import type { PodCalls, StatsCalls } from '../parts.ts';
import { LayerSizes } from './layer-sizes.ts';
import { cgroupUsage, type EngineStats, sandboxTraffic } from './usage.ts';

export interface DockerStatsOptions {
  readonly node: Pick<DockerNode, 'engine' | 'owner'>;
  readonly pods: Pick<PodCalls, 'containerStatus' | 'listContainers' | 'listPodSandbox'>;
  /** What the container's log takes on the node's disk. */
  readonly logBytes: (containerId: string) => number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

interface CpuSample {
  readonly atMs: number;
  readonly usedNs: number;
}

export function dockerStats({ node, pods, logBytes, now = Date.now }: DockerStatsOptions): StatsCalls {
  const { engine, owner } = node;
  const layers = new LayerSizes(engine, owner);
  /** The last reading of each container, for the rate since then. */
  let samples = new Map<string, CpuSample>();

  /** `one-shot`: a reading now, where the Engine would wait for a second one. */
  const read = (id: string) =>
    engine.call<EngineStats>('GET', `/containers/${id}/stats`, {
      query: { stream: false, 'one-shot': true },
    });

  async function measured(id: string, startedAtMs: number): Promise<ContainerStats> {
    const [stats, sizes] = await Promise.all([read(id), layers.read()]);
    const usage = cgroupUsage(stats, now());
    const usedNs = usage.cpuUsageCoreNanoSeconds;
    const before = samples.get(id) ?? { atMs: startedAtMs, usedNs: 0 };
    samples.set(id, { atMs: usage.atMs, usedNs });
    const seconds = (usage.atMs - before.atMs) / 1_000;
    const cpuUsageNanoCores = seconds > 0 ? Math.max(0, Math.round((usedNs - before.usedNs) / seconds)) : 0;
    const layer = sizes.get(id) ?? { writableLayerBytes: 0, writableLayerInodes: 0 };
    return { id, ...usage, cpuUsageNanoCores, logBytes: logBytes(id), ...layer };
  }

  return {
    async containerStats(containerId) {
      const { startedAtMs } = await pods.containerStatus(containerId);
      return measured(containerId, startedAtMs);
    },
    async listContainerStats(filter: ContainerFilter = {}) {
      const statuses = await pods.listContainers(filter);
      const found = await Promise.all(
        statuses.map(({ id, startedAtMs }) => unlessGone(measured(id, startedAtMs))),
      );
      if (Object.keys(filter).length === 0) {
        const ids = new Set(statuses.map(({ id }) => id));
        samples = new Map([...samples].filter(([id]) => ids.has(id)));
      }
      return found.flatMap((one) => one ?? []);
    },
    async listPodSandboxStats(filter = {}) {
      const sandboxes = await pods.listPodSandbox(filter);
      const ready = sandboxes.filter(({ state }) => state === 'SANDBOX_READY');
      const found = await Promise.all(
        ready.map(async ({ id }) => {
          const stats = await unlessGone(read(id));
          return stats && { id, atMs: cgroupUsage(stats, now()).atMs, network: sandboxTraffic(stats) };
        }),
      );
      return found.flatMap((one) => one ?? []);
    },
  };
}

/** Undefined for one that went meanwhile. */
async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}
