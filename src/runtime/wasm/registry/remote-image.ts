/**
 * From a name to what is behind it: the descriptor, the manifest for this node, its blobs.
 * Follows containerd's docker/resolver.go (Resolve) and docker/fetcher.go (Fetch).
 */
import type { ImageName } from '../../../api/image-name.ts';
import { type Descriptor, isDigest, sha256 } from '../images/digest.ts';
import { canonicalName } from '../images/reference.ts';
import { openBlob } from './blob.ts';
import type { HttpResponse } from './connection.ts';
import type { RegistryLimits } from './limits.ts';
import { type ManifestEntry, parseManifest, type RemoteManifest } from './manifest.ts';
import { ACCEPT } from './media-types.ts';
import { byPreference, type ConfigPlatform, mayRunHere, platformName } from './platform.ts';
import {
  AccessDenied,
  asObject,
  NotFound,
  readBytes,
  retoldDenial,
  unexpectedStatus,
} from './registry-error.ts';
import type { Session } from './session.ts';

/** An image of a registry, ready to be copied. */
export interface RemoteImage {
  readonly manifest: Descriptor;
  readonly manifestBytes: Uint8Array;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  /** A blob's bytes from `offset` on, or from 0 when the registry cannot resume: `from` says which. */
  open(
    descriptor: Descriptor,
    offset: number,
  ): Promise<{ readonly from: number; readonly bytes: AsyncIterable<Uint8Array> }>;
  /** Ends the connections. */
  close(): void;
}

interface Found {
  readonly session: Session;
  readonly descriptor: Descriptor;
}

/** The manifest that `name` means on this node. `sessions`: mirrors first. @throws Error in containerd's words. */
export async function resolveImage(
  sessions: readonly Session[],
  name: ImageName,
  limits: RegistryLimits,
): Promise<RemoteImage> {
  const full = canonicalName(name);
  let found: Found;
  try {
    found = await resolveName(sessions, name, full, limits);
  } catch (error) {
    throw retold(`failed to resolve reference "${full}": `, error);
  }
  const chosen = await choose(new Manifests(sessions, found.session, limits), found.descriptor);
  return {
    ...chosen,
    open: (descriptor, offset) => openBlob(inOrder(sessions, found.session), descriptor, offset),
    close: () => {
      for (const session of sessions) session.close();
    },
  };
}

/** The same kind of error, with more in front. */
function retold(prefix: string, error: unknown): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  const message = prefix + cause.message;
  if (cause instanceof NotFound) return new NotFound(message, { cause });
  if (cause instanceof AccessDenied) return new AccessDenied(message, { cause });
  return new Error(message, { cause });
}

/** The one that answered first, then the others. */
function inOrder(sessions: readonly Session[], first: Session): readonly Session[] {
  return [first, ...sessions.filter((session) => session !== first)];
}

/** Asks each server in turn; what came closest to an answer is the error. */
async function resolveName(
  sessions: readonly Session[],
  { tag, digest }: ImageName,
  full: string,
  limits: RegistryLimits,
): Promise<Found> {
  if (digest !== '' && !isDigest(digest))
    throw new Error(`${digest.split(':')[0]}: unsupported digest algorithm`);
  const target = `/manifests/${digest || tag}`;
  const needed = digest === '' ? (['pull', 'resolve'] as const) : (['pull'] as const);
  const asked = sessions.filter(({ endpoint }) => needed.every((one) => endpoint.capabilities.has(one)));
  if (asked.length === 0) throw new NotFound('no resolve hosts: not found');
  let closest = { rank: 0, error: new Error(`${full}: not found`) };
  const noteError = (rank: number, error: Error) => {
    if (rank > closest.rank) closest = { rank, error };
  };
  for (const session of asked) {
    let response: HttpResponse;
    try {
      response = await head(session, target);
    } catch (error) {
      noteError(1, retoldDenial('pull', error));
      continue;
    }
    if (response.status === 404) noteError(2, new NotFound(`${full}: not found`));
    else if (response.status > 299) noteError(3, await unexpectedStatus(response));
    else {
      const descriptor = await describeAnswer(session, target, response, digest, limits);
      if (descriptor.size <= limits.manifestBytes) return { session, descriptor };
      noteError(4, new NotFound(`rejecting ${descriptor.size} byte manifest for ${full}: not found`));
    }
  }
  throw closest.error;
}

/** HEAD, or GET where a registry does not know HEAD. */
async function head(session: Session, target: string): Promise<HttpResponse> {
  const response = await session.request({ method: 'HEAD', target, headers: { accept: ACCEPT } });
  if (response.status !== 405) return response;
  response.discard();
  return session.request({ method: 'GET', target, headers: { accept: ACCEPT } });
}

/** The descriptor that the answer's head gives; a registry that does not tell its digest gives the whole manifest. */
async function describeAnswer(
  session: Session,
  target: string,
  response: HttpResponse,
  wanted: string,
  limits: RegistryLimits,
): Promise<Descriptor> {
  const { headers } = response;
  response.discard();
  const told = String(headers['docker-content-digest'] ?? '');
  const size = Number(headers['content-length'] ?? Number.NaN);
  if (told !== '' && !isDigest(told)) throw new Error(`${JSON.stringify(told)} in header not a valid digest`);
  const digest = wanted || told;
  const mediaType = contentType(response);
  if (digest !== '' && Number.isSafeInteger(size)) return { mediaType, digest, size };
  const whole = await session.request({ method: 'GET', target, headers: { accept: ACCEPT } });
  if (whole.status > 299) throw await unexpectedStatus(whole);
  const bytes = await readBytes(whole, limits.manifestBytes);
  return { mediaType: contentType(whole), digest: digest || sha256(bytes), size: bytes.length };
}

function contentType({ headers }: HttpResponse): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim() ?? '';
}

/** The manifests and configurations of one image, each verified against its descriptor. */
class Manifests {
  readonly #sessions: readonly Session[];
  readonly #limits: RegistryLimits;

  constructor(sessions: readonly Session[], first: Session, limits: RegistryLimits) {
    this.#sessions = inOrder(sessions, first);
    this.#limits = limits;
  }

  async read(descriptor: Descriptor): Promise<Uint8Array> {
    let first: unknown;
    for (const session of this.#sessions) {
      try {
        return await this.#readFrom(session, descriptor);
      } catch (error) {
        first ??= error;
      }
    }
    throw first;
  }

  async #readFrom(session: Session, descriptor: Descriptor): Promise<Uint8Array> {
    const { digest, mediaType } = descriptor;
    const headers = { accept: `${mediaType}, */*` };
    const response = await session.request({ method: 'GET', target: `/manifests/${digest}`, headers });
    if (response.status === 404) {
      response.discard();
      throw new NotFound(`content at ${response.url.href} not found: not found`);
    }
    if (response.status > 299) throw await unexpectedStatus(response);
    return verified(descriptor, 'manifest', await readBytes(response, this.#limits.manifestBytes));
  }

  /** The configuration, which says for which platform the image is. */
  async readConfig(descriptor: Descriptor): Promise<Uint8Array> {
    if (descriptor.size > this.#limits.manifestBytes)
      throw new Error(
        `the configuration has ${descriptor.size} bytes, more than ${this.#limits.manifestBytes}`,
      );
    const { bytes } = await openBlob(this.#sessions, descriptor, 0);
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of bytes) {
      length += part.length;
      if (length > descriptor.size) break;
      parts.push(part);
    }
    return verified(descriptor, 'config', Buffer.concat(parts));
  }

  parse(descriptor: Descriptor, bytes: Uint8Array): ReturnType<typeof parseManifest> {
    try {
      return parseManifest(bytes, descriptor.mediaType, this.#limits);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new Error(`the manifest ${descriptor.digest} is malformed: ${problem}`, { cause: error });
    }
  }
}

/** containerd: the words of a content store that was given something else (plugins/content/local/writer.go). */
function verified(descriptor: Descriptor, kind: string, bytes: Uint8Array): Uint8Array {
  const ref = `failed commit on ref "${kind}-${descriptor.digest}"`;
  if (bytes.length !== descriptor.size)
    throw new Error(
      `${ref}: unexpected commit size ${bytes.length}, expected ${descriptor.size}: failed precondition`,
    );
  const digest = sha256(bytes);
  if (digest !== descriptor.digest)
    throw new Error(
      `${ref}: unexpected commit digest ${digest}, expected ${descriptor.digest}: failed precondition`,
    );
  return bytes;
}

type Chosen = Pick<RemoteImage, 'manifest' | 'manifestBytes' | 'config' | 'layers'>;

/** Only this many manifests of an index are looked at. */
const MOST_TRIED = 4;

async function choose(manifests: Manifests, descriptor: Descriptor): Promise<Chosen> {
  const bytes = await manifests.read(descriptor);
  const document = manifests.parse(descriptor, bytes);
  if (document.kind === 'manifest') {
    const misfit = await misfitOf(manifests, document);
    if (misfit === undefined) return { manifest: descriptor, manifestBytes: bytes, ...blobsOf(document) };
    throw noMatch([misfit]);
  }
  const candidates = byPreference(document.manifests);
  for (const candidate of candidates.slice(0, MOST_TRIED)) {
    const chosenBytes = await manifests.read(candidate);
    const chosen = manifests.parse(candidate, chosenBytes);
    if (chosen.kind !== 'manifest' || (await misfitOf(manifests, chosen)) !== undefined) continue;
    const { mediaType, digest, size } = candidate;
    return { manifest: { mediaType, digest, size }, manifestBytes: chosenBytes, ...blobsOf(chosen) };
  }
  throw noMatch(
    candidates.map(({ platform }: ManifestEntry) => (platform ? platformName(platform) : 'unknown')),
  );
}

const blobsOf = ({ config, layers }: RemoteManifest) => ({ config, layers });

/** The platform that it is for when it cannot run here. */
async function misfitOf(
  manifests: Manifests,
  { config, annotations }: RemoteManifest,
): Promise<string | undefined> {
  if (!config.mediaType.endsWith('json')) return undefined;
  const file = asObject<ConfigPlatform>(await manifests.readConfig(config));
  if (mayRunHere(file, annotations)) return undefined;
  return platformName({ os: String(file.os), architecture: String(file.architecture) });
}

/** containerd's words, then what to do about it. */
function noMatch(platforms: readonly string[]): Error {
  const names = [...new Set(platforms)].join(', ');
  return new NotFound(
    `no match for platform in manifest: not found: the image is made for ${names || 'no platform'}, and this node ` +
      'runs WebAssembly (wasi/wasm): use an image of WebAssembly, or one of the stand-ins (podstep images)',
  );
}
