/** The defaults of what makes pods: Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob (apps/v1, batch/v1 defaults.go). */
import type { KubeObject, PodSpec } from '../types.ts';
import { defaultPodSpec } from './pod.ts';

type Fields = Record<string, unknown>;

/** What each kind has in its spec when its author said nothing. */
const SPEC_DEFAULTS: Readonly<Record<string, Fields>> = {
  Deployment: { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
  ReplicaSet: { replicas: 1 },
  ReplicationController: { replicas: 1 },
  StatefulSet: { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' },
  DaemonSet: { revisionHistoryLimit: 10 },
  Job: {
    backoffLimit: 6,
    suspend: false,
    completionMode: 'NonIndexed',
    podReplacementPolicy: 'TerminatingOrFailed',
  },
  CronJob: {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  },
};

/** Where a rolling update's bounds are, and what they are. */
const ROLLING: Readonly<Record<string, { readonly field: string; readonly bounds: Fields }>> = {
  Deployment: { field: 'strategy', bounds: { maxUnavailable: '25%', maxSurge: '25%' } },
  DaemonSet: { field: 'updateStrategy', bounds: { maxUnavailable: 1, maxSurge: 0 } },
  StatefulSet: { field: 'updateStrategy', bounds: { partition: 0 } },
};

/** Whether the kind is one of these. */
export function isWorkload(kind: string): boolean {
  return Object.hasOwn(SPEC_DEFAULTS, kind);
}

/** Returns the object with its own defaults and those of its pod template. */
export function defaultWorkload(object: KubeObject): KubeObject {
  const spec = { ...SPEC_DEFAULTS[object.kind], ...asFields(object.spec) };
  if (object.kind === 'Job') jobCounts(spec);
  const rolling = ROLLING[object.kind];
  if (rolling) spec[rolling.field] = strategyOf(asFields(spec[rolling.field]), rolling.bounds);
  if (object.kind === 'CronJob' && spec.jobTemplate) {
    const jobTemplate = asFields(spec.jobTemplate);
    spec.jobTemplate = { ...jobTemplate, spec: withTemplate(asFields(jobTemplate.spec)) };
  }
  return { ...object, spec: withTemplate(spec) };
}

/** Without completions and parallelism a Job is for one pod; with completions alone it runs one at a time. */
function jobCounts(spec: Fields): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
}

function strategyOf(strategy: Fields, bounds: Fields): Fields {
  const type = strategy.type || 'RollingUpdate';
  if (type !== 'RollingUpdate') return { ...strategy, type };
  return { ...strategy, type, rollingUpdate: { ...bounds, ...asFields(strategy.rollingUpdate) } };
}

function withTemplate(spec: Fields): Fields {
  const template = asFields(spec.template);
  if (!template.spec) return spec;
  return { ...spec, template: { ...template, spec: defaultPodSpec(template.spec as PodSpec) } };
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
