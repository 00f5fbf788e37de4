/**
 * The control groups around a pod's containers, which a kubelet makes without its runtime: the Engine makes them with
 * the pod's first container and leaves them behind, so their bounds and their end are podstep's.
 */
import { existsSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LinuxPodResources } from '../../../api/cri.ts';
import { fnv1a32 } from '../../../lib/fnv.ts';
import { RuntimeError } from '../../port.ts';
import type { EngineInfo } from '../engine/types.ts';

const MOUNT = '/sys/fs/cgroup';
/** cpu.shares of a new group, and the range of both scales. */
const WEIGHT = { shares: [2, 262_144], weight: [1, 10_000] } as const;

/** The group that all pods of a node are in: `/podstep-1f2e3d4c`, by the node's mark. */
export function cgroupRoot(owner: string): string {
  return `/podstep-${fnv1a32(owner).toString(16).padStart(8, '0')}`;
}

/**
 * The parent of a pod's containers, as the Engine's driver names groups (kubelet: pkg/kubelet/cm/cgroup_manager_linux.go
 * and pod_container_manager_linux.go). Guaranteed pods lie beside the groups of the other two classes.
 */
export function podCgroup(
  owner: string,
  podUid: string,
  qosClass: LinuxPodResources['qosClass'],
  driver: EngineInfo['CgroupDriver'],
): string {
  const group = qosClass === 'Burstable' || qosClass === 'BestEffort' ? [qosClass.toLowerCase()] : [];
  const names = [...group, `pod${podUid}`];
  if (driver !== 'systemd') return [cgroupRoot(owner), ...names].join('/');
  const escaped = names.map((name) => name.replaceAll('-', '_'));
  return `${[cgroupRoot(owner).slice(1), ...escaped].join('-')}.slice`;
}

/** Gives the pod's group its bounds; without a sound where this machine is not the Engine's. @throws RuntimeError */
export function boundCgroup(parent: string, version: EngineInfo['CgroupVersion'], limits: LinuxPodResources) {
  for (const [controller, file, value] of version === '2' ? filesV2(limits) : filesV1(limits)) {
    const path = join(MOUNT, version === '2' ? '' : controller, pathOf(parent), file);
    if (!existsSync(path)) continue;
    try {
      writeFileSync(path, value);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') continue;
      const why = code === 'EBUSY' ? 'device or resource busy' : code;
      throw new RuntimeError('Unknown', `write ${path}: ${why}`, { cause: error });
    }
  }
}

type GroupFile = readonly [controller: string, file: string, value: string];

function filesV1({
  memoryLimitBytes,
  cpuShares,
  cpuQuota,
  cpuPeriod,
  pidsLimit,
}: LinuxPodResources): GroupFile[] {
  return [
    ['memory', 'memory.limit_in_bytes', memoryLimitBytes === 0 ? '-1' : String(memoryLimitBytes)],
    ['cpu', 'cpu.shares', String(cpuShares)],
    ['cpu', 'cpu.cfs_period_us', String(cpuPeriod)],
    ['cpu', 'cpu.cfs_quota_us', cpuQuota === 0 ? '-1' : String(cpuQuota)],
    ...(pidsLimit === undefined ? [] : [['pids', 'pids.max', String(pidsLimit)] as const]),
  ];
}

function filesV2({
  memoryLimitBytes,
  cpuShares,
  cpuQuota,
  cpuPeriod,
  pidsLimit,
}: LinuxPodResources): GroupFile[] {
  return [
    ['', 'memory.max', memoryLimitBytes === 0 ? 'max' : String(memoryLimitBytes)],
    ['', 'cpu.weight', String(cpuWeight(cpuShares))],
    ['', 'cpu.max', `${cpuQuota === 0 ? 'max' : cpuQuota} ${cpuPeriod}`],
    ...(pidsLimit === undefined ? [] : [['', 'pids.max', String(pidsLimit)] as const]),
  ];
}

/** pkg/kubelet/cm/cgroup_manager_linux.go cpuSharesToCPUWeight. */
function cpuWeight(shares: number): number {
  const [[least, most], [lightest, heaviest]] = [WEIGHT.shares, WEIGHT.weight];
  const bounded = Math.min(Math.max(shares, least), most);
  return Math.floor(((bounded - least) * (heaviest - lightest)) / (most - least)) + lightest;
}

/** Below a controller's mount. A slice lies in the slices that its name begins with. */
function pathOf(parent: string): string {
  if (!parent.endsWith('.slice')) return parent;
  const parts = parent.slice(0, -'.slice'.length).split('-');
  return parts.map((_part, index) => `${parts.slice(0, index + 1).join('-')}.slice`).join('/');
}

/** Takes the pod's group away, in every hierarchy; one that something is in stays. */
export function removeCgroup(parent: string): void {
  for (const top of tops()) removeDirectory(join(top, pathOf(parent)));
}

/** The directories of all groups of a node, in every hierarchy: for those who clean up behind it. */
export function cgroupsOf(owner: string): readonly string[] {
  return tops()
    .map((top) => join(top, cgroupRoot(owner)))
    .filter((directory) => existsSync(directory));
}

/** Removes the group and all that are in it, unless processes are. */
export function removeCgroupTree(directory: string): void {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true }))
    if (entry.isDirectory()) removeCgroupTree(join(directory, entry.name));
  removeDirectory(directory);
}

/** Where the hierarchies are mounted: one of version 2, or one for each controller. */
function tops(): readonly string[] {
  if (!existsSync(MOUNT)) return [];
  const controllers = readdirSync(MOUNT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [MOUNT, ...controllers.map(({ name }) => join(MOUNT, name))];
}

function removeDirectory(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOENT', 'ENOTDIR', 'EBUSY', 'ENOTEMPTY', 'EACCES', 'EPERM', 'EROFS'].includes(code)) throw error;
  }
}
