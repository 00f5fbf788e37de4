/** node-shutdown.json: how the time is shared, what each pod gets, and a node that goes down as a whole. */
import { defaultConfiguration } from '../../../src/api/kubelet-configuration/defaulting.ts';
import type { PlainMap } from '../../../src/api/manifest/plain.ts';
import type { Pod, PodStatus } from '../../../src/api/types.ts';
import { inhibitDelay } from '../../../src/kubelet/node-shutdown/inhibit.ts';
import { SHUTDOWN_ENDING, shutdownStatus } from '../../../src/kubelet/node-shutdown/node-shutdown.ts';
import {
  groupByPriority,
  migrateConfig,
  periodRequestedMs,
  shutdownGraceSeconds,
  shutdownPeriods,
} from '../../../src/kubelet/node-shutdown/periods.ts';
import { endedStatus } from '../../../src/kubelet/status/ending.ts';
import { formatDuration } from '../../../src/lib/time.ts';
import { pod as podOf } from '../../kubelet/fixtures.ts';
import { World } from '../../kubelet/world.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

interface ShortPod {
  readonly name: string;
  readonly priority: number;
  readonly terminationGracePeriodSeconds?: number | null;
}
interface Period {
  readonly priority: number;
  readonly seconds: number;
}

/** A pod of the file; without a grace period of its own where it says null. */
function toPod({ name, priority, terminationGracePeriodSeconds: grace }: ShortPod): Pod {
  const made = podOf({ priority }, { name, uid: name });
  const { terminationGracePeriodSeconds: _default, ...spec } = made.spec;
  const own = grace === null || grace === undefined ? {} : { terminationGracePeriodSeconds: grace };
  return { ...made, spec: { ...spec, ...own } };
}

const seconds = (value: number) => `${value}s`;
const periodsOf = (groups: readonly Period[]) =>
  groups.map((group) => ({ priority: group.priority, shutdownGracePeriodSeconds: group.seconds }));

function totals(total: number, critical = 0, gates: PlainMap = {}) {
  return defaultConfiguration({
    shutdownGracePeriod: seconds(total),
    shutdownGracePeriodCriticalPods: seconds(critical),
    featureGates: gates,
    logging: { verbosity: 1 },
  });
}

/** A kubelet with these settings; `takesMs` is how long a container takes to end. */
function running(config: ReturnType<typeof totals>, pods: readonly Pod[], takesMs = 0): World {
  const world = new World(undefined, config);
  world.programs.set('app', { stopsAfterMs: takesMs });
  for (const one of pods) world.apply(one);
  world.run(3_000);
  return world;
}

interface Shutdown {
  readonly pods: readonly ShortPod[];
  readonly shutdownGracePeriodSeconds: number;
  readonly shutdownGracePeriodCriticalPodsSeconds: number;
  readonly logindInhibitDelaySeconds: number;
  readonly logindInhibitDelayAfterOverrideSeconds: number;
}

function shutdown({ input, expected }: VectorCase<Shutdown, { startErrorContains?: string }>) {
  const config = totals(input.shutdownGracePeriodSeconds, input.shutdownGracePeriodCriticalPodsSeconds);
  const { overridden, error } = inhibitDelay({
    requestedMs: periodRequestedMs(shutdownPeriods(config)),
    allowedMs: input.logindInhibitDelaySeconds * 1_000,
    allowedAfterOverrideMs: input.logindInhibitDelayAfterOverrideSeconds * 1_000,
  });
  if (error !== undefined) {
    const { startErrorContains: words = '' } = expected;
    return { startErrorContains: error.includes(words) ? words : error };
  }
  const groups = groupByPriority(shutdownPeriods(config), input.pods.map(toPod));
  const graces = groups.flatMap((group) =>
    group.pods.map((one) => [one.metadata.name, shutdownGraceSeconds(one, group)] as const),
  );
  const world = running(config, []);
  world.send({ type: 'NodeShutdownRequested' });
  return {
    graceSeconds: Object.fromEntries(graces),
    overrodeInhibitDelay: overridden,
    rejectsNewPods: refusalOf(world) !== undefined,
    nodeReady: shutdownStatus(world.state) === undefined,
  };
}

/** What becomes of a pod that comes now. */
function refusalOf(world: World): PodStatus | undefined {
  world.apply(toPod({ name: 'late', priority: 0 }));
  world.run(10);
  const { status } = world.state.statuses.late ?? {};
  return status?.phase === 'Failed' ? status : undefined;
}

/** The settings of TestManager: 30 s in all, 10 of them for critical pods. */
const TEST_MANAGER = totals(30, 10);

function status({ input }: VectorCase<{ readonly phase: string }>) {
  const normal = toPod({ name: 'normal', priority: 0 });
  const before = { phase: input.phase } as PodStatus;
  const { phase, reason, message, conditions } = endedStatus(before, SHUTDOWN_ENDING, {
    generation: undefined,
    nowMs: 0,
  });
  const [group] = groupByPriority(shutdownPeriods(TEST_MANAGER), [normal]);
  return {
    phase,
    reason,
    message,
    conditions: (conditions ?? []).map(({ lastTransitionTime: _when, ...condition }) => condition),
    graceSeconds: group && shutdownGraceSeconds(normal, group),
  };
}

interface Enabled {
  readonly shutdownGracePeriodSeconds: number;
  readonly GracefulNodeShutdown: boolean;
}

function enabled({ input }: VectorCase<Enabled>) {
  const gates = { GracefulNodeShutdown: input.GracefulNodeShutdown };
  return { enabled: shutdownPeriods(totals(input.shutdownGracePeriodSeconds, 0, gates)).length > 0 };
}

const told = (periods: readonly { priority: number; shutdownGracePeriodSeconds: number }[]) =>
  periods.map((period) => ({ priority: period.priority, seconds: period.shutdownGracePeriodSeconds }));

function migrate({ input, expected }: VectorCase<Shutdown, { readonly groups: unknown }>) {
  const { shutdownGracePeriodSeconds: total, shutdownGracePeriodCriticalPodsSeconds: critical } = input;
  const groups = migrateConfig(total * 1_000, critical * 1_000);
  // None at all are told as null, or as an empty list.
  const none = Array.isArray(expected.groups) ? [] : null;
  return { groups: groups === undefined ? none : told(groups) };
}

interface Grouping {
  readonly groups: readonly Period[];
  readonly pods: readonly ShortPod[];
}

function group({ input }: VectorCase<Grouping>) {
  const groups = groupByPriority(periodsOf(input.groups), input.pods.map(toPod));
  return {
    groups: groups.map(({ pods, ...period }) => ({
      ...told([period])[0],
      pods: pods.map(({ metadata }) => metadata.name),
    })),
  };
}

function byPriority(groups: readonly Period[]) {
  return defaultConfiguration({
    shutdownGracePeriodByPodPriority: periodsOf(groups),
    logging: { verbosity: 1 },
  });
}

/** The texts of the log about this, in order. */
const logged = (world: World) =>
  world.logged
    .flatMap((line) => /\] "([^"]*)"/.exec(line)?.[1] ?? [])
    .filter((text) => /hutdown|group/.test(text));

function process({ input, expected }: VectorCase<Grouping & { killTakesSeconds: number }, { log: string }>) {
  const world = running(byPriority(input.groups), input.pods.map(toPod));
  // Even the runtime does not come back with the container's end for so long.
  const hung = { code: 'DeadlineExceeded', message: 'context deadline exceeded' } as const;
  world.intercept = ({ type }) => (type === 'stopContainer' ? hung : undefined);
  world.tookMs = ({ type }) => (type === 'stopContainer' ? input.killTakesSeconds * 1_000 : 0);
  world.send({ type: 'NodeShutdownRequested' });
  world.run(200_000);
  const lines = logged(world);
  return { error: null, log: lines.includes(expected.log) ? expected.log : lines };
}

const LOW_AND_HIGH = [
  { priority: 0, seconds: 10 },
  { priority: 100, seconds: 20 },
  { priority: 200, seconds: 5 },
];

/** Two low pods, one high, none in the last group: what happens, and the rule's own sentence where it holds. */
function rule({ expected }: VectorCase<unknown, Readonly<Record<string, string>>>) {
  const pods = [
    { name: 'low-a', priority: 0, terminationGracePeriodSeconds: 4 },
    { name: 'low-b', priority: 0 },
    { name: 'high', priority: 100 },
  ].map((short) => withLiveness(toPod(short)));
  const world = running(byPriority(LOW_AND_HIGH), pods, 3_000);
  const begunMs = world.elapsedMs;
  world.send({ type: 'NodeShutdownRequested' });
  world.run(0);
  const probed = Object.values(world.state.probes.workers).map(({ podUid }) => podUid);
  world.run(60_000);
  const killedAfterMs = Object.fromEntries(
    pods.map(({ metadata: { uid } }) => {
      const stop = world.trace.find(
        ({ key, to }) => key?.startsWith(`container/${uid}/`) && to.startsWith('terminating'),
      );
      return [uid, (stop?.atMs ?? Number.NaN) - begunMs];
    }),
  );
  const { 'low-a': first, 'low-b': second, high = 0 } = killedAfterMs;
  const inOrder = first === 0 && second === 0 && high > 0 && high < 10_000;
  const lastTookNoTime = world.state.shutdown?.groups.length === 0;
  const graces = world.logged.flatMap((line) => /killing pod .* gracePeriod=(\d+)$/.exec(line)?.[1] ?? []);
  return {
    order: inOrder && lastTookNoTime ? expected.order : killedAfterMs,
    probes: probed.join() === 'high' ? expected.probes : probed,
    graceOfPod: graces.join() === '4,10,20' ? expected.graceOfPod : graces,
  };
}

function withLiveness(one: Pod): Pod {
  const containers = one.spec.containers.map((container) => ({
    ...container,
    livenessProbe: { tcpSocket: { port: 80 } },
  }));
  return { ...one, spec: { ...one.spec, containers } };
}

function events() {
  const world = running(TEST_MANAGER, []);
  const recorded = (type: 'NodeShutdownRequested' | 'NodeShutdownCancelled') => {
    const before = world.nodeEvents.length;
    world.send({ type });
    const event = world.nodeEvents.slice(before).find(({ reason }) => reason === 'Shutdown');
    return event && { type: event.type, reason: event.reason, message: event.message };
  };
  return { shutdown: recorded('NodeShutdownRequested'), cancelled: recorded('NodeShutdownCancelled') };
}

function admit({ input }: VectorCase<{ readonly shuttingDown: boolean }>) {
  const world = running(TEST_MANAGER, []);
  if (input.shuttingDown) world.send({ type: 'NodeShutdownRequested' });
  const refused = refusalOf(world);
  if (refused === undefined) return { admit: true };
  return {
    admit: false,
    reason: refused.reason,
    message: refused.message?.replace('Pod was rejected: ', ''),
  };
}

function cancel() {
  const world = running(TEST_MANAGER, [toPod({ name: 'ended', priority: 0 })]);
  world.send({ type: 'NodeShutdownRequested' });
  world.run(60_000);
  world.send({ type: 'NodeShutdownCancelled' });
  world.run(5_000);
  const { phase, reason } = world.state.statuses.ended?.status ?? {};
  const over = (phase === 'Failed' || phase === 'Succeeded') && reason === SHUTDOWN_ENDING.reason;
  return {
    acceptsPodsAgain: refusalOf(world) === undefined,
    killedPods: over ? 'stay killed' : `${phase} ${reason}`,
  };
}

function defaults() {
  const { shutdownGracePeriodMs, shutdownGracePeriodCriticalPodsMs } = defaultConfiguration({});
  return {
    shutdownGracePeriod: formatDuration(shutdownGracePeriodMs),
    shutdownGracePeriodCriticalPods: formatDuration(shutdownGracePeriodCriticalPodsMs),
  };
}

export default {
  groups: { shutdown, status, enabled, migrate, group, process, rule, events, admit, cancel, defaults },
} satisfies VectorAdapter;
