/**
 * constants.json: each number where the code that uses it has it. A setting is read from the defaults of the
 * configuration file under its real name; what the file does not have, from the part of the kubelet that owns it.
 */
import { defaultObject } from '../../../src/api/defaulting/objects.ts';
import { DEFAULT_CONFIGURATION } from '../../../src/api/kubelet-configuration/defaulting.ts';
import {
  type Field,
  internalName,
  isStruct,
  type Table,
} from '../../../src/api/kubelet-configuration/field.ts';
import { DEFAULT_EVICTION_HARD, FIELDS } from '../../../src/api/kubelet-configuration/fields.ts';
import { formatQuantity } from '../../../src/api/quantity/format.ts';
import { quantity } from '../../../src/api/quantity/quantity.ts';
import { TERMINATION_MESSAGE } from '../../../src/api/termination-message.ts';
import type { KubeObject, Pod } from '../../../src/api/types.ts';
import { MONITOR_GRACE_MS, STARTUP_GRACE_MS } from '../../../src/cluster/node-lifecycle/lost-node.ts';
import { CRASH_LOOP } from '../../../src/kubelet/backoff/crash-loop.ts';
import {
  BACK_OFF_PERIOD_MS,
  REQUEUE_JITTER_FACTOR,
  TRANSIENT_BACK_OFF_MS,
} from '../../../src/kubelet/backoff/requeue.ts';
import { GC_PERIOD_MS } from '../../../src/kubelet/container-gc/container-gc.ts';
import { MIN_DEAD_CONTAINERS } from '../../../src/kubelet/container-gc/dead-containers.ts';
import { CONTAINER_GC_POLICY } from '../../../src/kubelet/container-gc/evict.ts';
import { HOUSEKEEPING_WARNING_MS } from '../../../src/kubelet/container-gc/pod-directories.ts';
import { EVICTION_MONITORING_PERIOD_MS } from '../../../src/kubelet/eviction/eviction-manager.ts';
import { HOUSEKEEPING_PERIOD_MS, RUNTIME_CACHE_REFRESH_MS } from '../../../src/kubelet/housekeeping.ts';
import { IMAGE_PULL } from '../../../src/kubelet/images/ensure.ts';
import { IMAGE_GC_PERIOD_MS } from '../../../src/kubelet/images/gc/policy.ts';
import { RENEW_FRACTION } from '../../../src/kubelet/lease/lease.ts';
import { HURRY_AT_MOST_MS, MAX_TRIES } from '../../../src/kubelet/node-status/node-status-manager.ts';
import { CONTAINER_LOG_ROOT } from '../../../src/kubelet/paths.ts';
import { MAX_STREAM_RETRIES } from '../../../src/kubelet/pleg/evented.ts';
import {
  EVENTED_RELIST_PERIOD_MS,
  EVENTED_RELIST_THRESHOLD_MS,
  PLEG_CHANNEL_CAPACITY,
  RELIST_PERIOD_MS,
  RELIST_THRESHOLD_MS,
} from '../../../src/kubelet/pleg/pleg.ts';
import { PROBE_TRIES } from '../../../src/kubelet/probes/answer.ts';
import { RUNTIME_DOWN_AFTER_MS } from '../../../src/kubelet/runtime-state/runtime-state.ts';
import { VERSION_CACHE_TTL_MS } from '../../../src/kubelet/runtime-state/runtime-up.ts';
import { MINIMUM_STOP_SECONDS, podGracePeriod } from '../../../src/kubelet/termination/grace.ts';
import { STATUS_PERIOD_MS } from '../../../src/kubelet/timers.ts';
import { pod } from '../../kubelet/fixtures.ts';
import type { VectorAdapter, VectorCase } from '../adapter.ts';

/** A duration, whatever unit a case asks for: all of them ask for seconds. */
const seconds = (ms: number) => ms / 1_000;

const UNSET = {
  currentSeconds: 0,
  specSeconds: undefined,
  deletionSeconds: undefined,
  overrideSeconds: undefined,
};

/** The pod that the API server makes of one that says nothing. */
function defaulted(): Pod {
  const { spec, ...rest } = pod();
  const containers = spec.containers.map((container) => ({ ...container, livenessProbe: {} }));
  return defaultObject({ ...rest, spec: { containers } } as unknown as KubeObject) as unknown as Pod;
}

const probe = () => defaulted().spec.containers[0]?.livenessProbe;

const { crashLoopBackOff, authentication, authorization } = DEFAULT_CONFIGURATION;

/** What the configuration file does not have, or has under another name. */
const CONSTANTS: Readonly<Record<string, () => unknown>> = {
  housekeepingPeriod: () => seconds(HOUSEKEEPING_PERIOD_MS),
  housekeepingWarningDuration: () => seconds(HOUSEKEEPING_WARNING_MS),
  runtimeCacheRefreshPeriod: () => seconds(RUNTIME_CACHE_REFRESH_MS),
  plegRelistPeriod: () => seconds(RELIST_PERIOD_MS),
  plegRelistThreshold: () => seconds(RELIST_THRESHOLD_MS),
  eventedPlegRelistPeriod: () => seconds(EVENTED_RELIST_PERIOD_MS),
  eventedPlegRelistThreshold: () => seconds(EVENTED_RELIST_THRESHOLD_MS),
  eventedPlegMaxStreamRetries: () => MAX_STREAM_RETRIES,
  'runtime version cache TTL': () => seconds(VERSION_CACHE_TTL_MS),
  maxWaitForContainerRuntime: () => seconds(RUNTIME_DOWN_AFTER_MS),
  nodeStatusUpdateRetry: () => MAX_TRIES,
  nodeReadyGracePeriod: () => seconds(HURRY_AT_MOST_MS),
  'nodeMonitorGracePeriod (kube-controller-manager)': () => seconds(MONITOR_GRACE_MS),
  'nodeStartupGracePeriod (kube-controller-manager)': () => seconds(STARTUP_GRACE_MS),
  nodeLeaseRenewIntervalFraction: () => RENEW_FRACTION,
  plegChannelCapacity: () => PLEG_CHANNEL_CAPACITY,
  podSyncBackOffPeriod: () => seconds(BACK_OFF_PERIOD_MS),
  workerBackOffJitterFactor: () => REQUEUE_JITTER_FACTOR,
  workerResyncJitterFactor: () => REQUEUE_JITTER_FACTOR,
  backOffOnTransientErrorPeriod: () => seconds(TRANSIENT_BACK_OFF_MS),
  evictionMonitoringPeriod: () => seconds(EVICTION_MONITORING_PERIOD_MS),
  containerGCPeriod: () => seconds(GC_PERIOD_MS),
  imageGCPeriod: () => seconds(IMAGE_GC_PERIOD_MS),
  statusManagerSyncPeriod: () => seconds(STATUS_PERIOD_MS),
  crashLoopInitial: () => seconds(CRASH_LOOP.initialMs),
  crashLoopMax: () => seconds(crashLoopBackOff.maxContainerRestartPeriodMs),
  crashLoopReset: () => seconds(CRASH_LOOP.resetMs),
  crashLoopReducedInitial: () => seconds(CRASH_LOOP.reducedInitialMs),
  crashLoopReducedMax: () => seconds(CRASH_LOOP.reducedMaxMs),
  imagePullInitial: () => seconds(IMAGE_PULL.initialMs),
  imagePullMax: () => seconds(IMAGE_PULL.maxMs),
  'pod terminationGracePeriodSeconds default': () => defaulted().spec.terminationGracePeriodSeconds,
  'minimumGracePeriodInSeconds (per container stop)': () => MINIMUM_STOP_SECONDS,
  'minimum pod grace period': () => podGracePeriod({ ...UNSET, deletionSeconds: 0 }).gracePeriodSeconds,
  // Nothing is known of its spec.
  'orphan (runtime-only) pod grace period': () => podGracePeriod(UNSET).gracePeriodSeconds,
  'probe.initialDelaySeconds': () => probe()?.initialDelaySeconds ?? 0,
  'probe.timeoutSeconds': () => probe()?.timeoutSeconds,
  'probe.periodSeconds': () => probe()?.periodSeconds,
  'probe.successThreshold': () => probe()?.successThreshold,
  'probe.failureThreshold': () => probe()?.failureThreshold,
  'probe.maxProbeRetries (errors and unknown results inside one probe)': () => PROBE_TRIES,
  'minimumGCAge (dead containers)': () => seconds(CONTAINER_GC_POLICY.minAgeMs),
  minDeadContainerInPod: () => MIN_DEAD_CONTAINERS,
  maxPerPodContainerCount: () => CONTAINER_GC_POLICY.maxPerPodContainer,
  maxContainerCount: () => CONTAINER_GC_POLICY.maxContainers,
  'evictionHard on Windows': () => DEFAULT_EVICTION_HARD.windows,
  'anonymous authentication': () => authentication.anonymous.enabled,
  'webhook authentication': () => authentication.webhook.enabled,
  'authentication webhook cacheTTL': () => seconds(authentication.webhook.cacheTTLMs),
  'authorization mode': () => authorization.mode,
  'authorization cacheAuthorizedTTL': () => seconds(authorization.webhook.cacheAuthorizedTTLMs),
  'authorization cacheUnauthorizedTTL': () => seconds(authorization.webhook.cacheUnauthorizedTTLMs),
  containerLogsDir: () => CONTAINER_LOG_ROOT,
  'termination message per container (file)': () => TERMINATION_MESSAGE.containerBytes,
  'termination message per pod': () => TERMINATION_MESSAGE.podBytes,
  'termination message from logs': () => TERMINATION_MESSAGE.logBytes,
  'termination message from logs, lines': () => TERMINATION_MESSAGE.logLines,
};

/** A setting by its real name (`crashLoopBackOff.maxContainerRestartPeriod`), as a file would write it. */
function setting(path: string): unknown {
  let rows: Table | undefined = FIELDS;
  let row: Field | undefined;
  let value: unknown = DEFAULT_CONFIGURATION;
  for (const name of path.split('.')) {
    row = rows?.[name];
    if (row === undefined) throw new Error(`no constant and no setting ${path}`);
    value = (value as Readonly<Record<string, unknown>>)[internalName(name, row)];
    rows = isStruct(row) ? row.rows : undefined;
  }
  if (row?.kind === 'Duration') return seconds(Number(value));
  return row?.kind === 'Size' ? formatQuantity(quantity(Number(value), 0, 'BinarySI')) : value;
}

function constant({ input, expected }: VectorCase<{ readonly constant: string }, { readonly unit: string }>) {
  const { constant: name } = input;
  const [first = '', signal = ''] = name.replace(/ \(.*\)$/, '').split(' ');
  const own = CONSTANTS[name];
  const evictionSignal = first.startsWith('eviction') && signal !== '';
  const found = own !== undefined ? own() : evictionSignal ? thresholdOf(first, signal) : setting(first);
  return { value: found ?? null, unit: expected.unit };
}

/** The default threshold for one signal; none: it is not looked at. */
function thresholdOf(field: string, signal: string): unknown {
  return (setting(field) as Readonly<Record<string, string>>)[signal];
}

export default { groups: { '': constant } } satisfies VectorAdapter;
