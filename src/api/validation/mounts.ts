/** Where a container has the volumes of its pod (validation.go ValidateVolumeMounts, ValidateVolumeDevices). */
import type { Container, Volume, VolumeMount } from '../types.ts';
import { type FieldError, forbidden, invalid, notFound, notSupported, required } from './field-error.ts';
import { validateDescendingPath } from './volumes.ts';

const RECURSIVE_READ_ONLY = ['Disabled', 'IfPossible', 'Enabled'];
const MOUNT_PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];

/** Mounts of volumes that there are, each at a path of its own (ValidateVolumeMounts). */
export function validateVolumeMounts(
  { volumeMounts = [], volumeDevices = [], securityContext }: Container,
  volumes: ReadonlyMap<string, Volume>,
  field: string,
): FieldError[] {
  const paths = new Set<string>();
  return volumeMounts.flatMap((mount, i) => {
    const at = `${field}[${i}]`;
    const errors: FieldError[] = [];
    if (!mount.name) errors.push(required(`${at}.name`));
    if (!volumes.has(mount.name)) errors.push(notFound(`${at}.name`, mount.name));
    if (!mount.mountPath) errors.push(required(`${at}.mountPath`));
    if (paths.has(mount.mountPath))
      errors.push(invalid(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath);
    if (volumeDevices.some(({ name }) => name === mount.name)) {
      errors.push(invalid(`${at}.name`, mount.name, 'must not already exist in volumeDevices'));
    }
    if (volumeDevices.some(({ devicePath }) => devicePath === mount.mountPath)) {
      const detail = 'must not already exist as a path in volumeDevices';
      errors.push(invalid(`${at}.mountPath`, mount.mountPath, detail));
    }
    return [
      ...errors,
      ...validateSubPaths(mount, field, at),
      ...validatePropagation(mount, securityContext?.privileged === true, field),
      ...validateRecursiveReadOnly(mount, `${field}.recursiveReadOnly`),
    ];
  });
}

/** Raw devices: of claims alone, each once (ValidateVolumeDevices). */
export function validateVolumeDevices(
  { volumeMounts = [], volumeDevices = [] }: Container,
  volumes: ReadonlyMap<string, Volume>,
  field: string,
): FieldError[] {
  const names = new Set<string>();
  const paths = new Set<string>();
  return volumeDevices.flatMap(({ name, devicePath }, i) => {
    const at = { name: `${field}[${i}].name`, path: `${field}[${i}].devicePath` };
    const volume = volumes.get(name);
    const errors: FieldError[] = [];
    if (!name) errors.push(required(at.name));
    if (names.has(name)) errors.push(invalid(at.name, name, 'must be unique'));
    if (volume === undefined) errors.push(notFound(at.name, name));
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      const detail = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      errors.push(invalid(at.name, name, detail));
    }
    if (!devicePath) errors.push(required(at.path));
    if (paths.has(devicePath)) errors.push(invalid(at.path, devicePath, 'must be unique'));
    if (devicePath?.split('/').includes('..')) {
      errors.push(invalid(at.path, devicePath, "can not contain backsteps ('..')"));
    }
    if (volumeMounts.some((mount) => mount.name === name)) {
      errors.push(invalid(at.name, name, 'must not already exist in volumeMounts'));
    }
    if (volumeMounts.some(({ mountPath }) => mountPath === devicePath)) {
      errors.push(invalid(at.path, devicePath, 'must not already exist as a path in volumeMounts'));
    }
    names.add(name);
    paths.add(devicePath);
    return errors;
  });
}

/** Kubernetes gives these paths without the mount's index. */
function validateSubPaths({ subPath, subPathExpr }: VolumeMount, field: string, at: string): FieldError[] {
  const errors = subPath ? validateDescendingPath(subPath, `${field}.subPath`) : [];
  if (!subPathExpr) return errors;
  if (subPath) {
    errors.push(invalid(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
  }
  return [...errors, ...validateDescendingPath(subPathExpr, `${field}.subPathExpr`)];
}

function validatePropagation(
  { mountPropagation }: VolumeMount,
  privileged: boolean,
  field: string,
): FieldError[] {
  const at = `${field}.mountPropagation`;
  if (mountPropagation === undefined) return [];
  if (mountPropagation === 'Bidirectional' && !privileged) {
    const detail = 'Bidirectional mount propagation is available only to privileged containers';
    return [forbidden(at, detail)];
  }
  return MOUNT_PROPAGATIONS.includes(mountPropagation)
    ? []
    : [notSupported(at, mountPropagation, MOUNT_PROPAGATIONS)];
}

function validateRecursiveReadOnly(mount: VolumeMount, field: string): FieldError[] {
  const { recursiveReadOnly, readOnly, mountPropagation = 'None' } = mount;
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return [];
  if (!RECURSIVE_READ_ONLY.includes(recursiveReadOnly)) {
    return [notSupported(field, recursiveReadOnly, RECURSIVE_READ_ONLY)];
  }
  const errors = readOnly ? [] : [forbidden(field, 'may only be specified when readOnly is true')];
  if (mountPropagation === 'None') return errors;
  return [
    ...errors,
    forbidden(field, 'may only be specified when mountPropagation is None or not specified'),
  ];
}
