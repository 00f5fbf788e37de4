/**
 * The pod machine: a pod's phase (the top states, in the API's words) and, within it, how far the
 * journey has come. It emits no effect; it is the law on which moves a phase may make.
 * Follows pkg/kubelet/kubelet_pods.go getPhase and pkg/kubelet/status/status_manager.go
 * (a terminal phase is never left).
 */
import { setup } from 'xstate';

export type PodEvent =
  | { readonly type: 'Admitted' }
  | { readonly type: 'Rejected' }
  | { readonly type: 'VolumesMounted' }
  | { readonly type: 'SandboxReady'; readonly initContainers: boolean }
  | { readonly type: 'Initialized' }
  /** The phase that was computed from the container statuses, when it is another one. */
  | { readonly type: 'PhasePending' }
  | { readonly type: 'PhaseRunning' }
  | { readonly type: 'PhaseSucceeded' }
  | { readonly type: 'PhaseFailed' }
  | { readonly type: 'PodReady' }
  | { readonly type: 'PodNotReady' }
  | { readonly type: 'PodTerminating' }
  | { readonly type: 'PodTerminated' };

export const podMachine = setup({
  types: { events: {} as PodEvent },
  guards: {
    hasInitContainers: ({ event }) => event.type === 'SandboxReady' && event.initContainers,
  },
}).createMachine({
  id: 'pod',
  initial: 'Pending',
  states: {
    Pending: {
      initial: 'Admitting',
      on: {
        PhaseRunning: 'Running.NotReady',
        PhaseSucceeded: 'Succeeded',
        PhaseFailed: 'Failed',
        PodTerminating: '.Terminating',
      },
      states: {
        Admitting: { on: { Admitted: 'MountingVolumes', Rejected: '#pod.Failed' } },
        MountingVolumes: { on: { VolumesMounted: 'CreatingSandbox' } },
        CreatingSandbox: {
          on: {
            SandboxReady: [
              { guard: 'hasInitContainers', target: 'Initializing' },
              { target: 'StartingContainers' },
            ],
          },
        },
        Initializing: { on: { Initialized: 'StartingContainers' } },
        StartingContainers: {},
        Terminating: {
          on: {
            PhaseRunning: '#pod.Running.Terminating',
            PhaseSucceeded: '#pod.Succeeded.Terminating',
            PhaseFailed: '#pod.Failed.Terminating',
            PodTerminated: 'Terminated',
            PodTerminating: undefined,
          },
        },
        /** A pod whose containers never ran and are not coming any more. */
        Terminated: { on: { PhaseRunning: undefined, PodTerminating: undefined } },
      },
    },
    Running: {
      initial: 'NotReady',
      on: {
        PhasePending: 'Pending.CreatingSandbox',
        PhaseSucceeded: 'Succeeded',
        PhaseFailed: 'Failed',
        PodTerminating: '.Terminating',
      },
      states: {
        NotReady: { on: { PodReady: 'Ready' } },
        Ready: { on: { PodNotReady: 'NotReady' } },
        Terminating: {
          on: {
            PhasePending: '#pod.Pending.Terminating',
            PhaseSucceeded: '#pod.Succeeded.Terminating',
            PhaseFailed: '#pod.Failed.Terminating',
            PodTerminating: undefined,
            PodTerminated: 'Terminated',
          },
        },
        Terminated: {
          on: { PhasePending: undefined, PodTerminating: undefined },
        },
      },
    },
    Succeeded: {
      initial: 'Finished',
      states: {
        Finished: { on: { PodTerminating: 'Terminating', PodTerminated: 'Terminated' } },
        Terminating: { on: { PodTerminated: 'Terminated' } },
        Terminated: {},
      },
    },
    Failed: {
      initial: 'Finished',
      states: {
        Finished: { on: { PodTerminating: 'Terminating', PodTerminated: 'Terminated' } },
        Terminating: { on: { PodTerminated: 'Terminated' } },
        Terminated: {},
      },
    },
  },
});
