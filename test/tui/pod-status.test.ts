import { describe, expect, it } from 'vitest';
import type { ContainerStatusApi, Pod, PodPhase } from '../../src/api/types.ts';
import { containerWord, podWords } from '../../src/tui/model/pod-status.ts';
import { livenessPod } from './story.ts';

type State = NonNullable<ContainerStatusApi['state']>;

function status(name: string, state: State, more: Partial<ContainerStatusApi> = {}): ContainerStatusApi {
  return { name, image: '', imageID: '', ready: false, restartCount: 0, state, ...more };
}

function pod(parts: {
  phase?: PodPhase;
  init?: ContainerStatusApi[];
  main?: ContainerStatusApi[];
  sidecars?: string[];
  deleted?: boolean;
  conditions?: { type: string; status: string; reason?: string }[];
  reason?: string;
}): Pod {
  const base = livenessPod('running');
  const container = ({ name }: ContainerStatusApi) => ({
    name,
    image: 'x',
    ...(parts.sidecars?.includes(name) ? { restartPolicy: 'Always' } : {}),
  });
  return {
    ...base,
    metadata: { ...base.metadata, ...(parts.deleted ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
    spec: {
      initContainers: (parts.init ?? []).map(container),
      containers: (parts.main ?? [status('a', {})]).map(container),
    },
    status: {
      phase: parts.phase ?? 'Pending',
      ...(parts.reason ? { reason: parts.reason } : {}),
      conditions: (parts.conditions ?? []) as NonNullable<NonNullable<Pod['status']>['conditions']>,
      initContainerStatuses: parts.init ?? [],
      containerStatuses: parts.main ?? [],
    },
  };
}

const running = (name: string, ready = true) => status(name, { running: {} }, { ready, started: true });
const waiting = (name: string, reason: string) => status(name, { waiting: { reason } });
const terminated = (name: string, exitCode: number, reason?: string, signal?: number) =>
  status(name, {
    terminated: { exitCode, ...(reason ? { reason } : {}), ...(signal ? { signal } : {}) },
  });

describe('the STATUS column of kubectl get pods', () => {
  const cases: readonly (readonly [string, Pod, string])[] = [
    ['the phase while nothing else is known', pod({ phase: 'Pending' }), 'Pending'],
    [
      'the waiting reason of a container',
      pod({ main: [waiting('a', 'ContainerCreating')] }),
      'ContainerCreating',
    ],
    [
      'how many init containers are through',
      pod({ init: [terminated('i', 0), running('j')], main: [waiting('a', 'PodInitializing')] }),
      'Init:1/2',
    ],
    [
      'that the pod initializes while the first waits for it',
      pod({ init: [waiting('i', 'PodInitializing')], main: [waiting('a', 'PodInitializing')] }),
      'Init:0/1',
    ],
    ['why an init container failed', pod({ init: [terminated('i', 1, 'Error')] }), 'Init:Error'],
    [
      'an init container’s exit code without a reason',
      pod({ init: [terminated('i', 3)] }),
      'Init:ExitCode:3',
    ],
    ['an init container’s signal', pod({ init: [terminated('i', 137, undefined, 9)] }), 'Init:Signal:9'],
    [
      'the back-off of an init container',
      pod({ init: [waiting('i', 'CrashLoopBackOff')] }),
      'Init:CrashLoopBackOff',
    ],
    [
      'PodInitializing between init containers and the rest',
      pod({ init: [terminated('i', 0)], main: [waiting('a', 'PodInitializing')] }),
      'PodInitializing',
    ],
    ['Running when all run', pod({ phase: 'Running', main: [running('a')] }), 'Running'],
    [
      'CrashLoopBackOff of one among several',
      pod({ phase: 'Running', main: [waiting('a', 'CrashLoopBackOff'), running('b')] }),
      'CrashLoopBackOff',
    ],
    [
      'Completed when all are through',
      pod({ phase: 'Succeeded', main: [terminated('a', 0, 'Completed')] }),
      'Completed',
    ],
    [
      'NotReady when one is through and one runs',
      pod({ phase: 'Running', main: [terminated('a', 0, 'Completed'), running('b')] }),
      'NotReady',
    ],
    [
      'Running when one is through and the pod is ready',
      pod({
        phase: 'Running',
        main: [terminated('a', 0, 'Completed'), running('b')],
        conditions: [{ type: 'Ready', status: 'True' }],
      }),
      'Running',
    ],
    [
      'a signal without a reason',
      pod({ phase: 'Running', main: [terminated('a', 137, undefined, 9)] }),
      'Signal:9',
    ],
    [
      'Terminating once it is deleted',
      pod({ phase: 'Running', main: [running('a')], deleted: true }),
      'Terminating',
    ],
    [
      'the end of a finished pod although it is deleted',
      pod({ phase: 'Succeeded', main: [terminated('a', 0, 'Completed')], deleted: true }),
      'Completed',
    ],
    ['the pod’s own reason', pod({ phase: 'Failed', reason: 'Evicted' }), 'Evicted'],
    [
      'a scheduling gate',
      pod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }),
      'SchedulingGated',
    ],
    [
      'Running with a sidecar that has started',
      pod({ phase: 'Running', init: [running('s')], main: [running('a')], sidecars: ['s'] }),
      'Running',
    ],
  ];
  for (const [what, subject, word] of cases) {
    it(`says ${what}`, () => expect(podWords(subject).status).toBe(word));
  }

  it('counts sidecars among the ready and the total', () => {
    const words = podWords(
      pod({
        phase: 'Running',
        init: [running('s')],
        main: [running('a'), running('b', false)],
        sidecars: ['s'],
      }),
    );
    expect([words.ready, words.total]).toEqual([2, 3]);
  });

  it('counts restarts of init containers only until the pod is initialized', () => {
    const init = status('i', { terminated: { exitCode: 0 } }, { restartCount: 4 });
    const main = { ...running('a'), restartCount: 1 };
    expect(podWords(pod({ init: [init], main: [main] })).restarts).toBe(1);
    const failing = status('i', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 4 });
    expect(podWords(pod({ init: [failing] })).restarts).toBe(4);
  });

  it('has a word for each state of a container', () => {
    expect(containerWord(running('a'))).toBe('Running');
    expect(containerWord(terminated('a', 137, 'OOMKilled'))).toBe('OOMKilled');
    expect(containerWord(waiting('a', 'ErrImagePull'))).toBe('ErrImagePull');
    expect(containerWord(undefined)).toBe('Waiting');
  });
});
