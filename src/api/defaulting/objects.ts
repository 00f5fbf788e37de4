/** After reading: every object with the values that the API server fills in before anybody sees it. */
import { encodeBase64 } from '../../lib/base64.ts';
import type { KubeObject, PodSpec } from '../types.ts';
import { defaultPodOnly, defaultPodSpec } from './pod.ts';
import { defaultWorkload, isWorkload } from './workloads.ts';

type Fields = Record<string, unknown>;

/**
 * Returns the object with its defaults (pkg/apis/core/v1/defaults.go); a kind without any comes back as it is.
 * Never throws for what strict decoding let through.
 */
export function defaultObject(object: KubeObject): KubeObject {
  if (isWorkload(object.kind)) return defaultWorkload(object);
  const spec = asFields(object.spec);
  switch (object.kind) {
    case 'Pod':
      return {
        ...object,
        spec: defaultPodOnly(defaultPodSpec(object.spec ? (spec as unknown as PodSpec) : { containers: [] })),
      };
    case 'Secret':
      return defaultSecret(object);
    case 'ConfigMap':
      return { ...object, data: object.data ?? {} };
    case 'Service':
      return { ...object, spec: defaultServiceSpec(spec) };
    case 'Namespace':
      return defaultNamespace(object);
    case 'PersistentVolume':
      return {
        ...object,
        spec: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem', ...spec },
        status: { phase: 'Pending', ...asFields(object.status) },
      };
    case 'PersistentVolumeClaim':
      return {
        ...object,
        spec: { volumeMode: 'Filesystem', ...spec },
        status: { phase: 'Pending', ...asFields(object.status) },
      };
    case 'LimitRange':
      return { ...object, spec: { ...spec, limits: asList(spec.limits).map(defaultLimit) } };
    default:
      return object;
  }
}

/** `stringData` goes into `data` and is gone (pkg/registry/core/secret/strategy.go). */
function defaultSecret(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object;
  const data: Fields = { ...asFields(object.data) };
  for (const [key, value] of Object.entries(asFields(stringData))) data[key] = encodeBase64(String(value));
  return {
    ...rest,
    type: object.type || 'Opaque',
    ...(Object.keys(data).length > 0 && { data }),
  } as KubeObject;
}

function defaultServiceSpec(spec: Fields): Fields {
  const type = spec.type || 'ClusterIP';
  const external = type === 'NodePort' || type === 'LoadBalancer';
  return {
    ...spec,
    type,
    sessionAffinity: spec.sessionAffinity || 'None',
    ...(spec.sessionAffinity === 'ClientIP' && {
      sessionAffinityConfig: spec.sessionAffinityConfig ?? { clientIP: { timeoutSeconds: 10_800 } },
    }),
    ...(external && { externalTrafficPolicy: spec.externalTrafficPolicy || 'Cluster' }),
    ...(type !== 'ExternalName' && { internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster' }),
    ...(type === 'LoadBalancer' && {
      allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts ?? true,
    }),
    ...(spec.ports !== undefined && {
      ports: asList(spec.ports).map((port) => ({
        ...port,
        protocol: port.protocol || 'TCP',
        targetPort: port.targetPort || port.port,
      })),
    }),
  };
}

function defaultNamespace(object: KubeObject): KubeObject {
  const { name } = object.metadata;
  const labels = {
    ...asFields(object.metadata.labels),
    ...(name && { 'kubernetes.io/metadata.name': name }),
  };
  return {
    ...object,
    metadata: { ...object.metadata, labels },
    status: { phase: 'Active', ...asFields(object.status) },
  };
}

/** Limits from the maximum, requests from the limits, then from the minimum (SetDefaults_LimitRangeItem). */
function defaultLimit(item: Fields): Fields {
  if (item.type !== 'Container') return item;
  const limit = { ...asFields(item.max), ...asFields(item.default) };
  return {
    ...item,
    default: limit,
    defaultRequest: { ...asFields(item.min), ...limit, ...asFields(item.defaultRequest) },
  };
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function asList(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(asFields) : [];
}
