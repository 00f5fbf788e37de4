/**
 * Every field of KubeletConfiguration (kubelet.config.k8s.io/v1beta1) with its default: the one place that the
 * kubelet's settings come from. Follows staging/src/k8s.io/kubelet/config/v1beta1/types.go and
 * pkg/kubelet/apis/config/v1beta1/defaults.go of v1.36.
 */
import type { Taint } from '../taints.ts';
import {
  bool,
  duration,
  type Internal,
  int32,
  int64,
  list,
  map,
  optional,
  pointer,
  size,
  struct,
  text,
} from './field.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** What a node evicts for when nothing is said (pkg/kubelet/eviction/defaults_linux.go, defaults_windows.go). */
export const DEFAULT_EVICTION_HARD = {
  linux: {
    'memory.available': '100Mi',
    'nodefs.available': '10%',
    'nodefs.inodesFree': '5%',
    'imagefs.available': '15%',
    'imagefs.inodesFree': '5%',
  },
  windows: { 'memory.available': '500Mi', 'nodefs.available': '10%', 'imagefs.available': '15%' },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

/** How long pods from this priority up to the next entry's may take to end when the node shuts down. */
export interface ShutdownGracePeriodByPodPriority {
  readonly priority: number;
  readonly shutdownGracePeriodSeconds: number;
}

export interface MemoryReservation {
  readonly numaNode: number;
  readonly limits: Readonly<Record<string, string>>;
}

/** The structs that stand in lists, as strict decoding needs them. */
export const LISTED_STRUCTS = {
  'config/v1beta1.ShutdownGracePeriodByPodPriority': {
    priority: 'int32',
    shutdownGracePeriodSeconds: 'int64',
  },
  'config/v1beta1.MemoryReservation': { numaNode: 'int32', limits: 'map[string]Quantity' },
} as const;

export const FIELDS = {
  // Sources of pods.
  staticPodPath: text(),
  fileCheckFrequency: duration(20 * SECOND_MS),
  staticPodURL: text(),
  staticPodURLHeader: map<readonly string[]>('map[string][]string'),
  httpCheckFrequency: duration(20 * SECOND_MS),
  syncFrequency: duration(MINUTE_MS),
  // The kubelet's own server.
  enableServer: bool(true),
  address: text('0.0.0.0'),
  port: int32(10_250),
  readOnlyPort: int32(),
  healthzPort: pointer(int32(10_248)),
  healthzBindAddress: text('127.0.0.1'),
  tlsCertFile: text(),
  tlsPrivateKeyFile: text(),
  tlsCipherSuites: list(),
  tlsCurvePreferences: list<number>('[]int32'),
  tlsMinVersion: text(),
  rotateCertificates: bool(false),
  serverTLSBootstrap: bool(false),
  authentication: struct('KubeletAuthentication', {
    x509: struct('KubeletX509Authentication', { clientCAFile: text() }),
    webhook: struct('KubeletWebhookAuthentication', {
      enabled: bool(true),
      cacheTTL: duration(2 * MINUTE_MS),
    }),
    anonymous: struct('KubeletAnonymousAuthentication', { enabled: bool(false) }),
  }),
  authorization: struct('KubeletAuthorization', {
    mode: text('Webhook'),
    webhook: struct('KubeletWebhookAuthorization', {
      cacheAuthorizedTTL: duration(5 * MINUTE_MS),
      cacheUnauthorizedTTL: duration(30 * SECOND_MS),
    }),
  }),
  enableDebuggingHandlers: bool(true),
  enableContentionProfiling: bool(false),
  enableProfilingHandler: bool(true),
  enableDebugFlagsHandler: bool(true),
  enableSystemLogHandler: bool(true),
  enableSystemLogQuery: bool(false),
  streamingConnectionIdleTimeout: duration(240 * MINUTE_MS),
  showHiddenMetricsForVersion: text(),
  logging: struct('LoggingConfiguration', {
    format: text('text'),
    flushFrequency: duration(5 * SECOND_MS),
    verbosity: int32(),
    vmodule: list<object>('[]any'),
    options: map<unknown>('map[string]any'),
  }),
  tracing: optional(map<unknown>('map[string]any')),
  // Images.
  registryPullQPS: pointer(int32(5)),
  registryBurst: int32(10),
  serializeImagePulls: bool(true),
  maxParallelImagePulls: optional(int32()),
  imagePullCredentialsVerificationPolicy: text('NeverVerifyPreloadedImages'),
  preloadedImagesVerificationAllowlist: list(),
  imageMinimumGCAge: duration(2 * MINUTE_MS),
  /** 0: an image is never too old. */
  imageMaximumGCAge: duration(),
  imageGCHighThresholdPercent: pointer(int32(85)),
  imageGCLowThresholdPercent: pointer(int32(80)),
  nodeStatusMaxImages: pointer(int32(50)),
  // Events and the API server.
  eventRecordQPS: pointer(int32(50)),
  eventBurst: int32(100),
  kubeAPIQPS: pointer(int32(50)),
  kubeAPIBurst: int32(100),
  contentType: text('application/vnd.kubernetes.protobuf'),
  configMapAndSecretChangeDetectionStrategy: text('Watch'),
  // The node and its heartbeat.
  registerNode: bool(true),
  registerWithTaints: list<Taint>('[]v1.Taint'),
  providerID: text(),
  nodeStatusUpdateFrequency: duration(10 * SECOND_MS),
  nodeStatusReportFrequency: duration(5 * MINUTE_MS),
  nodeLeaseDurationSeconds: int32(40),
  shutdownGracePeriod: duration(),
  shutdownGracePeriodCriticalPods: duration(),
  shutdownGracePeriodByPodPriority: list<ShutdownGracePeriodByPodPriority>(
    '[]config/v1beta1.ShutdownGracePeriodByPodPriority',
  ),
  // Pods and containers.
  maxPods: int32(110),
  podsPerCore: int32(),
  podPidsLimit: pointer(int64(-1)),
  crashLoopBackOff: struct('CrashLoopBackOffConfig', {
    maxContainerRestartPeriod: pointer(duration(5 * MINUTE_MS)),
  }),
  podLogsDir: text('/var/log/pods'),
  containerLogMaxSize: size(10 * 1024 ** 2),
  containerLogMaxFiles: pointer(int32(5)),
  containerLogMaxWorkers: pointer(int32(1)),
  containerLogMonitorInterval: pointer(duration(10 * SECOND_MS)),
  allowedUnsafeSysctls: list(),
  seccompDefault: bool(false),
  runOnce: bool(false),
  // Eviction and volumes.
  evictionHard: map<string>('map[string]string', DEFAULT_EVICTION_HARD.linux),
  evictionSoft: map(),
  evictionSoftGracePeriod: map(),
  evictionPressureTransitionPeriod: duration(5 * MINUTE_MS),
  evictionMaxPodGracePeriod: int32(),
  evictionMinimumReclaim: map(),
  mergeDefaultEvictionSettings: bool(false),
  kernelMemcgNotification: bool(false),
  localStorageCapacityIsolation: bool(true),
  volumeStatsAggPeriod: duration(MINUTE_MS),
  volumePluginDir: text('/usr/libexec/kubernetes/kubelet-plugins/volume/exec/'),
  enableControllerAttachDetach: bool(true),
  // CPU, memory, cgroups.
  cpuManagerPolicy: text('none'),
  cpuManagerPolicyOptions: map(),
  cpuManagerReconcilePeriod: duration(10 * SECOND_MS),
  draManagerReconcilePeriod: duration(MINUTE_MS),
  memoryManagerPolicy: text('None'),
  topologyManagerPolicy: text('none'),
  topologyManagerScope: text('container'),
  topologyManagerPolicyOptions: map(),
  reservedSystemCPUs: text(),
  reservedMemory: list<MemoryReservation>('[]config/v1beta1.MemoryReservation'),
  systemReserved: map(),
  kubeReserved: map(),
  systemReservedCgroup: text(),
  kubeReservedCgroup: text(),
  enforceNodeAllocatable: list('[]string', ['pods']),
  cpuCFSQuota: bool(true),
  cpuCFSQuotaPeriod: pointer(duration(100)),
  cgroupsPerQOS: bool(true),
  cgroupDriver: text('cgroupfs'),
  cgroupRoot: text(),
  kubeletCgroups: text(),
  systemCgroups: text(),
  qosReserved: map(),
  /** From v1.35 on; false before. */
  failCgroupV1: bool(true),
  failSwapOn: bool(true),
  memorySwap: struct('MemorySwapConfiguration', { swapBehavior: text() }),
  memoryThrottlingFactor: pointer({ kind: 'float64', value: 0.9, pointer: true }),
  memoryReservationPolicy: text('None'),
  singleProcessOOMKill: optional(bool(false)),
  oomScoreAdj: pointer(int32(-999)),
  protectKernelDefaults: bool(false),
  userNamespaces: struct('UserNamespaces', { idsPerPod: pointer(int64(65_536)) }),
  // The host and its network.
  containerRuntimeEndpoint: text('unix:///run/containerd/containerd.sock'),
  imageServiceEndpoint: text(),
  runtimeRequestTimeout: duration(2 * MINUTE_MS),
  hairpinMode: text('promiscuous-bridge'),
  podCIDR: text(),
  clusterDomain: text(),
  clusterDNS: list(),
  resolvConf: pointer(text('/etc/resolv.conf')),
  maxOpenFiles: int64(1_000_000),
  makeIPTablesUtilChains: bool(true),
  iptablesMasqueradeBit: pointer(int32(14)),
  iptablesDropBit: pointer(int32(15)),
  featureGates: map<boolean>('map[string]bool'),
} as const;

/** The kubelet's settings as it works with them: the real names, durations in `...Ms`, sizes in `...Bytes`. */
export type KubeletConfiguration = Internal<typeof FIELDS>;
