/** pod-workers.json: the worker's record of a pod through updates, syncs and housekeeping. */
import type { Pod } from '../../../src/api/types.ts';
import { completeWork } from '../../../src/kubelet/pod-worker/complete-sync.ts';
import {
  containersShouldTerminate,
  contentShouldBeRemoved,
  couldHaveRunningContainers,
  isKnownTerminated,
  isTerminationRequested,
  NO_POD_WORKERS,
  type PodSyncStatus,
  type PodWorkers,
  type UpdatePodOptions,
  withStatus,
  workTypeOf,
} from '../../../src/kubelet/pod-worker/pod-workers.ts';
import { allowPodStart } from '../../../src/kubelet/pod-worker/start-pod-sync.ts';
import { removeTerminatedWorker, syncKnownPods } from '../../../src/kubelet/pod-worker/sync-known-pods.ts';
import { type ShortPod, toPod, Workers } from '../../kubelet/ticking-workers.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

interface Update {
  readonly type: UpdatePodOptions['type'];
  readonly pod?: ShortPod;
  readonly runningPod?: ShortPod;
  readonly evict?: boolean;
}

/** Housekeeping kills what only the runtime knows with a grace period of one second. */
function toOptions({ type, pod: short, runningPod, evict }: Update): UpdatePodOptions {
  return {
    type,
    ...(short ? { pod: toPod(short) } : {}),
    ...(runningPod ? { runningPod: { namespace: '', ...runningPod } } : {}),
    ...(evict === undefined ? {} : { kill: { evict } }),
    ...(runningPod && short === undefined ? { kill: { graceOverrideSeconds: 1 } } : {}),
  };
}

interface UpdateInput {
  readonly prepare: readonly string[];
  readonly runtimeCacheHasPod: boolean;
  readonly update: Update;
}

type Told = Readonly<Record<string, unknown>>;

const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000);

/** What a record says: what is set, and what the case asks for. */
function told(status: PodSyncStatus | undefined, asked: Told | null | undefined) {
  if (status === undefined || asked === null) return status ?? null;
  const { fullname, startedTerminating, deleted, evicted, finished, restartRequested, observedRuntime } =
    status;
  const all: Told = {
    fullname,
    syncedAt: seconds(status.syncedAtMs),
    startedAt: seconds(status.startedAtMs),
    terminatingAt: seconds(status.terminatingAtMs),
    terminatedAt: seconds(status.terminatedAtMs),
    gracePeriod: status.graceSeconds,
    startedTerminating,
    deleted,
    evicted,
    finished,
    restartRequested,
    observedRuntime,
  };
  const more: Told = {
    state: workTypeOf(status),
    working: status.working,
    pending: status.pending?.type,
    killOverrideSeconds: (status.active ?? status.pending)?.kill?.graceOverrideSeconds,
    activePodHasNewLabel: status.active?.pod?.metadata.labels?.updated !== undefined,
  };
  const set = Object.entries(all).filter(([key, value]) => Boolean(value) || key in (asked ?? {}));
  const extra = Object.entries(more).filter(([key]) => key in (asked ?? {}));
  return Object.fromEntries([...set, ...extra]);
}

function updatePod({
  input,
  expected,
}: VectorCase<UpdateInput, { after: Told | null; beforeWorkerRuns?: Told }>) {
  const workers = new Workers();
  const options = toOptions(input.update);
  const uid = input.update.pod?.uid ?? input.update.runningPod?.uid ?? '';
  const first = options.pod === undefined ? undefined : { ...options.pod, status: {} };
  for (const step of input.prepare) {
    if (step === 'pause the worker') workers.held.add(uid);
    else if ((step === 'create' || step === 'update' || step === 'kill') && first !== undefined) {
      const {
        deletionTimestamp: _at,
        deletionGracePeriodSeconds: _grace,
        labels: _labels,
        ...meta
      } = first.metadata;
      workers.update({ type: step, pod: { ...first, metadata: meta } });
      workers.drain();
    }
  }
  workers.update(options, input.runtimeCacheHasPod);
  const before = told(workers.state.statuses[uid], expected.beforeWorkerRuns);
  if (input.prepare.some((step) => step.endsWith('release the worker'))) workers.held.delete(uid);
  workers.drain();
  return {
    after: told(workers.state.statuses[uid], expected.after),
    knownTerminated: isKnownTerminated(workers.state, uid),
    ...(expected.beforeWorkerRuns ? { beforeWorkerRuns: before } : {}),
  };
}

interface HistoryInput {
  readonly pods?: number;
  readonly updates?: readonly UpdatePodOptions['type'][];
  readonly syncs?: readonly { readonly terminal: boolean }[];
}

const NAMED = { uid: '1', name: 'pod', namespace: 'ns', terminationGracePeriodSeconds: 30 };

function history({ input }: VectorCase<HistoryInput>) {
  if (input.pods !== undefined) return merged(input.pods);
  if (input.syncs !== undefined) return endsByItself(input.syncs);
  return { processedOneOf: [false, true].map((drained) => quickSuccession(input.updates ?? [], drained)) };
}

/** The same updates in one burst, or with the first one synced before the others come. */
function quickSuccession(updates: readonly UpdatePodOptions['type'][], drained: boolean) {
  const workers = new Workers();
  for (const [index, type] of updates.entries()) {
    workers.update({ type, pod: toPod(NAMED) });
    if (drained && index === 0) workers.drain();
  }
  workers.drain();
  return (workers.steps.get('1') ?? []).map(({ name: _name, ...step }) => step);
}

/** Syncs at least once and at most once for each update, and always ends with the newest. */
function merged(pods: number) {
  const runs = (j: number, drained: boolean) => {
    const workers = new Workers();
    for (let i = 0; i <= j; i++) {
      workers.update({ type: 'create', pod: toPod({ ...NAMED, uid: String(j), name: String(i) }) });
      if (drained) workers.drain();
    }
    workers.drain();
    const steps = workers.steps.get(String(j)) ?? [];
    return { count: steps.length, last: steps.at(-1)?.name === String(j) };
  };
  const all = Array.from({ length: pods }, (_, j) => ({ j, least: runs(j, false), most: runs(j, true) }));
  const least = new Set(all.map((run) => run.least.count));
  const most = new Set(all.map((run) => run.most.count - run.j));
  const last = all.every((run) => run.least.last && run.most.last) ? 'always' : 'not always';
  return {
    processed: `between ${[...least].join()} and j+${[...most].join()} syncs; the last one ${last} carries the last update's name`,
  };
}

function endsByItself(syncs: readonly { readonly terminal: boolean }[]) {
  const workers = new Workers();
  const terminatedAfter = syncs.map(({ terminal }, index) => {
    workers.terminal = terminal;
    workers.update({ type: index === 0 ? 'create' : 'update', pod: toPod(NAMED) });
    workers.drain();
    return isKnownTerminated(workers.state, '1');
  });
  return { terminatedAfter, terminationRequested: isTerminationRequested(workers.state, '1') };
}

const RECORD: PodSyncStatus = {
  fullname: 'fake-fullname',
  working: false,
  syncedAtMs: 0,
  graceSeconds: 0,
  startedTerminating: false,
  deleted: false,
  evicted: false,
  finished: false,
  restartRequested: false,
  observedRuntime: false,
};

function completesWork({ input }: VectorCase<{ working: boolean; pending: boolean }>) {
  const update = { type: 'update', pod: toPod(NAMED) } as const;
  const status = { ...RECORD, working: input.working, ...(input.pending ? { pending: update } : {}) };
  const after = completeWork(withStatus(NO_POD_WORKERS, '1', status), '1');
  return { working: after.statuses['1']?.working };
}

/** The numbered steps of TestStaticPodExclusion; a case's own action replaces the one of its number. */
const EXCLUSION = [
  'start 1-normal and 2-static',
  'start 3-static and 4-static',
  'update 3-static',
  'kill 3-static',
  'kill 2-static',
  'update 4-static',
  'sync known pods 1-normal, 2-static, 3-static, 4-static',
  'sync known pods 1-normal, 2-static, 4-static',
  'start 5-static; hold its worker; kill 5-static; start 6-static',
  'kill 4-static, update 6-static',
  'release 5-static',
  'start 7-static, 8-static and 9-static; kill 6-static; create 6-static; update 8-static',
  'kill 7-static, update 8-static',
  'sync known pods with only 8-static',
];

function exclusionPod(uid: string): Pod {
  return toPod({ uid, name: 'pod1', namespace: 'test1', static: uid.endsWith('-static') });
}

function exclusionStep(workers: Workers, action: string): void {
  if (action.startsWith('sync known pods')) {
    const named: readonly string[] = action.match(/\d-\w+/g) ?? [];
    const all = Object.keys(workers.state.statuses);
    const desired = action.includes('without') ? all.filter((uid) => !named.includes(uid)) : named;
    workers.state = syncKnownPods(workers.state, new Set(desired), workers.nowMs).workers;
    return;
  }
  let verb = 'update';
  let last = '';
  for (const [, word, uid] of action.matchAll(/(start|kill|update|create|hold|release)|(\d-\w+)/g)) {
    if (word === 'hold') workers.held.add(last);
    else if (word !== undefined) verb = word;
    if (uid === undefined) continue;
    last = uid;
    const type = verb === 'kill' || verb === 'create' ? verb : 'update';
    if (verb === 'release') workers.held.delete(uid);
    else workers.update({ type, pod: exclusionPod(uid) });
    workers.drain();
  }
}

function staticExclusion({ name, input, expected }: VectorCase<{ action: string }, Told>) {
  const number = Number(/\d+/.exec(name)?.[0] ?? 0);
  const workers = new Workers();
  for (const action of EXCLUSION.slice(0, number - 1)) exclusionStep(workers, action);
  exclusionStep(workers, input.action);
  const { statuses, startedStaticPods, waitingStaticPods } = workers.state;
  const uids = Object.keys(statuses);
  const ended = uids.filter((uid) => isKnownTerminated(workers.state, uid));
  const isEnding = (uid: string) => isTerminationRequested(workers.state, uid) && !ended.includes(uid);
  const states = Object.entries(statuses).map(([uid, status]) => {
    const orphan = isEnding(uid) && status.deleted ? ' (orphan)' : '';
    return [uid, `${workTypeOf(status)}${orphan}`];
  });
  const answer = (key: string): unknown => {
    const [uid = ''] = /\d-\w+/.exec(key) ?? [];
    const waits = waitingStaticPods.pod1_test1 ?? [];
    if (key.endsWith('tracked')) return statuses[uid] !== undefined;
    if (key.startsWith('syncs of'))
      return workers.steps.get(uid)?.filter(({ step }) => step === 'sync').length ?? 0;
    if (uid !== '') return [...(isEnding(uid) ? ['still waiting', 'termination requested'] : [])].join(', ');
    switch (key) {
      case 'synced':
        return [...workers.steps.keys()];
      case 'started':
        return startedStaticPods.pod1_test1 ?? null;
      case 'waiting':
        return waits;
      case 'requeued':
        return [...workers.requeued].sort();
      case 'terminated':
        return ended;
      case 'terminationRequestedNotTerminated':
        return uids.filter(isEnding);
      case 'states':
        return Object.fromEntries(states);
      default:
        return undefined;
    }
  };
  return Object.fromEntries(Object.keys(expected).map((key) => [key, answer(key)]));
}

/** Twenty pods run; half of those that nobody wants are deleted, the others are only killed. */
function predicates({
  input,
  expected,
}: VectorCase<{ desired: readonly string[]; syncedOnce?: boolean }, Told>) {
  const kept: readonly string[] = ['2', '14'];
  const workers = new Workers();
  const all = Array.from({ length: 20 }, (_, index) => ({ ...NAMED, uid: String(index), name: 'name' }));
  for (const short of all) workers.update({ type: 'update', pod: toPod(short) });
  workers.drain();
  for (const [index, short] of all.entries()) {
    if (kept.includes(short.uid)) continue;
    const deletion = index % 2 === 0 ? { deletionTimestamp: 1 } : {};
    workers.update({ type: 'kill', pod: toPod({ ...short, ...deletion }) });
  }
  workers.drain();
  const sync = (desired: readonly string[]) => {
    workers.state = syncKnownPods(workers.state, new Set(desired), workers.nowMs).workers;
    workers.drain();
  };
  if (input.syncedOnce !== false) sync(kept);
  if (input.desired.length !== kept.length) sync(input.desired);
  const { state } = workers;
  const tell = (of: unknown, predicate: (workers: PodWorkers, uid: string) => boolean) =>
    Object.fromEntries(
      Object.keys((of ?? {}) as Told).map((uid) => [
        uid,
        predicate(state, uid === 'unknown uid' ? 'abc' : uid),
      ]),
    );
  const open = Object.values(state.statuses).filter(({ finished }) => !finished);
  const answers: Told = {
    workers: Object.keys(state.statuses),
    terminationRequested: tell(expected.terminationRequested, isTerminationRequested),
    containersShouldTerminate: tell(expected.containersShouldTerminate, containersShouldTerminate),
    couldHaveRunningContainers: tell(expected.couldHaveRunningContainers, couldHaveRunningContainers),
    contentShouldBeRemoved: tell(expected.contentShouldBeRemoved, contentShouldBeRemoved),
    openChannels: open.length,
    trackedStatuses: Object.keys(state.statuses).length,
  };
  return Object.fromEntries(Object.entries(answers).filter(([key]) => key in expected));
}

interface RemoveInput {
  readonly status: {
    readonly finished?: boolean;
    readonly startedAt?: number;
    readonly terminatingAt?: number;
    readonly terminatedAt?: number;
    readonly working?: boolean;
    readonly activePod?: string;
    readonly pendingPod?: string;
  };
  readonly orphan: boolean;
  readonly started?: string | null;
  readonly waiting?: readonly string[];
}

const ofPod = (name: string): UpdatePodOptions => ({ type: 'update', pod: toPod({ uid: 'pod-uid', name }) });

function removeWorker({ input }: VectorCase<RemoveInput>) {
  const { finished = false, startedAt, terminatingAt, terminatedAt, working = false } = input.status;
  const { activePod, pendingPod } = input.status;
  const status: PodSyncStatus = {
    ...RECORD,
    finished,
    working,
    ...(startedAt === undefined ? {} : { startedAtMs: startedAt * 1000 }),
    ...(terminatingAt === undefined ? {} : { terminatingAtMs: terminatingAt * 1000 }),
    ...(terminatedAt === undefined ? {} : { terminatedAtMs: terminatedAt * 1000 }),
    ...(activePod === undefined ? {} : { active: ofPod(activePod) }),
    ...(pendingPod === undefined ? {} : { pending: ofPod(pendingPod) }),
  };
  const before: PodWorkers = {
    podsSynced: true,
    statuses: { 'pod-uid': status },
    startedStaticPods: input.started ? { 'fake-fullname': input.started } : {},
    waitingStaticPods: input.waiting ? { 'fake-fullname': input.waiting } : {},
  };
  const after = removeTerminatedWorker(before, 'pod-uid', input.orphan, 4000).statuses['pod-uid'];
  return {
    removed: after === undefined,
    pendingPod: after?.pending?.pod?.metadata.name ?? null,
    working: after?.working === true ? true : null,
  };
}

interface AllowInput {
  readonly pod: { readonly uid: string; readonly static: boolean; readonly fullname: string };
  readonly statuses: Readonly<Record<string, string>>;
  readonly startedByFullname: Readonly<Record<string, string>>;
  readonly waitingByFullname: Readonly<Record<string, readonly string[]>>;
}

function allowStart({ input }: VectorCase<AllowInput>) {
  const statuses = Object.entries(input.statuses).map(([uid, text]): [string, PodSyncStatus] => {
    const [fullname = '', word] = text.split(' ');
    return [uid, { ...RECORD, fullname, ...(word === undefined ? {} : { terminatingAtMs: 1 }) }];
  });
  const before: PodWorkers = {
    podsSynced: true,
    statuses: Object.fromEntries(statuses),
    startedStaticPods: input.startedByFullname,
    waitingStaticPods: input.waitingByFullname,
  };
  const [name = '', namespace = ''] = input.pod.fullname.split('_');
  const asked = toPod({ uid: input.pod.uid, name, namespace, static: input.pod.static });
  const { workers, allowed, allowedEver } = allowPodStart(before, asked);
  return {
    allowed,
    allowedEver,
    startedByFullname: workers.startedStaticPods,
    waitingByFullname: workers.waitingStaticPods,
  };
}

export default {
  groups: {
    updatePod,
    history,
    completeWork: completesWork,
    staticExclusion,
    predicates,
    removeTerminatedWorker: removeWorker,
    allowPodStart: allowStart,
  },
} satisfies VectorAdapter;
