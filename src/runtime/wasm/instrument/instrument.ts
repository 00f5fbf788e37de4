/** Rewrites a core module at pull time so that the host can meter, limit and suspend it; see contract.ts for the terms. */
import {
  type Appended,
  branchInFuel,
  copyBody,
  fillBody,
  growBody,
  slowPathBody,
  takeBulkFuel,
  takeFuel,
  wrapperBody,
} from './appended.ts';
import { branchHintSection, type Hints } from './branch-hints.ts';
import { encodedName, Reader, sleb, UnsupportedModule, uleb, Writer } from './bytes.ts';
import { INITIAL_FUEL, INSTRUMENT } from './contract.ts';
import { type Seen, skipValueType, walkInstructions } from './instructions.ts';
import { type FunctionExport, type ModuleShape, readModule, SECTION, type Section } from './module.ts';

const I32 = 0x7f;
const FUNCREF = 0x70;
const MUTABLE = 0x01;
const END = 0x0b;

/** Exports that JavaScript calls while the guest waits for it: nothing may suspend below them. */
const CALLED_FROM_HOST = /^(cabi_|canonical_abi_)/;

interface Body {
  readonly start: number;
  readonly end: number;
  /** Where the instructions begin, after the locals. */
  readonly instructions: number;
  readonly seen: readonly Seen[];
}

function readBodies(bytes: Uint8Array, section: Section | undefined): Body[] {
  if (section === undefined) return [];
  const reader = new Reader(bytes, section.start, section.end);
  return reader.list(() => {
    const length = reader.u32();
    const start = reader.at;
    reader.skip(length);
    const body = new Reader(bytes, start, reader.at);
    body.list(() => {
      body.u32();
      skipValueType(body);
    });
    const instructions = body.at;
    const seen: Seen[] = [];
    walkInstructions(body, (one) => seen.push(one));
    return { start, end: reader.at, instructions, seen };
  });
}

/** The places that the appended parts get: always behind the module's own, so that no index changes. */
function placeAppended(module: ModuleShape): Appended {
  const { typeCount, functionTypes, globalCount, tableCount } = module;
  return {
    fuelGlobal: globalCount,
    noSuspendGlobal: globalCount + 1,
    lengthGlobal: globalCount + 2,
    hooksTable: tableCount,
    hookType: typeCount,
    voidType: typeCount + 1,
    growType: typeCount + 2,
    bulkType: typeCount + 3,
    slowPath: functionTypes.length,
    grow: functionTypes.length + 1,
    fill: functionTypes.length + 2,
    copy: functionTypes.length + 3,
  };
}

/** The bodies of the appended functions before the wrappers, in the order of `placeAppended`; without a memory only the first. */
function fixedBodies(module: ModuleShape, to: Appended): number[][] {
  const { memory } = module;
  if (memory === undefined) return [slowPathBody(to)];
  return [slowPathBody(to), growBody(to, memory.maxPages), fillBody(to), copyBody(to)];
}

/** What stands in the place of an instruction. */
function replacement({ kind, start, after }: Seen, bytes: Uint8Array, to: Appended): readonly number[] {
  switch (kind) {
    case 'memoryGrow':
      return [0x10, ...uleb(to.grow)];
    case 'memoryFill':
      return [0x10, ...uleb(to.fill)];
    case 'memoryCopy':
      return [0x10, ...uleb(to.copy)];
    case 'memoryInit':
    case 'tableBulk':
      return [...takeBulkFuel(to, kind), ...bytes.subarray(start, after)];
    case 'loop':
    case 'call':
      return [];
  }
}

interface Rewritten {
  readonly code: Uint8Array;
  /** Where its fuel checks branch. */
  readonly branches: readonly number[];
}

function rewriteBody(bytes: Uint8Array, body: Body, to: Appended): Rewritten {
  const out = new Writer(body.end - body.start + 64);
  const fuel = takeFuel(to);
  const branches: number[] = [];
  const pay = () => {
    branches.push(out.length + branchInFuel(to));
    out.append(fuel);
  };
  out.append(bytes.subarray(body.start, body.instructions));
  if (body.seen.some((seen) => seen.kind === 'call')) pay();
  let copied = body.instructions;
  for (const seen of body.seen) {
    if (seen.kind === 'call') continue;
    if (seen.kind === 'loop') {
      out.append(bytes.subarray(copied, seen.after));
      pay();
    } else {
      out.append(bytes.subarray(copied, seen.start)).append(replacement(seen, bytes, to));
    }
    copied = seen.after;
  }
  return { code: out.append(bytes.subarray(copied, body.end)).bytes(), branches };
}

function codeSection(
  module: ModuleShape,
  bodies: readonly Rewritten[],
  wrapped: readonly FunctionExport[],
  to: Appended,
): Uint8Array {
  const out = new Writer();
  const fixed = fixedBodies(module, to);
  out.append(uleb(bodies.length + fixed.length + wrapped.length));
  for (const { code } of bodies) out.append(uleb(code.length)).append(code);
  for (const body of fixed) out.append(body);
  for (const { functionIndex } of wrapped) {
    out.append(wrapperBody(to, functionIndex, parameterCountOf(module, functionIndex)));
  }
  return out.bytes();
}

function typeOf(module: ModuleShape, functionIndex: number): number {
  const type = module.functionTypes[functionIndex];
  if (type === undefined) throw new UnsupportedModule(`there is no function ${functionIndex}`, 0);
  return type;
}

/** The module's own functions follow the imported ones. */
function hintsOf(module: ModuleShape, bodies: readonly Rewritten[]): Hints[] {
  const imported = module.functionTypes.length - bodies.length;
  return bodies.flatMap(({ branches }, index) =>
    branches.length === 0 ? [] : [{ functionIndex: imported + index, offsets: branches }],
  );
}

function parameterCountOf(module: ModuleShape, functionIndex: number): number {
  const count = module.parameterCounts[typeOf(module, functionIndex)];
  if (count === undefined) throw new UnsupportedModule(`function ${functionIndex} has no type`, 0);
  return count;
}

/** A section whose list gets `added` more entries (already encoded, `count` of them). */
function lengthened(
  bytes: Uint8Array,
  section: Section | undefined,
  count: number,
  added: readonly number[],
): Uint8Array {
  if (section === undefined) return new Writer().append(uleb(count)).append(added).bytes();
  const reader = new Reader(bytes, section.start, section.end);
  const before = reader.u32();
  return new Writer()
    .append(uleb(before + count))
    .append(bytes.subarray(reader.at, section.end))
    .append(added)
    .bytes();
}

/** The index of the start function. */
function startOf(bytes: Uint8Array, { sections }: ModuleShape): number | undefined {
  const section = sections.find(({ id }) => id === SECTION.start);
  return section && new Reader(bytes, section.start, section.end).u32();
}

function exportSection(
  bytes: Uint8Array,
  module: ModuleShape,
  section: Section | undefined,
  wrapped: readonly FunctionExport[],
  to: Appended,
): Uint8Array {
  const reader = section && new Reader(bytes, section.start, section.end);
  const before = reader?.u32() ?? 0;
  const start = startOf(bytes, module);
  const ownMemory = module.memory?.imported === false;
  const added = 3 + (start === undefined ? 0 : 1) + (ownMemory ? 1 : 0);
  const out = new Writer().append(uleb(before + added));
  const firstWrapper = module.functionTypes.length + fixedBodies(module, to).length;
  let copied = reader?.at ?? 0;
  wrapped.forEach((one, index) => {
    out.append(bytes.subarray(copied, one.indexStart)).append(uleb(firstWrapper + index));
    copied = one.indexEnd;
  });
  if (section) out.append(bytes.subarray(copied, section.end));
  if (start !== undefined) out.append([...encodedName(INSTRUMENT.start), 0x00, ...uleb(start)]);
  return out
    .append([...encodedName(INSTRUMENT.fuel), 0x03, ...uleb(to.fuelGlobal)])
    .append([...encodedName(INSTRUMENT.hooks), 0x01, ...uleb(to.hooksTable)])
    .append([...encodedName(INSTRUMENT.noSuspend), 0x03, ...uleb(to.noSuspendGlobal)])
    .append(ownMemory ? [...encodedName(INSTRUMENT.memory), 0x02, 0] : [])
    .bytes();
}

const APPENDED_TYPES = [
  ...[0x60, 0, 1, I32],
  ...[0x60, 0, 0],
  ...[0x60, 1, I32, 1, I32],
  ...[0x60, 3, I32, I32, I32, 0],
];

const APPENDED_GLOBALS = [
  ...[I32, MUTABLE, 0x41, ...sleb(INITIAL_FUEL), END],
  ...[I32, MUTABLE, 0x41, ...sleb(0), END],
  ...[I32, MUTABLE, 0x41, ...sleb(0), END],
];

/** The order in which sections must stand, without the start section; the tag section stands between memory and global. */
const ORDER = [
  SECTION.type,
  SECTION.import,
  SECTION.function,
  SECTION.table,
  SECTION.memory,
  SECTION.tag,
  SECTION.global,
  SECTION.export,
  SECTION.element,
  SECTION.dataCount,
  SECTION.code,
  SECTION.data,
] as const;

function isSite(body: Body): boolean {
  return body.seen.length > 0;
}

/**
 * The instrumented module: the same program, with fuel, growth by leave and the no-suspend counter
 * (contract.ts). The module's custom sections are left out: their offsets into the code would be wrong.
 * @throws UnsupportedModule for bytes that are no core module, and for what the rewriting does not know.
 */
export function instrument(bytes: Uint8Array): Uint8Array {
  const module = readModule(bytes);
  const taken = Object.values(INSTRUMENT).find((name) => module.exportNames.includes(name));
  if (taken) throw new UnsupportedModule(`the module exports ${taken} itself`, 0);
  const sectionOf = (id: number) => module.sections.find((section) => section.id === id);
  const bodies = readBodies(bytes, sectionOf(SECTION.code));
  const wrapped = module.functionExports.filter((one) => CALLED_FROM_HOST.test(one.name));
  const hasOwnMemory = module.memory?.imported === false;
  if (wrapped.length === 0 && !hasOwnMemory && !bodies.some(isSite)) return bytes;

  const to = placeAppended(module);
  const rewrittenBodies = bodies.map((body) => rewriteBody(bytes, body, to));
  const functionTypes = [
    to.voidType,
    ...(module.memory ? [to.growType, to.bulkType, to.bulkType] : []),
    ...wrapped.map((one) => typeOf(module, one.functionIndex)),
  ];
  const rewritten = (id: number, section: Section | undefined): Uint8Array | undefined => {
    switch (id) {
      case SECTION.type:
        return lengthened(bytes, section, 4, APPENDED_TYPES);
      case SECTION.function:
        return lengthened(bytes, section, functionTypes.length, functionTypes.flatMap(uleb));
      case SECTION.table:
        return lengthened(bytes, section, 1, [FUNCREF, 0x01, 2, 2]);
      case SECTION.global:
        return lengthened(bytes, section, 3, APPENDED_GLOBALS);
      case SECTION.export:
        return exportSection(bytes, module, section, wrapped, to);
      case SECTION.code:
        return codeSection(module, rewrittenBodies, wrapped, to);
      default:
        return section && bytes.subarray(section.start, section.end);
    }
  };
  const out = new Writer(bytes.length * 2).append(bytes.subarray(0, 8));
  for (const id of ORDER) {
    if (id === SECTION.code) out.append(branchHintSection(hintsOf(module, rewrittenBodies)));
    const contents = rewritten(id, sectionOf(id));
    if (contents) out.append([id, ...uleb(contents.length)]).append(contents);
  }
  return out.bytes();
}
