/** An engine that tells a prepared story: steps in order, pods and logs as the test sets them. */
import type { KubeObject, Pod } from '../../src/api/types.ts';
import type { Engine, EngineListener, Faults, RunEnd, RunLimits, Step } from '../../src/engine/types.ts';
import type { LogLine, PullProgress, Runtime } from '../../src/runtime/port.ts';

export interface FakeEngine extends Engine {
  readonly applied: KubeObject[];
  readonly deleted: string[];
  readonly runs: RunLimits[];
  progress(progress: PullProgress): void;
}

export interface Story {
  readonly steps: readonly Step[];
  /** The pods after so many steps. */
  readonly pods: (taken: number) => readonly Pod[];
  readonly logs?: (taken: number) => readonly LogLine[];
  /** Refuses an object that is applied. */
  readonly refuse?: (object: KubeObject) => Error | undefined;
}

export function fakeEngine(story: Story): FakeEngine {
  const listeners = new Set<EngineListener>();
  const applied: KubeObject[] = [];
  const deleted: string[] = [];
  const runs: RunLimits[] = [];
  let taken = 0;
  const next = (): Step | undefined => {
    const step = story.steps[taken];
    if (!step) return undefined;
    taken += 1;
    for (const listener of listeners) listener.onStep?.(step);
    return step;
  };
  const run = async (limits: RunLimits): Promise<RunEnd> => {
    runs.push(limits);
    for (;;) {
      if (limits.signal?.aborted) return 'aborted';
      const step = next();
      if (!step) return 'idle';
      if (limits.until?.(step)) return 'until';
      await Promise.resolve();
    }
  };
  return {
    runtime: { name: 'fake' } as Runtime,
    clock: 'virtual',
    seed: 1,
    faults: {} as Faults,
    applied,
    deleted,
    runs,
    now: () => story.steps[taken - 1]?.atMs ?? 0,
    start: () => {},
    stopKubelet: () => {},
    startKubelet: () => {},
    apply(object) {
      const refused = story.refuse?.(object);
      if (refused) throw refused;
      applied.push(object);
      return object;
    },
    deletePod: (_namespace, name) => void deleted.push(name),
    nodeFile: async () => undefined,
    editNodeFile: async () => undefined,
    step: async () => next(),
    stepVisible: async () => next(),
    run,
    steps: () => [],
    kubelet: () => undefined,
    pods: () => story.pods(taken),
    objects: () => [],
    timers: () => [],
    kubeletLog: () => [],
    logs: () => story.logs?.(taken) ?? [],
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {},
    progress(progress) {
      for (const listener of listeners) listener.onPullProgress?.(progress);
    },
  };
}
