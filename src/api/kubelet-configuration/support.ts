/**
 * What becomes of each field of the configuration here: a file that sets one that nothing honours gets a
 * warning. Whoever makes a field true moves its line.
 */
import type { Message } from '../../messages/catalogue.ts';
import { fieldPath, isPlainMap, type PlainMap } from '../manifest/plain.ts';
import { isStruct, type Table } from './field.ts';
import { FIELDS } from './fields.ts';
import { isKnownGate } from './gates.ts';

/** By its path: read by the code that does what the field says. */
const HONOURED: ReadonlySet<string> = new Set([
  'maxPods',
  'staticPodPath',
  'fileCheckFrequency',
  'staticPodURL',
  'staticPodURLHeader',
  'httpCheckFrequency',
  'podsPerCore',
  'syncFrequency',
  'registryPullQPS',
  'registryBurst',
  'serializeImagePulls',
  'maxParallelImagePulls',
  'imagePullCredentialsVerificationPolicy',
  'preloadedImagesVerificationAllowlist',
  'imageMinimumGCAge',
  'podLogsDir',
  'containerLogMaxSize',
  'containerLogMaxFiles',
  'containerLogMaxWorkers',
  'containerLogMonitorInterval',
  'imageMaximumGCAge',
  'imageGCHighThresholdPercent',
  'imageGCLowThresholdPercent',
  'shutdownGracePeriod',
  'shutdownGracePeriodCriticalPods',
  'shutdownGracePeriodByPodPriority',
  'crashLoopBackOff.maxContainerRestartPeriod',
  'evictionHard',
  'evictionSoft',
  'evictionSoftGracePeriod',
  'evictionMinimumReclaim',
  'evictionPressureTransitionPeriod',
  'evictionMaxPodGracePeriod',
  'mergeDefaultEvictionSettings',
  'localStorageCapacityIsolation',
  'volumeStatsAggPeriod',
  'logging.verbosity',
  'podPidsLimit',
  'singleProcessOOMKill',
  'cpuManagerPolicy',
  'cpuManagerPolicyOptions',
  'cpuManagerReconcilePeriod',
  'reservedSystemCPUs',
  'clusterDNS',
  'clusterDomain',
  'systemReserved',
  'kubeReserved',
  'enforceNodeAllocatable',
  'allowedUnsafeSysctls',
  'runtimeRequestTimeout',
  'cpuCFSQuota',
  'cpuCFSQuotaPeriod',
  'registerNode',
  'registerWithTaints',
  'providerID',
  'enableControllerAttachDetach',
  'nodeStatusMaxImages',
  'nodeStatusUpdateFrequency',
  'nodeStatusReportFrequency',
  'nodeLeaseDurationSeconds',
  'port',
]);

const NOTES = {
  none: { en: 'nothing here does what it says', zh: '这里没有实现它的作用' },
  server: {
    en: 'it speaks to the kubelet’s own HTTP server, which is not here yet',
    zh: '它针对 kubelet 自带的 HTTP 服务，这里还没有',
  },
  host: {
    en: 'a WebAssembly node has no such part of a Linux host',
    zh: 'WebAssembly 节点没有 Linux 主机的这一部分',
  },
  gate: { en: 'no code here asks for this feature gate', zh: '这里没有代码使用这个特性门控' },
} as const satisfies Record<string, Message>;

const SERVER: ReadonlySet<string> = new Set([
  'enableServer',
  'address',
  'readOnlyPort',
  'healthzPort',
  'healthzBindAddress',
  'tlsCertFile',
  'tlsPrivateKeyFile',
  'tlsCipherSuites',
  'tlsCurvePreferences',
  'tlsMinVersion',
  'rotateCertificates',
  'serverTLSBootstrap',
  'authentication',
  'authorization',
  'enableDebuggingHandlers',
  'enableContentionProfiling',
  'enableProfilingHandler',
  'enableDebugFlagsHandler',
  'enableSystemLogHandler',
  'enableSystemLogQuery',
  'streamingConnectionIdleTimeout',
]);

const HOST: ReadonlySet<string> = new Set([
  'cgroupsPerQOS',
  'cgroupDriver',
  'cgroupRoot',
  'kubeletCgroups',
  'systemCgroups',
  'systemReservedCgroup',
  'kubeReservedCgroup',
  'failCgroupV1',
  'failSwapOn',
  'memorySwap',
  'oomScoreAdj',
  'protectKernelDefaults',
  'kernelMemcgNotification',
  'hairpinMode',
  'maxOpenFiles',
  'makeIPTablesUtilChains',
  'iptablesMasqueradeBit',
  'iptablesDropBit',
  'seccompDefault',
  'volumePluginDir',
  'containerRuntimeEndpoint',
  'imageServiceEndpoint',
  'contentType',
]);

/** A field that a file sets in vain. */
export interface IdleField {
  readonly path: string;
  readonly note: Message;
}

/** The fields of a decoded file that nothing here honours, in the file's order. */
export function idleFields(given: PlainMap): IdleField[] {
  const { apiVersion: _version, kind: _kind, metadata: _none, ...fields } = given;
  return below(fields, FIELDS, '');
}

function below(given: PlainMap, rows: Table, parent: string): IdleField[] {
  return Object.entries(given).flatMap(([name, value]): IdleField[] => {
    const path = fieldPath(parent, name);
    const row = rows[name];
    if (row === undefined || HONOURED.has(path)) return [];
    if (isPlainMap(value) && [...HONOURED].some((honoured) => honoured.startsWith(`${path}.`))) {
      return below(value, isStruct(row) ? row.rows : {}, path);
    }
    if (path === 'featureGates' && isPlainMap(value)) {
      const idle = Object.keys(value).filter((gate) => !isKnownGate(gate));
      return idle.map((gate) => ({ path: `${path}.${gate}`, note: NOTES.gate }));
    }
    const note = SERVER.has(path) ? NOTES.server : HOST.has(path) ? NOTES.host : NOTES.none;
    return [{ path, note }];
  });
}
