/** The defaults of one container: pull policy, probes, ports, termination message (SetDefaults_Container). */
import { defaultPullPolicy } from '../image-name.ts';
import type { Container, EnvVar, LifecycleHook, Probe } from '../types.ts';
import { roundedResources } from './rounding.ts';

type HttpGet = NonNullable<Probe['httpGet']>;
type FieldRef = NonNullable<NonNullable<EnvVar['valueFrom']>['fieldRef']>;

/** Returns a container with every default filled in; ephemeral containers have the same ones. */
export function defaultContainer<C extends Container>(container: C): C {
  const { livenessProbe, readinessProbe, startupProbe, lifecycle, ports, env } = container;
  return {
    ...container,
    resources: roundedResources(container.resources ?? {}),
    // A name that is no image's counts as untagged; the kubelet reports InvalidImageName later.
    imagePullPolicy: container.imagePullPolicy || defaultPullPolicy(container.image ?? ''),
    terminationMessagePath: container.terminationMessagePath || '/dev/termination-log',
    terminationMessagePolicy: container.terminationMessagePolicy || 'File',
    ...(livenessProbe && { livenessProbe: defaultProbe(livenessProbe) }),
    ...(readinessProbe && { readinessProbe: defaultProbe(readinessProbe) }),
    ...(startupProbe && { startupProbe: defaultProbe(startupProbe) }),
    ...(lifecycle && {
      lifecycle: {
        ...lifecycle,
        ...(lifecycle.postStart && { postStart: defaultHook(lifecycle.postStart) }),
        ...(lifecycle.preStop && { preStop: defaultHook(lifecycle.preStop) }),
      },
    }),
    ...(ports && { ports: ports.map((port) => ({ ...port, protocol: port.protocol || ('TCP' as const) })) }),
    ...(env && { env: env.map(defaultEnv) }),
  };
}

/** SetDefaults_Probe. */
export const PROBE_DEFAULTS = {
  initialDelaySeconds: 0,
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
} as const;

/** A zero is as good as nothing here (SetDefaults_Probe). */
function defaultProbe(probe: Probe): Probe {
  return {
    ...probe,
    ...(probe.httpGet && { httpGet: defaultHttpGet(probe.httpGet) }),
    ...(probe.grpc && { grpc: { ...probe.grpc, service: probe.grpc.service ?? '' } }),
    timeoutSeconds: probe.timeoutSeconds || PROBE_DEFAULTS.timeoutSeconds,
    periodSeconds: probe.periodSeconds || PROBE_DEFAULTS.periodSeconds,
    successThreshold: probe.successThreshold || PROBE_DEFAULTS.successThreshold,
    failureThreshold: probe.failureThreshold || PROBE_DEFAULTS.failureThreshold,
  };
}

/** The version of the field's schema (SetDefaults_ObjectFieldSelector). */
export function defaultFieldRef(fieldRef: FieldRef): FieldRef {
  return { ...fieldRef, apiVersion: fieldRef.apiVersion || 'v1' };
}

function defaultHook(hook: LifecycleHook): LifecycleHook {
  return hook.httpGet ? { ...hook, httpGet: defaultHttpGet(hook.httpGet) } : hook;
}

function defaultHttpGet(httpGet: HttpGet): HttpGet {
  return { ...httpGet, path: httpGet.path || '/', scheme: httpGet.scheme || 'HTTP' };
}

function defaultEnv(env: EnvVar): EnvVar {
  const fieldRef = env.valueFrom?.fieldRef;
  return fieldRef ? { ...env, valueFrom: { ...env.valueFrom, fieldRef: defaultFieldRef(fieldRef) } } : env;
}
