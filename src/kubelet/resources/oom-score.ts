/** Who the kernel kills first when the node's memory runs out: oom_score_adj of every container. */
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { quantityValue } from '../../api/quantity/scale.ts';
import type { Container, PodSpec } from '../../api/types.ts';
import { isSidecar } from '../pod-actions/restart-policy.ts';
import { computePodQos } from '../qos.ts';

const OOM_SCORE_ADJ = {
  kubelet: -999,
  kubeProxy: -999,
  pauseContainer: -998,
  guaranteed: -997,
  nodeCritical: -997,
  bestEffort: 1000,
} as const;

/** Burstable stays between Guaranteed's reach and BestEffort. */
const BURSTABLE_MIN = 1000 + OOM_SCORE_ADJ.guaranteed;
const BURSTABLE_MAX = OOM_SCORE_ADJ.bestEffort - 1;

/** pkg/kubelet/qos/policy.go GetContainerOOMScoreAdjust, as at v1.36 (no tie-break gate). */
export function oomScoreAdjust(spec: PodSpec, container: Container, memoryCapacityBytes: number): number {
  if (spec.priorityClassName === 'system-node-critical') return OOM_SCORE_ADJ.nodeCritical;
  const qos = computePodQos(spec);
  if (qos === 'Guaranteed') return OOM_SCORE_ADJ.guaranteed;
  if (qos === 'BestEffort') return OOM_SCORE_ADJ.bestEffort;
  const share = podLevelShare(spec);
  const scoreOf = (requestBytes: number) =>
    1000 - Math.trunc((1000 * (requestBytes + share)) / memoryCapacityBytes);
  const own = scoreOf(memoryRequest(container));
  const sidecar = spec.initContainers?.some((init) => init.name === container.name && isSidecar(init));
  // A sidecar goes no sooner than the regular container with the smallest request.
  const capped = sidecar ? Math.min(own, scoreOf(Math.min(...spec.containers.map(memoryRequest)))) : own;
  return Math.min(Math.max(capped, BURSTABLE_MIN), BURSTABLE_MAX);
}

function memoryRequest(container: Container): number {
  const text = container.resources?.requests?.memory;
  return text === undefined ? 0 : quantityValue(mustParseQuantity(String(text)));
}

/** What the pod level asks for beyond its containers, in equal parts (remainingPodMemReqPerContainer). */
function podLevelShare(spec: PodSpec): number {
  const text = spec.resources?.requests?.memory;
  if (text === undefined) return 0;
  const initContainers = spec.initContainers ?? [];
  const lasting = [...spec.containers, ...initContainers.filter(isSidecar)];
  const remaining = quantityValue(mustParseQuantity(String(text))) - containersRequest(spec, lasting);
  return Math.max(Math.trunc(remaining / lasting.length), 0);
}

/** The containers' own: the sum of those that last, or what a plain init container needs at its time. */
function containersRequest(spec: PodSpec, lasting: readonly Container[]): number {
  let highest = 0;
  let sidecars = 0;
  for (const init of spec.initContainers ?? []) {
    if (isSidecar(init)) sidecars += memoryRequest(init);
    highest = Math.max(highest, isSidecar(init) ? sidecars : sidecars + memoryRequest(init));
  }
  return Math.max(
    highest,
    lasting.reduce((sum, container) => sum + memoryRequest(container), 0),
  );
}
