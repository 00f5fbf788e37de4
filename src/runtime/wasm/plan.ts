/** Makes one plan of what the pod asks (CRI) and what the image says (OCI): what to run, with which environment and limits. */
import { ANNOTATION, type ContainerConfig, type LinuxContainerResources } from '../../api/cri.ts';
import type { ContainerPort } from '../../api/types.ts';
import { RuntimeError } from '../port.ts';
import type { CompiledImage } from './image.ts';
import { DEFAULT_PATH } from './process/program.ts';
import type { ContainerPlan, LimitsPlan } from './thread/protocol.ts';
import type { GuestUser } from './user.ts';

export interface PlanInput {
  readonly containerId: string;
  readonly sandboxId: string;
  readonly hostname: string;
  readonly config: ContainerConfig;
  readonly image: CompiledImage;
  readonly user: GuestUser;
}

/** What the runtime thread needs to create the container. @throws RuntimeError when there is nothing to run */
export function planContainer({
  containerId,
  sandboxId,
  hostname,
  config,
  image,
  user,
}: PlanInput): ContainerPlan {
  const { uid, gid, supplementalGroups, home } = user;
  return {
    containerId,
    sandboxId,
    name: config.metadata.name,
    imageId: image.id,
    arguments: commandLine(config, image),
    environment: environment(config, image, hostname, home),
    workingDir: config.workingDir || image.config.workingDir || '/',
    mounts: config.mounts,
    readonlyRootfs: config.securityContext.readonlyRootfs,
    user: { uid, gid, supplementalGroups },
    pidNamespace: config.securityContext.pidNamespace ?? { mode: 'CONTAINER' },
    stdin: config.stdin,
    stdinOnce: config.stdinOnce,
    tty: config.tty,
    limits: limitsOf(config.resources),
    oomGroup: config.resources.unified?.['memory.oom.group'] === '1',
    httpPort: httpPort(config, image),
    stopSignal: config.stopSignal || image.config.stopSignal || 'SIGTERM',
    terminationMessagePath: config.annotations[ANNOTATION.terminationMessagePath] ?? '',
  };
}

/** As containerd's shim for wasmtime, which asks the same variable, and as `wasmtime serve`. */
const ADDRESS_VARIABLE = 'WASMTIME_HTTP_PROXY_SOCKET_ADDR';
const DEFAULT_HTTP_PORT = 8080;

/**
 * Where a component that handles requests is served: the port that the pod's or the image's variable says, the
 * container's first TCP port, the first that the image exposes, 8080.
 */
function httpPort(config: ContainerConfig, image: CompiledImage): number {
  const prefix = `${ADDRESS_VARIABLE}=`;
  const variable =
    config.envs.find(({ key }) => key === ADDRESS_VARIABLE)?.value ??
    image.config.env.find((entry) => entry.startsWith(prefix))?.slice(prefix.length);
  const said = /:(\d{1,5})$/.exec(variable ?? '')?.[1];
  const exposed = image.config.exposedPorts
    .map((port) => /^(\d{1,5})(?:\/tcp)?$/.exec(port)?.[1])
    .find((port) => port !== undefined);
  return Number(said ?? containerPort(config) ?? exposed ?? DEFAULT_HTTP_PORT);
}

/** Undefined when the container names none. */
function containerPort({ annotations }: ContainerConfig): number | undefined {
  const ports = JSON.parse(annotations[ANNOTATION.containerPorts] ?? '[]') as readonly ContainerPort[];
  return ports.find(({ protocol = 'TCP' }) => protocol === 'TCP')?.containerPort;
}

/** CRI's resources as the thread takes them; 0 means no limit. */
export function limitsOf(resources: LinuxContainerResources): LimitsPlan {
  const { memoryLimitBytes, cpuShares, cpuQuota, cpuPeriod, oomScoreAdj, cpusetCpus = '' } = resources;
  return { memoryLimitBytes, cpuShares, cpuQuota, cpuPeriod, oomScoreAdj, cpusetCpus };
}

/** `command` replaces the image's entrypoint and with it the image's arguments; `args` alone replaces those only. */
function commandLine({ command, args }: ContainerConfig, { config }: CompiledImage): readonly string[] {
  const entrypoint = command.length > 0 ? command : config.entrypoint;
  const rest = command.length > 0 || args.length > 0 ? args : config.cmd;
  const line = [...entrypoint, ...rest];
  if (line.length === 0) {
    throw new RuntimeError('InvalidArgument', 'failed to generate spec: no command specified');
  }
  return line;
}

/** The image's variables, then the pod's; PATH, HOSTNAME and HOME where neither says them. */
function environment(
  config: ContainerConfig,
  image: CompiledImage,
  hostname: string,
  home: string,
): readonly (readonly [string, string])[] {
  const variables = new Map<string, string>([
    ['PATH', DEFAULT_PATH],
    ['HOSTNAME', hostname],
  ]);
  for (const entry of image.config.env) {
    const equals = entry.indexOf('=');
    if (equals > 0) variables.set(entry.slice(0, equals), entry.slice(equals + 1));
  }
  for (const { key, value } of config.envs) variables.set(key, value);
  if (!variables.has('HOME')) variables.set('HOME', home);
  if (config.tty && !variables.has('TERM')) variables.set('TERM', 'xterm');
  return [...variables];
}
