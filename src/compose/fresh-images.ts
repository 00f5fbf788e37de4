/**
 * A node whose image store begins empty: in virtual time a run must not depend on what earlier runs have
 * pulled. What lies in the store behind it only makes the pull quick.
 */
import type { Image } from '../api/cri.ts';
import type { ImageService } from '../runtime/port.ts';
import type { CompiledImages } from '../runtime/wasm/image.ts';
import { canonicalName, parseReference } from '../runtime/wasm/images/reference.ts';

/** Shows only what was pulled through it, under the names by which it was pulled. */
export function freshImages(images: ImageService & CompiledImages): ImageService & CompiledImages {
  /** By id, in the order of the pulls. */
  const pulled = new Map<string, Image>();
  const known = async (ref: string) => {
    const image = pulled.get((await images.imageStatus(ref))?.id ?? '');
    const isNamed =
      image !== undefined && (ref.includes('sha256:') || image.repoTags.includes(fullName(ref)));
    return isNamed ? image : null;
  };
  return {
    async pullImage(ref, onProgress, auth) {
      const id = await images.pullImage(ref, onProgress, auth);
      const image = await images.imageStatus(ref);
      if (image !== null) {
        const names = new Set([...(pulled.get(image.id)?.repoTags ?? []), fullName(ref)]);
        pulled.set(image.id, { ...image, repoTags: [...names] });
      }
      return id;
    },
    imageStatus: known,
    listImages: async () => [...pulled.values()],
    async removeImage(ref) {
      const image = await known(ref);
      if (image !== null) pulled.delete(image.id);
    },
    async imageFsInfo() {
      const behind = await images.imageFsInfo();
      const usedBytes = [...pulled.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      // Of each image a manifest, a configuration and a layer.
      return behind.map((usage) => ({ ...usage, usedBytes, inodesUsed: 3 * pulled.size }));
    },
    compiled: async (ref) => ((await known(ref)) === null ? null : images.compiled(ref)),
  };
}

/** `docker.io/library/busybox:1.36`. */
const fullName = (ref: string) => canonicalName(parseReference(ref));
