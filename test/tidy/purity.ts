/** What the pure floors may not know: the system, clocks, chance, waiting. */
import { isCore } from './layers.ts';
import type { Problem, SourceFile } from './source.ts';

const BANNED: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\bDate\b/, 'Date: time is an input'],
  [/\bMath\s*\.\s*random\b/, 'Math.random: randomness is seeded, in lib/random.ts'],
  [/\b(set|clear)(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b/, 'a timer: timers are effects'],
  [/\basync\b|\bawait\b/, 'async: the core is synchronous'],
  [/\bPromise\b/, 'Promise: the core is synchronous'],
  [
    /\b(process|performance|crypto|fetch|Buffer|globalThis|require)\b(?!\s*[?:]?:)\s*[.(]/,
    'a global of the host',
  ],
];

/** Uses of the system in floors 0 to 4. */
export function checkPurity(files: readonly SourceFile[]): Problem[] {
  return files
    .filter(({ path }) => isCore(path))
    .flatMap(({ path, code, imports }) => {
      const node = imports.filter(({ from }) => from.startsWith('node:'));
      const lines = code.split('\n');
      const used = BANNED.flatMap(([pattern, what]) =>
        lines.flatMap((line, i) => (pattern.test(line) ? [{ path, problem: `line ${i + 1}: ${what}` }] : [])),
      );
      return [...node.map(({ from }) => ({ path, problem: `imports ${from}` })), ...used];
    });
}

/** `any` switches the types off. */
export function checkAny(files: readonly SourceFile[]): Problem[] {
  return files.flatMap(({ path, code }) =>
    code
      .split('\n')
      .flatMap((line, i) =>
        /(:|<|\bas|=|\||,)\s*any\b(?!\s*[:(.])/.test(line) ? [{ path, problem: `line ${i + 1}: any` }] : [],
      ),
  );
}
