/** A signal ends podstep at once, in order, whatever it waits for. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

const podOf = (image: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'app' },
    spec: { containers: [{ name: 'app', image }] },
  });

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s ends a run whose registry is silent',
  async (name) => {
    const home = await mkdtemp(join(tmpdir(), 'podstep-signals-'));
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const environment = { ...process.env, PODSTEP_HOME: join(home, 'store'), TMPDIR: home };
    const child = spawn(process.execPath, [MAIN, 'run', '-'], { env: environment });
    try {
      let out = '';
      child.stdout.on('data', (data) => {
        out += data;
      });
      child.stdin.end(podOf(`localhost:${port}/app:1`));
      const [connection] = await once(silent, 'connection');
      const startedAtMs = performance.now();
      child.kill(name);
      const [code] = await once(child, 'close');
      expect(performance.now() - startedAtMs).toBeLessThan(3_000);
      expect(code).toBe(130);
      expect(out).toContain('stopped by a signal');
      // The node's files are removed, as at any other end.
      expect(await readdir(home)).toEqual(['store']);
      connection.destroy();
    } finally {
      child.kill('SIGKILL');
      silent.close();
      await rm(home, { recursive: true, force: true });
    }
  },
);
