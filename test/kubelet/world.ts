/** A small world for driving `turn` by hand: answers effects at once or as told, keeps timers, jumps in time. */
import {
  type ContainerStats,
  type ContainerStatus,
  LABEL,
  type PodSandboxStatus,
  READY,
} from '../../src/api/cri.ts';
import { DEFAULT_CONFIGURATION } from '../../src/api/kubelet-configuration/defaulting.ts';
import type { MeasuredStats, MeasuredVolume } from '../../src/api/stats.ts';
import type { CoreEvent, KubeObject, Pod, PodStatus } from '../../src/api/types.ts';
import { podDirectory } from '../../src/kubelet/paths.ts';
import { initialState, type KubeletState } from '../../src/kubelet/state.ts';
import { turn } from '../../src/kubelet/turn.ts';
import { klogLine } from '../../src/lib/klog.ts';
import type { Effect } from '../../src/machines/effects.ts';
import type { EffectError, EffectResult, KubeletEventBody } from '../../src/machines/events.ts';
import type { TraceEntry } from '../../src/machines/trace.ts';
import { pod } from './fixtures.ts';

/** How one program behaves: how long it runs, how it ends, what it does on TERM. */
export interface Program {
  /** Undefined: for ever. */
  readonly runsMs?: number;
  readonly exitCode?: number;
  readonly reason?: string;
  /** How long it goes on after the stop signal; undefined: it ignores it and has to be killed. */
  readonly stopsAfterMs?: number;
}

export type Answer = EffectResult | EffectError;

interface Due {
  readonly atMs: number;
  readonly seq: number;
  readonly run: () => void;
  readonly timerId?: string;
}

interface Box {
  status: ContainerStatus;
  readonly program: Program;
  stopping?: { effect: Effect; timerSeq: number };
}

export class World {
  state: KubeletState;
  nowMs = Date.UTC(2026, 0, 1);
  readonly startMs = this.nowMs;
  readonly trace: (TraceEntry & { readonly atMs: number })[] = [];
  readonly effects: (Effect & { readonly atMs: number })[] = [];
  /** The events about pods, and those about the node. */
  readonly events: CoreEvent[] = [];
  /** The kubelet's own log. */
  readonly logged: string[] = [];
  readonly nodeEvents: CoreEvent[] = [];
  readonly statuses = new Map<string, PodStatus>();
  readonly pods = new Map<string, Pod>();
  /** The node's small files, by path. */
  readonly files: Map<string, string>;
  /** What else the kubelet has written, by kind and name. */
  readonly objects = new Map<string, KubeObject>();
  readonly images = new Set<string>();
  /** The directories of the node that the kubelet has made. */
  readonly directories = new Set<string>();
  /** By path: how large a container's log is, bytes. */
  readonly logSizes = new Map<string, number>();
  /** The image filesystem, bytes. */
  imageFs = { capacityBytes: 100_000, availableBytes: 90_000 };
  readonly programs = new Map<string, Program | ((attempt: number) => Program)>();
  /** What containers of this name use, bytes. */
  readonly memory = new Map<string, number>();
  /** What lies in volumes. */
  volumes: readonly MeasuredVolume[] = [];
  /** Answers an effect otherwise than usual; undefined leaves it to the world. */
  intercept: (effect: Effect) => Answer | undefined = () => undefined;
  /** How long calls take. */
  tookMs: (effect: Effect) => number = () => 0;
  #due: Due[] = [];
  #seq = 0;
  #ids = 0;
  #turns = 0;
  readonly sandboxes = new Map<string, PodSandboxStatus>();
  readonly boxes = new Map<string, Box>();

  constructor(
    allocatable = { cpuMilli: 4_000, memoryBytes: 8 * 2 ** 30, pods: 110 },
    config = DEFAULT_CONFIGURATION,
    files: Readonly<Record<string, string>> = {},
  ) {
    this.files = new Map(Object.entries(files));
    this.state = initialState({ nowMs: this.nowMs, runtimeName: 'test', allocatable, config });
    this.send({ type: 'KubeletStarted', nodeName: 'node', hostIP: '10.0.0.1', seed: 1 });
    this.send({ type: 'PodsListed', source: 'api', pods: [] });
  }

  /** The UIDs of the pods that machines are kept for. */
  get podsWithMachines(): string[] {
    return Object.keys(this.state.machines).filter((uid) => uid !== '');
  }

  get elapsedMs(): number {
    return this.nowMs - this.startMs;
  }

  send(event: KubeletEventBody): void {
    // Writing states down takes most of the time: one in so many is looked at.
    this.#turns += 1;
    const looked = this.#turns % 200 === 1;
    const before = looked ? JSON.stringify(this.state) : '';
    const result = turn(this.state, { ...event, atMs: this.nowMs });
    if (looked && JSON.stringify(this.state) !== before)
      throw new Error('a turn changed the state that it was given');
    this.state = result.state;
    for (const entry of result.trace) this.trace.push({ ...entry, atMs: this.elapsedMs });
    for (const effect of result.effects) {
      this.effects.push({ ...effect, atMs: this.elapsedMs });
      this.#perform(effect);
    }
  }

  apply(pod: Pod): void {
    const known = this.pods.has(pod.metadata.uid);
    this.pods.set(pod.metadata.uid, pod);
    this.send({ type: known ? 'PodUpdated' : 'PodAdded', source: 'api', pod });
  }

  delete(uid: string, graceSeconds?: number): void {
    const pod = this.pods.get(uid);
    if (pod === undefined) throw new Error(`no pod ${uid}`);
    const deletionGracePeriodSeconds = graceSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
    const deletionTimestamp = new Date(this.nowMs).toISOString();
    this.apply({ ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds } });
  }

  /** A new kubelet process: timers are gone, answers to what the old one asked still come, and the sources are listed. */
  restart(): void {
    this.#due = this.#due.filter(({ timerId }) => timerId === undefined);
    this.send({ type: 'KubeletStarted', nodeName: 'node', hostIP: '10.0.0.1', seed: 2 });
    const pods = [...this.pods.values()].map((pod) => {
      const status = this.statuses.get(pod.metadata.uid) ?? pod.status;
      return status === undefined ? pod : { ...pod, status };
    });
    this.send({ type: 'PodsListed', source: 'api', pods });
  }

  /** Runs what is due until this much time has passed. */
  run(forMs: number): void {
    const endMs = this.nowMs + forMs;
    for (;;) {
      this.#due.sort((a, b) => a.atMs - b.atMs || a.seq - b.seq);
      const next = this.#due[0];
      if (next === undefined || next.atMs > endMs) break;
      this.#due.shift();
      this.nowMs = next.atMs;
      next.run();
    }
    this.nowMs = endMs;
  }

  /** Handles the next due event; false when there is none. */
  step(): boolean {
    this.#due.sort((a, b) => a.atMs - b.atMs || a.seq - b.seq);
    const next = this.#due.shift();
    if (next === undefined) return false;
    this.nowMs = next.atMs;
    next.run();
    return true;
  }

  /** When effects of this type were asked for, milliseconds from the start. */
  timesOf(type: Effect['type']): number[] {
    return this.effects.filter((effect) => effect.type === type).map(({ atMs }) => atMs);
  }

  /** The states that a machine went through. */
  pathOf(key: string): string[] {
    const moves = this.trace.filter((entry) => entry.key === key && entry.from !== entry.to);
    return [moves[0]?.from ?? '', ...moves.map(({ to }) => to)];
  }

  /** The texts of the events with this reason. */
  said(reason: string): (string | undefined)[] {
    return [...this.events, ...this.nodeEvents]
      .filter((event) => event.reason === reason)
      .map(({ message }) => message);
  }

  /** A container dies by itself. */
  exit(name: string, exitCode: number, reason = exitCode === 0 ? 'Completed' : 'Error'): void {
    for (const [id, { status }] of this.boxes) {
      if (status.metadata.name === name && status.state === 'CONTAINER_RUNNING')
        this.#end(id, exitCode, reason);
    }
  }

  killSandbox(): void {
    for (const [id, sandbox] of this.sandboxes) {
      this.sandboxes.set(id, { ...sandbox, state: 'SANDBOX_NOTREADY' });
      for (const [box, { status }] of this.boxes) {
        if (status.podSandboxId === id && status.state === 'CONTAINER_RUNNING') this.#end(box, 137, 'Error');
      }
    }
  }

  later(delayMs: number, run: () => void, timerId?: string): void {
    this.#seq += 1;
    this.#due.push({
      atMs: this.nowMs + delayMs,
      seq: this.#seq,
      run,
      ...(timerId === undefined ? {} : { timerId }),
    });
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'startTimer': {
        const { timerId, owner, delayMs } = effect;
        this.#due = this.#due.filter((due) => due.timerId !== timerId);
        this.later(delayMs, () => this.send({ type: 'TimerFired', timerId, owner }), timerId);
        return;
      }
      case 'cancelTimer':
        this.#due = this.#due.filter((due) => due.timerId !== effect.timerId);
        return;
      case 'writeLog':
        this.logged.push(klogLine(effect.record, this.nowMs));
        return;
      case 'recordEvent':
        (effect.event.involvedObject.kind === 'Node' ? this.nodeEvents : this.events).push(effect.event);
        return;
      case 'stopContainer':
        this.#stop(effect);
        return;
      default:
        this.later(this.tookMs(effect), () =>
          this.#answer(effect, this.#disturbed(effect) ?? this.#usual(effect)),
        );
    }
  }

  /** A checkpoint that cannot be read ends the kubelet, and there is nothing left to look at. */
  #disturbed(effect: Effect): Answer | undefined {
    return effect.type === 'readNodeFile' ? undefined : this.intercept(effect);
  }

  #answer(effect: Effect, answer: Answer): void {
    const { id: effectId, type: effectType, owner } = effect;
    if ('code' in answer) this.send({ type: 'EffectFailed', effectId, effectType, owner, error: answer });
    else this.send({ type: 'EffectSucceeded', effectId, effectType, owner, result: answer });
    if (effect.type === 'deletePod' && !('code' in answer)) {
      const pod = this.pods.get(effect.podUid);
      this.pods.delete(effect.podUid);
      if (pod !== undefined) this.send({ type: 'PodRemoved', source: 'api', pod });
    }
  }

  #usual(effect: Effect): Answer {
    switch (effect.type) {
      case 'relist':
        return {
          type: 'podsAndContainers',
          sandboxes: [...this.sandboxes.values()],
          containers: [...this.boxes.values()].map(({ status }) => status),
        };
      case 'runPodSandbox': {
        const { config } = effect;
        const status: PodSandboxStatus = {
          id: this.#id('sandbox'),
          metadata: config.metadata,
          state: 'SANDBOX_READY',
          createdAtMs: this.nowMs,
          ip: `10.244.0.${this.sandboxes.size + 2}`,
          labels: config.labels,
          annotations: config.annotations,
          hostNetwork: config.hostNetwork,
        };
        this.sandboxes.set(status.id, status);
        return { type: 'sandbox', status };
      }
      case 'stopPodSandbox': {
        const sandbox = this.sandboxes.get(effect.sandboxId);
        if (sandbox !== undefined) this.sandboxes.set(sandbox.id, { ...sandbox, state: 'SANDBOX_NOTREADY' });
        return { type: 'done' };
      }
      case 'removePodSandbox':
        this.sandboxes.delete(effect.sandboxId);
        return { type: 'done' };
      case 'createContainer':
        return this.#create(effect);
      case 'startContainer':
        return this.#start(effect.containerId);
      case 'removeContainer':
        this.boxes.delete(effect.containerId);
        return { type: 'done' };
      case 'imageStatus':
        return {
          type: 'image',
          image: this.images.has(effect.image) ? this.#image(effect.image) : null,
          tookMs: 0,
        };
      case 'pullImage':
        this.images.add(effect.image);
        return { type: 'image', image: this.#image(effect.image), tookMs: this.tookMs(effect) };
      case 'mountVolume':
        return { type: 'mounted', hostPath: `/volumes/${effect.volume.volumeName}` };
      case 'execSync':
        return { type: 'exec', response: { stdout: '', stderr: '', exitCode: 0 } };
      case 'httpGet':
        return { type: 'http', statusCode: 200, body: 'ok' };
      case 'makePodDirectories':
        this.directories.add(podDirectory(effect.podUid)).add(effect.logDirectory);
        return { type: 'done' };
      case 'removePodDirectory':
        this.directories.delete(podDirectory(effect.podUid));
        return { type: 'done' };
      case 'removeNodeDirectory':
        this.directories.delete(effect.path);
        return { type: 'done' };
      case 'listNodeDirectory': {
        const inside = [...this.directories].filter((path) => path.startsWith(`${effect.directory}/`));
        const names = inside.map((path) => path.slice(effect.directory.length + 1));
        return {
          type: 'entries',
          entries: names.map((name) => ({ name, kind: 'directory', dangling: false })),
        };
      }
      case 'statNodeFiles':
        return { type: 'sizes', sizes: effect.paths.map((path) => this.logSizes.get(path) ?? 0) };
      case 'listImages':
        return {
          type: 'images',
          images: [...this.images].map((name) => this.#image(name)),
          inUse: [...this.boxes.values()].flatMap(({ status }) => [
            status.imageRef,
            ...status.mounts.flatMap(({ image }) => image ?? []),
          ]),
        };
      case 'readStats':
        return { type: 'stats', measured: this.#measured() };
      case 'removeImage':
        this.images.delete(effect.image.replace('sha256:', ''));
        return { type: 'done' };
      case 'readTerminationMessage':
        return { type: 'text', text: '' };
      case 'readNodeFile': {
        const text = this.files.get(effect.path);
        if (text !== undefined) return { type: 'text', text };
        return { code: 'NotFound', message: `open ${effect.path}: no such file or directory` };
      }
      case 'writeNodeFile':
        this.files.set(effect.path, effect.text);
        return { type: 'done' };
      case 'updateContainerResources': {
        const box = this.#box(effect.containerId);
        box.status = { ...box.status, resources: effect.resources };
        return { type: 'container', status: box.status };
      }
      case 'runtimeVersion': {
        const version = { runtimeName: 'test', runtimeVersion: '1.0.0', runtimeApiVersion: 'v1' };
        return { type: 'runtimeVersion', version };
      }
      case 'runtimeStatus':
        return { type: 'runtimeStatus', runtime: READY, network: READY };
      case 'getObject':
        return this.#object(effect.kind, effect.name);
      case 'createObject':
        this.objects.set(`${effect.object.kind}/${effect.object.metadata.name}`, effect.object);
        return { type: 'object', object: effect.object };
      case 'updateObject':
        return this.#updated(effect);
      case 'patchPodStatus':
        this.statuses.set(effect.podUid, effect.status);
        return { type: 'done' };
      default:
        return { type: 'done' };
    }
  }

  /** What is used now. Images have a disk of their own. */
  #measured(): MeasuredStats {
    const { capacityBytes, availableBytes } = this.imageFs;
    const boxes = [...this.boxes.values()].map(({ status }) => status);
    return {
      atMs: this.nowMs,
      machine: {
        memoryBytes: 8 * 2 ** 30,
        disk: { device: 'disk', capacityBytes: 100 * 2 ** 30, inodes: 1_000_000 },
        imageDisk: { device: 'imageDisk', capacityBytes, inodes: 1_000_000 },
        maxPID: 32_768,
        own: { memoryBytes: 0, diskBytes: 0, inodes: 0, processes: 0 },
      },
      containers: boxes.map((status) => ({
        podUid: status.labels[LABEL.podUid] ?? '',
        name: status.metadata.name,
        running: status.state === 'CONTAINER_RUNNING',
        stats: this.#statsOf(status),
      })),
      images: { usedBytes: capacityBytes - availableBytes, inodesUsed: 0 },
      volumes: this.volumes,
    };
  }

  #statsOf({ id, metadata, state }: ContainerStatus): ContainerStats {
    const running = state === 'CONTAINER_RUNNING';
    return {
      id,
      atMs: this.nowMs,
      cpuUsageNanoCores: 0,
      cpuUsageCoreNanoSeconds: 0,
      memoryWorkingSetBytes: running ? (this.memory.get(metadata.name) ?? 0) : 0,
      writableLayerBytes: 0,
      writableLayerInodes: 0,
      logBytes: 0,
      processCount: running ? 1 : 0,
    };
  }

  #object(kind: string, name: string | undefined): Answer {
    const object = this.objects.get(`${kind}/${name}`);
    return object === undefined
      ? { code: 'NotFound', message: `no ${kind} ${name}` }
      : { type: 'object', object };
  }

  #updated({ object, subresource }: Extract<Effect, { type: 'updateObject' }>): Answer {
    const found = this.#object(object.kind, object.metadata.name);
    if (!('type' in found) || found.type !== 'object') return found;
    const updated = subresource === 'status' ? { ...found.object, status: object.status } : object;
    this.objects.set(`${object.kind}/${object.metadata.name}`, updated);
    return { type: 'object', object: updated };
  }

  #id(kind: string): string {
    this.#ids += 1;
    return `${kind}-${this.#ids}`;
  }

  #image(name: string) {
    return {
      id: `sha256:${name}`,
      repoTags: [name],
      repoDigests: [],
      sizeBytes: 1_000,
      pinned: false,
      standIn: false,
    };
  }

  #create(effect: Extract<Effect, { type: 'createContainer' }>): EffectResult {
    const { config, sandboxId } = effect;
    const id = this.#id(config.metadata.name);
    const scripted = this.programs.get(config.metadata.name) ?? { stopsAfterMs: 0 };
    const program = typeof scripted === 'function' ? scripted(config.metadata.attempt) : scripted;
    const status: ContainerStatus = {
      id,
      podSandboxId: sandboxId,
      metadata: config.metadata,
      state: 'CONTAINER_CREATED',
      createdAtMs: this.nowMs,
      startedAtMs: 0,
      finishedAtMs: 0,
      exitCode: 0,
      image: config.image,
      imageRef: config.imageRef,
      reason: '',
      message: '',
      labels: config.labels,
      annotations: config.annotations,
      mounts: config.mounts,
      logPath: `/var/log/pods/pod/${config.logPath}`,
      resources: config.resources,
    };
    this.boxes.set(id, { status, program });
    return { type: 'container', status };
  }

  #start(id: string): EffectResult {
    const box = this.#box(id);
    box.status = { ...box.status, state: 'CONTAINER_RUNNING', startedAtMs: this.nowMs };
    const { runsMs, exitCode = 0, reason } = box.program;
    if (runsMs !== undefined) {
      this.later(runsMs, () => this.#end(id, exitCode, reason ?? (exitCode === 0 ? 'Completed' : 'Error')));
    }
    return { type: 'container', status: box.status };
  }

  #box(id: string): Box {
    const box = this.boxes.get(id);
    if (box === undefined) throw new Error(`no container ${id}`);
    return box;
  }

  #end(id: string, exitCode: number, reason: string): void {
    const box = this.boxes.get(id);
    if (box === undefined || box.status.state !== 'CONTAINER_RUNNING') return;
    box.status = { ...box.status, state: 'CONTAINER_EXITED', finishedAtMs: this.nowMs, exitCode, reason };
  }

  #stop(effect: Extract<Effect, { type: 'stopContainer' }>): void {
    const answer = this.intercept(effect);
    if (answer !== undefined) {
      this.later(this.tookMs(effect), () => this.#answer(effect, answer));
      return;
    }
    const { status, program } = this.#box(effect.containerId);
    const { podUid } = effect.owner;
    const done = () => {
      const box = this.boxes.get(effect.containerId);
      const gone = { code: 'NotFound', message: `no container ${effect.containerId}` } as const;
      this.#answer(effect, box === undefined ? gone : { type: 'container', status: box.status });
    };
    if (status.state !== 'CONTAINER_RUNNING') {
      this.later(0, done);
      return;
    }
    const signal = (name: string) => () =>
      this.send({
        type: 'RuntimeNoticed',
        notice: { type: 'ContainerSignalled', containerId: effect.containerId, podUid, signal: name },
      });
    this.later(0, signal('SIGTERM'));
    const limitMs = effect.timeoutSeconds * 1_000;
    const killed = program.stopsAfterMs === undefined || program.stopsAfterMs > limitMs;
    const endMs = killed ? limitMs : (program.stopsAfterMs ?? 0);
    if (killed) this.later(endMs, signal('SIGKILL'));
    this.later(endMs, () => {
      this.#end(effect.containerId, killed ? 137 : 143, 'Error');
      done();
    });
  }
}

/** A pod as the store would hold it, with the defaults that a life of it needs. */
export function podOf(spec: Pod['spec'], metadata: Partial<Pod['metadata']> = {}): Pod {
  return pod({ restartPolicy: 'Always', terminationGracePeriodSeconds: 30, ...spec }, metadata);
}
