/** The feature gates that the configuration's own fields depend on (pkg/features/kube_features.go, v1.36). */
import type { KubeletConfiguration } from './fields.ts';

const GATES = {
  CPUManagerPolicyAlphaOptions: false,
  CustomCPUCFSQuotaPeriod: false,
  EventedPLEG: false,
  GracefulNodeShutdown: true,
  GracefulNodeShutdownBasedOnPodPriority: true,
  /** Of the v1.38 line (alpha): conditions for containers that run as root unasked. */
  InsecurePodWarnings: false,
  KubeletCrashLoopBackOffMax: true,
  KubeletEnsureSecretPulledImages: true,
  /** Of the v1.37 line: large nodes tell small requests apart. */
  KubeletOOMScoreAdjTieBreak: false,
  MemoryQoS: false,
  NodeLogQuery: true,
  ReduceDefaultCrashLoopBackOffDecay: false,
} as const satisfies Record<string, boolean>;

export type FeatureGate = keyof typeof GATES;

/** Whether the gate is on: by the configuration, else by the release. */
export function isEnabled(config: KubeletConfiguration, gate: FeatureGate): boolean {
  return config.featureGates[gate] ?? GATES[gate];
}

/** Whether anything here asks for the gate of this name. */
export function isKnownGate(name: string): name is FeatureGate {
  return Object.hasOwn(GATES, name);
}
