/**
 * The kubelet's own Node: registered once, its status computed every ten seconds and written when it says
 * something new or after five minutes. Follows pkg/kubelet/kubelet_node_status.go.
 */

import type { KubeObject, NodeCondition, NodeStatus } from '../../api/types.ts';
import type { EffectError, EffectResult } from '../../machines/events.ts';
import {
  type Draft,
  emit,
  type MachineRef,
  move,
  moveIf,
  nodeOwner,
  note,
  type Say,
  stateOf,
  update,
} from '../draft.ts';
import { nodeAllocatableEnforced, nodeStatusIs, startingKubelet } from '../events/node-texts.ts';
import { recordNodeEvent } from '../events/recorder.ts';
import type { EventText } from '../events/texts.ts';
import { heartbeatPeriodMs } from '../heartbeat-period.ts';
import { startTimer } from '../loop-timer.ts';
import { nodeStatusHasChanged } from './changed.ts';
import { nodeStatusInput, ownNode } from './node-inputs.ts';
import {
  logNodeNews,
  logNotRegistered,
  logRegistered,
  logRegistering,
  logStatusNotUpdated,
} from './node-log.ts';
import { csiNode, initialNode, reconciledNode } from './node-object.ts';
import { NO_NODE_STATUS, type NodeStatusSlice } from './node-slice.ts';
import { schedulableNews } from './schedulable.ts';
import { nodeStatusOf } from './status.ts';
import { conditionWhere, NODE_WHERE } from './where.ts';

/** The keys of this manager's timers and effects. */
const REGISTER = 'node/register';
const STATUS = 'node/status';
const HURRY = 'node/hurry';
const CSI = 'node/csi';
const IMAGES = 'node/images';

/** kubelet_node_status.go registerWithAPIServer: the wait doubles to this. */
const MAX_REGISTER_STEP_MS = 7_000;
/** kubelet.go fastStatusUpdateOnce: how often, and nodeReadyGracePeriod: how long. */
const HURRY_PERIOD_MS = 100;
export const HURRY_AT_MOST_MS = 120_000;
/** pkg/volume/csi/csi_plugin.go initializeCSINode. */
const CSI_FACTOR = 6;
const CSI_MAX_STEP_MS = 20_000;
/** image_gc_manager.go Start: how often its list of images is made anew. */
const IMAGES_PERIOD_MS = 30_000;
/** kubelet.go nodeStatusUpdateRetry. */
export const MAX_TRIES = 5;

function setSlice(draft: Draft, change: Partial<NodeStatusSlice>): void {
  update(draft, { nodeStatus: { ...draft.state.nodeStatus, ...change } });
}

/** The kubelet has started: it says so, and registers its Node after a first short wait. */
export function startNode(draft: Draft): void {
  const { config } = draft.state;
  update(draft, { nodeStatus: NO_NODE_STATUS });
  recordNodeEvent(draft, startingKubelet());
  listImages(draft);
  if (config.enforceNodeAllocatable.includes('pods')) recordNodeEvent(draft, nodeAllocatableEnforced());
  if (config.registerNode) startTimer(draft, REGISTER, NO_NODE_STATUS.registerStepMs);
  else nodeRegistered(draft);
}

/** True when the timer was this manager's. */
export function nodeTimer(draft: Draft, timerId: string): boolean {
  switch (timerId) {
    case REGISTER:
      register(draft);
      return true;
    case STATUS:
      syncNodeStatus(draft);
      startTimer(draft, STATUS, heartbeatPeriodMs(draft, draft.state.config.nodeStatusUpdateFrequencyMs));
      return true;
    case HURRY:
      hurry(draft);
      return true;
    case CSI:
      createCsiNode(draft);
      return true;
    case IMAGES:
      listImages(draft);
      return true;
    default:
      return false;
  }
}

/** Computes the status now, and writes what is news, unless a write is under way. */
export function syncNodeStatus(draft: Draft): void {
  if (draft.state.nodeStatus.post === undefined) writeIfNews(draft, 1);
}

/** True when the outcome was this manager's. */
export function nodeCallReturned(draft: Draft, key: string, back: EffectResult | EffectError): boolean {
  switch (key) {
    case REGISTER:
      registerReturned(draft, back);
      return true;
    case STATUS:
      statusReturned(draft, back);
      return true;
    case CSI:
      csiReturned(draft, back);
      return true;
    case IMAGES:
      imagesListed(draft, back);
      return true;
    default:
      return false;
  }
}

function listImages(draft: Draft): void {
  emit(draft, nodeOwner(draft.state, IMAGES), { type: 'listImages' });
}

/** The status lists them when it is computed next; without an answer the list stays as it is. */
function imagesListed(draft: Draft, back: EffectResult | EffectError): void {
  startTimer(draft, IMAGES, IMAGES_PERIOD_MS);
  if ('type' in back && back.type === 'images') setSlice(draft, { images: back.images });
}

function nodeRef(draft: Draft, type: string): MachineRef<'nodeCondition'> {
  const { object } = nodeOwner(draft.state, '');
  return {
    machine: 'nodeCondition',
    podUid: '',
    key: `node/${type}`,
    object: { ...object, condition: type },
  };
}

/** Computes the status, moves the conditions' machines and records what is news. */
function computeStatus(draft: Draft): NodeStatus {
  const input = nodeStatusInput(draft.state);
  const { status, news } = nodeStatusOf(input);
  for (const condition of input.before?.conditions ?? []) noticeLost(draft, condition);
  for (const condition of status.conditions ?? []) moveCondition(draft, condition);
  tellNews(draft, status, news);
  const { wasUnschedulable } = draft.state.nodeStatus;
  const spec = ownNode(draft.state)?.spec as { readonly unschedulable?: boolean } | undefined;
  const reason = schedulableNews(wasUnschedulable, spec?.unschedulable ?? false);
  if (reason !== undefined) {
    tellNews(draft, status, [nodeStatusIs(draft.state.node.nodeName, reason)]);
    setSlice(draft, { wasUnschedulable: !wasUnschedulable });
  }
  return status;
}

function tellNews(draft: Draft, status: NodeStatus, news: readonly EventText[]): void {
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  for (const text of news) {
    logNodeNews(draft, text.reason, ready);
    recordNodeEvent(draft, text);
  }
}

/** The control plane gave the node up while the kubelet could not be heard. */
function noticeLost(draft: Draft, { type, status, message = '' }: NodeCondition): void {
  if (status !== 'Unknown') return;
  const ref = nodeRef(draft, type);
  const say: Say = {
    stage: 'heartbeat',
    why: 'node.givenUp',
    values: { condition: type, message },
    where: NODE_WHERE.update,
  };
  moveIf(draft, ref, { type: 'HeartbeatMissed' }, say);
}

function moveCondition(draft: Draft, { type, status, reason = '', message = '' }: NodeCondition): void {
  const ref = nodeRef(draft, type);
  if (stateOf(draft, ref) === status || status === 'Unknown') return;
  const say: Say = {
    stage: 'heartbeat',
    why: 'node.condition',
    values: { condition: type, status, reason, message },
    where: conditionWhere(type),
  };
  move(draft, ref, { type: status === 'True' ? 'ConditionMet' : 'ConditionNotMet' }, say);
}

function tell(draft: Draft, event: string, at: string, say: Omit<Say, 'stage'>): void {
  const { object } = nodeOwner(draft.state, '');
  note(draft, 'node', object, event, at, { ...say, stage: 'heartbeat' });
}

function register(draft: Draft): void {
  const { node, config } = draft.state;
  logRegistering(draft);
  // A Node that is about to be made has no conditions before: each of them is news, with every attempt.
  const { status, news } = nodeStatusOf({ ...nodeStatusInput(draft.state), before: undefined });
  tellNews(draft, status, news);
  const object = initialNode(node, config, status);
  emit(draft, nodeOwner(draft.state, REGISTER), { type: 'createObject', object });
}

/** Registered, or there was a Node already, or neither: then once more after twice the wait. */
function registerReturned(draft: Draft, back: EffectResult | EffectError): void {
  if ('code' in back) {
    if (back.code === 'AlreadyExists') {
      setSlice(draft, { wasKnown: true });
      const name = draft.state.node.nodeName;
      const place = { apiVersion: 'v1', kind: 'Node', namespace: '', name };
      emit(draft, nodeOwner(draft.state, REGISTER), { type: 'getObject', ...place });
      return;
    }
    logNotRegistered(draft, back);
    const registerStepMs = Math.min(draft.state.nodeStatus.registerStepMs * 2, MAX_REGISTER_STEP_MS);
    setSlice(draft, { registerStepMs });
    startTimer(draft, REGISTER, registerStepMs);
    const values = { message: back.message, ms: registerStepMs };
    tell(draft, 'NodeNotRegistered', 'unregistered', {
      why: 'node.notRegistered',
      values,
      where: NODE_WHERE.register,
    });
    return;
  }
  if (back.type !== 'object') return;
  const { node, config } = draft.state;
  const wanted = initialNode(node, config, {});
  const right = reconciledNode(back.object, wanted);
  if (right !== undefined) {
    emit(draft, nodeOwner(draft.state, REGISTER), { type: 'updateObject', object: right });
    return;
  }
  setSlice(draft, { registered: true });
  logRegistered(draft);
  const values = { node: node.nodeName };
  const why = draft.state.nodeStatus.wasKnown ? 'node.known' : 'node.registered';
  tell(draft, 'NodeRegistered', 'registered', { why, values, where: NODE_WHERE.register });
  nodeRegistered(draft);
}

function nodeRegistered(draft: Draft): void {
  nodeTimer(draft, STATUS);
  startTimer(draft, HURRY, HURRY_PERIOD_MS);
  createCsiNode(draft);
}

function createCsiNode(draft: Draft): void {
  const own = ownNode(draft.state);
  if (own === undefined) startTimer(draft, CSI, CSI_MAX_STEP_MS);
  else emit(draft, nodeOwner(draft.state, CSI), { type: 'createObject', object: csiNode(own) });
}

/** Until the CSINode object is there the node is not Ready. */
function csiReturned(draft: Draft, back: EffectResult | EffectError): void {
  const { csiStepMs = 0 } = draft.state.nodeStatus;
  if ('code' in back && back.code !== 'AlreadyExists') {
    startTimer(draft, CSI, csiStepMs);
    setSlice(draft, { csiStepMs: Math.min(csiStepMs * CSI_FACTOR, CSI_MAX_STEP_MS) });
    return;
  }
  const { csiStepMs: _over, ...rest } = draft.state.nodeStatus;
  update(draft, { nodeStatus: rest });
  tell(draft, 'CSINodeCreated', 'initialized', { why: 'node.csiNode', where: NODE_WHERE.csiNode });
}

/** The short way to the first Ready, beside the ten seconds (kubelet.go fastStatusUpdateOnce). */
function hurry(draft: Draft): void {
  const { startedMs = 0, nowMs, nodeStatus } = draft.state;
  const isReady = readyOf(ownNode(draft.state)?.status as NodeStatus | undefined) === 'True';
  if (isReady || nowMs - startedMs >= HURRY_AT_MOST_MS) {
    setSlice(draft, { hurries: false });
    return;
  }
  startTimer(draft, HURRY, HURRY_PERIOD_MS);
  const { status } = nodeStatusOf(nodeStatusInput(draft.state));
  if (nodeStatus.post === undefined && readyOf(status) === 'True') write(draft, computeStatus(draft), 1);
}

const readyOf = (status: NodeStatus | undefined) =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.status;

/** tryUpdateNodeStatus: writes what is new, or what was not told for five minutes. */
function writeIfNews(draft: Draft, tries: number): void {
  const before = ownNode(draft.state)?.status as NodeStatus | undefined;
  if (before === undefined) return;
  const status = computeStatus(draft);
  const { nodeStatus, config, nowMs } = draft.state;
  const { lastReportMs } = nodeStatus;
  const isDue = lastReportMs === undefined || nowMs >= lastReportMs + config.nodeStatusReportFrequencyMs;
  if (isDue || nodeStatusHasChanged(before, status)) write(draft, status, tries);
}

function write(draft: Draft, status: NodeStatus, tries: number): void {
  const { nodeName } = draft.state.node;
  const object: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName }, status };
  const owner = nodeOwner(draft.state, STATUS);
  const effectId = emit(draft, owner, { type: 'updateObject', object, subresource: 'status' });
  setSlice(draft, { post: { effectId, tries, ready: readyOf(status) === 'True' } });
}

/** A failed write is tried again at once, five times in all; then the next one comes in its turn. */
function statusReturned(draft: Draft, back: EffectResult | EffectError): void {
  const { post, ...rest } = draft.state.nodeStatus;
  update(draft, { nodeStatus: rest });
  if (!('code' in back)) {
    setSlice(draft, { lastReportMs: draft.state.nowMs });
    return;
  }
  const tries = (post?.tries ?? MAX_TRIES) + 1;
  logStatusNotUpdated(draft, back, tries > MAX_TRIES);
  if (tries <= MAX_TRIES) {
    writeIfNews(draft, tries);
    return;
  }
  const values = { message: back.message };
  tell(draft, 'StatusNotWritten', 'registered', { why: 'node.notUpdated', values, where: NODE_WHERE.update });
}
