/** The object store beside the engine's queue: each change goes into the store, and to the kubelet as an event. */

import type { KubeObject, Pod } from '../api/types.ts';
import { applyObject } from '../cluster/apply.ts';
import { recordEvent } from '../cluster/events.ts';
import { type NodeFacts, readyNode } from '../cluster/node.ts';
import { asPod, deletePod, finishPod, patchPodStatus, podsOf } from '../cluster/pods.ts';
import { type Change, emptyStore, type Store } from '../cluster/store.ts';
import { toKubelet } from '../cluster/wires.ts';
import { scheduled } from '../kubelet/events/texts.ts';
import type { Effect } from '../machines/effects.ts';
import type { KubeletEventBody } from '../machines/events.ts';
import type { ClusterKey } from '../messages/cluster.ts';
import type { Told } from '../messages/why.ts';

export class Objects {
  #store: Store;
  readonly #node: NodeFacts;
  readonly #toKubelet: (event: KubeletEventBody) => void;

  constructor(seed: number, node: NodeFacts, kubelet: (event: KubeletEventBody) => void) {
    this.#store = emptyStore(seed);
    this.#node = node;
    this.#toKubelet = kubelet;
  }

  all(): readonly KubeObject[] {
    return [...this.#store.objects.values()];
  }

  pods(): readonly Pod[] {
    return podsOf(this.#store);
  }

  registerNode(atMs: number): void {
    this.#put(applyObject(this.#store, readyNode(this.#node, atMs), { atMs, nodeName: this.#node.name }));
  }

  apply(object: KubeObject, atMs: number): { object: KubeObject; notes: readonly Told<ClusterKey>[] } {
    const change = applyObject(this.#store, object, { atMs, nodeName: this.#node.name });
    this.#put(change);
    if (isNewlyBound(object, change)) this.#tellScheduled(change.object, atMs);
    return change;
  }

  delete(namespace: string, name: string, atMs: number, gracePeriodSeconds: number | undefined): void {
    const options = gracePeriodSeconds === undefined ? { atMs } : { atMs, gracePeriodSeconds };
    this.#put(deletePod(this.#store, namespace, name, options));
  }

  /** The kubelet's half of the wire. False when the object is not there any more. */
  write(
    effect: Extract<Effect, { type: 'patchPodStatus' | 'deletePod' | 'recordEvent' }>,
    atMs: number,
  ): boolean {
    switch (effect.type) {
      case 'recordEvent':
        this.#put(recordEvent(this.#store, effect.event, atMs));
        return true;
      case 'deletePod': {
        const change = finishPod(this.#store, effect.podUid, atMs);
        if (change !== undefined) this.#put(change);
        return change !== undefined;
      }
      case 'patchPodStatus': {
        const change = patchPodStatus(this.#store, effect.podUid, effect.status);
        // Its own patch comes back to a kubelet too, and changes nothing there: it is left out.
        if (change !== undefined) this.#store = change.store;
        return change !== undefined;
      }
    }
  }

  #put(change: Change): void {
    this.#store = change.store;
    for (const delta of change.deltas) {
      const event = toKubelet(delta, this.#node.name);
      if (event !== undefined) this.#toKubelet(event);
    }
  }

  /** What the scheduler would say of the pod that was bound here (pkg/scheduler, schedule_one.go). */
  #tellScheduled(object: KubeObject, atMs: number): void {
    const { namespace = '', name = '', uid = '', resourceVersion } = object.metadata;
    this.#put(
      recordEvent(
        this.#store,
        {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: {},
          involvedObject: {
            apiVersion: 'v1',
            kind: 'Pod',
            namespace,
            name,
            uid,
            resourceVersion: String(resourceVersion),
          },
          ...scheduled(namespace, name, this.#node.name),
          source: { component: 'default-scheduler' },
          reportingComponent: 'default-scheduler',
          reportingInstance: '',
        },
        atMs,
      ),
    );
  }
}

function isNewlyBound(wanted: KubeObject, change: Change): boolean {
  const isNew = change.deltas.some(({ type, object }) => type === 'ADDED' && object.kind === 'Pod');
  const named = (wanted.spec as { nodeName?: string } | undefined)?.nodeName;
  return isNew && named === undefined && asPod(change.object)?.spec.nodeName !== undefined;
}
