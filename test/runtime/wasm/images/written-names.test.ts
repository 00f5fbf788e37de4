/** Names in a component that would go on as code, were they written into it as they are. */
import { parse } from '@bytecodealliance/jco';
import { expect, test } from 'vitest';
import { Transpiler } from '../../../../src/runtime/wasm/images/transpile.ts';
import { checkWrittenNames } from '../../../../src/runtime/wasm/images/written-names.ts';

const escaped = (name: string) =>
  [...Buffer.from(name)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');

/** A command whose core module exports `name`, or has it between two core modules. */
function commandWith(name: string, nested = false): Promise<Uint8Array> {
  const text = escaped(name);
  const core = `
    (core module $a (func (export "${text}") (result i32) i32.const 0))
    (core module $b (import "${text}" "${text}" (func $f (result i32))) (func (export "r") (result i32) call $f))
    (core instance $ia (instantiate $a))
    (core instance $ib (instantiate $b (with "${text}" (instance (export "${text}" (func $ia "${text}"))))))
    (func $run (result (result)) (canon lift (core func $ib "r")))`;
  return parse(
    nested
      ? `(component (component $c ${core} (export "run" (func $run))) (instance $i (instantiate $c)) (export "wasi:cli/run@0.2.0" (instance $i)))`
      : `(component ${core} (instance $i (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $i)))`,
  );
}

const CODE = [
  `x'];globalThis.escaped=1;//`,
  'x"];globalThis.escaped=1;//',
  'x\\',
  'x\nprocess.exit(1)',
  'x\u2028y',
  '`x`',
  '*/process.exit(1)/*',
  '\u0000',
];

test.each(CODE)('%j is refused before anything is made of it', async (name) => {
  for (const nested of [false, true]) {
    const component = await commandWith(name, nested);
    expect(() => checkWrittenNames(component)).toThrow(
      /^the component has the name ".*rename the export or import$/s,
    );
  }
  await expect(new Transpiler().transpile(await commandWith(name))).rejects.toThrow(
    'the component has the name',
  );
});

test.each(['memory', 'wasi:io/poll@0.2.0', '[method]a.b', 'a|b', '$LT$', '__proto__', 'a b'])(
  '%j is taken',
  async (name) => {
    for (const nested of [false, true]) checkWrittenNames(await commandWith(name, nested));
  },
);

test('after a component that is refused the next one is transpiled', async () => {
  const transpiler = new Transpiler();
  const unknown = await parse(`(component
    (import "url=<x>" (func))
    (core module $a (func (export "r") (result i32) i32.const 0)) (core instance $ia (instantiate $a))
    (func $run (result (result)) (canon lift (core func $ia "r")))
    (instance $i (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $i)))`);
  await expect(transpiler.transpile(unknown)).rejects.toThrow(/^the component imports/);
  expect((await transpiler.transpile(await commandWith('r'))).size).toBeGreaterThan(1);
  await transpiler.close();
});
