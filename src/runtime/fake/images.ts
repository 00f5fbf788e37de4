/** The fake ImageService: every name can be pulled, unless the script says otherwise. */
import type { Image } from '../../api/cri.ts';
import { nextUint32, seedRandom } from '../../lib/random.ts';
import type { ImageService, PullProgress } from '../port.ts';
import { pullDenied } from '../pull-denied.ts';
import { failed } from './faults.ts';
import { familiarImage, matchesText } from './match.ts';
import type { FakeNode } from './node.ts';
import type { ImageRule } from './script.ts';

const DEFAULT_SIZE_BYTES = 1024 * 1024;
const DEFAULT_PULL_MS = 100;

export function fakeImageService(node: FakeNode): ImageService {
  const pulls = new Map<ImageRule, number>();
  for (const rule of node.script.images ?? []) {
    if (rule.present) addImage(node, rule.image, rule);
  }
  return {
    pullImage: (image, onProgress, auth) =>
      node.faults.meet('pullImage', { image }, async () => {
        const rule = ruleFor(node, image);
        const totalBytes = rule?.sizeBytes ?? DEFAULT_SIZE_BYTES;
        const tell = (phase: PullProgress['phase'], doneBytes: number) =>
          onProgress?.({ image, phase, doneBytes, totalBytes });
        tell('resolving', 0);
        await node.clock.sleep(rule?.pullMs ?? DEFAULT_PULL_MS);
        const { needs } = rule ?? {};
        if (needs && (needs.username !== auth?.username || needs.password !== auth?.password)) {
          const message = `failed to pull and unpack image "${image}": ${pullDenied(image)}`;
          throw failed({ code: 'Unknown', message });
        }
        if (rule?.pullFails !== undefined) {
          const count = (pulls.get(rule) ?? 0) + 1;
          pulls.set(rule, count);
          if (count <= (rule.pullFailsTimes ?? Number.POSITIVE_INFINITY)) throw failed(rule.pullFails);
        }
        tell('done', totalBytes);
        return addImage(node, image, rule).id;
      }),
    imageStatus: (image) => node.faults.meet('imageStatus', { image }, () => find(node, image) ?? null),
    listImages: async () => [...new Set(node.images.values())],
    removeImage: async (image) => {
      const found = find(node, image);
      if (found === undefined) return;
      for (const [name, one] of node.images) if (one.id === found.id) node.images.delete(name);
    },
    imageFsInfo: async () => [
      {
        atMs: node.clock.now(),
        mountpoint: '/var/lib/podstep/fake',
        usedBytes: [...node.images.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        inodesUsed: node.images.size,
      },
    ],
  };
}

function ruleFor(node: FakeNode, image: string): ImageRule | undefined {
  return node.script.images?.find(
    (rule) => matchesText(rule.image, image) || matchesText(rule.image, familiarImage(image)),
  );
}

function find(node: FakeNode, ref: string): Image | undefined {
  return node.images.get(familiarImage(ref)) ?? [...node.images.values()].find(({ id }) => id === ref);
}

function addImage(node: FakeNode, name: string, rule: ImageRule | undefined): Image {
  const familiar = familiarImage(name);
  const id = digestOf(familiar);
  const image: Image = {
    id,
    repoTags: [familiar],
    repoDigests: [`${familiar.replace(/[:@][^/]*$/, '')}@${id}`],
    sizeBytes: rule?.sizeBytes ?? DEFAULT_SIZE_BYTES,
    pinned: false,
    standIn: true,
  };
  node.images.set(familiar, image);
  return image;
}

/** A digest that depends on the name alone, in the form that real ones have. */
function digestOf(name: string): string {
  let hash = 0;
  for (const character of name) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0;
  let random = seedRandom(hash);
  let hex = '';
  while (hex.length < 64) {
    const [word, next] = nextUint32(random);
    random = next;
    hex += word.toString(16).padStart(8, '0');
  }
  return `sha256:${hex}`;
}
