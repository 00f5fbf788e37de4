/** Ephemeral containers: added to a pod that runs, never changed or taken away (validateEphemeralContainers). */
import { sameData } from '../../lib/same-data.ts';
import type { Container, PodSpec } from '../types.ts';
import { type PodContext, unique, validateCommon } from './containers.ts';
import { type FieldError, forbidden, notFound } from './field-error.ts';

/** An ephemeral container has no place in the pod's life: nothing that would start, watch or size it. */
const NOT_ALLOWED = [
  'ports',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resizePolicy',
] as const;

/** Their own fields, their names among all the pod's, and the containers whose processes they want to see. */
export function validateEphemeralContainers(
  { containers = [], initContainers = [], ephemeralContainers = [] }: Partial<PodSpec>,
  context: PodContext,
  field: string,
): FieldError[] {
  const others = [...containers, ...initContainers].map(({ name }) => name);
  const names = new Set(others);
  return ephemeralContainers.flatMap((container, i) => {
    const at = `${field}[${i}]`;
    const target = container.targetContainerName;
    const { requests, limits } = container.resources ?? {};
    const resources = requests !== undefined || limits !== undefined ? ['resources' as const] : [];
    const disallowed = NOT_ALLOWED.filter((name) => (container as Container)[name] !== undefined);
    return [
      ...validateCommon(container as Container, context, at),
      ...unique(container.name, names, `${at}.name`),
      ...(target && !others.includes(target) ? [notFound(`${at}.targetContainerName`, target)] : []),
      ...[...disallowed, ...resources].map((name) =>
        forbidden(`${at}.${name}`, 'cannot be set for an Ephemeral Container'),
      ),
      ...subPaths(container as Container, at),
    ];
  });
}

function subPaths({ volumeMounts = [] }: Container, at: string): FieldError[] {
  return volumeMounts.flatMap((mount, i) =>
    (['subPath', 'subPathExpr'] as const).flatMap((name) =>
      mount[name]
        ? [forbidden(`${at}.volumeMounts[${i}].${name}`, 'cannot be set for an Ephemeral Container')]
        : [],
    ),
  );
}

/** What was added stays as it is (validation.go ValidatePodEphemeralContainersUpdate). */
export function validateEphemeralUpdate(next: PodSpec, stored: PodSpec): FieldError[] {
  return (stored.ephemeralContainers ?? []).flatMap((old) => {
    const found = next.ephemeralContainers?.find(({ name }) => name === old.name);
    if (found !== undefined && sameData(found, old)) return [];
    const what = found === undefined ? 'removed' : 'changed';
    return [
      forbidden(
        'spec.ephemeralContainers',
        `existing ephemeral containers "${old.name}" may not be ${what}\n`,
      ),
    ];
  });
}
