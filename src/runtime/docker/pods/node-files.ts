/** The files of the node that podstep lays over an image's: `/etc/hosts` and the termination message. */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerConfig, Mount, PodSandboxConfig } from '../../../api/cri.ts';
import { ANNOTATION } from '../../../api/cri.ts';
import { etcHosts } from '../../etc-hosts.ts';
import { RuntimeError } from '../../port.ts';
import { openSubPath } from '../../wasm/fs/sub-path.ts';
import type { EngineMount } from '../engine/types.ts';

const HOSTS = '/etc/hosts';
/** pkg/kubelet/container MaxContainerTerminationMessageLength. */
const MESSAGE_LIMIT_BYTES = 4096;

/** The pod's hosts file, written for the address that it has. */
export function writeHosts(
  directory: string,
  sandboxId: string,
  config: PodSandboxConfig,
  ip: string,
): string {
  const { hostname, hostNames = [], hostAliases = [], hostNetwork, metadata } = config;
  const names = hostNames.length > 0 ? hostNames : [hostname || metadata.name];
  const ofHost = hostNetwork ? { hostFile: readFileSync(HOSTS, 'utf8') } : {};
  const file = join(directory, 'hosts', sandboxId);
  mkdirSync(join(directory, 'hosts'), { recursive: true });
  writeFileSync(file, etcHosts({ ip, hostNames: names, hostAliases, ...ofHost }));
  return file;
}

/** An empty file that anybody may write, as the kubelet's (kuberuntime_container.go makeMounts); '' where none is asked for. */
export function makeTerminationFile(
  directory: string,
  name: string,
  { annotations }: ContainerConfig,
): string {
  if (!annotations[ANNOTATION.terminationMessagePath]) return '';
  const file = join(directory, 'termination', name);
  mkdirSync(join(directory, 'termination'), { recursive: true });
  writeFileSync(file, '');
  chmodSync(file, 0o666);
  return file;
}

export function readTerminationFile(file: string): string {
  if (file === '') return '';
  try {
    return readFileSync(file).subarray(0, MESSAGE_LIMIT_BYTES).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

export function removeFiles(...files: readonly string[]): void {
  for (const file of files) if (file !== '') rmSync(file, { force: true });
}

/** What a container's mounts are on the Engine; the hosts file and the message only where no volume lies there. */
export function engineMounts(
  { mounts, annotations, metadata }: ContainerConfig,
  files: { readonly hosts: string; readonly termination: string },
  mountsImages: boolean,
): readonly EngineMount[] {
  const taken = new Set(mounts.map(({ containerPath }) => containerPath));
  const message = annotations[ANNOTATION.terminationMessagePath] ?? '';
  const own = [
    ...(taken.has(HOSTS) ? [] : [bind(files.hosts, HOSTS, false)]),
    ...(files.termination === '' || taken.has(message) ? [] : [bind(files.termination, message, false)]),
  ];
  return [...mounts.map((mount) => engineMount(mount, metadata.name, mountsImages)), ...own];
}

function engineMount(mount: Mount, containerName: string, mountsImages: boolean): EngineMount {
  const { containerPath, hostPath, image, imageSubPath, readonly, subPath } = mount;
  if (image !== undefined) {
    if (!mountsImages) {
      const text = `image volume ${image}: this Docker Engine cannot mount images (its API is older than 1.48); use a newer Engine or --runtime wasm`;
      throw new RuntimeError('Unimplemented', text);
    }
    const options = imageSubPath === undefined ? {} : { ImageOptions: { Subpath: imageSubPath } };
    return { Type: 'image', Source: image, Target: containerPath, ReadOnly: true, ...options };
  }
  const source =
    subPath === undefined ? hostPath : openSubPath({ ...subPath, volumePath: hostPath, containerName });
  return bind(source, containerPath, readonly);
}

const bind = (source: string, target: string, isReadonly: boolean): EngineMount => ({
  Type: 'bind',
  Source: source,
  Target: target,
  ReadOnly: isReadonly,
  BindOptions: { Propagation: 'rprivate' },
});
