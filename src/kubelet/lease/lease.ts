/**
 * The heartbeat: a Lease of forty seconds, renewed each ten. It is what tells the control plane that the
 * kubelet lives; the Node's status tells how it is.
 * Follows staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go.
 */

import type { KubeObject } from '../../api/types.ts';
import { formatMicroTime } from '../../lib/time.ts';
import type { EffectError, EffectResult } from '../../machines/events.ts';
import { type Draft, emit, nodeOwner, note, type Say, update } from '../draft.ts';
import { heartbeatPeriodMs } from '../heartbeat-period.ts';
import { startTimer } from '../loop-timer.ts';
import { ownNode } from '../node-status/node-inputs.ts';
import { logLeaseNotRenewed, logNoLease } from '../node-status/node-log.ts';
import { NODE_WHERE } from '../node-status/where.ts';

/** What the lease controller remembers between two turns. */
export interface LeaseSlice {
  /** The lease as it was last written; undefined before it was found or made. */
  readonly latest?: KubeObject;
  /** Renewals that failed in a row: five at once, then it is looked for anew. */
  readonly failures: number;
  /** The wait before the lease is looked for again, milliseconds. */
  readonly ensureStepMs: number;
  /** The trouble has been told. */
  readonly isLate: boolean;
}

export const NO_LEASE: LeaseSlice = { failures: 0, ensureStepMs: 100, isLate: false };

const NAMESPACE = 'kube-node-lease';
const RENEW = 'lease/renew';
const ENSURE = 'lease/ensure';
const CREATE = 'lease/create';

/** kubelet.go nodeLeaseRenewIntervalFraction. */
export const RENEW_FRACTION = 0.25;
const MAX_UPDATE_RETRIES = 5;
const MAX_BACK_OFF_MS = 7_000;

function setSlice(draft: Draft, change: Partial<LeaseSlice>): void {
  update(draft, { lease: { ...draft.state.lease, ...change } });
}

/** The kubelet has started: it looks for its lease at once. */
export function startLease(draft: Draft): void {
  update(draft, { lease: NO_LEASE });
  ensureLease(draft);
}

/** True when the timer was the lease's. */
export function leaseTimer(draft: Draft, timerId: string): boolean {
  if (timerId === ENSURE) ensureLease(draft);
  else if (timerId !== RENEW) return false;
  else if (draft.state.lease.latest === undefined) ensureLease(draft);
  else renew(draft);
  return true;
}

/** True when the outcome was the lease's. */
export function leaseCallReturned(draft: Draft, key: string, back: EffectResult | EffectError): boolean {
  if (key === ENSURE) found(draft, back);
  else if (key === CREATE) created(draft, back);
  else if (key === RENEW) renewed(draft, back);
  else return false;
  return true;
}

function nextRenewal(draft: Draft): void {
  const { nodeLeaseDurationSeconds } = draft.state.config;
  const periodMs = nodeLeaseDurationSeconds * 1_000 * RENEW_FRACTION;
  startTimer(draft, RENEW, heartbeatPeriodMs(draft, periodMs));
}

function ensureLease(draft: Draft): void {
  const name = draft.state.node.nodeName;
  const place = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: NAMESPACE, name };
  emit(draft, nodeOwner(draft.state, ENSURE), { type: 'getObject', ...place });
}

function found(draft: Draft, back: EffectResult | EffectError): void {
  if ('code' in back) {
    if (back.code === 'NotFound') create(draft);
    else ensureLater(draft, back);
  } else if (back.type === 'object') {
    setSlice(draft, { latest: back.object, ensureStepMs: NO_LEASE.ensureStepMs });
    renew(draft);
  }
}

/** A lease belongs to its Node: before the Node is registered, none is made. */
function create(draft: Draft): void {
  const own = ownNode(draft.state);
  if (own === undefined) {
    nextRenewal(draft);
    return;
  }
  const { config, nowMs, node } = draft.state;
  const object: KubeObject = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: node.nodeName,
      namespace: NAMESPACE,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.nodeName, uid: own.metadata.uid }],
    },
    spec: {
      holderIdentity: node.nodeName,
      leaseDurationSeconds: config.nodeLeaseDurationSeconds,
      renewTime: formatMicroTime(nowMs),
    },
  };
  emit(draft, nodeOwner(draft.state, CREATE), { type: 'createObject', object });
}

function created(draft: Draft, back: EffectResult | EffectError): void {
  if ('code' in back) {
    ensureLater(draft, back);
    return;
  }
  if (back.type !== 'object') return;
  setSlice(draft, { latest: back.object, ensureStepMs: NO_LEASE.ensureStepMs });
  const { nodeLeaseDurationSeconds: seconds } = draft.state.config;
  const values = { seconds, every: seconds * RENEW_FRACTION };
  tell(draft, 'LeaseCreated', 'held', { why: 'lease.created', values, where: NODE_WHERE.lease });
  nextRenewal(draft);
}

/** backoffEnsureLease: it is looked for until it is found or made, each time after twice the wait. */
function ensureLater(draft: Draft, error: EffectError): void {
  const ensureStepMs = Math.min(draft.state.lease.ensureStepMs * 2, MAX_BACK_OFF_MS);
  setSlice(draft, { ensureStepMs });
  logNoLease(draft, error, ensureStepMs);
  startTimer(draft, ENSURE, ensureStepMs);
  tellLate(draft, error);
}

function renew(draft: Draft): void {
  const { lease, nowMs } = draft.state;
  const { latest } = lease;
  if (latest === undefined) return;
  const spec = { ...(latest.spec as object), renewTime: formatMicroTime(nowMs) };
  emit(draft, nodeOwner(draft.state, RENEW), { type: 'updateObject', object: { ...latest, spec } });
}

/** retryUpdateLease: five times at once; a newer version of the lease, or none, is read anew. */
function renewed(draft: Draft, back: EffectResult | EffectError): void {
  const { failures, isLate } = draft.state.lease;
  if (!('code' in back)) {
    if (back.type !== 'object') return;
    setSlice(draft, { latest: back.object, failures: 0, ensureStepMs: NO_LEASE.ensureStepMs, isLate: false });
    if (isLate)
      tell(draft, 'LeaseRenewed', 'held', { why: 'lease.renewedAgain', where: NODE_WHERE.renewLease });
    nextRenewal(draft);
    return;
  }
  const isLast = back.code === 'Conflict' || failures + 1 >= MAX_UPDATE_RETRIES;
  logLeaseNotRenewed(draft, back, isLast ? failures + 1 : undefined);
  if (!isLast) {
    setSlice(draft, { failures: failures + 1 });
    renew(draft);
    return;
  }
  setSlice(draft, { failures: 0 });
  if (back.code !== 'Conflict') tellLate(draft, back);
  ensureLease(draft);
}

/** Told once: what follows is more of the same. */
function tellLate(draft: Draft, { message }: EffectError): void {
  if (draft.state.lease.isLate) return;
  setSlice(draft, { isLate: true });
  tell(draft, 'LeaseLate', 'late', {
    why: 'lease.late',
    values: { message },
    where: NODE_WHERE.renewLease,
  });
}

function tell(draft: Draft, event: string, at: string, say: Omit<Say, 'stage'>): void {
  const { object } = nodeOwner(draft.state, '');
  note(draft, 'lease', object, event, at, { ...say, stage: 'heartbeat' });
}
