/** An image of the store goes to its registry. */
import type { AuthConfig } from '../../../api/cri.ts';
import type { ImageName } from '../../../api/image-name.ts';
import type { PullProgress } from '../../port.ts';
import type { Registries } from '../registry/registries.ts';
import type { ImageLayout, IndexEntry } from './layout.ts';
import { canonicalName } from './reference.ts';

export interface UploadOptions {
  readonly auth?: AuthConfig;
  readonly onProgress?: (progress: PullProgress) => void;
}

/** Uploads what the registry does not have; resolves to the image's digest. @throws Error in containerd's words */
export async function pushEntry(
  layout: ImageLayout,
  registries: Registries,
  { mediaType, digest, size }: IndexEntry,
  target: ImageName,
  { auth, onProgress = () => {} }: UploadOptions,
): Promise<string> {
  const manifest = { mediaType, digest, size };
  const manifestBytes = await layout.read(manifest);
  const { config, layers } = await layout.manifest(manifest);
  // Two layers may be the same blob.
  const blobs = [...new Map([config, ...layers].map((blob) => [blob.digest, blob])).values()];
  const totalBytes = blobs.reduce((sum, blob) => sum + blob.size, 0);
  let doneBytes = 0;
  const image = canonicalName(target);
  const local = { manifest, manifestBytes, blobs, read: layout.stream.bind(layout) };
  await registries.push(target, local, auth, (bytes) => {
    doneBytes = Math.min(totalBytes, doneBytes + bytes);
    onProgress({ image, phase: 'uploading', doneBytes, totalBytes });
  });
  return digest;
}
