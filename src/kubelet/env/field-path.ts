/** Fields of a pod as texts, for `fieldRef`: the downward API. */
import type { Pod } from '../../api/types.ts';

/** A value, or the kubelet's own words on why there is none. */
export type FieldValue =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly error: string };

/** What only the node knows. */
export interface DownwardFacts {
  readonly podIPs: readonly string[];
  readonly hostIPs: readonly string[];
}

/** kubelet_pods.go podFieldSelectorRuntimeValue: the node's facts first, then the object's own fields. */
export function podField(pod: Pod, fieldPath: string, facts: DownwardFacts): FieldValue {
  switch (fieldPath) {
    case 'spec.nodeName':
      return found(pod.spec.nodeName ?? '');
    case 'spec.serviceAccountName':
      return found(pod.spec.serviceAccountName ?? '');
    case 'status.hostIP':
      return found(facts.hostIPs[0] ?? '');
    case 'status.hostIPs':
      return found(facts.hostIPs.join(','));
    case 'status.podIP':
      return found(facts.podIPs[0] ?? '');
    case 'status.podIPs':
      return found(facts.podIPs.join(','));
    default:
      return extractFieldPath(pod.metadata, fieldPath);
  }
}

/** pkg/fieldpath ExtractFieldPathAsString. */
export function extractFieldPath(metadata: Partial<Pod['metadata']>, fieldPath: string): FieldValue {
  const split = splitSubscript(fieldPath);
  if (split) return subscripted(metadata, fieldPath, split);
  switch (fieldPath) {
    case 'metadata.annotations':
      return found(formatMap(metadata.annotations ?? {}));
    case 'metadata.labels':
      return found(formatMap(metadata.labels ?? {}));
    case 'metadata.name':
      return found(metadata.name ?? '');
    case 'metadata.namespace':
      return found(metadata.namespace ?? '');
    case 'metadata.uid':
      return found(metadata.uid ?? '');
    default:
      return { ok: false, error: `unsupported fieldPath: ${fieldPath}` };
  }
}

/** `metadata.labels['key']` in its two parts; undefined for a path without one (SplitMaybeSubscriptedPath). */
export function splitSubscript(
  fieldPath: string,
): { readonly path: string; readonly subscript: string } | undefined {
  if (!fieldPath.endsWith("']")) return undefined;
  const inner = fieldPath.slice(0, -2);
  const at = inner.indexOf("['");
  if (at <= 0) return undefined;
  return { path: inner.slice(0, at), subscript: inner.slice(at + 2) };
}

function subscripted(
  metadata: Partial<Pod['metadata']>,
  fieldPath: string,
  { path, subscript }: { readonly path: string; readonly subscript: string },
): FieldValue {
  if (path !== 'metadata.annotations' && path !== 'metadata.labels') {
    return { ok: false, error: `fieldPath ${JSON.stringify(fieldPath)} does not support subscript` };
  }
  const annotations = path === 'metadata.annotations';
  const wrong = qualifiedNameError(annotations ? subscript.toLowerCase() : subscript);
  if (wrong) return { ok: false, error: `invalid key subscript in ${fieldPath}: ${wrong}` };
  return found((annotations ? metadata.annotations : metadata.labels)?.[subscript] ?? '');
}

/** One line a key, sorted, the value quoted as Go does (FormatMap). */
function formatMap(map: Readonly<Record<string, string>>): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');
}

const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Why it is no qualified name (apimachinery validation IsQualifiedName); undefined when it is one. */
function qualifiedNameError(key: string): string | undefined {
  const parts = key.split('/');
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (parts.length > 2 || !NAME.test(name) || name.length > 63) {
    return "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  }
  if (prefix !== undefined && (!PREFIX.test(prefix) || prefix.length > 253)) {
    return "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  }
  return undefined;
}

function found(value: string): FieldValue {
  return { ok: true, value };
}
