/** Volumes: a name of their own, one source each, sane paths and modes (validation.go ValidateVolumes). */

import { mustParseQuantity } from '../quantity/parse.ts';
import { compare, ZERO } from '../quantity/quantity.ts';
import type { Volume } from '../types.ts';
import { validateFieldRef, validateResourceFieldRef } from './env.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  invalids,
  notSupported,
  required,
} from './field-error.ts';
import { isConfigMapKey, isDns1123Label, isDns1123Subdomain } from './names.ts';

type Source<K extends keyof Volume> = NonNullable<Volume[K]>;
type KeyToPath = NonNullable<Source<'configMap'>['items']>[number];
type DownwardItem = NonNullable<Source<'downwardAPI'>['items']>[number];
type Projection = NonNullable<Source<'projected'>['sources']>[number];

/** In the order in which Kubernetes looks at them: of two sources, the later is the one too many. */
const SOURCES = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
] as const satisfies readonly (keyof Volume)[];

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];
const MODE_RANGE = 'must be a number between 0 and 0777 (octal), both inclusive';
const TEN_MINUTES_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

export interface CheckedVolumes {
  readonly errors: readonly FieldError[];
  /** The volumes that mounts are looked up in: those without any error. */
  readonly valid: ReadonlyMap<string, Volume>;
}

/** Checks the volumes of a pod. */
export function validateVolumes(volumes: readonly Volume[] | undefined, field: string): CheckedVolumes {
  const valid = new Map<string, Volume>();
  const all: FieldError[] = [];
  for (const [i, volume] of (volumes ?? []).entries()) {
    const at = `${field}[${i}]`;
    const errors = validateSource(volume, at);
    if (!volume.name) errors.push(required(`${at}.name`));
    else errors.push(...invalids(`${at}.name`, volume.name, isDns1123Label(volume.name)));
    if (valid.has(volume.name)) errors.push(duplicate(`${at}.name`, volume.name));
    if (errors.length === 0) valid.set(volume.name, volume);
    all.push(...errors);
  }
  return { errors: all, valid };
}

function validateSource(volume: Volume, field: string): FieldError[] {
  const present = SOURCES.filter((source) => volume[source] !== undefined);
  if (present.length === 0) return [required(field, 'must specify a volume type')];
  return present.flatMap((source, index) =>
    index === 0
      ? validateKnownSource(volume, `${field}.${source}`)
      : [forbidden(`${field}.${source}`, 'may not specify more than 1 volume type')],
  );
}

/** Checks what is mounted here or refused at admission; the drivers of clouds are beyond a lone kubelet. */
function validateKnownSource(volume: Volume, field: string): FieldError[] {
  const { emptyDir, hostPath, secret, configMap, persistentVolumeClaim, downwardAPI, projected, nfs, image } =
    volume;
  if (emptyDir) return validateEmptyDir(emptyDir, field);
  if (hostPath) return validateHostPath(hostPath, field);
  if (secret) return validateFiles(secret.secretName, 'secretName', secret, field);
  if (configMap) return validateFiles(configMap.name, 'name', configMap, field);
  if (nfs) return validateNfs(nfs, field);
  if (persistentVolumeClaim) {
    const name = persistentVolumeClaim.claimName;
    return name ? [] : [required(`${field}.claimName`)];
  }
  if (downwardAPI) {
    const items = (downwardAPI.items ?? []).flatMap((item) => validateDownwardItem(item, field));
    return [...validateMode(downwardAPI.defaultMode, `${field}.defaultMode`), ...items];
  }
  if (projected) return validateProjected(projected, field);
  if (image) return validateImage(image, field);
  return [];
}

function validateEmptyDir({ sizeLimit }: Source<'emptyDir'>, field: string): FieldError[] {
  const negative = sizeLimit !== undefined && compare(mustParseQuantity(String(sizeLimit)), ZERO) < 0;
  return negative
    ? [forbidden(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
    : [];
}

function validateHostPath({ path, type }: Source<'hostPath'>, field: string): FieldError[] {
  if (!path) return [required(`${field}.path`)];
  const errors = noBacksteps(path, `${field}.path`);
  if (type !== undefined && !HOST_PATH_TYPES.includes(type)) {
    errors.push(notSupported(`${field}.type`, type, HOST_PATH_TYPES));
  }
  return errors;
}

function validateImage({ reference, pullPolicy }: Source<'image'>, field: string): FieldError[] {
  const errors = reference ? [] : [required(`${field}.reference`)];
  if (pullPolicy === undefined || PULL_POLICIES.includes(pullPolicy)) return errors;
  return [...errors, notSupported(`${field}.pullPolicy`, pullPolicy, PULL_POLICIES)];
}

function validateNfs({ server, path }: Source<'nfs'>, field: string): FieldError[] {
  const errors = server ? [] : [required(`${field}.server`)];
  if (!path) errors.push(required(`${field}.path`));
  else if (!path.startsWith('/')) errors.push(invalid(`${field}.path`, path, 'must be an absolute path'));
  return errors;
}

function validateFiles(
  name: string | undefined,
  nameField: string,
  source: { readonly defaultMode?: number; readonly items?: readonly KeyToPath[] },
  field: string,
): FieldError[] {
  return [
    ...(name ? [] : [required(`${field}.${nameField}`)]),
    ...validateMode(source.defaultMode, `${field}.defaultMode`),
    ...validateItems(source.items, field),
  ];
}

function validateItems(items: readonly KeyToPath[] | undefined, field: string): FieldError[] {
  return (items ?? []).flatMap(({ key, path, mode }, i) => {
    const at = `${field}.items[${i}]`;
    const errors = key ? invalids(`${at}.key`, key, isConfigMapKey(key)) : [required(`${at}.key`)];
    if (!path) errors.push(required(`${at}.path`));
    else errors.push(...validateFilePath(path, `${at}.path`));
    return [...errors, ...validateMode(mode, `${at}.mode`)];
  });
}

function validateProjected(projected: Source<'projected'>, field: string): FieldError[] {
  const paths = new Set<string>();
  const sources = (projected.sources ?? []).flatMap((source, i) => {
    const errors = validateProjection(source, `${field}.sources[${i}]`);
    for (const { path, of } of pathsOf(source)) {
      if (path && paths.has(path)) errors.push(invalid(field, of, 'conflicting duplicate paths'));
      paths.add(path);
    }
    return errors;
  });
  return [...validateMode(projected.defaultMode, `${field}.defaultMode`), ...sources];
}

/** The files that a source names, each with what an error calls it by. */
function pathsOf({ secret, configMap, downwardAPI, serviceAccountToken }: Projection) {
  const ofItems = (files: { readonly name?: string; readonly items?: readonly KeyToPath[] } | undefined) =>
    (files?.items ?? []).map(({ path }) => ({ path, of: files?.name ?? '' }));
  return [
    ...ofItems(secret),
    ...ofItems(configMap),
    ...(downwardAPI?.items ?? []).map(({ path }) => ({ path, of: path })),
    ...(serviceAccountToken ? [{ path: serviceAccountToken.path, of: serviceAccountToken.path }] : []),
  ];
}

/** In Kubernetes' order: of two sources, the later is the one too many. */
const PROJECTIONS = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken'] as const;

function validateProjection(source: Projection, field: string): FieldError[] {
  const present = PROJECTIONS.filter((kind) => source[kind] !== undefined);
  return present.flatMap((kind, index) =>
    index === 0
      ? validateOneProjection(source, kind, `${field}.${kind}`)
      : [forbidden(`${field}.${kind}`, 'may not specify more than 1 volume type')],
  );
}

function validateOneProjection(
  { secret, configMap, downwardAPI, serviceAccountToken }: Projection,
  kind: (typeof PROJECTIONS)[number],
  field: string,
): FieldError[] {
  switch (kind) {
    case 'secret':
    case 'configMap': {
      const files = kind === 'secret' ? secret : configMap;
      const errors = files?.name ? [] : [required(`${field}.name`)];
      return [...errors, ...validateItems(files?.items, field)];
    }
    case 'downwardAPI':
      return (downwardAPI?.items ?? []).flatMap((item) => validateDownwardItem(item, field));
    case 'serviceAccountToken':
      return serviceAccountToken === undefined ? [] : validateToken(serviceAccountToken, field);
  }
}

function validateToken(
  { expirationSeconds = TEN_MINUTES_SECONDS, path }: NonNullable<Projection['serviceAccountToken']>,
  field: string,
): FieldError[] {
  const at = `${field}.expirationSeconds`;
  const errors: FieldError[] = [];
  if (expirationSeconds < TEN_MINUTES_SECONDS) {
    errors.push(invalid(at, expirationSeconds, 'may not specify a duration less than 10 minutes'));
  }
  if (expirationSeconds > MAX_TOKEN_SECONDS) {
    errors.push(invalid(at, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
  }
  if (!path) return [...errors, required(`${field}.path`)];
  return [...errors, ...validateFilePath(path, `${field}.path`)];
}

function validateDownwardItem(item: DownwardItem, field: string): FieldError[] {
  const errors = item.path ? validateFilePath(item.path, `${field}.path`) : [required(`${field}.path`)];
  if (item.fieldRef && item.resourceFieldRef) {
    const detail = 'fieldRef and resourceFieldRef can not be specified simultaneously';
    errors.push(invalid(field, 'resource', detail));
  } else if (item.fieldRef) {
    errors.push(...validateFieldRef(item.fieldRef, 'file', `${field}.fieldRef`));
  } else if (item.resourceFieldRef) {
    errors.push(...validateResourceFieldRef(item.resourceFieldRef, 'file', `${field}.resourceFieldRef`));
  } else {
    errors.push(required(field, 'one of fieldRef and resourceFieldRef is required'));
  }
  return [...errors, ...validateMode(item.mode, `${field}.mode`)];
}

function validateMode(mode: number | undefined, field: string): FieldError[] {
  return mode === undefined || (mode >= 0 && mode <= 0o777) ? [] : [invalid(field, mode, MODE_RANGE)];
}

/** A path below the volume that the kubelet's own names (`..data`) cannot meet (validateLocalNonReservedPath). */
function validateFilePath(path: string, field: string): FieldError[] {
  const errors = validateDescendingPath(path, field);
  const reserved = path.startsWith('..') && !path.startsWith('../');
  return reserved ? [...errors, invalid(field, path, "must not start with '..'")] : errors;
}

/** A relative path that does not climb (validateLocalDescendingPath). */
export function validateDescendingPath(path: string, field: string): FieldError[] {
  const absolute = path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : [];
  return [...absolute, ...noBacksteps(path, field)];
}

function noBacksteps(path: string, field: string): FieldError[] {
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : [];
}

/** The name of an object that a pod refers to. */
export function validateObjectName(name: string | undefined, field: string): FieldError[] {
  return name ? invalids(field, name, isDns1123Subdomain(name)) : [];
}
