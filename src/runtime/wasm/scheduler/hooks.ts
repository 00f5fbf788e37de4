/** The two WebAssembly functions behind an instrumented module's hooks: a table takes no JavaScript functions. */

/** `fuel` answers this to ask for a suspension. */
export const SUSPEND = -1;

interface HookImports {
  /** The next portion of fuel, 0 to end the process, `SUSPEND`. */
  readonly fuel: () => number;
  /** Resolves to the next portion of fuel, or 0. */
  readonly suspend: () => Promise<number>;
  /** 1 when the memory may grow by `delta` pages, else 0. */
  readonly grow: (delta: number) => number;
}

const I32 = 0x7f;
const section = (id: number, body: readonly number[]) => [id, body.length, ...body];
const name = (text: string) => [text.length, ...Buffer.from(text)];
const body = (code: readonly number[]) => [code.length, ...code];

/** `fuel`: r = h.fuel(); r == SUSPEND ? h.suspend() : r. `grow`: h.grow(delta). */
const HOOK_MODULE = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...section(1, [2, 0x60, 0, 1, I32, 0x60, 1, I32, 1, I32]),
  ...section(2, [
    3,
    ...[...name('h'), ...name('fuel'), 0, 0],
    ...[...name('h'), ...name('suspend'), 0, 0],
    ...[...name('h'), ...name('grow'), 0, 1],
  ]),
  ...section(3, [2, 0, 1]),
  ...section(7, [2, ...name('fuel'), 0, 3, ...name('grow'), 0, 4]),
  ...section(10, [
    2,
    // (local i32) call fuel, local.tee 0, i32.const -1, i32.eq, if i32, call suspend, else, local.get 0, end, end
    ...body([1, 1, I32, 0x10, 0, 0x22, 0, 0x41, 0x7f, 0x46, 0x04, I32, 0x10, 1, 0x05, 0x20, 0, 0x0b, 0x0b]),
    // local.get 0, call grow, end
    ...body([0, 0x20, 0, 0x10, 2, 0x0b]),
  ]),
]);

/** JSPI's constructor, which the type libraries do not know yet. */
const jspi = WebAssembly as typeof WebAssembly & {
  readonly Suspending: new (fn: () => Promise<number>) => WebAssembly.ImportValue;
};

let compiled: WebAssembly.Module | undefined;

export interface Hooks {
  readonly fuel: unknown;
  readonly grow: unknown;
}

/** An instance's own hooks; the module behind them is compiled once. */
export function makeHooks(imports: HookImports): Hooks {
  compiled ??= new WebAssembly.Module(HOOK_MODULE);
  const { fuel, suspend, grow } = imports;
  const { exports } = new WebAssembly.Instance(compiled, {
    h: { fuel, suspend: new jspi.Suspending(suspend), grow },
  });
  return { fuel: exports.fuel, grow: exports.grow };
}
