/** A container's requests and limits as the runtime understands them: shares, quota, bytes. */
import type { LinuxContainerResources } from '../../api/cri.ts';
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { quantityMilliValue, quantityValue } from '../../api/quantity/scale.ts';
import type { Container, Pod } from '../../api/types.ts';
import type { NodeConfig } from '../node-config.ts';
import { isSidecar } from '../pod-actions/restart-policy.ts';
import { computePodQos } from '../qos.ts';

type Amount = string | number | undefined;

const bytes = (amount: Amount) =>
  amount === undefined ? 0 : quantityValue(mustParseQuantity(String(amount)));
const milli = (amount: Amount) =>
  amount === undefined ? 0 : quantityMilliValue(mustParseQuantity(String(amount)));

const QUOTA_PERIOD_US = 100_000;
const MINIMUM_QUOTA_US = 1_000;
const MINIMUM_SHARES = 2;
const MAXIMUM_SHARES = 262_144;

/** kuberuntime_container_linux.go calculateLinuxResources. A request that is not given is the limit. */
export function linuxResources(pod: Pod, container: Container, node: NodeConfig): LinuxContainerResources {
  const { requests, limits } = container.resources ?? {};
  const cpuRequestMilli = milli(requests?.cpu ?? limits?.cpu);
  const cpuLimitMilli = milli(limits?.cpu);
  return {
    memoryLimitBytes: bytes(limits?.memory),
    cpuShares: sharesOf(cpuRequestMilli),
    cpuQuota: cpuLimitMilli === 0 ? 0 : Math.max(MINIMUM_QUOTA_US, (cpuLimitMilli * QUOTA_PERIOD_US) / 1_000),
    cpuPeriod: QUOTA_PERIOD_US,
    oomScoreAdj: oomScoreAdj(pod, container, node.allocatable.memoryBytes),
  };
}

/** cm/helpers_linux.go MilliCPUToShares. */
function sharesOf(cpuMilli: number): number {
  const shares = Math.floor((cpuMilli * 1_024) / 1_000);
  return Math.min(Math.max(shares, MINIMUM_SHARES), MAXIMUM_SHARES);
}

const memoryRequest = ({ resources }: Container) =>
  bytes(resources?.requests?.memory ?? resources?.limits?.memory);

/** qos/policy.go GetContainerOOMScoreAdjust: the higher, the sooner the kernel kills it. */
export function oomScoreAdj(pod: Pod, container: Container, memoryCapacityBytes: number): number {
  if (pod.spec.priorityClassName === 'system-node-critical') return -997;
  const qos = computePodQos(pod.spec);
  if (qos === 'Guaranteed') return -997;
  if (qos === 'BestEffort') return 1_000;
  const scoreOf = (requestBytes: number) => 1_000 - Math.trunc((1_000 * requestBytes) / memoryCapacityBytes);
  let score = scoreOf(memoryRequest(container));
  if (isSidecar(container)) {
    const smallest = Math.min(...pod.spec.containers.map(memoryRequest));
    score = Math.min(score, scoreOf(smallest));
  }
  if (score < 3) return 3;
  return score === 1_000 ? 999 : score;
}
