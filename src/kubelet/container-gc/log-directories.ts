/** Which log directories go: those of pods that no longer exist. */

/**
 * The pod that a log directory belongs to: what follows the last underscore of its name
 * (kuberuntime/helpers.go parsePodUIDFromLogsDirectory).
 */
function podUidOfLogDirectory(name: string): string {
  return name.slice(name.lastIndexOf('_') + 1);
}

/** kuberuntime_gc.go evictPodLogsDirectories; `directories` are the names in /var/log/pods. */
export function logDirectoriesToEvict(
  directories: readonly string[],
  isDeleted: (podUid: string) => boolean,
  allSourcesReady: boolean,
): readonly string[] {
  if (!allSourcesReady) return [];
  return directories.filter((name) => isDeleted(podUidOfLogDirectory(name)));
}
