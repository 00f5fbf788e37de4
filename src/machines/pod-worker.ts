/**
 * The pod worker machine: one sync at a time for each pod, through syncing, terminating and terminated,
 * never back. It emits no effect but its own requeue timer.
 * Follows pkg/kubelet/pod_workers.go podWorkerLoop and completeWork.
 */
import { setup } from 'xstate';

export type PodWorkerEvent =
  /** An update from any source: config, PLEG, probes, timers. */
  | { readonly type: 'UpdatePod' }
  /** PLEG's cache is newer than the last sync. */
  | { readonly type: 'CacheNewer' }
  /** `terminal` when the sync found that the pod has ended for good. */
  | { readonly type: 'SyncCompleted'; readonly requeueMs: number; readonly terminal: boolean }
  /** Deleted, evicted or finished: the pod is not to run any more. */
  | { readonly type: 'TerminatePod' }
  | { readonly type: 'TerminatingCompleted' }
  | { readonly type: 'TerminatingFailed'; readonly requeueMs: number }
  | { readonly type: 'TerminatedCompleted' }
  /** Another static pod of its full name has not ended yet. */
  | { readonly type: 'StartDenied'; readonly requeueMs: number }
  /** It was to end before it could start: there is nothing to terminate. */
  | { readonly type: 'NeverStarted' }
  /** First seen when it had ended long ago: only what it left is cleaned up. */
  | { readonly type: 'SeenTerminated' };

export const podWorkerMachine = setup({
  types: { events: {} as PodWorkerEvent },
  guards: { isTerminal: ({ event }) => 'terminal' in event && event.terminal },
  /** Whatever lets a worker rest says for how long. */
  delays: { requeue: ({ event }) => ('requeueMs' in event ? event.requeueMs : 0) },
}).createMachine({
  id: 'podWorker',
  initial: 'syncing',
  states: {
    syncing: {
      initial: 'idle',
      on: { TerminatePod: 'terminating' },
      states: {
        idle: {
          on: { UpdatePod: 'awaitingCache', SeenTerminated: '#podWorker.terminated' },
          after: { requeue: 'due' },
        },
        /** In the work queue: the sync loop's next tick takes it out. */
        due: { on: { UpdatePod: 'awaitingCache' } },
        awaitingCache: {
          on: { CacheNewer: 'working', StartDenied: 'idle' },
        },
        working: {
          on: {
            SyncCompleted: [{ guard: 'isTerminal', target: '#podWorker.terminating' }, 'idle'],
            TerminatePod: 'cancelling',
          },
        },
        /** The sync under way is cut short; terminating begins once its last effect has come back. */
        cancelling: { on: { SyncCompleted: '#podWorker.terminating', TerminatePod: undefined } },
      },
    },
    terminating: {
      initial: 'awaitingCache',
      states: {
        idle: { on: { UpdatePod: 'awaitingCache' }, after: { requeue: 'due' } },
        due: { on: { UpdatePod: 'awaitingCache' } },
        awaitingCache: { on: { CacheNewer: 'working', NeverStarted: '#podWorker.terminated.finished' } },
        working: {
          on: {
            TerminatingCompleted: '#podWorker.terminated',
            TerminatingFailed: 'idle',
          },
        },
      },
    },
    terminated: {
      initial: 'working',
      states: {
        working: { on: { TerminatedCompleted: 'finished' } },
        finished: {},
      },
    },
  },
});
