import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkerAhead, takeWorker } from '../../../../src/runtime/wasm/thread/worker.ts';

const SOURCE = join(import.meta.dirname, '../../../../src/runtime/wasm/thread/worker.ts');

let started: Worker[];
/** Node tells of a new worker a moment after it was made. */
const told = () => new Promise((resolve) => setImmediate(resolve));
const note = (worker: Worker) => started.push(worker);

beforeEach(() => {
  started = [];
  process.on('worker', note);
});

afterEach(async () => {
  process.off('worker', note);
  await Promise.all(started.map((worker) => worker.terminate()));
});

describe('the thread that is started ahead', () => {
  it('is one, however often it is asked for, and is given to the first who takes one', async () => {
    startWorkerAhead();
    startWorkerAhead();
    await told();
    expect(started).toHaveLength(1);
    const taken = [takeWorker(), takeWorker()];
    await told();
    expect(started).toHaveLength(2);
    expect(taken.map((worker, i) => worker === started[i])).toEqual([true, true]);
  });

  it('is not given to anybody once it has ended', async () => {
    startWorkerAhead();
    await told();
    const [ahead] = started;
    await ahead?.terminate();
    const taken = takeWorker();
    await told();
    expect(taken).toBe(started[1]);
    expect(taken === ahead).toBe(false);
  });

  it('does not hold a process that has no use for it', async () => {
    const script = `(await import(${JSON.stringify(SOURCE)})).startWorkerAhead(); console.log('done')`;
    const command = ['--input-type=module', '--eval', script];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { timeout: 20_000 });
    expect([stdout, stderr]).toEqual(['done\n', '']);
  });
});
