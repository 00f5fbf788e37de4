/**
 * A node whose image store begins empty: in virtual time a run must not depend on what earlier runs have
 * pulled. What lies in the store behind it only makes the pull quick. What a person has built is on the node from the
 * moment that a pod asks for it, as an image that was loaded into a node of kind; a run that does not name it is
 * the same as without it.
 */
import type { Image } from '../api/cri.ts';
import type { ImageService } from '../runtime/port.ts';
import type { CompiledImages } from '../runtime/wasm/image.ts';
import { canonicalName, parseReference } from '../runtime/wasm/images/reference.ts';
import type { WasmImages } from '../runtime/wasm/images/store.ts';

type Images = ImageService & CompiledImages;

/** Shows only what was pulled through it into `mountpoint`, under the names by which it was pulled, and what was built. */
export function freshImages(images: Images & Pick<WasmImages, 'isBuilt'>, mountpoint: string): Images {
  /** By id, in the order of the pulls. */
  const pulled = new Map<string, Image>();
  /** Names of what was built, once a pod has asked for them: what is removed then is gone. */
  const asked = new Map<string, Promise<void>>();
  const take = async (ref: string) => {
    const image = await images.imageStatus(ref);
    if (image === null) return;
    const names = new Set([...(pulled.get(image.id)?.repoTags ?? []), fullName(ref)]);
    pulled.set(image.id, { ...image, repoTags: [...names] });
  };
  const takeBuilt = async (ref: string) => {
    if (await images.isBuilt(ref)) await take(ref);
  };
  const known = async (ref: string) => {
    if (!ref.includes('sha256:')) {
      const asking = asked.get(fullName(ref)) ?? takeBuilt(ref);
      asked.set(fullName(ref), asking);
      await asking;
    }
    const image = pulled.get((await images.imageStatus(ref))?.id ?? '');
    const isNamed =
      image !== undefined && (ref.includes('sha256:') || image.repoTags.includes(fullName(ref)));
    return isNamed ? image : null;
  };
  return {
    async pullImage(ref, onProgress, auth) {
      const id = await images.pullImage(ref, onProgress, auth);
      await take(ref);
      return id;
    },
    imageStatus: known,
    listImages: async () => [...pulled.values()],
    async removeImage(ref) {
      const image = await known(ref);
      if (image !== null) pulled.delete(image.id);
    },
    async imageFsInfo() {
      const usedBytes = [...pulled.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      // Of each image a manifest, a configuration and a layer.
      return [{ atMs: Date.now(), mountpoint, usedBytes, inodesUsed: 3 * pulled.size }];
    },
    compiled: async (ref) => ((await known(ref)) === null ? null : images.compiled(ref)),
  };
}

/** `docker.io/library/busybox:1.36`. */
const fullName = (ref: string) => canonicalName(parseReference(ref));
