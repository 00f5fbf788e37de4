/**
 * Whether the API server would accept a Pod, in its own words (pkg/apis/core/validation/validation.go
 * ValidatePodCreate). Affinity, topology spread, Windows and device claims are beyond a lone kubelet and
 * are not looked at.
 */
import { DEFAULT_GRACE_SECONDS } from '../defaulting/pod.ts';
import { amountsOf } from '../resource-list.ts';
import type { Pod, PodSpec } from '../types.ts';
import {
  type PodContext,
  validateContainers,
  validateHostNetworkPorts,
  validateInitContainers,
} from './containers.ts';
import { validateEphemeralContainers } from './ephemeral-containers.ts';
import { type FieldError, forbidden, invalid, invalids, notSupported, required } from './field-error.ts';
import { type Metadata, validateLabels, validateObjectMeta } from './metadata.ts';
import { inRange, isDns1123Label, isQualifiedName } from './names.ts';
import { validatePodResources } from './resources.ts';
import { validatePodSecurity } from './security.ts';
import { validateTolerations } from './tolerations.ts';
import { validateObjectName, validateVolumes } from './volumes.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const MAX_INT32 = 2_147_483_647;

type AnyPod = Pick<Pod, 'spec'> & { readonly metadata: Metadata };

/** Checks a new Pod that was defaulted; in Kubernetes' order. None: it is accepted. */
export function validatePod(pod: AnyPod): FieldError[] {
  return [...validatePodFields(pod), ...validatePodCreate(pod)];
}

/** What holds of a Pod whether it is new or not. */
export function validatePodFields(pod: AnyPod): FieldError[] {
  const errors = [...validateObjectMeta(pod.metadata), ...validatePodSpec(pod.spec, 'spec')];
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

/** Checks the spec of a pod or of a template, at `field`. */
export function validatePodSpec(spec: PodSpec, field: string): FieldError[] {
  const { errors: volumeErrors, valid } = validateVolumes(spec.volumes, `${field}.volumes`);
  const context: PodContext = {
    volumes: valid,
    graceSeconds: spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS,
    podLimits: amountsOf(spec.resources?.limits),
    ...(spec.os === undefined ? {} : { os: spec.os }),
  };
  return [
    ...volumeErrors,
    ...validateContainers(spec.containers, context, `${field}.containers`),
    ...validateInitContainers(spec.initContainers, spec.containers ?? [], context, `${field}.initContainers`),
    ...validateEphemeralContainers(spec, context, `${field}.ephemeralContainers`),
    ...validatePodResources(spec, `${field}.resources`),
    ...validateWord(spec.restartPolicy, RESTART_POLICIES, `${field}.restartPolicy`),
    ...validateDns(spec, field),
    ...validateLabels(spec.nodeSelector, `${field}.nodeSelector`),
    ...(spec.hostNetwork ? validateHostNetworkPorts(spec.containers, `${field}.containers`) : []),
    ...validatePodSecurity(spec, field),
    ...validateGates(spec, field),
    ...validateObjectName(spec.serviceAccountName, `${field}.serviceAccountName`),
    ...validateObjectName(spec.nodeName, `${field}.nodeName`),
    ...validateDeadline(spec.activeDeadlineSeconds, `${field}.activeDeadlineSeconds`),
    ...validateDnsLabel(spec.hostname, `${field}.hostname`),
    ...validateDnsLabel(spec.subdomain, `${field}.subdomain`),
    ...validateTolerations(spec.tolerations, `${field}.tolerations`),
    ...validateHostAliases(spec, field),
    ...validateObjectName(spec.priorityClassName, `${field}.priorityClassName`),
    ...validateObjectName(spec.runtimeClassName, `${field}.runtimeClassName`),
  ];
}

function validateWord(value: string | undefined, supported: readonly string[], field: string): FieldError[] {
  if (!value) return [required(field)];
  return supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

function validateDns({ dnsPolicy, dnsConfig }: PodSpec, field: string): FieldError[] {
  const errors = validateWord(dnsPolicy, DNS_POLICIES, `${field}.dnsPolicy`);
  if (dnsPolicy !== 'None') return errors;
  const at = `${field}.dnsConfig`;
  if (!dnsConfig) return [...errors, required(at, 'must provide `dnsConfig` when `dnsPolicy` is None')];
  if (dnsConfig.nameservers?.length) return errors;
  const detail = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
  return [...errors, required(`${at}.nameservers`, detail)];
}

function validateGates({ readinessGates = [], schedulingGates = [] }: PodSpec, field: string): FieldError[] {
  return [
    ...readinessGates.flatMap(({ conditionType }, i) =>
      invalids(`${field}.readinessGates[${i}].conditionType`, conditionType, isQualifiedName(conditionType)),
    ),
    ...schedulingGates.flatMap(({ name }, i) =>
      invalids(`${field}.schedulingGates[${i}]`, name, isQualifiedName(name)),
    ),
  ];
}

function validateDeadline(seconds: number | undefined, field: string): FieldError[] {
  return seconds === undefined ? [] : invalids(field, seconds, inRange(seconds, 1, MAX_INT32));
}

function validateDnsLabel(value: string | undefined, field: string): FieldError[] {
  return value ? invalids(field, value, isDns1123Label(value)) : [];
}

function validateHostAliases({ hostAliases = [] }: PodSpec, field: string): FieldError[] {
  return hostAliases.flatMap(({ ip, hostnames = [] }, i) => {
    const at = `${field}.hostAliases[${i}]`;
    const detail = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
    return [
      ...(isIp(ip ?? '') ? [] : [invalid(`${at}.ip`, ip ?? '', detail)]),
      ...hostnames.flatMap((hostname, j) => validateObjectName(hostname, `${at}.hostnames[${j}]`)),
    ];
  });
}

function isIp(text: string): boolean {
  const octets = text.split('.');
  const isV4 =
    octets.length === 4 && octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256);
  if (isV4) return true;
  const groups = text.split(':');
  const zips = text.split('::').length - 1;
  const wellFormed = groups.every((group) => /^[0-9a-fA-F]{0,4}$/.test(group));
  return (
    wellFormed &&
    zips <= 1 &&
    (zips === 1 ? groups.length <= 8 && text.length >= 2 : groups.length === 8 && !groups.includes(''))
  );
}
