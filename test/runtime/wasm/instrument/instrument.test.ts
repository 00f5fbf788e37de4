import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { describe, expect, it } from 'vitest';
import { UnsupportedModule } from '../../../../src/runtime/wasm/instrument/bytes.ts';
import {
  BULK_PIECE_BYTES,
  HOOK,
  INITIAL_FUEL,
  INSTRUMENT,
} from '../../../../src/runtime/wasm/instrument/contract.ts';
import { instrument } from '../../../../src/runtime/wasm/instrument/instrument.ts';

type Call = (...values: readonly unknown[]) => unknown;

interface Host {
  /** What the fuel hook gives next; 0 ends the guest. */
  refill: number;
  fuelCalls: number;
  mayGrow: boolean;
  readonly growths: number[];
}

interface Guest {
  readonly call: (name: string, ...values: readonly unknown[]) => unknown;
  readonly fuel: WebAssembly.Global;
  readonly noSuspend: WebAssembly.Global;
  readonly memory: WebAssembly.Memory;
  readonly host: Host;
}

/** The host's functions as WebAssembly functions, which is what a table takes. */
async function hookFunctions(host: Host): Promise<{ fuel: Call; grow: Call }> {
  const binary = await parse(`(module
    (import "h" "fuel" (func $fuel (result i32))) (import "h" "grow" (func $grow (param i32) (result i32)))
    (func (export "fuel") (result i32) (call $fuel))
    (func (export "grow") (param i32) (result i32) (call $grow (local.get 0))))`);
  const fuel = () => {
    host.fuelCalls += 1;
    return host.refill;
  };
  const grow = (delta: number) => {
    host.growths.push(delta);
    return host.mayGrow ? 1 : 0;
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(binary)), {
    h: { fuel, grow },
  });
  return exports as unknown as { fuel: Call; grow: Call };
}

async function guest(wat: string, imports: WebAssembly.Imports = {}): Promise<Guest> {
  const original = Uint8Array.from(await parse(wat));
  const host: Host = { refill: 1_000, fuelCalls: 0, mayGrow: true, growths: [] };
  const module = new WebAssembly.Module(Uint8Array.from(instrument(original)));
  const { exports } = new WebAssembly.Instance(module, imports);
  const hooks = exports[INSTRUMENT.hooks] as WebAssembly.Table;
  const functions = await hookFunctions(host);
  hooks.set(HOOK.fuel, functions.fuel);
  hooks.set(HOOK.grow, functions.grow);
  return {
    call: (name, ...values) => (exports[name] as Call)(...values),
    fuel: exports[INSTRUMENT.fuel] as WebAssembly.Global,
    noSuspend: exports[INSTRUMENT.noSuspend] as WebAssembly.Global,
    memory: exports.memory as WebAssembly.Memory,
    host,
  };
}

const COUNT = `(module (func (export "count") (param $n i32) (result i32) (local $i i32)
  (loop $again
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
  (local.get $i)))`;

describe('fuel', () => {
  it('takes one unit after each loop instruction and asks the host for more when none is left', async () => {
    const { call, fuel, host } = await guest(COUNT);
    fuel.value = 10;
    expect(call('count', 9)).toBe(9);
    expect([fuel.value, host.fuelCalls]).toEqual([1, 0]);
    expect(call('count', 1)).toBe(1);
    expect([fuel.value, host.fuelCalls]).toEqual([1_000, 1]);
  });

  it('traps when the host gives none, so that no guest can catch it', async () => {
    const { call, host } = await guest(COUNT);
    host.refill = 0;
    expect(() => call('count', INITIAL_FUEL + 1)).toThrow(WebAssembly.RuntimeError);
    expect(host.fuelCalls).toBe(1);
  });

  it('stops an endless recursion tree that has no loop', async () => {
    const { call, host } = await guest(`(module (func $tree (export "tree") (param i32) (result i32)
      (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 1)) (else (i32.add
        (call $tree (i32.sub (local.get 0) (i32.const 1))) (call $tree (i32.sub (local.get 0) (i32.const 1))))))))`);
    expect(call('tree', 12)).toBe(4096);
    host.refill = 0;
    expect(() => call('tree', 60)).toThrow(WebAssembly.RuntimeError);
  });

  it.each([
    ['call_indirect', '(call_indirect (type $t) (i32.const 0))'],
    ['return_call', '(return_call $f)'],
    ['return_call_indirect', '(return_call_indirect (type $t) (i32.const 0))'],
  ])('counts functions that recurse through %s', async (_, again) => {
    const { call, fuel, host } = await guest(
      `(module (type $t (func)) (table 1 funcref) (elem (i32.const 0) $f) (func $f (export "f") ${again}))`,
    );
    host.refill = 0;
    fuel.value = 100;
    expect(() => call('f')).toThrow(WebAssembly.RuntimeError);
    expect(host.fuelCalls).toBe(1);
  });

  it('leaves a function without loop and call as it is', async () => {
    const { call, fuel } = await guest(`(module (func (export "leaf") (result i32) (i32.const 7))
      (func (export "spin") (loop)))`);
    call('leaf');
    expect(fuel.value).toBe(INITIAL_FUEL);
  });

  it('leaves the start function to the host, which runs it when the hooks are there', async () => {
    const endless = await parse('(module (func $s (loop $l (br $l))) (start $s))');
    const module = new WebAssembly.Module(Uint8Array.from(instrument(Uint8Array.from(endless))));
    const { exports } = new WebAssembly.Instance(module);
    expect(exports[INSTRUMENT.start]).toThrow(WebAssembly.RuntimeError);
  });
});

describe('results stay what they were', () => {
  it.each<[string, string, unknown[], unknown]>([
    [
      'loops with parameters and several results',
      `(func (export "f") (param i32) (result i32 i32) (i32.const 1) (local.get 0)
        (loop $l (param i32 i32) (result i32 i32)
          (local.set 0) (i32.const 3) (i32.mul) (local.get 0) (i32.const 1) (i32.sub)
          (br_if $l (i32.gt_s (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))))`,
      [5],
      [243, 0],
    ],
    [
      'branches out of nested loops and br_table into a loop',
      `(func (export "f") (param i32) (result i32) (local $sum i32)
        (block $out (loop $outer (loop $inner
          (local.set $sum (i32.add (local.get $sum) (local.get 0)))
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br_table $out $inner $outer $inner (local.get 0)))))
        (local.get $sum))`,
      [10],
      55,
    ],
    [
      'a loop that returns from its middle',
      `(func (export "f") (param i32) (result i32) (loop $l (result i32)
        (if (i32.gt_u (local.get 0) (i32.const 100)) (then (return (local.get 0))))
        (local.set 0 (i32.mul (local.get 0) (i32.const 3))) (br $l)))`,
      [2],
      162,
    ],
    [
      '64-bit and floating-point constants beside calls',
      `(func $half (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5)))
       (func (export "f") (param f64) (result f64) (call $half (f64.add (local.get 0)
         (f64.convert_i64_s (i64.const -9223372036854775808)))))`,
      [2 ** 63],
      0,
    ],
    [
      'vectors',
      `(func (export "f") (param i32) (result i32) (loop) (i32x4.extract_lane 2 (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 12 13 14 15
        (v128.const i32x4 1 2 3 4) (i32x4.splat (local.get 0)))))`,
      [42],
      42,
    ],
    [
      'exceptions',
      `(tag $e (param i32)) (func $throws (param i32) (throw $e (local.get 0)))
       (func (export "f") (param i32) (result i32) (loop $l (result i32)
         (block $h (result i32) (try_table (catch $e $h) (call $throws (local.get 0))) (i32.const 0))))`,
      [9],
      9,
    ],
    [
      'typed references',
      `(type $t (func (result i32))) (elem declare func $seven) (func $seven (result i32) (i32.const 7))
       (func (export "f") (result i32) (call_ref $t (ref.func $seven)))`,
      [],
      7,
    ],
  ])('%s', async (_, functions, values, expected) => {
    const { call, host } = await guest(`(module ${functions})`);
    host.refill = 1;
    expect(call('f', ...values)).toEqual(expected);
  });

  it('keeps every index: imports, tables, globals and exports', async () => {
    const logged: number[] = [];
    const { call } = await guest(
      `(module (import "h" "log" (func $log (param i32))) (import "h" "base" (global $base i32))
        (global $own (mut i32) (i32.const 5)) (table $t 2 2 funcref) (elem (i32.const 0) $a $b)
        (func $a (call $log (global.get $base))) (func $b (call $log (global.get $own)))
        (func (export "both") (call_indirect $t (i32.const 0)) (call_indirect $t (i32.const 1))))`,
      { h: { log: (value: number) => logged.push(value), base: 3 } },
    );
    call('both');
    expect(logged).toEqual([3, 5]);
  });
});

describe('memory', () => {
  const GROW = `(module (memory (export "memory") 1) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`;

  it('grows when the host agrees', async () => {
    const { call, memory, host } = await guest(GROW);
    expect(call('grow', 2)).toBe(1);
    expect([memory.buffer.byteLength / 65_536, host.growths]).toEqual([3, [2]]);
  });

  it('traps when the host forbids it', async () => {
    const { call, memory, host } = await guest(GROW);
    host.mayGrow = false;
    expect(() => call('grow', 2)).toThrow(WebAssembly.RuntimeError);
    expect(memory.buffer.byteLength).toBe(65_536);
  });

  it('answers -1 beyond its own maximum, without asking the host', async () => {
    const { call, host } = await guest(GROW.replace('1)', '1 3)'));
    expect(call('grow', 3)).toBe(-1);
    expect(call('grow', -1)).toBe(-1);
    expect(call('grow', 2)).toBe(1);
    expect(host.growths).toEqual([2]);
  });

  it('shows the host a memory that the module keeps to itself', async () => {
    const bytes = Uint8Array.from(await parse('(module (memory 5))'));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(instrument(bytes))));
    expect((exports[INSTRUMENT.memory] as WebAssembly.Memory).buffer.byteLength).toBe(5 * 65_536);
  });

  it.each([
    ['memory.init', '(memory.init $d (i32.const 0) (i32.const 0) (local.get 0))', 2048, 4],
    ['table.fill', '(table.fill $t (i32.const 0) (ref.null func) (local.get 0))', 640, 10],
    ['table.copy', '(table.copy $t $t (i32.const 1) (i32.const 0) (local.get 0))', 640, 10],
    ['table.init', '(table.init $t $e (i32.const 0) (i32.const 0) (local.get 0))', 64, 1],
  ])('takes fuel for %s', async (_, instruction, length, cost) => {
    const { call, fuel } = await guest(`(module (memory 1) (table $t 1000 funcref)
      (data $d "${'x'.repeat(2048)}") (elem $e func ${'$f '.repeat(64)})
      (func $f (export "f") (param i32) ${instruction}))`);
    fuel.value = 1000;
    call('f', length);
    expect(1000 - fuel.value).toBe(1 + cost);
  });

  const BULK = `(module (memory (export "memory") 64)
    (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
    (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2))))`;
  const size = 64 * 65_536;

  it('fills in pieces and takes fuel for them', async () => {
    const { call, memory, fuel } = await guest(BULK);
    fuel.value = 1_000_000;
    call('fill', 3, 0xab, 2 * BULK_PIECE_BYTES + 5);
    const bytes = new Uint8Array(memory.buffer);
    expect([...bytes.subarray(0, 4)]).toEqual([0, 0, 0, 0xab]);
    expect(bytes.indexOf(0, 3)).toBe(2 * BULK_PIECE_BYTES + 8);
    expect(1_000_000 - fuel.value).toBe(2 * (1 + BULK_PIECE_BYTES / 512) + 1);
  });

  it.each([
    ['to a lower address', 100, 777],
    ['to a higher address', 777, 100],
    ['onto itself', 100, 100],
    ['far away', 100, 3_000_000],
  ])('copies overlapping pieces %s as memory.copy does', async (_, to, from) => {
    const { call, memory } = await guest(BULK);
    const length = BULK_PIECE_BYTES + 4_321;
    const bytes = new Uint8Array(memory.buffer);
    for (let index = 0; index < bytes.length; index++) bytes[index] = (index * 31 + (index >> 8)) & 0xff;
    const expected = bytes.slice().copyWithin(to, from, Math.min(from + length, size));
    if (from + length <= size) {
      call('copy', to, from, length);
      expect(Buffer.compare(bytes, expected)).toBe(0);
    } else {
      expect(() => call('copy', to, from, length)).toThrow(WebAssembly.RuntimeError);
    }
  });

  it.each([
    ['fill', size - 10, 1, 11],
    ['fill', -10, 1, 2_000_000],
    ['fill', size + 1, 1, 0],
    ['copy', size - 10, 0, 2_000_000],
    ['copy', 0, -10, 2_000_000],
    ['copy', -10, 0, 2_000_000],
  ])('traps %s(%i, %i, %i) outside of the memory', async (name, ...values) => {
    const { call } = await guest(BULK);
    expect(() => call(name, ...values)).toThrow(WebAssembly.RuntimeError);
  });

  it.each([
    ['fill', size, 1, 0],
    ['copy', size, size, 0],
  ])('allows the empty %s(%i, %i, %i) at the end', async (name, ...values) => {
    const { call } = await guest(BULK);
    expect(call(name, ...values)).toBeUndefined();
  });

  it('ends a guest within one piece when the host gives no fuel', async () => {
    const { call, memory, host, fuel } = await guest(BULK);
    host.refill = 0;
    fuel.value = 1;
    expect(() => call('fill', 0, 1, size)).toThrow(WebAssembly.RuntimeError);
    expect(new Uint8Array(memory.buffer)[BULK_PIECE_BYTES]).toBe(0);
  });
});

describe('exports that the host calls', () => {
  it('count as no-suspend while they run', async () => {
    const seen: unknown[] = [];
    const made = await guest(
      `(module (import "h" "look" (func $look)) (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (call $look) (i32.add (local.get 2) (local.get 3))) (func (export "other") (call $look)))`,
      { h: { look: () => seen.push(made.noSuspend.value) } },
    );
    expect(made.call('cabi_realloc', 1, 2, 3, 4)).toBe(7);
    made.call('other');
    expect(seen).toEqual([1, 0]);
    expect(made.noSuspend.value).toBe(0);
  });
});

describe('modules', () => {
  it('without sites are left byte for byte', async () => {
    const bytes = Uint8Array.from(await parse('(module (func (export "leaf") (result i32) (i32.const 7)))'));
    expect(instrument(bytes)).toBe(bytes);
  });

  it.each([
    [
      'that already export a name of ours',
      `(global (export "__podstep_fuel") i32 (i32.const 0))`,
      /__podstep_fuel/,
    ],
    ['with shared memory', '(memory 1 1 shared)', /shared memories/],
    ['with 64-bit memory', '(memory i64 1)', /64-bit memories/],
    ['with two memories', '(memory 1) (memory 1)', /second memory/],
    ['with atomics', '(memory 1 1 shared) (func (atomic.fence))', /shared memories/],
    ['with garbage-collected types', '(type (struct))', /garbage-collected types/],
    [
      'with a growing table',
      '(table 1 funcref) (func (drop (table.grow (ref.null func) (i32.const 1))))',
      /table.grow is not supported/,
    ],
    ['with a huge table', '(table 2000000 funcref)', /2?1000000 entries/],
    ['with large tables together', '(table 600000 funcref) (table 600000 funcref)', /1000000 entries/],
    ['with a table of external references', '(table 1 externref)', /other references than functions/],
    ['with a table of exceptions', '(table 1 exnref)', /other references than functions/],
    ['with exceptions that carry references', '(tag (param externref))', /carry references/],
    ['with huge exceptions', `(tag (param ${'i64 '.repeat(17)}))`, /more than 16 values/],
    ['with garbage-collected values', '(func (drop (ref.i31 (i32.const 1))))', /garbage-collected/],
  ])('%s are refused', async (_, parts, message) => {
    const bytes = Uint8Array.from(await parse(`(module ${parts})`));
    expect(() => instrument(bytes)).toThrow(UnsupportedModule);
    expect(() => instrument(bytes)).toThrow(message);
  });

  it('cut off anywhere are refused, never misread', async () => {
    const bytes = Uint8Array.from(await parse(COUNT));
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.slice(0, length);
      if (WebAssembly.validate(cut)) continue;
      let result: Uint8Array;
      try {
        result = instrument(cut);
      } catch (error) {
        expect(error).toBeInstanceOf(UnsupportedModule);
        continue;
      }
      // What could be read is no valid module after it either: the engine refuses it.
      expect(WebAssembly.validate(Uint8Array.from(result))).toBe(false);
    }
  });
});
