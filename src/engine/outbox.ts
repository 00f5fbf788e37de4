/** What came back from the world and has not entered the queue yet, in an order that does not depend on luck. */
import type { Effect } from '../machines/effects.ts';
import type { EffectError, EffectResult, KubeletEventBody, RuntimeNotice } from '../machines/events.ts';
import { RuntimeError, type RuntimeEvent } from '../runtime/port.ts';
import type { ForPeople } from './network-notes.ts';
import { effectErrorOf, type OutwardEffect, perform, type World } from './perform.ts';

type Outcome = Extract<KubeletEventBody, { type: 'EffectSucceeded' | 'EffectFailed' }>;

/** Effects that wait for this machine's disk or network, not for the runtime and its time. */
const LOCAL: ReadonlySet<Effect['type']> = new Set([
  'mountVolume',
  'fetchManifest',
  'unmountVolume',
  'listPodVolumes',
  'makePodDirectories',
  'removePodDirectory',
  'listNodeDirectory',
  'removeNodeDirectory',
  'statNodeFiles',
  'renameNodeFile',
  'compressNodeFile',
  'linkNodeFile',
  'removeContainerLog',
  'readNodeFile',
  'writeNodeFile',
  'removeNodeFile',
  'listNodeFiles',
]);

const noMatter = () => {};
const NOTHING: readonly KubeletEventBody[] = [];

export class Outbox {
  readonly #outcomes: Outcome[] = [];
  readonly #notices: RuntimeNotice[] = [];
  readonly #onArrival: () => void;
  readonly #local = new Set<Promise<void>>();
  /** Effects that were sent out and have no outcome yet. */
  #outstanding = 0;
  /** The first failure that nobody expected: a defect, which the engine throws from its next step. */
  #defect: { readonly error: unknown } | undefined;

  constructor(onArrival: () => void) {
    this.#onArrival = onArrival;
  }

  get outstanding(): number {
    return this.#outstanding;
  }

  /** Sends the effect out; its outcome arrives here. */
  send(effect: OutwardEffect, world: World): void {
    this.#outstanding++;
    const performed = perform(effect, world).then(
      (result) => this.#arrive({ type: 'EffectSucceeded', ...nameOf(effect), result }),
      (error: unknown) => {
        const expected = effectErrorOf(error, world.files);
        if (expected === undefined) this.fail(error);
        else this.#arrive({ type: 'EffectFailed', ...nameOf(effect), error: expected });
      },
    );
    if (LOCAL.has(effect.type)) this.#track(performed);
  }

  /** Follows work on this machine's disk that nobody waits for. */
  follow(work: Promise<void>): void {
    this.#track(work.catch((error: unknown) => this.fail(error)));
  }

  /** A call that the kubelet knows nothing of; a runtime that cannot take it hears of it again when it is back. */
  unasked(call: Promise<void>): void {
    call.catch((error: unknown) => {
      if (!(error instanceof RuntimeError)) this.fail(error);
    });
  }

  /** The same work, for which virtual time waits: a part of an effect that needs this machine's disk. */
  onDisk<T>(work: Promise<T>): Promise<T> {
    this.#track(work.then(noMatter, noMatter));
    return work;
  }

  /** Resolves when every effect that waits for this machine's disk alone has its outcome. */
  async localSettled(): Promise<void> {
    while (this.#local.size > 0) await Promise.all(this.#local);
  }

  #track(performed: Promise<void>): void {
    this.#local.add(performed);
    void performed.finally(() => this.#local.delete(performed));
  }

  hear(notice: RuntimeNotice): void {
    this.#notices.push(notice);
    this.#onArrival();
  }

  fail(error: unknown): void {
    this.#defect ??= { error };
    this.#onArrival();
  }

  /**
   * Takes everything out: notices as they came, then outcomes by effect id, for the runtime tells of a
   * signal before the stop that sent it is over. Throws what nobody expected.
   */
  take(): readonly KubeletEventBody[] {
    if (this.#defect !== undefined) throw this.#defect.error;
    if (this.#outcomes.length === 0 && this.#notices.length === 0) return NOTHING;
    const outcomes = this.#outcomes.splice(0).sort((a, b) => a.effectId - b.effectId);
    const notices = this.#notices
      .splice(0)
      .map((notice): KubeletEventBody => ({ type: 'RuntimeNoticed', notice }));
    return [...notices, ...outcomes];
  }

  #arrive(outcome: Outcome): void {
    this.#outstanding--;
    this.#outcomes.push(outcome);
    this.#onArrival();
  }
}

/** What the runtime said unasked, as the kubelet hears it. */
export function noticeOf(event: Exclude<RuntimeEvent, ForPeople | { type: 'logWritten' }>): RuntimeNotice {
  if (event.type === 'runtimeDied') return { type: 'RuntimeDied', message: event.message };
  const { containerId, podUid } = event;
  switch (event.type) {
    case 'containerSignalled':
      return { type: 'ContainerSignalled', containerId, podUid, signal: event.signal };
    case 'containerExited': {
      const { exitCode, reason } = event;
      return { type: 'ContainerExited', containerId, podUid, exitCode, reason };
    }
    case 'systemOom': {
      const { processName, pid } = event;
      return { type: 'SystemOom', containerId, podUid, processName, pid };
    }
  }
}

/** An answer as the event that it comes back as. */
export function outcomeOf(effect: Effect, answer: EffectResult | EffectError): Outcome {
  const named = nameOf(effect);
  return 'code' in answer
    ? { type: 'EffectFailed', ...named, error: answer }
    : { type: 'EffectSucceeded', ...named, result: answer };
}

function nameOf(effect: Effect) {
  return { effectId: effect.id, effectType: effect.type, owner: effect.owner };
}
