import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuestRuntime } from './guest-runtime.ts';

let guests: GuestRuntime;
beforeAll(async () => {
  guests = await GuestRuntime.open('virtual');
}, 120_000);
afterAll(() => guests.close());

const ends: readonly (readonly [words: string, exitCode: number, reason: string, message: RegExp])[] = [
  ['say done', 0, 'Completed', /^$/],
  ['exit 0', 0, 'Completed', /^$/],
  ['exit 7', 7, 'Error', /^$/],
  ['exit 255', 255, 'Error', /^$/],
  ['abort', 134, 'Error', /unreachable/],
  ['divide', 136, 'Error', /divide by zero/],
  ['segv', 139, 'Error', /out of bounds/],
  ['recurse', 139, 'Error', /call stack|out of bounds/],
];

test.each(ends)('%s ends with %i', async (words, exitCode, reason, message) => {
  const status = await guests.exited(await guests.start(words.split(' ')));
  expect(status).toMatchObject({ exitCode, reason });
  expect(status.message).toMatch(message);
});

test('a guest that takes more memory than its limit is OOMKilled', async () => {
  const id = await guests.start(['hog'], { memoryLimitBytes: 32 << 20 });
  expect(await guests.exited(id)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
});

test('the limit is the container’s: a child that takes too much ends process 1 too', async () => {
  const id = await guests.start(['spawn', 'guest', 'hog'], { memoryLimitBytes: 32 << 20 });
  expect(await guests.exited(id)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
});

test('a limit below what the program needs to begin ends it at once', async () => {
  const id = await guests.start(['say', 'never'], { memoryLimitBytes: 65_536 });
  expect(await guests.exited(id)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  expect(await guests.log(id)).toBe('');
});

test('a missing program fails the start in the words of runc', async () => {
  const missing = guests.start([], { command: ['stress', '--vm', '1'] });
  await expect(missing).rejects.toMatchObject({
    code: 'Unknown',
    message: expect.stringContaining('exec: "stress": executable file not found in $PATH'),
  });
});

test.each([
  ['/bin/absent', 'exec: "/bin/absent": stat /bin/absent: no such file or directory'],
  ['/bin/plain', 'exec: "/bin/plain": permission denied'],
  ['/bin', 'exec: "/bin": permission denied'],
])('%s cannot be started', async (path, message) => {
  await expect(guests.start([], { command: [path] })).rejects.toThrow(message);
});

test('a program is found by its path, by PATH, through a symlink and as a script’s interpreter', async () => {
  const run = async (...command: string[]) => (await guests.run([], { command })).log;
  expect(await run('/bin/guest', 'say', 'path')).toBe('path');
  expect(await run('guest', 'say', 'name')).toBe('name');
  expect(await run('other-name', 'say', 'symlink')).toBe('symlink');
  expect(await run('/bin/script')).toBe('/bin/script');
});

test('without a command the image’s own runs', async () => {
  expect(await guests.run([], { command: [] })).toEqual({ exitCode: 0, log: 'hello' });
});

test('a stop is the stop signal, and a handler decides the code', async () => {
  const id = await guests.start(['obey', '5']);
  await guests.logged(id, 'ready');
  await guests.settle(guests.service.stopContainer(id, 30));
  expect(await guests.service.containerStatus(id)).toMatchObject({ exitCode: 5 });
  expect(await guests.log(id)).toBe('ready\ngot 15');
});

test('children end with process 1', async () => {
  const id = await guests.start(['spawn', 'guest', 'obey', '0']);
  await guests.logged(id, 'ready');
  await guests.settle(guests.service.stopContainer(id, 1));
  expect(await guests.service.containerStatus(id)).toMatchObject({ exitCode: 137 });
  expect(await guests.log(id)).toBe('ready');
});

test('a parent sees how its child ended', async () => {
  expect((await guests.run(['spawn', 'guest', 'exit', '9'])).log).toBe('child ended with 9');
  expect((await guests.run(['spawn', 'guest', 'abort'])).log).toBe('child ended with 134');
  expect((await guests.run(['spawn', 'absent'])).log).toMatch(/^spawn: No such file/);
});
