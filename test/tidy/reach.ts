/** Dead files: whatever no entry reaches is nobody's. */
import { type Problem, resolved, type SourceFile } from './source.ts';

/** The files that something outside of src starts with. */
export const ENTRIES = ['src/cli/bin.mjs', 'src/cli/main.ts', 'src/index.ts'];

/** Declarations for the compiler, and the fake that stands beside a seam for tests. */
const ALLOWED = /\.d\.ts$|[/-]fake\.ts$/;

/** Files that no import, and no URL of a reachable file, leads to. `scripts` are the commands of package.json. */
export function checkReach(files: readonly SourceFile[], scripts: readonly string[]): Problem[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  // A script may start the source or what was built of it.
  const named = scripts
    .flatMap((script) => script.match(/\b(?:src|dist)\/\S+\.(?:tsx?|mjs|js)\b/g) ?? [])
    .map((path) => path.replace(/^dist\/(.*)\.js$/, 'src/$1.ts'));
  const open = [...ENTRIES, ...named];
  const seen = new Set<string>();
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const file = byPath.get(path);
    if (!file || seen.has(path)) continue;
    seen.add(path);
    const targets = [...file.imports.map(({ from }) => from), ...file.urls];
    // The URL of a worker is that of the built file when the package is installed.
    for (const target of targets.flatMap((from) => resolved(file.path, from) ?? [])) {
      open.push(target, target.replace(/\.js$/, '.ts'), target.replace(/\.js$/, '.tsx'));
    }
  }
  return files
    .filter(({ path }) => !seen.has(path) && !ALLOWED.test(path))
    .map(({ path }) => ({ path, problem: 'nothing reaches it' }));
}
