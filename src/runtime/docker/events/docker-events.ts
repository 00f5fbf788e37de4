/**
 * What happens on the Engine without being asked for, as the port tells it. One loop keeps the Engine's stream open;
 * whenever it was broken, a relist finds what the stream has missed. All is told one after the other, in its order.
 */
import type {
  ContainerEvent,
  ContainerEventType,
  ContainerStatus,
  PodSandboxStatus,
} from '../../../api/cri.ts';
import { LABEL } from '../../../api/cri.ts';
import { formatDuration } from '../../../lib/time.ts';
import { RuntimeError, type RuntimeEvent, type RuntimeService } from '../../port.ts';
import { jsonLines } from '../engine/lines.ts';
import type { DockerNode } from '../node.ts';
import type { PodCalls } from '../parts.ts';
import { isEngineFailure, waitFor } from '../reconnect.ts';
import { type EngineMessage, eventFilters, readEvent, type Stage } from './engine-event.ts';
import { type Known, type Life, Lives } from './lives.ts';

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;
/** Until the stream's head is here: an Engine that restarts takes connections, and answers some ten seconds later. */
const OPEN_TIMEOUT_MS = 15_000;
/** Before the newest event that was heard: their times are not quite in order. */
const AGAIN_SECONDS = 2;
/** What a container has written is told before its end, unless it is too much. */
const LOG_WAIT_MS = 2_000;

/** What gRPC says of a stream whose server has gone. */
const CUT = 'error reading from server: EOF';

const TYPE: Readonly<Record<Stage, ContainerEventType>> = {
  created: 'CONTAINER_CREATED_EVENT',
  running: 'CONTAINER_STARTED_EVENT',
  exited: 'CONTAINER_STOPPED_EVENT',
  gone: 'CONTAINER_DELETED_EVENT',
};

export interface DockerEventsOptions {
  readonly node: Pick<DockerNode, 'engine' | 'owner'>;
  readonly pods: Pick<PodCalls, 'containerStatus' | 'podSandboxStatus' | 'listContainers' | 'listPodSandbox'>;
  readonly logs: {
    /** A container has started, or was found that has. */
    follow(containerId: string): Promise<void>;
    drained(containerId: string, limitMs: number): Promise<void>;
    forget(containerId: string): void;
  };
  readonly tell: (event: RuntimeEvent) => void;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** The part of the port that only the open stream can give. */
export interface EngineEventStream extends Pick<RuntimeService, 'getContainerEvents'> {
  close(): void;
}

interface Stream {
  readonly onEvent: (event: ContainerEvent) => void;
  readonly onBroken: (error: RuntimeError) => void;
}

class EngineEvents {
  readonly #options: DockerEventsOptions;
  readonly #lives = new Lives();
  readonly #streams = new Set<Stream>();
  readonly #closed = new AbortController();
  readonly #opened = Promise.withResolvers<void>();
  readonly #now: () => number;
  #isConnected = false;
  /** What was there before is known. */
  #isSeeded = false;
  #newestNano = 0;
  /** When the Engine went away; undefined while it is there. */
  #lostAtMs: number | undefined;

  constructor(options: DockerEventsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    void this.#run();
  }

  /** Once the stream is open and what was there before is known. */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  async getContainerEvents(onEvent: Stream['onEvent'], onBroken: Stream['onBroken']): Promise<() => void> {
    if (!this.#isConnected) throw new RuntimeError('Unavailable', CUT);
    const stream = { onEvent, onBroken };
    this.#streams.add(stream);
    return () => void this.#streams.delete(stream);
  }

  close(): void {
    this.#closed.abort();
    this.#streams.clear();
    this.#opened.resolve();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closed;
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      try {
        const stream = await this.#open();
        await this.#relist();
        retryMs = FIRST_RETRY_MS;
        for await (const message of jsonLines<EngineMessage>(stream)) await this.#hear(message);
      } catch (error) {
        if (!isEngineFailure(error)) throw error;
        if (!this.#isSeeded) this.#opened.reject(error);
      }
      if (!signal.aborted) this.#lose();
      await waitFor(retryMs, signal);
      retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
    }
  }

  #open() {
    const { engine, owner } = this.#options.node;
    const sinceSeconds = Math.floor(this.#newestNano / 1e9) - AGAIN_SECONDS;
    const since = this.#newestNano === 0 ? undefined : sinceSeconds;
    const query = { filters: eventFilters(owner), since };
    const { signal } = this.#closed;
    return engine.stream('GET', '/events', { query, signal, timeoutMs: OPEN_TIMEOUT_MS });
  }

  #lose(): void {
    this.#isConnected = false;
    this.#lostAtMs ??= this.#now();
    const broken = [...this.#streams];
    this.#streams.clear();
    for (const { onBroken } of broken) onBroken(new RuntimeError('Unavailable', CUT));
  }

  /** Tells what has changed since it was told last; at the beginning there is nothing to tell. */
  async #relist(): Promise<void> {
    const { pods, logs } = this.#options;
    const seen = seenIn(await pods.listPodSandbox(), await pods.listContainers());
    this.#isConnected = true;
    if (!this.#isSeeded) {
      for (const { known, stage } of seen.values()) {
        this.#lives.reached(known, stage);
        if (!known.isSandbox && stage !== 'created') await logs.follow(known.containerId);
      }
      this.#isSeeded = true;
      this.#opened.resolve();
      return;
    }
    this.#tellDeath(seen);
    for (const { known, stage, atMs } of seen.values()) {
      // A sandbox that does not run may be one that is about to.
      const isNew = this.#lives.stageOf(known.containerId) !== 'running';
      if (known.isSandbox && stage === 'exited' && isNew) continue;
      await this.#advance(known, stage, atMs || this.#now());
    }
    for (const life of this.#lives.all) {
      if (!seen.has(life.containerId)) await this.#advance(life, 'gone', this.#now());
    }
  }

  /** A sandbox does not end by itself: when all of them have, the Engine has ended them with it. */
  #tellDeath(seen: ReadonlyMap<string, Seen>): void {
    const lostAtMs = this.#lostAtMs ?? this.#now();
    this.#lostAtMs = undefined;
    const before = this.#lives.all.filter(({ isSandbox, stage }) => isSandbox && stage === 'running');
    if (before.length === 0 || before.some(({ containerId }) => seen.get(containerId)?.stage === 'running'))
      return;
    const nowMs = this.#now();
    const message = `the Docker daemon was away for ${formatDuration(nowMs - lostAtMs)}, and all that it ran has ended: live-restore is off`;
    this.#options.tell({ type: 'runtimeDied', message, atMs: nowMs });
  }

  async #hear(message: EngineMessage): Promise<void> {
    const event = readEvent(message);
    const isNew = message.timeNano > this.#newestNano;
    if (event !== undefined) {
      const { containerId, podUid, what, atMs } = event;
      if (what.type === 'stage') await this.#advance(event, what.stage, atMs, event.exitCode);
      else if (isNew && !event.isSandbox)
        this.#options.tell({ type: 'containerSignalled', containerId, podUid, signal: what.signal, atMs });
    }
    if (isNew) this.#newestNano = message.timeNano;
  }

  async #advance(known: Known, stage: Stage, atMs: number, exitCode?: number): Promise<void> {
    const { containerId, sandboxId, podUid, isSandbox } = known;
    for (const step of this.#lives.missing(known, stage)) {
      await this.#tellStep(known, step, atMs, exitCode);
      this.#lives.reached({ containerId, sandboxId, podUid, isSandbox }, step);
    }
  }

  async #tellStep(known: Known, step: Stage, atMs: number, exitCode?: number): Promise<void> {
    const { containerId, isSandbox } = known;
    const { logs } = this.#options;
    if (!isSandbox && step === 'running') await unlessGone(logs.follow(containerId));
    if (!isSandbox && step === 'exited') await this.#tellExit(known, atMs, exitCode);
    await this.#tellStreams(known, step, atMs);
    if (step === 'gone') logs.forget(containerId);
  }

  /** One that was removed as it ran cannot be asked any more: the event has said its code. */
  async #tellExit({ containerId, podUid }: Known, atMs: number, told?: number): Promise<void> {
    const { logs, pods } = this.#options;
    await logs.drained(containerId, LOG_WAIT_MS);
    const status = await unlessGone(pods.containerStatus(containerId));
    if (status === undefined && told === undefined) return;
    const exitCode = status?.exitCode ?? told ?? 0;
    const reason = status?.reason ?? (exitCode === 0 ? 'Completed' : 'Error');
    this.#options.tell({ type: 'containerExited', containerId, podUid, exitCode, reason, atMs });
  }

  /** The statuses are asked for only when somebody listens, but a sandbox's is kept for its end. */
  async #tellStreams({ containerId, sandboxId }: Known, step: Stage, createdAtMs: number): Promise<void> {
    const { pods } = this.#options;
    if (this.#streams.size === 0) return;
    const { sandboxes } = this.#lives;
    const podSandboxStatus = (await unlessGone(pods.podSandboxStatus(sandboxId))) ?? sandboxes.get(sandboxId);
    if (podSandboxStatus === undefined) return;
    sandboxes.set(sandboxId, podSandboxStatus);
    const statuses = await pods.listContainers({ podSandboxId: sandboxId });
    const containersStatuses = statuses.toSorted((a, b) => a.createdAtMs - b.createdAtMs);
    const event = { containerId, type: TYPE[step], createdAtMs, podSandboxStatus, containersStatuses };
    for (const { onEvent } of [...this.#streams]) onEvent(event);
  }
}

/** Resolves once all that happens from now on will be told. @throws RuntimeError when the Engine cannot be asked */
export async function openDockerEvents(options: DockerEventsOptions): Promise<EngineEventStream> {
  const events = new EngineEvents(options);
  try {
    await events.opened;
  } catch (error) {
    events.close();
    throw error;
  }
  return {
    getContainerEvents: (onEvent, onBroken) => events.getContainerEvents(onEvent, onBroken),
    close: () => events.close(),
  };
}

interface Seen {
  readonly known: Known;
  readonly stage: Life['stage'];
  /** When it came to be so; 0 where that is not known. */
  readonly atMs: number;
}

/** The Engine's lists as stages. */
function seenIn(
  sandboxes: readonly PodSandboxStatus[],
  containers: readonly ContainerStatus[],
): ReadonlyMap<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const { id, metadata, state } of sandboxes) {
    const known = { containerId: id, sandboxId: id, podUid: metadata.uid, isSandbox: true };
    seen.set(id, { known, stage: state === 'SANDBOX_READY' ? 'running' : 'exited', atMs: 0 });
  }
  for (const { id, podSandboxId: sandboxId, labels, state, startedAtMs, finishedAtMs } of containers) {
    const known = { containerId: id, sandboxId, podUid: labels[LABEL.podUid] ?? '', isSandbox: false };
    if (state === 'CONTAINER_CREATED') seen.set(id, { known, stage: 'created', atMs: 0 });
    else if (state === 'CONTAINER_EXITED') seen.set(id, { known, stage: 'exited', atMs: finishedAtMs });
    else seen.set(id, { known, stage: 'running', atMs: startedAtMs });
  }
  return seen;
}

/** Undefined for what is no longer there. */
async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RuntimeError && error.code === 'NotFound') return undefined;
    throw error;
  }
}
