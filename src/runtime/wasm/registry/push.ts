/** From here to a registry: blobs that it does not have, then the manifest. Follows containerd's docker/pusher.go. */
import type { Descriptor } from '../images/digest.ts';
import { retoldDenial, unexpectedStatus } from './registry-error.ts';
import type { Session } from './session.ts';

/** An image of the local store. */
export interface LocalImage {
  readonly manifest: Descriptor;
  readonly manifestBytes: Uint8Array;
  /** Configuration and layers, each blob once. */
  readonly blobs: readonly Descriptor[];
  readonly read: (descriptor: Descriptor) => AsyncIterable<Uint8Array>;
}

/** Uploads what is missing. `onBytes`: bytes that the registry has now, of a blob. @throws Error in containerd's words. */
export async function pushImage(
  session: Session,
  image: LocalImage,
  reference: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  try {
    for (const blob of image.blobs) await pushBlob(session, blob, image.read, onBytes);
    await pushManifest(session, image, reference);
  } catch (error) {
    throw retoldDenial('push', error);
  }
}

async function pushBlob(
  session: Session,
  blob: Descriptor,
  read: LocalImage['read'],
  onBytes: (bytes: number) => void,
): Promise<void> {
  const there = await session.request({ method: 'HEAD', target: `/blobs/${blob.digest}` });
  there.discard();
  if (there.status === 200) {
    onBytes(blob.size);
    return;
  }
  const begun = await session.request({
    method: 'POST',
    target: '/blobs/uploads/',
    headers: { 'content-length': 0 },
  });
  if (![200, 202, 204].includes(begun.status)) throw await unexpectedStatus(begun);
  begun.discard();
  const { location } = begun.headers;
  if (location === undefined || !URL.canParse(location, begun.url.href))
    throw new Error(`unable to parse location ${location ?? ''}`);
  const target = new URL(location, begun.url);
  target.searchParams.append('digest', blob.digest);
  const put = await session.request({
    method: 'PUT',
    target,
    headers: { 'content-type': 'application/octet-stream', 'content-length': blob.size },
    body: () => counted(read(blob), onBytes),
  });
  if (put.status < 200 || put.status > 299) throw await unexpectedStatus(put);
  put.discard();
  expectDigest(put.headers['docker-content-digest'], blob.digest);
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
  for await (const chunk of bytes) {
    yield chunk;
    onBytes(chunk.length);
  }
}

async function pushManifest(session: Session, image: LocalImage, reference: string): Promise<void> {
  const { manifest, manifestBytes } = image;
  const put = await session.request({
    method: 'PUT',
    target: `/manifests/${reference}`,
    headers: { 'content-type': manifest.mediaType, 'content-length': manifestBytes.length },
    body: () => [manifestBytes],
  });
  if (put.status < 200 || put.status > 299) throw await unexpectedStatus(put);
  put.discard();
  expectDigest(put.headers['docker-content-digest'], manifest.digest);
}

/** Registries that tell what they have got must have got what was sent. */
function expectDigest(told: string | readonly string[] | undefined, expected: string): void {
  if (told !== undefined && told !== expected) throw new Error(`got digest ${told}, expected ${expected}`);
}
