/** One of the runs that are compared: the manifests applied, watched until nothing new comes, deleted, watched to the end. */
import type { KubeObject } from '../api/types.ts';
import type { TimedEvent, WatchedRun } from '../compare/facts.ts';
import type { ComposeOptions } from '../compose/engine.ts';
import type { Engine, RunEnd, Step } from '../engine/types.ts';
import { type AppliedPod, standing } from './condition.ts';
import type { OpenEngine } from './run.ts';

/** Quiet for so long, pods that are Ready or have finished count as settled. */
const SETTLED_MS = 10_000;
/** The longest that pods may take to settle when nobody says how long to look. */
const LONGEST_MS = 2 * 60_000;
/** How long pods may take to go, beyond their own grace period. */
const GOING_MS = 60_000;

export interface CompareRequest {
  readonly objects: readonly KubeObject[];
  readonly options: ComposeOptions;
  /** Undefined: until nothing new comes. */
  readonly forMs: number | undefined;
  readonly signal: AbortSignal;
}

export interface RanOnce extends WatchedRun {
  /** The run was stopped from outside. */
  readonly aborted: boolean;
}

/** Runs the manifests to their end on one runtime. Throws PodstepError. */
export async function runOnce(request: CompareRequest, open: OpenEngine): Promise<RanOnce> {
  const engine = await open(request.options);
  try {
    const startedAtMs = engine.now();
    const events: TimedEvent[] = [];
    engine.listen({ onEvent: (event) => events.push({ elapsedMs: engine.now() - startedAtMs, event }) });
    engine.start();
    const pods = podsAmong(request.objects.map((object) => engine.apply(object)));
    const end = await live(engine, pods, request);
    const gone = end === 'aborted' ? end : await die(engine, pods, request.signal);
    return { steps: engine.steps(), events, aborted: gone === 'aborted' };
  } finally {
    await engine.close();
  }
}

function podsAmong(applied: readonly KubeObject[]): readonly AppliedPod[] {
  return applied.flatMap(({ kind, metadata }) =>
    kind === 'Pod' ? [{ uid: String(metadata.uid), name: String(metadata.name) }] : [],
  );
}

function live(
  engine: Engine,
  applied: readonly AppliedPod[],
  { forMs, signal }: CompareRequest,
): Promise<RunEnd> {
  if (forMs !== undefined) return engine.run({ forMs, signal });
  let newsAtMs = engine.now();
  const until = (step: Step) => {
    // The node's heartbeat goes on for ever.
    if (step.entries.some(({ stage }) => stage !== 'heartbeat')) newsAtMs = step.atMs;
    const settled = standing({ applied, pods: engine.pods(), events: [] }) !== 'going';
    return settled && step.atMs - newsAtMs >= SETTLED_MS;
  };
  return engine.run({ until, forMs: LONGEST_MS, signal });
}

function die(engine: Engine, applied: readonly AppliedPod[], signal: AbortSignal): Promise<RunEnd> {
  const graces = engine.pods().map(({ spec }) => (spec?.terminationGracePeriodSeconds ?? 30) * 1000);
  for (const { metadata } of engine.pods()) {
    if (applied.some(({ uid }) => uid === metadata.uid)) engine.deletePod(metadata.namespace, metadata.name);
  }
  const until = () => standing({ applied, pods: engine.pods(), events: [] }) === 'gone';
  return engine.run({ until, forMs: GOING_MS + Math.max(0, ...graces), signal });
}
