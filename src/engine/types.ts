/** What the engine shows to whoever drives it: steps, the clock, and the verbs of the screen and the command line. */
import type { KubeletConfiguration } from '../api/kubelet-configuration/fields.ts';
import type { CoreEvent, KubeObject, Pod } from '../api/types.ts';
import type { FoundMachine } from '../cluster/node.ts';
import type { OutsideCondition } from '../cluster/pods.ts';
import type { KubeletEvent } from '../machines/events.ts';
import type { TraceEntry } from '../machines/trace.ts';
import type { ClusterKey } from '../messages/cluster.ts';
import type { Told } from '../messages/why.ts';
import type { LogLine, PullProgress, Runtime, RuntimeFaults } from '../runtime/port.ts';

export type ClockKind = 'virtual' | 'paced' | 'wall';

/** One event, and what came of it. */
export interface Step {
  /** Counts from 1. */
  readonly seq: number;
  /** The engine's clock, epoch milliseconds. */
  readonly atMs: number;
  /** Since the engine started, in the engine's time. */
  readonly elapsedMs: number;
  readonly event: KubeletEvent;
  readonly entries: readonly TraceEntry[];
  /** True when nothing changed that a learner would see (a relist that found nothing new). */
  readonly quiet: boolean;
}

/** What a container wrote, as the screen's log pane shows it. */
export interface LogNotice {
  readonly podUid: string;
  readonly containerName: string;
  readonly containerId: string;
  readonly line: LogLine;
}

export interface EngineListener {
  onStep?(step: Step): void;
  onLog?(notice: LogNotice): void;
  onPullProgress?(progress: PullProgress): void;
  /** A Kubernetes Event that was recorded, each time it is. */
  onEvent?(event: CoreEvent): void;
  /** A line of the kubelet's own log, in klog's form. */
  onKubeletLog?(line: string): void;
  /** A remark of the object store on something that was applied. */
  onNote?(note: Told<ClusterKey>): void;
}

export interface RunLimits {
  /** Stop once this much of the engine's time has passed; what is due at that very instant is left for later. */
  readonly forMs?: number;
  /** Stop after the first step for which this holds. */
  readonly until?: (step: Step) => boolean;
  /** Stop after this many steps, quiet ones included; a bound that is always there (default 1,000,000). */
  readonly maxSteps?: number;
  readonly signal?: AbortSignal;
}

export type RunEnd = 'until' | 'time' | 'idle' | 'maxSteps' | 'aborted';

/** A timer that has not fired yet. */
export interface PendingTimer {
  readonly timerId: string;
  /** The engine's clock, epoch milliseconds. */
  readonly dueAtMs: number;
}

/** Troubles that a lesson or a test can cause, besides those of the runtime. */
export interface Faults extends RuntimeFaults {
  /** True: the machine is about to go down, and says so to the kubelet; false: it stays up after all. */
  shutdownNode(requested: boolean): void;
  /** No trouble: what a readiness gate's controller does. `atMs` is the engine's now. Throws `PodstepError`. */
  setPodCondition(namespace: string, name: string, condition: OutsideCondition, atMs: number): void;
  /** False: the kubelet cannot reach the API server; the cluster goes on without it. */
  setApiServerReachable(reachable: boolean): void;
}

/** The engine: one queue ordered by (time, sequence), one kubelet, one runtime, one object store. */
export interface Engine<KubeletState = unknown> {
  readonly runtime: Runtime;
  readonly clock: ClockKind;
  readonly seed: number;
  /** The machine that the node is on, where that is a real one. */
  readonly machine?: FoundMachine | undefined;
  readonly faults: Faults;
  /** Epoch milliseconds of the engine's clock. */
  now(): number;
  /** Starts the node and its kubelet (queues `KubeletStarted`). */
  start(): void;
  /** Ends the kubelet's process: its timers are gone, its calls' answers reach nobody; containers run on. */
  stopKubelet(): void;
  /** Starts the kubelet anew, also one that still runs; it knows what the node and the API server know. */
  startKubelet(config?: KubeletConfiguration): void;
  /** Accepts an object into the store at once; the kubelet learns of it as an event. Throws `PodstepError`. */
  apply(object: KubeObject): KubeObject;
  /** Marks a pod for deletion, as `kubectl delete` does. */
  deletePod(namespace: string, name: string, options?: { readonly gracePeriodSeconds?: number }): void;
  /** The text of a file on the node; undefined when there is none. */
  nodeFile(path: string): Promise<string | undefined>;
  /** Somebody on the node writes a file, or removes it (no text); the kubelet may watch it. */
  editNodeFile(path: string, text: string | undefined): Promise<void>;
  /** Handles the next event; in virtual time the clock jumps to it. Undefined when nothing can ever happen any more. */
  step(): Promise<Step | undefined>;
  /** Handles events up to and including the next step that is not quiet. */
  stepVisible(): Promise<Step | undefined>;
  run(limits: RunLimits): Promise<RunEnd>;
  /** The steps so far (bounded: the oldest are dropped from memory past the journal's limit). */
  steps(): readonly Step[];
  kubelet(): KubeletState;
  pods(): readonly Pod[];
  /** Every object in the store: pods with status, events, the node. */
  objects(): readonly KubeObject[];
  /** The timers that run, by id; a machine's begins with its key and `#`. */
  timers(): readonly PendingTimer[];
  logs(podUid: string, containerName: string): readonly LogLine[];
  /** The kubelet's own log, the newest lines. */
  kubeletLog(): readonly string[];
  listen(listener: EngineListener): () => void;
  close(): Promise<void>;
}
