/** What the kubelet writes into ConfigMap, Secret, downward API and projected volumes: files, by path. */
import type { Container, Pod, Volume } from '../../api/types.ts';
import type { FileProjection, Payload } from '../../machines/effects.ts';
import { extractFieldPath, type FieldValue } from '../env/field-path.ts';
import { type Allocatable, containerResource } from '../env/resource-field.ts';
import type { KeyedData } from '../objects/keyed-data.ts';

export type KeyedKind = 'configMap' | 'secret';

/** Where the contents come from; `keyed` gives undefined when the pod's namespace has no such object. */
export interface PayloadInput {
  readonly pod: Pod;
  readonly allocatable: Allocatable;
  readonly keyed: (kind: KeyedKind, name: string) => KeyedData | undefined;
  /** The token of the pod's service account for this projection, already fetched. */
  readonly token: (projection: TokenProjection) => string;
}

/** The files, or the error that the mount fails with, in Kubernetes' words. */
export type PayloadResult =
  | { readonly ok: true; readonly payload: Payload }
  | { readonly ok: false; readonly error: string };

type Sources = NonNullable<NonNullable<Volume['projected']>['sources']>;
type Projection = Sources[number];
export type TokenProjection = NonNullable<Projection['serviceAccountToken']>;
type KeyedSource = NonNullable<Projection['configMap']>;
type Item = NonNullable<KeyedSource['items']>[number];
type DownwardItems = NonNullable<NonNullable<Volume['downwardAPI']>['items']>;

const FILE_MODE = 0o644;

/** How each kind says that a key is not there (configmap.go and secret.go MakePayload). */
const NO_SUCH_KEY: Readonly<Record<KeyedKind, string>> = {
  configMap: 'configmap references non-existent config key',
  secret: 'references non-existent secret key',
};

/** The files of a volume whose source is one of the four that the kubelet writes; undefined for any other. */
export function payloadOf(volume: Volume, input: PayloadInput): PayloadResult | undefined {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap !== undefined) return keyedPayload('configMap', configMap, configMap.defaultMode, input);
  if (secret !== undefined) {
    const { secretName, ...source } = secret;
    return keyedPayload('secret', { ...source, name: secretName }, secret.defaultMode, input);
  }
  if (downwardAPI !== undefined) {
    return downwardPayload(downwardAPI.items ?? [], downwardAPI.defaultMode, input);
  }
  if (projected === undefined) return undefined;
  const parts = (projected.sources ?? []).map((source) =>
    projectionPayload(source, projected.defaultMode, input),
  );
  return merged(parts);
}

/** The service account tokens that a volume projects, in order. */
export function tokenProjectionsOf({ projected }: Volume): readonly TokenProjection[] {
  return (projected?.sources ?? []).flatMap(({ serviceAccountToken }) => serviceAccountToken ?? []);
}

/** projected.go collectData: a later source's file replaces an earlier one's of the same path. */
function merged(parts: readonly PayloadResult[]): PayloadResult {
  const errors = parts.flatMap((part) => (part.ok ? [] : [part.error]));
  if (errors.length > 0) return { ok: false, error: aggregate(errors) };
  const payloads = parts.flatMap((part) => (part.ok ? [part.payload] : []));
  return { ok: true, payload: Object.assign({}, ...payloads) as Payload };
}

/** Several errors as one, each told once (apimachinery util/errors NewAggregate). */
function aggregate(errors: readonly string[]): string {
  const distinct = [...new Set(errors)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
}

function projectionPayload(
  source: Projection,
  defaultMode: number | undefined,
  input: PayloadInput,
): PayloadResult {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source;
  if (configMap !== undefined) return keyedPayload('configMap', configMap, defaultMode, input);
  if (secret !== undefined) return keyedPayload('secret', secret, defaultMode, input);
  if (downwardAPI !== undefined) return downwardPayload(downwardAPI.items ?? [], defaultMode, input);
  if (serviceAccountToken !== undefined) return tokenPayload(serviceAccountToken, defaultMode, input);
  const [kind = 'nothing'] = Object.keys(source);
  return { ok: false, error: `${kind} cannot be projected on this node` };
}

/** A token belongs to the pod alone, so it is for the pod's group only when there is one (projected.go). */
function tokenPayload(
  projection: TokenProjection,
  defaultMode: number | undefined,
  { pod, token }: PayloadInput,
): PayloadResult {
  const mode = pod.spec.securityContext?.fsGroup === undefined ? (defaultMode ?? FILE_MODE) : 0o600;
  const file: FileProjection = { data: token(projection), encoding: 'utf8', mode };
  return { ok: true, payload: { [projection.path]: file } };
}

/** MakePayload of configmap.go and secret.go: all keys, or the ones that `items` name. */
function keyedPayload(
  kind: KeyedKind,
  { name = '', items, optional = false }: KeyedSource,
  defaultMode: number | undefined,
  input: PayloadInput,
): PayloadResult {
  const found = input.keyed(kind, name);
  if (found === undefined && !optional) {
    return { ok: false, error: `${kind.toLowerCase()} ${JSON.stringify(name)} not found` };
  }
  const { text, base64 } = found ?? { text: {}, base64: {} };
  const file = (key: string, mode = defaultMode ?? FILE_MODE): FileProjection | undefined => {
    if (text[key] !== undefined) return { data: text[key], encoding: 'utf8', mode };
    return base64[key] === undefined ? undefined : { data: base64[key], encoding: 'base64', mode };
  };
  const payload: Record<string, FileProjection> = {};
  const all = [...Object.keys(text), ...Object.keys(base64)].sort().map((key): Item => ({ key, path: key }));
  for (const { key, path, mode } of items?.length ? items : all) {
    const made = file(key, mode);
    if (made !== undefined) payload[path] = made;
    else if (!optional) return { ok: false, error: `${NO_SUCH_KEY[kind]}: ${key}` };
  }
  return { ok: true, payload };
}

/** pkg/volume/downwardapi/downwardapi.go CollectData. */
function downwardPayload(
  items: DownwardItems,
  defaultMode: number | undefined,
  { pod, allocatable }: PayloadInput,
): PayloadResult {
  const payload: Record<string, FileProjection> = {};
  const errors: string[] = [];
  for (const { path, mode, fieldRef, resourceFieldRef } of items) {
    let value: FieldValue = { ok: true, value: '' };
    if (fieldRef !== undefined) value = extractFieldPath(pod.metadata, fieldRef.fieldPath);
    else if (resourceFieldRef !== undefined) value = resourceOf(pod, resourceFieldRef, allocatable);
    if (!value.ok) errors.push(value.error);
    else payload[path] = { data: value.value, encoding: 'utf8', mode: mode ?? defaultMode ?? FILE_MODE };
  }
  return errors.length > 0 ? { ok: false, error: aggregate(errors) } : { ok: true, payload };
}

type ResourceFieldRef = NonNullable<DownwardItems[number]['resourceFieldRef']>;

function resourceOf(
  pod: Pod,
  { containerName = '', resource, divisor }: ResourceFieldRef,
  allocatable: Allocatable,
): FieldValue {
  const all: readonly Container[] = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const container = all.find(({ name }) => name === containerName);
  if (container === undefined) return { ok: false, error: `container ${containerName} not found` };
  return containerResource(pod, container, resource, divisor, allocatable);
}
