/** What a row of the kubelet's configuration table is made of, and the internal form that follows from the rows. */
import type { TypeName } from '../manifest/schema.ts';

/** One field: its type as Go has it, and its value when a file says nothing about it. */
export interface Field<Kind extends TypeName = TypeName, T = unknown> {
  readonly kind: Kind;
  readonly value: T;
  /** A pointer in Go: an explicit zero is kept. Where it is not, zero means the default. */
  readonly pointer: boolean;
}

/** A field with fields of its own; `kind` is the struct's name. */
export interface Struct<Rows extends Table = Table> extends Field {
  readonly rows: Rows;
}

export interface Table {
  readonly [field: string]: Field;
}

const field = <Kind extends TypeName, T>(kind: Kind, value: T, pointer = false): Field<Kind, T> => ({
  kind,
  value,
  pointer,
});

export const bool = (value: boolean) => field('bool', value, true);
export const text = (value = '') => field('string', value);
export const int32 = (value = 0) => field('int32', value);
export const int64 = (value = 0) => field('int64', value);
export const duration = (valueMs = 0) => field('Duration', valueMs);
/** A quantity of bytes that Go keeps as text. */
export const size = (valueBytes: number) => field('Size', valueBytes);
export const list = <T = string>(kind: TypeName = '[]string', value: readonly T[] = []) =>
  field(kind, value, true);
export const map = <T = string>(
  kind: TypeName = 'map[string]string',
  value: Readonly<Record<string, T>> = {},
) => field(kind, value, true);

/** The same field as a pointer. */
export const pointer = <Kind extends TypeName, T>({ kind, value }: Field<Kind, T>) =>
  field(kind, value, true);
/** A pointer that may stay nil. */
export const optional = <Kind extends TypeName, T>({ kind }: Field<Kind, T>) =>
  field<Kind, T | undefined>(kind, undefined, true);

export function struct<Rows extends Table>(name: string, rows: Rows): Struct<Rows> {
  return { kind: `config/v1beta1.${name}`, value: undefined, pointer: true, rows };
}

/** The real field's name, with its unit where it has one. */
type Named<Name extends string, Kind> = Kind extends 'Duration'
  ? `${Name}Ms`
  : Kind extends 'Size'
    ? `${Name}Bytes`
    : Name;

type ValueOf<Row> =
  Row extends Struct<infer Rows> ? Internal<Rows> : Row extends Field<TypeName, infer T> ? T : never;

/** What the rows are to the kubelet: durations in milliseconds (`...Ms`), sizes in bytes (`...Bytes`). */
export type Internal<Rows extends Table> = {
  readonly [Name in keyof Rows & string as Named<Name, Rows[Name]['kind']>]: ValueOf<Rows[Name]>;
};

/** The internal name of a field. */
export function internalName(name: string, { kind }: Field): string {
  if (kind === 'Duration') return `${name}Ms`;
  return kind === 'Size' ? `${name}Bytes` : name;
}

export function isStruct(row: Field): row is Struct {
  return 'rows' in row;
}
