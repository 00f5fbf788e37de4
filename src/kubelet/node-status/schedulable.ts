/** What a cordon is to the kubelet: an event. Pods that run are not touched, and pods that are bound still start. */

/** The event's reason when `spec.unschedulable` changed (kubelet_node_status.go recordNodeSchedulableEvent). */
export function schedulableNews(before: boolean, now: boolean): string | undefined {
  if (before === now) return undefined;
  return now ? 'NodeNotSchedulable' : 'NodeSchedulable';
}
