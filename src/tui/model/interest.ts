/** What "run to the next event of interest" stops at: another stage, or an event that a person would want to see. */
import type { CoreEvent, Pod } from '../../api/types.ts';
import type { Step } from '../../engine/types.ts';
import type { Stage } from '../../lib/stage.ts';
import type { TraceEntry } from '../../machines/trace.ts';
import type { StepRow } from './scene.ts';

/** Reasons of Kubernetes events at which a run stops. */
const REASONS =
  /^(?:Unhealthy|Killing|BackOff|Failed.*|Err.*|InspectFailed|ProbeWarning|Evicted|ExceededGracePeriod|NodeNotReady|NetworkNotReady)$/;
/** Moves of containers and sandboxes that a run stops at. */
const EVENTS: ReadonlySet<string> = new Set([
  'ContainerDied',
  'ContainerSignalled',
  'ContainerStarted',
  'SandboxDied',
  'PodTerminating',
]);

/** Stages in which the kubelet keeps its books: no place that a person wants to get to. */
const BOOKKEEPING: ReadonlySet<Stage> = new Set(['sync', 'status', 'heartbeat']);

/** True when the step, with the Kubernetes events it recorded, is one to stop at for a person who left in stage `from`. */
export function isOfInterest(step: Step, events: readonly CoreEvent[], from: Stage | undefined): boolean {
  if (step.quiet) return false;
  if (events.some(({ reason }) => REASONS.test(reason ?? ''))) return true;
  return step.entries.some(
    ({ stage, event }) => EVENTS.has(event) || (stage !== from && !BOOKKEEPING.has(stage)),
  );
}

/** What a node tells of itself once, when it comes up. */
const COMES_UP: ReadonlySet<string> = new Set(['NodeRegistered', 'CSINodeCreated', 'LeaseCreated']);

/** True for a step in which a node comes up, and nothing else: no pod is in it, and no trouble. */
export function isNodeComingUp({ quiet, entries }: Step): boolean {
  const comesUp = ({ event, object, from, to }: TraceEntry) =>
    COMES_UP.has(event) ||
    (object.condition !== undefined && from === 'Unknown' && to === 'False') ||
    (object.condition === 'Ready' && to === 'True');
  return !quiet && entries.every((entry) => entry.stage === 'heartbeat' && comesUp(entry));
}

/** True when every pod has come to rest: Ready or finished, and not about to be deleted. Without pods too. */
export function isSettled(pods: readonly Pod[]): boolean {
  return pods.every(({ metadata, status }) => {
    if (metadata.deletionTimestamp !== undefined) return false;
    if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return true;
    return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
  });
}

/** The stage that the rows have come to, book-keeping aside. */
export function stageOf(rows: readonly StepRow[]): Stage | undefined {
  return rows.findLast(({ entry }) => !BOOKKEEPING.has(entry.stage))?.entry.stage;
}

/** Moves that only follow from what happens elsewhere: a container that begins to wait, a probe that is called off. */
const follows = ({ entry }: StepRow): boolean =>
  entry.machine === 'podWorker' ||
  (entry.machine === 'container' && entry.event === 'AwaitInitContainers') ||
  (entry.machine === 'probe' && entry.event === 'ProbeStopped');

/**
 * The row of the last step that tells most: an eviction before what it sets in motion, a machine's move on the
 * pod's journey before moves that only follow from others, before book-keeping, before a decision that moves nothing.
 */
export function tellingRow(rows: readonly StepRow[]): StepRow | undefined {
  const last = rows.at(-1);
  const step = rows.slice(rows.findLastIndex(({ seq }) => seq !== last?.seq) + 1);
  const moves = step.filter(({ entry }) => entry.from !== entry.to);
  const journey = moves.filter(({ entry }) => !BOOKKEEPING.has(entry.stage));
  const own = (row: StepRow) => !follows(row);
  const evicted = journey.find(({ entry }) => entry.stage === 'evict');
  return evicted ?? journey.findLast(own) ?? moves.findLast(own) ?? journey.at(-1) ?? moves.at(-1) ?? last;
}
