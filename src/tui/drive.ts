/** Between the screen and the engine: keys become choices and commands, steps become the scene, both become frames. */
import type { Engine, EngineListener } from '../engine/types.ts';
import { unreachable } from '../lib/assert.ts';
import { PodstepError } from '../lib/errors.ts';
import type { Language, Told } from '../messages/catalogue.ts';
import { type MessageKey, tell, tellAdvice } from '../messages/index.ts';
import type { Manifests } from './manifests.ts';
import { applyAccepted, applyRefused, choicesFound } from './model/apply-dialog.ts';
import { draw, type Frame } from './model/draw.ts';
import { isNodeComingUp, isOfInterest, isSettled, stageOf } from './model/interest.ts';
import { type Command, reduceKey } from './model/reduce.ts';
import { emptyScene, foldEvent, foldStep, type Scene } from './model/scene.ts';
import { type Activity, initialState, type Notice, type ScreenState, SPEEDS } from './model/screen-state.ts';
import { resolve } from './model/select.ts';
import { shortTime } from './model/time.ts';
import { QUIET_LIMIT_MS, type Ran, Runner, SETTLED_LIMIT_MS } from './runner.ts';
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
/** Commands that may wait for the one in hand: keys hit while a step takes its time. */
const QUEUE_LIMIT = 50;
/** Log lines that are handed to the panes; scrolling goes no further back. */
const LOG_LIMIT = 1_000;

/** The live screen, without the terminal: the one thing in `tui` that keeps anything. */
export class ScreenDrive implements Drive {
  readonly #engine: Engine;
  readonly #manifests: Manifests;
  readonly #runner: Runner;
  readonly #startedAtMs: number;
  readonly #finished = Promise.withResolvers<number>();
  readonly #listeners = new Set<() => void>();
  readonly #waiting: Command[] = [];
  /** What the store remarked on the manifest in hand. */
  readonly #notes: Told<MessageKey>[] = [];
  readonly #stopListening: () => void;
  readonly #timer: NodeJS.Timeout;
  #state: ScreenState;
  #scene: Scene;
  #frame: Frame;
  /** True when something is to be seen that the frame does not show yet. */
  #dirty = false;
  #working = false;
  #closed = false;

  constructor(options: DriveOptions) {
    const { engine } = options;
    this.#engine = engine;
    this.#manifests = options.manifests;
    this.#runner = new Runner(engine);
    this.#state = initialState(options);
    const empty = emptyScene({ runtime: engine.runtime.name, clock: engine.clock, seed: engine.seed });
    this.#scene = engine.steps().reduce(foldStep, empty);
    const [first] = engine.steps();
    this.#startedAtMs = first ? first.atMs - first.elapsedMs : engine.now();
    this.#refresh();
    this.#frame = draw(this.#scene, this.#state);
    this.#stopListening = engine.listen(this.#listener());
    this.#timer = setInterval(() => {
      const { progress, beat } = this.#scene;
      const pulling = progress !== undefined && progress.phase !== 'done';
      if (pulling) this.#scene = { ...this.#scene, beat: beat + 1 };
      if (this.#dirty || pulling) this.#commit();
    }, 1000 / COMMIT_HZ);
  }

  get finished(): Promise<number> {
    return this.#finished.promise;
  }

  readonly frame = (): Frame => this.#frame;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  keys(names: readonly string[]): void {
    this.#refresh();
    for (const name of names) {
      const { state, commands } = reduceKey(this.#state, this.#scene, name);
      this.#state = state;
      for (const command of commands) this.#take(command);
    }
    void this.#work();
    this.#commit();
  }

  resize(columns: number, rows: number): void {
    if (columns !== this.#state.columns || rows !== this.#state.rows) this.#change({ columns, rows });
  }

  quit(exitCode: number): void {
    this.#take({ type: 'quit', exitCode });
  }

  close(): void {
    this.#closed = true;
    this.#runner.halt();
    clearInterval(this.#timer);
    this.#stopListening();
  }

  /** The engine's news go into the scene; the next frame shows them. */
  #listener(): EngineListener {
    const fold = (scene: Scene) => {
      this.#scene = scene;
      this.#dirty = true;
    };
    return {
      onStep: (step) => fold(foldStep(this.#scene, step)),
      onEvent: (event) => fold(foldEvent(this.#scene, event)),
      onPullProgress: (progress) => fold({ ...this.#scene, progress }),
      onLog: () => fold(this.#scene),
      onNote: (note) => void this.#notes.push(note),
    };
  }

  /** Takes in what the engine only tells when it is asked. */
  #refresh(): void {
    const engine = this.#engine;
    const now = { ...this.#scene, pods: engine.pods(), timers: timersOf(engine, this.#startedAtMs) };
    const { pod, logContainer } = resolve(now, this.#state.selection);
    const log = pod ? engine.logs(pod.metadata.uid, logContainer) : [];
    this.#scene = { ...now, log: log.slice(-LOG_LIMIT) };
  }

  #commit(): void {
    if (this.#closed) return;
    this.#dirty = false;
    this.#refresh();
    this.#frame = draw(this.#scene, this.#state);
    for (const listener of this.#listeners) listener();
  }

  #change(changes: Partial<ScreenState>): void {
    this.#state = { ...this.#state, ...changes };
    this.#commit();
  }

  #notify(
    key: Notice['told']['key'],
    values: Notice['told']['values'] = {},
    tone: Notice['tone'] = 'info',
  ): void {
    this.#change({ notice: { told: { key, values }, tone } });
  }

  /** Shown with the next frame that is due: a step that takes no time does not flicker. */
  #act(activity: Activity): void {
    this.#state = { ...this.#state, activity };
    this.#dirty = true;
  }

  #take(command: Command): void {
    if (command.type === 'quit' || command.type === 'halt') {
      this.#runner.halt();
      this.#waiting.length = 0;
      if (command.type === 'quit') this.#finished.resolve(command.exitCode);
    } else if (command.type === 'complete' || command.type === 'apply') {
      // The dialog answers while a step is still under way.
      this.#obey(command).catch(this.#finished.reject);
    } else if (this.#waiting.length < QUEUE_LIMIT) {
      this.#waiting.push(command);
    }
  }

  /** One command after the other; what fails as expected is told, a defect ends the screen. */
  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    try {
      for (let next = this.#waiting.shift(); next && !this.#closed; next = this.#waiting.shift()) {
        this.#runner.begin();
        await this.#obeyOrTell(next);
      }
      this.#change({ activity: 'idle' });
    } catch (error) {
      this.#finished.reject(error);
    } finally {
      this.#working = false;
    }
  }

  async #obeyOrTell(command: Command): Promise<void> {
    try {
      await this.#obey(command);
    } catch (error) {
      if (!(error instanceof PodstepError)) throw error;
      this.#notify('notice.text', { message: error.message }, 'error');
    }
  }

  async #obey(command: Command): Promise<void> {
    switch (command.type) {
      case 'step': {
        this.#act('stepping');
        // A node that comes up has its rows, but does not break into the story of a pod on its way.
        const passes = isSettled(this.#engine.pods()) ? () => false : isNodeComingUp;
        return this.#tellEnd(await this.#runner.until((step) => !step.quiet && !passes(step)));
      }
      case 'next': {
        this.#act('running');
        const from = stageOf(this.#scene.rows);
        const events = () => this.#scene.rows.at(-1)?.events ?? [];
        const limitMs = isSettled(this.#engine.pods()) ? SETTLED_LIMIT_MS : QUIET_LIMIT_MS;
        const ran = await this.#runner.until((step) => isOfInterest(step, events(), from), limitMs);
        return this.#tellEnd(ran, limitMs);
      }
      case 'play':
        this.#act('playing');
        return this.#tellEnd(await this.#runner.play(() => SPEEDS[this.#state.speed] ?? 1));
      case 'delete':
        this.#engine.deletePod(command.namespace, command.name);
        return this.#notify('notice.deleted', { name: command.name });
      case 'apply':
        return this.#apply(command.path);
      case 'complete': {
        const choices = await this.#manifests.complete(command.text, this.#state.language);
        const { state, commands } = choicesFound(this.#state, command.text, choices);
        this.#change(state);
        for (const next of commands) this.#take(next);
        return;
      }
      case 'halt':
      case 'quit':
        return;
      default:
        return unreachable(command);
    }
  }

  /** Says why a run ended that did not reach what it was for. */
  #tellEnd(ran: Ran, limitMs = QUIET_LIMIT_MS): void {
    const span = shortTime(limitMs);
    if (ran === 'idle') this.#notify('notice.idle');
    else if (ran !== 'quiet') return;
    else if (this.#engine.pods().length === 0) this.#notify('notice.noneLeft');
    else this.#notify(limitMs < QUIET_LIMIT_MS ? 'notice.settled' : 'notice.quiet', { span });
  }

  async #apply(path: string): Promise<void> {
    this.#notes.length = 0;
    try {
      const { objects, remarks } = await this.#manifests.read(path);
      const last = objects.map((object) => this.#engine.apply(object)).at(-1);
      const notes = this.#notes.map((note) => ({
        place: '',
        text: { en: tell(note, 'en'), zh: tell(note, 'zh') },
      }));
      const all = [...notes, ...remarks];
      if (last) this.#change(applyAccepted(this.#state, last.kind, last.metadata.name ?? '', all));
    } catch (error) {
      if (!(error instanceof PodstepError)) throw error;
      const advice = error.advice && tellAdvice(error.advice, this.#state.language);
      const lines = [...error.message.split('\n'), ...(advice ? [advice] : [])];
      this.#change(applyRefused(this.#state, lines));
    }
  }
}
