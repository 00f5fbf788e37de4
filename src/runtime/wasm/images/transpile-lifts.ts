/**
 * Bounds what jco's code lifts out of a guest's memory: before a host function begins, its arguments become
 * strings and arrays of ours, as long as the guest says. Here every length goes past the host first
 * (`host/lift.ts`), which gives it back, or 0 when the call asks for too much and its process must end.
 */
import { LIFT_IMPORT } from '../instrument/contract.ts';

const ENTRY = /^export function instantiate\(.*\) \{$/m;
/** One host function: from its head to the note of its name. */
export const TRAMPOLINE =
  /^( *)const _trampoline(\d+) = (?:async )?function\(.*\) \{\n[\s\S]*?^\1_trampoline\2\.fnName = /gm;

/** What a lift looks like: a string, a typed array, a list element by element. `unit` is what an element costs, in bytes. */
const LIFTS: readonly (readonly [pattern: RegExp, bounded: (...groups: string[]) => string])[] = [
  [
    /(\.decode\(new Uint(\d+)Array\(\w+\.buffer, \w+, )(\w+)\)/g,
    (_, head, bits, length) => `${head}podstepLift.take(${length}, ${Number(bits) / 8}))`,
  ],
  [
    /(\.buffer\.slice\((\w+), \2 \+ )(\w+) \* (\d+)\)/g,
    (_, head, _pointer, length, unit) => `${head}podstepLift.take(${length}, ${unit}) * ${unit})`,
  ],
  [
    /for \(let i = 0; i < (len\d+); i\+\+\) \{/g,
    (_, length) => `for (let i = 0, end = podstepLift.take(${length}, 64); i < end; i++) {`,
  ],
];

/**
 * What jco does when a host function that may wait has failed, for one that has no error to give: the guest is
 * never resumed, and with it stands the thread. A guest gets there with a handle that it does not have.
 */
const NEVER_RESUMED = 'return task.completionPromise();';

/** What would be a lift that none of the patterns has met. */
const UNBOUNDED = /\.decode\((?!.*podstepLift)|\.buffer\.slice\((?!.*podstepLift)|i < len\d+;/;

/**
 * The ES module with every lift bounded.
 * @throws Error when it lifts in a way that is not known here: another version of jco, perhaps.
 */
export function boundLifts(source: string): string {
  let hasEntry = false;
  const entered = source.replace(ENTRY, (head) => {
    hasEntry = true;
    return `${head}\n  const podstepLift = imports['${LIFT_IMPORT}'];`;
  });
  if (!hasEntry) throw new Error('the transpiled code has no instantiate function that is known here');
  return entered.replace(TRAMPOLINE, (text) => {
    let bounded = text;
    for (const [pattern, write] of LIFTS) bounded = bounded.replace(pattern, write);
    const left = UNBOUNDED.exec(bounded);
    if (left !== null) throw new Error(`the transpiled code lifts in an unknown way: ${left[0]}`);
    const begun = bounded === text ? text : bounded.replace('{\n', '{\n    podstepLift.begin();\n');
    return begun.replaceAll(NEVER_RESUMED, 'throw err;');
  });
}
