/**
 * The volume machine: one volume of one pod, mounted before the sandbox and unmounted after the last
 * container. A failed operation is tried again after a delay that doubles.
 * Follows pkg/kubelet/volumemanager/reconciler and pkg/volume/util/nestedpendingoperations.
 */
import { assign, setup } from 'xstate';
import type { VolumeMountRequest } from './effects.ts';
import { verbs } from './verbs.ts';

export interface VolumeContext {
  /** What the volume is; undefined when its source is not supported. */
  readonly volume?: VolumeMountRequest;
  readonly hostPath: string;
  readonly retryMs: number;
}

export type VolumeEvent =
  | { readonly type: 'MountVolume'; readonly volume: VolumeMountRequest }
  | { readonly type: 'VolumeMounted'; readonly hostPath: string }
  | { readonly type: 'MountFailed'; readonly retryMs: number }
  | { readonly type: 'SourceUnsupported' }
  | { readonly type: 'UnmountVolume'; readonly volume: VolumeMountRequest }
  | { readonly type: 'VolumeUnmounted' }
  /** The pod ends before the volume could be mounted. */
  | { readonly type: 'GiveUp' }
  | { readonly type: 'UnmountFailed'; readonly retryMs: number };

export const volumeMachine = setup({
  types: { context: {} as VolumeContext, events: {} as VolumeEvent },
  actions: {
    mountVolume: verbs.mountVolume,
    unmountVolume: verbs.unmountVolume,
    keepVolume: assign({
      volume: ({ context, event }) => ('volume' in event ? event.volume : context.volume),
    }),
    keepPath: assign({
      hostPath: ({ context, event }) => ('hostPath' in event ? event.hostPath : context.hostPath),
    }),
    keepRetry: assign({
      retryMs: ({ context, event }) => ('retryMs' in event ? event.retryMs : context.retryMs),
    }),
  },
  delays: { retry: ({ context }) => context.retryMs },
}).createMachine({
  id: 'volume',
  context: { hostPath: '', retryMs: 0 },
  initial: 'unmounted',
  states: {
    unmounted: {
      on: {
        MountVolume: {
          target: 'mounting',
          actions: ['keepVolume', { type: 'mountVolume', params: ({ event }) => ({ volume: event.volume }) }],
        },
        SourceUnsupported: 'unsupported',
      },
    },
    mounting: {
      on: {
        VolumeMounted: { target: 'mounted', actions: 'keepPath' },
        MountFailed: { target: 'mountBackOff', actions: 'keepRetry' },
      },
    },
    mountBackOff: {
      after: { retry: 'unmounted' },
      on: { GiveUp: 'unmounted' },
    },
    mounted: {
      on: {
        UnmountVolume: {
          target: 'unmounting',
          actions: [
            'keepVolume',
            { type: 'unmountVolume', params: ({ event }) => ({ volume: event.volume }) },
          ],
        },
      },
    },
    unmounting: {
      on: {
        VolumeUnmounted: 'unmounted',
        UnmountFailed: { target: 'unmountBackOff', actions: 'keepRetry' },
      },
    },
    unmountBackOff: { after: { retry: 'mounted' } },
    unsupported: {},
  },
});
