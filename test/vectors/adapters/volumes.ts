/** volumes.json: set-up, waits and failures of volumes, environment sources, the downward API. */
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defaultVolume } from '../../../src/api/defaulting/volume.ts';
import { DEFAULT_CONFIGURATION } from '../../../src/api/kubelet-configuration/defaulting.ts';
import { formatQuantity } from '../../../src/api/quantity/format.ts';
import { quantity } from '../../../src/api/quantity/quantity.ts';
import type { Container, Pod, Volume } from '../../../src/api/types.ts';
import { validateVolumes } from '../../../src/api/validation/volumes.ts';
import { extractFieldPath, splitSubscript } from '../../../src/kubelet/env/field-path.ts';
import { type EnvLookup, makeEnvironment } from '../../../src/kubelet/env/make-environment.ts';
import { divideUp } from '../../../src/kubelet/env/resource-field.ts';
import { failed } from '../../../src/kubelet/events/texts.ts';
import { EVICTED } from '../../../src/kubelet/eviction/message.ts';
import { machineOf } from '../../../src/kubelet/node-config.ts';
import { containerConfigOf } from '../../../src/kubelet/runtime-config/container-config.ts';
import { emptyRuntimePod } from '../../../src/kubelet/runtime-pod.ts';
import { toApiContainerStatuses } from '../../../src/kubelet/status/container-statuses.ts';
import { atomicLayout } from '../../../src/kubelet/volumes/atomic-writer.ts';
import { bytesOf } from '../../../src/kubelet/volumes/empty-dir.ts';
import { checkHostPath, type PathKind } from '../../../src/kubelet/volumes/host-path.ts';
import { setUpOf } from '../../../src/kubelet/volumes/mount-request.ts';
import { reconcileActions, type VolumeToReconcile } from '../../../src/kubelet/volumes/reconcile.ts';
import {
  multiAttach,
  notAttachedYet,
  operationFailed,
  type VolumeOperation,
} from '../../../src/kubelet/volumes/texts.ts';
import { MAX_AGE_HOURS, REFRESH_PERCENT } from '../../../src/kubelet/volumes/token.ts';
import { unmountFailure, type WaitState, waitFailure } from '../../../src/kubelet/volumes/wait.ts';
import type { RuntimeError } from '../../../src/runtime/port.ts';
import { pod } from '../../kubelet/fixtures.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';
import { asked } from '../asked.ts';
import {
  endedPod,
  filesOf,
  isDirectory,
  modeOf,
  overSizeLimit,
  storedPod,
  textOf,
  withVolume,
} from '../volumes/pods.ts';

const NODE = { allocatable: { cpuMilli: 4_000, memoryBytes: 8 * 2 ** 30, pods: 110 } };

const KINDS: Readonly<Record<string, PathKind>> = {
  nothing: 'nothing',
  'a file': 'file',
  'a directory': 'directory',
  'a socket': 'socket',
  'a character device': 'character device',
  'a block device': 'block device',
};

function hostpath({ input, expected }: VectorCase<{ type: string; path: string; pathIs: string }, object>) {
  const found = KINDS[input.pathIs];
  if (!found) throw new Error(`no such kind of path: ${input.pathIs}`);
  const check = checkHostPath(input.type, input.path, found, existsSync(dirname(input.path)));
  if (check.ok) return check;
  return asked({ ...check, event: operationFailed('setUp', 'v', check.error) }, expected);
}

function wait({ input }: VectorCase<WaitState & { cause: string }>) {
  const failure = waitFailure(input, input.cause);
  return { error: failure?.error, podEvent: failure?.event ?? null };
}

function waitUnmount({ input }: VectorCase<{ stillMounted: readonly string[] }>) {
  return { error: unmountFailure(input.stillMounted) };
}

const OPERATIONS: Readonly<Record<string, VolumeOperation>> = {
  'mount set-up': 'setUp',
  'device mount': 'mountDevice',
  'node affinity of the volume': 'nodeAffinity',
  'mounter could not start': 'newMounter',
  'wait for attach': 'waitForAttach',
  'attach failed': 'attach',
  'block mapper could not start': 'newMapper',
  'block map failed': 'setUpDevice',
};

function eventForm({ input }: VectorCase<{ which: string }>) {
  if (input.which === 'volume is not attached yet') {
    return { reason: '(log only)', type: '', messageForm: notAttachedYet('VOL'), on: 'pod' };
  }
  const operation = OPERATIONS[input.which];
  if (operation === undefined && !input.which.startsWith('multi-attach')) {
    throw new Error(`no such message here: ${input.which}`);
  }
  const others = input.which.includes('unknown') ? [] : ['POD'];
  const text =
    operation === undefined ? multiAttach('VOL', others) : operationFailed(operation, 'VOL', 'ERR');
  return { reason: text.reason, type: text.type, messageForm: text.message, on: 'pod' };
}

interface Mount {
  readonly kind: 'configMap' | 'secret' | 'projected';
  readonly exists?: boolean;
  readonly optional?: boolean;
  readonly data?: Readonly<Record<string, string>>;
  readonly items?: readonly { readonly key: string; readonly path: string; readonly mode?: string }[];
  readonly sources?: readonly string[];
}

function volumeOf({ kind, optional, items, sources = [] }: Mount): Volume {
  const modes = items?.map(({ mode, ...item }) => ({
    ...item,
    ...(mode && { mode: Number.parseInt(mode, 8) }),
  }));
  const keyed = { ...(modes && { items: modes }), ...(optional === undefined ? {} : { optional }) };
  if (kind === 'configMap') return { name: 'v', configMap: { name: 'cm', ...keyed } };
  if (kind === 'secret') return { name: 'v', secret: { secretName: 's', ...keyed } };
  return { name: 'v', projected: { sources: sources.map(projectionOf) } };
}

type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

function projectionOf(source: string): Projection {
  const [kind, name = ''] = source.split(' ');
  if (kind === 'serviceAccountToken') return { serviceAccountToken: { path: 'token' } };
  if (kind === 'configMap') return { configMap: { name } };
  if (kind === 'secret') return { secret: { name } };
  const fieldRef = { fieldPath: `metadata.${name}` };
  return { downwardAPI: { items: [{ path: name, fieldRef }] } };
}

function mount({ input, expected }: VectorCase<Mount, object>) {
  const made = filesOf(volumeOf(input), input.exists ? (input.data ?? {}) : undefined);
  if (!made.ok) {
    const [status] = toApiContainerStatuses({
      pod: pod(),
      runtimePod: emptyRuntimePod('uid-1'),
      containers: pod().spec.containers,
      previous: [],
      kind: 'regular',
      startErrors: {},
      restartingAllContainers: false,
      runtimeName: 'test',
    });
    const containerWaiting = status?.state?.waiting?.reason;
    return asked(
      { mounted: false, event: operationFailed('setUp', 'v', made.error), containerWaiting },
      expected,
    );
  }
  const { files, links } = atomicLayout(made.payload, '..TIMESTAMP');
  const layout = {
    ...Object.fromEntries(Object.keys(files).map((path) => [path, 'file'])),
    ...Object.fromEntries(Object.entries(links).map(([path, target]) => [path, `-> ${target}`])),
  };
  const [first] = Object.values(made.payload);
  const told = {
    mounted: true,
    files: Object.keys(made.payload).sort(),
    mode: first && `0${first.mode.toString(8)}`,
    layout,
    updateSeenWithinSeconds: `sync period ${DEFAULT_CONFIGURATION.syncFrequencyMs / 1_000} + cache (watch based: at once)`,
    ...tokenFacts(),
  };
  return asked(told, expected);
}

/** The token that admission gives to every pod, and the lives that tokens may have. */
function tokenFacts() {
  const [container] = storedPod().pod.spec.containers;
  const volume = storedPod().pod.spec.volumes?.at(-1);
  const life = (projected: Volume | undefined) =>
    projected?.projected?.sources?.[0]?.serviceAccountToken?.expirationSeconds;
  const withLife = (expirationSeconds?: number): Volume => ({
    name: 'v',
    projected: {
      sources: [{ serviceAccountToken: { path: 'token', ...(expirationSeconds && { expirationSeconds }) } }],
    },
  });
  const seconds = Array.from({ length: 3_600 }, (_, i) => i + 1);
  return {
    mountPath: container?.volumeMounts?.at(-1)?.mountPath,
    expirationSeconds: life(volume),
    minimumExpirationSeconds: seconds.find(
      (life) => validateVolumes([withLife(life)], 'v').errors.length === 0,
    ),
    defaultExpirationSeconds: life(defaultVolume(withLife())),
    refreshAt: `${REFRESH_PERCENT}% of the life time or ${MAX_AGE_HOURS} h`,
  };
}

interface Env {
  readonly from?: string;
  readonly exists?: boolean;
  readonly key?: string;
  readonly hasKey?: boolean;
  readonly keys?: readonly string[];
  readonly optional?: boolean;
  readonly prefix?: string;
}

function envContainer({ from, key = 'k', optional, prefix }: Env): Container {
  const may = optional === undefined ? {} : { optional };
  const before = prefix === undefined ? {} : { prefix };
  switch (from) {
    case 'configMapKeyRef':
      return {
        name: 'app',
        env: [{ name: 'V', valueFrom: { configMapKeyRef: { name: 'cm', key, ...may } } }],
      };
    case 'secretKeyRef':
      return { name: 'app', env: [{ name: 'V', valueFrom: { secretKeyRef: { name: 's', key, ...may } } }] };
    case 'envFrom configMapRef':
      return { name: 'app', envFrom: [{ ...before, configMapRef: { name: 'cm', ...may } }] };
    case 'envFrom secretRef':
      return { name: 'app', envFrom: [{ ...before, secretRef: { name: 's', ...may } }] };
    default:
      throw new Error(`no such source here: ${from}`);
  }
}

/** What the ConfigMap or Secret holds; undefined when there is none. */
function envData({ exists, key = 'k', hasKey, keys = [] }: Env): Record<string, string> | undefined {
  const all = [...keys, ...(hasKey ? [key] : [])];
  return exists ? Object.fromEntries(all.map((name) => [name, 'value'])) : undefined;
}

function environmentOf(container: Container, lookup: Partial<EnvLookup>) {
  const none = { configMap: () => undefined, secret: () => undefined, services: [], file: () => undefined };
  return makeEnvironment({
    pod: pod(),
    container,
    facts: { podIPs: [], hostIPs: [] },
    allocatable: {},
    lookup: { ...none, ...lookup },
    // The file restates v1.30, before names were relaxed.
    relaxedNames: false,
  });
}

function env({ input, expected }: VectorCase<Env, object>) {
  if (input.from === undefined) return { wins: precedence() };
  const data = envData(input);
  const made = environmentOf(envContainer(input), { configMap: () => data, secret: () => data });
  const told = made.ok
    ? {
        variables: made.envs.map(({ key }) => key),
        value: made.envs[0]?.value,
        event: made.events[0],
      }
    : { waitingReason: made.error.reason, message: made.error.message, event: failed(made.error.message) };
  return asked(told, expected);
}

/** One variable from every side: takes the winner away, and again. */
function precedence(): string {
  const name = 'WEB_SERVICE_HOST';
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { clusterIP: 'service variables', ports: [{ port: 80 }] },
  };
  const winnerOf = (container: Omit<Container, 'name'>) => {
    const configMap = (source: string) => ({ [name]: source });
    const made = environmentOf({ name: 'app', ...container }, { configMap, services: [service] });
    return made.ok ? (made.envs.find(({ key }) => key === name)?.value ?? '') : '';
  };
  const own = { env: [{ name, value: 'env' }] };
  const from = { envFrom: [{ configMapRef: { name: 'first' } }, { configMapRef: { name: 'envFrom' } }] };
  const order = [winnerOf({ ...own, ...from }), winnerOf(from), winnerOf({})].join(' over ');
  const [twice] = [winnerOf({ envFrom: [...from.envFrom, { configMapRef: { name: 'the last source' } }] })];
  return `${order}; duplicates within envFrom: ${twice}`;
}

interface SubPath {
  readonly subPath: string;
  readonly exists?: boolean;
  readonly mkdirFails?: boolean;
  readonly volume?: 'configMap' | 'secret' | 'projected';
}

function subpath({ input, expected }: VectorCase<SubPath, object>) {
  if (input.volume !== undefined) return { seesUpdates: seesUpdates(input.subPath) };
  const waitingReason = 'CreateContainerConfigError';
  const { subPath } = input;
  const refused = mountsOf(subPath);
  if (refused !== undefined) return asked({ error: refused, waitingReason, message: refused }, expected);
  return withVolume((volume, open) => {
    const [first = ''] = subPath.split('/');
    // A link that leads nowhere: nothing can be made in its place.
    if (input.mkdirFails) symlinkSync('/nowhere/at/all', join(volume, first));
    try {
      const made = open(subPath);
      const sameMode = modeOf(made) === modeOf(volume);
      return { created: isDirectory(made) && 'directory', mode: sameMode && 'that of the volume root' };
    } catch (error) {
      const { message, reason } = error as RuntimeError;
      return { waitingReason: reason, message, event: failed(message) };
    }
  });
}

/** What is wrong with the path in itself; undefined when nothing is. */
function mountsOf(subPath: string): string | undefined {
  const container = { name: 'c', volumeMounts: [{ name: 'v', mountPath: '/v', subPath }] };
  const made = containerConfigOf({
    pod: pod({ containers: [container] }),
    container,
    attempt: 0,
    imageVolumes: {},
    facts: { podIPs: [], hostIPs: [] },
    node: {
      ...NODE,
      machine: machineOf(NODE.allocatable),
      nodeName: 'node',
      hostIP: '',
      runtimeName: 'test',
    },
    imageRef: '',
    imageUser: '',
    runtimePod: { podUid: 'uid-1', sandboxes: [], containers: [] },
    lookup: { configMap: () => undefined, secret: () => undefined, services: [], file: () => undefined },
    resources: { memoryLimitBytes: 0, cpuShares: 2, cpuQuota: 0, cpuPeriod: 100_000, oomScoreAdj: 1000 },
    volume: () => ({ hostPath: '/volumes/v', readOnly: false }),
  });
  return 'error' in made ? made.error : undefined;
}

/** Opens the file, lets an update take its place, and looks again. */
function seesUpdates(name: string): boolean {
  return withVolume((volume, open) => {
    const publish = (version: string) => {
      const file = { data: version, encoding: 'utf8', mode: 0o644 } as const;
      const { files, links } = atomicLayout({ [name]: file }, version);
      for (const path of Object.keys(files)) {
        mkdirSync(dirname(join(volume, path)), { recursive: true });
        writeFileSync(join(volume, path), version);
      }
      for (const [link, target] of Object.entries(links)) {
        rmSync(join(volume, link), { force: true });
        symlinkSync(target, join(volume, link));
      }
    };
    publish('..first');
    const opened = open(name);
    publish('..second');
    rmSync(join(volume, '..first'), { recursive: true });
    return textOf(opened) !== '..first';
  });
}

interface EmptyDir {
  readonly medium: string;
  readonly sizeLimit?: string;
  readonly podMemoryLimit?: string;
  readonly used?: string;
}

function emptydir({ input, expected }: VectorCase<EmptyDir, object>) {
  const { medium, sizeLimit, podMemoryLimit: memory, used } = input;
  const volume: Volume = { name: 'v', emptyDir: { medium, ...(sizeLimit && { sizeLimit }) } };
  const containers = [{ name: 'app', ...(memory && { resources: { limits: { memory } } }) }];
  const made = setUpOf(
    { name: 'v', specName: 'v', source: volume, readOnly: false },
    {
      pod: pod({ containers, volumes: [volume] }),
      allocatable: {},
      keyed: () => undefined,
      token: () => '',
      versionDirectory: '',
      nodeLabels: {},
      nodeMemoryBytes: NODE.allocatable.memoryBytes,
      mountedElsewhere: false,
    },
  );
  const { source } = made.ok ? made.request : {};
  const bytes = source?.kind === 'emptyDir' ? (source.sizeLimitBytes ?? 0) : 0;
  const size = `${formatQuantity(quantity(bytes, 0, 'BinarySI'))} (the smallest of the bounds)`;
  const usedBytes = used === undefined ? 0 : bytesOf(used);
  const eviction = overSizeLimit(volume, usedBytes);
  const minutes = DEFAULT_CONFIGURATION.volumeStatsAggPeriodMs / 60_000;
  const told = {
    size,
    // Only memory has a file system of its own, which is full when it is.
    writeFails: medium === 'Memory' && usedBytes > bytes,
    evicted: eviction !== undefined,
    reason: eviction && EVICTED,
    message: eviction?.message,
    graceSeconds: eviction?.graceSeconds,
    seenWithin: `the next monitoring pass after the volume statistics refresh (about ${minutes} minute)`,
  };
  return asked(told, expected);
}

/** The steps of a pass in the file's words, in the order in which a pass with everything to do takes them. */
const STEPS = {
  unmount: 'unmount volumes of pods that no longer want them',
  mount: 'mount or attach volumes that are wanted',
  remount: 'mount or attach volumes that are wanted',
} as const;

function reconcile({ input }: VectorCase<{ podTerminated?: boolean; containersRunning?: boolean }>) {
  if (input.podTerminated === undefined) {
    const volumes: VolumeToReconcile<string>[] = [
      { key: 'b', wanted: true, actual: 'absent' },
      { key: 'a', wanted: false, actual: 'mounted' },
    ];
    const steps = reconcileActions(volumes).map(({ type }) => STEPS[type]);
    // Nothing is ever attached to a node here, so the third step finds nothing to do.
    return { steps: [...steps, 'unmount devices and detach what nobody uses'] };
  }
  const { unmountedMs, deletedMs } = endedPod(input.containersRunning === true);
  const waited = unmountedMs !== undefined && deletedMs !== undefined && unmountedMs < deletedMs;
  const thenStatus = 'the pod object can be deleted from the API only when its volumes are unmounted';
  return { unmounted: unmountedMs !== undefined, ...(waited && { thenStatus }) };
}

interface FieldPath {
  readonly metadata: Partial<Pod['metadata']>;
  readonly path: string;
}

function fieldpath({ input, expected }: VectorCase<FieldPath, { errorContains?: string }>) {
  const field = extractFieldPath(input.metadata, input.path);
  if (field.ok) return { value: field.value };
  const part = expected.errorContains;
  return { errorContains: part !== undefined && field.error.includes(part) ? part : field.error };
}

function split({ input }: VectorCase<{ path: string }>) {
  const found = splitSubscript(input.path);
  return found ? { ok: true, ...found } : { ok: false };
}

function resourceField({ input }: VectorCase<{ quantity: string; divisor: string }>) {
  return { value: divideUp(input.quantity, input.divisor, input.divisor.endsWith('m')) };
}

export default {
  groups: {
    hostpath,
    wait,
    'wait-unmount': waitUnmount,
    'event-form': eventForm,
    mount,
    env,
    subpath,
    emptydir,
    reconcile,
    fieldpath,
    'split-fieldpath': split,
    'resource-field': resourceField,
  },
} satisfies VectorAdapter;
