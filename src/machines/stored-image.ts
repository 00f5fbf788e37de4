/**
 * The stored image machine: one image on the node, as the image garbage collector removes it.
 * Follows pkg/kubelet/images/image_gc_manager.go freeImage.
 */
import { setup } from 'xstate';
import { verbs } from './verbs.ts';

export type StoredImageEvent =
  | { readonly type: 'RemoveImage'; readonly image: string }
  | { readonly type: 'ImageRemoved' }
  | { readonly type: 'RemoveImageFailed' };

export const storedImageMachine = setup({
  types: { context: {} as Record<string, never>, events: {} as StoredImageEvent },
  actions: { removeImage: verbs.removeImage },
}).createMachine({
  id: 'storedImage',
  context: {},
  initial: 'stored',
  states: {
    stored: {
      on: {
        RemoveImage: {
          target: 'removing',
          actions: { type: 'removeImage', params: ({ event }) => ({ image: event.image }) },
        },
      },
    },
    removing: { on: { ImageRemoved: 'removed', RemoveImageFailed: 'stored' } },
    removed: {},
  },
});
