import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../src/lib/sha256.ts';

test.each(['', 'abc', 'é — 镜像', ...[55, 56, 63, 64, 65, 1000].map((n) => 'a'.repeat(n))])(
  'as the machine has it: %s',
  (text) => {
    expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex'));
  },
);
