/** Containers, init containers and sidecars (validation.go validateContainers, validateInitContainers). */
import type { Amounts } from '../resource-list.ts';
import type { Container, ContainerPort, PodSpec, Volume } from '../types.ts';
import { validateEnv, validateEnvFrom } from './env.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  invalids,
  notSupported,
  required,
} from './field-error.ts';
import { validateProbesAndHooks } from './handlers.ts';
import { validateVolumeDevices, validateVolumeMounts } from './mounts.ts';
import { isDns1123Label, isPortName, isPortNumber } from './names.ts';
import { validateAgainstPodLimits, validateContainerResources } from './resources.ts';
import { validateRestartRules } from './restart-rules.ts';
import { validateContainerSecurity } from './security.ts';

/** What a container is checked against. */
export interface PodContext {
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly graceSeconds: number;
  readonly podLimits: Amounts;
  readonly os?: PodSpec['os'];
  readonly restartPolicy: PodSpec['restartPolicy'];
  /** False: its users are not the node's. */
  readonly hostUsers: boolean;
}

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];
const RESIZE_RESOURCES = ['cpu', 'memory'];
const RESIZE_POLICIES = ['NotRequired', 'RestartContainer'];

/** The containers of a pod, of which there is at least one. */
export function validateContainers(
  containers: readonly Container[] | undefined,
  context: PodContext,
  field: string,
): FieldError[] {
  if (!containers?.length) return [required(field)];
  const names = new Set<string>();
  const errors = containers.flatMap((container, i) => {
    const at = `${field}[${i}]`;
    const own = validateCommon(container, context, at);
    own.push(...unique(container.name, names, `${at}.name`));
    own.push(...validateProbesAndHooks(container, context.graceSeconds, at, context.os));
    own.push(...validateRestartRules(container, at));
    return own;
  });
  return [...errors, ...validateHostPorts(containers, field)];
}

/** The init containers; those with restartPolicy Always are sidecars and may have probes and hooks. */
export function validateInitContainers(
  initContainers: readonly Container[] | undefined,
  containers: readonly Container[],
  context: PodContext,
  field: string,
): FieldError[] {
  const names = new Set(containers.map(({ name }) => name));
  return (initContainers ?? []).flatMap((container, i) => {
    const at = `${field}[${i}]`;
    const errors = validateCommon(container, context, at);
    const { restartPolicy } = container;
    errors.push(...validateRestartRules(container, at));
    errors.push(...unique(container.name, names, `${at}.name`));
    errors.push(...validateHostPorts([container], field));
    if (restartPolicy === 'Always')
      return [...errors, ...validateProbesAndHooks(container, context.graceSeconds, at, context.os)];
    for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      if (container[name] === undefined) continue;
      errors.push(
        forbidden(`${at}.${name}`, 'may not be set for init containers without restartPolicy=Always'),
      );
    }
    return errors;
  });
}

/** On the host's network a port has one number. */
export function validateHostNetworkPorts(
  containers: readonly Container[] | undefined,
  isPod: boolean,
  field: string,
): FieldError[] {
  return (containers ?? []).flatMap((container, i) =>
    (container.ports ?? []).flatMap(({ hostPort = 0, containerPort }, j) => {
      // What a template leaves out is filled in when its pod is made.
      if (hostPort === containerPort || (!isPod && hostPort === 0)) return [];
      const detail = 'must match `containerPort` when `hostNetwork` is true';
      return [invalid(`${field}[${i}].ports[${j}].hostPort`, hostPort, detail)];
    }),
  );
}

/** What holds of a container of any kind (validateContainerCommon). */
export function validateCommon(container: Container, context: PodContext, field: string): FieldError[] {
  const { name, image, imagePullPolicy, terminationMessagePolicy } = container;
  return [
    ...(name ? invalids(`${field}.name`, name, isDns1123Label(name)) : [required(`${field}.name`)]),
    ...(image ? [] : [required(`${field}.image`)]),
    ...oneOf(terminationMessagePolicy, MESSAGE_POLICIES, `${field}.terminationMessagePolicy`),
    ...validatePorts(container.ports, `${field}.ports`),
    ...validateEnv(container.env, `${field}.env`),
    ...validateEnvFrom(container.envFrom, `${field}.envFrom`),
    ...validateVolumeMounts(container, context.volumes, `${field}.volumeMounts`),
    ...validateVolumeDevices(container, context.volumes, `${field}.volumeDevices`),
    ...oneOf(imagePullPolicy, PULL_POLICIES, `${field}.imagePullPolicy`),
    ...validateContainerResources(container.resources ?? {}, `${field}.resources`),
    ...validateAgainstPodLimits(container.resources ?? {}, context.podLimits, `${field}.resources`),
    ...validateResizePolicy(container, context.restartPolicy, `${field}.resizePolicy`),
    ...validateContainerSecurity(container.securityContext, context.hostUsers, `${field}.securityContext`),
  ];
}

/** A word that must be there and be one of a few. */
function oneOf(value: string | undefined, supported: readonly string[], field: string): FieldError[] {
  if (!value) return [required(field)];
  return supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

/** A name that must not be there twice; it is noted. */
export function unique(name: string, names: Set<string>, field: string): FieldError[] {
  if (name && names.has(name)) return [duplicate(field, name)];
  names.add(name);
  return [];
}

function validatePorts(ports: readonly ContainerPort[] | undefined, field: string): FieldError[] {
  const names = new Set<string>();
  return (ports ?? []).flatMap((port, i) => {
    const at = `${field}[${i}]`;
    const errors: FieldError[] = [];
    if (port.name) {
      const broken = isPortName(port.name);
      if (broken.length > 0) errors.push(...invalids(`${at}.name`, port.name, broken));
      else errors.push(...unique(port.name, names, `${at}.name`));
    }
    if (!port.containerPort) errors.push(required(`${at}.containerPort`));
    else
      errors.push(...invalids(`${at}.containerPort`, port.containerPort, isPortNumber(port.containerPort)));
    if (port.hostPort) errors.push(...invalids(`${at}.hostPort`, port.hostPort, isPortNumber(port.hostPort)));
    return [...errors, ...oneOf(port.protocol, PROTOCOLS, `${at}.protocol`)];
  });
}

/** One port of the host is for one container (checkHostPortConflicts). */
function validateHostPorts(containers: readonly Container[], field: string): FieldError[] {
  const taken = new Set<string>();
  return containers.flatMap((container, i) =>
    (container.ports ?? []).flatMap(({ protocol, hostIP = '', hostPort }, j) => {
      if (!hostPort) return [];
      return unique(`${protocol}/${hostIP}/${hostPort}`, taken, `${field}[${i}].ports[${j}].hostPort`);
    }),
  );
}

/** What a resize of a resource does to the container. */
function validateResizePolicy(
  { resizePolicy = [] }: Container,
  podRestartPolicy: PodSpec['restartPolicy'],
  field: string,
): FieldError[] {
  const seen = new Set<string>();
  return resizePolicy.flatMap(({ resourceName, restartPolicy }, i) => {
    const errors = [
      ...unique(resourceName, seen, `${field}[${i}]`),
      ...oneOf(resourceName, RESIZE_RESOURCES, field),
      ...oneOf(restartPolicy, RESIZE_POLICIES, field),
    ];
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      const detail = "must be 'NotRequired' when `restartPolicy` is 'Never'";
      errors.push(invalid(field, restartPolicy, detail));
    }
    return errors;
  });
}
