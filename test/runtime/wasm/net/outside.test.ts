import { expect, test } from 'vitest';
import { isNear, Outside } from '../../../../src/runtime/wasm/net/outside.ts';

const rule = (name: string) => ({
  allows: (host: string) => host === name,
  isAbout: (about: string) => about === name,
});

test.each(['127.0.0.1', '127.77.0.3', '0.0.0.0', '169.254.169.254'])('%s is near', (ip) => {
  expect(isNear(ip)).toBe(true);
});

test.each(['10.0.0.1', '12.7.0.1', '169.25.4.1', '192.168.0.1'])('%s is not', (ip) => {
  expect(isNear(ip)).toBe(false);
});

test('a name that leads back to this machine does not open it', async () => {
  const outside = new Outside([rule('localhost')]);
  const found = outside.resolve('localhost');
  if (found.outcome === undefined) await new Promise<void>((resolve) => found.settled.add(resolve));
  expect(found.outcome).toContain('127.0.0.1');
  expect(outside.allows('127.0.0.1', 80)).toBe(false);
  expect(new Outside([rule('127.0.0.1')]).allows('127.0.0.1', 80)).toBe(true);
});

test('no more than 16 names are looked up at once', async () => {
  const outside = new Outside([rule('localhost')]);
  const all = Array.from({ length: 20 }, () => outside.resolve('localhost'));
  expect(all.filter(({ outcome }) => outcome === 'temporary-resolver-failure')).toHaveLength(4);
  await Promise.all(
    all
      .slice(0, 16)
      .map(({ outcome, settled }) =>
        outcome === undefined ? new Promise<void>((resolve) => settled.add(resolve)) : undefined,
      ),
  );
  expect(outside.resolve('localhost').outcome).toBeUndefined();
});
