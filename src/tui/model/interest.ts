/** What "run to the next event of interest" stops at: another stage, or an event that a person would want to see. */
import type { Step } from '../../engine/types.ts';
import type { Stage } from '../../lib/stage.ts';

/** Reasons of Kubernetes events at which a run stops; `Failed` stands for all that begin with it. */
const REASONS = /\b(?:Unhealthy|Killing|BackOff|Failed\w*|ErrImagePull|InspectFailed|ProbeWarning|Evicted)\b/;
/** Moves of containers and sandboxes that a run stops at. */
const EVENTS: ReadonlySet<string> = new Set([
  'ContainerDied',
  'ContainerStarted',
  'SandboxDied',
  'PodTerminating',
]);

/** True when the step is one to stop at, for a person who left in stage `from`. */
export function isOfInterest(step: Step, from: Stage | undefined): boolean {
  if (step.quiet) return false;
  return step.entries.some(
    ({ stage, event, effects }) =>
      stage !== from || EVENTS.has(event) || effects.some((effect) => REASONS.test(effect)),
  );
}
