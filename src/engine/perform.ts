/**
 * Where effects become calls: one switch from effect to port, and what the port answered as an event. CRI
 * returns ids; what the kubelet needs to know beside them is read back here.
 */

import type { ContainerConfig, ContainerEvent, ContainerStatus, PodSandboxConfig } from '../api/cri.ts';
import type { MachineStats } from '../api/stats.ts';
import { TERMINATION_MESSAGE } from '../api/termination-message.ts';
import { unreachable } from '../lib/assert.ts';
import type { Effect, VolumeMountRequest } from '../machines/effects.ts';
import type { EffectError, EffectResult } from '../machines/events.ts';
import { type PullProgress, type Runtime, RuntimeError } from '../runtime/port.ts';
import type { ContainerEventStream } from './container-events.ts';
import type { FetchManifest } from './fetch-manifest.ts';
import type { NodeFiles } from './node-files.ts';
import type { ApiRequest } from './objects.ts';
import { podVolumes } from './pod-volumes.ts';
import { readStats } from './read-stats.ts';

/** Effects that the engine itself answers: time, and what goes to the object store. */
type OwnEffect = Extract<Effect, { type: 'startTimer' | 'cancelTimer' | 'writeLog' | ApiRequest['type'] }>;

/** Effects that reach out of the process. */
export type OutwardEffect = Exclude<Effect, OwnEffect>;

export interface World {
  readonly runtime: Runtime;
  readonly machine: MachineStats;
  readonly files: NodeFiles;
  /** The engine's clock, epoch milliseconds. */
  readonly now: () => number;
  /** Keeps virtual time waiting for work on this machine's disk. */
  readonly onDisk: <T>(work: Promise<T>) => Promise<T>;
  readonly onPullProgress: (progress: PullProgress) => void;
  readonly fetchManifest: FetchManifest;
  readonly containerEvents: ContainerEventStream;
}

const DONE: EffectResult = { type: 'done' };

/** Does what the effect asks. Expected failures are thrown as `RuntimeError`. */
export async function perform(effect: OutwardEffect, world: World): Promise<EffectResult> {
  const { files } = world;
  const { runtimeService: runtime, imageService: images, network } = world.runtime;
  switch (effect.type) {
    case 'relist': {
      const sandboxes = await runtime.listPodSandbox();
      const containers = await runtime.listContainers();
      const known = containers.map((status) => onNode(status, files));
      return { type: 'podsAndContainers', sandboxes, containers: known };
    }
    case 'getContainerEvents':
      await world.containerEvents.open((event) => eventOnNode(event, files));
      return DONE;
    case 'runtimeVersion':
      return { type: 'runtimeVersion', version: await runtime.version() };
    case 'runtimeStatus':
      return { type: 'runtimeStatus', ...(await runtime.status()) };
    case 'runPodSandbox': {
      const id = await runtime.runPodSandbox(realSandbox(effect.config, files));
      return { type: 'sandbox', status: await runtime.podSandboxStatus(id) };
    }
    case 'stopPodSandbox':
      await runtime.stopPodSandbox(effect.sandboxId);
      return DONE;
    case 'removePodSandbox':
      await runtime.removePodSandbox(effect.sandboxId);
      return DONE;
    case 'createContainer': {
      const config = realContainer(effect.config, files);
      const sandbox = realSandbox(effect.sandboxConfig, files);
      return readBack(await runtime.createContainer(effect.sandboxId, config, sandbox), world);
    }
    case 'startContainer':
      await runtime.startContainer(effect.containerId);
      return readBack(effect.containerId, world);
    case 'updateContainerResources':
      await runtime.updateContainerResources(effect.containerId, effect.resources);
      return readBack(effect.containerId, world);
    case 'updatePodSandboxResources':
      await runtime.updatePodSandboxResources(effect.sandboxId, effect.resources);
      return DONE;
    case 'stopContainer':
      await runtime.stopContainer(effect.containerId, effect.timeoutSeconds);
      return readBack(effect.containerId, world);
    case 'removeContainer':
      await runtime.removeContainer(effect.containerId);
      return DONE;
    case 'reopenContainerLog':
      await runtime.reopenContainerLog(effect.containerId);
      return DONE;
    case 'execSync': {
      const { containerId, command, timeoutSeconds } = effect;
      return { type: 'exec', response: await runtime.execSync(containerId, command, timeoutSeconds) };
    }
    case 'imageStatus':
      return { type: 'image', image: await images.imageStatus(effect.image), tookMs: 0 };
    case 'pullImage': {
      const startedAtMs = world.now();
      await images.pullImage(effect.image, world.onPullProgress, effect.auth);
      const tookMs = world.now() - startedAtMs;
      return { type: 'image', image: await images.imageStatus(effect.image), tookMs };
    }
    case 'listImages': {
      const listed = await images.listImages();
      const containers = await runtime.listContainers();
      return { type: 'images', images: listed, inUse: containers.flatMap(imagesUsed) };
    }
    case 'removeImage':
      await images.removeImage(effect.image);
      return DONE;
    case 'readStats': {
      const { machine } = world;
      const volumes = world.onDisk(files.volumeUsage());
      const measured = await readStats(world.runtime, { atMs: world.now(), machine, volumes });
      return { type: 'stats', measured };
    }
    case 'httpGet':
      return { type: 'http', ...(await network.httpGet(effect.request, effect.timeoutSeconds)) };
    case 'grpcHealthCheck': {
      const { host, port, service, timeoutSeconds } = effect;
      const servingStatus = await network.grpcHealthCheck(host, port, service, timeoutSeconds);
      return { type: 'grpc', servingStatus };
    }
    case 'tcpConnect':
      await network.tcpConnect(effect.host, effect.port, effect.timeoutSeconds);
      return DONE;
    case 'mountVolume':
      return { type: 'mounted', hostPath: await files.mountVolume(effect.volume) };
    case 'unmountVolume':
      await files.unmountVolume(effect.volume satisfies VolumeMountRequest);
      return DONE;
    case 'makePodDirectories':
      await files.makePodDirectories(effect.podUid, effect.logDirectory);
      return DONE;
    case 'removePodDirectory':
      await files.removePodDirectory(effect.podUid);
      return DONE;
    case 'listNodeDirectory':
      return { type: 'entries', entries: await files.listDirectory(effect.directory) };
    case 'statNodeFiles':
      return { type: 'sizes', sizes: await files.fileSizes(effect.paths) };
    case 'renameNodeFile':
      await files.renameFile(effect.from, effect.to);
      return DONE;
    case 'compressNodeFile':
      await files.compressFile(effect.path);
      return DONE;
    case 'linkNodeFile':
      await files.linkFile(effect.target, effect.link);
      return DONE;
    case 'removeContainerLog':
      await files.removeLog(effect.path, effect.link);
      return DONE;
    case 'listPodVolumes':
      return { type: 'podVolumes', volumes: await podVolumes(files) };
    case 'removeNodeDirectory':
      await files.removeDirectory(effect.path);
      return DONE;
    case 'readNodeFile':
      return { type: 'text', text: await files.readText(effect.path, effect.within) };
    case 'writeNodeFile':
      await files.writeText(effect.path, effect.text);
      return DONE;
    case 'removeNodeFile':
      await files.removeFile(effect.path);
      return DONE;
    case 'listNodeFiles':
      return { type: 'files', files: await files.listFiles(effect.directory) };
    case 'fetchManifest':
      return { type: 'http', ...(await world.fetchManifest(effect)) };
    case 'readTerminationMessage':
      return { type: 'text', text: await terminationMessage(effect, world) };
    default:
      return unreachable(effect);
  }
}

/** Its own, and those that it has mounted. */
const imagesUsed = ({ imageRef, imageId = imageRef, mounts }: ContainerStatus) => [
  imageId,
  ...mounts.flatMap(({ image }) => image ?? []),
];

/** What an expected failure tells the core; undefined for one that nobody expects. */
export function effectErrorOf(error: unknown, files: NodeFiles): EffectError | undefined {
  if (!(error instanceof RuntimeError)) return undefined;
  const { code, message, reason } = error;
  return { code, message: files.tellNode(message), ...(reason === undefined ? {} : { reason }) };
}

async function readBack(containerId: string, world: World): Promise<EffectResult> {
  const status = await world.runtime.runtimeService.containerStatus(containerId);
  return { type: 'container', status: onNode(status, world.files) };
}

async function terminationMessage(
  effect: Extract<Effect, { type: 'readTerminationMessage' }>,
  world: World,
): Promise<string> {
  const { runtimeService } = world.runtime;
  const written = await runtimeService.terminationMessage(effect.containerId);
  if (written !== '' || !effect.fromLogs) return written;
  const lines = await runtimeService.containerLog(effect.containerId, {
    tailLines: TERMINATION_MESSAGE.logLines,
  });
  const text = lines.map((line) => (line.partial ? line.text : `${line.text}\n`)).join('');
  return Buffer.from(text).subarray(-TERMINATION_MESSAGE.logBytes).toString();
}

function realSandbox(config: PodSandboxConfig, files: NodeFiles): PodSandboxConfig {
  return { ...config, logDirectory: files.toReal(config.logDirectory) };
}

function realContainer(config: ContainerConfig, files: NodeFiles): ContainerConfig {
  const mounts = config.mounts.map((mount) => ({
    ...mount,
    hostPath: mount.hostPath === '' ? '' : files.toReal(mount.hostPath),
    ...(mount.subPath && {
      subPath: { ...mount.subPath, bindPath: files.toReal(mount.subPath.bindPath) },
    }),
  }));
  return { ...config, mounts };
}

/** By the runtime's own record; a record that has not changed stays the same object for whoever compares. */
const told = new WeakMap<ContainerStatus, ContainerStatus>();

function onNode(status: ContainerStatus, files: NodeFiles): ContainerStatus {
  const known = told.get(status);
  if (known !== undefined) return known;
  const mounts = status.mounts.map((mount) => ({
    ...mount,
    hostPath: files.toNode(mount.hostPath),
    ...(mount.subPath && {
      subPath: { ...mount.subPath, bindPath: files.toNode(mount.subPath.bindPath) },
    }),
  }));
  const logPath = files.toNode(status.logPath);
  const mine = { ...status, mounts, logPath, message: files.tellNode(status.message) };
  told.set(status, mine);
  return mine;
}

function eventOnNode(event: ContainerEvent, files: NodeFiles): ContainerEvent {
  return {
    ...event,
    containersStatuses: event.containersStatuses.map((status) => onNode(status, files)),
  };
}
