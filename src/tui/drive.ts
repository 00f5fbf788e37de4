/** Between the screen and the engine: keys become choices and commands, steps become the scene, both become frames. */
import type { Engine, Step } from '../engine/types.ts';
import { InvariantViolation, unreachable } from '../lib/assert.ts';
import type { Language } from '../messages/catalogue.ts';
import type { Manifests } from './manifests.ts';
import { applyAccepted, applyRefused, choicesFound } from './model/apply-dialog.ts';
import { draw, type Frame } from './model/draw.ts';
import { isOfInterest, stageOf } from './model/interest.ts';
import { type Command, reduceKey } from './model/reduce.ts';
import { emptyScene, foldEvent, foldStep, type Scene } from './model/scene.ts';
import { type Activity, initialState, type Notice, type ScreenState, SPEEDS } from './model/screen-state.ts';
import { resolve } from './model/select.ts';
import { shortTime } from './model/time.ts';
import { timersOf } from './timers.ts';

export interface DriveOptions {
  readonly engine: Engine;
  readonly manifests: Manifests;
  readonly language: Language;
  readonly ascii: boolean;
  readonly columns: number;
  readonly rows: number;
}

/** What the Ink side sees. */
export interface Drive {
  frame(): Frame;
  /** Calls `listener` whenever there is a new frame; the return value ends it. */
  subscribe(listener: () => void): () => void;
  keys(names: readonly string[]): void;
  resize(columns: number, rows: number): void;
  /** Ends as if the person had quit. */
  quit(exitCode: number): void;
  /** Resolves to the exit code once the person quits; rejects with a defect of the engine. */
  readonly finished: Promise<number>;
  close(): void;
}

/** Frames a second while the engine moves; keys are answered at once. */
const COMMIT_HZ = 15;
/** How long the engine may run before the terminal gets its turn. */
const SLICE_MS = 20;
/** Without a visible step for this long, a run pauses: nothing may ever change again. */
const QUIET_LIMIT_MS = 600_000;
/** Commands that may wait for the one in hand: keys hit while a step takes its time. */
const QUEUE_LIMIT = 50;
/** Log lines that are handed to the panes; scrolling goes no further back. */
const LOG_LIMIT = 1_000;

type Ran = 'done' | 'idle' | 'quiet' | 'halted';

/** Makes the screen's state live: the one place in `tui` that keeps anything. */
export function startDrive(options: DriveOptions): Drive {
  const { engine, manifests } = options;
  const listeners = new Set<() => void>();
  const finished = Promise.withResolvers<number>();
  const waiting: Command[] = [];
  let state: ScreenState = initialState(options);
  let scene: Scene = emptyScene({ runtime: engine.runtime.name, clock: engine.clock, seed: engine.seed });
  let halting = new AbortController();
  let working = false;
  let dirty = false;
  let closed = false;

  /** What the engine only tells when it is asked. */
  const refresh = () => {
    scene = { ...scene, pods: engine.pods(), timers: timersOf(engine, startedAtMs) };
    const { pod, logContainer } = resolve(scene, state.selection);
    const log = pod ? engine.logs(pod.metadata.uid, logContainer) : [];
    scene = { ...scene, log: log.slice(-LOG_LIMIT) };
  };
  const [firstStep] = engine.steps();
  const startedAtMs = firstStep ? firstStep.atMs - firstStep.elapsedMs : engine.now();
  for (const step of engine.steps()) scene = foldStep(scene, step);
  refresh();
  let frame = draw(scene, state);
  const commit = () => {
    if (closed) return;
    dirty = false;
    refresh();
    frame = draw(scene, state);
    for (const listener of listeners) listener();
  };
  const change = (next: ScreenState) => {
    state = next;
    commit();
  };
  // Shown with the next frame that is due: a step that takes no time does not flicker.
  const act = (activity: Activity) => {
    state = { ...state, activity };
    dirty = true;
  };
  const notify = (notice: Notice) => change({ ...state, notice });

  const unlisten = engine.listen({
    onEvent(event) {
      scene = foldEvent(scene, event);
      dirty = true;
    },
    onStep(step) {
      scene = foldStep(scene, step);
      dirty = true;
    },
    onLog() {
      dirty = true;
    },
    onPullProgress(progress) {
      scene = { ...scene, progress };
      dirty = true;
    },
  });
  const timer = setInterval(() => {
    if (dirty) commit();
  }, 1000 / COMMIT_HZ);

  /** Runs in slices, so that keys and frames get their turn, until `done` holds for a step. */
  const runUntil = async (done: (step: Step) => boolean): Promise<Ran> => {
    const { signal } = halting;
    const startMs = engine.now();
    for (;;) {
      let hit = false;
      const sliceEnd = performance.now() + SLICE_MS;
      const until = (step: Step) => {
        hit = done(step);
        return hit || performance.now() > sliceEnd;
      };
      const leftMs = QUIET_LIMIT_MS - (engine.now() - startMs);
      if (leftMs <= 0) return 'quiet';
      const end = await engine.run({ until, forMs: leftMs, signal });
      if (hit) return 'done';
      if (signal.aborted || closed) return 'halted';
      if (end === 'idle') return 'idle';
      if (end === 'time') return 'quiet';
      await new Promise((resume) => setImmediate(resume));
    }
  };

  /** Says why a run ended that did not reach what it was for. */
  const tellEnd = (ran: Ran) => {
    if (ran === 'idle') notify({ told: { key: 'notice.idle' }, tone: 'info' });
    if (ran === 'quiet') {
      notify({ told: { key: 'notice.quiet', values: { span: shortTime(QUIET_LIMIT_MS) } }, tone: 'info' });
    }
  };

  const pause = (ms: number) =>
    new Promise<void>((resume) => {
      const { signal } = halting;
      if (signal.aborted) return resume();
      const wake = () => {
        clearTimeout(alarm);
        signal.removeEventListener('abort', wake);
        resume();
      };
      const alarm = setTimeout(wake, ms);
      signal.addEventListener('abort', wake);
    });

  const play = async () => {
    for (;;) {
      const ran = await runUntil((step) => !step.quiet);
      if (ran !== 'done') return tellEnd(ran);
      const speed = SPEEDS[state.speed] ?? 1;
      // Only virtual time is held back here: the other clocks pace themselves.
      if (engine.clock === 'virtual' && Number.isFinite(speed)) await pause(1000 / speed);
      else await new Promise((resume) => setImmediate(resume));
      if (halting.signal.aborted || closed) return;
    }
  };

  const apply = async (path: string) => {
    try {
      const objects = await manifests.read(path);
      let last: { kind: string; name: string } | undefined;
      for (const object of objects) {
        const accepted = engine.apply(object);
        last = { kind: accepted.kind, name: accepted.metadata.name ?? '' };
      }
      if (last) change(applyAccepted(state, last.kind, last.name));
    } catch (error) {
      if (error instanceof InvariantViolation) throw error;
      const advice =
        error instanceof Error && 'advice' in error && error.advice ? [String(error.advice)] : [];
      const message = error instanceof Error ? error.message : String(error);
      change(applyRefused(state, [...message.split('\n'), ...advice]));
    }
  };

  const obey = async (command: Command): Promise<void> => {
    switch (command.type) {
      case 'step':
        act('stepping');
        return tellEnd(await runUntil((step) => !step.quiet));
      case 'next': {
        act('running');
        const from = stageOf(scene.rows);
        return tellEnd(await runUntil((step) => isOfInterest(step, scene.rows.at(-1)?.events ?? [], from)));
      }
      case 'play':
        act('playing');
        return play();
      case 'delete':
        engine.deletePod(command.namespace, command.name);
        return notify({ told: { key: 'notice.deleted', values: { name: command.name } }, tone: 'info' });
      case 'apply':
        return apply(command.path);
      case 'complete':
        return change(
          choicesFound(state, command.text, await manifests.complete(command.text, state.language)),
        );
      case 'halt':
      case 'quit':
        return;
      default:
        return unreachable(command);
    }
  };

  /** One command after the other; what fails as expected is told, a defect ends the screen. */
  const work = async () => {
    if (working) return;
    working = true;
    try {
      for (let command = waiting.shift(); command && !closed; command = waiting.shift()) {
        halting = new AbortController();
        try {
          await obey(command);
        } catch (error) {
          if (!(error instanceof Error) || error.name !== 'PodstepError') throw error;
          notify({ told: { key: 'notice.failed', values: { message: error.message } }, tone: 'error' });
        }
      }
      change({ ...state, activity: 'idle' });
    } catch (error) {
      finished.reject(error);
    } finally {
      working = false;
    }
  };

  const take = (command: Command) => {
    if (command.type === 'quit') {
      halting.abort();
      waiting.length = 0;
      finished.resolve(command.exitCode);
    } else if (command.type === 'halt') {
      halting.abort();
      waiting.length = 0;
    } else if (command.type === 'complete' || command.type === 'apply') {
      // The dialog answers while a step is still under way.
      obey(command).catch(finished.reject);
    } else if (waiting.length < QUEUE_LIMIT) {
      waiting.push(command);
    }
  };

  return {
    frame: () => frame,
    finished: finished.promise,
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    keys(names) {
      refresh();
      for (const name of names) {
        const reaction = reduceKey(state, scene, name);
        state = reaction.state;
        for (const command of reaction.commands) take(command);
      }
      void work();
      commit();
    },
    quit: (exitCode) => take({ type: 'quit', exitCode }),
    resize(columns, rows) {
      if (columns !== state.columns || rows !== state.rows) change({ ...state, columns, rows });
    },
    close() {
      closed = true;
      halting.abort();
      clearInterval(timer);
      unlisten();
    },
  };
}
