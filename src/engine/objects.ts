/** The object store beside the engine's queue: each change goes into the store, and to the kubelet as an event. */

import type { ServiceNetwork } from '../api/service-network.ts';
import type { KubeObject, Pod } from '../api/types.ts';
import { applyObject } from '../cluster/apply.ts';
import { bootstrap, type Changes } from '../cluster/bootstrap.ts';
import { recordEvent } from '../cluster/events.ts';
import type { NodeFacts } from '../cluster/node.ts';
import { monitorNodes, NO_NODES, taintNode } from '../cluster/node-lifecycle/controller.ts';
import { MONITOR_PERIOD_MS } from '../cluster/node-lifecycle/lost-node.ts';
import { peerNode } from '../cluster/node-lifecycle/peer.ts';
import {
  deletePod,
  finishPod,
  type OutsideCondition,
  patchPodStatus,
  podsOf,
  setPodCondition,
} from '../cluster/pods.ts';
import { type Answer, createObject, deleteObject, getObject, updateObject } from '../cluster/requests.ts';
import { newlyBound, recordScheduled } from '../cluster/scheduling.ts';
import { emptyStore, insert, type Store } from '../cluster/store.ts';
import { grantToken } from '../cluster/tokens.ts';
import { toKubelet } from '../cluster/wires.ts';
import type { Effect } from '../machines/effects.ts';
import type { EffectError, EffectResult, KubeletEventBody } from '../machines/events.ts';
import type { ClusterKey } from '../messages/cluster.ts';
import type { Told } from '../messages/why.ts';
import { EventSink } from './event-sink.ts';
import { ServiceFeed } from './service-feed.ts';
import { tokenSigner } from './token-signer.ts';
import { Watch } from './watch.ts';

/** The effects that go to the API server. */
export type ApiRequest = Extract<
  Effect,
  {
    type:
      | 'patchPodStatus'
      | 'deletePod'
      | 'recordEvent'
      | 'requestToken'
      | 'getObject'
      | 'createObject'
      | 'updateObject'
      | 'deleteObject';
  }
>;

const DONE: EffectResult = { type: 'done' };

/** What a client hears of an API server that it cannot reach. */
const API_REFUSED = 'dial tcp 127.0.0.1:6443: connect: connection refused';

const noPod = ({ owner }: Effect): EffectError => ({
  code: 'NotFound',
  message: `pods "${owner.object.name}" not found`,
});

export class Objects {
  #store: Store;
  readonly #node: NodeFacts;
  readonly #sink = new EventSink();
  readonly #services = new ServiceFeed();
  #lifecycle = NO_NODES;
  #monitorDueMs = 0;
  readonly #watch = new Watch();
  readonly #sign: ReturnType<typeof tokenSigner>;
  /** The kubelet started while it could not reach the API server. */
  #listIsDue = false;
  readonly #toKubelet: (event: KubeletEventBody) => void;

  constructor(seed: number, node: NodeFacts, kubelet: (event: KubeletEventBody) => void) {
    this.#store = emptyStore(seed);
    this.#sign = tokenSigner(seed);
    this.#node = node;
    this.#toKubelet = kubelet;
  }

  all(): readonly KubeObject[] {
    return [...this.#store.objects.values()];
  }

  /** What the network has to be told of the cluster's Services; undefined when it knows. */
  newServices(): ServiceNetwork | undefined {
    return this.#services.take(this.#store);
  }

  pods(): readonly Pod[] {
    return podsOf(this.#store);
  }

  /** A cluster whose node has yet to register itself. */
  begin(atMs: number): void {
    this.#store = bootstrap(this.#store, atMs).store;
    this.#monitorDueMs = atMs + MONITOR_PERIOD_MS;
    for (const name of this.#node.peers ?? []) {
      this.#store = insert(this.#store, peerNode(name, atMs), atMs).store;
    }
  }

  /** What the kubelet's informers find when they first list; nothing while it cannot reach the API server. */
  watched(): readonly KubeObject[] {
    if (!this.#watch.reachable) return [];
    return this.all().flatMap((object) => {
      const seen = toKubelet({ type: 'ADDED', object }, this.#node.name);
      return seen?.type === 'ObjectChanged' ? [seen.object] : [];
    });
  }

  /** The kubelet's pods, as it lists them when it starts; while it cannot reach the API server, the list is due. */
  list(): readonly KubeletEventBody[] {
    this.#listIsDue = !this.#watch.reachable;
    if (this.#listIsDue) return [];
    const pods = this.pods().filter(({ spec }) => spec.nodeName === this.#node.name);
    return [{ type: 'PodsListed', source: 'api', pods }];
  }

  apply(object: KubeObject, atMs: number): { object: KubeObject; notes: readonly Told<ClusterKey>[] } {
    const change = applyObject(this.#store, object, { atMs, nodeName: this.#node.name });
    this.#put(change);
    if (change.object.kind === 'Node') this.#taint(change.object, atMs);
    const bound = newlyBound(object, change);
    if (bound !== undefined) this.#put(recordScheduled(this.#store, bound, atMs));
    return change;
  }

  delete(namespace: string, name: string, atMs: number, gracePeriodSeconds: number | undefined): void {
    const options = gracePeriodSeconds === undefined ? { atMs } : { atMs, gracePeriodSeconds };
    this.#put(deletePod(this.#store, namespace, name, options));
  }

  setPodCondition(namespace: string, name: string, condition: OutsideCondition, atMs: number): void {
    this.#put(setPodCondition(this.#store, namespace, name, condition, atMs));
  }

  /** The kubelet's half of the wire: what it asks of the API server, answered. */
  request(effect: ApiRequest, atMs: number): EffectResult | EffectError {
    if (effect.type === 'recordEvent') {
      this.#sink.add(effect.event, atMs);
      this.#tellEvents(atMs);
      return DONE;
    }
    if (!this.#watch.reachable) return { code: 'Unavailable', message: API_REFUSED };
    switch (effect.type) {
      case 'deletePod': {
        const change = finishPod(this.#store, effect.podUid, atMs);
        if (change === undefined) return noPod(effect);
        this.#put(change);
        return DONE;
      }
      case 'patchPodStatus': {
        const change = patchPodStatus(this.#store, effect.podUid, effect.status);
        if (change === undefined) return noPod(effect);
        // Its own patch comes back to a kubelet too, and changes nothing there: it is left out.
        this.#store = change.store;
        this.#services.note(change.deltas);
        return DONE;
      }
      case 'requestToken': {
        const grant = grantToken(this.#store, effect.request, atMs, this.#node.name);
        if (!grant.ok) return grant.refusal;
        this.#store = grant.store;
        return { type: 'token', token: this.#sign(grant.claims), expiresAtMs: grant.expiresAtMs };
      }
      case 'getObject': {
        const answer = getObject(this.#store, effect);
        return 'refusal' in answer ? answer.refusal : { type: 'object', object: answer.object };
      }
      case 'createObject':
        return this.#answered(createObject(this.#store, effect.object, atMs), atMs);
      case 'updateObject':
        return this.#answered(updateObject(this.#store, effect.object, effect.subresource), atMs);
      case 'deleteObject':
        return this.#answered(deleteObject(this.#store, effect, atMs), atMs);
    }
  }

  /** Cuts the kubelet off from the API server, or lets it reach it again; then it learns what it missed. */
  setReachable(reachable: boolean): void {
    const missed = this.#watch.setReachable(reachable);
    const news = reachable && this.#listIsDue ? this.#dueList() : missed;
    for (const event of news) this.#toKubelet(event);
  }

  #dueList(): readonly KubeletEventBody[] {
    const objects = this.watched().map((object) => ({ type: 'ObjectChanged', object }) as const);
    return [...objects, ...this.list()];
  }

  /** The control plane's own clock: what it makes of nodes that it has not heard of. */
  monitor(nowMs: number): void {
    this.#tellEvents(nowMs);
    for (; this.#monitorDueMs <= nowMs; this.#monitorDueMs += MONITOR_PERIOD_MS) {
      const peers = new Set(this.#node.peers);
      const { lifecycle, ...changes } = monitorNodes(this.#store, this.#lifecycle, this.#monitorDueMs, peers);
      this.#lifecycle = lifecycle;
      this.#put(changes);
    }
  }

  /** What the kubelet wrote itself is in its answer; only pods come back by the watch. */
  #answered(answer: Answer, atMs: number): EffectResult | EffectError {
    if ('refusal' in answer) return answer.refusal;
    const { change } = answer;
    if (change.object.kind === 'Pod') this.#put(change);
    else this.#store = change.store;
    if (change.object.kind === 'Node') this.#taint(change.object, atMs);
    return { type: 'object', object: change.object };
  }

  #tellEvents(atMs: number): void {
    for (const event of this.#sink.take(this.#watch.reachable, atMs)) {
      this.#put(recordEvent(this.#store, event, atMs));
    }
  }

  #taint(node: KubeObject, atMs: number): void {
    this.#put(taintNode(this.#store, node.metadata.name ?? '', atMs));
  }

  #put(change: Changes): void {
    this.#store = change.store;
    this.#services.note(change.deltas);
    for (const delta of change.deltas) {
      const event = toKubelet(delta, this.#node.name);
      if (event !== undefined && this.#watch.passes(event)) this.#toKubelet(event);
    }
  }
}
