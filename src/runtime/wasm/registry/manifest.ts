/** Manifests and indexes from a registry, checked field by field before anything believes them. */
import type { Descriptor } from '../images/digest.ts';
import { isDigest } from '../images/digest.ts';
import type { RegistryLimits } from './limits.ts';
import { INDEX_TYPES, MANIFEST_TYPES } from './media-types.ts';
import { asObject } from './registry-error.ts';

export interface Platform {
  readonly os: string;
  readonly architecture: string;
}

export interface ManifestEntry extends Descriptor {
  readonly platform?: Platform;
}

export interface RemoteIndex {
  readonly kind: 'index';
  readonly manifests: readonly ManifestEntry[];
}

export interface RemoteManifest {
  readonly kind: 'manifest';
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The document behind a descriptor. @throws Error that names the field. */
export function parseManifest(
  bytes: Uint8Array,
  contentType: string,
  limits: RegistryLimits,
): RemoteIndex | RemoteManifest {
  const fields = asObject<Fields>(bytes);
  const mediaType = typeof fields.mediaType === 'string' ? fields.mediaType : contentType;
  if (fields.schemaVersion !== 2)
    throw new Error(`its schemaVersion is ${brief(fields.schemaVersion)}, not 2`);
  // A manifest that is an index too could be read in two ways.
  if (fields.manifests !== undefined && (fields.layers !== undefined || fields.config !== undefined))
    throw new Error('it has manifests beside layers');
  if (INDEX_TYPES.has(mediaType) || fields.manifests !== undefined)
    return {
      kind: 'index',
      manifests: list(fields.manifests, 'manifests').map((one, at) => entry(one, `manifests[${at}]`)),
    };
  if (!MANIFEST_TYPES.has(mediaType) && fields.layers === undefined)
    throw new Error(
      `encountered unknown type ${mediaType.slice(0, LONGEST_QUOTE)}; children may not be fetched`,
    );
  const layers = list(fields.layers, 'layers');
  if (layers.length > limits.layers)
    throw new Error(`it has ${layers.length} layers, more than ${limits.layers}`);
  return {
    kind: 'manifest',
    config: descriptor(fields.config, 'config', limits.blobBytes),
    layers: layers.map((one, at) => descriptor(one, `layers[${at}]`, limits.blobBytes)),
    annotations: texts(fields.annotations),
  };
}

/** Of a stranger's words in an error, which ends up in a pod's status. */
const LONGEST_QUOTE = 120;

const brief = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').slice(0, LONGEST_QUOTE);

/** Images for all the world's platforms are fewer. */
const MOST_ENTRIES = 1_024;

function list(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`its ${field} is no list`);
  if (value.length > MOST_ENTRIES)
    throw new Error(`its ${field} has ${value.length} entries, more than ${MOST_ENTRIES}`);
  return value;
}

function entry(value: unknown, field: string): ManifestEntry {
  const own = descriptor(value, field, Number.MAX_SAFE_INTEGER);
  const { platform } = value as Fields;
  if (!isFields(platform)) return own;
  return {
    ...own,
    platform: { os: String(platform.os ?? ''), architecture: String(platform.architecture ?? '') },
  };
}

function descriptor(value: unknown, field: string, limitBytes: number): Descriptor {
  if (!isFields(value)) throw new Error(`its ${field} is no descriptor`);
  const { mediaType, digest, size, annotations } = value;
  if (typeof mediaType !== 'string') throw new Error(`its ${field}.mediaType is no text`);
  if (typeof digest !== 'string' || !isDigest(digest))
    throw new Error(`its ${field}.digest is no sha256 digest: ${brief(digest)}`);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw new Error(`its ${field}.size is no number of bytes: ${brief(size)}`);
  if (size > limitBytes) throw new Error(`its ${field} has ${size} bytes, more than ${limitBytes}`);
  const known = texts(annotations);
  return { mediaType, digest, size, ...(Object.keys(known).length > 0 && { annotations: known }) };
}

function texts(value: unknown): Readonly<Record<string, string>> {
  if (!isFields(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((one): one is [string, string] => typeof one[1] === 'string'),
  );
}
