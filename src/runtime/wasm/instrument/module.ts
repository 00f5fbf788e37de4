/** Reads what the rewriting must know of a core module: where its sections lie and how its index spaces end. */
import { Reader, UnsupportedModule } from './bytes.ts';
import { GC_UNSUPPORTED, skipConstant, skipValueType } from './instructions.ts';

const FUNCREF = 0x70;

export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

export interface Section {
  readonly id: number;
  /** Where the contents begin and end, after id and length. */
  readonly start: number;
  readonly end: number;
}

export interface FunctionExport {
  readonly name: string;
  readonly functionIndex: number;
  /** Where the index of the function is written, to be replaced. */
  readonly indexStart: number;
  readonly indexEnd: number;
}

export interface MemoryShape {
  readonly imported: boolean;
  /** What it may grow to by its own declaration, at most what 32 bits can address. */
  readonly maxPages: number;
}

export interface ModuleShape {
  readonly sections: readonly Section[];
  readonly typeCount: number;
  /** The number of parameters of each type. */
  readonly parameterCounts: readonly number[];
  /** The type of each function, imported ones first. */
  readonly functionTypes: readonly number[];
  readonly tableCount: number;
  readonly memory: MemoryShape | undefined;
  readonly globalCount: number;
  readonly functionExports: readonly FunctionExport[];
  readonly exportNames: readonly string[];
  /** Of each import the module and the name. */
  readonly importNames: readonly string[];
}

/** All tables of a module together; more is memory that no limit counts. */
const MAX_TABLE_ENTRIES = 1_000_000;
const MAX_PAGES = 65_536;
/** An exception lies in the engine's own heap. */
const MAX_EXCEPTION_VALUES = 16;

type Growing = {
  sections: Section[];
  parameterCounts: number[];
  /** Types that have a reference among their parameters. */
  withReferences: Set<number>;
  functionTypes: number[];
  tableCount: number;
  tableEntries: number;
  memory: MemoryShape | undefined;
  globalCount: number;
  functionExports: FunctionExport[];
  exportNames: string[];
  importNames: string[];
};

function readTypes(reader: Reader, module: Growing): void {
  reader.list(() => {
    const form = reader.byte();
    if (form !== 0x60) throw new UnsupportedModule(GC_UNSUPPORTED, reader.at - 1);
    const parameters = reader.list(() => isReference(reader));
    if (parameters.includes(true)) module.withReferences.add(module.parameterCounts.length);
    module.parameterCounts.push(parameters.length);
    reader.list(() => skipValueType(reader));
  });
}

/** Numbers and vectors are 0x7f down to 0x7b. */
function isReference(reader: Reader): boolean {
  const first = reader.bytes[reader.at] ?? 0;
  skipValueType(reader);
  return first < 0x7b;
}

/** A reference to functions: `funcref`, or `(ref null? ht)` with `func` or a type, all of which are of functions. */
function holdsFunctions(reader: Reader): boolean {
  const { at, bytes } = reader;
  const [first = 0, heapType = 0] = [bytes[at], bytes[at + 1]];
  skipValueType(reader);
  if (first !== 0x63 && first !== 0x64) return first === FUNCREF;
  const isTypeIndex = heapType >= 0x80 || (heapType & 0x40) === 0;
  return isTypeIndex || heapType === FUNCREF;
}

function readTag(reader: Reader, module: Growing): void {
  const at = reader.at;
  reader.byte();
  const type = reader.u32();
  const values = module.parameterCounts[type] ?? 0;
  if (module.withReferences.has(type) || values > MAX_EXCEPTION_VALUES) {
    const text = `exceptions that carry references, or more than ${MAX_EXCEPTION_VALUES} values, are not supported`;
    throw new UnsupportedModule(text, at);
  }
}

function readTable(reader: Reader, module: Growing): void {
  const hasInitializer = reader.bytes[reader.at] === 0x40;
  if (hasInitializer) reader.skip(2);
  const at = reader.at;
  if (!holdsFunctions(reader)) {
    const text =
      'tables of other references than functions are not supported: they hold what no limit counts';
    throw new UnsupportedModule(text, at);
  }
  const flags = reader.byte();
  if (flags > 1) throw new UnsupportedModule('shared and 64-bit tables are not supported', at);
  module.tableEntries += reader.u32();
  if (module.tableEntries > MAX_TABLE_ENTRIES) {
    throw new UnsupportedModule(`the tables have more than ${MAX_TABLE_ENTRIES} entries`, at);
  }
  if (flags === 1) reader.u32();
  if (hasInitializer) skipConstant(reader);
  module.tableCount += 1;
}

function readMemory(reader: Reader, module: Growing, imported: boolean): void {
  const at = reader.at;
  const flags = reader.byte();
  if (flags > 1)
    throw new UnsupportedModule('shared memories, 64-bit memories and page sizes are not supported', at);
  reader.u32();
  const maxPages = flags === 1 ? Math.min(reader.u32(), MAX_PAGES) : MAX_PAGES;
  if (module.memory !== undefined) throw new UnsupportedModule('a second memory is not supported', at);
  module.memory = { imported, maxPages };
}

function readImports(reader: Reader, module: Growing): void {
  reader.list(() => {
    module.importNames.push(reader.name(), reader.name());
    const at = reader.at;
    const kind = reader.byte();
    if (kind === 0) module.functionTypes.push(reader.u32());
    else if (kind === 1) readTable(reader, module);
    else if (kind === 2) readMemory(reader, module, true);
    else if (kind === 3) {
      skipValueType(reader);
      reader.byte();
      module.globalCount += 1;
    } else if (kind === 4) readTag(reader, module);
    else throw new UnsupportedModule(`an import of the unknown kind ${kind}`, at);
  });
}

function readExports(reader: Reader, module: Growing): void {
  reader.list(() => {
    const name = reader.name();
    const kind = reader.byte();
    const indexStart = reader.at;
    const functionIndex = reader.u32();
    module.exportNames.push(name);
    if (kind === 0) module.functionExports.push({ name, functionIndex, indexStart, indexEnd: reader.at });
  });
}

function readGlobal(reader: Reader, module: Growing): void {
  skipValueType(reader);
  reader.byte();
  skipConstant(reader);
  module.globalCount += 1;
}

/** What is read of each section; the others are copied as they are. */
const READERS: Readonly<Record<number, (reader: Reader, module: Growing) => void>> = {
  [SECTION.type]: readTypes,
  [SECTION.import]: readImports,
  [SECTION.function]: (reader, module) => reader.list(() => module.functionTypes.push(reader.u32())),
  [SECTION.table]: (reader, module) => reader.list(() => readTable(reader, module)),
  [SECTION.memory]: (reader, module) => reader.list(() => readMemory(reader, module, false)),
  [SECTION.tag]: (reader, module) => reader.list(() => readTag(reader, module)),
  [SECTION.global]: (reader, module) => reader.list(() => readGlobal(reader, module)),
  [SECTION.export]: readExports,
};

/**
 * Reads a core module (version 1 of the binary format).
 * @throws UnsupportedModule for anything else, and for what the rewriting does not know.
 */
export function readModule(bytes: Uint8Array): ModuleShape {
  const reader = new Reader(bytes);
  const head = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  if (!head.every((byte) => reader.byte() === byte))
    throw new UnsupportedModule('no WebAssembly core module', 0);
  const module: Growing = {
    sections: [],
    parameterCounts: [],
    withReferences: new Set(),
    functionTypes: [],
    tableCount: 0,
    tableEntries: 0,
    memory: undefined,
    globalCount: 0,
    functionExports: [],
    exportNames: [],
    importNames: [],
  };
  while (!reader.done) {
    const id = reader.byte();
    const length = reader.u32();
    const start = reader.at;
    reader.skip(length);
    const section = { id, start, end: reader.at };
    module.sections.push(section);
    READERS[id]?.(new Reader(bytes, start, section.end), module);
  }
  return { ...module, typeCount: module.parameterCounts.length };
}
