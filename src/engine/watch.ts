/** The kubelet's watch on the API server, which can be cut off: then it learns afterwards what it missed. */
import type { KubeletEventBody } from '../machines/events.ts';

type WatchEvent = Extract<
  KubeletEventBody,
  { type: 'PodAdded' | 'PodUpdated' | 'PodRemoved' | 'ObjectChanged' | 'ObjectRemoved' }
>;

/** What was missed of one object: the first news decides whether it is new, the last what it is. */
interface Missed {
  readonly first: WatchEvent;
  readonly last: WatchEvent;
}

export class Watch {
  #reachable = true;
  /** By UID, in the order of the first news. */
  readonly #missed = new Map<string, Missed>();

  get reachable(): boolean {
    return this.#reachable;
  }

  /** True when the event reaches the kubelet now; otherwise it is kept for later. */
  passes(event: KubeletEventBody): boolean {
    if (this.#reachable || !isOfWatch(event)) return true;
    const uid = uidOf(event);
    const first = this.#missed.get(uid)?.first ?? event;
    this.#missed.set(uid, { first, last: event });
    return false;
  }

  /** Returns what the kubelet learns now: of each object what became of it, as a relist would tell. */
  setReachable(reachable: boolean): readonly WatchEvent[] {
    this.#reachable = reachable;
    if (!reachable) return [];
    const missed = [...this.#missed.values()];
    this.#missed.clear();
    return missed.flatMap(({ first, last }) => {
      const isNew = first.type === 'PodAdded';
      if (isNew && last.type === 'PodRemoved') return [];
      return [isNew && last.type === 'PodUpdated' ? { ...last, type: 'PodAdded' as const } : last];
    });
  }
}

function isOfWatch(event: KubeletEventBody): event is WatchEvent {
  return 'pod' in event || 'object' in event;
}

function uidOf(event: WatchEvent): string {
  return String('pod' in event ? event.pod.metadata.uid : event.object.metadata.uid);
}
