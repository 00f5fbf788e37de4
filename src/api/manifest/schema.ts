/** The fields of Kubernetes' types, from the generated tables in schema.json (`npm run schema`). */
import { CONFIGURATION_TYPES } from '../kubelet-configuration/types.ts';
import tables from './schema.json' with { type: 'json' };

/**
 * A type as the tables write it: `string`, `bool`, `int32`, `int64`, `float64`, `bytes`, `Quantity`,
 * `IntOrString`, `Time`, `MicroTime`, `Duration`, `any`, `[]T`, `map[string]T`, or a struct's name like `v1.Container`.
 */
export type TypeName = string;
export type Fields = Readonly<Record<string, TypeName>>;

const KINDS = new Map<string, TypeName>(Object.entries(tables.kinds));
const TYPES = new Map<string, Fields>([
  ...Object.entries(tables.types),
  ...Object.entries(CONFIGURATION_TYPES),
]);

/** The struct of an object by apiVersion and kind; undefined for what the API does not serve. */
export function typeOfKind(apiVersion: string, kind: string): TypeName | undefined {
  return KINDS.get(`${apiVersion}/${kind}`);
}

/** The apiVersions that serve a kind. */
export function versionsOfKind(kind: string): string[] {
  return [...KINDS.keys()]
    .filter((key) => key.endsWith(`/${kind}`))
    .map((key) => key.slice(0, -kind.length - 1));
}

/** Every kind, for whoever misspelt one. */
export function kindNames(): string[] {
  return [...new Set([...KINDS.keys()].map((key) => key.slice(key.lastIndexOf('/') + 1)))];
}

/** The fields of a struct by its name; undefined when the name is no struct's. */
export function fieldsOf(type: TypeName): Fields | undefined {
  return TYPES.get(type);
}

/** The element's type of a list or map, or undefined. */
export function elementOf(
  type: TypeName,
): { readonly of: 'list' | 'map'; readonly type: TypeName } | undefined {
  if (type.startsWith('[]')) return { of: 'list', type: type.slice(2) };
  if (type.startsWith('map[string]')) return { of: 'map', type: type.slice('map[string]'.length) };
  return undefined;
}

/** What Go calls the type in its messages: `int32`, `[]v1.Container`, `map[string]string`. */
export function goType(type: TypeName): string {
  const element = elementOf(type);
  if (element) return `${element.of === 'list' ? '[]' : 'map[string]'}${goType(element.type)}`;
  if (type === 'bytes') return '[]uint8';
  if (type === 'Quantity') return 'resource.Quantity';
  if (type === 'IntOrString') return 'intstr.IntOrString';
  if (type === 'Time' || type === 'MicroTime' || type === 'Duration') return `v1.${type}`;
  return type.slice(type.lastIndexOf('/') + 1);
}

/** The bare name of a struct, as Go names it before the path of a field: `Container`. */
export function structName(type: TypeName): string {
  return type.slice(type.lastIndexOf('.') + 1);
}
