import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { build, componentPath, PROGRAMS, readNote, sha256, sourceDigest } from '../../workloads/build.ts';

const note = readNote();

describe('built workloads', () => {
  it.each(PROGRAMS)('%s is built from the sources that are here, and kept as it was built', (name) => {
    expect(note[name]?.sourceSha256, 'run `npm run build`').toBe(sourceDigest(name));
    expect(note[name]?.componentSha256).toBe(sha256(readFileSync(componentPath(name))));
  });

  it('the same sources give the same bytes again', { timeout: 120_000 }, async () => {
    // The compiler takes seconds: one program here, all of them where time does not matter.
    const names = process.env.CI === undefined ? (['pause'] as const) : PROGRAMS;
    for (const name of names) expect(sha256(await build(name))).toBe(note[name]?.componentSha256);
  });
});
