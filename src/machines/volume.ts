/**
 * The volume machine: one volume of one pod, mounted before the sandbox and unmounted after the last
 * container; a volume that carries tokens gets them first. A failed operation is tried again after a delay
 * that doubles. Once mounted, a volume stays so while its content is brought up to date.
 * Follows pkg/kubelet/volumemanager/reconciler and pkg/volume/util/nestedpendingoperations.
 */
import { assign, setup } from 'xstate';
import type { TokenRequest, VolumeMountRequest } from './effects.ts';
import { verbs } from './verbs.ts';

export interface VolumeContext {
  /** What is mounted, or was tried last. */
  readonly volume?: VolumeMountRequest;
  readonly hostPath: string;
  readonly retryMs: number;
  /** The token that was asked for last. */
  readonly tokenRequest?: TokenRequest;
}

export type VolumeEvent =
  | { readonly type: 'FetchToken'; readonly request: TokenRequest }
  | { readonly type: 'TokenFetched' }
  | { readonly type: 'MountVolume'; readonly volume: VolumeMountRequest }
  | { readonly type: 'VolumeMounted'; readonly hostPath: string }
  | { readonly type: 'MountFailed'; readonly retryMs: number }
  /** What the files hold is not what they should hold any more. */
  | { readonly type: 'RemountVolume'; readonly volume: VolumeMountRequest }
  | { readonly type: 'UnmountVolume'; readonly volume: VolumeMountRequest }
  | { readonly type: 'VolumeUnmounted' }
  /** The pod ends before the volume could be mounted. */
  | { readonly type: 'GiveUp' }
  | { readonly type: 'UnmountFailed'; readonly retryMs: number };

export const volumeMachine = setup({
  types: { context: {} as VolumeContext, events: {} as VolumeEvent },
  actions: {
    requestToken: verbs.requestToken,
    mountVolume: verbs.mountVolume,
    unmountVolume: verbs.unmountVolume,
    keepVolume: assign({
      volume: ({ context, event }) => ('volume' in event ? event.volume : context.volume),
    }),
    keepRequest: assign({
      tokenRequest: ({ context, event }) => ('request' in event ? event.request : context.tokenRequest),
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
        FetchToken: {
          target: 'fetchingToken',
          actions: [
            'keepRequest',
            { type: 'requestToken', params: ({ event }) => ({ request: event.request }) },
          ],
        },
        MountVolume: {
          target: 'mounting',
          actions: ['keepVolume', { type: 'mountVolume', params: ({ event }) => ({ volume: event.volume }) }],
        },
        MountFailed: { target: 'mountBackOff', actions: 'keepRetry' },
      },
    },
    fetchingToken: {
      on: {
        TokenFetched: 'unmounted',
        MountFailed: { target: 'mountBackOff', actions: 'keepRetry' },
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
        FetchToken: {
          target: 'renewingToken',
          actions: [
            'keepRequest',
            { type: 'requestToken', params: ({ event }) => ({ request: event.request }) },
          ],
        },
        RemountVolume: {
          target: 'updating',
          actions: ['keepVolume', { type: 'mountVolume', params: ({ event }) => ({ volume: event.volume }) }],
        },
        MountFailed: { target: 'updateBackOff', actions: 'keepRetry' },
        UnmountVolume: {
          target: 'unmounting',
          actions: [{ type: 'unmountVolume', params: ({ event }) => ({ volume: event.volume }) }],
        },
      },
    },
    renewingToken: {
      on: {
        TokenFetched: 'mounted',
        MountFailed: { target: 'updateBackOff', actions: 'keepRetry' },
      },
    },
    updating: {
      on: {
        VolumeMounted: { target: 'mounted', actions: 'keepPath' },
        MountFailed: { target: 'updateBackOff', actions: 'keepRetry' },
      },
    },
    updateBackOff: {
      after: { retry: 'mounted' },
      on: {
        UnmountVolume: {
          target: 'unmounting',
          actions: [{ type: 'unmountVolume', params: ({ event }) => ({ volume: event.volume }) }],
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
  },
});
