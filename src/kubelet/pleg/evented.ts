/**
 * The evented PLEG (gate EventedPLEG): the runtime tells what becomes of containers, and relists are rare. When
 * its stream has broken too often, the generic PLEG does all by itself again. Follows pkg/kubelet/pleg/evented.go.
 */

import type { ContainerEvent } from '../../api/cri.ts';
import { isEnabled } from '../../api/kubelet-configuration/gates.ts';
import { type Draft, emit, nodeOwner, note, type Say, update } from '../draft.ts';
import { logInfo } from '../log/log.ts';
import { startTimer } from '../loop-timer.ts';
import type { RuntimePod } from '../runtime-pod.ts';
import type { KubeletState } from '../state.ts';
import { WHERE } from '../where.ts';
import type { PlegEvent } from './diff.ts';
import { beginRelist, EVENTED_RELIST_PERIOD_MS, podChanged, runtimePodsOf } from './pleg.ts';

/** kubelet.go eventedPlegMaxStreamRetries: so many failures of the stream, in the kubelet's whole life. */
export const MAX_STREAM_RETRIES = 5;
/** How often the whole cache counts as new without a relist, so that no worker waits for ever (evented.go globalCacheUpdatePeriod). */
const GLOBAL_CACHE_UPDATE_PERIOD_MS = 2_000;
export const CACHE_TIMER = 'pleg/cache';
/** Who asks for the stream, and for the relist after it has ended. */
export const STREAM_KEY = 'pleg/stream';

/** Opens the stream, if the gate is on. */
export function startEventedPleg(draft: Draft): void {
  if (!isEnabled(draft.state.config, 'EventedPLEG')) return;
  update(draft, { pleg: { ...draft.state.pleg, evented: { inUse: true, attempts: 0 } } });
  openStream(draft);
  startTimer(draft, CACHE_TIMER, GLOBAL_CACHE_UPDATE_PERIOD_MS);
}

function openStream(draft: Draft): void {
  emit(draft, nodeOwner(draft.state, STREAM_KEY), { type: 'getContainerEvents' });
}

const isInUse = ({ pleg }: KubeletState) => pleg.evented?.inUse === true;

/** What is cached counts as new again; false when nobody goes by it any more. */
export function cacheUpdated(draft: Draft): boolean {
  if (!isInUse(draft.state)) return false;
  update(draft, { pleg: { ...draft.state.pleg, cacheTimeMs: draft.state.nowMs } });
  startTimer(draft, CACHE_TIMER, GLOBAL_CACHE_UPDATE_PERIOD_MS);
  return true;
}

/** The runtime opened the stream. */
export function streamOpened(draft: Draft): void {
  tell(draft, 'open', { why: 'pleg.streamOpen', values: { seconds: EVENTED_RELIST_PERIOD_MS / 1_000 } });
}

/** The stream ended, or was refused: everything is listed once, for what was not told meanwhile. */
export function streamBroken(draft: Draft, message: string): void {
  const { evented } = draft.state.pleg;
  if (evented === undefined || !evented.inUse) return;
  const attempts = evented.attempts + 1;
  update(draft, { pleg: { ...draft.state.pleg, evented: { ...evented, attempts } } });
  logInfo(draft, 4, FILE, 'Evented PLEG: Failed to get container events, retrying: ', { err: message });
  const values = { attempts, limit: MAX_STREAM_RETRIES, message };
  tell(draft, 'broken', { why: 'pleg.streamBroken', values });
  beginRelist(draft, STREAM_KEY);
}

/** The relist after that came back: the stream is opened again, or given up. */
export function streamGoesOn(draft: Draft): void {
  const { evented } = draft.state.pleg;
  if (evented === undefined || !evented.inUse) return;
  const { attempts } = evented;
  if (attempts < MAX_STREAM_RETRIES) {
    openStream(draft);
    return;
  }
  logInfo(draft, 4, FILE, 'Fall back to Generic PLEG relisting since Evented PLEG is not working');
  update(draft, { pleg: { ...draft.state.pleg, evented: { ...evented, inUse: false } } });
  tell(draft, 'fallenBack', { why: 'pleg.fallsBack', values: { attempts } });
  beginRelist(draft);
}

/** An event came: what is known of its sandbox is replaced by what it says. Returns what changed. */
export function containerEventSeen(draft: Draft, event: ContainerEvent): readonly PlegEvent[] {
  if (!isInUse(draft.state)) return [];
  const { podSandboxStatus: sandbox, containersStatuses, createdAtMs, containerId } = event;
  const podUid = sandbox.metadata.uid;
  const known = draft.state.pleg.cache[podUid];
  const sandboxes = (known?.sandboxes ?? []).filter(({ id }) => id !== sandbox.id);
  const containers = (known?.containers ?? []).filter(({ podSandboxId }) => podSandboxId !== sandbox.id);
  const isGone = event.type === 'CONTAINER_DELETED_EVENT' && containerId === sandbox.id;
  const now = isGone
    ? runtimePodsOf(sandboxes, containers)
    : runtimePodsOf([...sandboxes, sandbox], [...containers, ...containersStatuses]);
  const pod: RuntimePod = now.get(podUid) ?? { podUid, sandboxes: [], containers: [] };
  logInfo(draft, 4, FILE, 'Evented PLEG: Generated pod status from the received event', { podUID: podUid });
  return podChanged(draft, pod, createdAtMs);
}

const FILE = 'evented.go';

function tell(draft: Draft, at: string, say: Pick<Say, 'why' | 'values'>): void {
  const { object } = nodeOwner(draft.state, '');
  note(draft, 'pleg', object, 'GetContainerEvents', at, {
    ...say,
    stage: 'sync',
    where: WHERE.watchEventsChannel,
  });
}
