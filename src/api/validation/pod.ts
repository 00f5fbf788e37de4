/**
 * Whether the API server would accept a Pod, in its own words (pkg/apis/core/validation/validation.go
 * ValidatePodCreate). Windows and device claims are beyond a lone kubelet and are not looked at.
 */
import { DEFAULT_GRACE_SECONDS } from '../defaulting/pod.ts';
import { amountsOf } from '../resource-list.ts';
import type { Pod, PodSpec } from '../types.ts';
import { validateAffinity } from './affinity.ts';
import {
  type PodContext,
  unique,
  validateContainers,
  validateHostNetworkPorts,
  validateInitContainers,
} from './containers.ts';
import { validateDnsConfig, validateDnsPolicy, validateHostAliases } from './dns.ts';
import { validateEphemeralContainers } from './ephemeral-containers.ts';
import { type FieldError, forbidden, invalid, invalids, notSupported, required } from './field-error.ts';
import { type Metadata, validateLabels, validateObjectMeta } from './metadata.ts';
import { inRange, isDns1123Label, isQualifiedName } from './names.ts';
import { validateOverhead, validatePodResources } from './resources.ts';
import { validatePodSecurity } from './security.ts';
import { validateSpread } from './spread.ts';
import { validateTolerations } from './tolerations.ts';
import { validateObjectName, validateVolumes } from './volumes.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];
const MAX_INT32 = 2_147_483_647;

type AnyPod = Pick<Pod, 'spec'> & { readonly metadata: Metadata };

/** Checks a new Pod that was defaulted; in Kubernetes' order. None: it is accepted. */
export function validatePod(pod: AnyPod): FieldError[] {
  return [...validatePodFields(pod), ...validatePodCreate(pod)];
}

/** What holds of a Pod whether it is new or not. */
export function validatePodFields(pod: AnyPod): FieldError[] {
  const errors = [
    ...validateObjectMeta(pod.metadata),
    ...validatePodSpec(pod.spec, 'spec', true),
    ...validateOnlyForPod(pod.spec),
  ];
  if (pod.spec.nodeName && pod.spec.schedulingGates?.length) {
    errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  }
  return errors;
}

/** What only a Pod that is new may not have. */
export function validatePodCreate({ spec }: Pick<Pod, 'spec'>): FieldError[] {
  if (!spec.ephemeralContainers?.length) return [];
  return [forbidden('spec.ephemeralContainers', 'cannot be set on create')];
}

/** Checks the spec of a pod (`isPod`), or of a template, at `field`. */
export function validatePodSpec(spec: PodSpec, field: string, isPod = false): FieldError[] {
  const { errors: volumeErrors, valid } = validateVolumes(spec.volumes, `${field}.volumes`);
  const context: PodContext = {
    volumes: valid,
    graceSeconds: spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS,
    podLimits: amountsOf(spec.resources?.limits),
    restartPolicy: spec.restartPolicy,
    hostUsers: spec.hostUsers !== false,
    ...(spec.os === undefined ? {} : { os: spec.os }),
  };
  return [
    ...volumeErrors,
    ...validateContainers(spec.containers, context, `${field}.containers`),
    ...validateInitContainers(spec.initContainers, spec.containers ?? [], context, `${field}.initContainers`),
    ...validateEphemeralContainers(spec, context, `${field}.ephemeralContainers`),
    ...validatePodResources(spec, `${field}.resources`),
    ...(spec.hostNetwork ? validateHostNetworkPorts(spec.containers, isPod, `${field}.containers`) : []),
    ...validateWord(spec.restartPolicy, RESTART_POLICIES, `${field}.restartPolicy`),
    ...validateDnsPolicy(spec.dnsPolicy, `${field}.dnsPolicy`),
    ...validateLabels(spec.nodeSelector, `${field}.nodeSelector`),
    ...validatePodSecurity(spec, field),
    ...validateAffinity(spec.affinity, `${field}.affinity`),
    ...validateDnsConfig(spec, `${field}.dnsConfig`),
    ...validateGates(spec, field),
    ...validateSpread(spec.topologySpreadConstraints, `${field}.topologySpreadConstraints`),
    ...validateHostUsers(spec, field),
    ...validateObjectName(spec.serviceAccountName, `${field}.serviceAccountName`),
    ...validateObjectName(spec.nodeName, `${field}.nodeName`),
    ...validateDeadline(spec.activeDeadlineSeconds, `${field}.activeDeadlineSeconds`),
    ...validateDnsLabel(spec.hostname, `${field}.hostname`),
    ...validateDnsLabel(spec.subdomain, `${field}.subdomain`),
    ...validateTolerations(spec.tolerations, `${field}.tolerations`),
    ...validateHostAliases(spec, `${field}.hostAliases`),
    ...validateObjectName(spec.priorityClassName, `${field}.priorityClassName`),
    ...validateObjectName(spec.runtimeClassName, `${field}.runtimeClassName`),
    ...(spec.preemptionPolicy === undefined
      ? []
      : validateWord(spec.preemptionPolicy, PREEMPTION_POLICIES, `${field}.preemptionPolicy`)),
    ...validateOverhead(spec.overhead, `${field}.overhead`),
    ...validateOs(spec.os, `${field}.os`),
  ];
}

/** Namespaces of users and of the host do not go together. */
function validateHostUsers(spec: PodSpec, field: string): FieldError[] {
  if (spec.hostUsers !== false) return [];
  const names = { hostNetwork: 'hostNetwork', hostPID: 'HostPID', hostIPC: 'HostIPC' } as const;
  return (['hostNetwork', 'hostPID', 'hostIPC'] as const).flatMap((name) =>
    spec[name] ? [forbidden(`${field}.${names[name]}`, 'when `pod.Spec.HostUsers` is false')] : [],
  );
}

function validateOs(os: PodSpec['os'], field: string): FieldError[] {
  if (os === undefined) return [];
  if (!os.name) return [required(`${field}.name`, 'cannot be empty')];
  const systems = ['linux', 'windows'];
  return systems.includes(os.name) ? [] : [notSupported(field, os.name, systems)];
}

/**
 * What templates may have and pods may not: an image with blanks around it. (A token without a service account
 * neither, but the API server has filled that in by then.)
 */
function validateOnlyForPod(spec: PodSpec): FieldError[] {
  return (['containers', 'initContainers', 'ephemeralContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).flatMap(({ image = '' }, i) => {
      if (image === image.trim()) return [];
      return [invalid(`spec.${list}[${i}].image`, image, 'must not have leading or trailing whitespace')];
    }),
  );
}

function validateWord(value: string | undefined, supported: readonly string[], field: string): FieldError[] {
  if (!value) return [required(field)];
  return supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

function validateGates({ readinessGates = [], schedulingGates = [] }: PodSpec, field: string): FieldError[] {
  const gates = new Set<string>();
  return [
    ...readinessGates.flatMap(({ conditionType }, i) =>
      invalids(`${field}.readinessGates[${i}].conditionType`, conditionType, isQualifiedName(conditionType)),
    ),
    ...schedulingGates.flatMap(({ name }, i) => [
      ...invalids(`${field}.schedulingGates[${i}]`, name, isQualifiedName(name)),
      ...unique(name, gates, `${field}.schedulingGates[${i}]`),
    ]),
  ];
}

function validateDeadline(seconds: number | undefined, field: string): FieldError[] {
  return seconds === undefined ? [] : invalids(field, seconds, inRange(seconds, 1, MAX_INT32));
}

function validateDnsLabel(value: string | undefined, field: string): FieldError[] {
  return value ? invalids(field, value, isDns1123Label(value)) : [];
}
