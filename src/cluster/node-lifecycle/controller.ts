/**
 * The node lifecycle controller and the taint eviction controller, as one actor of the control plane: each five
 * seconds it looks which nodes were heard of, taints those that were not, and in the end has their pods leave.
 * Follows pkg/controller/nodelifecycle/node_lifecycle_controller.go and pkg/controller/tainteviction.
 */
import type { Taint } from '../../api/taints.ts';
import type { KubeObject, NodeCondition, NodeStatus, Pod } from '../../api/types.ts';
import { nodeStatusIs } from '../../kubelet/events/node-texts.ts';
import type { EventText } from '../../kubelet/events/texts.ts';
import { sameData } from '../../lib/same-data.ts';
import { recordEvent } from '../events.ts';
import { asPod, deletePodObject, podsOf } from '../pods.ts';
import { type Change, type Delta, find, replace, type Store } from '../store.ts';
import { isLost, lostConditions, notReadyStatus, taintDeletionCondition } from './lost-node.ts';
import { evictionCancelled, evictionMarked, podNodeNotReady, tolerationMs } from './taint-eviction.ts';
import { noExecuteKey, noScheduleKeys, reconciledTaints } from './taints.ts';

/** What was last heard of a node (nodeHealthData). */
interface NodeHealth {
  /** When it was heard, by the controller's own clock. */
  readonly heardMs: number;
  readonly heartbeat: string;
  readonly renewTime: string;
}

export interface NodeLifecycle {
  /** By node name. */
  readonly health: Readonly<Record<string, NodeHealth>>;
  /** By pod UID: when the pod has to leave its node, and since when that is known. */
  readonly evictions: Readonly<Record<string, { readonly atMs: number; readonly sinceMs: number }>>;
}

export const NO_NODES: NodeLifecycle = { health: {}, evictions: {} };

/** The actor's work under way: the store as it becomes, and what watches see of it. */
interface Pass {
  store: Store;
  readonly deltas: Delta[];
  lifecycle: NodeLifecycle;
  readonly atMs: number;
}

/** One pass over all nodes. Nodes in `healthy` are somebody else's: they are heard of all the time. */
export function monitorNodes(
  store: Store,
  lifecycle: NodeLifecycle,
  atMs: number,
  healthy: ReadonlySet<string>,
): { readonly store: Store; readonly deltas: readonly Delta[]; readonly lifecycle: NodeLifecycle } {
  const pass: Pass = { store, deltas: [], lifecycle, atMs };
  const names = nodesOf(store).map(({ metadata }) => metadata.name ?? '');
  const before = new Map(names.map((name) => [name, readyOf(nodeNamed(pass, name))]));
  for (const name of names) if (!healthy.has(name)) monitorNode(pass, name);
  // Where no node is Ready any more, the fault is rather the control plane's own: nothing is evicted.
  const ready = names.some((name) => readyOf(nodeNamed(pass, name)) === 'True');
  for (const name of names) {
    taint(pass, name, ready ? noExecuteKey(before.get(name) ?? '') : undefined);
    evictFrom(pass, name);
  }
  return pass;
}

/** The NoSchedule taints of one node, as soon as its conditions or a cordon ask for them (doNoScheduleTaintingPass). */
export function taintNode(store: Store, name: string, atMs: number): Pick<Change, 'store' | 'deltas'> {
  const pass: Pass = { store, deltas: [], lifecycle: NO_NODES, atMs };
  const own = (spec(nodeNamed(pass, name)).taints ?? []).find(({ effect }) => effect === 'NoExecute');
  taint(pass, name, own?.key);
  return pass;
}

function nodesOf(store: Store): KubeObject[] {
  const nodes: KubeObject[] = [];
  for (const object of store.objects.values()) if (object.kind === 'Node') nodes.push(object);
  return nodes;
}

const nodeNamed = (pass: Pass, name: string) => find(pass.store, 'Node', '', name);
const statusOf = (node: KubeObject | undefined) => (node?.status ?? {}) as NodeStatus;
const readyOf = (node: KubeObject | undefined) => conditionOf(node, 'Ready')?.status ?? 'Unknown';

function conditionOf(node: KubeObject | undefined, type: string): NodeCondition | undefined {
  return statusOf(node).conditions?.find((condition) => condition.type === type);
}

function spec(node: KubeObject | undefined): { taints?: readonly Taint[]; unschedulable?: boolean } {
  return (node?.spec ?? {}) as { taints?: readonly Taint[]; unschedulable?: boolean };
}

function put(pass: Pass, change: Pick<Change, 'store' | 'deltas'>): void {
  pass.store = change.store;
  pass.deltas.push(...change.deltas);
}

/** tryUpdateNodeHealth and monitorNodeHealth, for one node. */
function monitorNode(pass: Pass, name: string): void {
  const node = nodeNamed(pass, name);
  if (node === undefined) return;
  const { heardMs } = heard(pass, node);
  const ready = readyOf(node);
  if (!isLost(pass.atMs - heardMs, conditionOf(node, 'Ready') !== undefined)) return;
  const status = statusOf(node);
  const createdAt = String(node.metadata.creationTimestamp);
  const conditions = lostConditions(status.conditions ?? [], createdAt, pass.atMs);
  if (sameData(conditions, status.conditions)) return;
  put(pass, replace(pass.store, { ...node, status: { ...status, conditions } }));
  if (ready !== 'True') return;
  tell(pass, nodeReference(node), 'node-controller', nodeStatusIs(name, 'NodeNotReady'));
  for (const pod of podsOn(pass, name)) markNotReady(pass, pod);
}

/** A heartbeat or a renewed lease counts from when it is seen here: clocks of nodes may differ. */
function heard(pass: Pass, node: KubeObject): NodeHealth {
  const name = node.metadata.name ?? '';
  const known = pass.lifecycle.health[name];
  const lease = find(pass.store, 'Lease', 'kube-node-lease', name, 'coordination.k8s.io')?.spec as
    | { readonly renewTime?: string }
    | undefined;
  const heartbeat = conditionOf(node, 'Ready')?.lastHeartbeatTime ?? '';
  const renewTime = lease?.renewTime ?? '';
  if (known !== undefined && known.heartbeat === heartbeat && known.renewTime === renewTime) return known;
  const health = { heardMs: pass.atMs, heartbeat, renewTime };
  pass.lifecycle = { ...pass.lifecycle, health: { ...pass.lifecycle.health, [name]: health } };
  return health;
}

function podsOn(pass: Pass, name: string): Pod[] {
  return podsOf(pass.store).filter((pod) => pod.spec.nodeName === name);
}

/** The pod runs on, for all that is known; only its readiness is taken away. */
function markNotReady(pass: Pass, pod: Pod): void {
  const status = notReadyStatus(pod.status, pass.atMs);
  if (status === undefined) return;
  put(
    pass,
    replace(pass.store, { ...(pod as unknown as KubeObject), status: status as KubeObject['status'] }),
  );
  tell(pass, podReference(pod), 'node-controller', podNodeNotReady());
}

function taint(pass: Pass, name: string, noExecute: string | undefined): void {
  const node = nodeNamed(pass, name);
  if (node === undefined) return;
  const { taints = [], unschedulable = false } = spec(node);
  const noSchedule = noScheduleKeys(statusOf(node).conditions ?? [], unschedulable);
  const next = reconciledTaints(taints, { noSchedule, noExecute }, pass.atMs);
  if (sameData(next, taints)) return;
  const { taints: _before, ...rest } = node.spec as { taints?: unknown };
  const nodeSpec = next.length === 0 ? rest : { ...rest, taints: next };
  put(pass, replace(pass.store, { ...node, spec: nodeSpec }));
}

/** taint_eviction.go processPodOnNode, for each pod of the node. */
function evictFrom(pass: Pass, name: string): void {
  const taints = (spec(nodeNamed(pass, name)).taints ?? []).filter(({ effect }) => effect === 'NoExecute');
  // Where nobody is to go, and nobody was, no pod is looked at.
  if (taints.length === 0 && Object.keys(pass.lifecycle.evictions).length === 0) return;
  for (const pod of podsOn(pass, name)) {
    if (pod.metadata.deletionTimestamp === undefined) evictInTime(pass, pod, taints);
  }
}

function evictInTime(pass: Pass, pod: Pod, taints: readonly Taint[]): void {
  const { uid, namespace, name } = pod.metadata;
  const { [uid]: planned, ...others } = pass.lifecycle.evictions;
  const stayMs = tolerationMs(pod.spec.tolerations ?? [], taints);
  if (stayMs === Number.POSITIVE_INFINITY) {
    if (planned === undefined) return;
    pass.lifecycle = { ...pass.lifecycle, evictions: others };
    tell(pass, podReference(pod), TAINT_EVICTION, evictionCancelled(namespace, name));
    return;
  }
  const sinceMs = planned?.sinceMs ?? pass.atMs;
  const atMs = sinceMs + stayMs;
  if (pass.atMs < atMs) {
    pass.lifecycle = { ...pass.lifecycle, evictions: { ...others, [uid]: { atMs, sinceMs } } };
    return;
  }
  pass.lifecycle = { ...pass.lifecycle, evictions: others };
  tell(pass, podReference(pod), TAINT_EVICTION, evictionMarked(namespace, name));
  evict(pass, pod);
}

const TAINT_EVICTION = 'taint-eviction-controller';

/** addConditionAndDeletePod. The kubelet alone can end it: until it is heard again, the pod is Terminating. */
function evict(pass: Pass, pod: Pod): void {
  const condition = taintDeletionCondition(pass.atMs);
  const conditions = [...(pod.status?.conditions ?? []), condition];
  const told = { ...(pod as unknown as KubeObject), status: { ...pod.status, conditions } };
  put(pass, replace(pass.store, told));
  const object = find(pass.store, 'Pod', pod.metadata.namespace, pod.metadata.name);
  const stored = object && asPod(object);
  if (stored !== undefined) put(pass, deletePodObject(pass.store, stored, { atMs: pass.atMs }));
}

type Reference = Readonly<Record<'kind' | 'name' | 'uid', string>> & { readonly namespace?: string };

function nodeReference({ metadata }: KubeObject): Reference {
  return { kind: 'Node', name: metadata.name ?? '', uid: metadata.uid ?? '' };
}

function podReference({ metadata }: Pod): Reference {
  const { namespace, name, uid } = metadata;
  return { kind: 'Pod', namespace, name, uid };
}

function tell(pass: Pass, about: Reference, component: string, text: EventText): void {
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {},
    involvedObject: { apiVersion: 'v1', ...about },
    ...text,
    source: { component },
    reportingComponent: component,
    reportingInstance: '',
  } as const;
  put(pass, recordEvent(pass.store, event, pass.atMs));
}
