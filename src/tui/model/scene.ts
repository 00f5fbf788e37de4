/** What the engine has told so far, folded into what the panes need: step rows, machines with their states, stages. */
import type { CoreEvent, ObjectReference, Pod } from '../../api/types.ts';
import type { ClockKind, Step } from '../../engine/types.ts';
import type { Stage } from '../../lib/stage.ts';
import type { TraceEntry } from '../../machines/trace.ts';
import type { LogLine, PullProgress } from '../../runtime/port.ts';

/** One line of the steps pane: a trace entry of a step that was not quiet. */
export interface StepRow {
  /** Counts all rows from 0, also those already dropped. */
  readonly index: number;
  readonly seq: number;
  readonly elapsedMs: number;
  /** True for the first entry of its step. */
  readonly first: boolean;
  readonly entry: TraceEntry;
  /** The Kubernetes events that the step recorded. */
  readonly events: readonly CoreEvent[];
}

/** One machine as the chart pane shows it. */
export interface MachineView {
  readonly key: string;
  readonly machine: string;
  readonly object: ObjectReference;
  readonly state: string;
  /** The engine's time (since its start) at which the state was entered. */
  readonly sinceMs: number;
  /** The states it has been in, each once. */
  readonly visited: readonly string[];
}

/** When a machine will move by itself. */
export interface MachineTimer {
  readonly machineKey: string;
  /** The engine's time since its start, milliseconds. */
  readonly dueMs: number;
}

export interface Scene {
  readonly runtime: string;
  readonly clock: ClockKind;
  readonly seed: number;
  readonly elapsedMs: number;
  readonly pods: readonly Pod[];
  readonly rows: readonly StepRow[];
  /** Steps that were not quiet. */
  readonly steps: number;
  /** The last step of all, quiet ones included. */
  readonly lastSeq: number;
  readonly machines: ReadonlyMap<string, MachineView>;
  readonly timers: readonly MachineTimer[];
  /** The stages each pod (by UID) has been in. */
  readonly stages: ReadonlyMap<string, ReadonlySet<Stage>>;
  /** Of the container whose log is shown. */
  readonly log: readonly LogLine[];
  readonly progress: PullProgress | undefined;
  /** False once the kubelet has ended, of its own accord or not: nothing moves until it is started again. */
  readonly kubeletRuns: boolean;
  /** Counts the frames of a pull, so that one that cannot be measured is seen to go on. */
  readonly beat: number;
}

/** Rows kept; older ones are in the journal only. */
const ROWS_LIMIT = 2_000;
/** Machines and pods remembered; those that first moved longest ago go first. */
const REMEMBERED_LIMIT = 2_000;

function forgetOldest(known: Map<string, unknown>): void {
  for (const oldest of known.keys()) {
    if (known.size <= REMEMBERED_LIMIT) return;
    known.delete(oldest);
  }
}

export function emptyScene(engine: { runtime: string; clock: ClockKind; seed: number }): Scene {
  return {
    ...engine,
    elapsedMs: 0,
    pods: [],
    rows: [],
    steps: 0,
    lastSeq: 0,
    machines: new Map(),
    timers: [],
    stages: new Map(),
    log: [],
    progress: undefined,
    kubeletRuns: true,
    beat: 0,
  };
}

/**
 * The machine that an entry moved. A decision of a part of the kubelet moves none, and is shown at its object's: the
 * container's or the pod's, or, for the node, at whether it is Ready.
 */
export function machineOf(scene: Scene, entry: TraceEntry): MachineView | undefined {
  if (entry.key !== undefined) return scene.machines.get(entry.key);
  const { uid, container } = entry.object;
  const own = [...scene.machines.values()].filter(({ object }) => object.uid === uid);
  const ofPart = own.filter(({ object }) => object.container === container);
  const named = (name: string) => ofPart.find(({ machine }) => machine === name);
  const found = container === undefined ? (named(entry.machine) ?? named('pod')) : named('container');
  return found ?? own.find(({ machine, object }) => machine === 'pod' || object.condition === 'Ready');
}

function moveMachine(
  before: MachineView | undefined,
  entry: TraceEntry,
  key: string,
  elapsedMs: number,
): MachineView {
  const visited = before?.visited ?? [entry.from];
  const moved = before?.state !== entry.to;
  return {
    key,
    machine: entry.machine,
    object: entry.object,
    state: entry.to,
    sinceMs: moved || before === undefined ? elapsedMs : before.sinceMs,
    visited: visited.includes(entry.to) ? visited : [...visited, entry.to],
  };
}

/** What the node tells of the kubelet's process. */
function kubeletRuns(before: boolean, { entries }: Step): boolean {
  const told = entries.findLast(({ event }) => /^Kubelet(Started|Stopped|Exited)$/.test(event));
  return told === undefined ? before : told.event === 'KubeletStarted';
}

/** The scene after one more step. */
export function foldStep(scene: Scene, step: Step): Scene {
  if (step.quiet) return { ...scene, elapsedMs: step.elapsedMs, lastSeq: step.seq };
  const machines = new Map(scene.machines);
  const stages = new Map(scene.stages);
  const fresh: StepRow[] = [];
  const start = (scene.rows.at(-1)?.index ?? -1) + 1;
  for (const [offset, entry] of step.entries.entries()) {
    const { key } = entry;
    if (key !== undefined) machines.set(key, moveMachine(machines.get(key), entry, key, step.elapsedMs));
    stages.set(entry.object.uid, new Set(stages.get(entry.object.uid)).add(entry.stage));
    const row = {
      index: start + offset,
      seq: step.seq,
      elapsedMs: step.elapsedMs,
      first: offset === 0,
      entry,
      events: [],
    };
    fresh.push(row);
  }
  forgetOldest(machines);
  forgetOldest(stages);
  // A pull that is over, for better or worse, has no progress any more.
  const pulled = step.entries.some(
    ({ machine, from, to }) => machine === 'imagePull' && from === 'pulling' && to !== from,
  );
  return {
    ...scene,
    progress: pulled ? undefined : scene.progress,
    elapsedMs: step.elapsedMs,
    steps: scene.steps + 1,
    lastSeq: step.seq,
    kubeletRuns: kubeletRuns(scene.kubeletRuns, step),
    machines,
    stages,
    rows: [...scene.rows, ...fresh].slice(-ROWS_LIMIT),
  };
}

/** The scene with an event that the last step recorded; one of a quiet step has no row to stand in. */
export function foldEvent(scene: Scene, event: CoreEvent): Scene {
  const first = scene.rows.findLastIndex(({ seq }) => seq !== scene.lastSeq) + 1;
  const told = scene.rows.slice(first).map((row) => ({ ...row, events: [...row.events, event] }));
  return told.length === 0 ? scene : { ...scene, rows: [...scene.rows.slice(0, first), ...told] };
}
