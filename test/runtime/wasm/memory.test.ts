import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestImages } from './guest-image.ts';
import { GuestRuntime } from './guest-runtime.ts';

const MiB = 1 << 20;
const P1 = '"wasi_snapshot_preview1"';
const ended = '(func (export "_start") ';
/** A command of so many core instances, of which the first is run. */
const component = (module: string, instances = 1) => `(component (core module $m ${module})
  ${'(core instance (instantiate $m))'.repeat(instances)}
  (func $run (result (result)) (canon lift (core func 0 "run")))
  (instance $of-run (export "run" (func $run))) (export "wasi:cli/run@0.2.12" (instance $of-run)))`;
const runs = '(func (export "run") (result i32) (i32.store (i32.const 0) (i32.const 1)) (i32.const 0))';

/** Components and core modules of preview 1, each with one way to take memory. */
const programs = {
  'begins-large': `(module (memory (export "memory") 1600) ${ended}))`,
  'hides-a-large-memory': component(`(memory 1600) ${runs}`),
  'has-two-halves': component(`(memory 800) ${runs}`, 2),
  'has-17-memories': component(`(memory 1) ${runs}`, 17),
  'begins-with-all': `(module (memory (export "memory") 65536) ${ended}))`,
  'grows-at-once': `(module (memory (export "memory") 1) ${ended} (drop (memory.grow (i32.const 1600)))))`,
  'grows-with-none-left': `(module (import ${P1} "proc_exit" (func $exit (param i32))) (memory (export "memory") 1 4)
    ${ended} (call $exit (i32.eq (memory.grow (i32.const 1600)) (i32.const -1)))))`,
  'grows-to-20MiB': `(module (memory (export "memory") 1)
    ${ended} (drop (memory.grow (i32.const 320))) (loop $l (br $l))))`,
} as const;

let guests: GuestRuntime;
beforeAll(async () => {
  guests = await GuestRuntime.open('virtual', 1, { images: await guestImages(programs) });
}, 120_000);
afterAll(() => guests.close());

const start = (program: keyof typeof programs, memoryLimitBytes = 64 * MiB) =>
  guests.start([], { command: [program], memoryLimitBytes });

const OOM = { exitCode: 137, reason: 'OOMKilled' };

describe('whatever way it takes memory beyond its limit, a container is OOMKilled', () => {
  test.each([
    'begins-large',
    'hides-a-large-memory',
    'has-two-halves',
    'begins-with-all',
    'grows-at-once',
  ] as const)('it %s', async (program) => {
    expect(await guests.exited(await start(program))).toMatchObject(OOM);
  });

  test('it starts processes until their memories are too much together', async () => {
    const id = await guests.start(['bomb'], { memoryLimitBytes: 16 * MiB });
    expect(await guests.exited(id)).toMatchObject(OOM);
  });

  test('a command that is run in it counts', async () => {
    const id = await guests.start(['sleep', '600000'], { memoryLimitBytes: 32 * MiB });
    const { exitCode } = await guests.settle(guests.service.execSync(id, ['guest', 'hog'], 0));
    expect(exitCode).toBe(137);
    expect(await guests.exited(id)).toMatchObject(OOM);
  });

  test.each(['begins-large', 'grows-at-once'] as const)(
    'with limit enough it %s and goes on',
    async (program) => {
      expect(await guests.exited(await start(program, 256 * MiB))).toMatchObject({ exitCode: 0 });
    },
  );

  test('beyond what its memory can ever be it is told so, and not killed', async () => {
    expect(await guests.exited(await start('grows-with-none-left'))).toMatchObject({ exitCode: 1 });
  });
});

describe('a resize while it runs', () => {
  const resize = async (id: string, memoryLimitBytes: number) => {
    const { resources } = await guests.service.containerStatus(id);
    if (resources === undefined) throw new Error('the runtime does not say');
    await guests.settle(guests.service.updateContainerResources(id, { ...resources, memoryLimitBytes }));
  };

  test('down to what it holds leaves it be, below that it is OOMKilled', async () => {
    const id = await start('grows-to-20MiB');
    await guests.pass(1000);
    const { memoryWorkingSetBytes } = await guests.settle(guests.service.containerStats(id));
    expect(memoryWorkingSetBytes).toBeGreaterThan(20 * MiB);
    await resize(id, memoryWorkingSetBytes);
    await guests.pass(1000);
    expect((await guests.service.containerStatus(id)).state).toBe('CONTAINER_RUNNING');
    await resize(id, memoryWorkingSetBytes - 65_536);
    expect(await guests.exited(id)).toMatchObject(OOM);
  });

  test('up lets it take what it could not have had before', async () => {
    const id = await guests.start(['sleep', '600000'], { memoryLimitBytes: 8 * MiB });
    await resize(id, 256 * MiB);
    const { exitCode } = await guests.settle(guests.service.execSync(id, ['begins-large'], 0));
    expect(exitCode).toBe(0);
    await guests.settle(guests.service.stopContainer(id, 0));
  });
});

test('more memories than 16 are no program that a node could run many of', async () => {
  const status = await guests.exited(await start('has-17-memories'));
  expect(status).toMatchObject({ exitCode: 134, message: 'it has more than 16 memories' });
});

describe('memory that the host would hold for it', () => {
  test('an argument of 31 MiB ends it, and the neighbours go on', async () => {
    const neighbour = await guests.start(['sleep', '1000']);
    const status = await guests.exited(await guests.start(['longarg', '32000000']));
    expect(status).toMatchObject({ exitCode: 134, reason: 'Error' });
    expect(status.message).toContain('arguments of a call of the host are larger than 4 MiB');
    expect(await guests.exited(neighbour)).toMatchObject({ exitCode: 0 });
  });

  test('a list of a hundred million elements ends it before it is made', async () => {
    const startMs = performance.now();
    const status = await guests.exited(await guests.start(['pollmany', '100000000']));
    expect(status).toMatchObject({ exitCode: 134, reason: 'Error' });
    expect(status.message).toContain('larger than 4 MiB');
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });

  test('a list of handles that it does not have ends it, and the thread goes on', async () => {
    const status = await guests.exited(await guests.start(['pollmany', '60000']));
    expect(status.exitCode).toBeGreaterThan(128);
  });
});
