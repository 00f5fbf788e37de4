/** What "run to the next event of interest" stops at: another stage, or an event that a person would want to see. */
import type { CoreEvent } from '../../api/types.ts';
import type { Step } from '../../engine/types.ts';
import type { Stage } from '../../lib/stage.ts';

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

/** True when the step, with the Kubernetes events it recorded, is one to stop at for a person who left in stage `from`. */
export function isOfInterest(step: Step, events: readonly CoreEvent[], from: Stage | undefined): boolean {
  if (step.quiet) return false;
  if (events.some(({ reason }) => REASONS.test(reason ?? ''))) return true;
  return step.entries.some(({ stage, event }) => stage !== from || EVENTS.has(event));
}
