/** `npm run -s vectors -- FILE...`: holds the project's decisions against behaviour vectors. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { adapterNames, casesOf, loadAdapter, runFile } from './run.ts';

/** Returns the exit code: 0 all passed, 1 some failed, 2 bad usage or an unreadable or unknown file. */
export async function main(
  paths: readonly string[],
  out: (line: string) => void,
  err: (line: string) => void,
): Promise<number> {
  if (paths.length === 0) {
    err(`usage: npm run -s vectors -- FILE...   (files: ${adapterNames().join(', ')})`);
    return 2;
  }
  const files: { path: string; name: string; content: Record<string, unknown> }[] = [];
  for (const path of paths) {
    const name = basename(path, '.json');
    if (!adapterNames().includes(name)) {
      err(
        `${path}: nothing here knows the vectors ${JSON.stringify(name)}; known: ${adapterNames().join(', ')}`,
      );
      return 2;
    }
    try {
      const content = JSON.parse(readFileSync(path, 'utf8'));
      if (typeof content !== 'object' || content === null) throw new Error('not a JSON object');
      if (casesOf(content).length === 0) throw new Error('no cases in it');
      files.push({ path, name, content });
    } catch (error) {
      err(`${path}: cannot be read as a vector file: ${error instanceof Error ? error.message : error}`);
      return 2;
    }
  }
  let passed = 0;
  let failed = 0;
  for (const { name, content } of files) {
    const result = runFile(content, await loadAdapter(name));
    for (const failure of result.failed) {
      out(`FAIL ${name}.json: ${failure.group ? `[${failure.group}] ` : ''}${failure.name}`);
      out(`  expected ${JSON.stringify(failure.expected)}`);
      out(`  actual   ${failure.reason ?? JSON.stringify(failure.actual)}`);
    }
    out(`${name}.json: ${result.passed} passed, ${result.failed.length} failed`);
    passed += result.passed;
    failed += result.failed.length;
  }
  out(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2), console.log, console.error);
}
