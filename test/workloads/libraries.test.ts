/** C with `libraries`, as a build links it: signals where POSIX has them, and the loop that serves. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../src/runtime/wasm/build/compile.ts';
import { type Library, withLibraries } from '../../src/runtime/wasm/build/libraries.ts';
import { GuestRuntime } from '../runtime/wasm/guest-runtime.ts';
import { imagesOf, programImage } from '../runtime/wasm/program-image.ts';

async function program(name: string, libraries: readonly Library[]): Promise<Uint8Array> {
  const text = readFileSync(join(import.meta.dirname, 'libraries', name), 'utf8');
  const job = { kind: 'c', units: [name], files: new Map([[name, text]]) } as const;
  const compiled = await compile(await withLibraries(job, libraries));
  expect(compiled).toMatchObject({ ok: true, diagnostics: '' });
  return compiled.ok ? compiled.module : new Uint8Array();
}

let guests: GuestRuntime;
beforeAll(async () => {
  const programs = {
    '/bin/signals': await program('signals.c', ['signals']),
    '/bin/server': await program('server.c', ['serve', 'signals']),
  };
  guests = await GuestRuntime.open('virtual', 1, {
    images: imagesOf(await programImage('guest:1', programs)),
  });
}, 60_000);
afterAll(() => guests.close());

const run = async (...command: string[]) => {
  const { exitCode, log } = await guests.run([], { command });
  return { exitCode, lines: log.split('\n') };
};

const exec = (id: string, ...words: string[]) =>
  guests.settle(guests.service.execSync(id, ['signals', ...words], 20));

describe('the library signals', () => {
  it('calls handlers where the program waits, and keeps what is asked of it', async () => {
    expect(await run('signals', 'all')).toEqual({
      exitCode: 0,
      lines: [
        'raise: handled 10',
        'ignored: slept to the end',
        'sigaction: the old handler is there',
        'KILL cannot be handled: Invalid argument',
        'no such process: No such process',
        'default, as process 1: goes on',
        'until an instant: 0, 0 s too late',
        'a bad length: Invalid argument',
      ],
    });
  });

  it.each([
    ['sleep', 'handled 15 after 2 s, 8 s were left'],
    ['pause', 'handled 15 after 2 s, Interrupted system call'],
  ])('ends %s with the handler', async (verb, line) => {
    const id = await guests.start([], { command: ['signals', verb] });
    await guests.pass(2_000);
    await guests.settle(guests.service.stopContainer(id, 30));
    expect(await guests.log(id)).toBe(line);
  });

  it('leaves a program without handlers as it was: TERM waits for KILL', async () => {
    const id = await guests.start([], { command: ['signals', 'deaf'] });
    const begin = guests.now();
    await guests.settle(guests.service.stopContainer(id, 3));
    expect(guests.now() - begin).toBe(3_000);
  });

  it('does what the host does to a program without handlers, where it is not process 1', async () => {
    const id = await guests.start([], { command: ['signals', 'deaf'] });
    const second = guests.service.execSync(id, ['signals', 'default'], 20);
    expect(await exec(id, 'kill', '2', '15')).toMatchObject({ exitCode: 0 });
    expect(await guests.settle(second)).toMatchObject({ exitCode: 143, stdout: '' });
  });
});

describe('the library serve, with signals', () => {
  it('answers, and calls the handlers instead of ending', async () => {
    const sandboxId = await guests.sandbox();
    const id = await guests.start([], { sandboxId, command: ['server'] });
    const host = await guests.ip(sandboxId);
    const request = { scheme: 'HTTP', host, port: 8080, path: '/hello', headers: [] } as const;
    const get = () => guests.settle(guests.runtime.network.httpGet(request, 5));
    expect(await get()).toEqual({ statusCode: 200, body: 'GET /hello' });
    await exec(id, 'kill', '1', '10');
    expect(await get()).toEqual({ statusCode: 200, body: 'GET /hello' });
    await exec(id, 'kill', '1', '10');
    expect(await guests.exited(id)).toMatchObject({ exitCode: 10 });
    expect(await guests.log(id)).toBe('handler 10, time 1\nhandler 10, time 2');
  });
});
