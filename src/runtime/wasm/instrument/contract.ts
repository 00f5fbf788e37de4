/**
 * What a core module offers the scheduler after instrumentation: the names and meanings that the image
 * side writes at pull time and the sandbox side uses at run time. Change both together, and the version.
 *
 * The rewriting appends and never renumbers. To every core module of a component that has at least one
 * of the sites below it adds the exports of `INSTRUMENT`:
 *
 * - **Fuel.** `fuel` goes down by 1 after every `loop` and at the entry of every function that calls
 *   another one (`call`, `call_indirect`, `call_ref`, tail calls; this covers recursion and call trees of
 *   any shape, and needs no call graph). When it is then 0 or less, the slow path runs:
 *   `fuel = call_indirect hooks[HOOK.fuel] : () -> i32`, and `unreachable` when that gave 0 or less (the
 *   process must die; a trap, because a guest could catch an exception). The hook may suspend.
 *   The decrement is inline (global.get, i32.const 1, i32.sub, global.set, test, call of the slow path);
 *   a call for each loop costs twice as much. A branch hint says that the test hardly ever holds: without it the
 *   tightest loops take two to five times as long, with it one and a half to two.
 * - **Bulk memory.** `memory.fill` and `memory.copy` become calls of appended functions (one per memory
 *   used) of the same signature, which work in pieces of at most `BULK_PIECE_BYTES` (a copy to a higher,
 *   overlapping address runs from the end) and take `1 + (bytes >> BULK_FUEL_SHIFT)` fuel for each piece
 *   before they do it. An out-of-bounds operation must still trap; it may have written a part.
 * - **Other bulk operations.** `memory.init`, `table.fill`, `table.copy` and `table.init` take
 *   `1 + (bytes >> BULK_FUEL_SHIFT)` or `1 + (entries >> TABLE_FUEL_SHIFT)` fuel before they are done.
 * - **Memory limit.** `memory.grow` becomes a call of an appended function `(delta) -> i32`. Beyond the memory's
 *   own maximum it answers -1, as without it. Then `call_indirect hooks[HOOK.grow] : (delta: i32) -> i32`;
 *   `unreachable` when that gave 0 (the host has noted that the container is out of memory), otherwise the
 *   real `memory.grow delta`. A module's own memory is exported once more, so that the host sees how it begins.
 * - **No-suspend.** Every exported function whose name begins with `cabi_` or `canonical_abi_` is called
 *   from JavaScript, so nothing may suspend below it: its export becomes an appended wrapper that adds 1
 *   to `noSuspend`, calls it with the same parameters, and takes 1 away. While any module's `noSuspend`
 *   is not 0 the fuel hook answers without suspending.
 * - **Lifts.** jco's code asks `LIFT_IMPORT` before it makes a string or an array of a guest's argument.
 * - **Start.** A start function would run before the host can set the hooks, so it is exported as `start`
 *   instead, and the host calls it when they are set.
 *
 * A module without sites and without a memory (jco's shim and fixup modules) is left as it is. A module that
 * already exports one of these names is refused at pull time, as is whatever could hold memory that no limit
 * counts: shared and 64-bit memories, a second memory, threads, garbage-collected types, tables that grow, are
 * large or hold references to anything but functions, and exceptions that carry references or a great many values.
 */

/** The appended exports. All are there when the module has a site of any kind. */
export const INSTRUMENT = {
  /** `(global (mut i32))`, starts at `INITIAL_FUEL`. */
  fuel: '__podstep_fuel',
  /** `(table 2 2 funcref)`, empty until the host sets the hooks. */
  hooks: '__podstep_hooks',
  /** `(global (mut i32))`, starts at 0. */
  noSuspend: '__podstep_no_suspend',
  /** `() -> ()`, where the module had a start function; nothing may suspend below it. */
  start: '__podstep_start',
  /** The memory that the module defines, if it defines one. */
  memory: '__podstep_memory',
} as const;

/** Slots of the hooks' table. */
export const HOOK = {
  /** `() -> i32`: the next portion of fuel, 0 to end the process. */
  fuel: 0,
  /** `(delta: i32) -> i32`: 1 when the memory may grow by `delta` pages, 0 when the limit forbids it. */
  grow: 1,
} as const;

/** What a module begins with: the host sets its hooks, and only then is anything of it run. */
export const INITIAL_FUEL = 50_000;

/** The import by which the transpiled code finds the meter of what a call lifts (images/transpile-lifts.ts). */
export const LIFT_IMPORT = 'podstep:host/lift';

/** 64 KiB, the unit of `memory.grow`. */
export const PAGE_BYTES = 65_536;

export const BULK_PIECE_BYTES = 1 << 20;
export const BULK_FUEL_SHIFT = 9;
export const TABLE_FUEL_SHIFT = 6;
