/**
 * The image machine of one container: is the image here, may it be pulled, whose turn is it, did it
 * come. Error states are the waiting reasons that the pod's status shows.
 * Follows pkg/kubelet/images/image_manager.go EnsureImageExists.
 */
import { assign, setup } from 'xstate';
import type { AuthConfig } from '../api/cri.ts';
import { verbs } from './verbs.ts';

export interface ImagePullContext {
  readonly image: string;
  /** The digest that the look-up or the pull gave; empty until then. */
  readonly imageRef: string;
  /** The user that the image names; empty: root. */
  readonly imageUser: string;
  readonly backOffMs: number;
}

export type ImagePullEvent =
  | { readonly type: 'InspectImage'; readonly image: string }
  | { readonly type: 'ImagePresent'; readonly imageRef: string; readonly imageUser?: string }
  /** A pull is needed, and waits for its turn. */
  | { readonly type: 'QueuePull' }
  | { readonly type: 'InspectFailed' }
  /** It is this pull's turn, or it is tried with another credential. */
  | { readonly type: 'PullImage'; readonly image: string; readonly auth?: AuthConfig }
  | { readonly type: 'ImagePulled'; readonly imageRef: string; readonly imageUser?: string }
  | { readonly type: 'ImagePullFailed' }
  | { readonly type: 'BackOff'; readonly backOffMs: number }
  | { readonly type: 'NeverPull' }
  | { readonly type: 'InvalidName' };

const pullOf = ({ image, auth }: Extract<ImagePullEvent, { type: 'PullImage' }>) => ({
  image,
  ...(auth && { auth }),
});

export const imagePullMachine = setup({
  types: { context: {} as ImagePullContext, events: {} as ImagePullEvent },
  actions: {
    imageStatus: verbs.imageStatus,
    pullImage: verbs.pullImage,
    keepImage: assign({
      image: ({ context, event }) => ('image' in event ? event.image : context.image),
    }),
    keepRef: assign({
      imageRef: ({ context, event }) => ('imageRef' in event ? event.imageRef : context.imageRef),
      imageUser: ({ context, event }) => ('imageRef' in event ? (event.imageUser ?? '') : context.imageUser),
    }),
    keepBackOff: assign({
      backOffMs: ({ context, event }) => ('backOffMs' in event ? event.backOffMs : context.backOffMs),
    }),
  },
  delays: { backOff: ({ context }) => context.backOffMs },
}).createMachine({
  id: 'imagePull',
  context: { image: '', imageRef: '', imageUser: '', backOffMs: 0 },
  initial: 'unknown',
  on: {
    InspectImage: {
      target: '.inspecting',
      actions: ['keepImage', { type: 'imageStatus', params: ({ event }) => ({ image: event.image }) }],
    },
    QueuePull: '.queued',
    BackOff: { target: '.ImagePullBackOff', actions: 'keepBackOff' },
    NeverPull: '.ErrImageNeverPull',
    InvalidName: '.InvalidImageName',
    ImagePullFailed: '.ErrImagePull',
  },
  states: {
    unknown: {},
    inspecting: {
      on: {
        InspectImage: undefined,
        ImagePresent: { target: 'present', actions: 'keepRef' },
        InspectFailed: 'ImageInspectError',
      },
    },
    queued: {
      on: {
        InspectImage: undefined,
        QueuePull: undefined,
        PullImage: {
          target: 'pulling',
          actions: ['keepImage', { type: 'pullImage', params: ({ event }) => pullOf(event) }],
        },
      },
    },
    pulling: {
      on: {
        InspectImage: undefined,
        QueuePull: undefined,
        BackOff: undefined,
        NeverPull: undefined,
        InvalidName: undefined,
        PullImage: {
          target: 'pulling',
          reenter: true,
          actions: { type: 'pullImage', params: ({ event }) => pullOf(event) },
        },
        ImagePulled: { target: 'present', actions: 'keepRef' },
      },
    },
    present: {},
    ErrImagePull: {},
    ImagePullBackOff: { on: { BackOff: undefined }, after: { backOff: 'BackOffOver' } },
    BackOffOver: {},
    ErrImageNeverPull: {},
    InvalidImageName: {},
    ImageInspectError: {},
  },
});
