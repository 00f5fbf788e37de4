/** Admission while the node is under pressure (pkg/kubelet/eviction/eviction_manager.go Admit). */
import { toleratesTaint } from '../../api/taints.ts';
import type { Pod } from '../../api/types.ts';
import { isCriticalPod } from '../critical-pod.ts';
import { computePodQos } from '../qos.ts';
import type { Rejection } from './failure.ts';

const MEMORY_PRESSURE_TAINT = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' };

/**
 * Critical pods always come in. Pressure on memory alone keeps out only best-effort pods that do not tolerate
 * it; any other pressure keeps everybody out.
 * @param conditions the node's conditions of pressure, for example `MemoryPressure`.
 */
export function pressureRefusal(pod: Pod, conditions: readonly string[]): Rejection | undefined {
  if (conditions.length === 0 || isCriticalPod(pod)) return undefined;
  const memoryAlone = conditions.length === 1 && conditions[0] === 'MemoryPressure';
  const withstands =
    computePodQos(pod.spec) !== 'BestEffort' || toleratesTaint(pod.spec.tolerations, MEMORY_PRESSURE_TAINT);
  if (memoryAlone && withstands) return undefined;
  return { reason: 'Evicted', message: `The node had condition: [${conditions.join(' ')}]. ` };
}
