/** The pods that hold something of the node: taken in, and not over (kubelet_pods.go GetActivePods). */
import type { Pod } from '../../api/types.ts';
import type { KubeletState } from '../state.ts';

export function activePods({ workers, machines }: KubeletState): readonly Pod[] {
  return Object.values(workers)
    .map(({ pod }) => pod)
    .filter(({ metadata: { uid } }) => !machines[uid]?.[`worker/${uid}`]?.state.startsWith('terminated'));
}
