/** The eviction manager's settings, from the kubelet's configuration and the node's disks. */

import { parseThresholdConfig } from '../../api/eviction/thresholds.ts';
import type { KubeletConfiguration } from '../../api/kubelet-configuration/fields.ts';
import type { NodeStats } from '../../api/stats.ts';
import type { DiskLayout } from './container-fs.ts';
import type { EvictionConfig } from './synchronize.ts';

/** A configuration that does not parse was refused before the kubelet started; here it has no thresholds. */
export function evictionConfig(config: KubeletConfiguration, node: NodeStats): EvictionConfig {
  const parsed = parseThresholdConfig(config);
  return {
    thresholds: parsed.ok ? parsed.value : [],
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
