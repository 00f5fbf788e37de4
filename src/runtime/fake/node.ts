/** What lies on the fake node: sandboxes, containers, images, and the events about them. */
import type {
  ContainerConfig,
  ContainerEventType,
  ContainerStatus,
  Image,
  LinuxContainerResources,
  PodSandboxConfig,
  PodSandboxStatus,
} from '../../api/cri.ts';
import { nextUint32, type RandomState, seedRandom } from '../../lib/random.ts';
import { ContainerEvents } from '../container-events.ts';
import type { ContainerLogFile } from '../log-file.ts';
import { type LogLine, RuntimeError, type RuntimeEvent } from '../port.ts';
import { FakeClock } from './clock.ts';
import { Faults } from './faults.ts';
import type { FakeScript, Program } from './script.ts';

export interface FakeSandbox {
  status: PodSandboxStatus;
  readonly config: PodSandboxConfig;
  /** Takes back the death that the script foretells. */
  cancelDeath: () => void;
  /** Of the pod as a whole; 0: none. */
  memoryLimitBytes: number;
}

export interface FakeContainer {
  status: ContainerStatus;
  readonly config: ContainerConfig;
  readonly podUid: string;
  readonly program: Program;
  readonly log: LogLine[];
  /** The log on the node, where there is a directory for it. */
  logFile: ContainerLogFile | undefined;
  /** Timers of the running program; all of them end with it. */
  readonly timers: (() => void)[];
  /** Called once the program has ended: pending stops and execs wait here. */
  readonly onExit: (() => void)[];
  /** Who is attached to its output. */
  readonly attached: Set<(stream: LogLine['stream'], text: string) => void>;
  /** Its input has come to the end. */
  inputEnded: boolean;
  stopSignalSent: boolean;
  /** As the last update left them. */
  resources: LinuxContainerResources;
  /** What the program holds now; undefined: what it began with. */
  memoryBytes: number | undefined;
}

export interface FakeOptions {
  readonly seed?: number;
  readonly script?: FakeScript;
  /** The virtual clock's first instant, epoch milliseconds. */
  readonly epochMs?: number;
  /** What the node has for all containers together. Default 2 GiB. */
  readonly nodeMemoryBytes?: number;
}

/** Log lines kept for one container; the oldest go first. */
const LOG_LINES_LIMIT = 10_000;

export class FakeNode {
  readonly script: FakeScript;
  readonly clock: FakeClock;
  readonly faults: Faults;
  readonly memoryBytes: number;
  readonly sandboxes = new Map<string, FakeSandbox>();
  readonly containers = new Map<string, FakeContainer>();
  /** By familiar name. */
  readonly images = new Map<string, Image>();
  readonly containerEvents = new ContainerEvents();
  readonly #listeners = new Set<(event: RuntimeEvent) => void>();
  #random: RandomState;
  #addresses = 1;

  constructor(options: FakeOptions) {
    const seed = options.seed ?? 1;
    this.script = options.script ?? {};
    this.memoryBytes = options.nodeMemoryBytes ?? 2 * 1024 ** 3;
    this.clock = new FakeClock(options.epochMs ?? 0);
    this.#random = seedRandom(seed);
    this.faults = new Faults(this.script.calls ?? [], this.clock, seedRandom(seed ^ 0x5eed));
  }

  /** 64 hexadecimal digits, as runtimes name things. */
  newId(): string {
    let id = '';
    while (id.length < 64) {
      const [word, next] = nextUint32(this.#random);
      this.#random = next;
      id += word.toString(16).padStart(8, '0');
    }
    return id;
  }

  /** The next address of the pod network 10.88.0.0/16. */
  newAddress(): string {
    this.#addresses++;
    return `10.88.${(this.#addresses >> 8) & 255}.${this.#addresses & 255}`;
  }

  sandbox(id: string): FakeSandbox {
    const sandbox = this.sandboxes.get(id);
    if (sandbox === undefined) throw new RuntimeError('NotFound', `pod sandbox "${id}" not found`);
    return sandbox;
  }

  container(id: string): FakeContainer {
    const container = this.containers.get(id);
    if (container === undefined) throw new RuntimeError('NotFound', `container "${id}" not found`);
    return container;
  }

  containersOf(sandboxId: string): FakeContainer[] {
    return [...this.containers.values()].filter(({ status }) => status.podSandboxId === sandboxId);
  }

  subscribe(listener: (event: RuntimeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  emit(event: RuntimeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Tells the streams what became of a sandbox, or of a container in it. */
  tell(type: ContainerEventType, { status: podSandboxStatus }: FakeSandbox, containerId: string): void {
    this.containerEvents.tell(() => ({
      containerId,
      type,
      createdAtMs: this.clock.now(),
      podSandboxStatus,
      containersStatuses: this.containersOf(podSandboxStatus.id).map(({ status }) => status),
    }));
  }

  /** Adds a line to the container's log and tells of it. */
  write(container: FakeContainer, stream: LogLine['stream'], text: string): void {
    const line: LogLine = { atMs: this.clock.now(), stream, text, partial: false };
    container.log.push(line);
    container.logFile?.write([line]);
    if (container.log.length > LOG_LINES_LIMIT) container.log.shift();
    for (const hear of container.attached) hear(stream, `${text}\n`);
    this.emit({
      type: 'logWritten',
      containerId: container.status.id,
      podUid: container.podUid,
      containerName: container.status.metadata.name,
      line,
    });
  }
}
