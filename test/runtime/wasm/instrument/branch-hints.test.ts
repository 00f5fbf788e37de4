import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { expect, it } from 'vitest';
import { Reader } from '../../../../src/runtime/wasm/instrument/bytes.ts';
import { instrument } from '../../../../src/runtime/wasm/instrument/instrument.ts';

const IF = 0x04;

const TWO_OF_THREE = `(module
  (import "h" "imported" (func $imported))
  (func (export "plain") (result i32) (i32.const 1))
  (func (export "calls") (call $imported))
  (func (export "loops") (loop (loop (nop))) (call $imported)))`;

interface Read {
  readonly hints: readonly { functionIndex: number; branches: readonly { at: number; likely: number }[] }[];
  /** Bytes of each function's body, from its locals on. */
  readonly bodies: readonly Uint8Array[];
}

function read(bytes: Uint8Array): Read {
  const reader = new Reader(bytes, 8, bytes.length);
  let hints: Read['hints'] = [];
  let bodies: Read['bodies'] = [];
  while (reader.at < reader.end) {
    const id = reader.byte();
    const section = new Reader(reader.take(reader.u32()), 0);
    if (id === 0) {
      expect(section.name()).toBe('metadata.code.branch_hint');
      hints = section.list(() => ({
        functionIndex: section.u32(),
        branches: section.list(() => {
          const at = section.u32();
          expect(section.u32()).toBe(1);
          return { at, likely: section.byte() };
        }),
      }));
    }
    if (id === 10) bodies = section.list(() => section.take(section.u32()));
  }
  return { hints, bodies };
}

it('says of every fuel check, and of nothing else, that its branch is unlikely', async () => {
  const { hints, bodies } = read(instrument(Uint8Array.from(await parse(TWO_OF_THREE))));
  expect(hints.map(({ functionIndex, branches }) => [functionIndex, branches.length])).toEqual([
    [2, 1],
    [3, 3],
  ]);
  for (const { functionIndex, branches } of hints)
    for (const { at, likely } of branches) {
      expect(likely).toBe(0);
      expect(bodies[functionIndex - 1]?.[at]).toBe(IF);
    }
});
