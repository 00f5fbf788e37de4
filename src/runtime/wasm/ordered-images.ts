/** The image service as the port offers it: the image side's, in the order of the calls when time is virtual. */
import type { ImageService } from '../port.ts';
import type { IssueOrder } from './issue-order.ts';
import type { Node } from './node.ts';

/** An image that is removed is forgotten on the thread too. */
export function orderedImages(node: Node, order: IssueOrder, images: ImageService): ImageService {
  /** An answer comes after everything that the thread had to say before it. */
  const inOrder = <T>(call: () => Promise<T>): Promise<T> =>
    order.run(async () => {
      try {
        return await call();
      } finally {
        if (node.options.clock === 'virtual') await node.thread.quiet();
      }
    });
  return {
    pullImage: (image, onProgress, auth) => inOrder(() => images.pullImage(image, onProgress, auth)),
    imageStatus: (image) => inOrder(() => images.imageStatus(image)),
    listImages: () => inOrder(() => images.listImages()),
    removeImage: (image) =>
      inOrder(async () => {
        const status = await images.imageStatus(image);
        await images.removeImage(image);
        const imageId = status?.id ?? '';
        // Containers that run keep what they have of it.
        if (node.imagesOnThread.delete(imageId)) await node.thread.call('removeImage', { imageId });
      }),
    imageFsInfo: () => inOrder(() => images.imageFsInfo()),
  };
}
