/** The pods that hold something of the node: taken in, and not over (kubelet_pods.go GetActivePods). */
import type { Pod } from '../../api/types.ts';
import type { KubeletState } from '../state.ts';

export function activePods({ workers, busyWorkers, machines }: KubeletState): readonly Pod[] {
  const over = new Set(
    busyWorkers.filter((uid) => machines[uid]?.[`worker/${uid}`]?.state.startsWith('terminated')),
  );
  const pods = Object.values(workers).map(({ pod }) => pod);
  return over.size === 0 ? pods : pods.filter(({ metadata }) => !over.has(metadata.uid));
}
