/** When a run is over, and how that is told. */
import type { CoreEvent } from '../api/types.ts';
import type { Engine, RunEnd, Step } from '../engine/types.ts';
import { formatDuration } from '../lib/time.ts';
import type { MessageKey } from '../messages/index.ts';
import { podWords } from '../tui/model/pod-status.ts';
import { type AppliedPod, holds, standing, type View } from './condition.ts';
import { type Io, say } from './io.ts';
import type { RunRequest } from './run-options.ts';

/** How long nothing may be seen to happen before pods that are Ready count as settled. */
const SETTLED_MS = 10_000;
/** The longest run that nobody gave an end, in virtual time. */
const LONGEST_MS = 5 * 60_000;
/** How long `--until` waits when `--for` does not say. */
const UNTIL_LIMIT_MS = 10 * 60_000;

export interface Ending {
  /** 0, or 1 when the condition was not met. */
  readonly exitCode: 0 | 1 | 130;
  readonly text: string;
}

/** Runs the engine to the end that was asked for. */
export async function runToEnd(
  engine: Engine,
  applied: readonly AppliedPod[],
  request: RunRequest,
  io: Io,
): Promise<Ending> {
  const startedAtMs = engine.now();
  const events: CoreEvent[] = [];
  const unlisten = engine.listen({ onEvent: (event) => events.push(event) });
  const view = (): View => ({ applied, pods: engine.pods(), events });
  const { until } = request;
  const limitMs = limitOf(request);
  const leftMs = () => (limitMs === undefined ? undefined : startedAtMs + limitMs - engine.now());
  const run = (forMs: number | undefined, done: (step: Step) => boolean) =>
    engine.run({ until: done, signal: io.signal, ...(forMs === undefined ? {} : { forMs }) });
  const met = () => until !== undefined && holds(until.condition, view());

  try {
    let end: RunEnd = 'time';
    for (const { afterMs, happens } of deedsOf(request, engine, applied)) {
      const waitMs = startedAtMs + afterMs - engine.now();
      if (end === 'time') end = await run(Math.min(waitMs, leftMs() ?? waitMs), met);
      if (end === 'time' && (leftMs() ?? 1) > 0) happens();
    }
    const over = overOf(request, view);
    if (end === 'time' && (leftMs() ?? 1) > 0) end = await run(leftMs(), over);
    const time = formatDuration(engine.now() - startedAtMs);
    const tell = (key: MessageKey, values = {}) => say(io, key, { time, ...values });
    if (end === 'aborted') return { exitCode: 130, text: tell('cli.end.aborted') };
    if (until !== undefined) {
      if (met()) return { exitCode: 0, text: tell('cli.end.until', { condition: until.text }) };
      const pods = podsText(view());
      return { exitCode: 1, text: tell('cli.notMet', { condition: until.text, pods }) };
    }
    return { exitCode: 0, text: tell(endKey(end, request, view())) };
  } finally {
    unlisten();
  }
}

/** What is done to the pods and to their node during the run, in its order. */
function deedsOf(
  { deleteAfterMs, shutdownAfterMs }: RunRequest,
  engine: Engine,
  applied: readonly AppliedPod[],
): readonly { readonly afterMs: number; readonly happens: () => void }[] {
  const deletion = () => {
    for (const pod of engine.pods()) deletePod(engine, pod, applied);
  };
  const shutdown = () => engine.faults.shutdownNode(true);
  const deeds = [
    { afterMs: deleteAfterMs, happens: deletion },
    { afterMs: shutdownAfterMs, happens: shutdown },
  ];
  return deeds
    .flatMap(({ afterMs, happens }) => (afterMs === undefined ? [] : [{ afterMs, happens }]))
    .sort((a, b) => a.afterMs - b.afterMs);
}

function deletePod(engine: Engine, pod: ReturnType<Engine['pods']>[number], applied: readonly AppliedPod[]) {
  const { uid, namespace, name } = pod.metadata;
  if (applied.some((one) => one.uid === uid)) engine.deletePod(namespace, name);
}

function limitOf({
  forMs,
  until,
  deleteAfterMs = 0,
  shutdownAfterMs = 0,
  clock,
}: RunRequest): number | undefined {
  if (forMs !== undefined) return forMs;
  if (until !== undefined) return UNTIL_LIMIT_MS;
  return clock === 'wall' ? undefined : Math.max(deleteAfterMs, shutdownAfterMs) + LONGEST_MS;
}

/** The check after each step; what nobody gave an end is over when nothing more is to be expected. */
function overOf({ until, forMs, deleteAfterMs, clock }: RunRequest, view: () => View) {
  if (until !== undefined) return () => holds(until.condition, view());
  if (deleteAfterMs !== undefined) return () => standing(view()) === 'gone';
  if (forMs !== undefined) return () => false;
  let seenAtMs: number | undefined;
  return (step: Step) => {
    // The node's heartbeat goes on for ever: what a run waits for is its pods.
    if (step.entries.some(({ stage }) => stage !== 'heartbeat')) seenAtMs = step.atMs;
    const now = standing(view());
    if (now === 'finished' || now === 'gone') return true;
    return now === 'ready' && clock !== 'wall' && step.atMs - (seenAtMs ?? step.atMs) >= SETTLED_MS;
  };
}

function endKey(end: RunEnd, { forMs }: RunRequest, view: View): MessageKey {
  if (end === 'idle') return 'cli.end.idle';
  if (end === 'time') return forMs === undefined ? 'cli.end.longest' : 'cli.end.time';
  switch (standing(view)) {
    case 'gone':
      return 'cli.end.deleted';
    case 'finished':
      return 'cli.end.finished';
    default:
      return 'cli.end.settled';
  }
}

function podsText({ applied, pods }: View): string {
  const words = applied.map(({ uid, name }) => {
    const pod = pods.find(({ metadata }) => metadata.uid === uid);
    if (pod === undefined) return `pod/${name} deleted`;
    const { status, ready, total } = podWords(pod);
    return `pod/${name} ${status} ${ready}/${total}`;
  });
  return words.join(', ');
}
