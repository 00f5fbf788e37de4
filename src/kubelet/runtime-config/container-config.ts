/** A container as the runtime is asked for it: image, command, environment, mounts, labels, limits. */
import type { ContainerConfig, LinuxContainerSecurityContext, Mount } from '../../api/cri.ts';
import { ANNOTATION, LABEL } from '../../api/cri.ts';
import type { Container, EnvVar, Pod } from '../../api/types.ts';
import { containerSpecHash } from '../container-hash.ts';
import { expand } from '../env/expand.ts';
import type { NodeConfig } from '../node-config.ts';
import { linuxResources } from './linux-resources.ts';
import { podLabels } from './sandbox-config.ts';

export interface ConfigInput {
  readonly pod: Pod;
  readonly container: Container;
  /** The restart count. */
  readonly attempt: number;
  readonly podIP: string;
  readonly node: NodeConfig;
  readonly imageRef: string;
  /** Where a volume of the pod is mounted on the node. */
  readonly volumePath: (volumeName: string) => string | undefined;
}

/** kuberuntime_container.go generateContainerConfig; an error becomes CreateContainerConfigError. */
export function containerConfigOf(
  input: ConfigInput,
): { readonly config: ContainerConfig } | { readonly error: string } {
  const { pod, container, attempt } = input;
  const mounts = mountsOf(input);
  if ('error' in mounts) return mounts;
  const envs = environmentOf(input);
  if ('error' in envs) return envs;
  const values = new Map(envs.map(({ key, value }) => [key, value]));
  const expanded = (words: readonly string[] | undefined) =>
    (words ?? []).map((word) => expand(word, (name) => values.get(name)));
  return {
    config: {
      metadata: { name: container.name, attempt },
      image: container.image ?? '',
      imageRef: input.imageRef,
      command: expanded(container.command),
      args: expanded(container.args),
      workingDir: container.workingDir ?? '',
      envs,
      mounts,
      labels: { ...podLabels(pod), [LABEL.containerName]: container.name },
      annotations: annotationsOf(pod, container, attempt),
      logPath: `${container.name}/${attempt}.log`,
      stdin: container.stdin === true,
      stdinOnce: container.stdinOnce === true,
      tty: container.tty === true,
      resources: linuxResources(pod, container, input.node),
      securityContext: securityContextOf(pod, container),
      ...stopSignalOf(container),
    },
  };
}

function stopSignalOf(container: Container): { stopSignal?: string } {
  const stopSignal = (container.lifecycle as { stopSignal?: string } | undefined)?.stopSignal;
  return stopSignal === undefined ? {} : { stopSignal };
}

/** What a later kubelet needs to know of the container (kuberuntime/labels.go newContainerAnnotations). */
function annotationsOf(pod: Pod, container: Container, attempt: number): Record<string, string> {
  const { deletionGracePeriodSeconds } = pod.metadata;
  const { terminationGracePeriodSeconds } = pod.spec;
  return {
    [ANNOTATION.containerHash]: containerSpecHash(container),
    [ANNOTATION.containerRestartCount]: String(attempt),
    [ANNOTATION.terminationMessagePath]: container.terminationMessagePath ?? '/dev/termination-log',
    [ANNOTATION.terminationMessagePolicy]: container.terminationMessagePolicy ?? 'File',
    ...(deletionGracePeriodSeconds === undefined
      ? {}
      : { [ANNOTATION.podDeletionGracePeriod]: String(deletionGracePeriodSeconds) }),
    ...(terminationGracePeriodSeconds === undefined
      ? {}
      : { [ANNOTATION.podTerminationGracePeriod]: String(terminationGracePeriodSeconds) }),
  };
}

/** kubelet_pods.go makeMounts; a sub-path must stay within its volume. */
function mountsOf({ container, volumePath }: ConfigInput): readonly Mount[] | { readonly error: string } {
  const mounts: Mount[] = [];
  for (const { name, mountPath, readOnly, subPath } of container.volumeMounts ?? []) {
    const path = volumePath(name);
    if (path === undefined) {
      return { error: `cannot find volume "${name}" to mount into container "${container.name}"` };
    }
    if (subPath?.split('/').includes('..')) {
      return {
        error: `failed to prepare subPath for volumeMount "${name}" of container "${container.name}"`,
      };
    }
    const hostPath = subPath ? `${path}/${subPath}` : path;
    mounts.push({ containerPath: mountPath, hostPath, readonly: readOnly === true });
  }
  return mounts;
}

function securityContextOf(pod: Pod, container: Container): LinuxContainerSecurityContext {
  const own = container.securityContext;
  const user = own?.runAsUser ?? pod.spec.securityContext?.runAsUser;
  const group = own?.runAsGroup ?? pod.spec.securityContext?.runAsGroup;
  return {
    ...(user === undefined ? {} : { runAsUser: Number(user) }),
    ...(group === undefined ? {} : { runAsGroup: Number(group) }),
    readonlyRootfs: own?.readOnlyRootFilesystem === true,
    privileged: own?.privileged === true,
  };
}

type Env = readonly { readonly key: string; readonly value: string }[];

/** kubelet_pods.go makeEnvironmentVariables: values, references to earlier ones, fields of the pod. */
function environmentOf(input: ConfigInput): Env | { readonly error: string } {
  const values = new Map<string, string>();
  for (const variable of input.container.env ?? []) {
    const value = variableValue(variable, input, (name) => values.get(name));
    if (value === undefined) return { error: `unsupported source of environment variable ${variable.name}` };
    values.set(variable.name, value);
  }
  return [...values].map(([key, value]) => ({ key, value }));
}

function variableValue(
  { value, valueFrom }: EnvVar,
  _input: ConfigInput,
  lookUp: (name: string) => string | undefined,
): string | undefined {
  if (valueFrom === undefined) return expand(value ?? '', lookUp);
  return undefined;
}
