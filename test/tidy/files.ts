/** Size, names and openings of files. */
import type { Problem, SourceFile } from './source.ts';

const MAX_LINES = 350;
const ROOMS_WITHOUT_A_NAME = /(^|[/_.-])(utils?|helpers?|common|misc|shared|stuff)([/_.-]|$)/i;

/** Files that are too long, have a name that says nothing, or do not say what they are. */
export function checkFiles(files: readonly SourceFile[]): Problem[] {
  return files.flatMap(({ path, text }) => {
    const problems: Problem[] = [];
    const lines = text.split('\n').length - 1;
    if (lines > MAX_LINES) problems.push({ path, problem: `${lines} lines; ${MAX_LINES} are allowed` });
    if (ROOMS_WITHOUT_A_NAME.test(path))
      problems.push({ path, problem: 'its name says nothing of what is in it' });
    const opening = text.replace(/^#!.*\n/, '').trimStart();
    if (!/^\/(\*\*|\/)/.test(opening))
      problems.push({ path, problem: 'does not open with a sentence on what it is' });
    return problems;
  });
}

/** Tests that are left out, or leave others out. */
export function checkTests(files: readonly SourceFile[]): Problem[] {
  return files
    .filter(({ path }) => /\.test\.tsx?$/.test(path))
    .flatMap(({ path, code }) =>
      /\b(test|it|describe)\s*\.\s*(skip|only|todo)\b/.test(code) ? [{ path, problem: 'skips tests' }] : [],
    );
}
