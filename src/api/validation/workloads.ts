/** The pod templates of workloads: a controller would stamp pods out of them, so the same rules hold. */
import type { KubeObject, PodSpec } from '../types.ts';
import { type FieldError, notSupported, required } from './field-error.ts';
import { validateObjectMeta } from './metadata.ts';
import { isDns1035Label, isDns1123Label, isPathSegmentName, type Rule } from './names.ts';
import { validatePodSpec } from './pod.ts';

/** Where each kind has its template, and which restart policies its pods may have. */
const TEMPLATES: Readonly<
  Record<string, { readonly path: readonly string[]; readonly policies: readonly string[] }>
> = {
  Deployment: { path: ['spec', 'template'], policies: ['Always'] },
  ReplicaSet: { path: ['spec', 'template'], policies: ['Always'] },
  StatefulSet: { path: ['spec', 'template'], policies: ['Always'] },
  DaemonSet: { path: ['spec', 'template'], policies: ['Always'] },
  Job: { path: ['spec', 'template'], policies: ['OnFailure', 'Never'] },
  CronJob: { path: ['spec', 'jobTemplate', 'spec', 'template'], policies: ['OnFailure', 'Never'] },
};

/** Kinds whose names are no DNS subdomains. */
const NAME_RULES: Readonly<Record<string, Rule>> = {
  Namespace: isDns1123Label,
  Service: isDns1035Label,
  Role: isPathSegmentName,
  RoleBinding: isPathSegmentName,
  ClusterRole: isPathSegmentName,
  ClusterRoleBinding: isPathSegmentName,
};

/** Checks the metadata of any object, and the template of a workload. */
export function validateWorkload(object: KubeObject): FieldError[] {
  const errors = validateObjectMeta(object.metadata, NAME_RULES[object.kind]);
  const template = TEMPLATES[object.kind];
  if (!template) return errors;
  const field = `${template.path.join('.')}.spec`;
  const spec = template.path.reduce<unknown>(childOf, object);
  const podSpec = childOf(spec, 'spec') as PodSpec | undefined;
  if (!podSpec) return [...errors, required(template.path.join('.'))];
  errors.push(...validatePodSpec(podSpec, field));
  const { restartPolicy = '' } = podSpec;
  if (!template.policies.includes(restartPolicy)) {
    errors.push(notSupported(`${field}.restartPolicy`, restartPolicy, template.policies));
  }
  return errors;
}

function childOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
