/** The restart count of the next container: what its attempt, its log file and its status show. */
import type { ContainerStatus } from '../api/cri.ts';
import { newestContainer, type RuntimePod } from './runtime-pod.ts';
import { restartCount } from './status/container-status.ts';

/** The largest number that a log file name may hold (Go's int on 64 bits). */
const MAX_INT64 = 2n ** 63n - 1n;

/**
 * One more than the newest record's count; without a record, one more than the highest number among the
 * container's log files, whose names are given (kuberuntime_container.go startContainer).
 */
export function nextRestartCount(
  runtimePod: RuntimePod,
  containerName: string,
  logFileNames: readonly string[],
): number {
  const newest: ContainerStatus | undefined = newestContainer(runtimePod, containerName);
  return newest ? restartCount(newest) + 1 : nextRestartCountFromLogs(logFileNames);
}

/** kuberuntime_container.go calcRestartCountByLogDir: `3.log`, `3.log.20260101-000000.gz` give 4. */
export function nextRestartCountFromLogs(fileNames: readonly string[]): number {
  let next = 0;
  for (const name of fileNames) {
    const digits = /^(\d+)\.log(\..*)?$/.exec(name)?.[1];
    if (digits === undefined || BigInt(digits) > MAX_INT64) continue;
    next = Math.max(next, Number(digits) + 1);
  }
  return next;
}
