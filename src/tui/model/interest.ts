/** What "run to the next event of interest" stops at: another stage, or an event that a person would want to see. */
import type { CoreEvent } from '../../api/types.ts';
import type { Step } from '../../engine/types.ts';
import type { Stage } from '../../lib/stage.ts';
import type { StepRow } from './scene.ts';

/** Reasons of Kubernetes events at which a run stops. */
const REASONS =
  /^(?:Unhealthy|Killing|BackOff|Failed.*|Err.*|InspectFailed|ProbeWarning|Evicted|ExceededGracePeriod)$/;
/** Moves of containers and sandboxes that a run stops at. */
const EVENTS: ReadonlySet<string> = new Set([
  'ContainerDied',
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

/** The stage that the rows have come to, book-keeping aside. */
export function stageOf(rows: readonly StepRow[]): Stage | undefined {
  return rows.findLast(({ entry }) => !BOOKKEEPING.has(entry.stage))?.entry.stage;
}

/** The row of the last step that tells most: a machine's move on the pod's journey, else any move, else the last. */
export function tellingRow(rows: readonly StepRow[]): StepRow | undefined {
  const last = rows.at(-1);
  const step = rows.slice(rows.findLastIndex(({ seq }) => seq !== last?.seq) + 1);
  const moved = ({ entry }: StepRow) => entry.from !== entry.to;
  return (
    step.findLast((row) => moved(row) && !BOOKKEEPING.has(row.entry.stage)) ?? step.findLast(moved) ?? last
  );
}
