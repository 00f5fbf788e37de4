/** Who the kernel kills first when the node's memory runs out: oom_score_adj of every container. */
import { mustParseQuantity } from '../../api/quantity/parse.ts';
import { quantityValue } from '../../api/quantity/scale.ts';
import type { Container, PodSpec } from '../../api/types.ts';
import { isSidecar } from '../pod-actions/restart-policy.ts';
import { computePodQos } from '../qos.ts';

/** pkg/kubelet/qos/policy.go, with the node's own processes. */
export const OOM_SCORE_ADJ = {
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

/** Requests below this are not told apart by the tie-break (oomScoreAdjTieBreakFloor). */
const TIE_BREAK_FLOOR_BYTES = 64 * 1024 ** 2;

/** Memory that a device's claim brings, shared by the containers that refer to it. */
export interface MemoryClaim {
  readonly containers: readonly string[];
  /** Split between them. */
  readonly sharedBytes: number;
  /** For each of them, whole. */
  readonly perContainerBytes: number;
}

/** Two gates that v1.36 leaves off. */
export interface OomScoreGates {
  /** KubeletOOMScoreAdjTieBreak (v1.37): large nodes tell small requests apart. */
  readonly tieBreak?: boolean;
  /** DRANodeAllocatableResources: memory that comes with claimed devices, of which this node has none. */
  readonly claims?: readonly MemoryClaim[];
}

/** What the score of one container of a pod is worked out from. */
interface Scene {
  readonly spec: PodSpec;
  readonly capacityBytes: number;
  readonly tieBreak: boolean;
  readonly claims: readonly MemoryClaim[];
}

/** pkg/kubelet/qos/policy.go GetContainerOOMScoreAdjust. */
export function oomScoreAdjust(
  spec: PodSpec,
  container: Container,
  capacityBytes: number,
  { tieBreak = false, claims = [] }: OomScoreGates = {},
): number {
  if (spec.priorityClassName === 'system-node-critical') return OOM_SCORE_ADJ.nodeCritical;
  const qos = computePodQos(spec);
  if (qos === 'Guaranteed') return OOM_SCORE_ADJ.guaranteed;
  if (qos === 'BestEffort') return OOM_SCORE_ADJ.bestEffort;
  const scene: Scene = { spec, capacityBytes, tieBreak, claims };
  const sidecar = spec.initContainers?.some((init) => init.name === container.name && isSidecar(init));
  const own = scoreOf(scene, container);
  // A sidecar goes no sooner than the regular container that would go first.
  const capped = sidecar
    ? Math.min(own, Math.max(...spec.containers.map((one) => scoreOf(scene, one))))
    : own;
  return Math.min(Math.max(capped, BURSTABLE_MIN), BURSTABLE_MAX);
}

/** The part of the node's memory that the container does not ask for, in thousandths. */
function scoreOf(scene: Scene, container: Container): number {
  const requestBytes = memoryRequest(scene, container) + podLevelShare(scene);
  const score = 1000 - Math.trunc((1000 * requestBytes) / scene.capacityBytes);
  return scene.tieBreak ? score - tieBreakPoints(scene, container, requestBytes) : score;
}

/** A point for each doubling of a request that the score alone would not show (tieBreakOOMScoreAdjust). */
function tieBreakPoints(scene: Scene, container: Container, requestBytes: number): number {
  const most = log2Floor(Math.trunc(scene.capacityBytes / 1000) / TIE_BREAK_FLOOR_BYTES);
  const points = Math.min(log2Floor(requestBytes / TIE_BREAK_FLOOR_BYTES), most);
  const limitBytes = enforcedLimit(scene, container);
  // One that can never use more than it asked for goes last among its like.
  return limitBytes > 0 && limitBytes <= requestBytes ? points + most + 1 : points;
}

function log2Floor(value: number): number {
  return value < 1 ? 0 : Math.floor(Math.log2(value));
}

/** The limit in the container's cgroup: its own, else the pod's, and what its claims bring; 0: none. */
function enforcedLimit({ spec, claims }: Scene, container: Container): number {
  const limitBytes = bytes(container.resources?.limits?.memory) || bytes(spec.resources?.limits?.memory);
  if (limitBytes === 0) return 0;
  const own = claims.filter(({ containers }) => containers.includes(container.name));
  return own.reduce((sum, claim) => sum + claim.sharedBytes + claim.perContainerBytes, limitBytes);
}

/** With what its claims bring, a shared one in equal parts (getEffectiveContainerMemoryRequest). */
function memoryRequest({ claims }: Scene, { name, resources }: Container): number {
  const own = claims.filter(({ containers }) => containers.includes(name));
  return own.reduce(
    (sum, claim) => sum + Math.trunc(claim.sharedBytes / claim.containers.length) + claim.perContainerBytes,
    bytes(resources?.requests?.memory),
  );
}

function bytes(text: string | number | undefined): number {
  return text === undefined ? 0 : quantityValue(mustParseQuantity(String(text)));
}

/** What the pod level asks for beyond its containers, in equal parts (remainingPodMemReqPerContainer). */
function podLevelShare(scene: Scene): number {
  const { spec } = scene;
  const text = spec.resources?.requests?.memory;
  if (text === undefined) return 0;
  const lasting = [...spec.containers, ...(spec.initContainers ?? []).filter(isSidecar)];
  const remaining = bytes(text) - containersRequest(scene, lasting);
  return Math.max(Math.trunc(remaining / lasting.length), 0);
}

/** The containers' own: the sum of those that last, or what a plain init container needs at its time. */
function containersRequest(scene: Scene, lasting: readonly Container[]): number {
  let highest = 0;
  let sidecars = 0;
  for (const init of scene.spec.initContainers ?? []) {
    const requestBytes = memoryRequest(scene, init);
    if (isSidecar(init)) sidecars += requestBytes;
    highest = Math.max(highest, isSidecar(init) ? sidecars : sidecars + requestBytes);
  }
  return Math.max(
    highest,
    lasting.reduce((sum, container) => sum + memoryRequest(scene, container), 0),
  );
}
