/** What metering costs a program: the same tight loops, bare and as they run in a container. */
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { HOOK, INSTRUMENT } from '../../src/runtime/wasm/instrument/contract.ts';
import { instrument } from '../../src/runtime/wasm/instrument/instrument.ts';
import { makeHooks } from '../../src/runtime/wasm/scheduler/hooks.ts';
import { figures } from './measure.ts';

const TURNS = 100_000_000;
const FUEL = 50_000;

type Loop = (turns: number) => number;

/** A function `run (param $n i32)` that goes round `$n` times; `$s` is its sum. */
function loop(turn: string, before = ''): string {
  return `(module (memory 1) ${before}
    (func (export "run") (param $n i32) (result i32) (local $s i32)
      (loop $again
        (local.set $s ${turn})
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $s)))`;
}

const PROGRAMS = {
  'a sum': loop('(i32.add (local.get $s) (local.get $n))'),
  'a hash': loop('(i32.add (i32.mul (local.get $s) (i32.const 31)) (local.get $n))'),
  'bytes of memory': loop(
    '(i32.add (local.get $s) (i32.load8_u (i32.and (local.get $n) (i32.const 0xffff))))',
  ),
  'a call': loop(
    '(call $step (local.get $s) (local.get $n))',
    '(func $step (param i32 i32) (result i32) (i32.xor (i32.rotl (local.get 0) (i32.const 5)) (local.get 1)))',
  ),
};

function load(bytes: Uint8Array): Loop {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes)));
  const table = exports[INSTRUMENT.hooks];
  if (table instanceof WebAssembly.Table) {
    const hooks = makeHooks({ fuel: () => FUEL, suspend: async () => FUEL, grow: () => 1 });
    table.set(HOOK.fuel, hooks.fuel);
    table.set(HOOK.grow, hooks.grow);
  }
  return exports.run as Loop;
}

function milliseconds(run: Loop): number {
  const startedAt = performance.now();
  run(TURNS);
  return performance.now() - startedAt;
}

/** For each loop, how many times as long it takes when it is metered: medians of `rounds` interleaved runs. */
export async function metering(rounds: number): Promise<(readonly [string, string])[]> {
  const results: (readonly [string, string])[] = [];
  for (const [what, wat] of Object.entries(PROGRAMS)) {
    const bare = await parse(wat);
    const [plain, metered] = [load(bare), load(instrument(Uint8Array.from(bare)))];
    const times = Array.from({ length: rounds + 1 }, () => [milliseconds(plain), milliseconds(metered)]);
    const median = (column: 0 | 1) => figures(times.slice(1).map((row) => row[column] ?? Number.NaN)).median;
    results.push([`metering a tight loop: ${what}`, `${(median(1) / median(0)).toFixed(2)} times`]);
  }
  return results;
}
