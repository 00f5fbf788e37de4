/** Reads what the rewriting must know of a core module: where its sections lie and how its index spaces end. */
import { Reader, UnsupportedModule } from './bytes.ts';
import { skipConstant, skipValueType } from './instructions.ts';

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

export interface ModuleShape {
  readonly sections: readonly Section[];
  readonly typeCount: number;
  /** The number of parameters of each type. */
  readonly parameterCounts: readonly number[];
  /** The type of each function, imported ones first. */
  readonly functionTypes: readonly number[];
  readonly tableCount: number;
  readonly hasMemory: boolean;
  readonly globalCount: number;
  readonly functionExports: readonly FunctionExport[];
  readonly exportNames: readonly string[];
}

/** Tables beyond this are memory that no limit counts. */
const MAX_TABLE_ENTRIES = 1_000_000;

type Growing = {
  sections: Section[];
  parameterCounts: number[];
  functionTypes: number[];
  tableCount: number;
  memoryCount: number;
  globalCount: number;
  functionExports: FunctionExport[];
  exportNames: string[];
};

function readTypes(reader: Reader, module: Growing): void {
  reader.list(() => {
    const form = reader.byte();
    if (form !== 0x60) throw new UnsupportedModule('only function types are supported', reader.at - 1);
    module.parameterCounts.push(reader.list(() => skipValueType(reader)).length);
    reader.list(() => skipValueType(reader));
  });
}

function readTable(reader: Reader, module: Growing): void {
  const hasInitializer = reader.bytes[reader.at] === 0x40;
  if (hasInitializer) reader.skip(2);
  skipValueType(reader);
  const at = reader.at;
  const flags = reader.byte();
  if (flags > 1) throw new UnsupportedModule('shared and 64-bit tables are not supported', at);
  if (reader.u32() > MAX_TABLE_ENTRIES)
    throw new UnsupportedModule(`a table has more than ${MAX_TABLE_ENTRIES} entries`, at);
  if (flags === 1) reader.u32();
  if (hasInitializer) skipConstant(reader);
  module.tableCount += 1;
}

function readMemory(reader: Reader, module: Growing): void {
  const at = reader.at;
  const flags = reader.byte();
  if (flags > 1)
    throw new UnsupportedModule('shared memories, 64-bit memories and page sizes are not supported', at);
  reader.u32();
  if (flags === 1) reader.u32();
  module.memoryCount += 1;
  if (module.memoryCount > 1) throw new UnsupportedModule('a second memory is not supported', at);
}

function readImports(reader: Reader, module: Growing): void {
  reader.list(() => {
    reader.skip(reader.u32());
    reader.skip(reader.u32());
    const at = reader.at;
    const kind = reader.byte();
    if (kind === 0) module.functionTypes.push(reader.u32());
    else if (kind === 1) readTable(reader, module);
    else if (kind === 2) readMemory(reader, module);
    else if (kind === 3) {
      skipValueType(reader);
      reader.byte();
      module.globalCount += 1;
    } else if (kind === 4) {
      reader.byte();
      reader.u32();
    } else throw new UnsupportedModule(`an import of the unknown kind ${kind}`, at);
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
  [SECTION.memory]: (reader, module) => reader.list(() => readMemory(reader, module)),
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
    functionTypes: [],
    tableCount: 0,
    memoryCount: 0,
    globalCount: 0,
    functionExports: [],
    exportNames: [],
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
  return { ...module, typeCount: module.parameterCounts.length, hasMemory: module.memoryCount > 0 };
}
