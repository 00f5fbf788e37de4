/**
 * One pass of the reconciler: the desired state of the world beside the actual one, and what brings them
 * together. Follows pkg/kubelet/volumemanager/reconciler/reconciler.go, reconcile.
 */

/** Where a volume of a pod stands on the node; `busy` while an operation is under way or put off. */
export type ActualState = 'absent' | 'mounted' | 'busy';

export interface VolumeToReconcile<Key> {
  readonly key: Key;
  readonly wanted: boolean;
  readonly actual: ActualState;
  /** Its content may have changed since it was mounted. */
  readonly remountRequired?: boolean;
}

export interface Action<Key> {
  readonly type: 'unmount' | 'mount' | 'remount';
  readonly key: Key;
}

/** First what is no longer wanted goes, then what is wanted comes. Nothing here is ever attached to a node, so nothing is detached. */
export function reconcileActions<Key>(volumes: readonly VolumeToReconcile<Key>[]): readonly Action<Key>[] {
  const unmounts = volumes.filter(({ wanted, actual }) => !wanted && actual === 'mounted');
  const mounts = volumes.filter(
    ({ wanted, actual, remountRequired }) =>
      wanted && (actual === 'absent' || (actual === 'mounted' && remountRequired === true)),
  );
  return [
    ...unmounts.map(({ key }) => ({ type: 'unmount', key }) as const),
    ...mounts.map(({ key, actual }) => ({ type: actual === 'absent' ? 'mount' : 'remount', key }) as const),
  ];
}
