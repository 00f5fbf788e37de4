/**
 * The container log manager: every ten seconds it looks how large the logs of running containers have grown,
 * and turns those over that are too large, so many at a time.
 * Follows pkg/kubelet/logs/container_log_manager.go.
 */
import { type ContainerStatus, LABEL } from '../../api/cri.ts';
import { invariant } from '../../lib/assert.ts';
import type { EffectBody, EffectId } from '../../machines/effects.ts';
import type { EffectError, EffectResult } from '../../machines/events.ts';
import type { Where } from '../../machines/trace.ts';
import type { WhyKey } from '../../messages/why.ts';
import { rpcError } from '../aggregate-errors.ts';
import {
  type Draft,
  emit,
  type MachineRef,
  move,
  nodeOwner,
  note,
  refOf,
  type Say,
  update,
} from '../draft.ts';
import { formatSize } from '../images/gc/texts.ts';
import { startTimer } from '../loop-timer.ts';
import { without } from '../state.ts';
import { type RotationStep, rotationSteps } from './rotation.ts';
import { LOGS_WHERE as WHERE } from './where.ts';

export const LOGS_TIMER = 'logs/rotate';

/** A log that is being turned over. */
interface Rotation {
  readonly path: string;
  /** The step under way first; undefined until the files beside the log are known. */
  readonly steps?: readonly RotationStep[];
  readonly waits: EffectId;
}

/** The manager's slice. */
export interface ContainerLogs {
  /** The sizes that were asked for, and of which containers. */
  readonly question?: { readonly effectId: EffectId; readonly containerIds: readonly string[] };
  /** Containers whose logs wait for a worker. */
  readonly queue: readonly string[];
  /** By container id. */
  readonly rotations: Readonly<Record<string, Rotation>>;
}

export const NO_CONTAINER_LOGS: ContainerLogs = { queue: [], rotations: {} };

function setLogs(draft: Draft, change: Partial<ContainerLogs>): void {
  update(draft, { containerLogs: { ...draft.state.containerLogs, ...change } });
}

/** The kubelet has started; a negative size turns rotation off. */
export function startLogManager(draft: Draft): void {
  const { containerLogMaxSizeBytes, containerLogMonitorIntervalMs } = draft.state.config;
  if (containerLogMaxSizeBytes >= 0) startTimer(draft, LOGS_TIMER, containerLogMonitorIntervalMs);
}

/** The interval is over: only containers that run are looked at, for the others write nothing more (rotateLogs). */
export function rotateLogs(draft: Draft): void {
  startTimer(draft, LOGS_TIMER, draft.state.config.containerLogMonitorIntervalMs);
  const { question, rotations, queue } = draft.state.containerLogs;
  const due = running(draft).filter(({ id }) => rotations[id] === undefined && !queue.includes(id));
  if (question !== undefined || due.length === 0) return;
  const paths = due.map(({ logPath }) => logPath);
  const effectId = emit(draft, nodeOwner(draft.state, LOGS_TIMER), { type: 'statNodeFiles', paths });
  setLogs(draft, { question: { effectId, containerIds: due.map(({ id }) => id) } });
}

function running({ state }: Draft): readonly ContainerStatus[] {
  const known = Object.values(state.pleg.cache).filter(({ podUid }) => state.workers[podUid] !== undefined);
  const all = known.flatMap(({ containers }) => containers);
  return all.filter((status) => status.state === 'CONTAINER_RUNNING');
}

const statusOf = (draft: Draft, containerId: string) => running(draft).find(({ id }) => id === containerId);

/** What came of what the manager asked for; everything else is none of its business. */
export function logManagerReturned(
  draft: Draft,
  effectId: EffectId,
  result: EffectResult | EffectError,
): void {
  const { question, rotations } = draft.state.containerLogs;
  if (question?.effectId === effectId) {
    const { question: _answered, ...rest } = draft.state.containerLogs;
    update(draft, { containerLogs: rest });
    if ('type' in result && result.type === 'sizes') sizesSeen(draft, question.containerIds, result.sizes);
    return;
  }
  const found = Object.entries(rotations).find(([, { waits }]) => waits === effectId);
  if (found !== undefined) stepReturned(draft, ...found, result);
}

function sizesSeen(
  draft: Draft,
  containerIds: readonly string[],
  sizes: readonly (number | undefined)[],
): void {
  const limitBytes = draft.state.config.containerLogMaxSizeBytes;
  const known = new Map(running(draft).map((status) => [status.id, status]));
  for (const [index, id] of containerIds.entries()) {
    const status = known.get(id);
    const size = sizes[index];
    if (status === undefined) continue;
    if (size === undefined) reopenMissing(draft, status);
    else if (size >= limitBytes) {
      const values = {
        container: status.metadata.name,
        size: formatSize(size),
        limit: formatSize(limitBytes),
      };
      tell(draft, status, 'logs.tooLarge', values, WHERE.processContainer);
      setLogs(draft, { queue: [...draft.state.containerLogs.queue, id] });
    }
  }
  takeNext(draft);
}

/** Somebody has removed the file: the runtime writes a new one. */
function reopenMissing(draft: Draft, status: ContainerStatus): void {
  const values = { container: status.metadata.name };
  const say: Say = { stage: 'gc', why: 'logs.missing', values, where: WHERE.processContainer };
  reopen(draft, status, say);
}

function refOfContainer(draft: Draft, { labels, metadata }: ContainerStatus): MachineRef<'container'> {
  const pod = draft.state.workers[labels[LABEL.podUid] ?? '']?.pod;
  invariant(pod !== undefined, 'only containers of known pods are looked at');
  return refOf('container', pod, { name: metadata.name });
}

function tell(
  draft: Draft,
  status: ContainerStatus,
  why: WhyKey,
  values: NonNullable<Say['values']>,
  where: Where,
): void {
  const { object } = refOfContainer(draft, status);
  note(draft, 'containerLogManager', object, 'RotateLogs', 'rotating', { stage: 'gc', why, values, where });
}

function reopen(draft: Draft, status: ContainerStatus, say: Say): EffectId {
  const ref = refOfContainer(draft, status);
  const [effectId = -1] = move(draft, ref, { type: 'ReopenContainerLog', containerId: status.id }, say);
  return effectId;
}

/** Workers take what waits, `containerLogMaxWorkers` at a time. */
function takeNext(draft: Draft): void {
  for (;;) {
    const { queue, rotations } = draft.state.containerLogs;
    const [id, ...rest] = queue;
    if (id === undefined || Object.keys(rotations).length >= draft.state.config.containerLogMaxWorkers)
      return;
    setLogs(draft, { queue: rest });
    const status = statusOf(draft, id);
    if (status === undefined) continue;
    const path = status.logPath;
    const directory = path.slice(0, path.lastIndexOf('/'));
    const owner = nodeOwner(draft.state, LOGS_TIMER);
    const waits = emit(draft, owner, { type: 'listNodeDirectory', directory });
    setRotation(draft, id, { path, waits });
  }
}

function setRotation(draft: Draft, id: string, rotation: Rotation): void {
  setLogs(draft, { rotations: { ...draft.state.containerLogs.rotations, [id]: rotation } });
}

function stepReturned(
  draft: Draft,
  id: string,
  rotation: Rotation,
  result: EffectResult | EffectError,
): void {
  const { path, steps } = rotation;
  const status = statusOf(draft, id);
  if ('code' in result) failed(draft, id, rotation, rpcError(result));
  else if (status === undefined) over(draft, id);
  else if (steps === undefined) {
    const directory = path.slice(0, path.lastIndexOf('/') + 1);
    const names = result.type === 'entries' ? result.entries.map(({ name }) => directory + name) : [];
    const { containerLogMaxFiles } = draft.state.config;
    goOn(draft, status, path, rotationSteps(path, names, containerLogMaxFiles, draft.state.nowMs));
  } else goOn(draft, status, path, steps.slice(1));
}

function goOn(draft: Draft, status: ContainerStatus, path: string, steps: readonly RotationStep[]): void {
  const [step] = steps;
  if (step === undefined) over(draft, status.id);
  else setRotation(draft, status.id, { path, steps, waits: begin(draft, status, step) });
}

/** How each step is told, and where the real kubelet does it. */
const SAID = {
  remove: { why: 'logs.remove', where: WHERE.removeExcessLogs },
  compress: { why: 'logs.compress', where: WHERE.compressLog },
  rename: { why: 'logs.rename', where: WHERE.rotateLatestLog },
} as const;

function begin(draft: Draft, status: ContainerStatus, step: RotationStep): EffectId {
  const container = status.metadata.name;
  if (step.type === 'reopen') {
    const values = { container };
    return reopen(draft, status, { stage: 'gc', why: 'logs.reopen', values, where: WHERE.rotateLatestLog });
  }
  const { why, where } = SAID[step.type];
  const path = step.type === 'rename' ? step.to : step.path;
  tell(draft, status, why, { container, path }, where);
  return emit(draft, nodeOwner(draft.state, LOGS_TIMER), effectOf(step));
}

function effectOf(step: Exclude<RotationStep, { type: 'reopen' }>): EffectBody {
  switch (step.type) {
    case 'remove':
      return { type: 'removeNodeFile', path: step.path };
    case 'compress':
      return { type: 'compressNodeFile', path: step.path };
    case 'rename':
      return { type: 'renameNodeFile', from: step.from, to: step.to };
  }
}

/** The log stays as it is until the next look; one whose container would not go on gets its own name back. */
function failed(draft: Draft, id: string, { path, steps = [] }: Rotation, message: string): void {
  const status = statusOf(draft, id);
  if (status !== undefined) {
    const values = { container: status.metadata.name, message };
    tell(draft, status, 'logs.failed', values, WHERE.rotateLog);
  }
  const [step] = steps;
  if (step?.type === 'reopen') {
    const owner = nodeOwner(draft.state, LOGS_TIMER);
    emit(draft, owner, { type: 'renameNodeFile', from: step.rotated, to: path });
  }
  over(draft, id);
}

function over(draft: Draft, id: string): void {
  setLogs(draft, { rotations: without(draft.state.containerLogs.rotations, id) });
  takeNext(draft);
}
