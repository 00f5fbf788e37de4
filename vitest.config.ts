import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/machine.ts'],
    // The tests of one file share a process; files run side by side.
    pool: 'forks',
    testTimeout: 30_000,
  },
});
