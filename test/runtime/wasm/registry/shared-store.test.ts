import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../../src/runtime/wasm/images/digest.ts';
import { type Fixture, makeFixture, PAUSE } from '../images/fixture.ts';
import { FakeRegistry, json, TYPE } from './fake-registry.ts';

let fixture: Fixture;
let registry: FakeRegistry;
let wasm: Uint8Array;
let name: string;

beforeEach(async () => {
  [fixture, registry, wasm] = await Promise.all([makeFixture(), new FakeRegistry().start(), readFile(PAUSE)]);
  name = `${registry.host}/app:1`;
  registry.image('1', { mediaType: TYPE.wasmConfig, bytes: json({ os: 'wasip2' }) }, [
    { mediaType: TYPE.wasm, bytes: wasm },
  ]);
});

afterEach(() => Promise.all([fixture.remove(), registry.stop()]));

interface Ended {
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of its own that pulls; `killAt` ends it as soon as the promise resolves. */
async function pullInProcess(killAt?: Promise<void>): Promise<Ended> {
  const script = join(import.meta.dirname, '../images/pull-in-process.ts');
  const child = spawn(process.execPath, [script, fixture.store, fixture.workloads, name]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  void killAt?.then(() => child.kill('SIGKILL'));
  return new Promise((resolve) => child.on('close', (_, signal) => resolve({ signal, stdout, stderr })));
}

const blobs = () => registry.asked.filter(({ path }) => path.endsWith(sha256(wasm)));

describe('processes that share a store', () => {
  it('pull one image at once, and fetch each blob once', async () => {
    const pulls = await Promise.all([pullInProcess(), pullInProcess(), pullInProcess()]);
    expect(pulls.map(({ stderr }) => stderr)).toEqual(['', '', '']);
    expect(new Set(pulls.map(({ stdout }) => stdout)).size).toBe(1);
    expect(blobs()).toHaveLength(1);
    const store = await fixture.open();
    expect(await store.compiled(name)).toMatchObject({ id: pulls[0]?.stdout });
  });

  it('go on where one was killed in the midst of a blob', async () => {
    const half = wasm.length >> 1;
    const begun = new Promise<void>((resolve) => {
      registry.behave = ({ path, headers }, response) => {
        if (!path.endsWith(sha256(wasm)) || headers.range !== undefined) return;
        response.writeHead(200, { 'content-length': wasm.length });
        // Never the rest: the process waits for it until it is killed.
        response.write(wasm.subarray(0, half), () => void untilWritten(half).then(resolve));
        return true;
      };
    });
    const killed = await pullInProcess(begun);
    expect(killed.signal).toBe('SIGKILL');
    const store = await fixture.open();
    expect(await store.imageStatus(name)).toBeNull();
    const id = await store.pullImage(name);
    expect(await store.compiled(name)).toMatchObject({ id });
    expect(blobs().map(({ headers }) => headers.range)).toEqual([undefined, `bytes=${half}-`]);
  });
});

/** What the other process has written of the blob. */
async function untilWritten(bytes: number): Promise<void> {
  const aside = join(fixture.store, 'ingest', sha256(wasm).slice('sha256:'.length));
  for (;;) {
    const written = await readFile(aside).catch(() => new Uint8Array());
    if (written.length === bytes) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
