/** What happened in a run, told so that another run of the same manifests can be laid beside it: facts, by their meaning. */
import type { CoreEvent, Pod } from '../api/types.ts';
import type { Step } from '../engine/types.ts';

/** In the order in which a comparison shows them. */
export const FACT_KINDS = ['pull', 'start', 'probe', 'kill', 'exit', 'condition', 'event'] as const;
export type FactKind = (typeof FACT_KINDS)[number];

export interface Fact {
  /** `namespace/name`. */
  readonly pod: string;
  /** Empty for what is the pod's own. */
  readonly container: string;
  readonly kind: FactKind;
  /** In Kubernetes' words. */
  readonly text: string;
  /** Since the run began, in its own time. */
  readonly elapsedMs: number;
}

/** An event of the cluster, as it was recorded. */
export interface TimedEvent {
  readonly elapsedMs: number;
  readonly event: CoreEvent;
}

/** What a run left to be compared. */
export interface WatchedRun {
  readonly steps: readonly Step[];
  readonly events: readonly TimedEvent[];
}

/** By the event's reason; every other one is `event`. */
const KINDS: Readonly<Record<string, FactKind>> = {
  Pulling: 'pull',
  Pulled: 'pull',
  Failed: 'pull',
  ErrImageNeverPull: 'pull',
  InspectFailed: 'pull',
  BackOff: 'start',
  Created: 'start',
  Started: 'start',
  Unhealthy: 'probe',
  ProbeWarning: 'probe',
  Killing: 'kill',
  Evicted: 'kill',
  Preempting: 'kill',
  ExceededGracePeriod: 'kill',
};

/** The facts of the pods, in the order in which they came about. */
export function factsOf({ steps, events }: WatchedRun): readonly Fact[] {
  const told = events.flatMap(({ elapsedMs, event }) => eventFact(event, elapsedMs) ?? []);
  const seen = statusFacts(steps);
  return [...told, ...probeFacts(steps), ...seen].sort((a, b) => a.elapsedMs - b.elapsedMs);
}

function eventFact(event: CoreEvent, elapsedMs: number): Fact | undefined {
  const { kind, namespace = 'default', name = '', fieldPath = '' } = event.involvedObject;
  if (kind !== 'Pod') return undefined;
  const reason = event.reason ?? '';
  const container = /\{(.*)\}$/.exec(fieldPath)?.[1] ?? '';
  const text = `${reason}: ${event.message ?? ''}`;
  return { pod: `${namespace}/${name}`, container, kind: KINDS[reason] ?? 'event', text, elapsedMs };
}

/** A probe's moves: what it found is a state of its machine. */
function probeFacts(steps: readonly Step[]): Fact[] {
  return steps.flatMap(({ elapsedMs, entries }) =>
    entries.flatMap(({ machine, object, from, to, key = '' }): Fact[] => {
      if (machine !== 'probe' || from === to) return [];
      const { namespace = 'default', name, container = '' } = object;
      const probe = key.split('/').at(-1) ?? '';
      return [
        {
          pod: `${namespace}/${name}`,
          container,
          kind: 'probe',
          text: `${probe}: ${from} -> ${to}`,
          elapsedMs,
        },
      ];
    }),
  );
}

/** Exits and conditions, from every status that the API server was given. */
function statusFacts(steps: readonly Step[]): Fact[] {
  const told = new Map<string, string>();
  const facts: Fact[] = [];
  for (const { elapsedMs, event } of steps) {
    if (event.type !== 'PodAdded' && event.type !== 'PodUpdated') continue;
    const { pod } = event;
    const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
    for (const { what, container, kind, text } of [...exitsOf(pod), ...conditionsOf(pod)]) {
      const key = `${pod.metadata.uid}/${what}`;
      if (told.get(key) === text) continue;
      told.set(key, text);
      facts.push({ pod: name, container, kind, text, elapsedMs });
    }
  }
  return facts;
}

/** A fact of a status, and what it says something new of. */
type Standing = Pick<Fact, 'container' | 'kind' | 'text'> & { readonly what: string };

/** Each end once: by container and by how often it had been restarted. */
function exitsOf({ status }: Pod): Standing[] {
  const statuses = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  return statuses.flatMap(({ name, restartCount, state, lastState }) => {
    const ends = [
      { end: state?.terminated, round: restartCount },
      { end: lastState?.terminated, round: restartCount - 1 },
    ];
    return ends.flatMap(({ end, round }): Standing[] => {
      if (end === undefined) return [];
      const message = end.message ? `: ${end.message.trim()}` : '';
      const text = `exit ${end.exitCode} ${end.reason ?? ''}${message}`;
      return [{ what: `exit/${name}/${round}`, container: name, kind: 'exit', text }];
    });
  });
}

function conditionsOf({ status }: Pod): Standing[] {
  return (status?.conditions ?? []).map(({ type, status: is, reason }): Standing => {
    const text = `${type}=${is}${reason ? ` ${reason}` : ''}`;
    return { what: `condition/${type}`, container: '', kind: 'condition', text };
  });
}
