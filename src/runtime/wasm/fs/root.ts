/** Builds a container's root: the image's files, `/dev`, the files a runtime writes to `/etc`, and the mounts. */
import fs from 'node:fs';
import path from 'node:path';
import type { HostAlias } from '../../../api/cri.ts';
import { etcHosts } from '../../etc-hosts.ts';
import { RuntimeError } from '../../port.ts';
import type { ImageFile } from '../image.ts';
import type { MountPlan } from '../thread/protocol.ts';
import { HostDirectory, HostFile } from './host.ts';
import { HostMount } from './host-mount.ts';
import { KernelView } from './kernel-views.ts';
import { type Actor, MemoryDevice, MemoryFile, type MemoryStore, MemorySymlink, ROOT } from './memory.ts';
import { MemoryDirectory } from './memory-directory.ts';
import { type DeviceName, type Node, NodeIds } from './node.ts';
import { openSubPath } from './sub-path.ts';
import type { MountedTmpfs } from './tmpfs.ts';
import { type Location, rootLocation, walk } from './tree.ts';

/** What one container may keep in memory beside the image's own bytes: its writable layer. */
const LAYER_LIMIT_BYTES = 64 << 20;
const LAYER_LIMIT_NODES = 16_384;

export interface RootPlan {
  readonly containerName: string;
  readonly files: readonly ImageFile[];
  readonly mounts: readonly MountPlan[];
  /** The files of an image that is mounted. */
  readonly filesOf: (imageId: string) => readonly ImageFile[];
  readonly readonlyRootfs: boolean;
  readonly hostname: string;
  readonly hostAliases: readonly HostAlias[];
  readonly hostNames: readonly string[];
  readonly resolvConf: string;
  readonly ip: string;
  /** Who the container's processes are. */
  readonly actor: Actor;
  readonly terminationMessagePath: string;
  readonly workingDir: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The volume of medium Memory that a directory stands for, and who pays for what is written into it here. */
  readonly tmpfs: (directory: string, sizeBytes: number) => MountedTmpfs;
  readonly virtual: boolean;
  /** Files of the kernel's, by path, whose text is made when they are read. */
  readonly views: Readonly<Record<string, () => string>>;
}

export interface ContainerRoot {
  readonly location: Location;
  readonly store: MemoryStore;
}

/** The container's `/`, with an empty writable layer over the image. @throws RuntimeError when a mount cannot be made */
export function buildRoot(plan: RootPlan): ContainerRoot {
  const store: MemoryStore = {
    ids: new NodeIds(),
    now: plan.now,
    limitBytes: LAYER_LIMIT_BYTES,
    limitNodes: LAYER_LIMIT_NODES,
    usedBytes: 0,
    usedNodes: 0,
    readonly: false,
    actor: ROOT,
  };
  const location = rootLocation(new MemoryDirectory(store, 0o755));
  for (const file of plan.files) placeImageFile(location, store, file);
  placeDevices(location, store);
  placeEtc(location, store, plan);
  placeViews(location, store, plan.views);
  makeDirectory(location, store, plan.workingDir);
  const depth = (mount: MountPlan) => mount.containerPath.split('/').filter((name) => name !== '').length;
  for (const mount of [...plan.mounts].sort((a, b) => depth(a) - depth(b))) {
    placeMount(location, store, mount, plan);
  }
  placeTerminationLog(location, store, plan.terminationMessagePath);
  const bytesBefore = store.usedBytes;
  store.usedBytes = 0;
  store.usedNodes = 0;
  if (bytesBefore > LAYER_LIMIT_BYTES) throw new RuntimeError('Unknown', 'no space left on device');
  store.readonly = plan.readonlyRootfs;
  store.actor = plan.actor;
  return { location, store };
}

/** The directory at an absolute path, made with its parents where it is missing. */
function makeDirectory(root: Location, store: MemoryStore, directoryPath: string): Location {
  let at = root;
  for (const name of directoryPath.split('/').filter((part) => part !== '' && part !== '.')) {
    const found = walk(root, at, name, true);
    if (found.location !== undefined) {
      at = found.location;
      continue;
    }
    if (found.node !== undefined) {
      throw new RuntimeError('Unknown', `cannot make directory ${directoryPath}: ${name}: not a directory`);
    }
    const directory =
      found.parent.directory instanceof MemoryDirectory
        ? new MemoryDirectory(store, 0o755)
        : found.parent.directory.createDirectory(found.name, 0o755);
    if (found.parent.directory instanceof MemoryDirectory && directory instanceof MemoryDirectory) {
      found.parent.directory.place(found.name, directory);
    }
    at = { directory, parent: found.parent, name: found.name };
  }
  return at;
}

function placeImageFile(root: Location, store: MemoryStore, file: ImageFile): void {
  if (file.type === 'directory') {
    const { directory } = makeDirectory(root, store, path.posix.dirname(file.path));
    const name = path.posix.basename(file.path);
    if (name === '' || !(directory instanceof MemoryDirectory) || directory.lookup(name) !== undefined)
      return;
    directory.place(name, new MemoryDirectory(store, file.mode));
    return;
  }
  const { directory } = makeDirectory(root, store, path.posix.dirname(file.path));
  if (!(directory instanceof MemoryDirectory)) return;
  const node =
    file.type === 'file'
      ? new MemoryFile(store, file.mode, file.content)
      : new MemorySymlink(store, file.target);
  directory.place(path.posix.basename(file.path), node);
}

const DEVICES: readonly (readonly [string, DeviceName])[] = [
  ['/dev/null', 'null'],
  ['/dev/zero', 'zero'],
  ['/dev/full', 'full'],
  ['/dev/random', 'random'],
  ['/dev/urandom', 'random'],
  ['/dev/stdin', 'stdin'],
  ['/dev/stdout', 'stdout'],
  ['/dev/stderr', 'stderr'],
  ['/dev/fd/0', 'stdin'],
  ['/dev/fd/1', 'stdout'],
  ['/dev/fd/2', 'stderr'],
  ['/proc/self/fd/0', 'stdin'],
  ['/proc/self/fd/1', 'stdout'],
  ['/proc/self/fd/2', 'stderr'],
  // Where scripts write to reach the container's log from any process.
  ['/proc/1/fd/1', 'log1'],
  ['/proc/1/fd/2', 'log2'],
];

function placeDevices(root: Location, store: MemoryStore): void {
  for (const [devicePath, name] of DEVICES) {
    const { directory } = makeDirectory(root, store, path.posix.dirname(devicePath));
    if (directory instanceof MemoryDirectory) {
      directory.place(path.posix.basename(devicePath), new MemoryDevice(store, name));
    }
  }
}

function placeViews(root: Location, store: MemoryStore, views: RootPlan['views']): void {
  for (const [filePath, text] of Object.entries(views)) {
    const { directory } = makeDirectory(root, store, path.posix.dirname(filePath));
    if (directory instanceof MemoryDirectory)
      directory.place(path.posix.basename(filePath), new KernelView(store, text));
  }
}

/** As the kubelet and containerd write them: pkg/kubelet/kubelet_pods.go managedHostsFileContent. */
function placeEtc(root: Location, store: MemoryStore, plan: RootPlan): void {
  const { directory } = makeDirectory(root, store, '/etc');
  if (!(directory instanceof MemoryDirectory)) return;
  const hosts = etcHosts(plan);
  const text = (content: string) => new MemoryFile(store, 0o644, new TextEncoder().encode(content));
  directory.place('hosts', text(hosts));
  directory.place('hostname', text(`${plan.hostname}\n`));
  directory.place('resolv.conf', text(plan.resolvConf));
}

function placeTerminationLog(root: Location, store: MemoryStore, filePath: string): void {
  if (filePath === '') return;
  const parent = makeDirectory(root, store, path.posix.dirname(filePath));
  const name = path.posix.basename(filePath);
  if (parent.directory.lookup(name) !== undefined || !(parent.directory instanceof MemoryDirectory)) return;
  // A store of its own: it stays writable when the root file system is read-only.
  const own: MemoryStore = { ...store, limitBytes: 1 << 20, usedBytes: 0, usedNodes: 0, readonly: false };
  parent.directory.place(name, new MemoryFile(own, 0o666), true);
}

/** An image's files, or what lies at a path among them: nobody may change them. */
function imageNode(store: MemoryStore, { image = '', imageSubPath }: MountPlan, rootPlan: RootPlan): Node {
  const own: MemoryStore = { ...store, limitBytes: Number.MAX_SAFE_INTEGER, usedBytes: 0, usedNodes: 0 };
  const view = rootLocation(new MemoryDirectory(own, 0o755));
  for (const file of rootPlan.filesOf(image)) placeImageFile(view, own, file);
  const found = imageSubPath === undefined ? view.directory : walk(view, view, imageSubPath, true).node;
  own.readonly = true;
  own.actor = rootPlan.actor;
  if (found !== undefined) return found;
  throw new RuntimeError(
    'Unknown',
    `failed to mount image volume: ${imageSubPath}: no such file or directory`,
  );
}

function placeMount(root: Location, store: MemoryStore, asked: MountPlan, rootPlan: RootPlan): void {
  if (asked.image !== undefined) {
    cover(root, store, asked.containerPath, imageNode(store, asked, rootPlan));
    return;
  }
  const { subPath } = asked;
  const plan =
    subPath === undefined
      ? asked
      : {
          ...asked,
          hostPath: openSubPath({ ...subPath, volumePath: asked.hostPath, ...rootPlan }),
        };
  const stats = fs.statSync(plan.hostPath, { throwIfNoEntry: false });
  if (stats === undefined) {
    const text = `failed to generate spec: failed to stat "${plan.hostPath}": stat ${plan.hostPath}: no such file or directory`;
    throw new RuntimeError('Unknown', text);
  }
  if (!stats.isDirectory() && !stats.isFile()) {
    throw new RuntimeError(
      'InvalidArgument',
      `cannot mount ${plan.hostPath}: neither a file nor a directory`,
    );
  }
  const mount = new HostMount({
    readonly: plan.readonly,
    ids: store.ids,
    now: rootPlan.now,
    virtual: rootPlan.virtual,
    ...(asked.sizeBytes === undefined ? {} : { memory: rootPlan.tmpfs(asked.hostPath, asked.sizeBytes) }),
  });
  const hostPath = fs.realpathSync(plan.hostPath);
  const node = stats.isDirectory()
    ? new HostDirectory(mount, hostPath, fs.lstatSync(hostPath))
    : new HostFile(mount, hostPath, fs.lstatSync(hostPath));
  cover(root, store, plan.containerPath, node);
}

/** Puts a node over what lies at the path. */
function cover(root: Location, store: MemoryStore, containerPath: string, node: Node): void {
  const parent = makeDirectory(root, store, path.posix.dirname(containerPath));
  const name = path.posix.basename(containerPath);
  const found = name === '' ? undefined : walk(root, parent, name, true);
  if (found === undefined || found.name === '') {
    throw new RuntimeError('InvalidArgument', `cannot mount over ${containerPath}`);
  }
  const holder = found.parent.directory;
  if (holder instanceof MemoryDirectory) holder.place(found.name, node, true);
  else if (holder instanceof HostDirectory)
    holder.mount.covered.set(path.join(holder.hostPath, found.name), node);
}
