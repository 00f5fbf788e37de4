/** Foreign programs run in a container as they do elsewhere, and twice the same in virtual time. */
import { expect, test } from 'vitest';
import { GuestRuntime } from '../guest-runtime.ts';
import { imagesOf, programImage } from '../program-image.ts';
import { ARGUMENTS, CORPUS } from './corpus.ts';

test.each(CORPUS)('$name ($madeBy)', { timeout: 60_000 }, async ({ bytes, expects }) => {
  const image = await programImage('guest:1', { '/bin/program': await bytes() });
  const options = { command: ['program', ...ARGUMENTS], envs: [{ key: 'GREETING', value: 'hello' }] };
  const guests = await GuestRuntime.open('virtual', 1, { images: imagesOf(image) });
  const { exitCode, log } = await guests.run([], options);
  expect({ exitCode, lines: log.split('\n') }).toEqual(expects);
  const begin = guests.now();
  await guests.run([], options);
  const firstMs = guests.now() - begin;
  await guests.run([], options);
  expect(guests.now() - begin).toBe(2 * firstMs);
  await guests.close();
});
