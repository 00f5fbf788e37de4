/** The functions that the instrumentation appends to a module, as bytes: slow path, growth, bulk memory, no-suspend. */
import { sleb, uleb } from './bytes.ts';
import { BULK_FUEL_SHIFT, BULK_PIECE_BYTES, HOOK, TABLE_FUEL_SHIFT } from './contract.ts';

/** The indices, in the rewritten module, of what is appended to it. */
export interface Appended {
  readonly fuelGlobal: number;
  readonly noSuspendGlobal: number;
  /** Holds the length of a bulk operation while its fuel is taken. */
  readonly lengthGlobal: number;
  readonly hooksTable: number;
  /** `() -> i32`, `() -> ()`, `(i32) -> i32`, `(i32, i32, i32) -> ()`. */
  readonly hookType: number;
  readonly voidType: number;
  readonly growType: number;
  readonly bulkType: number;
  readonly slowPath: number;
  readonly grow: number;
  readonly fill: number;
  readonly copy: number;
}

const I32 = 0x7f;
const EMPTY_BLOCK = 0x40;
const END = 0x0b;
const UNREACHABLE = 0x00;
const CALL_INDIRECT = 0x11;

const loop = [0x03, EMPTY_BLOCK];
const when = [0x04, EMPTY_BLOCK];
const otherwise = 0x05;
const brIf = (depth: number) => [0x0d, depth];
const call = (index: number) => [0x10, ...uleb(index)];
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const globalGet = (index: number) => [0x23, ...uleb(index)];
const globalSet = (index: number) => [0x24, ...uleb(index)];
const constant = (value: number) => [0x41, ...sleb(value)];
const select = 0x1b;
const eqz = 0x45;
const lessSigned = 0x48;
const less = 0x49;
const lessOrEqual = 0x4d;
const greaterOrEqual = 0x4f;
const add = 0x6a;
const sub = 0x6b;
const or = 0x72;
const shiftRight = 0x76;
const memorySize = [0x3f, 0x00];
const memoryGrow = [0x40, 0x00];
const RETURN = 0x0f;
const greater = 0x4b;
const memoryCopy = [0xfc, 0x0a, 0x00, 0x00];
const memoryFill = [0xfc, 0x0b, 0x00];

/** A body of the code section: `extraLocals` more i32 locals, then the instructions. */
function body(extraLocals: number, instructions: readonly number[]): number[] {
  const locals = extraLocals === 0 ? [0] : [1, extraLocals, I32];
  const contents = [...locals, ...instructions, END];
  return [...uleb(contents.length), ...contents];
}

/** The branch of the check: the slow path when the condition on the stack holds. */
function slowBranch(to: Appended): number[] {
  return [...when, ...call(to.slowPath), END];
}

/** The check after fuel was taken: the slow path when none is left. */
function checkFuel(to: Appended): number[] {
  return [...globalGet(to.fuelGlobal), ...constant(1), lessSigned, ...slowBranch(to)];
}

/** One unit of fuel, put inline after each `loop` and at the entry of functions that call. Leaves the stack alone. */
export function takeFuel(to: Appended): number[] {
  return [...globalGet(to.fuelGlobal), ...constant(1), sub, ...globalSet(to.fuelGlobal), ...checkFuel(to)];
}

/** Where in `takeFuel` the unlikely `if` stands. */
export function branchInFuel(to: Appended): number {
  return takeFuel(to).length - slowBranch(to).length;
}

/** `() -> ()`: asks the host for the next portion; a process that gets none must die. */
export function slowPathBody(to: Appended): number[] {
  return body(0, [
    ...constant(HOOK.fuel),
    CALL_INDIRECT,
    ...uleb(to.hookType),
    ...uleb(to.hooksTable),
    ...globalSet(to.fuelGlobal),
    ...globalGet(to.fuelGlobal),
    ...constant(1),
    lessSigned,
    ...when,
    UNREACHABLE,
    END,
  ]);
}

/**
 * Fuel for a bulk operation whose length lies on top of the stack, and stays there: put before the operation.
 * Nothing reads the global after the check, which may suspend.
 */
export function takeBulkFuel(to: Appended, kind: 'memoryInit' | 'tableBulk'): number[] {
  return [
    ...globalSet(to.lengthGlobal),
    ...globalGet(to.lengthGlobal),
    ...globalGet(to.fuelGlobal),
    ...globalGet(to.lengthGlobal),
    ...constant(kind === 'memoryInit' ? BULK_FUEL_SHIFT : TABLE_FUEL_SHIFT),
    shiftRight,
    ...constant(1),
    add,
    sub,
    ...globalSet(to.fuelGlobal),
    ...checkFuel(to),
  ];
}

/** `(delta) -> i32`: -1 beyond `maxPages`, else the host's leave, then the real growth. */
export function growBody(to: Appended, maxPages: number): number[] {
  return body(0, [
    // delta > max - size, which cannot wrap.
    ...get(0),
    ...constant(maxPages),
    ...memorySize,
    sub,
    greater,
    ...when,
    ...constant(-1),
    RETURN,
    END,
    ...get(0),
    ...constant(HOOK.grow),
    CALL_INDIRECT,
    ...uleb(to.growType),
    ...uleb(to.hooksTable),
    eqz,
    ...when,
    UNREACHABLE,
    END,
    ...get(0),
    ...memoryGrow,
  ]);
}

/** Sets local 3 to the next piece's length: local 2 (what is left), or the largest piece. */
const choosePiece = [
  ...get(2),
  ...constant(BULK_PIECE_BYTES),
  ...get(2),
  ...constant(BULK_PIECE_BYTES),
  less,
  select,
  ...set(3),
];

function payForPiece(to: Appended): number[] {
  return [
    ...globalGet(to.fuelGlobal),
    ...get(3),
    ...constant(BULK_FUEL_SHIFT),
    shiftRight,
    ...constant(1),
    add,
    sub,
    ...globalSet(to.fuelGlobal),
    ...checkFuel(to),
  ];
}

/** Puts 1 on the stack when `address + length` leaves the 32-bit space (or the length is 0). */
function wraps(address: number): number[] {
  return [...get(address), ...get(2), add, ...constant(1), sub, ...get(address), less];
}

const advance = (local: number) => [...get(local), ...get(3), add, ...set(local)];
const shrink = [...get(2), ...get(3), sub, ...set(2)];

/** `(address, value, length)`: memory.fill in pieces. */
export function fillBody(to: Appended): number[] {
  const whole = [...get(0), ...get(1), ...get(2), ...memoryFill];
  return body(1, [
    // What leaves the address space must trap at once, not wrap around piece by piece.
    ...[...wraps(0), ...when, ...whole, END],
    ...loop,
    ...choosePiece,
    ...payForPiece(to),
    ...[...get(0), ...get(1), ...get(3), ...memoryFill],
    ...advance(0),
    ...shrink,
    ...get(2),
    ...brIf(0),
    END,
  ]);
}

/** `(to, from, length)`: memory.copy in pieces, from the end when the target overlaps the source's end. */
export function copyBody(to: Appended): number[] {
  const whole = [...get(0), ...get(1), ...get(2), ...memoryCopy];
  const forwards = [
    ...loop,
    ...choosePiece,
    ...payForPiece(to),
    ...[...get(0), ...get(1), ...get(3), ...memoryCopy],
    ...advance(0),
    ...advance(1),
    ...shrink,
    ...get(2),
    ...brIf(0),
    END,
  ];
  const backwards = [
    ...loop,
    ...choosePiece,
    ...payForPiece(to),
    ...shrink,
    ...[...get(0), ...get(2), add, ...get(1), ...get(2), add, ...get(3), ...memoryCopy],
    ...get(2),
    ...brIf(0),
    END,
  ];
  const canGoForwards = [
    ...[...get(0), ...get(1), lessOrEqual],
    ...[...get(0), ...get(1), sub, ...get(2), greaterOrEqual],
    or,
  ];
  return body(1, [
    ...[...wraps(0), ...wraps(1), or, ...when, ...whole, END],
    ...canGoForwards,
    ...when,
    ...forwards,
    otherwise,
    ...backwards,
    END,
  ]);
}

/** Calls `functionIndex` with the same parameters while `noSuspend` is one higher. */
export function wrapperBody(to: Appended, functionIndex: number, parameterCount: number): number[] {
  const step = (operation: number) => [
    ...globalGet(to.noSuspendGlobal),
    ...constant(1),
    operation,
    ...globalSet(to.noSuspendGlobal),
  ];
  const parameters = Array.from({ length: parameterCount }, (_, local) => [0x20, ...uleb(local)]).flat();
  return body(0, [...step(add), ...parameters, ...call(functionIndex), ...step(sub)]);
}
