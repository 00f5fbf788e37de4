/**
 * A node whose image store begins empty: in virtual time a run must not depend on what earlier runs have
 * pulled. What lies in the store behind it only makes the pull quick, and takes the registry's place while that cannot
 * be reached. What a person has built is on the node from the moment that a pod asks for it, as an image that was
 * loaded into a node of kind; a run that does not name it is the same as without it.
 */
import type { Image } from '../api/cri.ts';
import type { ImageService } from '../runtime/port.ts';
import type { CompiledImages } from '../runtime/wasm/image.ts';
import { canonicalName, parseReference } from '../runtime/wasm/images/reference.ts';
import type { WasmImages } from '../runtime/wasm/images/store.ts';
import { isUnanswered } from '../runtime/wasm/registry/dial-error.ts';

type Images = ImageService & CompiledImages;

/** More names are not remembered; the oldest go, and are asked for again. */
const MOST_NAMES = 1_024;

/** Shows only what was pulled through it into `mountpoint`, under the names by which it was pulled, and what was built. */
export function freshImages(images: Images & Pick<WasmImages, 'isBuilt'>, mountpoint: string): Images {
  /** By id, in the order of the pulls. */
  const pulled = new Map<string, Image>();
  const take = async (ref: string) => {
    const image = await images.imageStatus(ref);
    if (image === null) return;
    const names = new Set([...(pulled.get(image.id)?.repoTags ?? []), fullName(ref)]);
    pulled.set(image.id, { ...image, repoTags: [...names] });
  };
  const takeBuilt = onceForEachName(async (ref) => {
    if (await images.isBuilt(ref)) await take(ref);
  });
  const known = async (ref: string) => {
    if (!isId(ref)) await takeBuilt(ref);
    const image = pulled.get((await images.imageStatus(ref))?.id ?? '');
    const isNamed = image !== undefined && (isId(ref) || image.repoTags.includes(fullName(ref)));
    return isNamed ? image : null;
  };
  /** What the registry gives; while it cannot be reached, what it gave under that name before. */
  const bring: ImageService['pullImage'] = async (ref, onProgress, auth) => {
    try {
      return await images.pullImage(ref, onProgress, auth);
    } catch (error) {
      const stored = isUnanswered(error) ? await images.imageStatus(ref) : null;
      if (stored === null) throw error;
      // Said once: with a policy of Always every start pulls.
      const isNews = (await known(ref)) === null;
      if (isNews) onProgress?.({ image: ref, phase: 'offline', doneBytes: 0, totalBytes: 0 });
      return stored.id;
    }
  };
  return {
    async pullImage(ref, onProgress, auth) {
      const id = await bring(ref, onProgress, auth);
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

const isId = (ref: string) => ref.includes('sha256:');

/** `docker.io/library/busybox:1.36`. */
const fullName = (ref: string) => canonicalName(parseReference(ref));

/** Looks the first time that a name is asked for, and no more: what is removed after that is gone. */
function onceForEachName(look: (ref: string) => Promise<void>): (ref: string) => Promise<void> {
  const looked = new Map<string, Promise<void>>();
  return (ref) => {
    const name = fullName(ref);
    const looking = looked.get(name) ?? look(ref);
    looked.set(name, looking);
    const [oldest] = looked.keys();
    if (looked.size > MOST_NAMES && oldest !== undefined) looked.delete(oldest);
    return looking;
  };
}
