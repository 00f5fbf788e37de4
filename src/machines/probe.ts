/**
 * The probe machine: one kind of probe of one container, and the result that the rest of the kubelet
 * sees. Only what passes a threshold comes here: a success among successes moves nothing.
 * Follows pkg/kubelet/prober/worker.go doProbe and pkg/kubelet/prober/results.
 */
import { setup } from 'xstate';

export type ProbeResult = 'Success' | 'Failure' | 'Unknown';

export type ProbeEvent =
  /** A new container id: the worker begins with the kind's initial result. */
  | { readonly type: 'ContainerStarted'; readonly initial: ProbeResult }
  /** A threshold was reached; `hold` when nothing is probed until there is a new container id. */
  | { readonly type: 'ProbeSucceeded'; readonly hold: boolean }
  | { readonly type: 'ProbeFailed'; readonly hold: boolean }
  /** The probe is over: the container will not come back, or the pod is being deleted. */
  | { readonly type: 'ProbeStopped' };

export const probeMachine = setup({
  types: { events: {} as ProbeEvent },
  guards: {
    beginsSuccess: ({ event }) => 'initial' in event && event.initial === 'Success',
    beginsFailure: ({ event }) => 'initial' in event && event.initial === 'Failure',
    holds: ({ event }) => 'hold' in event && event.hold,
  },
}).createMachine({
  id: 'probe',
  initial: 'waiting',
  on: {
    ContainerStarted: [
      { guard: 'beginsSuccess', target: '.probing.Success' },
      { guard: 'beginsFailure', target: '.probing.Failure' },
      { target: '.probing.Unknown' },
    ],
    ProbeStopped: '.stopped',
  },
  states: {
    waiting: {},
    probing: {
      initial: 'Unknown',
      on: {
        ProbeSucceeded: [{ guard: 'holds', target: 'onHold.Success' }, { target: '.Success' }],
        ProbeFailed: [{ guard: 'holds', target: 'onHold.Failure' }, { target: '.Failure' }],
      },
      states: { Unknown: {}, Success: {}, Failure: {} },
    },
    onHold: {
      initial: 'Failure',
      states: { Success: {}, Failure: {} },
    },
    stopped: { on: { ContainerStarted: undefined, ProbeStopped: undefined } },
  },
});
