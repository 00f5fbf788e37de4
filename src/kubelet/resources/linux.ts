/** A container's resources in the kernel's words: shares, quota, memory limit, oom_score_adj. */
import type { LinuxContainerResources } from '../../api/cri.ts';
import type { KubeletConfiguration } from '../../api/kubelet-configuration/fields.ts';
import { isEnabled } from '../../api/kubelet-configuration/gates.ts';
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { quantityMilliValue, quantityValue } from '../../api/quantity/scale.ts';
import type { Container, Pod } from '../../api/types.ts';
import { type OomScoreGates, oomScoreAdjust } from './oom-score.ts';

/** With cgroup v2 a container is killed as a whole, unless the configuration says otherwise. */
const OOM_GROUP = { 'memory.oom.group': '1' } as const;

const MIN_SHARES = 2;
const MAX_SHARES = 262_144;
const QUOTA_PERIOD_MICROSECONDS = 100_000;
const MIN_QUOTA_MICROSECONDS = 1_000;

/** cgroup cpu.shares for so many millicores (pkg/kubelet/cm MilliCPUToShares); 2 for none. */
export function milliCpuToShares(milliCpu: number): number {
  return Math.min(Math.max(Math.trunc((milliCpu * 1024) / 1000), MIN_SHARES), MAX_SHARES);
}

/** CFS quota in microseconds a period (MilliCPUToQuota); 0: no quota. */
export function milliCpuToQuota(milliCpu: number, periodMicroseconds = QUOTA_PERIOD_MICROSECONDS): number {
  if (milliCpu === 0) return 0;
  return Math.max(Math.trunc((milliCpu * periodMicroseconds) / 1000), MIN_QUOTA_MICROSECONDS);
}

/** `cpuQuota` and `cpuPeriod` for a limit of so many millicores; without cpuCFSQuota limits are not enforced. */
export function cpuBounds(
  milliCpu: number,
  config: KubeletConfiguration,
): Pick<LinuxContainerResources, 'cpuQuota' | 'cpuPeriod'> {
  const cpuPeriod = isEnabled(config, 'CustomCPUCFSQuotaPeriod')
    ? Math.trunc(config.cpuCFSQuotaPeriodMs * 1_000)
    : QUOTA_PERIOD_MICROSECONDS;
  if (!config.cpuCFSQuota) return { cpuQuota: 0, cpuPeriod: QUOTA_PERIOD_MICROSECONDS };
  return { cpuQuota: milliCpuToQuota(milliCpu, cpuPeriod), cpuPeriod };
}

/** On which CPUs a container runs. */
export interface CpuAffinity {
  /** In the kernel's list form. */
  readonly cpus: string;
  /** No other container has them. */
  readonly exclusive: boolean;
}

/** What a container's limits owe to its node. */
export interface NodeSide {
  /** The node's memory. */
  readonly capacityBytes: number;
  readonly config: KubeletConfiguration;
  /** Undefined: any CPU. */
  readonly cpus?: CpuAffinity | undefined;
  readonly gates?: OomScoreGates;
}

/** The CRI resources of one container (generateLinuxContainerResources). */
export function linuxContainerResources(
  pod: Pod,
  container: Container,
  { capacityBytes, config, cpus, gates }: NodeSide,
): LinuxContainerResources {
  const { requests, limits } = container.resources ?? {};
  // A container without a limit of its own has its pod's (getCPULimit, GetContainerMemoryLimit).
  const podLevel = pod.spec.resources?.limits;
  const cpuLimit = milli(limits?.cpu ?? podLevel?.cpu);
  const memoryLimit = limits?.memory ?? podLevel?.memory;
  // A limit without a request counts as the request, also where defaulting has not said so.
  const cpuRequest = requests?.cpu === undefined ? cpuLimit : milli(requests.cpu);
  return {
    memoryLimitBytes: memoryLimit === undefined ? 0 : quantityValue(mustParseQuantity(String(memoryLimit))),
    cpuShares: milliCpuToShares(cpuRequest),
    // CPUs of its own are limit enough (DisableCPUQuotaWithExclusiveCPUs).
    ...cpuBounds(cpus?.exclusive ? 0 : cpuLimit, config),
    oomScoreAdj: oomScoreAdjust(pod.spec, container, capacityBytes, gates),
    ...(cpus === undefined ? {} : { cpusetCpus: cpus.cpus }),
    ...(config.singleProcessOOMKill === true ? {} : { unified: OOM_GROUP }),
  };
}

function milli(text: string | number | undefined): number {
  return text === undefined ? 0 : quantityMilliValue(mustParseQuantity(String(text)));
}
