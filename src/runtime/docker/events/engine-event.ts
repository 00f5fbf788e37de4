/** What the Engine tells of a container (`GET /events`), in the words of every version (docker api/types/events Message). */
import { constants } from 'node:os';
import { LABEL_SANDBOX_ID, LABEL_TYPE, ownerFilter, podUidOf } from '../pods/labels.ts';

/** One line of the stream. Before 1.52 it has `status`, `id` and `from` too, which say the same. */
export interface EngineMessage {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes?: Readonly<Record<string, string>> | null };
  /** Nanoseconds; more digits than a number of JavaScript keeps, the last two or three are lost. */
  readonly timeNano: number;
}

/** Where a container is in its life; it never goes back. */
export type Stage = 'created' | 'running' | 'exited' | 'gone';

export interface EngineEvent {
  readonly containerId: string;
  /** Of the container itself for a sandbox. */
  readonly sandboxId: string;
  readonly podUid: string;
  readonly isSandbox: boolean;
  readonly atMs: number;
  /** Of a container that has ended: it may be gone before it can be asked. */
  readonly exitCode?: number;
  readonly what:
    | { readonly type: 'stage'; readonly stage: Stage }
    | { readonly type: 'signal'; readonly signal: string };
}

const STAGE: Readonly<Record<string, Stage>> = {
  create: 'created',
  start: 'running',
  die: 'exited',
  destroy: 'gone',
};

/** The stream's filter: what is this node's. An OOM kill and a stop are told too, and seen by the `die` beside them. */
export function eventFilters(owner: string): object {
  return { type: ['container'], event: [...Object.keys(STAGE), 'kill'], ...ownerFilter(owner) };
}

/** Undefined for what is not asked for: some versions send more than the filter lets through (`exec_die: ...`). */
export function readEvent({ Action, Actor, timeNano }: EngineMessage): EngineEvent | undefined {
  const labels = Actor.Attributes ?? {};
  const what = whatOf(Action, labels.signal);
  if (what === undefined) return undefined;
  const isSandbox = labels[LABEL_TYPE] === 'podsandbox';
  return {
    containerId: Actor.ID,
    sandboxId: isSandbox ? Actor.ID : (labels[LABEL_SANDBOX_ID] ?? ''),
    podUid: podUidOf(labels),
    isSandbox,
    atMs: Math.floor(timeNano / 1e6),
    ...(Action === 'die' && { exitCode: Number(labels.exitCode ?? 0) }),
    what,
  };
}

function whatOf(action: string, signal: string | undefined): EngineEvent['what'] | undefined {
  if (action === 'kill') return { type: 'signal', signal: signalName(signal) };
  const stage = STAGE[action];
  return stage === undefined ? undefined : { type: 'stage', stage };
}

/** `15` and `SIGTERM` are SIGTERM; what has no name stays a number. */
function signalName(signal = '15'): string {
  const number = Number(signal);
  if (Number.isNaN(number)) return signal;
  return Object.entries(constants.signals).find(([, one]) => one === number)?.[0] ?? signal;
}
