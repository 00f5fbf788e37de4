import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { describe, expect, it } from 'vitest';
import { nextUint32, type RandomState, seedRandom } from '../../../../src/lib/random.ts';
import { HOOK, INSTRUMENT } from '../../../../src/runtime/wasm/instrument/contract.ts';
import { instrument } from '../../../../src/runtime/wasm/instrument/instrument.ts';

const PROGRAMS = 200;
const FUNCTIONS = 4;
const LOCALS = 4;

/** Writes random programs that always end: every loop and every call takes from one budget in a global. */
class ProgramWriter {
  #state: RandomState;

  constructor(seed: number) {
    this.#state = seedRandom(seed);
  }

  #below(limit: number): number {
    const [word, after] = nextUint32(this.#state);
    this.#state = after;
    return word % limit;
  }

  #pick<T>(...makers: readonly (() => T)[]): T {
    const maker = makers[this.#below(makers.length)];
    if (!maker) throw new RangeError('nothing to pick from');
    return maker();
  }

  #local(): string {
    return `(local.get ${this.#below(LOCALS)})`;
  }

  #value(depth: number): string {
    if (depth === 0)
      return this.#pick(
        () => this.#local(),
        () => `(i32.const ${this.#below(200) - 100})`,
      );
    const [a, b] = [() => this.#value(depth - 1), () => this.#value(depth - 1)];
    return this.#pick(
      () => this.#local(),
      () =>
        `(i32.${this.#pick(...['add', 'sub', 'mul', 'xor', 'shl', 'rotr', 'lt_s', 'gt_u'].map((op) => () => op))} ${a()} ${b()})`,
      () => `(i32.load8_u (i32.and ${a()} (i32.const 0xfff)))`,
      () => `(select ${a()} ${b()} ${this.#local()})`,
      () => `(if (result i32) ${a()} (then ${b()}) (else ${this.#local()}))`,
      () => `(block (result i32) (br_if 0 ${a()} ${b()}))`,
      () => `(loop (result i32) ${a()})`,
      () => `(call ${this.#below(FUNCTIONS)} ${a()} ${b()})`,
      () => `(call_indirect (type $f) ${a()} ${b()} (i32.const ${this.#below(FUNCTIONS)}))`,
    );
  }

  /** `labels`: how many enclosing blocks a branch may leave or repeat. */
  #statement(depth: number, labels: number): string {
    const set = () => `(local.set ${this.#below(LOCALS)} ${this.#value(2)})`;
    if (depth === 0) return set();
    const inner = () => this.#statements(depth - 1, labels + 1);
    return this.#pick(
      set,
      set,
      () => `(i32.store8 (i32.and ${this.#value(1)} (i32.const 0xfff)) ${this.#value(2)})`,
      () => `(block ${inner()})`,
      () => `(loop ${inner()})`,
      () => `(if ${this.#value(1)} (then ${inner()}) (else ${inner()}))`,
      () => `(br_if ${this.#below(labels)} (i32.and ${this.#value(1)} (call $budget)))`,
      () => `(block (br_table 0 ${this.#below(labels + 1)} (i32.and ${this.#value(1)} (call $budget))))`,
      () =>
        `(memory.fill (i32.and ${this.#value(1)} (i32.const 0xff)) ${this.#value(0)} (i32.and ${this.#value(0)} (i32.const 0xff)))`,
      () =>
        `(memory.copy (i32.and ${this.#value(1)} (i32.const 0xff)) (i32.and ${this.#value(0)} (i32.const 0xff)) (i32.and ${this.#value(0)} (i32.const 0xff)))`,
      () => `(drop (memory.grow (i32.and ${this.#value(1)} (i32.const 1))))`,
    );
  }

  #statements(depth: number, labels: number): string {
    return Array.from({ length: 1 + this.#below(3) }, () => this.#statement(depth, labels)).join('\n');
  }

  #function(index: number): string {
    return `(func (type $f) (param i32 i32) (result i32) (local i32 i32)
      (if (i32.eqz (call $budget)) (then (return (i32.const ${index}))))
      (block ${this.#statements(3, 1)}) ${this.#value(2)})`;
  }

  program(): string {
    const functions = Array.from({ length: FUNCTIONS }, (_, index) => this.#function(index)).join('\n');
    return `(module (type $f (func (param i32 i32) (result i32))) (memory (export "memory") 1 20)
      (global $left (mut i32) (i32.const 300)) (table ${FUNCTIONS} funcref) (elem (i32.const 0) func 0 1 2 3)
      ${functions}
      (func $budget (result i32)
        (if (i32.eqz (global.get $left)) (then (return (i32.const 0))))
        (global.set $left (i32.sub (global.get $left) (i32.const 1))) (i32.const -1))
      (export "main" (func 0)))`;
  }
}

interface Hooks {
  readonly fuel: (...values: never[]) => unknown;
  readonly grow: (...values: never[]) => unknown;
}

async function hooks(): Promise<Hooks> {
  const binary = await parse(`(module (func (export "fuel") (result i32) (i32.const 7))
    (func (export "grow") (param i32) (result i32) (i32.const 1)))`);
  return new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(binary)))
    .exports as unknown as Hooks;
}

/** The result or the trap, and the memory afterwards. */
function outcome(binary: Uint8Array, set: Hooks | undefined): unknown {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(binary)));
  if (set) {
    const table = exports[INSTRUMENT.hooks] as WebAssembly.Table;
    table.set(HOOK.fuel, set.fuel);
    table.set(HOOK.grow, set.grow);
  }
  const main = exports.main as (...values: number[]) => unknown;
  let result: unknown;
  try {
    result = main(12, -7);
  } catch (error) {
    // How deep the stack goes is the engine's to say, not the program's.
    result = error instanceof Error ? error.message : error;
  }
  const memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  return {
    result,
    pages: memory.length / 65_536,
    head: Buffer.from(memory.subarray(0, 8192)).toString('base64'),
  };
}

describe('an instrumented program', () => {
  it(`gives what the program itself gives (${PROGRAMS} random programs)`, async () => {
    const set = await hooks();
    const results = new Set<unknown>();
    for (let seed = 0; seed < PROGRAMS; seed++) {
      const text = new ProgramWriter(seed).program();
      const binary = Uint8Array.from(await parse(text));
      const expected = outcome(binary, undefined);
      expect(outcome(instrument(binary), set), `seed ${seed}`).toEqual(expected);
      results.add(JSON.stringify(expected));
    }
    // The programs are worth something: they do not all do the same.
    expect(results.size).toBeGreaterThan(PROGRAMS / 2);
  });
});
