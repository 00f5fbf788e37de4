/** Environment variables and where their values come from (validation.go ValidateEnv, ValidateEnvFrom). */
import type { Container, EnvVar } from '../types.ts';
import { type FieldError, invalid, invalids, notSupported, required } from './field-error.ts';
import { isConfigMapKey, isDns1123Subdomain, isEnvVarName, isQualifiedName, prefixOf } from './names.ts';

type ValueFrom = NonNullable<EnvVar['valueFrom']>;
type FieldRef = NonNullable<ValueFrom['fieldRef']>;
type ResourceFieldRef = NonNullable<ValueFrom['resourceFieldRef']>;
type EnvFrom = NonNullable<Container['envFrom']>[number];

/** What the downward API gives in an environment variable. */
const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** What it gives in a file. */
const FILE_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
/** Every field that has a name in the downward API, wherever it may be used. */
const KNOWN_FIELDS = new Set([
  ...ENV_FIELDS,
  ...FILE_FIELDS,
  'spec.host',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);
const RESOURCES = ['cpu', 'ephemeral-storage', 'memory'];
const RESOURCE_FIELDS = ['limits', 'requests'].flatMap((list) => RESOURCES.map((name) => `${list}.${name}`));

/** The variables of one container. */
export function validateEnv(env: readonly EnvVar[] | undefined, field: string): FieldError[] {
  return (env ?? []).flatMap((variable, i) => {
    const at = `${field}[${i}]`;
    const name = variable.name
      ? invalids(`${at}.name`, variable.name, isEnvVarName(variable.name))
      : [required(`${at}.name`)];
    return [
      ...name,
      ...(variable.valueFrom ? validateValueFrom(variable, variable.valueFrom, `${at}.valueFrom`) : []),
    ];
  });
}

/** Whole ConfigMaps and Secrets as variables. */
export function validateEnvFrom(envFrom: readonly EnvFrom[] | undefined, field: string): FieldError[] {
  return (envFrom ?? []).flatMap((source, i) => {
    const at = `${field}[${i}]`;
    const errors: FieldError[] = [];
    if (source.prefix) errors.push(...invalids(`${at}.prefix`, source.prefix, isEnvVarName(source.prefix)));
    for (const kind of ['configMapRef', 'secretRef'] as const) {
      if (!source[kind]) continue;
      const { name = '' } = source[kind];
      if (name === '') errors.push(required(`${at}.${kind}.name`));
      else errors.push(...invalids(`${at}.${kind}.name`, name, isDns1123Subdomain(prefixOf(name))));
    }
    if (!source.configMapRef && !source.secretRef) {
      errors.push(invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (source.configMapRef && source.secretRef) {
      errors.push(invalid(at, '', 'may not have more than one field specified at a time'));
    }
    return errors;
  });
}

function validateValueFrom(variable: EnvVar, from: ValueFrom, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (from.fieldRef) errors.push(...validateFieldRef(from.fieldRef, 'env', `${field}.fieldRef`));
  if (from.resourceFieldRef) {
    errors.push(...validateResourceFieldRef(from.resourceFieldRef, 'env', `${field}.resourceFieldRef`));
  }
  for (const kind of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const ref = from[kind];
    if (ref) errors.push(...validateKeyRef(ref, `${field}.${kind}`));
  }
  if (from.fileKeyRef) errors.push(...validateFileKeyRef(from.fileKeyRef, `${field}.fileKeyRef`));
  const sources = Object.values(from).filter((source) => source !== undefined).length;
  if (sources === 0) {
    const detail = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';
    errors.push(invalid(field, '', detail));
  } else if (variable.value) {
    errors.push(invalid(field, '', 'may not be specified when `value` is not empty'));
  } else if (sources > 1) {
    errors.push(invalid(field, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}

/** A field of the pod, in a variable or in a file (validateObjectFieldSelector). */
export function validateFieldRef(ref: FieldRef, use: 'env' | 'file', field: string): FieldError[] {
  if (!ref.apiVersion) return [required(`${field}.apiVersion`)];
  if (!ref.fieldPath) return [required(`${field}.fieldPath`)];
  const at = `${field}.fieldPath`;
  const convert = (why: string) => [invalid(at, ref.fieldPath, `error converting fieldPath: ${why}`)];
  if (ref.apiVersion !== 'v1') return convert(`unsupported pod version: ${ref.apiVersion}`);
  const subscripted = /^([^[]+)\['(.*)'\]$/.exec(ref.fieldPath);
  if (subscripted) {
    const [, path = '', key = ''] = subscripted;
    if (path === 'metadata.annotations') return invalids(field, key, isQualifiedName(key.toLowerCase()));
    if (path === 'metadata.labels') return invalids(field, key, isQualifiedName(key));
    return convert(`field label does not support subscript: ${path}`);
  }
  if (!KNOWN_FIELDS.has(ref.fieldPath)) return convert(`field label not supported: ${ref.fieldPath}`);
  const path = ref.fieldPath === 'spec.host' ? 'spec.nodeName' : ref.fieldPath;
  const supported = use === 'env' ? ENV_FIELDS : FILE_FIELDS;
  return supported.includes(path) ? [] : [notSupported(at, path, supported)];
}

/** A request or a limit, in a variable or in a file (validateContainerResourceFieldSelector). */
export function validateResourceFieldRef(
  ref: ResourceFieldRef,
  use: 'env' | 'file',
  field: string,
): FieldError[] {
  if (use === 'file' && !ref.containerName) return [required(`${field}.containerName`)];
  if (!ref.resource) return [required(`${field}.resource`)];
  const known = RESOURCE_FIELDS.includes(ref.resource) || /^(requests|limits)\.hugepages-/.test(ref.resource);
  if (!known) return [notSupported(`${field}.resource`, ref.resource, RESOURCE_FIELDS)];
  return validateDivisor(ref, field);
}

function validateDivisor({ resource, divisor }: ResourceFieldRef, field: string): FieldError[] {
  const text = String(divisor ?? '0');
  if (text === '0') return [];
  const name = resource.slice(resource.indexOf('.') + 1);
  const cpu = name === 'cpu';
  const allowed = cpu ? /^(1m|1)$/ : /^1([kMGTPE]|[KMGTPE]i)?$/;
  if (allowed.test(text)) return [];
  const units = cpu ? '1m and 1' : '1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei';
  const resourceName = cpu
    ? 'cpu'
    : name === 'memory'
      ? 'memory'
      : name === 'ephemeral-storage'
        ? 'local ephemeral storage'
        : 'hugepages';
  const detail = `only divisor's values ${units} are supported with the ${resourceName} resource`;
  return [invalid(`${field}.divisor`, resource, detail)];
}

function validateKeyRef(ref: { readonly name?: string; readonly key: string }, field: string): FieldError[] {
  const { name = '' } = ref;
  const errors = invalids(`${field}.name`, name, isDns1123Subdomain(name));
  if (!ref.key) return [...errors, required(`${field}.key`)];
  return [...errors, ...invalids(`${field}.key`, ref.key, isConfigMapKey(ref.key))];
}

function validateFileKeyRef(
  ref: { readonly key: string; readonly path: string; readonly volumeName: string },
  field: string,
): FieldError[] {
  const missing = (['key', 'path', 'volumeName'] as const).filter((name) => !ref[name]);
  const errors = missing.map((name) => required(`${field}.${name}`));
  if (ref.key) errors.push(...invalids(`${field}.key`, ref.key, isEnvVarName(ref.key)));
  return errors;
}
