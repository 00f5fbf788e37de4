/** What the kubelet refuses to start with (pkg/kubelet/apis/config/validation/validation.go). */
import { formatDuration } from '../../lib/time.ts';
import type { KubeletConfiguration } from './fields.ts';
import { isEnabled } from './gates.ts';
import { enforcementProblems, reservedCpuProblems } from './reservations.ts';

export interface ConfigurationError {
  /** The field that the error is told at. */
  readonly path: string;
  readonly message: string;
}

type Check = (config: KubeletConfiguration) => readonly (readonly [path: string, problem: string] | false)[];

const within = (value: number, least: number, most: number) => value >= least && value <= most;
const isPort = (port: number) => within(port, 1, 65_535);
/** Go's `%q`, for a text and for a list of them. */
const quoted = (text: string) => JSON.stringify(text);
const quotedList = (texts: readonly string[]) => `[${texts.map(quoted).join(' ')}]`;

const NOT_NEGATIVE = [
  ['eventBurst', '--event-burst'],
  ['eventRecordQPS', '--event-qps'],
  ['kubeAPIBurst', '--kube-api-burst'],
  ['kubeAPIQPS', '--kube-api-qps'],
  ['maxOpenFiles', '--max-open-files'],
  ['maxPods', '--max-pods'],
  ['podsPerCore', '--pods-per-core'],
  ['registryBurst', '--registry-burst'],
  ['registryPullQPS', '--registry-qps'],
] as const;

const numbers: Check = (kc) => [
  ...NOT_NEGATIVE.map(
    ([field, flag]) =>
      kc[field] < 0 && ([field, `${field} (${flag}) ${kc[field]} must not be a negative number`] as const),
  ),
  kc.nodeLeaseDurationSeconds <= 0 && [
    'nodeLeaseDurationSeconds',
    'nodeLeaseDurationSeconds must be greater than 0',
  ],
  kc.nodeStatusMaxImages < -1 && [
    'nodeStatusMaxImages',
    `nodeStatusMaxImages (--node-status-max-images) ${kc.nodeStatusMaxImages} must be -1 or greater`,
  ],
  !within(kc.oomScoreAdj, -1_000, 1_000) && [
    'oomScoreAdj',
    `oomScoreAdj (--oom-score-adj) ${kc.oomScoreAdj} must be between -1000 and 1000, inclusive`,
  ],
  ...(['iptablesDropBit', 'iptablesMasqueradeBit'] as const).map((field) => {
    const flag = field === 'iptablesDropBit' ? '--iptables-drop-bit' : '--iptables-masquerade-bit';
    return (
      !within(kc[field], 0, 31) &&
      ([field, `${field} (${flag}) ${kc[field]} must be between 0 and 31, inclusive`] as const)
    );
  }),
  !(kc.memoryThrottlingFactor > 0 && kc.memoryThrottlingFactor <= 1) && [
    'memoryThrottlingFactor',
    `memoryThrottlingFactor ${kc.memoryThrottlingFactor} must be greater than 0 and less than or equal to 1.0`,
  ],
];

const server: Check = (kc) => [
  kc.healthzPort !== 0 &&
    !isPort(kc.healthzPort) && [
      'healthzPort',
      `healthzPort (--healthz-port) ${kc.healthzPort} must be between 1 and 65535, inclusive`,
    ],
  !isPort(kc.port) && ['port', `port (--port) ${kc.port} must be between 1 and 65535, inclusive`],
  kc.readOnlyPort !== 0 &&
    !isPort(kc.readOnlyPort) && [
      'readOnlyPort',
      `readOnlyPort (--read-only-port) ${kc.readOnlyPort} must be between 0 and 65535, inclusive`,
    ],
  kc.runOnce && [
    'runOnce',
    `runOnce (--runOnce) ${kc.runOnce}, Runonce mode has been deprecated and should not be set`,
  ],
  kc.enableSystemLogQuery &&
    !isEnabled(kc, 'NodeLogQuery') && [
      'enableSystemLogQuery',
      'NodeLogQuery feature gate is required for enableSystemLogQuery',
    ],
  kc.enableSystemLogQuery &&
    !kc.enableSystemLogHandler && [
      'enableSystemLogQuery',
      'enableSystemLogHandler is required for enableSystemLogQuery',
    ],
];

const VERIFICATION_POLICIES = [
  'NeverVerify',
  'NeverVerifyPreloadedImages',
  'NeverVerifyAllowlistedImages',
  'AlwaysVerify',
];

const images: Check = (kc) => {
  const { imageGCHighThresholdPercent: high, imageGCLowThresholdPercent: low } = kc;
  const { imageMinimumGCAgeMs: minimumMs, imageMaximumGCAgeMs: maximumMs, maxParallelImagePulls: pulls } = kc;
  const policy = kc.imagePullCredentialsVerificationPolicy;
  return [
    !within(high, 0, 100) && [
      'imageGCHighThresholdPercent',
      `imageGCHighThresholdPercent (--image-gc-high-threshold) ${high} must be between 0 and 100, inclusive`,
    ],
    !within(low, 0, 100) && [
      'imageGCLowThresholdPercent',
      `imageGCLowThresholdPercent (--image-gc-low-threshold) ${low} must be between 0 and 100, inclusive`,
    ],
    low >= high && [
      'imageGCLowThresholdPercent',
      `imageGCLowThresholdPercent (--image-gc-low-threshold) ${low} must be less than imageGCHighThresholdPercent (--image-gc-high-threshold) ${high}`,
    ],
    minimumMs < 0 && [
      'imageMinimumGCAge',
      `imageMinimumGCAge ${formatDuration(minimumMs)} must not be negative`,
    ],
    maximumMs < 0 && [
      'imageMaximumGCAge',
      `imageMaximumGCAge ${formatDuration(maximumMs)} must not be negative`,
    ],
    maximumMs > 0 &&
      maximumMs <= minimumMs && [
        'imageMaximumGCAge',
        `imageMaximumGCAge ${formatDuration(maximumMs)} must be greater than imageMinimumGCAge ${formatDuration(minimumMs)}`,
      ],
    pulls !== undefined &&
      pulls < 1 && ['maxParallelImagePulls', `maxParallelImagePulls ${pulls} must be a positive number`],
    kc.serializeImagePulls &&
      (pulls ?? 0) > 1 && [
        'maxParallelImagePulls',
        'maxParallelImagePulls cannot be larger than 1 unless SerializeImagePulls (--serialize-image-pulls) is set to false',
      ],
    !VERIFICATION_POLICIES.includes(policy) && [
      'imagePullCredentialsVerificationPolicy',
      `option ${quoted(policy)} specified for imagePullCredentialsVerificationPolicy. Valid options are "NeverVerify", "NeverVerifyPreloadedImages", "NeverVerifyAllowlistedImages" or "AlwaysVerify"`,
    ],
    kc.preloadedImagesVerificationAllowlist.length > 0 &&
      policy !== 'NeverVerifyAllowlistedImages' && [
        'preloadedImagesVerificationAllowlist',
        'can\'t set `preloadedImagesVerificationAllowlist` if `imagePullCredentialsVertificationPolicy` is not "NeverVerifyAllowlistedImages"',
      ],
  ];
};

const shutdown: Check = (kc) => {
  const { shutdownGracePeriodMs: totalMs, shutdownGracePeriodCriticalPodsMs: criticalMs } = kc;
  const tooShort = (ms: number) => ms < 0 || (ms > 0 && ms < 1_000);
  const byPriority = kc.shutdownGracePeriodByPodPriority.length > 0;
  if (!isEnabled(kc, 'GracefulNodeShutdown')) {
    return [
      (totalMs > 0 || criticalMs > 0) && [
        'shutdownGracePeriod',
        'specifying shutdownGracePeriod or shutdownGracePeriodCriticalPods requires feature gate GracefulNodeShutdown',
      ],
    ];
  }
  return [
    criticalMs > totalMs && [
      'shutdownGracePeriodCriticalPods',
      `shutdownGracePeriodCriticalPods {${formatDuration(criticalMs)}} must be <= shutdownGracePeriod {${formatDuration(totalMs)}}`,
    ],
    tooShort(totalMs) && [
      'shutdownGracePeriod',
      `shutdownGracePeriod {${formatDuration(totalMs)}} must be either zero or otherwise >= 1 sec`,
    ],
    tooShort(criticalMs) && [
      'shutdownGracePeriodCriticalPods',
      `shutdownGracePeriodCriticalPods {${formatDuration(criticalMs)}} must be either zero or otherwise >= 1 sec`,
    ],
    byPriority &&
      !isEnabled(kc, 'GracefulNodeShutdownBasedOnPodPriority') && [
        'shutdownGracePeriodByPodPriority',
        'Specifying shutdownGracePeriodByPodPriority requires feature gate GracefulNodeShutdownBasedOnPodPriority',
      ],
    byPriority &&
      (totalMs > 0 || criticalMs > 0) && [
        'shutdownGracePeriodByPodPriority',
        'Cannot specify both shutdownGracePeriodByPodPriority and shutdownGracePeriod at the same time',
      ],
  ];
};

const restarts: Check = (kc) => {
  const maxMs = kc.crashLoopBackOff.maxContainerRestartPeriodMs;
  if (!isEnabled(kc, 'KubeletCrashLoopBackOffMax')) return [];
  return [
    !within(maxMs, 1_000, 300_000) && [
      'crashLoopBackOff.maxContainerRestartPeriod',
      `CrashLoopBackOff.MaxContainerRestartPeriod (got: ${maxMs / 1_000} seconds) must be set between 1s and 300s`,
    ],
  ];
};

const logs: Check = (kc) => {
  const { podLogsDir: directory } = kc;
  return [
    kc.containerLogMaxWorkers < 1 && [
      'containerLogMaxWorkers',
      'containerLogMaxWorkers must be greater than or equal to 1',
    ],
    kc.containerLogMonitorIntervalMs < 3_000 && [
      'containerLogMonitorInterval',
      'containerLogMonitorInterval must be a positive time duration greater than or equal to 3s',
    ],
    kc.containerLogMaxFiles <= 1 && ['containerLogMaxFiles', 'containerLogMaxFiles must be greater than 1'],
    !directory.startsWith('/') && ['podLogsDir', `pod logs path ${quoted(directory)} must be absolute path`],
    /\/\/|(^|\/)\.\.?(\/|$)|.\/$/.test(directory) && [
      'podLogsDir',
      `pod logs path ${quoted(directory)} must be normalized`,
    ],
    // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
    /[^\x00-\x7f]/.test(directory) && [
      'podLogsDir',
      `pod logs path ${quoted(directory)} mut contains ASCII characters only`,
    ],
  ];
};

const TOPOLOGY_POLICIES = ['none', 'best-effort', 'restricted', 'single-numa-node'];

const resources: Check = (kc) => [
  kc.systemCgroups !== '' &&
    kc.cgroupRoot === '' && [
      'systemCgroups',
      'systemCgroups (--system-cgroups) was specified and cgroupRoot (--cgroup-root) was not specified',
    ],
  !isEnabled(kc, 'CustomCPUCFSQuotaPeriod') &&
    kc.cpuCFSQuotaPeriodMs !== 100 && [
      'cpuCFSQuotaPeriod',
      `cpuCFSQuotaPeriod (--cpu-cfs-quota-period) {${formatDuration(kc.cpuCFSQuotaPeriodMs)}} requires feature gate CustomCPUCFSQuotaPeriod`,
    ],
  isEnabled(kc, 'CustomCPUCFSQuotaPeriod') &&
    !within(kc.cpuCFSQuotaPeriodMs, 1, 1_000) && [
      'cpuCFSQuotaPeriod',
      `cpuCFSQuotaPeriod (--cpu-cfs-quota-period) {${formatDuration(kc.cpuCFSQuotaPeriodMs)}} must be between 1ms and 1sec, inclusive`,
    ],
  !TOPOLOGY_POLICIES.includes(kc.topologyManagerPolicy) && [
    'topologyManagerPolicy',
    `topologyManagerPolicy (--topology-manager-policy) ${quoted(kc.topologyManagerPolicy)} must be one of: ${quotedList(TOPOLOGY_POLICIES)}`,
  ],
  !['container', 'pod'].includes(kc.topologyManagerScope) && [
    'topologyManagerScope',
    `topologyManagerScope (--topology-manager-scope) ${quoted(kc.topologyManagerScope)} must be one of: "container", or "pod"`,
  ],
  !['', 'NoSwap', 'LimitedSwap'].includes(kc.memorySwap.swapBehavior) && [
    'memorySwap.swapBehavior',
    `memorySwap.swapBehavior ${quoted(kc.memorySwap.swapBehavior)} must be one of: "", "LimitedSwap" or "NoSwap"`,
  ],
  !['none', 'hairpin-veth', 'promiscuous-bridge'].includes(kc.hairpinMode) && [
    'hairpinMode',
    `option ${quoted(kc.hairpinMode)} specified for hairpinMode (--hairpin-mode). Valid options are "none", "hairpin-veth" or "promiscuous-bridge"`,
  ],
  kc.memoryReservationPolicy === 'TieredReservation' &&
    !isEnabled(kc, 'MemoryQoS') && [
      'memoryReservationPolicy',
      'memoryReservationPolicy "TieredReservation" requires MemoryQoS feature gate to be enabled',
    ],
  !['None', 'TieredReservation'].includes(kc.memoryReservationPolicy) && [
    'memoryReservationPolicy',
    `option ${quoted(kc.memoryReservationPolicy)} specified for memoryReservationPolicy. Valid options are "None" or "TieredReservation"`,
  ],
];

const CHECKS: readonly Check[] = [
  numbers,
  server,
  images,
  shutdown,
  restarts,
  enforcementProblems,
  resources,
  reservedCpuProblems,
  logs,
];

/** Every reason why a kubelet would not start with these settings, each at its field. */
export function validateConfiguration(config: KubeletConfiguration): ConfigurationError[] {
  return CHECKS.flatMap((check) => check(config)).flatMap((found) =>
    found === false ? [] : [{ path: found[0], message: `invalid configuration: ${found[1]}` }],
  );
}
