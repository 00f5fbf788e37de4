/** The node's own state on the main thread: records by id, the thread behind them, and those who listen. */
import type { ContainerEventType } from '../../api/cri.ts';
import type { ServiceNetwork } from '../../api/service-network.ts';
import { unreachable } from '../../lib/assert.ts';
import { ContainerEvents } from '../container-events.ts';
import { RuntimeError, type RuntimeEvent } from '../port.ts';
import type { PodAddresses } from './net/pod-addresses.ts';
import type { ContainerRecord, SandboxRecord } from './records.ts';
import { Sessions } from './sessions.ts';
import { ThreadLink } from './thread/link.ts';
import type { ContainerEvent } from './thread/protocol.ts';
import { Restarts } from './thread/restarts.ts';

export interface NodeOptions {
  readonly clock: 'virtual' | 'wall';
  readonly seed: number;
  readonly epochMs: number;
  readonly addresses: PodAddresses;
  readonly newId: () => string;
  readonly unresponsiveMs: number | undefined;
  readonly threadHeapMb: number | undefined;
  /** What the node has for all containers together. */
  readonly nodeMemoryBytes: number;
  readonly nodeCpus: number;
  /** Where guests may go beyond the pods' network. */
  readonly egress: readonly string[];
  /** This machine has the pods' addresses. */
  readonly podAddresses: boolean;
}

export class Node {
  readonly sandboxes = new Map<string, SandboxRecord>();
  readonly containers = new Map<string, ContainerRecord>();
  /** Images that the thread has been given. */
  readonly imagesOnThread = new Set<string>();
  readonly options: NodeOptions;
  readonly sessions = new Sessions();
  thread: ThreadLink;
  /** What the network was last told of the cluster's Services. */
  services: ServiceNetwork | undefined;
  readonly containerEvents = new ContainerEvents();
  readonly #listeners = new Set<(event: RuntimeEvent) => void>();
  #nowMs: number;
  readonly #restarts = new Restarts();
  /** The thread has died too often: the next one begins then. */
  #downUntilMs: number | undefined;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: NodeOptions) {
    this.options = options;
    this.#nowMs = options.epochMs;
    this.thread = this.#newThread();
  }

  /** Epoch milliseconds of the runtime's clock. */
  now(): number {
    return this.options.clock === 'virtual' ? this.#nowMs : Date.now();
  }

  advanceTo(nowMs: number): void {
    if (nowMs <= this.#nowMs) return;
    this.#nowMs = nowMs;
    if (this.#downUntilMs !== undefined && this.#downUntilMs <= nowMs) this.#begin();
    this.thread.advanceTo(nowMs);
  }

  /** There is no thread: whoever asks the runtime for something finds nobody. */
  get isDown(): boolean {
    return this.#downUntilMs !== undefined;
  }

  /** Virtual time: when something happens here by itself. */
  get nextDeadlineMs(): number | undefined {
    return this.#downUntilMs ?? this.thread.nextDeadlineMs;
  }

  sandbox(sandboxId: string): SandboxRecord {
    const record = this.sandboxes.get(sandboxId);
    if (record === undefined) {
      throw new RuntimeError(
        'NotFound',
        `an error occurred when try to find sandbox "${sandboxId}": not found`,
      );
    }
    return record;
  }

  container(containerId: string): ContainerRecord {
    const record = this.containers.get(containerId);
    if (record === undefined) {
      const text = `an error occurred when try to find container "${containerId}": not found`;
      throw new RuntimeError('NotFound', text);
    }
    return record;
  }

  subscribe(listener: (event: RuntimeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells the streams what became of a sandbox, or of a container in it, and when. */
  tellContainerEvent(
    type: ContainerEventType,
    sandbox: SandboxRecord,
    containerId: string,
    createdAtMs = this.now(),
  ): void {
    const own = () => [...this.containers.values()].filter((container) => container.sandbox === sandbox);
    this.containerEvents.tell(() => ({
      containerId,
      type,
      createdAtMs,
      podSandboxStatus: sandbox.status(),
      containersStatuses: own().map((container) => container.status()),
    }));
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    clearTimeout(this.#restart);
    for (const { logFile } of this.containers.values()) logFile?.close();
    await this.thread.close();
    this.sessions.lose('the runtime is closed');
  }

  #newThread(): ThreadLink {
    const { clock, seed, unresponsiveMs, threadHeapMb, nodeMemoryBytes, nodeCpus, egress, podAddresses } =
      this.options;
    return new ThreadLink(
      {
        ...{
          clock,
          seed,
          epochMs: this.#nowMs,
          nodeMemoryBytes,
          nodeCpus,
          egress,
          podAddresses,
          unresponsiveMs,
          threadHeapMb,
        },
        services: this.services,
      },
      {
        event: (event) => this.#hear(event),
        session: (event) => this.sessions.hear(event),
        died: (message) => this.#threadDied(message),
      },
    );
  }

  #hear(event: ContainerEvent): void {
    if (event.type === 'portOpened') {
      this.#tell(event);
      return;
    }
    const record = this.containers.get(event.containerId);
    if (record === undefined) return;
    const { containerId } = event;
    const { podUid, life } = record;
    switch (event.type) {
      case 'started':
        record.life = { ...life, state: 'CONTAINER_RUNNING', startedAtMs: event.atMs };
        this.tellContainerEvent('CONTAINER_STARTED_EVENT', record.sandbox, containerId, event.atMs);
        return;
      case 'systemOom': {
        const { processName, pid, atMs } = event;
        this.#tell({ type: 'systemOom', containerId, podUid, processName, pid, atMs });
        return;
      }
      case 'egressDenied': {
        const { host, port, atMs } = event;
        const containerName = record.config.metadata.name;
        this.#tell({ type: 'egressDenied', containerId, podUid, containerName, host, port, atMs });
        return;
      }
      case 'signalled':
        this.#tell({
          type: 'containerSignalled',
          containerId,
          podUid,
          signal: event.signal,
          atMs: event.atMs,
        });
        return;
      case 'exited': {
        const { exitCode, reason, message, atMs } = event;
        record.life = { ...life, state: 'CONTAINER_EXITED', finishedAtMs: atMs, exitCode, reason, message };
        this.#tell({ type: 'containerExited', containerId, podUid, exitCode, reason, atMs });
        this.tellContainerEvent('CONTAINER_STOPPED_EVENT', record.sandbox, containerId, atMs);
        return;
      }
      case 'log': {
        const containerName = record.config.metadata.name;
        record.logFile?.write(event.lines);
        for (const line of event.lines) {
          record.log.add(line);
          this.#tell({ type: 'logWritten', containerId, podUid, containerName, line });
        }
        return;
      }
      default:
        unreachable(event);
    }
  }

  #tell(event: RuntimeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** The next thread, after so long. */
  #beginAfter(delayMs: number): void {
    if (delayMs === 0) {
      this.#begin();
      return;
    }
    this.#downUntilMs = this.now() + delayMs;
    if (this.options.clock === 'wall') this.#restart = setTimeout(() => this.#begin(), delayMs).unref();
  }

  #begin(): void {
    this.#downUntilMs = undefined;
    this.thread = this.#newThread();
  }

  /** Everything that ran there is dead, as after a crash of the node; a new thread takes what comes. */
  #threadDied(cause: string): void {
    const delayMs = this.#restarts.died(this.now());
    const message = delayMs === 0 ? cause : `${cause}; the next one begins in ${delayMs / 1000} s`;
    this.imagesOnThread.clear();
    this.sessions.lose(message);
    for (const sandbox of this.sandboxes.values()) {
      if (sandbox.state === 'SANDBOX_NOTREADY') continue;
      sandbox.state = 'SANDBOX_NOTREADY';
      this.options.addresses.free(sandbox.ip);
      this.tellContainerEvent('CONTAINER_STOPPED_EVENT', sandbox, sandbox.id);
    }
    this.#beginAfter(delayMs);
    this.#tell({ type: 'runtimeDied', message, atMs: this.now() });
    for (const [containerId, { life }] of this.containers) {
      if (life.state === 'CONTAINER_EXITED') continue;
      this.#hear({ type: 'exited', containerId, exitCode: 137, reason: 'Error', message, atMs: this.now() });
    }
  }
}
