/** What the main thread knows of each sandbox and container: enough to answer CRI's questions without asking the thread. */
import { join } from 'node:path';
import type {
  ContainerConfig,
  ContainerStatus,
  ContainerUser,
  LinuxContainerResources,
  PodSandboxConfig,
  PodSandboxState,
  PodSandboxStatus,
} from '../../api/cri.ts';
import { ContainerLogFile } from '../log-file.ts';
import type { ContainerFilter, PodSandboxFilter } from '../port.ts';
import { LogRing } from './log-ring.ts';

export class SandboxRecord {
  readonly id: string;
  readonly config: PodSandboxConfig;
  readonly createdAtMs: number;
  readonly ip: string;
  state: PodSandboxState = 'SANDBOX_READY';

  constructor(id: string, config: PodSandboxConfig, ip: string, createdAtMs: number) {
    this.id = id;
    this.config = config;
    this.ip = ip;
    this.createdAtMs = createdAtMs;
  }

  readonly #told = new Told<PodSandboxStatus>();

  /** The same object until it says something else: a relist then finds at a glance that nothing has changed. */
  status(): PodSandboxStatus {
    return this.#told.unlessChanged([this.state], () => {
      const { id, config, state, createdAtMs } = this;
      const { metadata, labels, annotations, hostNetwork } = config;
      const ip = state === 'SANDBOX_READY' ? this.ip : '';
      return { id, metadata, state, createdAtMs, ip, labels, annotations, hostNetwork };
    });
  }

  matches({ id, labels }: PodSandboxFilter): boolean {
    return (id === undefined || id === this.id) && hasLabels(this.config.labels, labels);
  }
}

/** What was told last, and the changing parts that it was made of. */
class Told<T> {
  #last: { readonly of: readonly unknown[]; readonly status: T } | undefined;

  unlessChanged(of: readonly unknown[], make: () => T): T {
    if (this.#last === undefined || of.some((part, index) => part !== this.#last?.of[index])) {
      this.#last = { of, status: make() };
    }
    return this.#last.status;
  }
}

/** What changes in a container's status. */
type Life = Pick<
  ContainerStatus,
  'state' | 'startedAtMs' | 'finishedAtMs' | 'exitCode' | 'reason' | 'message'
>;

export class ContainerRecord {
  readonly id: string;
  readonly sandbox: SandboxRecord;
  readonly config: ContainerConfig;
  readonly createdAtMs: number;
  readonly log = new LogRing();
  /** The log on the node, once the container has started. */
  logFile: ContainerLogFile | undefined;
  /** What its image is called; known once it was looked at. */
  imageNames: Pick<ContainerStatus, 'image' | 'imageRef' | 'imageId'> | undefined;
  /** Known once the image was looked at. */
  user: ContainerUser | undefined;
  /** As the last update left them. */
  resources: LinuxContainerResources;
  /** The last CPU sample, for the rate. */
  cpuSample: { readonly atMs: number; readonly usedNs: number } | undefined;
  life: Life = {
    state: 'CONTAINER_CREATED',
    startedAtMs: 0,
    finishedAtMs: 0,
    exitCode: 0,
    reason: '',
    message: '',
  };

  constructor(id: string, sandbox: SandboxRecord, config: ContainerConfig, createdAtMs: number) {
    this.id = id;
    this.sandbox = sandbox;
    this.config = config;
    this.createdAtMs = createdAtMs;
    this.resources = config.resources;
  }

  get podUid(): string {
    return this.sandbox.config.metadata.uid;
  }

  /** Where its log lies on the node. */
  get logPath(): string {
    return join(this.sandbox.config.logDirectory, this.config.logPath);
  }

  openLog(): void {
    this.logFile = ContainerLogFile.open(this.logPath);
  }

  /** What its log takes on the node's disk. */
  logBytes(): number {
    return this.logFile?.bytes() ?? this.log.bytes;
  }

  readonly #told = new Told<ContainerStatus>();

  /** The same object until it says something else, as the sandbox's. */
  status(): ContainerStatus {
    const { life, resources, imageNames, user } = this;
    return this.#told.unlessChanged([life, resources, imageNames, user], () => {
      const { id, createdAtMs, config, logPath } = this;
      const { metadata, image, imageRef, labels, annotations, mounts } = config;
      const podSandboxId = this.sandbox.id;
      const said = { metadata, image, imageRef, ...imageNames, labels, annotations, mounts, logPath };
      const known = { ...life, resources, ...(user === undefined ? {} : { user }) };
      return { id, podSandboxId, createdAtMs, ...said, ...known };
    });
  }

  matches({ id, labels, podSandboxId }: ContainerFilter): boolean {
    return (
      (id === undefined || id === this.id) &&
      (podSandboxId === undefined || podSandboxId === this.sandbox.id) &&
      hasLabels(this.config.labels, labels)
    );
  }
}

function hasLabels(
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>> | undefined,
): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => labels[key] === value);
}
