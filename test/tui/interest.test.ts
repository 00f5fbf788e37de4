import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/engine/types.ts';
import {
  isNodeComingUp,
  isOfInterest,
  isSettled,
  stageOf,
  tellingRow,
} from '../../src/tui/model/interest.ts';
import { emptyScene, foldEvent, foldStep, machineOf } from '../../src/tui/model/scene.ts';
import { eventsOf, livenessPod, NODE_STEPS, nodeStep, STEPS, sceneAfter } from './story.ts';

const step = (event: string): Step => {
  const found = STEPS.find(({ entries }) => entries[0]?.event === event);
  if (!found) throw new Error(`no step ${event}`);
  return found;
};
const empty = emptyScene({ runtime: 'fake', clock: 'virtual', seed: 1 });

describe('a step of interest', () => {
  it('is one in another stage than the one left', () => {
    expect(isOfInterest(step('InspectImage'), [], 'sandbox')).toBe(true);
    expect(isOfInterest(step('InspectImage'), [], 'pull')).toBe(false);
  });

  it('is none that only keeps the books, and none that is quiet', () => {
    expect(isOfInterest(step('PodAdded'), [], 'pull')).toBe(false);
    expect(isOfInterest(step('PhaseRunning'), [], 'start')).toBe(false);
    expect(isOfInterest({ ...step('InspectImage'), quiet: true }, [], 'sandbox')).toBe(false);
  });

  it('is one that records an event worth seeing, or in which a container starts or dies', () => {
    expect(isOfInterest(step('PodAdded'), eventsOf(step('BackOff')), undefined)).toBe(true);
    expect(isOfInterest(step('ContainerStarted'), [], 'start')).toBe(true);
    expect(isOfInterest(step('ContainerDied'), [], 'kill')).toBe(true);
  });

  it('is one that sends a signal, so that the grace period is seen to pass', () => {
    const [entry] = step('StartContainer').entries;
    if (!entry) throw new Error('the story starts its container');
    const signalled = { ...entry, stage: 'kill' as const, event: 'ContainerSignalled' };
    expect(isOfInterest({ ...step('StartContainer'), entries: [signalled] }, [], 'kill')).toBe(true);
  });

  it('is counted from the stage that was left, book-keeping aside', () => {
    expect(stageOf(sceneAfter(15, []).rows)).toBe('start');
    expect(stageOf([])).toBeUndefined();
  });
});

describe('a node that comes up', () => {
  it('is known by its registration, its first conditions and its lease', () => {
    expect(NODE_STEPS.map(isNodeComingUp)).toEqual(NODE_STEPS.map(() => true));
  });

  it('is none in trouble, none that is relieved of it, and no pod', () => {
    const others = [
      nodeStep(1, 0, [['MemoryPressure', 'False', 'True', 'ConditionMet']]),
      nodeStep(1, 0, [['MemoryPressure', 'Unknown', 'True', 'ConditionMet']]),
      nodeStep(1, 0, [['MemoryPressure', 'True', 'False', 'ConditionNotMet']]),
      nodeStep(1, 0, [['Ready', 'True', 'False', 'ConditionNotMet']]),
      nodeStep(1, 0, [['', 'late', 'late', 'LeaseLate']]),
      step('InspectImage'),
    ];
    expect(others.filter(isNodeComingUp)).toEqual([]);
  });
});

describe('the row that tells a step', () => {
  it('is a move on the journey before book-keeping that follows it in the same step', () => {
    const entries = [...step('StartContainer').entries, ...step('PodAdded').entries];
    const scene = foldStep(empty, { ...step('StartContainer'), entries });
    expect(tellingRow(scene.rows)?.entry.event).toBe('StartContainer');
    expect(tellingRow(sceneAfter(1, []).rows)?.entry.event).toBe('PodAdded');
    expect(tellingRow([])).toBeUndefined();
  });
});

describe('the row that tells an eviction', () => {
  it('is the one that says why the pod has to go', () => {
    const [stopped] = step('StopContainer').entries;
    if (!stopped) throw new Error('the story stops its container');
    const evicted = { ...stopped, machine: 'podWorker', stage: 'evict' as const, event: 'PodTerminating' };
    const scene = foldStep(empty, { ...step('StopContainer'), entries: [evicted, stopped] });
    expect(tellingRow(scene.rows)?.entry.stage).toBe('evict');
  });
});

describe('the row that tells a step, among moves that only follow', () => {
  it('is the move that they follow', () => {
    const [admitted] = step('Admitted').entries;
    if (!admitted) throw new Error('the story admits its pod');
    const awaits = { ...admitted, machine: 'container', event: 'AwaitInitContainers', from: 'a', to: 'b' };
    const worker = { ...admitted, machine: 'podWorker', event: 'UpdatePod', from: 'a', to: 'b' };
    const scene = foldStep(empty, { ...step('Admitted'), entries: [admitted, awaits, worker] });
    expect(tellingRow(scene.rows)?.entry.event).toBe('Admitted');
    const alone = foldStep(empty, { ...step('Admitted'), entries: [worker] });
    expect(tellingRow(alone.rows)?.entry.event).toBe('UpdatePod');
  });
});

describe('a pod at rest', () => {
  it('is Ready or finished, and stays', () => {
    const pod = livenessPod('running');
    const ready = { ...pod, status: { ...pod.status, conditions: [{ type: 'Ready', status: 'True' }] } };
    const doomed = { ...ready, metadata: { ...ready.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    const done = { ...pod, status: { ...pod.status, phase: 'Succeeded' as const, conditions: [] } };
    expect([[ready], [done], [ready, livenessPod('creating')], [doomed]].map(isSettled)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('a pull', () => {
  it('has no progress any more once it is over', () => {
    const progress = { image: 'busybox', phase: 'copying', doneBytes: 1, totalBytes: 2 } as const;
    const pulling = { ...sceneAfter(8, []), progress };
    expect(foldStep(pulling, step('PodAdded')).progress).toBe(progress);
    expect(foldStep(pulling, step('ImagePulled')).progress).toBeUndefined();
  });
});

describe('what is remembered', () => {
  it('is bounded', () => {
    let scene = empty;
    for (let n = 0; n < 2_500; n++) {
      const entries = step('Admitted').entries.map((entry) => ({
        ...entry,
        key: `pod/${n}`,
        object: { ...entry.object, uid: String(n) },
      }));
      scene = foldStep(scene, { ...step('Admitted'), seq: n, entries });
    }
    expect([scene.rows.length, scene.machines.size, scene.stages.size]).toEqual([2_000, 2_000, 2_000]);
    expect(scene.machines.has('pod/2499')).toBe(true);
  });
});

describe('events', () => {
  it('stand with every row of the step that recorded them, and with no other', () => {
    const [event] = eventsOf(step('BackOff'));
    if (!event) throw new Error('the story records it');
    const scene = foldEvent(sceneAfter(3, []), event);
    expect(scene.rows.map(({ events }) => events.length)).toEqual([0, 0, 1]);
    const quiet = foldStep(scene, { ...step('BackOff'), seq: 99, quiet: true });
    expect(foldEvent(quiet, event)).toBe(quiet);
  });
});

describe('a decision that moves no machine', () => {
  const scene = [...STEPS.slice(0, 4), ...NODE_STEPS].reduce(foldStep, empty);

  it('is shown at whether the node is Ready, when it is about the node', () => {
    const entry = NODE_STEPS.at(-1)?.entries[0];
    expect(entry && machineOf(scene, entry)?.key).toBe('node/Ready');
  });

  it('is shown at the pod, when its container is not known any more', () => {
    const [entry] = step('Admitted').entries;
    if (!entry) throw new Error('the story admits its pod');
    const { key: _none, ...rest } = entry;
    const gone = { ...rest, machine: 'pleg', object: { ...entry.object, container: '7ce9eb6c107f' } };
    expect(machineOf(scene, gone)?.machine).toBe('pod');
  });

  it('the scene knows whether the kubelet runs, through stops and starts', () => {
    let scene = empty;
    const after = (event: string) => {
      const entries = nodeStep(1, 0, [['', 'a', 'b', event]]).entries;
      scene = foldStep(scene, { ...step('StartContainer'), entries });
      return scene.kubeletRuns;
    };
    expect(
      ['KubeletStarted', 'KubeletExited', 'Rebooted', 'KubeletStarted', 'KubeletStopped'].map(after),
    ).toEqual([true, false, false, true, false]);
  });
});
