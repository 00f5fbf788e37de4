/** Every event that the kubelet (and the scheduler, for `Scheduled`) records: type, reason and message. */
import type { Pod, ProbeKind } from '../../api/types.ts';
import { formatDuration } from '../../lib/time.ts';
import { DEADLINE_EXCEEDED } from '../active-deadline.ts';

/** An event before it is counted and sent. */
export interface EventText {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** `name_namespace(uid)`, as Kubernetes names a pod in texts (pkg/kubelet/util/format FormatPod). */
export function formatPod({ metadata }: Pod): string {
  return `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
}

export const normal = (reason: string, message: string): EventText => ({ type: 'Normal', reason, message });
export const warning = (reason: string, message: string): EventText => ({ type: 'Warning', reason, message });

const PROBE_NAMES: Readonly<Record<ProbeKind, string>> = {
  liveness: 'Liveness',
  readiness: 'Readiness',
  startup: 'Startup',
};

/** The scheduler's (pkg/scheduler/schedule_one.go). */
export const scheduled = (namespace: string, podName: string, nodeName: string) =>
  normal('Scheduled', `Successfully assigned ${namespace}/${podName} to ${nodeName}`);

/** pkg/kubelet/active_deadline.go, ShouldEvict. */
export const deadlineExceeded = () => normal(DEADLINE_EXCEEDED.reason, DEADLINE_EXCEEDED.message);

// Images: pkg/kubelet/images/image_manager.go.
export const pulling = (image: string) => normal('Pulling', `Pulling image "${image}"`);
export const pulled = (image: string, pullMs: number, withWaitingMs: number, sizeBytes: number) =>
  normal(
    'Pulled',
    `Successfully pulled image "${image}" in ${formatDuration(Math.trunc(pullMs))} (${formatDuration(Math.trunc(withWaitingMs))} including waiting). Image size: ${sizeBytes} bytes.`,
  );
/** `accessChecked`: the pod's right to the image was looked at too (gate KubeletEnsureSecretPulledImages). */
export const alreadyPresent = (image: string, accessChecked: boolean) =>
  normal(
    'Pulled',
    `Container image "${image}" already present on machine${accessChecked ? ' and can be accessed by the pod' : ''}`,
  );
export const failedToPull = (image: string, error: string) =>
  warning('Failed', `Failed to pull image "${image}": ${error}`);
export const backOffPulling = (image: string) => normal('BackOff', `Back-off pulling image "${image}"`);
export const invalidImageName = (image: string, error: string) =>
  warning('InspectFailed', `Failed to apply default image tag "${image}": ${error}`);
export const failedToInspectImage = (image: string, error: string) =>
  warning('InspectFailed', `Failed to inspect image "${image}": ${error}`);
/** kubelet.go getPullSecretsForPod. */
export const failedToRetrieveImagePullSecret = (names: readonly string[]) =>
  warning(
    'FailedToRetrieveImagePullSecret',
    `Unable to retrieve some image pull secrets (${names.join(', ')}); attempting to pull the image may not succeed.`,
  );
export const neverPull = (image: string) =>
  warning('ErrImageNeverPull', `Container image "${image}" is not present with pull policy of Never`);

// Containers: pkg/kubelet/kuberuntime/kuberuntime_container.go.
export const created = () => normal('Created', 'Container created');
export const started = () => normal('Started', 'Container started');
/** A container that could not be created or started; `error` is a waiting reason or the runtime's text. */
export const failed = (error: string) => warning('Failed', `Error: ${error}`);
/** `message` is the plan's; without one the container is simply stopped. */
export const killing = (containerName: string, message = '') =>
  normal('Killing', message === '' ? `Stopping container ${containerName}` : message);
export const backOffRestarting = (containerName: string, pod: Pod) =>
  warning('BackOff', `Back-off restarting failed container ${containerName} in pod ${formatPod(pod)}`);
export const failedPostStartHook = () => warning('FailedPostStartHook', 'PostStartHook failed');
export const failedPreStopHook = () => warning('FailedPreStopHook', 'PreStopHook failed');

// Probes: pkg/kubelet/prober/prober.go.
export const unhealthy = (kind: ProbeKind, output: string) =>
  warning('Unhealthy', `${PROBE_NAMES[kind]} probe failed: ${output}`);
export const probeErrored = (kind: ProbeKind, error: string) =>
  warning('Unhealthy', `${PROBE_NAMES[kind]} probe errored and resulted in unknown state: ${error}`);
export const probeWarning = (kind: ProbeKind, output: string) =>
  warning('ProbeWarning', `${PROBE_NAMES[kind]} probe warning: ${output}`);

// Sandboxes: pkg/kubelet/kuberuntime/kuberuntime_manager.go.
export const sandboxChanged = () =>
  normal('SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
export const failedCreatePodSandBox = (error: string) =>
  warning('FailedCreatePodSandBox', `Failed to create pod sandbox: ${error}`);

// DNS: pkg/kubelet/network/dns/dns.go.
const NO_CLUSTER_DNS =
  'kubelet does not have ClusterDNS IP configured and cannot create Pod using "ClusterFirst" policy. Falling back to "Default" policy.';
/** Of the node; of the pod there is one of its own. */
export const nodeWithoutClusterDns = () => warning('MissingClusterDNS', NO_CLUSTER_DNS);
export const missingClusterDns = (pod: Pod) =>
  warning('MissingClusterDNS', `pod: "${formatPod(pod)}". ${NO_CLUSTER_DNS}`);
/** `what` did not all fit; `line` is the one that is left. */
export const dnsConfigForming = (what: string, line: string, applied: readonly string[]) =>
  warning('DNSConfigForming', `${what} have been omitted, the applied ${line} line is: ${applied.join(' ')}`);

// Pods: pkg/kubelet/kubelet.go, kubelet_pods.go.
export const failedKillPod = (error: string) => warning('FailedKillPod', `error killing pod: ${error}`);
/** pkg/kubelet/pod_workers.go, killPodNow. */
export const exceededGracePeriod = () =>
  warning('ExceededGracePeriod', 'Container runtime did not kill the pod within specified grace period.');
/** pkg/kubelet/preemption/preemption.go. */
export const preempting = () => warning('Preempting', 'Preempted in order to admit critical pod');
export const failedPodDirectories = (error: string) =>
  warning('Failed', `error making pod data directories: ${error}`);
export const networkNotReady = (error: string) =>
  warning('NetworkNotReady', `network is not ready: ${error}`);
/** `source` names where the keys are: `configMap default/cm`. */
export const invalidEnvironmentVariableNames = (source: string, keys: readonly string[]) =>
  warning(
    'InvalidEnvironmentVariableNames',
    `Keys [${keys.join(', ')}] from the EnvFrom ${source} were skipped since they are considered invalid environment variable names.`,
  );
/** pkg/kubelet/config/config.go filterInvalidPods. */
export const failedValidation = (pod: Pod, source: string) =>
  warning(
    'FailedValidation',
    `Error validating pod ${formatPod(pod)} from ${source} due to duplicate pod name "${pod.metadata.name}", ignoring`,
  );
/** Ours: what the manifest asks for and this runtime cannot give; no real kubelet says it. */
export const fieldsNotHonoured = (runtimeName: string, paths: readonly string[]) =>
  warning('FieldsNotHonoured', `The ${runtimeName} runtime does not honour: ${paths.join(', ')}`);
/** `reason` is the admission's own word, for example `OutOfcpu`, `NodeAffinity`. */
export const rejected = (reason: string, message: string) => warning(reason, message);

// Evictions: pkg/kubelet/eviction/eviction_manager.go.
export const evictionThresholdMet = (resource: string) =>
  warning('EvictionThresholdMet', `Attempting to reclaim ${resource}`);
export const evicted = (message: string, annotations: Readonly<Record<string, string>>) => ({
  ...warning('Evicted', message),
  annotations,
});

// What no pod here comes to: resizes of volumes, claims of devices, cgroups. The words are Kubernetes' own.
export const volumeResizeFailed = (volumeName: string, error: string) =>
  warning('VolumeResizeFailed', `MountVolume.resizeFileSystem failed for volume "${volumeName}" : ${error}`);
export const volumeResized = (text: string) => normal('VolumeResizeSuccessful', text);
export const fileSystemResized = (volumeName: string, nodeName: string) =>
  normal(
    'FileSystemResizeSuccessful',
    `MountVolume.NodeExpandVolume succeeded for volume "${volumeName}" ${nodeName}`,
  );
/** pkg/volume/volume_linux.go. */
export const alreadyMountedVolume = (wanted: string, volumeName: string, has: string) =>
  warning(
    'AlreadyMountedVolume',
    `the requested fsGroup is ${wanted}, but the volume ${volumeName} has GID ${has}. The volume may not be shareable.`,
  );
export const failedPodContainer = (error: string) =>
  warning('FailedCreatePodContainer', `unable to ensure pod container exists: ${error}`);
export const failedPodSandBoxStatus = (error: string) =>
  warning('FailedPodSandBoxStatus', `Unable to get pod sandbox status: ${error}`);
export const failedDynamicResources = (error: string) =>
  warning('FailedPrepareDynamicResources', `Failed to prepare dynamic resources: ${error}`);
export const failedSync = (error: string) => warning('FailedSync', `error determining status: ${error}`);
