/**
 * What has been told of each container's life. The Engine's stream and its lists say the same things twice, and after a
 * restart of the Engine the stream has forgotten: so only steps forward are told, and those that were missed as well.
 */
import type { PodSandboxStatus } from '../../../api/cri.ts';
import type { EngineEvent, Stage } from './engine-event.ts';

const ORDER: readonly Stage[] = ['created', 'running', 'exited', 'gone'];

/** As many as the Engine itself remembers events (daemon/events/events.go eventsLimit), and some more. */
const MOST_GONE = 1_024;

/** Which container or sandbox it is. */
export type Known = Pick<EngineEvent, 'containerId' | 'sandboxId' | 'podUid' | 'isSandbox'>;

/** A container or a sandbox, as far as it was told. */
export interface Life extends Known {
  readonly stage: Stage;
}

export class Lives {
  readonly #lives = new Map<string, Life>();
  /** The sandboxes as they were seen last: an event tells how a sandbox stood that is gone by now. */
  readonly sandboxes = new Map<string, PodSandboxStatus>();
  /** Those that the stream may tell of once more. */
  readonly #gone = new Set<string>();

  get all(): readonly Life[] {
    return [...this.#lives.values()];
  }

  stageOf(containerId: string): Stage | undefined {
    return this.#lives.get(containerId)?.stage;
  }

  /** The stages that are to be told until it has reached `stage`, in order; none when it had. */
  missing({ containerId }: Known, stage: Stage): readonly Stage[] {
    const before = this.stageOf(containerId);
    if (this.#gone.has(containerId) || (before === undefined && stage === 'gone')) return [];
    const from = before === undefined ? 0 : ORDER.indexOf(before) + 1;
    const steps = ORDER.slice(from, ORDER.indexOf(stage) + 1);
    // What was created and never started does not end: it is removed.
    return before === 'created' && stage === 'gone' ? ['gone'] : steps;
  }

  /** It was told that far, or needs not be told. */
  reached(known: Known, stage: Stage): void {
    const { containerId } = known;
    if (stage !== 'gone') {
      this.#lives.set(containerId, { ...known, stage });
      return;
    }
    this.#lives.delete(containerId);
    this.sandboxes.delete(containerId);
    this.#gone.add(containerId);
    const [oldest] = this.#gone;
    if (this.#gone.size > MOST_GONE && oldest !== undefined) this.#gone.delete(oldest);
  }
}
