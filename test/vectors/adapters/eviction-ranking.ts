/** eviction-ranking.json against src/kubelet/eviction. */

import { resourceOf, type Signal } from '../../../src/api/eviction/signals.ts';
import type { Threshold } from '../../../src/api/eviction/thresholds.ts';
import { mustParseQuantity } from '../../../src/api/quantity/parse.ts';
import { quantityValue } from '../../../src/api/quantity/scale.ts';
import type { NodeStats, PodStats, StatsSummary } from '../../../src/api/stats.ts';
import type { Pod, Volume } from '../../../src/api/types.ts';
import { pressureRefusal } from '../../../src/kubelet/admission/pressure.ts';
import {
  CLEANUP_POLL_MS,
  CLEANUP_TIMEOUT_MS,
  EVICTION_MONITORING_PERIOD_MS,
} from '../../../src/kubelet/eviction/eviction-manager.ts';
import { EVICTED, storageLimitMessage } from '../../../src/kubelet/eviction/message.ts';
import { type Comparator, rankingFor, rankPods } from '../../../src/kubelet/eviction/rank.ts';
import {
  chooseVictim,
  type Eviction,
  type EvictionConfig,
  isRelieved,
  NO_MEMORY,
  observe,
  reclaimsFor,
} from '../../../src/kubelet/eviction/synchronize.ts';
import { statsByPod } from '../../../src/kubelet/eviction/usage.ts';
import { endedStatus } from '../../../src/kubelet/status/ending.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

type Amount = string | number;

interface PodWords {
  readonly name: string;
  readonly priority?: number;
  readonly static?: boolean;
  readonly mirror?: boolean;
  readonly requests?: Record<string, Amount>;
  readonly limits?: Record<string, Amount>;
  readonly usage?: Record<string, Amount>;
}

interface ThresholdWords {
  readonly signal: Signal;
  readonly value: string;
  readonly graceSeconds: number;
  readonly minReclaim?: string;
}

const LOCAL_VOLUME = 'local-volume';

const amount = (text: Amount | undefined) =>
  text === undefined ? undefined : quantityValue(mustParseQuantity(String(text)));

/** A pod of one container of its own name, with an emptyDir unless other volumes are given. */
function podOf(words: PodWords, volumes: readonly Volume[] = [{ name: LOCAL_VOLUME, emptyDir: {} }]): Pod {
  const { name, priority = 0, requests = {}, limits = {} } = words;
  const annotations: Record<string, string> = {
    ...(words.static ? { 'kubernetes.io/config.source': 'file' } : {}),
    ...(words.mirror ? { 'kubernetes.io/config.mirror': 'hash' } : {}),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      annotations,
    },
    spec: { priority, containers: [{ name, resources: { requests, limits } }], volumes: [...volumes] },
  };
}

/** What the usage says. The memory is the pod's; no figure of the container's own is known. */
function statsOf({ name, usage = {} }: PodWords, volume = LOCAL_VOLUME): PodStats {
  const part = (key: string) => ({
    usedBytes: amount(usage[key]),
    inodesUsed: amount(usage[`${key}Inodes`]),
  });
  const parts = ['rootfs', 'logs', 'localVolume'].map((key) => part(key).usedBytes ?? 0);
  return {
    podUid: name,
    memory: { atMs: 0, workingSetBytes: amount(usage.memory) },
    containers: [{ name, rootfs: part('rootfs'), logs: part('logs') }],
    volumes: [{ name: volume, ...part('localVolume') }],
    ephemeralStorage: { usedBytes: parts.reduce((sum, bytes) => sum + bytes, 0) },
    processCount: amount(usage.processes),
  };
}

const thresholdOf = ({ signal, value, graceSeconds, minReclaim }: ThresholdWords): Threshold => ({
  signal,
  operator: 'LessThan',
  value: { quantity: mustParseQuantity(value) },
  gracePeriodMs: graceSeconds * 1000,
  ...(minReclaim === undefined ? {} : { minReclaim: { quantity: mustParseQuantity(minReclaim) } }),
});

/** A node of which one signal is known. */
function nodeWith(signal: Signal, available: number, atMs: number): NodeStats {
  const memory = { atMs, availableBytes: available, workingSetBytes: available };
  const disk = { atMs, availableBytes: available, capacityBytes: 2 * available };
  const inodes = { atMs, inodesFree: available, inodes: 2 * available };
  switch (signal) {
    case 'memory.available':
      return { memory };
    case 'allocatableMemory.available':
      return { podsCgroup: memory };
    case 'pid.available':
      return { rlimit: { atMs, maxPID: 2 * available, runningProcesses: available } };
    case 'nodefs.available':
      return { fs: disk };
    case 'imagefs.available':
      return { imageFs: disk };
    case 'containerfs.available':
      return { containerFs: disk };
    case 'nodefs.inodesFree':
      return { fs: inodes };
    case 'imagefs.inodesFree':
      return { imageFs: inodes };
    case 'containerfs.inodesFree':
      return { containerFs: inodes };
  }
}

interface Step {
  readonly advanceSeconds: number;
  readonly available: Amount;
  readonly availableAfterGC?: Amount;
}
interface Scenario {
  readonly condition: 'MemoryPressure' | 'DiskPressure' | 'PIDPressure';
  readonly maxPodGracePeriodSeconds: number;
  readonly pressureTransitionSeconds: number;
  readonly thresholds: readonly ThresholdWords[];
  readonly pods: readonly PodWords[];
  readonly steps: readonly Step[];
  readonly dedicatedImageFs?: boolean;
  readonly separateContainerFs?: boolean;
  readonly observedSignal?: Signal;
}

const configOf = (input: Partial<Scenario>): EvictionConfig => ({
  thresholds: (input.thresholds ?? []).map(thresholdOf),
  maxPodGracePeriodSeconds: input.maxPodGracePeriodSeconds ?? 0,
  pressureTransitionPeriodMs: (input.pressureTransitionSeconds ?? 0) * 1000,
  localStorageIsolation: true,
  layout: {
    dedicatedImageFs: input.dedicatedImageFs ?? false,
    separateContainerFs: input.separateContainerFs ?? false,
  },
});

const RESOURCES = { memory: '1Gi' };
const QOS_PODS = {
  any: podOf({ name: 'any' }),
  BestEffort: podOf({ name: 'best-effort' }),
  Burstable: podOf({ name: 'burstable', requests: RESOURCES }),
  Guaranteed: podOf({
    name: 'guaranteed',
    requests: { cpu: 1, ...RESOURCES },
    limits: { cpu: 1, ...RESOURCES },
  }),
} as const;

/** Who is let in under these conditions, of those that are asked about. */
function admitted(asked: object, conditions: Parameters<typeof pressureRefusal>[1]) {
  const pods = Object.entries(QOS_PODS).filter(([name]) => name in asked);
  return Object.fromEntries(
    pods.map(([name, pod]) => [name, pressureRefusal(pod, conditions) === undefined]),
  );
}

interface ExpectedStep {
  readonly admit?: object;
  readonly gc?: object;
}

function scenario({ input, expected }: VectorCase<Scenario, { steps: ExpectedStep[] }>): unknown {
  const config = configOf(input);
  const signal = input.observedSignal ?? input.thresholds[0]?.signal ?? 'memory.available';
  const pods = input.pods.map((words) => podOf(words));
  const stats = input.pods.map((words) => statsOf(words));
  const summaryOf = (available: Amount, atMs: number): StatsSummary => ({
    node: nodeWith(signal, amount(available) ?? 0, atMs),
    pods: stats,
  });
  let memory = NO_MEMORY;
  let nowMs = 0;
  const steps = input.steps.map(({ advanceSeconds, available, availableAfterGC }, index) => {
    nowMs += advanceSeconds * 1000;
    // A pass measures anew, even in the instant of the one before.
    const summary = summaryOf(available, nowMs + index);
    const { memory: after, pass } = observe(memory, config, summary, pods, nowMs);
    memory = after;
    const starvation = pass.type === 'starved' ? pass.starvation : undefined;
    const reclaims = starvation ? reclaimsFor(starvation.threshold.signal, config.layout) : [];
    const relieved =
      reclaims.length > 0 && isRelieved(config, summaryOf(availableAfterGC ?? available, nowMs + index));
    const choice = starvation && !relieved ? chooseVictim(starvation, config, summary, pods) : undefined;
    const victim = choice?.victim;
    const asked = expected.steps[index] ?? {};
    return {
      pressure: memory.nodeConditions.includes(input.condition),
      evicted: victim?.pod.metadata.name ?? null,
      graceSeconds: victim?.graceSeconds,
      admit: asked.admit && admitted(asked.admit, memory.nodeConditions),
      gc: asked.gc && {
        containerGC: reclaims.includes('containers'),
        imageGC: reclaims.includes('images'),
      },
    };
  });
  return { steps };
}

/** The status of the pod that went; the schema has no times. */
function statusOf({ message, disruption }: Eviction): unknown {
  const ending = { reason: EVICTED, message, ...(disruption ? { disruption: message } : {}) };
  const { conditions, ...status } = endedStatus({}, ending, { generation: undefined, nowMs: 0 });
  return { ...status, conditions: conditions?.map(({ lastTransitionTime: _when, ...said }) => said) };
}

/** One pass over pods that set themselves limits. */
function overLimits(
  pods: readonly Pod[],
  stats: readonly PodStats[],
  disks: Partial<Scenario> = {},
): readonly Eviction[] {
  const { pass } = observe(NO_MEMORY, configOf(disks), { node: {}, pods: stats }, pods, 0);
  return pass.type === 'storageLimits' ? pass.evictions : [];
}

/** A pod that breaks the limit that the words name: `emptyDir sizeLimit`, `container limit 800Mi`, `pod total limit 800Mi`. */
function violator({ name, violates }: { name: string; violates: string }): { pod: Pod; stats: PodStats } {
  const [, kind, limit = '1Gi'] = /^(emptyDir|container|pod total)\D*(\S+)?$/.exec(violates) ?? [];
  const over = 2 * (amount(limit) ?? 0);
  if (kind === 'emptyDir') {
    const volumes = [{ name: LOCAL_VOLUME, emptyDir: { sizeLimit: limit } }];
    return { pod: podOf({ name }, volumes), stats: statsOf({ name, usage: { localVolume: over } }) };
  }
  const pod = podOf({ name, limits: { 'ephemeral-storage': limit } });
  if (kind === 'pod total') return { pod, stats: statsOf({ name, usage: { localVolume: over } }) };
  // A second container with room of its own keeps the total within the limits.
  pod.spec.containers.push({ name: 'other', resources: { limits: { 'ephemeral-storage': over } } });
  return { pod, stats: statsOf({ name, usage: { rootfs: over } }) };
}

const COMPARATOR_WORDS: Partial<Record<Comparator, string>> = {
  exceedInodeRequests: 'exceedDiskRequests (of inodes: no request exists, so any usage exceeds)',
};

const adapter: VectorAdapter = {
  groups: {
    order: ({ input }: VectorCase<{ comparators: Comparator[]; pods: PodWords[] }>) => {
      const ranked = rankPods(
        input.pods.map((words) => podOf(words)),
        statsByPod(input.pods.map((words) => statsOf(words))),
        { comparators: input.comparators, parts: ['rootfs', 'logs', 'localVolumes'] },
      );
      return { order: ranked.map(({ metadata }) => metadata.name) };
    },
    'comparators-for': ({ expected }: VectorCase) => {
      const layout = { dedicatedImageFs: false, separateContainerFs: false };
      const signals = Object.keys(Object(expected)).filter((key) => key !== 'note') as Signal[];
      return Object.fromEntries(
        signals.map((signal) => [
          signal,
          rankingFor(signal, layout).comparators.map((name) => COMPARATOR_WORDS[name] ?? name),
        ]),
      );
    },
    scenario,
    admit: ({
      input,
      expected,
    }: VectorCase<{
      nodeConditions: ('MemoryPressure' | 'DiskPressure' | 'PIDPressure')[];
      pod?: Omit<PodWords, 'name'> & {
        qos: keyof typeof QOS_PODS;
        tolerations?: Pod['spec']['tolerations'];
      };
    }>) => {
      const { pod, nodeConditions } = input;
      if (pod !== undefined) {
        const { metadata, spec } = podOf({ ...pod, name: 'pod' });
        const { containers } = QOS_PODS[pod.qos].spec;
        const wanted = {
          ...QOS_PODS[pod.qos],
          metadata,
          spec: { ...spec, containers, tolerations: pod.tolerations },
        };
        return { admit: pressureRefusal(wanted, nodeConditions) === undefined };
      }
      const refusals = Object.values(QOS_PODS).map((each) => pressureRefusal(each, nodeConditions));
      const asked = Object(expected).admit as object;
      return {
        admit: admitted(asked, nodeConditions),
        rejection: refusals.find((refusal) => refusal !== undefined) ?? null,
      };
    },
    evict: ({ input }: VectorCase<{ pod: Omit<PodWords, 'name'> }>) => {
      const words = { name: 'pod', ...input.pod };
      const starvation = starvedOf({ signal: 'memory.available', value: '1Gi', graceSeconds: 0 }, 0);
      const { victim } = chooseVictim(starvation, configOf({}), { node: {}, pods: [] }, [podOf(words)]);
      return { evicted: victim !== undefined };
    },
    rule: ({
      input,
      expected,
    }: VectorCase<{ softMaxPodGracePeriodSeconds?: number; podTerminationGracePeriodSeconds?: number }>) => {
      const asked = Object(expected);
      if ('maxEvictedPerSync' in asked) return { maxEvictedPerSync: [victimOf(0, 5, 30)].length };
      if ('hard' in asked) {
        const { softMaxPodGracePeriodSeconds: max = 0, podTerminationGracePeriodSeconds: own = 0 } = input;
        return {
          hard: victimOf(0, max, own)?.graceSeconds,
          soft: victimOf(1, max, own)?.graceSeconds,
        };
      }
      return {
        monitoringIntervalSeconds: EVICTION_MONITORING_PERIOD_MS / 1000,
        podCleanupTimeoutSeconds: CLEANUP_TIMEOUT_MS / 1000,
        podCleanupPollSeconds: CLEANUP_POLL_MS / 1000,
      };
    },
    'evict-status': ({
      input,
    }: VectorCase<
      Partial<Scenario> & { pods: PodWords[]; threshold: ThresholdWords; available: string }
    >) => {
      const { threshold, available, pods } = input;
      const summary = { node: {}, pods: pods.map((words) => statsOf(words)) };
      const starvation = starvedOf(threshold, amount(available) ?? 0);
      const { victim } = chooseVictim(
        starvation,
        configOf({ ...input, thresholds: [threshold] }),
        summary,
        pods.map((words) => podOf(words)),
      );
      return { evicted: victim?.pod.metadata.name, status: victim && statusOf(victim) };
    },
    'storage-limit': ({ input }: VectorCase<Partial<Scenario> & { pod: PodWords; volumes: Volume[] }>) => {
      const { pod, volumes } = input;
      const [eviction] = overLimits([podOf(pod, volumes)], [statsOf(pod, volumes[0]?.name)], input);
      return {
        evicted: eviction !== undefined,
        graceSeconds: eviction?.graceSeconds,
        message: eviction?.message,
        containerMessageForm: storageLimitMessage.container('NAME', 'LIMIT'),
      };
    },
    'storage-limit-many': ({ input }: VectorCase<{ pods: { name: string; violates: string }[] }>) => {
      const violators = input.pods.map(violator);
      const evictions = overLimits(
        violators.map(({ pod }) => pod),
        violators.map(({ stats }) => stats),
      );
      return { evicted: evictions.map(({ pod }) => pod.metadata.name) };
    },
  },
};
export default adapter;

function starvedOf(words: ThresholdWords, available: number) {
  const threshold = thresholdOf(words);
  const observations = { [words.signal]: { available, capacity: 2 * available } };
  return { threshold, resource: resourceOf(words.signal), thresholds: [threshold], observations };
}

/** The one pod that goes of two, by a threshold with this grace period. */
function victimOf(graceSeconds: number, maxPodGracePeriodSeconds: number, ownSeconds: number) {
  const pods = ['a', 'b'].map((name) => podOf({ name }));
  for (const { spec } of pods) spec.terminationGracePeriodSeconds = ownSeconds;
  const starvation = starvedOf({ signal: 'memory.available', value: '1Gi', graceSeconds }, 0);
  return chooseVictim(starvation, configOf({ maxPodGracePeriodSeconds }), { node: {}, pods: [] }, pods)
    .victim;
}
