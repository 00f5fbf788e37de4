/** What must hold after every step of every run, whatever happens to it. */
import type { ContainerStatus } from '../../src/api/cri.ts';
import type { Pod } from '../../src/api/types.ts';
import type { Step } from '../../src/engine/types.ts';
import type { KubeletState } from '../../src/kubelet/state.ts';
import type { Effect } from '../../src/machines/effects.ts';
import type { KubeletEvent } from '../../src/machines/events.ts';
import type { FakeRuntime } from '../../src/runtime/fake/runtime.ts';
import { Causes } from './causes.ts';
import { hold } from './hold.ts';

/** A container that ran this long has its back-off reset (kubelet.go, 2 * MaxContainerBackOff). */
const BACKOFF_RESET_MS = 600_000;
const FIRST_BACKOFF_MS = 10_000;

/** Effects without an outcome of their own. */
const WITHOUT_OUTCOME: ReadonlySet<string> = new Set([
  'startTimer',
  'cancelTimer',
  'recordEvent',
  'writeLog',
]);

export class Invariants {
  readonly #runtime: FakeRuntime;
  readonly #asked = new Map<number, string>();
  /** By a kubelet that is gone. */
  /** When the kubelet that runs now was started. */
  #bornMs = 0;
  readonly #askedBefore = new Set<number>();
  readonly #restarts = new Map<string, number>();
  readonly #finished = new Map<string, string>();
  /** Containers that the kubelet stopped: by a probe, a new image, a deletion. */
  readonly #stopped = new Set<string>();
  /** Pods, by UID, whose first sandbox was replaced. */
  readonly #hadAnotherSandbox = new Set<string>();
  /** Every container that was ever seen in the runtime, its last status. */
  readonly #seen = new Map<string, ContainerStatus>();
  readonly #robbed = new Set<string>();
  readonly #causes = new Causes();
  /** By pod UID: the version that the last patch carried. */
  readonly #patched = new Map<string, number>();
  /** Pods whose worker has found that nothing of them runs any more. */
  #over: readonly string[] = [];

  constructor(runtime: FakeRuntime) {
    this.#runtime = runtime;
  }

  /** Somebody takes a container's record away: the count then comes from the record before it, in a real kubelet too. */
  recordRemoved(container: ContainerStatus): void {
    this.#robbed.add(nameOf(container));
    this.#causes.recordRemoved(container);
  }

  /** Effects that were asked for and have no outcome. */
  get unanswered(): readonly string[] {
    return [...this.#asked.values()];
  }

  /** Before the step is told: what the turn asks for, after what it was told. */
  onTurn(event: KubeletEvent, state: KubeletState, effects: readonly Effect[]): void {
    if (event.type === 'KubeletStopped' || event.type === 'KubeletStarted') this.#newLife(event.atMs);
    if (event.type === 'EffectSucceeded' || event.type === 'EffectFailed') {
      this.#causes.onOutcome(event);
      const failed = event.effectType === 'patchPodStatus' && event.type === 'EffectFailed';
      if (failed) this.#patched.delete(event.owner.podUid);
    }
    this.#over = Object.keys(state.workers).filter((uid) =>
      state.machines[uid]?.[`worker/${uid}`]?.state.startsWith('terminated'),
    );
    for (const effect of effects) {
      this.#causes.onEffect(effect);
      if (effect.type === 'patchPodStatus') this.#patchIsNewer(state, effect.podUid);
      if (!WITHOUT_OUTCOME.has(effect.type)) this.#asked.set(effect.id, `${effect.type} #${effect.id}`);
      if (effect.type === 'stopContainer') this.#stopped.add(effect.containerId);
      this.#stopBegins(state, effect);
      if (effect.type === 'createContainer' || effect.type === 'startContainer') this.#sandboxExists(effect);
    }
  }

  check(step: Step, pods: readonly Pod[]): void {
    const { event } = step;
    if (event.type === 'EffectSucceeded' || event.type === 'EffectFailed') {
      const isAwaited = this.#asked.delete(event.effectId) || this.#askedBefore.delete(event.effectId);
      hold(isAwaited, `effect ${event.effectId} has one outcome, and was asked for`);
    }
    this.#oneRunningOfAName();
    this.#nothingRunsAfterTheEnd();
    for (const pod of pods) {
      this.#restartsOnlyRise(pod);
      this.#phaseStaysFinal(pod);
    }
  }

  /** A preStop hook is the beginning of a stop, even if the container ends before the stop itself comes. */
  #stopBegins({ machines }: KubeletState, { owner: { podUid, key } }: Effect): void {
    const snapshot = machines[podUid]?.[key];
    if (snapshot?.machine !== 'container' || !snapshot.state.startsWith('terminating')) return;
    if ('containerId' in snapshot.context) this.#stopped.add(snapshot.context.containerId);
  }

  /** Answers to the kubelet before reach nobody any more, and it counts the versions of its statuses anew. */
  #newLife(atMs: number): void {
    this.#bornMs = atMs;
    for (const id of this.#asked.keys()) this.#askedBefore.add(id);
    this.#asked.clear();
    this.#causes.forgetUnderWay();
    this.#patched.clear();
  }

  /** A patch that failed is sent again; otherwise each carries a version that none before it had. */
  #patchIsNewer(state: KubeletState, podUid: string): void {
    const version = state.statuses[podUid]?.patch?.version ?? 0;
    const last = this.#patched.get(podUid) ?? 0;
    hold(version > last, `the status patch of ${podUid} is newer than the last (${version} after ${last})`);
    this.#patched.set(podUid, version);
  }

  #nothingRunsAfterTheEnd(): void {
    if (this.#over.length === 0) return;
    for (const { state, labels, metadata } of this.#runtime.contents().containers) {
      const isOver = this.#over.includes(labels['io.kubernetes.pod.uid'] ?? '');
      hold(!isOver || state !== 'CONTAINER_RUNNING', `${metadata.name} does not run after its pod's end`);
    }
  }

  #sandboxExists(effect: Extract<Effect, { type: 'createContainer' | 'startContainer' }>): void {
    const { sandboxes, containers } = this.#runtime.contents();
    const sandboxId =
      effect.type === 'createContainer'
        ? effect.sandboxId
        : containers.find(({ id }) => id === effect.containerId)?.podSandboxId;
    const sandbox = sandboxes.find(({ id }) => id === sandboxId);
    hold(sandbox !== undefined, `${effect.type} #${effect.id} is about a sandbox that was made`);
  }

  #oneRunningOfAName(): void {
    const running = new Set<string>();
    for (const { metadata } of this.#runtime.contents().sandboxes) {
      if (metadata.attempt > 0) this.#hadAnotherSandbox.add(metadata.uid);
    }
    for (const status of this.#runtime.contents().containers) {
      const before = this.#seen.get(status.id);
      if (before?.startedAtMs !== status.startedAtMs && status.startedAtMs > 0) this.#backOffKept(status);
      this.#seen.set(status.id, status);
      if (status.state !== 'CONTAINER_RUNNING') continue;
      const key = nameOf(status);
      hold(!running.has(key), `one container ${key} runs at a time`);
      running.add(key);
    }
  }

  /**
   * Where two runs ended by themselves, the next one comes at least ten seconds after the second's end. One
   * that the kubelet stopped is started again in the same sync, which knows only of the end before that
   * (kuberuntime_manager.go, doBackOff): there may be no wait then.
   */
  #backOffKept(started: ContainerStatus): void {
    const last = [...this.#seen.values()]
      .filter((other) => nameOf(other) === nameOf(started) && other.id !== started.id)
      .filter((other) => other.image === started.image && other.podSandboxId === started.podSandboxId)
      .filter((other) => other.startedAtMs > 0 && other.finishedAtMs > 0)
      .toSorted((a, b) => b.finishedAtMs - a.finishedAtMs);
    const [previous, one] = last;
    if (previous === undefined || one === undefined) return;
    // A back-off counts from a record; one that somebody took away is no reason to wait.
    if (this.#robbed.has(nameOf(started))) return;
    if (this.#stopped.has(previous.id) || this.#stopped.has(one.id)) return;
    if (previous.finishedAtMs - previous.startedAtMs > BACKOFF_RESET_MS) return;
    // Back-offs are in the kubelet's memory alone; one that was started anew has none.
    if (previous.startedAtMs < this.#bornMs) return;
    const waitedMs = started.startedAtMs - previous.finishedAtMs;
    hold(waitedMs >= FIRST_BACKOFF_MS, `${nameOf(started)} waits before a second restart (${waitedMs} ms)`);
  }

  /**
   * A new sandbox takes the records of init containers away, and their count with them
   * (kuberuntime_manager.go, purgeInitContainers): theirs is followed in a pod's first sandbox only.
   */
  #restartsOnlyRise({ metadata, status }: Pod): void {
    const { initContainerStatuses = [], containerStatuses = [] } = status ?? {};
    const inFirstSandbox = !this.#hadAnotherSandbox.has(metadata.uid);
    for (const { name, restartCount } of [
      ...(inFirstSandbox ? initContainerStatuses : []),
      ...containerStatuses,
    ]) {
      const key = `${metadata.uid}/${name}`;
      if (this.#robbed.has(key)) continue;
      const before = this.#restarts.get(key) ?? 0;
      hold(restartCount >= before, `the restart count of ${name} falls from ${before} to ${restartCount}`);
      this.#restarts.set(key, restartCount);
    }
  }

  #phaseStaysFinal({ metadata, status }: Pod): void {
    const phase = status?.phase ?? 'Pending';
    const before = this.#finished.get(metadata.uid);
    hold(before === undefined || before === phase, `${metadata.name} was ${before} and is ${phase}`);
    if (phase === 'Succeeded' || phase === 'Failed') this.#finished.set(metadata.uid, phase);
  }
}

function nameOf({ labels, metadata }: ContainerStatus): string {
  return `${labels['io.kubernetes.pod.uid']}/${metadata.name}`;
}
