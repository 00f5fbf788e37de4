/** Walks over the instructions of a function body: what the rewriting must see is told, the rest is passed over. */
import { type Reader, UnsupportedModule } from './bytes.ts';

/** What of a body matters to the rewriting; offsets are in the module, `start` is the instruction's own. */
export interface Seen {
  readonly kind: 'loop' | 'call' | 'memoryGrow' | 'memoryFill' | 'memoryCopy' | 'memoryInit' | 'tableBulk';
  readonly start: number;
  readonly after: number;
}

/** Passes over an instruction's immediates. */
type Immediates = (reader: Reader) => void;

/** Passes over a value type; reference types with a heap type have two parts. */
export function skipValueType(reader: Reader): void {
  const first = reader.byte();
  if (first === 0x63 || first === 0x64) reader.skipLeb();
}

const none: Immediates = () => {};
const leb: Immediates = (reader) => reader.skipLeb();
const bytes =
  (count: number): Immediates =>
  (reader) =>
    reader.skip(count);
const indices =
  (count: number): Immediates =>
  (reader) => {
    for (let index = 0; index < count; index++) reader.u32();
  };

/** A value type, nothing, or the index of a function type. */
const blockType: Immediates = (reader) => {
  const first = reader.bytes[reader.at];
  if (first === 0x63 || first === 0x64) skipValueType(reader);
  else reader.skipLeb();
};

const memoryArgument: Immediates = (reader) => {
  const align = reader.u32();
  if (align & 0x40) reader.u32();
  reader.skipLeb();
};

const tryTable: Immediates = (reader) => {
  blockType(reader);
  reader.list(() => {
    const kind = reader.byte();
    if (kind === 0 || kind === 1) reader.u32();
    reader.u32();
  });
};

const branchTable: Immediates = (reader) => {
  reader.list(() => reader.u32());
  reader.u32();
};

const typedSelect: Immediates = (reader) => {
  reader.list(() => skipValueType(reader));
};

/** Fixed-width SIMD (0xfd): memory arguments, lanes and 16-byte constants. */
const simd: Immediates = (reader) => {
  const operation = reader.u32();
  if (operation <= 11 || operation === 92 || operation === 93) memoryArgument(reader);
  else if (operation === 12 || operation === 13) reader.skip(16);
  else if (operation >= 21 && operation <= 34) reader.skip(1);
  else if (operation >= 84 && operation <= 91) {
    memoryArgument(reader);
    reader.skip(1);
  }
};

/** Opcodes from..to (inclusive) and their immediates: core specification, section 5.4. */
const RANGES: readonly (readonly [from: number, to: number, immediates: Immediates])[] = [
  [0x00, 0x01, none], // unreachable, nop
  [0x02, 0x04, blockType], // block, loop, if
  [0x05, 0x05, none], // else
  [0x06, 0x06, blockType], // try
  [0x07, 0x09, indices(1)], // catch, throw, rethrow
  [0x0a, 0x0b, none], // throw_ref, end
  [0x0c, 0x0d, indices(1)], // br, br_if
  [0x0e, 0x0e, branchTable],
  [0x0f, 0x0f, none], // return
  [0x10, 0x10, indices(1)], // call
  [0x11, 0x11, indices(2)], // call_indirect
  [0x12, 0x12, indices(1)], // return_call
  [0x13, 0x13, indices(2)], // return_call_indirect
  [0x14, 0x15, indices(1)], // call_ref, return_call_ref
  [0x18, 0x18, indices(1)], // delegate
  [0x19, 0x1b, none], // catch_all, drop, select
  [0x1c, 0x1c, typedSelect],
  [0x1f, 0x1f, tryTable],
  [0x20, 0x26, indices(1)], // local.*, global.*, table.get, table.set
  [0x28, 0x3e, memoryArgument],
  [0x3f, 0x40, indices(1)], // memory.size, memory.grow
  [0x41, 0x42, leb], // i32.const, i64.const
  [0x43, 0x43, bytes(4)],
  [0x44, 0x44, bytes(8)],
  [0x45, 0xc4, none], // numbers
  [0xd0, 0xd0, leb], // ref.null
  [0xd1, 0xd1, none], // ref.is_null
  [0xd2, 0xd2, indices(1)], // ref.func
  [0xd3, 0xd4, none], // ref.eq, ref.as_non_null
  [0xd5, 0xd6, indices(1)], // br_on_null, br_on_non_null
  [0xfd, 0xfd, simd],
];

const IMMEDIATES: readonly (Immediates | undefined)[] = Array.from(
  { length: 256 },
  (_, opcode) => RANGES.find(([from, to]) => opcode >= from && opcode <= to)?.[2],
);

const GC_PREFIX = 0xfb;
const THREADS_PREFIX = 0xfe;
/** Objects of the engine's own heap are memory that no limit counts. */
export const GC_UNSUPPORTED = 'garbage-collected types are not supported: build without the GC proposal';

const BULK_PREFIX = 0xfc;
/** How many indices the operations behind 0xfc have: truncations, then memory and table operations. */
const BULK_INDICES = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];
const TABLE_GROW = 15;
const BULK_KINDS: Readonly<Record<number, Seen['kind']>> = {
  8: 'memoryInit',
  10: 'memoryCopy',
  11: 'memoryFill',
  12: 'tableBulk', // table.init
  14: 'tableBulk', // table.copy
  17: 'tableBulk', // table.fill
};

function bulkKind(reader: Reader, start: number): Seen['kind'] | undefined {
  const operation = reader.u32();
  const count = BULK_INDICES[operation];
  if (operation === TABLE_GROW) {
    const text = 'table.grow is not supported: a table that grows is memory that no limit counts';
    throw new UnsupportedModule(text, start);
  }
  if (count === undefined)
    throw new UnsupportedModule(`the instruction 0xfc ${operation} is not supported`, start);
  indices(count)(reader);
  return BULK_KINDS[operation];
}

function plainKind(opcode: number): Seen['kind'] | undefined {
  if (opcode === 0x03) return 'loop';
  if (opcode === 0x40) return 'memoryGrow';
  return opcode >= 0x10 && opcode <= 0x15 ? 'call' : undefined;
}

function unsupported(opcode: number): string {
  if (opcode === GC_PREFIX) return GC_UNSUPPORTED;
  if (opcode === THREADS_PREFIX) return 'atomic instructions are not supported: build without threads';
  return `the instruction 0x${opcode.toString(16)} is not supported`;
}

/** Passes over one instruction and tells what of it matters. */
function instruction(reader: Reader, see: (seen: Seen) => void): void {
  const start = reader.at;
  const opcode = reader.byte();
  let kind: Seen['kind'] | undefined;
  if (opcode === BULK_PREFIX) {
    kind = bulkKind(reader, start);
  } else {
    const skipImmediates = IMMEDIATES[opcode];
    if (!skipImmediates) throw new UnsupportedModule(unsupported(opcode), start);
    skipImmediates(reader);
    kind = plainKind(opcode);
  }
  if (kind) see({ kind, start, after: reader.at });
}

/** Walks to the end of `reader` (a body after its locals), telling what matters in order. */
export function walkInstructions(reader: Reader, see: (seen: Seen) => void): void {
  while (!reader.done) instruction(reader, see);
}

/** Passes over a constant expression up to and including its `end`. */
export function skipConstant(reader: Reader): void {
  while (reader.bytes[reader.at] !== 0x0b) instruction(reader, () => {});
  reader.byte();
}
