/** The rows of the configuration as the tables of field types that strict decoding reads. */
import type { Fields, TypeName } from '../manifest/schema.ts';
import { isStruct, type Table } from './field.ts';
import { FIELDS, LISTED_STRUCTS } from './fields.ts';

export const API_VERSION = 'kubelet.config.k8s.io/v1beta1';
export const KIND = 'KubeletConfiguration';
export const CONFIGURATION_TYPE = `config/v1beta1.${KIND}`;

/** Every struct of the configuration by its name. */
export const CONFIGURATION_TYPES: Readonly<Record<TypeName, Fields>> = {
  ...LISTED_STRUCTS,
  ...Object.fromEntries(structsOf(CONFIGURATION_TYPE, FIELDS, { apiVersion: 'string', kind: 'string' })),
};

function structsOf(name: TypeName, rows: Table, more: Fields = {}): [TypeName, Fields][] {
  const fields = Object.entries(rows).map(([field, { kind }]) => [field, kind === 'Size' ? 'string' : kind]);
  const inner = Object.values(rows).flatMap((row) => (isStruct(row) ? structsOf(row.kind, row.rows) : []));
  return [[name, { ...more, ...Object.fromEntries(fields) }], ...inner];
}
