/** What a Pod has before anybody looks at it: the values that its author left out (SetDefaults_Pod and friends). */
import type { Container, PodSpec } from '../types.ts';
import { defaultContainer } from './container.ts';
import { defaultPodLevelResources } from './pod-level-resources.ts';
import { roundedList, roundedResources } from './rounding.ts';
import { defaultVolume } from './volume.ts';

/** v1.DefaultTerminationGracePeriodSeconds */
export const DEFAULT_GRACE_SECONDS = 30;

/**
 * The defaults of every pod spec, in a Pod as in a template (pkg/apis/core/v1/defaults.go SetDefaults_PodSpec
 * and what it reaches). Returns a new spec.
 */
export function defaultPodSpec(spec: PodSpec): PodSpec {
  const account = spec.serviceAccountName || spec.serviceAccount;
  return {
    ...spec,
    dnsPolicy: spec.dnsPolicy || 'ClusterFirst',
    restartPolicy: spec.restartPolicy || 'Always',
    securityContext: spec.securityContext ?? {},
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS,
    schedulerName: spec.schedulerName || 'default-scheduler',
    // The old name of the field is kept in step with the new one.
    ...(account && { serviceAccountName: account, serviceAccount: account }),
    ...(spec.containers && { containers: spec.containers.map(defaultContainer) }),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(defaultContainer) }),
    ...(spec.ephemeralContainers && { ephemeralContainers: spec.ephemeralContainers.map(defaultContainer) }),
    ...(spec.volumes && { volumes: spec.volumes.map(defaultVolume) }),
    ...(spec.overhead && { overhead: roundedList(spec.overhead) }),
    ...(spec.resources && { resources: roundedResources(spec.resources) }),
  };
}

/** The further defaults of a Pod itself (SetDefaults_Pod); its templates do not have them. */
export function defaultPodOnly(spec: PodSpec): PodSpec {
  const containers = spec.containers?.map((container) => podContainer(container, spec));
  const initContainers = spec.initContainers?.map((container) => podContainer(container, spec));
  const filled = {
    ...spec,
    enableServiceLinks: spec.enableServiceLinks ?? true,
    ...(containers && { containers }),
    ...(initContainers && { initContainers }),
  };
  const resources = defaultPodLevelResources(filled);
  return resources ? { ...filled, resources } : filled;
}

/** Requests from limits, and host ports where the pod is on the host's network. */
function podContainer(container: Container, spec: PodSpec): Container {
  const { limits, requests } = container.resources ?? {};
  return {
    ...container,
    ...(limits && { resources: { ...container.resources, requests: { ...limits, ...requests } } }),
    ...(spec.hostNetwork &&
      container.ports && {
        ports: container.ports.map((port) => ({ ...port, hostPort: port.hostPort || port.containerPort })),
      }),
  };
}
