/** A container as the runtime is asked for it: image, command, environment, mounts, labels, limits. */
import type { ContainerConfig, LinuxContainerResources, Mount } from '../../api/cri.ts';
import { ANNOTATION, LABEL } from '../../api/cri.ts';
import type { Container, Pod, VolumeMount } from '../../api/types.ts';
import { containerSpecHash } from '../container-hash.ts';
import { expand } from '../env/expand.ts';
import type { DownwardFacts } from '../env/field-path.ts';
import { type EnvLookup, expandCommand, makeEnvironment } from '../env/make-environment.ts';
import type { EventText } from '../events/texts.ts';
import { allocatableQuantities, type NodeConfig } from '../node-config.ts';
import { containerLogPath, subPathsDirectory } from '../paths.ts';
import type { RuntimePod } from '../runtime-pod.ts';
import type { MountedVolume } from '../volumes/volume-manager.ts';
import { podLabels } from './sandbox-config.ts';
import { runAsNonRootError, securityContextOf, targetContainerId } from './security-context.ts';

export interface ConfigInput {
  readonly pod: Pod;
  readonly container: Container;
  /** The restart count. */
  readonly attempt: number;
  readonly facts: DownwardFacts;
  readonly node: NodeConfig;
  readonly imageRef: string;
  readonly resources: LinuxContainerResources;
  /** What the environment may refer to. */
  readonly lookup: EnvLookup;
  /** The user that the image names; empty: root. */
  readonly imageUser: string;
  /** What runs of the pod already. */
  readonly runtimePod: RuntimePod;
  /** A volume of the pod; undefined while it is not mounted. */
  readonly volume: (volumeName: string) => MountedVolume | undefined;
  /** By volume of source `image`: the image that it shows. */
  readonly imageVolumes: Readonly<Record<string, string>>;
}

type Envs = ContainerConfig['envs'];

/** kuberuntime_container.go generateContainerConfig; an error becomes CreateContainerConfigError. */
export function containerConfigOf(
  input: ConfigInput,
): { readonly config: ContainerConfig; readonly events: readonly EventText[] } | { readonly error: string } {
  const { pod, container, attempt } = input;
  const target = targetContainerId(container, input.runtimePod);
  if ('error' in target) return target;
  const environment = makeEnvironment({
    pod,
    container,
    facts: input.facts,
    allocatable: allocatableQuantities(input.node),
    lookup: input.lookup,
  });
  if (!environment.ok) return { error: environment.error.message };
  const { envs, events } = environment;
  const mounts = mountsOf(input, envs);
  if ('error' in mounts) return mounts;
  const refused = runAsNonRootError(pod, container, input.imageUser);
  if (refused !== undefined) return { error: refused };
  return {
    config: {
      metadata: { name: container.name, attempt },
      image: container.image ?? '',
      imageRef: input.imageRef,
      ...expandCommand(container, envs),
      workingDir: container.workingDir ?? '',
      envs,
      mounts,
      labels: { ...podLabels(pod), [LABEL.containerName]: container.name },
      annotations: annotationsOf(pod, container, attempt),
      logPath: containerLogPath(container.name, attempt),
      stdin: container.stdin === true,
      stdinOnce: container.stdinOnce === true,
      tty: container.tty === true,
      resources: input.resources,
      securityContext: securityContextOf(pod, container, target.id),
      ...stopSignalOf(container),
    },
    events,
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
    ...(container.ports?.length ? { [ANNOTATION.containerPorts]: JSON.stringify(container.ports) } : {}),
    ...(container.lifecycle?.preStop === undefined
      ? {}
      : { [ANNOTATION.preStopHandler]: JSON.stringify(container.lifecycle.preStop) }),
    ...(deletionGracePeriodSeconds === undefined
      ? {}
      : { [ANNOTATION.podDeletionGracePeriod]: String(deletionGracePeriodSeconds) }),
    ...(terminationGracePeriodSeconds === undefined
      ? {}
      : { [ANNOTATION.podTerminationGracePeriod]: String(terminationGracePeriodSeconds) }),
  };
}

/** kubelet_pods.go makeMounts; where in its volume a sub-path really lies is found when it is mounted. */
function mountsOf(
  { pod, container, volume, imageVolumes }: ConfigInput,
  envs: Envs,
): readonly Mount[] | { readonly error: string } {
  const mounts: Mount[] = [];
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const { name, mountPath, readOnly } = mount;
    const mounted = volume(name);
    if (mounted === undefined) {
      return { error: `cannot find volume "${name}" to mount into container "${container.name}"` };
    }
    const sub = subPathOf(mount, envs);
    if ('error' in sub) return sub;
    const image = imageVolumes[name];
    if (image !== undefined) {
      const imageSubPath = sub.path === '' ? {} : { imageSubPath: sub.path };
      mounts.push({ containerPath: mountPath, hostPath: '', readonly: true, image, ...imageSubPath });
      continue;
    }
    const bindPath = `${subPathsDirectory(pod.metadata.uid, name)}/${container.name}/${index}`;
    const subPath = sub.path === '' ? {} : { subPath: { path: sub.path, volumeName: name, bindPath } };
    const { hostPath, sizeBytes } = mounted;
    mounts.push({
      containerPath: mountPath,
      hostPath,
      readonly: readOnly === true || mounted.readOnly,
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
      ...subPath,
    });
  }
  return mounts;
}

/** `subPath`, or `subPathExpr` with every reference put in (ExpandContainerVolumeMounts). */
function subPathOf(
  { subPath = '', subPathExpr = '' }: VolumeMount,
  envs: Envs,
): { readonly path: string } | { readonly error: string } {
  const missing = new Set<string>();
  const lookUp = (name: string) => {
    const value = envs.find(({ key }) => key === name)?.value ?? '';
    if (value === '') missing.add(name);
    return value;
  };
  const path = subPathExpr === '' ? subPath : expand(subPathExpr, lookUp);
  if (missing.size > 0) return { error: `missing value for ${[...missing].sort().join(', ')}` };
  if (path.startsWith('/')) return { error: `error SubPath \`${path}\` must not be an absolute path` };
  if (path.split('/').includes('..')) {
    return { error: `unable to provision SubPath \`${path}\`: must not contain '..'` };
  }
  return { path };
}
