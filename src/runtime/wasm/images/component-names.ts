/** What a component asks for and offers by name, read from its outermost sections alone, before anything is made of it. */
import { Reader, UnsupportedModule } from '../instrument/bytes.ts';

/** An interface that a component imports, with the functions and resources it uses of it. */
export interface ImportedInterface {
  /** As written: `wasi:io/poll@0.2.3`. */
  readonly name: string;
  /** In the component model's words: `poll`, `[method]pollable.block`; empty for what is no interface. */
  readonly members: readonly string[];
}

export interface ComponentNames {
  readonly imports: readonly ImportedInterface[];
  readonly exports: readonly string[];
}

const HEAD = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
const SECTION = { alias: 6, type: 7, import: 10, export: 11 } as const;
const SORT = { core: 0, func: 1, type: 3, instance: 5 } as const;
/** Types in types: more than this is no compiler's work. */
const DEPTH_LIMIT = 32;

/** True for a component, false for a core module or anything else. */
export function isComponent(bytes: Uint8Array): boolean {
  return HEAD.every((byte, index) => bytes[index] === byte);
}

/** A component's type index space as far as it matters: the members of instance types. */
type Types = (readonly string[])[];

const NO_MEMBERS: readonly string[] = [];

/**
 * Reads a component's imports and exports; the format is component-model's `Binary.md`.
 * @throws UnsupportedModule for bytes that are no component, or one with types of a later proposal
 */
export function componentNames(bytes: Uint8Array): ComponentNames {
  if (!isComponent(bytes)) throw new UnsupportedModule('no WebAssembly component', 0);
  const reader = new Reader(bytes, HEAD.length);
  const types: Types = [];
  const imports: ImportedInterface[] = [];
  const exports: string[] = [];
  while (!reader.done) {
    const id = reader.byte();
    const length = reader.u32();
    const body = new Reader(bytes, reader.at, reader.at + length);
    reader.skip(length);
    if (id === SECTION.type) body.list(() => types.push(definedType(body, 0)));
    else if (id === SECTION.alias) body.list(() => alias(body, types));
    else if (id === SECTION.import) body.list(() => imports.push(imported(body, types)));
    else if (id === SECTION.export) body.list(() => exports.push(exported(body, types)));
  }
  return { imports, exports };
}

function imported(reader: Reader, types: Types): ImportedInterface {
  const name = externName(reader);
  const { sort, typeIndex } = externDescription(reader);
  if (sort === SORT.type) types.push(NO_MEMBERS);
  return { name, members: sort === SORT.instance ? (types[typeIndex] ?? NO_MEMBERS) : NO_MEMBERS };
}

function exported(reader: Reader, types: Types): string {
  const name = externName(reader);
  if (sortOf(reader) === SORT.type) types.push(NO_MEMBERS);
  reader.u32();
  if (reader.byte() === 1) externDescription(reader);
  return name;
}

/** A plain name, or one with attributes, such as the version that it implements. */
function externName(reader: Reader): string {
  const form = reader.byte();
  const name = reader.name();
  if (form === 2) {
    reader.list(() => {
      reader.byte();
      reader.skip(reader.u32());
    });
  }
  return name;
}

function sortOf(reader: Reader): number {
  const sort = reader.byte();
  if (sort === SORT.core) reader.byte();
  return sort;
}

function externDescription(reader: Reader): { sort: number; typeIndex: number } {
  const sort = sortOf(reader);
  if (sort === 2) {
    if (reader.byte() === 0) reader.u32();
    else reader.skipLeb();
    return { sort, typeIndex: 0 };
  }
  // A type is imported as equal to another, or as a resource of its own.
  if (sort === SORT.type && reader.byte() === 1) return { sort, typeIndex: 0 };
  return { sort, typeIndex: reader.u32() };
}

function alias(reader: Reader, types: Types): void {
  if (sortOf(reader) === SORT.type) types.push(NO_MEMBERS);
  const target = reader.byte();
  reader.u32();
  if (target === 2) reader.u32();
  else reader.skip(reader.u32());
}

/** Passes over a type; the members when it is an instance's. */
function definedType(reader: Reader, depth: number): readonly string[] {
  if (depth > DEPTH_LIMIT) throw new UnsupportedModule('types are nested too deeply', reader.at);
  const at = reader.at;
  const form = reader.byte();
  if (form === 0x42) return declarations(reader, depth);
  if (form === 0x41) declarations(reader, depth);
  else if (form === 0x40 || form === 0x43) functionType(reader);
  else if (form === 0x3f) resourceType(reader);
  else if (form < 0x73) valueType(reader, form, at);
  return NO_MEMBERS;
}

/** What an instance or component type declares; the names that it exports. */
function declarations(reader: Reader, depth: number): readonly string[] {
  const names: string[] = [];
  reader.list(() => {
    const at = reader.at;
    const kind = reader.byte();
    if (kind === 1) definedType(reader, depth + 1);
    else if (kind === 2) alias(reader, []);
    else if (kind === 3 || kind === 4) {
      const name = externName(reader);
      const { sort } = externDescription(reader);
      if (kind === 4 && sort === SORT.func) names.push(name);
    } else throw new UnsupportedModule(`a declaration of the unknown kind ${kind}`, at);
  });
  return names;
}

function functionType(reader: Reader): void {
  labelled(reader);
  if (reader.byte() === 0) reader.skipLeb();
  else labelled(reader);
}

function resourceType(reader: Reader): void {
  reader.skip(1);
  if (reader.byte() === 1) reader.u32();
}

/** Names, each with a type. */
function labelled(reader: Reader): void {
  reader.list(() => {
    reader.skip(reader.u32());
    reader.skipLeb();
  });
}

function optionalType(reader: Reader): void {
  if (reader.byte() === 1) reader.skipLeb();
}

/** What is behind the first byte of a value type that is made of others. */
function valueType(reader: Reader, form: number, at: number): void {
  switch (form) {
    case 0x72: // record
      labelled(reader);
      break;
    case 0x71: // variant
      reader.list(() => {
        reader.skip(reader.u32());
        optionalType(reader);
        reader.byte();
      });
      break;
    case 0x6f: // tuple
      reader.list(() => reader.skipLeb());
      break;
    case 0x6e: // flags
    case 0x6d: // enum
      reader.list(() => reader.skip(reader.u32()));
      break;
    case 0x6a: // result
      optionalType(reader);
      optionalType(reader);
      break;
    case 0x66: // stream
    case 0x65: // future
      optionalType(reader);
      break;
    case 0x70: // list
    case 0x6b: // option
    case 0x69: // own
    case 0x68: // borrow
      reader.skipLeb();
      break;
    default:
      throw new UnsupportedModule(`a type of the unknown form 0x${form.toString(16)}`, at);
  }
}
