/** CRI's ImageService over the Engine's images, as cri-dockerd offers them (core/image.go). */
import type { Image } from '../../../api/cri.ts';
import { parseImageName } from '../../../api/image-name.ts';
import { type ImageService, RuntimeError, type RuntimeEvent } from '../../port.ts';
import type { EngineClient } from '../engine/client.ts';
import { hasStatus } from '../engine/error.ts';
import type { ImageInspect, ImageSummary } from '../engine/types.ts';
import type { DockerNode } from '../node.ts';
import { isPauseImage } from '../pause/pause-image.ts';
import { imageUsage } from './image-usage.ts';
import { pull } from './pull.ts';
import { pullFailure, WEBASSEMBLY_ADVICE } from './pull-failure.ts';
import type { PulledImages } from './pulled-images.ts';

export interface DockerImagesOptions {
  readonly node: Pick<DockerNode, 'engine' | 'info'>;
  /** What podstep has pulled: the only images that it removes. */
  readonly pulled: PulledImages;
  /** The image of sandboxes where it is not podstep's own: never removed. */
  readonly pauseImage?: string;
  readonly tell: (event: RuntimeEvent) => void;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

export function dockerImages(options: DockerImagesOptions): ImageService {
  const { node, pulled, pauseImage, tell, now = Date.now } = options;
  const { engine } = node;

  async function described(one: ImageInspect | ImageSummary): Promise<Image> {
    const names = namesOf(one);
    const isPinned = names.repoTags.some((name) => isPauseImage(name) || name === pauseImage);
    return {
      ...names,
      sizeBytes: one.Size,
      pinned: isPinned || !(await pulled.owns(names)),
      standIn: false,
      ...userOf(one),
    };
  }

  async function inspect(image: string): Promise<ImageInspect | null> {
    checkName(image);
    try {
      return await engine.call<ImageInspect>('GET', `/images/${image}/json`);
    } catch (error) {
      if (hasStatus(error, 404)) return null;
      throw error;
    }
  }

  /** Without its names an image goes by itself; one without any goes by its id. */
  async function remove({ id, repoTags, repoDigests }: ReturnType<typeof namesOf>): Promise<void> {
    for (const name of [...repoTags, ...repoDigests, id]) {
      try {
        await engine.call('DELETE', `/images/${name}`);
      } catch (error) {
        if (!hasStatus(error, 404)) throw error;
      }
    }
    await pulled.forget(id);
  }

  return {
    async pullImage(image, onProgress = () => {}, auth) {
      checkName(image);
      const before = await inspect(image);
      const idsBefore = new Set((await listed(engine)).map(({ Id }) => Id));
      await pull(engine, image, { onProgress: (progress) => onProgress({ image, ...progress }), auth });
      const found = await inspect(image);
      if (found === null)
        throw new RuntimeError('NotFound', `no such image: ${image}`, { reason: 'ErrImagePull' });
      const isNew = !idsBefore.has(found.Id);
      // A name that was somebody's stays theirs, also when it leads to another image from now on.
      const isOurName = before === null || (await pulled.has(before.Id));
      if (isOurName && (isNew || (await pulled.has(found.Id)))) await pulled.note(found.Id, image);
      if (isWebAssembly(found)) {
        if (isNew && isOurName) await remove(namesOf(found));
        throw pullFailure({ status: 0, message: WEBASSEMBLY_ADVICE });
      }
      const platform = otherPlatform(found, engine);
      if (platform !== undefined) tell({ type: 'imageOfOtherPlatform', image, ...platform, atMs: now() });
      return found.Id;
    },
    async imageStatus(image) {
      const found = await inspect(image);
      return found && described(found);
    },
    async listImages() {
      return Promise.all((await listed(engine)).map(described));
    },
    async removeImage(image) {
      const found = await inspect(image);
      if (found === null) return;
      if ((await described(found)).pinned) {
        const text = `image "${image}" was not pulled by podstep, or has got a name from somebody else: it is left alone`;
        throw new RuntimeError('FailedPrecondition', text);
      }
      await remove(namesOf(found));
    },
    imageFsInfo: imageUsage(node, now),
  };
}

function listed(engine: EngineClient): Promise<readonly ImageSummary[]> {
  return engine.call('GET', '/images/json');
}

/** @throws RuntimeError InvalidArgument, reason InvalidImageName, before the Engine takes it for something else */
function checkName(image: string): void {
  if (/^sha256:[0-9a-f]{64}$/.test(image)) return;
  const parsed = parseImageName(image);
  if (!parsed.ok) throw new RuntimeError('InvalidArgument', parsed.error, { reason: 'InvalidImageName' });
}

/** An image without a name has `<none>` for one in some versions. */
function namesOf({ Id: id, RepoTags: tags, RepoDigests: digests }: ImageInspect | ImageSummary) {
  const real = (names: readonly string[] | null | undefined) =>
    (names ?? []).filter((name) => !name.includes('<none>'));
  return { id, repoTags: real(tags), repoDigests: real(digests) };
}

/** CRI wants the user alone, without a group; a list of images does not tell it. */
function userOf(image: ImageInspect | ImageSummary): { readonly user?: string } {
  const [user = ''] = ('Config' in image ? (image.Config?.User ?? '') : '').split(':');
  return user === '' ? {} : { user };
}

function isWebAssembly({ Architecture: architecture, Os: os }: ImageInspect): boolean {
  return architecture === 'wasm' || os?.startsWith('wasi') === true;
}

/** Undefined for an image of the Engine's own platform. */
function otherPlatform({ Architecture: architecture, Os: os }: ImageInspect, { version }: EngineClient) {
  if (!architecture || !os || (architecture === version.Arch && os === version.Os)) return undefined;
  return { platform: `${os}/${architecture}`, nodePlatform: `${version.Os}/${version.Arch}` };
}
