/** The eviction manager's settings, from the kubelet's configuration and the node's disks. */

import { parseThresholdConfig, type Threshold } from '../../api/eviction/thresholds.ts';
import type { KubeletConfiguration } from '../../api/kubelet-configuration/fields.ts';
import type { NodeStats } from '../../api/stats.ts';
import type { DiskLayout } from './container-fs.ts';
import type { EvictionConfig } from './synchronize.ts';

/** A run's configuration stays the same: it is read once, not every ten seconds. */
const thresholdsOf = new WeakMap<KubeletConfiguration, readonly Threshold[]>();

/** A configuration that does not parse was refused before the kubelet started; here it has no thresholds. */
function thresholdsIn(config: KubeletConfiguration): readonly Threshold[] {
  const known = thresholdsOf.get(config);
  if (known !== undefined) return known;
  const parsed = parseThresholdConfig(config);
  const thresholds = parsed.ok ? parsed.value : [];
  thresholdsOf.set(config, thresholds);
  return thresholds;
}

export function evictionConfig(config: KubeletConfiguration, node: NodeStats): EvictionConfig {
  return {
    thresholds: thresholdsIn(config),
    maxPodGracePeriodSeconds: config.evictionMaxPodGracePeriod,
    pressureTransitionPeriodMs: config.evictionPressureTransitionPeriodMs,
    localStorageIsolation: config.localStorageCapacityIsolation,
    layout: diskLayout(node),
  };
}

/** Which file systems have a disk of their own (cadvisor_stats_provider.go, HasDedicatedImageFs). */
function diskLayout({ fs, imageFs, containerFs }: NodeStats): DiskLayout {
  return {
    dedicatedImageFs: imageFs?.device !== fs?.device,
    separateContainerFs: containerFs?.device !== imageFs?.device,
  };
}
