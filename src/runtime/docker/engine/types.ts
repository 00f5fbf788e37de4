/** The Engine API's data, as far as podstep reads and writes it (docs.docker.com/reference/api/engine, 1.41 to 1.52). */

/** GET /version. */
export interface EngineVersion {
  readonly Version: string;
  readonly ApiVersion?: string;
  readonly MinAPIVersion?: string;
  readonly Os: string;
  /** In Go's words: `amd64`, `arm64`. */
  readonly Arch: string;
  readonly KernelVersion?: string;
}

/** GET /info. */
export interface EngineInfo {
  readonly ID: string;
  readonly Name: string;
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly Driver: string;
  readonly CgroupDriver: 'cgroupfs' | 'systemd' | 'none';
  readonly CgroupVersion: '1' | '2';
  readonly DockerRootDir: string;
  readonly OperatingSystem: string;
  /** `x86_64`, `aarch64`. */
  readonly Architecture: string;
  readonly OSType: string;
  readonly LiveRestoreEnabled: boolean;
  readonly SecurityOptions: readonly string[] | null;
  readonly MemoryLimit: boolean;
  readonly SwapLimit: boolean;
  readonly CpuCfsQuota: boolean;
  readonly PidsLimit: boolean;
  readonly Images: number;
  readonly ServerVersion: string;
  readonly Warnings: readonly string[] | null;
}

export interface PortBinding {
  readonly HostIp: string;
  readonly HostPort: string;
}

export interface EngineMount {
  readonly Type: 'bind' | 'volume' | 'tmpfs' | 'image';
  readonly Source?: string;
  readonly Target: string;
  readonly ReadOnly: boolean;
  readonly BindOptions?: { readonly Propagation?: string; readonly CreateMountpoint?: boolean };
  readonly TmpfsOptions?: { readonly SizeBytes?: number; readonly Mode?: number };
  readonly ImageOptions?: { readonly Subpath?: string };
}

/** What a container may take; also the body of POST /containers/{id}/update. */
export interface EngineResources {
  readonly Memory?: number;
  readonly MemorySwap?: number;
  readonly CpuShares?: number;
  readonly CpuQuota?: number;
  readonly CpuPeriod?: number;
  readonly CpusetCpus?: string;
  readonly PidsLimit?: number;
}

export interface HostConfig extends EngineResources {
  readonly NetworkMode?: string;
  readonly IpcMode?: string;
  readonly PidMode?: string;
  readonly CgroupParent?: string;
  readonly OomScoreAdj?: number;
  readonly Privileged?: boolean;
  readonly ReadonlyRootfs?: boolean;
  readonly CapAdd?: readonly string[];
  readonly CapDrop?: readonly string[];
  readonly GroupAdd?: readonly string[];
  readonly SecurityOpt?: readonly string[];
  readonly Sysctls?: Readonly<Record<string, string>>;
  readonly MaskedPaths?: readonly string[];
  readonly ReadonlyPaths?: readonly string[];
  readonly RestartPolicy?: { readonly Name: 'no' };
  readonly LogConfig?: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
  readonly Mounts?: readonly EngineMount[];
  readonly Binds?: readonly string[] | null;
  readonly PortBindings?: Readonly<Record<string, readonly PortBinding[]>>;
  readonly Dns?: readonly string[];
  readonly DnsSearch?: readonly string[];
  readonly DnsOptions?: readonly string[];
  readonly ExtraHosts?: readonly string[];
}

/** The body of POST /containers/create. */
export interface CreateContainer {
  readonly Image: string;
  readonly Hostname?: string;
  readonly User?: string;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly OpenStdin?: boolean;
  readonly StdinOnce?: boolean;
  readonly Tty?: boolean;
  readonly StopSignal?: string;
  readonly Healthcheck?: { readonly Test: readonly string[] };
  readonly ExposedPorts?: Readonly<Record<string, Record<string, never>>>;
  readonly HostConfig: HostConfig;
}

export type EngineState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

/** GET /containers/{id}/json. */
export interface ContainerInspect {
  readonly Id: string;
  /** RFC 3339, with nanoseconds. */
  readonly Created: string;
  /** With a slash in front. */
  readonly Name: string;
  /** The image's id. */
  readonly Image: string;
  readonly Path: string;
  readonly Args: readonly string[];
  readonly State: {
    readonly Status: EngineState;
    readonly Running: boolean;
    /** On the Engine's machine; 0 when it does not run. */
    readonly Pid: number;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly Error: string;
    /** `0001-01-01T00:00:00Z` before. */
    readonly StartedAt: string;
    readonly FinishedAt: string;
  };
  readonly Config: {
    readonly Hostname: string;
    readonly User: string;
    readonly Image: string;
    readonly Labels: Readonly<Record<string, string>> | null;
    readonly Tty: boolean;
    readonly OpenStdin: boolean;
    readonly StdinOnce: boolean;
    readonly StopSignal?: string;
  };
  readonly HostConfig: HostConfig;
  readonly LogPath?: string;
  readonly SizeRw?: number;
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>> | null;
  };
}

/** One of GET /containers/json. */
export interface ContainerSummary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  /** Seconds. */
  readonly Created: number;
  readonly State: EngineState;
  readonly Status: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly SizeRw?: number;
}

/** GET /images/{name}/json. From 1.52 on what is not set is left out. */
export interface ImageInspect {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  readonly Size: number;
  /** In Go's words: `linux`, `amd64`. */
  readonly Os?: string;
  readonly Architecture?: string;
  readonly Config?: {
    readonly User?: string;
    readonly Env?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly Entrypoint?: readonly string[] | null;
    readonly Labels?: Readonly<Record<string, string>> | null;
  } | null;
}

/** One of GET /images/json. */
export interface ImageSummary {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  readonly Size: number;
}

/** GET /exec/{id}/json. */
export interface ExecInspect {
  readonly ID: string;
  readonly Running: boolean;
  readonly ExitCode: number | null;
  /** On the Engine's machine. */
  readonly Pid: number;
}
