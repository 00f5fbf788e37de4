/** What the volume manager logs: each operation with the volume's unique name, and how long a failed one is put off. */
import type { Pod } from '../../api/types.ts';
import { formatDuration, formatNanoTime } from '../../lib/time.ts';
import type { Draft } from '../draft.ts';
import { kObj, logError, logErrorText, logInfo } from '../log/log.ts';
import { operationPrefix, type VolumeOperation } from './texts.ts';
import type { VolumeSpec } from './volume-spec.ts';

const RECONCILER = 'reconciler_common.go';

const PLUGIN_NAMES: Readonly<Record<string, string>> = {
  emptyDir: 'kubernetes.io/empty-dir',
  hostPath: 'kubernetes.io/host-path',
  local: 'kubernetes.io/local-volume',
  configMap: 'kubernetes.io/configmap',
  secret: 'kubernetes.io/secret',
  downwardAPI: 'kubernetes.io/downward-api',
  projected: 'kubernetes.io/projected',
  image: 'kubernetes.io/image',
};

/** `kubernetes.io/configmap/<uid>-config` (pkg/volume/util GetUniqueVolumeNameFromSpecWithPod). */
function uniqueName(pod: Pod, { source, specName }: VolumeSpec): string {
  const [plugin = 'unknown'] = Object.keys(source).flatMap((kind) => PLUGIN_NAMES[kind] ?? []);
  return `${plugin}/${pod.metadata.uid}-${specName}`;
}

/** GenerateMsgDetailed; the space at the end of a message without a suffix is Kubernetes' own. */
function detailed(prefix: string, pod: Pod, spec: VolumeSpec, suffix = ''): string {
  const { name, uid } = pod.metadata;
  return `${prefix} for volume "${spec.specName}" (UniqueName: "${uniqueName(pod, spec)}") pod "${name}" (UID: "${uid}") ${suffix}`;
}

/** reconciler_common.go waitForVolumeAttach, for a volume that nobody has to attach. */
export function logVerified(draft: Draft, pod: Pod, spec: VolumeSpec): void {
  const message = detailed('operationExecutor.VerifyControllerAttachedVolume started', pod, spec);
  logInfo(draft, 0, RECONCILER, message, { pod: kObj(pod) });
}

export function logMounted(draft: Draft, pod: Pod, spec: VolumeSpec): void {
  const message = detailed('MountVolume.SetUp succeeded', pod, spec);
  logInfo(draft, 1, 'operation_generator.go', message, { pod: kObj(pod) });
}

/** No new token, but the old one is still good. */
export function logTokenKept(draft: Draft, cacheKey: string, error: string): void {
  logError(draft, 'token_manager.go', error, "Couldn't update token", { cacheKey });
}

/** nestedpendingoperations.go: the error, and until when nothing is tried again. */
export function logFailed(
  draft: Draft,
  pod: Pod,
  spec: VolumeSpec,
  failure: { readonly operation: VolumeOperation; readonly error: string; readonly retryMs: number },
): void {
  const { nowMs, startedMs = nowMs } = draft.state;
  const { operation, error, retryMs } = failure;
  const key = `{volumeName:${uniqueName(pod, spec)} podName:${pod.metadata.uid} nodeName:}`;
  const untilMs = nowMs + retryMs;
  const told = detailed(operationPrefix(operation), pod, spec, `: ${error}`);
  const until = `${goTime(untilMs)} m=+${((untilMs - startedMs) / 1_000).toFixed(9)}`;
  logErrorText(
    draft,
    'nestedpendingoperations.go',
    `Operation for "${key}" failed. No retries permitted until ${until} (durationBeforeRetry ${formatDuration(retryMs)}). Error: ${told}`,
  );
}

/** `2026-01-01 00:00:00.6 +0000 UTC`, as Go prints a time. */
function goTime(ms: number): string {
  return formatNanoTime(ms).replace('T', ' ').replace('Z', ' +0000 UTC');
}
